"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import numpy as np

from prep.grading.checks import at_most, close, expect, finite, has_gradient, shape, tensor

PROMPTS, GROUP, TIME, VOCAB = 3, 6, 7, 5


def _f32(values, **more):
    return tensor(values, "float32", **more)


def _advantages(rewards):
    spread = rewards.std(axis=1, keepdims=True, ddof=1)
    return (rewards - rewards.mean(axis=1, keepdims=True)) / (spread + 1e-4)


def test_advantages_are_within_the_group(sol, seed):
    rng = np.random.default_rng(seed)
    rewards = rng.normal(size=(PROMPTS, GROUP)) * [[0.5], [2.0], [1.0]] + [[3.0], [-1.0], [0.0]]
    rewards = rewards.astype(np.float32).astype(float)
    close(
        sol.group_advantages(_f32(rewards)),
        _advantages(rewards).astype(np.float32),
        what="group_advantages(rewards)",
    )
    rewards = rewards[:2]
    rewards[1] = 0.25 * rng.integers(1, 9)  # all the same: nothing to learn, and no 0 / 0
    wanted = _advantages(rewards).astype(np.float32)
    close(
        sol.group_advantages(_f32(rewards)),
        wanted,
        what="group_advantages(rewards), one group of equals",
        atol=1e-5,
    )
    small = rewards[:1] * 1e-4  # eps is seen
    close(
        sol.group_advantages(_f32(small)),
        _advantages(small).astype(np.float32),
        what="group_advantages(rewards / 10000)",
        rtol=1e-3,
    )


def test_advantages_carry_no_gradient(sol, seed):
    rewards = np.random.default_rng(seed).normal(size=(1, GROUP)).astype(np.float32)
    got = sol.group_advantages(_f32(rewards, requires_grad=True))
    wanted = _advantages(rewards.astype(float)).astype(np.float32)
    close(got, wanted, what="group_advantages(rewards)")
    expect(
        not getattr(got, "requires_grad", False),
        en="The advantages require a gradient when the rewards do: detach them.",
        zh="rewards 带梯度时，优势也带上了梯度：请 detach。",
    )


def test_logits_tell_the_next_token(sol, seed):
    rng = np.random.default_rng(seed)
    logits = 2 * rng.normal(size=(PROMPTS, TIME, VOCAB))
    tokens = rng.integers(VOCAB, size=(PROMPTS, TIME))
    told = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    wanted = np.take_along_axis(told[:, :-1], tokens[:, 1:, None], axis=2)[:, :, 0]
    got = sol.token_logprobs(_f32(logits, requires_grad=True), tensor(tokens, "int64"))
    close(got, wanted.astype(np.float32), what="token_logprobs(logits, tokens)")
    has_gradient(got, what="token_logprobs(logits, tokens)")


def test_ratio_has_a_gradient(sol, seed):
    rng = np.random.default_rng(seed)
    new, old = -rng.uniform(0.1, 3.0, size=(2, PROMPTS, TIME))
    weights = rng.normal(size=(PROMPTS, TIME))
    for given in (None, old):
        name = "ratios(new)" if given is None else "ratios(new, old)"
        wanted = np.exp(new - (new if given is None else old))
        sent = None if given is None else _f32(old)
        facts = sol.probe("ratio_facts", _f32(new), sent, _f32(weights))
        close(facts["ratios"], wanted.astype(np.float32), what=name)
        gradient = (weights * wanted).astype(np.float32)
        close(facts["new"], gradient, what=f"gradient of ({name} · weights).sum() by new")
        at_most(facts["old"], 0.0, what=f"gradient of ({name} · weights).sum() by old")


def test_the_worse_of_clipped_and_not(sol, seed):
    rng = np.random.default_rng(seed)
    clip = float(rng.uniform(0.1, 0.4))
    ratio = rng.uniform(0.3, 1.9, size=(8, TIME))
    ratio[:2], ratio[2:4] = 1 + 2 * clip, 1 - 2 * clip
    advantages = np.array([1.0, -1.0] * 4)[:, None] * rng.uniform(0.5, 2.0, size=(8, 1))
    wanted = np.minimum(ratio * advantages, np.clip(ratio, 1 - clip, 1 + clip) * advantages)
    got = sol.clipped(_f32(ratio, requires_grad=True), _f32(advantages), clip)
    close(got, wanted.astype(np.float32), what="clipped(ratio, advantages, clip)")
    has_gradient(got, what="clipped(ratio, advantages, clip)")


def test_kl_is_the_estimator_k3(sol, seed):
    rng = np.random.default_rng(seed)
    new, ref = -rng.uniform(0.1, 3.0, size=(2, PROMPTS, TIME))
    new[0, 0] = ref[0, 0]
    wanted = np.exp(ref - new) - (ref - new) - 1
    got = sol.kl_estimate(_f32(new, requires_grad=True), _f32(ref))
    close(got, wanted.astype(np.float32), what="kl_estimate(new, ref)", atol=1e-5)
    has_gradient(got, what="kl_estimate(new, ref)")
    _kl_of_a_step(sol, rng)


