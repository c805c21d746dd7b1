"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import math
import zlib

import numpy as np

from prep.grading.checks import at_least, at_most, close, equal, expect, raises, shape

PRIME = 2**31 - 1
EXACT = {"rtol": 0.0, "atol": 0.0}
NEAR = {"rtol": 1e-9, "atol": 1e-9}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Chance of one right answer beyond this many standard deviations: 6 in 10 million.
SIGMAS = 5


def _words(rng, count):
    return " ".join("".join(rng.choice(list(LETTERS), 6)) for _ in range(count))


def _hashes(rng, count):
    return rng.integers(1, PRIME, count), rng.integers(0, PRIME, count)


def _shingles(text, k=5):
    return {text[i : i + k] for i in range(len(text) - k + 1)}


def _jaccard(one, other):
    one, other = _shingles(one), _shingles(other)
    return len(one & other) / len(one | other)


def _indices(got, what):
    """Return the two parts of a split as arrays, once they are ascending indices."""
    expect(
        isinstance(got, (list, tuple)) and len(got) == 2,
        en=f"{what} should return two parts: train, test.",
        zh=f"{what} 应返回两部分：train、test。",
    )
    parts = []
    for name, part in zip(("train", "test"), got):
        shape(part, (len(part),) if hasattr(part, "__len__") else (0,), what=f"{name} of {what}")
        parts.append(np.asarray(part))
        close(parts[-1], np.unique(parts[-1]), what=f"{name} of {what}, ascending", **EXACT)
    return parts


def _split(sol, groups, share, seed):
    what = f"group_split({len(groups)} rows, {share}, {seed})"
    train, test = _indices(sol.group_split(groups, share, seed), what)
    both = np.sort(np.concatenate([train, test]))
    close(both, np.arange(len(groups)), what=f"train and test of {what}", **EXACT)
    return set(train.astype(int).tolist()), set(test.astype(int).tolist())


def test_clean_composes(sol, seed):
    for given, wanted in (
        ("cafe\u0301", "caf\u00e9"),
        ("\uac00 \u1100\u1161", "\uac00 \uac00"),  # a Hangul syllable, whole and in parts
        ("x\u00b2 \u2460 \ufb01n \uff12\u3001\uff21", "x\u00b2 \u2460 \ufb01n \uff12\u3001\uff21"),
        ("A\u030angstro\u0308m, I", "\u00c5ngstr\u00f6m, I"),
    ):
        equal(sol.clean(given), wanted, what=f"clean({given!a})")


def test_clean_removes_what_nobody_sees(sol, seed):
    rng = np.random.default_rng(seed)
    word = _words(rng, 1)
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    for given, wanted in (
        (f"\ufeff{word}\x00{word}", word + word),
        (f"so\u00adft\u200b{word}\x1b[0m\x7f", f"soft{word}[0m"),
        (f"{family} \u0645\u06cc\u200c\u062e", f"{family} \u0645\u06cc\u200c\u062e"),
        (f"{word}e\u200b\u0301", f"{word}\u00e9"),
    ):
        equal(sol.clean(given), wanted, what=f"clean({given!a})")


def test_clean_settles_white_space(sol, seed):
    rng = np.random.default_rng(seed)
    one, two = _words(rng, 1), _words(rng, 1)
    for given, wanted in (
        (f"  {one}\t \u3000{two}\u00a0\n", f"{one} {two}"),
        (f"{one} \r\n\t{two}\r{one}", f"{one}\n{two}\n{one}"),
        (f"{one}\n\n{two}\n \n\t\n\r\n{one}", f"{one}\n\n{two}\n\n{one}"),
        (f"{one} \x00 {two} \u200b\n\x07\n\u200b\n{one}", f"{one} {two}\n\n{one}"),
        ("\n \ufeff\n", ""),
    ):
        equal(sol.clean(given), wanted, what=f"clean({given!a})")
    pieces = list("ab \t\n\r\x00\u200b\ufeff\u00a0\u3000e\u0301")
    for _ in range(20):
        once = sol.clean("".join(rng.choice(pieces, 40)))
        equal(sol.clean(once), once, what=f"clean(clean(…)) = clean({ascii(once)[:60]})")


