"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import numpy as np

from prep.grading.checks import close, dtype, expect, finite, has_gradient, shape, tensor

BATCH, TIME, HEADS, SIZE, VOCAB, CONTEXT = 2, 5, 3, 4, 11, 7
WIDTH = HEADS * SIZE


def _drawn(rng, *sides, scale=1.0, grad=False):
    return tensor(scale * rng.normal(size=sides), "float32", requires_grad=grad)


def _linear(rng, name, inputs, outputs):
    weight = _drawn(rng, outputs, inputs, scale=inputs**-0.5)
    return {f"{name}.weight": weight, f"{name}.bias": _drawn(rng, outputs)}


def _norm(rng, name, width=WIDTH):
    return {f"{name}.weight": _drawn(rng, width), f"{name}.bias": _drawn(rng, width)}


def _mlp(rng, name="", width=WIDTH):
    return _linear(rng, f"{name}up", width, 4 * width) | _linear(
        rng, f"{name}down", 4 * width, width
    )


def _block(rng, width=WIDTH):
    qkv, out = (
        _linear(rng, f"attention.{n}", width, k * width) for n, k in (("qkv", 3), ("out", 1))
    )
    norms = _norm(rng, "norm_1", width) | _norm(rng, "norm_2", width)
    return qkv | out | norms | _mlp(rng, "mlp.", width)


def _module(solution, name, sizes, weights, given, **more):
    return solution.probe("output", name, sizes, weights, given, **more)


def test_heads_are_columns_of_each_step(sol, seed):
    x = _drawn(np.random.default_rng(seed), BATCH, TIME, WIDTH, grad=True)
    heads = sol.split_heads(x, HEADS)
    parts = [np.asarray(x)[:, :, h * SIZE : (h + 1) * SIZE] for h in range(HEADS)]
    close(heads, np.stack(parts, axis=1), what="split_heads(x, heads)")
    has_gradient(heads, what="split_heads(x, heads)")
    dtype(heads, "float32", what="split_heads(x, heads)")


def test_mask_hides_the_future(sol, seed):
    for time in (1, 6 + seed % 3):
        mask = sol.causal_mask(time)
        dtype(mask, "bool", what=f"causal_mask({time})")
        close(mask, np.tril(np.ones((time, time), bool)), what=f"causal_mask({time})")


