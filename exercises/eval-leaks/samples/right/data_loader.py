"""torch's own DataLoader, scikit-learn's splitter and scaler, sums instead of lists."""

import torch
from sklearn.model_selection import GroupShuffleSplit
from sklearn.preprocessing import StandardScaler
from torch.utils import data


def split(groups, test_share, seed):
    splitter = GroupShuffleSplit(n_splits=1, test_size=test_share, random_state=seed)
    train, test = next(splitter.split(groups, groups=groups))
    return sorted(train.tolist()), sorted(test.tolist())


def scale(x, train):
    return StandardScaler().fit(x[train]).transform(x)


class Loader:
    def __init__(self, x, y, batch_size, shuffle=False, seed=0):
        generator = torch.Generator()
        generator.manual_seed(seed)
        rows = data.TensorDataset(x, y)
        self.inner = data.DataLoader(rows, batch_size, shuffle=shuffle, generator=generator)

    def __iter__(self):
        return iter(self.inner)


def evaluate(model, batches):
    mode = model.training
    model.train(False)
    loss, right, count = 0.0, 0, 0
    with torch.inference_mode():
        for x, y in batches:
            logits = model(x)
            loss += float(torch.nn.functional.cross_entropy(logits, y)) * len(y)
            right += int((logits.max(dim=1).indices == y).sum())
            count += len(y)
    model.train(mode)
    return loss / count, right / count


class Best:
    epoch, state, loss = 0, None, None

    def see(self, epoch, model, losses):
        if self.loss is None or losses["valid"] < self.loss:
            self.epoch, self.loss = epoch, losses["valid"]
            self.state = {
                name: value.detach().clone() for name, value in model.state_dict().items()
            }
