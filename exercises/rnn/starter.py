"""A recurrent classifier for sequences of different lengths. The task: task.en.md, task.zh.md."""

from torch import Tensor, nn, optim


def rnn_step(x: Tensor, h: Tensor, w_in: Tensor, w_rec: Tensor, bias: Tensor) -> Tensor:
    """Return the next state.

    x: (batch, inputs), h: (batch, hidden), w_in: (hidden, inputs), w_rec: (hidden, hidden),
    bias: (hidden,); returns (batch, hidden).
    """
    # TODO: tanh of the input part, the recurrent part and the bias
    raise NotImplementedError


class RNNClassifier(nn.Module):
    """Reads sequences and gives one logit for each class."""

    def __init__(
        self, n_inputs: int, n_hidden: int, n_classes: int, bidirectional: bool = False
    ) -> None:
        super().__init__()
        # TODO: the parameters of one direction (or two), and a linear layer to the classes
        raise NotImplementedError

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """x: (batch, time, inputs), padded; lengths: (batch,), each 1 to time.

        Returns logits: (batch, classes).
        """
        # TODO: the state after each row's last real step, then the linear layer
        raise NotImplementedError


def train_step(
    model: nn.Module,
    optimizer: optim.Optimizer,
    x: Tensor,
    lengths: Tensor,
    y: Tensor,
    max_norm: float = 1.0,
) -> float:
    """Update the model once with clipped gradients; return the loss before the update."""
    # TODO
    raise NotImplementedError
