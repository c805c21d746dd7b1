"""What `prep grade mnist-mlp` asks. Sizes are all different, so that a swapped axis shows."""

import numpy as np

from prep.grading.checks import (
    at_least,
    at_most,
    close,
    differ,
    dtype,
    equal,
    expect,
    finite,
    leaves_arguments,
    shape,
)

HIDDEN = 128
HEIGHT, WIDTH, CLASSES = 7, 9, 5
TRAIN, VAL, TEST = 960, 160, 240
# Few epochs with many steps: what costs time is the beginning of an epoch.
EPOCHS, MISLED_EPOCHS, UNSEEN_EPOCHS = 4, 12, 6


def test_scale_maps_bytes_to_one(sol, seed):
    rng = np.random.default_rng(seed)
    count, height, width = rng.permutation([6, 11, 13])
    # No 255 in it: dividing by the batch's own maximum shows.
    images = rng.integers(0, 180, (count, height, width), dtype=np.uint8)
    rows = sol.scale(images)
    leaves_arguments(sol, what="scale(images)")
    shape(rows, (count, height * width), what="scale(images)")
    dtype(rows, "float32", what="scale(images)")
    wanted = images.reshape(count, -1).astype("float32") / 255
    close(rows, wanted, what="scale(images)")
    close(sol.scale(images[:1]), wanted[:1], what="scale(images[:1])")


def test_split_loses_and_repeats_nothing(sol, seed):
    rng = np.random.default_rng(seed)
    images, labels = _numbered(rng, int(rng.integers(211, 307)))
    fraction = float(rng.choice([0.1, 0.2, 0.3]))
    parts = _split(sol, images, labels, fraction, seed)
    leaves_arguments(sol, what="split(images, labels, …)")
    train_images, train_labels, val_images, val_labels = parts
    for name, some, same in (
        ("train", train_images, train_labels),
        ("val", val_images, val_labels),
    ):
        shape(some, (len(same), 3, 4), what=f"{name}_images")
        close(same, _numbers_of(some) % 7, what=f"{name}_labels")
    seen = np.sort(np.concatenate([_numbers_of(train_images), _numbers_of(val_images)]))
    close(seen, np.arange(len(images)), what="sorted(train + val)")
    at_most(abs(len(val_labels) - fraction * len(images)), 1, what="|len(val) - n * fraction|")


def test_split_mixes_sorted_labels(sol, seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(400, 600))
    images, _ = _numbered(rng, count)
    labels = np.sort(np.arange(count) % 4)
    _, train_labels, _, val_labels = _split(sol, images, labels, 0.25, seed)
    equal(sorted(set(val_labels.tolist())), [0, 1, 2, 3], what="sorted(set(val_labels))")
    equal(sorted(set(train_labels.tolist())), [0, 1, 2, 3], what="sorted(set(train_labels))")


def test_split_follows_its_seed(sol, seed):
    rng = np.random.default_rng(seed)
    images, labels = _numbered(rng, 230)
    number = seed % 1000
    first, again, other = (
        _split(sol, images, labels, 0.2, chosen)[2] for chosen in (number, number, number + 1)
    )
    close(again, first, what="split(…, seed) again")
    differ(other, first, what="split(…, seed + 1)")


def test_model_has_101770_parameters(sol, seed):
    equal(sol.probe("model_facts", 784, 10)["parameters"], 101_770, what="count_params()")
    rng = np.random.default_rng(seed)
    pixels, classes = int(rng.integers(30, 90)), int(rng.integers(4, 25))
    facts = sol.probe("model_facts", pixels, classes)
    wanted = pixels * HIDDEN + HIDDEN + HIDDEN * classes + classes
    equal(facts["parameters"], wanted, what="count_params()")
    equal(facts["outputs"], (3, classes), what="model(x).shape")


def test_model_is_relu_then_softmax(sol, seed):
    rng = np.random.default_rng(seed)
    weights = _weights(rng, 37, 11)
    rows = rng.uniform(size=(8, 37)).astype("float32")
    close(sol.probe("outputs", weights, rows), _formula(weights, rows), what="model(x)", rtol=1e-3)


def test_training_learns(sol, seed):
    result = _clean_run(sol, seed)
    _, _, _, _, _, wanted = _data(seed)
    got = np.argmax(result["test_outputs"], -1)
    at_least(float((got == wanted).mean()), 0.6, what="accuracy(test)")
    losses = _losses(result, "loss")
    at_most(losses[-1], 0.9 * losses[0], what='history["loss"][-1]')