def test_fold_ignores_case_width_and_spacing(sol, seed):
    rng = np.random.default_rng(seed)
    word = _words(rng, 1)
    equal(sol.fold(f" {word.upper()}\u3000\n\n{word}\u200b "), f"{word} {word}", what="fold(…)")
    wide = "".join(chr(ord(char) + 0xFEE0) for char in word.upper())
    for one, other in (
        (wide, word),
        ("STRASSE \ufb01n", "stra\u00dfe fin"),
        ("\u2121 \u2126 x\u00b2", "tel \u03c9 x2"),  # the sign of the telephone, Ohm
        ("caf\u00c9", "cafe\u0301"),
        ("a\u00a8b", "a \u0308b"),
        ("\u4f60\u597d\uff0c\uff21", "\u4f60\u597d,a"),
    ):
        equal(sol.fold(one), sol.fold(other), what=f"fold({one!a})")
        equal(sol.fold(sol.fold(one)), sol.fold(one), what=f"fold(fold({one!a}))")
    for one, other in ((f"{word} x", f"{word}x"), ("no.", "no"), ("e", "\u00e9")):
        expect(
            sol.fold(one) != sol.fold(other),
            en=f"fold({one!r}) and fold({other!r}) should differ: these are different texts.",
            zh=f"fold({one!r}) 与 fold({other!r}) 应当不同：这是不同的文本。",
        )


def test_minhash_is_the_formula(sol, seed):
    rng = np.random.default_rng(seed)
    chinese = " \u6570\u636e\u53bb\u91cd"
    for text, k in ((_words(rng, 30), 5), (_words(rng, 9) + chinese, 3), (_words(rng, 1), 4)):
        a, b = _hashes(rng, 37)
        hashes = [zlib.crc32(shingle.encode()) for shingle in _shingles(text, k)]
        wanted = [
            min((int(one) * x + int(other)) % PRIME for x in hashes) for one, other in zip(a, b)
        ]
        told = {} if k == 5 else {"k": k}
        close(sol.minhash(text, a, b, **told), wanted, what=f"minhash(…, k={k})", **EXACT)
        close(sol.minhash(text.upper(), a, b, **told), wanted, what="minhash(capitals)", **EXACT)


def test_short_texts_have_one_shingle(sol, seed):
    rng = np.random.default_rng(seed)
    a, b = _hashes(rng, 11)
    for text in ("", "ok", "okay"):
        wanted = [
            (int(one) * zlib.crc32(text.encode()) + int(other)) % PRIME for one, other in zip(a, b)
        ]
        close(sol.minhash(text, a, b), np.array(wanted), what=f"minhash({text!r})", **EXACT)


def test_signatures_estimate_jaccard(sol, seed):
    """One h for each pair of texts, so that the errors are independent."""
    rng = np.random.default_rng(seed)
    count, errors, variance = 300, [], 0.0
    for shared in (5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95):
        common = _words(rng, shared)
        one, other = (f"{common} {_words(rng, (100 - shared) // 2 + 1)}" for _ in range(2))
        exact = _jaccard(one, other)
        a, b = _hashes(rng, count)
        left, right = sol.minhash(one, a, b), sol.minhash(other, a, b)
        shape(left, (count,), what="minhash(…)")
        shape(right, (count,), what="minhash(…)")
        errors.append((np.asarray(left) == np.asarray(right)).mean() - exact)
        variance += exact * (1 - exact) / count
        at_most(
            abs(errors[-1]),
            SIGMAS * math.sqrt(exact * (1 - exact) / count),
            what=f"|share of equal positions − Jaccard {exact:.3f}|",
        )
    bound = SIGMAS * math.sqrt(variance) / len(errors)
    at_most(abs(np.mean(errors)), bound, what="|mean error over 11 pairs|")


def _pairs(sol, signatures, bands):
    what = f"candidate_pairs({signatures.shape}, bands={bands})"
    got = sol.candidate_pairs(signatures, bands)
    got = got.tolist() if np.ndim(got) == 2 and hasattr(got, "tolist") else got
    expect(
        isinstance(got, (list, tuple))
        and all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in got),
        en=f"{what} should return a list of pairs.",
        zh=f"{what} 应返回由二元组组成的列表。",
    )
    for pair in got:
        for number in pair:
            shape(number, (), what=what)
    return [[int(number) for number in pair] for pair in got], what


