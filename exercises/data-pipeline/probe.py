"""What a fitted transformer makes of rows, and a split in another process's world of hashes."""

import builtins

import numpy as np

NUMERIC, CATEGORICAL = [0, 3], [1, 2]


def table(numbers, categories):
    """Return rows of objects, (n, 4): a number, two categories, a number."""
    rows = np.empty((len(numbers), 4), object)
    rows[:, NUMERIC] = numbers
    rows[:, CATEGORICAL] = categories
    return rows


def _fitted(solution, known, train, min_count):
    told = {} if min_count == 10 else {"min_count": min_count}  # 10 is the default
    return solution.fit_features(table(*known), train, list(NUMERIC), list(CATEGORICAL), **told)


def features(solution, known, train, asked, min_count):
    """Fit on the rows `train` of `known`; return the features of `asked`, (n, features).

    known, asked: pairs (numbers, categories).
    """
    fitted = _fitted(solution, known, train, min_count)
    found = fitted.transform(table(*asked))
    return np.asarray(found.toarray() if hasattr(found, "toarray") else found, float)


def one_by_one(solution, known, train, asked, min_count):
    """As features, but each row of `asked` is transformed in a call of its own."""
    fitted = _fitted(solution, known, train, min_count)
    found = [fitted.transform(row[None]) for row in table(*asked)]
    rows = [one.toarray() if hasattr(one, "toarray") else one for one in found]
    return np.concatenate(rows).astype(float)


def keeps_table(solution, known, train):
    """Return whether fitting left the rows as they were."""
    rows = table(*known)
    before = rows.copy()
    solution.fit_features(rows, train, list(NUMERIC), list(CATEGORICAL), min_count=2)
    return all(one == other or one != one for one, other in zip(rows.flat, before.flat))


def split_elsewhere(solution, groups, test_share, seed, salt):
    """Return the test part when `hash` has another salt, as in another process."""
    ours = builtins.hash
    builtins.hash = lambda value: ours((salt, value))
    try:
        return np.asarray(solution.group_split(groups, test_share, seed)[1])
    finally:
        builtins.hash = ours
