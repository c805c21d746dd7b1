"""The checks of the hunt; their titles and what they teach stand in exercise.yaml."""

import math

import numpy as np

from prep.grading.checks import at_least, at_most, close, equal, has_gradient, shape, tensor

SURE = 6.0  # standard deviations: right code passes with a probability of 1 − 2·10⁻⁹


def _is_drawn(sol, sizes, layer, std):
    """Ask for weights with mean 0 and this std, and for biases of 0."""
    inputs = sizes[{"first": 0, "second": 1, "out": 2}[layer]]
    outputs = sizes[{"first": 1, "second": 2, "out": 3}[layer]]
    facts = sol.probe("initial", list(sizes), layer)
    what = f"Classifier{tuple(sizes)}.{layer}"
    shape(facts["weight"], (outputs, inputs), what=f"{what}.weight")
    weight = np.float64(facts["weight"])
    allowed = SURE / math.sqrt(2 * weight.size)
    ratio = float(weight.std() / std)
    at_least(ratio, 1 - allowed, what=f"std of {what}.weight over {std:.4g}")
    at_most(ratio, 1 + allowed, what=f"std of {what}.weight over {std:.4g}")
    off = float(weight.mean() / std * math.sqrt(weight.size))
    at_most(abs(off), SURE, what=f"mean of {what}.weight in standard errors")
    close(facts["bias"], np.zeros(outputs), what=f"{what}.bias", atol=0)


def _sizes(seed):
    """Return features, wide, narrow, classes, all different."""
    rng = np.random.default_rng(seed)
    return [int(rng.integers(*ends)) for ends in ((60, 80), (150, 200), (40, 60), (100, 140))]


def test_first_layer_fits_its_relu(sol, seed):
    sizes = _sizes(seed)
    _is_drawn(sol, sizes, "first", math.sqrt(2 / sizes[0]))


def test_second_layer_is_not_all_alike(sol, seed):
    sizes = _sizes(seed)
    _is_drawn(sol, sizes, "second", math.sqrt(2 / sizes[1]))


def test_last_layer_has_no_relu(sol, seed):
    sizes = _sizes(seed)
    _is_drawn(sol, sizes, "out", math.sqrt(2 / (sizes[2] + sizes[3])))


def test_images_may_lie_in_any_order(sol, seed):
    x = np.random.default_rng(seed).normal(size=(5, 6, 4))
    facts = sol.probe("turned", [24, 9, 7, 3], tensor(x, "float32"))
    what = "model(images.transpose(1, 2))"
    equal(facts["raised"], "nothing", what=f"what {what} raises")
    close(facts["got"], facts["wanted"], what=what)


def test_model_returns_logits(sol, seed):
    rng = np.random.default_rng(seed)
    for side in ((24,), (2, 3, 4)):
        x = tensor(rng.normal(size=(6, *side)), "float32")
        facts = sol.probe("logits", [24, 9, 7, 3], x)
        close(facts["got"], facts["wanted"], what=f"model(x of shape {(6, *side)})")
        has_gradient(facts["got"], what="model(x)")


def test_large_logits_have_a_loss(sol, seed):
    rng = np.random.default_rng(seed)
    for scale in (1.0, 400.0):
        logits = tensor(rng.normal(size=(8, 5)) * scale, "float32")
        facts = sol.probe("loss_and_gradient", logits, tensor(rng.integers(5, size=8), "int64"))
        what = f"cross_entropy(logits of size {scale:g}, y)"
        shape(facts["got"], (), what=what)
        close(facts["got"], facts["wanted"], what=what)
        close(facts["got gradient"], facts["wanted gradient"], what=f"gradient of {what}")


def test_step_follows_the_gradient(sol, seed):
    rng = np.random.default_rng(seed)
    x, y = tensor(rng.normal(size=(7, 4)), "float32"), tensor(rng.normal(size=(7, 3)), "float32")
    rate = float(rng.uniform(0.05, 0.3))
    for left in (None, 3.0):
        facts = sol.probe("stepped", x, y, rate, left)
        told = f"train_step(…, lr {rate:.4g}) after gradients of {left}"
        close(facts["moved"], facts["wanted"], what=f"before − after, {told}", rtol=1e-3)
        close(facts["returned"], facts["loss"], what=f"what {told} returns", rtol=1e-4)
        equal(type(facts["returned"]).__name__, "float", what=f"type of what {told} returns")
        equal(facts["training"], True, what=f"whether the model is in training mode in {told}")