def test_a_whole_band_agrees(sol, seed):
    rng = np.random.default_rng(seed)
    n, bands, height = 40, 4, 3
    signatures = rng.integers(0, 3, (n, bands * height))
    cut = signatures.reshape(n, bands, height)
    wanted = [
        [i, j] for i in range(n) for j in range(i + 1, n) if (cut[i] == cut[j]).all(axis=1).any()
    ]
    got, what = _pairs(sol, signatures, bands)
    equal(got, wanted, what=what)
    equal(_pairs(sol, signatures[:25], 12)[0], _any_position(signatures[:25]), what="bands=12")
    equal(_pairs(sol, np.arange(12).reshape(3, 4), 2)[0], [], what="candidate_pairs(all different)")


def _any_position(signatures):
    n = len(signatures)
    same = (signatures[:, None] == signatures).any(axis=2)
    return [[i, j] for i in range(n) for j in range(i + 1, n) if same[i, j]]


def test_bands_are_kept_apart(sol, seed):
    rng = np.random.default_rng(seed)
    one, two, three, four = rng.permutation(1000)[:20].reshape(4, 5)
    signatures = np.array([[*one, *two], [*two, *three], [*four, *two]])
    got, what = _pairs(sol, signatures, 2)
    equal(got, [[0, 2]], what=f"{what}: band 1 of text 0 is band 0 of text 1")


def _edited(rng, text, count):
    """Replace `count` words, far from each other."""
    words = text.split()
    for place in range(3, 3 + 9 * count, 9):
        words[place] = _words(rng, 1)
    return " ".join(words)


def _groups(sol, texts, a, b, **how):
    got = sol.duplicate_groups(texts, a, b, **how)
    shape(got, (len(texts),), what="duplicate_groups(…)")
    return [int(number) for number in np.asarray(got)]


def test_groups_of_near_duplicates(sol, seed):
    rng = np.random.default_rng(seed)
    a, b = _hashes(rng, 128)
    base = [_words(rng, 120) for _ in range(3)]
    texts = [
        base[0],
        base[1],
        _edited(rng, base[0], 2),
        base[2],
        base[1].upper().replace(" ", "\n  "),
        _words(rng, 120),
        base[0] + " ",
        "",
        "\u200b",
    ]
    equal(_groups(sol, texts, a, b), [0, 1, 0, 3, 1, 5, 0, 7, 7], what="duplicate_groups(…)")
    got = _groups(sol, texts, a, b, threshold=1.0)
    equal(got, [0, 1, 2, 3, 1, 5, 0, 7, 7], what="duplicate_groups(…, threshold=1.0)")


def test_groups_join_through_a_third(sol, seed):
    """Chain: each text is its neighbour's duplicate, the ends are far apart."""
    rng = np.random.default_rng(seed)
    a, b = _hashes(rng, 256)
    for order in ([0, 2, 1], [1, 3, 0, 2, 4], [5, 0, 3, 1, 4, 2]):
        chain = [_words(rng, 150)]
        while len(chain) < len(order):
            words = chain[-1].split()
            step = 10 * len(chain)
            words[step : step + 8] = _words(rng, 8).split()
            chain.append(" ".join(words))
        texts = [chain[place] for place in order]
        stranger = _words(rng, 150)
        got = _groups(sol, [stranger, *texts], a, b, bands=32)
        wanted = [0] + [1] * len(texts)
        equal(got, wanted, what=f"duplicate_groups(stranger, chain in the order {order})")


def test_candidates_are_compared(sol, seed):
    """Half of the shingles in common: nearly always a candidate with 64 bands, no duplicate."""
    rng = np.random.default_rng(seed)
    a, b = _hashes(rng, 128)
    common = _words(rng, 80)
    texts = [f"{common} {_words(rng, 40)}" for _ in range(4)]
    got = _groups(sol, texts, a, b, bands=64)
    equal(got, [0, 1, 2, 3], what="duplicate_groups(texts with a Jaccard of about 0.5, bands=64)")
    got = _groups(sol, texts, a, b, bands=64, threshold=0.25)
    equal(got, [0, 0, 0, 0], what="duplicate_groups(the same texts, threshold=0.25)")