def test_history_is_the_loss_on_validation(sol, seed):
    """Whichever epoch's weights are left in the model: its val_loss can be measured again."""
    result = _unseen_run(sol, seed)
    losses = _losses(result, "val_loss")
    left = _cross_entropy(result["val_outputs"], _unseen(seed)[3])
    shown = _shown(losses)
    expect(
        any(abs(loss - left) <= 2e-3 * left for loss in losses),
        en=f"The model that train leaves has a cross-entropy of {left:.4f} on the validation set; "
        f'history["val_loss"] tells {shown}.',
        zh=f'train 留下的模型在验证集上的交叉熵是 {left:.4f}，而 history["val_loss"] 是 {shown}。',
    )


def test_stops_when_validation_gets_worse(sol, seed):
    _stopped_in_time(_unseen_run(sol, seed), UNSEEN_EPOCHS, 1)
    _stopped_in_time(_misled_run(sol, seed), MISLED_EPOCHS, _patience(seed))


def test_goes_on_while_validation_gets_better(sol, seed):
    result = _clean_run(sol, seed)
    _stopped_in_time(result, EPOCHS, 2)
    shape(result["loss"], result["val_loss"].shape, what='history["loss"]')


def test_best_weights_stay(sol, seed):
    result = _misled_run(sol, seed)
    losses = _losses(result, "val_loss")
    left = _cross_entropy(result["val_outputs"], _misled(seed)[3])
    close(left, min(losses), what="cross_entropy(model(val_x), val_y)", rtol=2e-3)


def test_validation_is_not_learnt(sol, seed):
    """A class that is not in the training set becomes less likely, not more."""
    result = _unseen_run(sol, seed)
    likely = []
    for name in ("test_outputs_before", "test_outputs"):
        shape(result[name], (len(_unseen(seed)[4]), CLASSES), what="model(x)")
        likely.append(float(result[name][:, CLASSES - 1].mean()))
    at_most(likely[1], likely[0] + 0.05, what="mean(model(x)[:, class_never_trained])")


def test_predict_names_classes(sol, seed):
    rng = np.random.default_rng(seed)
    weights = _weights(rng, 6 * 8, 11)
    images = rng.integers(0, 256, (57, 6, 8), dtype=np.uint8)
    rows = images.reshape(57, -1).astype("float32") / 255
    batches = [images, images[:1]]
    outputs, answers = sol.probe("predictions", weights, rows, batches)
    wanted = np.argmax(outputs, -1)
    for some, got in zip(batches, answers, strict=True):
        shape(got, (len(some),), what="predict(model, images)")
        expect(
            np.asarray(got).dtype.kind in "iu",
            en="predict(model, images) should hold integers.",
            zh="predict(model, images) 应当是整数。",
        )
        close(got, wanted[: len(some)], what="predict(model, images)")


def test_file_holds_the_whole_model(sol, seed):
    rng = np.random.default_rng(seed)
    pixels, classes = int(rng.integers(20, 40)), int(rng.integers(3, 9))
    weights = _weights(rng, pixels, classes)
    rows = rng.uniform(size=(6, pixels)).astype("float32")
    labels = rng.integers(0, classes, 6)
    result = sol.probe("saved_and_loaded", weights, rows, labels)
    expect(
        "probe-model.keras" in result["files"],
        en="save(model, path) should write to exactly the path that it is given.",
        zh="save(model, path) 应当恰好写到给定的路径。",
    )
    close(result["after"], result["before"], what="load(path)(x)")
    equal(result["compiled"], True, what="load(path).compiled")
    wanted = _cross_entropy(result["before"], labels)
    close(result["loss"], wanted, what="load(path).evaluate(x, y)", rtol=2e-3)


def _split(sol, images, labels, fraction, seed):
    parts = sol.split(images, labels, fraction, int(seed) % 2**31)
    expect(
        isinstance(parts, list | tuple) and len(parts) == 4,
        en="split(…) should return four arrays.",
        zh="split(…) 应当返回四个数组。",
    )
    for part, sides in zip(parts, (3, 1, 3, 1), strict=True):
        expect(
            isinstance(part, np.ndarray) and part.ndim == sides,
            en="split(…) should return train images, train labels, validation images, validation labels.",
            zh="split(…) 应当依次返回训练图像、训练标签、验证图像、验证标签。",
        )
    return parts