def test_hidden_steps_get_no_weight(sol, seed):
    rng = np.random.default_rng(seed)
    scores = _drawn(rng, BATCH, HEADS, TIME, TIME, scale=3.0, grad=True)
    mask = rng.random((TIME, TIME)) < 0.5
    mask |= np.eye(TIME, dtype=bool)
    mask[TIME // 2] = np.arange(TIME) == TIME // 2  # one row sees a single step
    weights = sol.masked_softmax(scores, tensor(mask, "bool"))
    powers = np.exp(np.asarray(scores, np.float64)) * mask
    wanted = (powers / powers.sum(axis=-1, keepdims=True)).astype(np.float32)
    close(weights, wanted, what="masked_softmax(scores, mask)")
    has_gradient(weights, what="masked_softmax(scores, mask)")


def test_scores_are_scaled_by_the_head(sol, seed):
    """As many steps as heads, and the same block for head h of step t as for head t of step h.

    Then it does not matter how the heads are split; and the last step sees every other, so that
    it does not matter what the mask does.
    """
    rng = np.random.default_rng(seed)
    blocks = rng.normal(size=(BATCH, HEADS, HEADS, SIZE))
    blocks = (blocks + blocks.swapaxes(1, 2)).astype(np.float32)
    x = tensor(blocks.reshape(BATCH, HEADS, WIDTH), "float32")
    parts = rng.normal(size=(3, SIZE, SIZE)) / SIZE**0.5
    shifts = np.tile(rng.normal(size=(3, 1, SIZE)), (1, HEADS, 1)).reshape(3 * WIDTH)
    qkv = np.concatenate([np.kron(np.eye(HEADS), part) for part in parts])
    weights = {"qkv.weight": tensor(qkv, "float32"), "qkv.bias": tensor(shifts, "float32")}
    weights |= _linear(rng, "out", WIDTH, WIDTH)
    got = _module(sol, "Attention", (WIDTH, HEADS), weights, x)
    shape(got, (BATCH, HEADS, WIDTH), what="Attention(width, heads)(x)")
    has_gradient(got, what="Attention(width, heads)(x)")
    wanted = _last_step(*(np.asarray(each, np.float64) for each in (x, *weights.values())))
    close(got[:, -1], wanted.astype(np.float32), what="Attention(width, heads)(x)[:, -1]")


def _last_step(x, w_qkv, b_qkv, w_out, b_out):
    """Return what attention makes of the last step: (batch, width)."""
    given = (x @ w_qkv.T + b_qkv).reshape(BATCH, -1, 3, HEADS, SIZE)
    q, k, v = np.moveaxis(given, 2, 0)  # (batch, time, heads, size) each
    scores = np.einsum("bhs,bthS,sS->bht", q[:, -1], k, np.eye(SIZE)) / SIZE**0.5
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    return np.einsum("bht,bths->bhs", weights, v).reshape(BATCH, WIDTH) @ w_out.T + b_out


def test_evaluation_drops_nothing(sol, ref, seed):
    rng = np.random.default_rng(seed)
    width, share = 16, float(rng.uniform(0.2, 0.6))
    x, weights = _drawn(rng, 60, TIME, width), _mlp(rng, width=width)
    whole = _module(ref, "MLP", (width, 0.0), weights, x)
    got = _module(sol, "MLP", (width, share), weights, x)
    close(got, whole, what="MLP(width, dropout).eval()(x)")
    has_gradient(got, what="MLP(width, dropout).eval()(x)")
    trained = _module(sol, "MLP", (width, share), weights, x, training=True)
    shape(trained, (60, TIME, width), what="MLP(width, dropout).train()(x)")
    left = np.asarray(trained) != 0
    # 4,800 numbers: seven standard deviations of their share are 0.05.
    close(
        1 - left.mean(),
        share,
        rtol=0,
        atol=0.05,
        what="(MLP(width, dropout).train()(x) == 0).mean()",
    )
    wanted = np.where(left, np.asarray(whole) / (1 - share), 0).astype(np.float32)
    close(trained, wanted, what="MLP(width, dropout).train()(x)")


def test_residual_path_is_not_normalised(sol, ref, seed):
    """On a single step attention is a linear layer of the values, whatever mask and scale are."""
    rng = np.random.default_rng(seed)
    x, weights = _drawn(rng, 6, 1, WIDTH, scale=3.0), _block(rng)
    sizes = (WIDTH, HEADS, 0.0)
    got = _module(sol, "Block", sizes, weights, x)
    close(got, _module(ref, "Block", sizes, weights, x), what="Block(width, heads, 0.0)(x)")
    has_gradient(got, what="Block(width, heads, 0.0)(x)")


def test_each_step_has_its_position(sol, ref, seed):
    rng = np.random.default_rng(seed)
    tokens = tensor(rng.integers(VOCAB, size=(BATCH, TIME)), "int64")
    weights = {
        "token.weight": _drawn(rng, VOCAB, WIDTH),
        "position.weight": _drawn(rng, CONTEXT, WIDTH),
        "head.weight": _drawn(rng, VOCAB, WIDTH),
    } | _norm(rng, "norm")
    _same_logits(sol, ref, 0, weights, tokens)
    # A block whose attention adds nothing, and whose normalisation changes nothing.
    table = rng.normal(size=(VOCAB, WIDTH))
    table = (table - table.mean(axis=1, keepdims=True)) / table.std(axis=1, keepdims=True)
    weights |= {
        "token.weight": tensor(table, "float32"),
        "position.weight": tensor(np.zeros((CONTEXT, WIDTH)), "float32"),
    }
    block = _block(rng) | {
        "attention.out.weight": tensor(np.zeros((WIDTH, WIDTH)), "float32"),
        "attention.out.bias": tensor(np.zeros(WIDTH), "float32"),
        "norm_2.weight": tensor(np.ones(WIDTH), "float32"),
        "norm_2.bias": tensor(np.zeros(WIDTH), "float32"),
    }
    weights |= {f"blocks.0.{name}": value for name, value in block.items()}
    _same_logits(sol, ref, 1, weights, tokens)


def _same_logits(sol, ref, depth, weights, tokens):
    sizes = (VOCAB, CONTEXT, WIDTH, HEADS, depth, 0.0)
    what = f"GPT(vocab, context, width, heads, {depth}, 0.0)(tokens)"
    got = _module(sol, "GPT", sizes, weights, tokens)
    close(got, _module(ref, "GPT", sizes, weights, tokens), what=what, rtol=3e-4)
    has_gradient(got, what=what)


def test_targets_are_the_next_tokens(sol, seed):
    rng = np.random.default_rng(seed)
    table, tokens = rng.normal(size=(VOCAB, VOCAB)), rng.integers(VOCAB, size=(4, 6))
    rate = float(rng.uniform(0.5, 2.0))
    facts = sol.probe("step_taken", tensor(table, "float32"), tensor(tokens, "int64"), rate)
    now, then = tokens[:, :-1].ravel(), tokens[:, 1:].ravel()
    powers = np.exp(table[now])
    p = powers / powers.sum(axis=1, keepdims=True)  # (20, vocab)
    loss = -np.log(p[np.arange(len(then)), then]).mean()
    finite(facts["returned"], what="train_step(model, optimizer, tokens)")
    close(facts["returned"], loss, rtol=1e-4, what="train_step(model, optimizer, tokens)")
    expect(
        type(facts["returned"]) is float,
        en="`train_step` returns a tensor, which keeps the graph alive: return loss.item().",
        zh="`train_step` 返回了张量，计算图会一直被保留：请返回 loss.item()。",
    )
    gradient = np.zeros_like(table)
    np.add.at(gradient, now, (p - np.eye(VOCAB)[then]) / len(then))
    wanted = (-rate * gradient).astype(np.float32)
    close(facts["moved"], wanted, rtol=1e-3, atol=1e-6, what="parameters after - before (SGD)")
    expect(
        facts["modes"] and all(facts["modes"]),
        en="The model was not in training mode when `train_step` called it.",
        zh="`train_step` 调用模型时，模型不处于训练模式。",
    )