def _names(rng, count):
    return [f"user-{number}" for number in rng.choice(10**6, count, replace=False)]


def test_no_group_is_on_both_sides(sol, seed):
    rng = np.random.default_rng(seed)
    groups = [str(name) for name in rng.choice(_names(rng, 60), 400)]
    for share in (0.2, 0.5):
        train, test = _split(sol, groups, share, seed % 1000)
        both = {groups[i] for i in train} & {groups[i] for i in test}
        equal(sorted(both), [], what=f"groups on both sides of group_split(…, {share})")
        at_least(min(len(train), len(test)), 1, what="rows of the smaller side")


def test_sides_do_not_change(sol, seed):
    rng = np.random.default_rng(seed)
    old, new = np.split(np.array(_names(rng, 300)), [200])
    groups = [str(name) for name in rng.choice(old, 500)]
    sides = _by_name(groups, _split(sol, groups, 0.3, 7)[1])
    more = [str(name) for name in rng.permutation([*groups, *new, *new])]
    later = _by_name(more, _split(sol, more, 0.3, 7)[1])
    moved = sorted(name for name, side in sides.items() if later[name] != side)
    what = "groups that changed sides when rows were added and shuffled"
    equal(moved[:5], [], what=what)
    elsewhere = [sol.probe("split_elsewhere", groups, 0.3, 7, salt) for salt in (1, 2)]
    for one in elsewhere:
        wanted = np.sort([i for i, name in enumerate(groups) if sides[name]])
        close(one, wanted, what="the test part in a process with another salt of hash()", **EXACT)


def _by_name(groups, test):
    return {name: i in test for i, name in enumerate(groups)}


def test_share_and_seed(sol, seed):
    rng = np.random.default_rng(seed)
    names = _names(rng, 3000)
    for share in (0.1, 0.4):
        _, test = _split(sol, names, share, seed % 997)
        allowed = SIGMAS * math.sqrt(share * (1 - share) / len(names))
        what = f"|share of test − {share}|, 3000 groups of one row"
        at_most(abs(len(test) / len(names) - share), allowed, what=what)
    same, other = _split(sol, names, 0.4, seed % 997)[1], _split(sol, names, 0.4, 1000)[1]
    equal(same == test, True, what="the same seed gives the same split")
    equal(other == test, False, what="another seed gives the same split")


def _at_times(sol, times, share):
    what = f"time_split({len(times)} rows, {share})"
    return *_indices(sol.time_split(times, share), what), what


def test_test_is_later(sol, seed):
    rng = np.random.default_rng(seed)
    times = rng.permutation(1000)[:83].astype(float)
    for share, count in ((0.3, 25), (0.1, 9), (0.5, 42)):  # 24.9, 8.3, 41.5 rows
        train, test, what = _at_times(sol, times, share)
        order = np.argsort(times)
        close(test, np.sort(order[-count:]), what=f"test of {what}", **EXACT)
        close(train, np.sort(order[:-count]), what=f"train of {what}", **EXACT)


def test_ties_stay_together(sol, seed):
    rng = np.random.default_rng(seed)
    times = rng.permutation(np.repeat([3, 5, 8, 9], [40, 30, 20, 11]))
    for share, first in ((0.25, 8), (0.4, 5), (0.1, 9)):  # of 101: 25.25, 40.4, 10.1 rows
        train, test, what = _at_times(sol, times, share)
        close(test, np.flatnonzero(times >= first), what=f"test of {what}", **EXACT)
        close(train, np.flatnonzero(times < first), what=f"train of {what}", **EXACT)


def test_nothing_left_to_train_is_refused(sol, seed):
    rng = np.random.default_rng(seed)
    train, _, what = _at_times(sol, np.array([4, 2, 4, 4]), 0.3)
    close(train, np.array([1]), what=f"train of {what}", **EXACT)
    times = np.full(int(rng.integers(5, 20)), 7)
    raises(lambda: sol.time_split(times, 0.3), "ValueError", what="time_split(one time only)")