def _numbered(rng, count):
    """Images (count, 3, 4) that carry their number in two pixels, and labels that follow from it."""
    images = rng.integers(0, 256, (count, 3, 4), dtype=np.uint8)
    images[:, 0, 0], images[:, 2, 3] = np.arange(count) // 256, np.arange(count) % 256
    return images, np.arange(count) % 7


def _numbers_of(images):
    return images[:, 0, 0].astype(int) * 256 + images[:, 2, 3]


def _data(seed):
    """Noisy copies of one prototype a class: train, validation and test images and labels."""
    rng = np.random.default_rng(seed)
    prototypes = rng.choice([40, 215], (CLASSES, HEIGHT, WIDTH))
    found = []
    for count in (TRAIN, VAL, TEST):
        labels = rng.permutation(np.arange(count) % CLASSES)
        noisy = prototypes[labels] + rng.normal(0, 60, (count, HEIGHT, WIDTH))
        found += [np.clip(noisy, 0, 255).astype(np.uint8), labels]
    return found


def _misled(seed):
    """The same with two validation labels in five wrong: a sure model is punished for those.

    val_loss turns while accuracy still rises, so that whoever watches the wrong one shows. A third
    of the training images, so that it turns after the first epoch.
    """
    images, labels, val_images, val_labels, test_images, _ = _data(seed)
    wrong = np.arange(VAL) // CLASSES % 5 < 2
    few = TRAIN // 3
    return [images[:few], labels[:few], val_images, (val_labels + wrong) % CLASSES, test_images]


def _unseen(seed):
    """The last class stands in the validation set only: val_loss soon rises, but for one who cheats."""
    images, labels, val_images, val_labels, test_images, test_labels = _data(seed)
    last = CLASSES - 1
    kept, asked, others = labels != last, test_labels == last, val_labels != last
    held = [images[~kept][:120], val_images[others][:40]]
    answers = [labels[~kept][:120], val_labels[others][:40]]
    held, answers = np.concatenate(held), np.concatenate(answers)
    return [images[kept], labels[kept], held, answers, test_images[asked]]


def _clean_run(sol, seed):
    return _trained(sol, _data(seed)[:5], EPOCHS, 2)


def _misled_run(sol, seed):
    return _trained(sol, _misled(seed), MISLED_EPOCHS, _patience(seed))


def _unseen_run(sol, seed):
    return _trained(sol, _unseen(seed), UNSEEN_EPOCHS, 1)


def _patience(seed):
    return 2 + seed % 2


def _trained(sol, sets, epochs, patience):
    return sol.probe("training", list(sets), CLASSES, epochs, patience)


def _losses(result, name):
    what = f'history["{name}"]'
    finite(result[name], what=what)
    shape(result[name], (np.size(result[name]),), what=what)
    return result[name].tolist()


def _stopped_in_time(result, epochs, patience):
    """Fail unless training ended with the epoch that the task's rule names for its losses."""
    losses = _losses(result, "val_loss")
    wanted, best, waited = epochs, np.inf, 0
    for epoch, loss in enumerate(losses, 1):
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == patience:
            wanted = epoch
            break
    shown = _shown(losses)
    expect(
        len(losses) == wanted,
        en=f"With epochs={epochs} and patience={patience}, training should have ended after epoch "
        f"{wanted}; it ended after epoch {len(losses)}. The val_loss of each: {shown}",
        zh=f"epochs={epochs}、patience={patience} 时，训练应在第 {wanted} 轮后结束，"
        f"实际在第 {len(losses)} 轮后结束。各轮的 val_loss：{shown}",
    )


def _shown(losses):
    return ", ".join(f"{loss:.4f}" for loss in losses[:15])


def _weights(rng, pixels, classes):
    """Weights with large biases: without them a ReLU net hardly minds how its input is scaled."""
    sizes = ((pixels, HIDDEN), (HIDDEN,), (HIDDEN, classes), (classes,))
    spread = (pixels**-0.5, 0.5, 2 * HIDDEN**-0.5, 1.0)
    return [(s * rng.normal(size=z)).astype("float32") for z, s in zip(sizes, spread, strict=True)]


def _formula(weights, rows):
    w1, b1, w2, b2 = (array.astype("float64") for array in weights)
    logits = np.maximum(rows @ w1 + b1, 0) @ w2 + b2
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def _cross_entropy(probabilities, labels):
    picked = np.asarray(probabilities, "float64")[np.arange(len(labels)), labels]
    return float(-np.log(np.clip(picked, 1e-7, 1)).mean())
