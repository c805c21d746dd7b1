"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import numpy as np

from prep.grading.checks import at_least, close, equal, expect, leaves_arguments

VOCAB = 13


def _softmax(logits):
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def test_penalty_makes_every_seen_token_less_likely(sol, seed):
    rng = np.random.default_rng(seed)
    size = rng.uniform(0.1, 2.0, size=VOCAB)
    size[[3, 4]] = 0.5  # under 1, with either sign
    logits = np.where(np.arange(VOCAB) % 2, size, -size)
    seen = [3, 3, 4, 7, 10, 3]
    penalty = float(rng.uniform(1.2, 2.0))
    wanted = logits.copy()
    wanted[[3, 7]] /= penalty
    wanted[[4, 10]] *= penalty
    close(sol.penalise(logits, seen, penalty), wanted, what="penalise(logits, seen, penalty)")
    leaves_arguments(sol, what="penalise(logits, seen, penalty)")
    close(sol.penalise(logits, [], penalty), logits, what="penalise(logits, [], penalty)")


def test_temperature_zero_is_greedy(sol, seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=VOCAB)
    for temperature in (0.5, 1.0, 2.5):
        what = f"softmax(logits, {temperature})"
        close(sol.softmax(logits, temperature), _softmax(logits / temperature), what=what)
    close(sol.softmax(logits), _softmax(logits), what="softmax(logits)")
    first, second = sorted(rng.choice(VOCAB, size=2, replace=False))
    logits[[first, second]] = logits.max() + 0.5  # two maxima
    close(sol.softmax(logits, 0), np.eye(VOCAB)[first], what="softmax(logits, 0)")
    close(sol.softmax(-logits, 0.0), np.eye(VOCAB)[np.argmin(logits)], what="softmax(-logits, 0.0)")
    leaves_arguments(sol, what="softmax(logits, 0.0)")


def test_large_logits_stay_finite(sol, seed):
    logits = 5 * np.random.default_rng(seed).normal(size=VOCAB)
    for moved in (2000.0, -2000.0):
        what = f"softmax(logits + {moved:.0f}, 1.0)"
        close(sol.softmax(logits + moved, 1.0), _softmax(logits), what=what, atol=1e-12)
    logits[seed % VOCAB] = -np.inf  # a token that is ruled out
    got = sol.softmax(logits + 2000.0, 1.0)
    close(got, _softmax(logits), what="softmax(logits, 1.0) with a logit of -inf", atol=1e-12)


def test_ties_with_the_kth_stay(sol, seed):
    rng = np.random.default_rng(seed)
    weights = rng.permutation([0.3, 0.2, 0.1, 0.1, 0.1, 0.05, 0.04, 0.03, 0.0])
    for k, cut in (
        (1, 0.3),
        (2, 0.2),
        (3, 0.1),
        (4, 0.1),
        (5, 0.1),
        (6, 0.05),
        (9, 0.0),
        (20, 0.0),
    ):
        wanted = np.where(weights >= cut, weights, 0.0)
        close(sol.keep_top_k(weights, k), wanted, what=f"keep_top_k(weights, {k})")
    leaves_arguments(sol, what="keep_top_k(weights, 20)")


def test_crossing_token_is_in(sol, seed):
    rng = np.random.default_rng(seed)
    for total in (1.0, float(rng.uniform(0.2, 0.6)), 8.0):  # after top-k they sum to less than 1
        weights = np.sort(rng.uniform(0.5, 1.0, size=VOCAB))[::-1]
        weights[0] += 2.0
        weights *= total / weights.sum()
        share = np.cumsum(weights) / total
        order = rng.permutation(VOCAB)
        for count in (1, 2, 5, VOCAB):
            below = share[count - 2] if count > 1 else 0.0
            p = float((below + share[count - 1]) / 2)  # inside the step of the last one to stay
            wanted = np.where(np.arange(VOCAB) < count, weights, 0.0)[order]
            got = sol.keep_top_p(weights[order], p)
            close(got, wanted, what=f"keep_top_p(weights, {p:.3f})")
            leaves_arguments(sol, what="keep_top_p(weights, p)")
        close(sol.keep_top_p(weights[order], 1.0), weights[order], what="keep_top_p(weights, 1.0)")
    eighths = np.array([0.125, 0.5, 0.125, 0.25])  # exact in binary: 0.5 + 0.25 reaches 0.75
    wanted = np.array([0.0, 0.5, 0.0, 0.25])
    close(sol.keep_top_p(eighths, 0.75), wanted, what="keep_top_p([1/8, 1/2, 1/8, 1/4], 0.75)")