def _kl_of_a_step(sol, rng):
    """With equal rewards KL alone is left of the loss; its sign is another check's."""
    new, ref = rng.dirichlet(np.full(VOCAB, 5.0), size=2)
    tokens, beta = rng.integers(VOCAB, size=(GROUP, TIME)), float(rng.uniform(0.5, 2.0))
    gap = np.log(ref / new)[tokens[:, 1:]]
    wanted = beta * (np.exp(gap) - gap - 1).mean()
    rewards = np.full((1, GROUP), 0.5)
    facts = _step(sol, np.log(new), np.log(ref), tokens, rewards, None, 0.2, beta)
    finite(facts["returned"], what="grpo_step(…), all rewards equal")
    told = abs(float(facts["returned"]))
    close(told, wanted, rtol=1e-3, atol=1e-5, what="abs(grpo_step(…)), all rewards equal")


def test_mean_is_over_the_response(sol, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(4, TIME)) + 3
    mask = np.zeros((4, TIME))
    for row, (first, last) in enumerate(((2, 3), (1, 6), (3, 5), (0, 7))):
        mask[row, first:last] = 1
    wanted = np.float32(((values * mask).sum(axis=1) / mask.sum(axis=1)).mean())
    for kind in ("int64", "bool", "float32"):
        got = sol.response_mean(_f32(values, requires_grad=True), tensor(mask, kind))
        close(got, wanted, what=f"response_mean(values, mask), mask of {kind}")
        has_gradient(got, what="response_mean(values, mask)")
    mask[0] = 0  # nothing was answered
    wanted = np.float32(((values * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)).mean())
    got = sol.response_mean(_f32(values), tensor(mask, "int64"))
    close(got, wanted, what="response_mean(values, mask), one row without a response")


def test_distance_from_the_reference_costs(sol, seed):
    """With equal rewards KL alone is left, then, with model = reference, the advantages alone."""
    rng = np.random.default_rng(seed)
    _only_kl(sol, rng)
    _only_advantages(sol, rng)


def _only_kl(sol, rng):
    """Every row has as many tokens with log(new / ref) = d as with −d."""
    apart, beta = float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.05, 0.5))
    ref = np.array([0.2, 0.2, 0.6])
    new = np.array([0.2 * np.exp(apart), 0.2 * np.exp(-apart), 0.0])
    new[2] = 1 - new.sum()
    tokens = np.stack([[2, *rng.permutation([0, 1] * 3)] for _ in range(GROUP)])
    gap = np.log(ref[:2] / new[:2])
    wanted = beta * (np.exp(gap) - gap - 1).mean()
    facts = _step(sol, np.log(new), np.log(ref), tokens, np.full((1, GROUP), 0.5), None, 0.2, beta)
    close(facts["returned"], wanted, rtol=1e-3, what="grpo_step(…), all rewards equal")
    at_most(facts["reference"], 0.0, what="gradient that the reference got")


def _only_advantages(sol, rng):
    """Where the ratio leaves the range, it does so on the side of the advantage."""
    logits = rng.normal(size=VOCAB)
    told = logits - np.log(np.exp(logits).sum())
    tokens = rng.integers(VOCAB, size=(GROUP, TIME))
    rewards = rng.permutation(np.arange(GROUP, dtype=float))[None]
    advantages = _advantages(rewards).reshape(-1, 1)
    clip = float(rng.uniform(0.15, 0.3))
    gap = rng.uniform(-0.1, 0.1, size=(GROUP, TIME - 1))
    gap = np.where(rng.random(gap.shape) < 0.3, np.sign(advantages) * 0.5, gap)
    ratio, p = np.exp(gap), np.exp(told)
    old = told[tokens[:, 1:]] - gap
    gain = np.minimum(ratio * advantages, np.clip(ratio, 1 - clip, 1 + clip) * advantages)
    moves = np.where(np.abs(gap) < 0.4, ratio * advantages, 0.0)  # the others are clipped
    gradient = (moves[:, :, None] * (np.eye(VOCAB)[tokens[:, 1:]] - p)).mean(axis=(0, 1))
    rate = float(rng.uniform(0.5, 2.0))
    facts = _step(sol, logits, logits, tokens, rewards, old, clip, 0.3, rate)
    close(
        facts["returned"],
        -gain.mean(),
        rtol=1e-3,
        atol=1e-5,
        what="grpo_step(…), model = reference",
    )
    what = "parameters after - before (SGD), model = reference"
    close(facts["moved"], (rate * gradient).astype(np.float32), rtol=1e-3, atol=3e-6, what=what)
    expect(
        type(facts["returned"]) is float,
        en="`grpo_step` returns a tensor, which keeps the graph alive: return loss.item().",
        zh="`grpo_step` 返回了张量，计算图会一直被保留：请返回 loss.item()。",
    )


def _step(sol, logits, ref_logits, tokens, rewards, old, clip, beta, rate=1.0):
    mask = np.ones(tokens.shape)
    mask[:, 0] = 0  # a prompt of one token: all that is told is response
    given = [tensor(tokens, "int64"), tensor(mask, "int64"), _f32(rewards)]
    given += [] if old is None else [_f32(old)]
    options = {"clip": clip, "beta": beta}
    facts = sol.probe("step_taken", _f32(logits), _f32(ref_logits), rate, given, options)
    shape(facts["moved"], np.shape(logits), what="parameters after - before")
    return facts