# A table: two numeric columns, two categorical ones.


def _table(rng, n):
    numbers = rng.normal([5, 300], [2, 90], (n, 2)) ** 2  # skewed: mean and median differ
    numbers[rng.random((n, 2)) < 0.2] = np.nan
    categories = np.stack(
        [
            rng.choice(["red", "green", "blue", "grey"], n),
            rng.choice(["cat", "dog", "owl"], n),
        ],
        axis=1,
    )
    return numbers, categories.tolist()


def _same_columns(got, expected, what, *, more=False):
    """Compare columns in any order. Further ones must be zero, unless `more` allows others."""
    shape(got, (len(expected), np.shape(got)[1] if np.ndim(got) == 2 else 0), what=what)
    left = list(range(np.shape(got)[1]))
    for number, column in enumerate(expected.T):
        gaps = [np.abs(np.asarray(got)[:, each] - column).max() for each in left]
        gaps = [gap if np.isfinite(gap) else np.inf for gap in gaps] or [np.inf]
        nearest = int(np.argmin(gaps))
        if gaps[nearest] > 1e-6:
            expect(
                False,
                en=f"{what}: no column is {_short(column)}, expected as number {number}.",
                zh=f"{what}：没有哪一列等于 {_short(column)}（期望中的第 {number} 列）。",
            )
        left.pop(nearest)
    if left and not more:
        rest = np.asarray(got)[:, left]
        close(rest, np.zeros_like(rest), what=f"columns of {what} that nobody asked for", **EXACT)


def _short(column):
    return "[" + ", ".join(f"{value:.4g}" for value in column[:6]) + ", …]"


def _scaled(known, asked):
    """Return the numeric features of `asked` with the statistics of `known`."""
    median = np.nanmedian(known, axis=0)
    filled = np.where(np.isnan(known), median, known)
    values = np.where(np.isnan(asked), median, asked)
    return (values - filled.mean(axis=0)) / filled.std(axis=0)


def test_numbers_are_imputed_and_scaled(sol, seed):
    rng = np.random.default_rng(seed)
    numbers, categories = _table(rng, 90)
    train = np.sort(rng.permutation(90)[:55])
    asked, names = _table(rng, 13)
    got = sol.probe("features", (numbers, categories), train, (asked, names), 2)
    expected = _scaled(numbers[train], asked)
    _same_columns(got, expected, "numeric features", more=True)


def test_missing_values_are_marked(sol, seed):
    rng = np.random.default_rng(seed)
    numbers, categories = _table(rng, 90)
    train = np.sort(rng.permutation(90)[:55])
    asked, names = _table(rng, 13)
    asked[:3] = [[np.nan, 1], [2, np.nan], [np.nan, np.nan]]
    got = sol.probe("features", (numbers, categories), train, (asked, names), 2)
    expected = np.concatenate([_scaled(numbers[train], asked), np.isnan(asked)], axis=1)
    _same_columns(got, expected, "features with an indicator", more=True)


def test_gaps_may_be_new(sol, seed):
    rng = np.random.default_rng(seed)
    numbers, categories = _table(rng, 80)
    train = np.sort(rng.permutation(80)[:50])
    numbers[train, 1] = rng.normal(size=50)  # complete in training
    asked, names = _table(rng, 9)
    asked[4, 1] = np.nan
    got = sol.probe("features", (numbers, categories), train, (asked, names), 2)
    _same_columns(got, _scaled(numbers[train], asked), "features with a new gap", more=True)


def _rare_table(rng):
    """Of the first category: 36 red, 10 green, 9 pink, 4 gold; of the second nothing is rare."""
    first = rng.permutation(np.repeat(["red", "green", "pink", "gold"], [36, 10, 9, 4]))
    second = rng.permutation(np.repeat(["cat", "dog"], [29, 30]))
    numbers, _ = _table(rng, 59)
    return numbers, np.stack([first, second], axis=1).tolist()