def test_draws_by_share(sol, seed):
    rng, count = np.random.default_rng(seed), 4000
    for total in (float(rng.uniform(0.3, 0.6)), float(rng.uniform(3.0, 5.0))):
        share = rng.uniform(0.5, 1.5, size=6) * np.array([0, 3, 1, 0, 1, 1])
        share /= share.sum()
        once, again = sol.probe("drawn", total * share, seed, count)
        what = f"share of each token in {count} draws, weights that sum to {total:.2f}"
        _shares(once, share, what)
        expect(
            once == again,
            en="Two equal generators drew different tokens: use `rng` and nothing else.",
            zh="两个相同的随机数生成器抽出了不同的 token：只能使用 `rng`。",
        )


def _shares(tokens, share, what):
    """Six standard deviations: by chance, one in a hundred million right solutions fails."""
    equal(sorted(set(tokens) - set(range(len(share)))), [], what="ids that do not exist")
    found = np.bincount(tokens, minlength=len(share)) / len(tokens)
    widest = np.sqrt((share * (1 - share)).max() / len(tokens))
    close(found, share, rtol=0, atol=6 * float(widest), what=what)
    never = np.flatnonzero(share == 0)
    close(found[never], np.zeros(len(never)), rtol=0, atol=0, what="share of tokens of weight 0")


def test_one_generator_for_all_tokens(sol, seed):
    flat = np.zeros(50)
    told = [_told(sol, flat, limit=40, seed=each) for each in (seed, seed, seed + 1)]
    at_least(len(set(told[0])), 10, what="different tokens among 40, for 50 equal logits")
    equal(told[1], told[0], what="generate(…, seed=s), again")
    expect(
        told[2] != told[0],
        en="Two seeds gave the same 40 tokens.",
        zh="两个不同的种子给出了同样的 40 个 token。",
    )
    logits = np.array([1.5, 0.5, -1.0, 0.0])
    counts = _told(sol, logits, limit=1200, seed=seed)
    _shares(counts, _softmax(logits), "share of each token in 1200 of generate(…)")
    _options_count(sol, seed)


def _options_count(sol, seed):
    """Each option leaves a set of tokens, and no draw may be outside; all are inside somewhere."""
    logits = np.array([0.1, 2.0, 0.2, 0.3, 2.5, 0.4, 0.5, 0.6, 0.0, -0.1, -0.2, 3.0])
    for options, allowed in (
        ({"top_k": 3}, {1, 4, 11}),
        ({"top_p": 0.7}, {1, 4, 11}),
        ({"top_k": 3, "top_p": 0.6}, {4, 11}),  # of the three: 0.51, 0.31, 0.19
        ({"temperature": 0.01}, {11}),
    ):
        told = _told(sol, logits, limit=60, seed=seed, **options)
        given = ", ".join(f"{name}={value}" for name, value in options.items())
        outside = sorted(set(told) - allowed)
        expect(
            not outside,
            en=f"generate(…, {given}) drew {outside}; only {sorted(allowed)} may come.",
            zh=f"generate(…, {given}) 抽到了 {outside}；只允许 {sorted(allowed)}。",
        )
        equal(len(told), 60, what=f"len(generate(…, limit=60, {given}))")
    prompt = [3, 9, 9, 20]
    told = _told(sol, np.full(30, 30.0), prompt=prompt, limit=20, seed=seed, penalty=1e6)
    equal(len({*told, *prompt}), 23, what="different tokens in prompt and text, penalty=1e6")


def _told(sol, logits, *, prompt=(0,), **options):
    return sol.probe("generated", logits, list(prompt), {"stop": -1, **options})["told"]


def test_only_a_drawn_stop_token_stops(sol, seed):
    stop = 6 + seed % 4
    for prompt, limit, wanted in (
        ([stop, 2], 20, list(range(3, stop))),
        ([stop, stop, 3], 2, [4, 5]),
        ([1, stop - 1], 20, []),
        ([1, 2], 20, list(range(3, stop))),
        ([stop, 2], 0, []),
    ):
        facts = sol.probe("counted", VOCAB, prompt, {"limit": limit, "stop": stop, "seed": seed})
        what = f"generate(model, {prompt}, limit={limit}, stop={stop}, seed=…)"
        equal(facts["told"], wanted, what=what)
        equal(facts["prompt"], prompt, what="prompt after generate(…)")