def test_rare_categories_are_pooled(sol, seed):
    rng = np.random.default_rng(seed)
    numbers, categories = _rare_table(rng)
    names = [["red", "cat"], ["pink", "dog"], ["gold", "cat"], ["green", "dog"], ["red", "dog"]]
    asked = np.ones((5, 2))
    got = sol.probe("features", (numbers, categories), np.arange(59), (asked, names), 10)
    hot = [[1, 0, 0, 1, 0], [0, 0, 1, 0, 1], [0, 0, 1, 1, 0], [0, 1, 0, 0, 1], [1, 0, 0, 0, 1]]
    expected = np.concatenate([_scaled(numbers, asked), np.zeros((5, 2)), np.array(hot)], axis=1)
    _same_columns(got, expected, "features (red and green, rare ones pooled)")
    got = sol.probe("features", (numbers, categories), np.arange(59), (asked, names), 9)
    hot = [[1, 0, 0, 0, 1, 0], [0, 0, 1, 0, 0, 1], [0, 0, 0, 1, 1, 0]]
    hot += [[0, 1, 0, 0, 0, 1], [1, 0, 0, 0, 0, 1]]
    expected = np.concatenate([_scaled(numbers, asked), np.zeros((5, 2)), np.array(hot)], axis=1)
    _same_columns(got, expected, "features (nine pink ones are enough for min_count=9)")


def test_unknown_categories_are_ignored(sol, seed):
    rng = np.random.default_rng(seed)
    numbers, categories = _rare_table(rng)
    names = [["red", "cat"], ["mauve", "dog"], ["pink", "elk"], ["mauve", "elk"], ["green", "cat"]]
    asked = np.ones((5, 2))
    got = sol.probe("features", (numbers, categories), np.arange(59), (asked, names), 10)
    hot = [[1, 0, 0, 1, 0], [0, 0, 0, 0, 1], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0], [0, 1, 0, 1, 0]]
    expected = np.concatenate([_scaled(numbers, asked), np.zeros((5, 2)), np.array(hot)], axis=1)
    _same_columns(got, expected, "features (mauve and elk are new)")


def _leak_case(rng):
    numbers, categories = _rare_table(rng)
    extra, names = _table(rng, 41)
    known = np.concatenate([numbers, extra]), categories + names
    order = rng.permutation(100)
    train = np.sort(np.flatnonzero(order < 59))
    known = known[0][order], [known[1][i] for i in order]
    asked = rng.normal(5, 3, (8, 2))
    asked[2, 0] = asked[3, 1] = np.nan
    asked_names = [["red", "cat"], ["pink", "dog"], ["gold", "owl"], ["blue", "dog"]] * 2
    return known, train, (asked, asked_names)


def test_other_rows_change_nothing(sol, seed):
    rng = np.random.default_rng(seed)
    (numbers, categories), train, asked = _leak_case(rng)
    other = np.setdiff1d(np.arange(100), train)
    before = sol.probe("features", (numbers, categories), train, asked, 10)
    expected = _scaled(numbers[train], asked[0])
    _same_columns(before, expected, "features fitted on the training rows", more=True)
    moved, renamed = numbers.copy(), [list(row) for row in categories]
    moved[other] = rng.normal(10**4, 10**3, (len(other), 2))
    moved[other[::3]] = np.nan
    after = sol.probe("features", (moved, categories), train, asked, 10)
    _unmoved(after, before, "features after other rows' numbers changed")
    for row in other:
        renamed[row] = [str(rng.choice(["pink", "gold", "mauve"])), "elk"]
    after = sol.probe("features", (numbers, renamed), train, asked, 10)
    _unmoved(after, before, "features after other rows' categories changed")


def _unmoved(after, before, what):
    shape(after, np.shape(before), what=what)
    close(after, before, what=what, **NEAR)


def test_a_row_is_transformed_by_itself(sol, seed):
    rng = np.random.default_rng(seed)
    known, train, asked = _leak_case(rng)
    together = sol.probe("features", known, train, asked, 10)
    _same_columns(together, _scaled(known[0][train], asked[0]), "features", more=True)
    alone = sol.probe("one_by_one", known, train, asked, 10)
    _unmoved(alone, together, "features of rows transformed one by one")
    kept = sol.probe("keeps_table", known, train)
    equal(kept, True, what="the table is left as it was")
