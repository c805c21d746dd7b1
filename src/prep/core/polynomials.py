"""Sizes of dimensions as polynomials over symbols: `2*D + D` and `3D` are one value."""

from __future__ import annotations

from math import gcd

from prep.core.bad_answer import BadAnswerError

# A term is its symbols with their powers, sorted; a symbol may be a floor division.
Term = tuple[tuple[str, int], ...]
Polynomial = tuple[tuple[Term, int], ...]

_MOST_TERMS = 60
_HIGHEST_POWER = 9
_LARGEST = 10**15


def number(value: int) -> Polynomial:
    """Return a constant."""
    return _made({(): value})


def symbol(name: str) -> Polynomial:
    """Return the polynomial of one symbol."""
    return ((((name, 1),), 1),)


def add(one: Polynomial, other: Polynomial) -> Polynomial:
    """Return the sum."""
    terms = dict(one)
    for term, factor in other:
        terms[term] = terms.get(term, 0) + factor
    return _made(terms)


def negate(one: Polynomial) -> Polynomial:
    """Return the same with its sign turned."""
    return tuple((term, -factor) for term, factor in one)


def multiply(one: Polynomial, other: Polynomial) -> Polynomial:
    """Return the product."""
    terms: dict[Term, int] = {}
    for left, by in one:
        for right, factor in other:
            term = _times(left, right)
            terms[term] = terms.get(term, 0) + by * factor
    return _made(terms)


def power(one: Polynomial, exponent: int) -> Polynomial:
    """Return a small power."""
    if not 0 <= exponent <= _HIGHEST_POWER:
        raise BadAnswerError("answer-too-complex")
    result = number(1)
    for _ in range(exponent):
        result = multiply(result, one)
    return result


def divide(one: Polynomial, other: Polynomial, *, name: str = "//") -> Polynomial:
    """Return the floor division; where it leaves nothing over, the quotient itself.

    `D/H` counts as leaving nothing over, as sizes of heads do: H·(D/H) is D. What
    cannot be divided so stays a symbol: `S//2`, in lowest terms. `name` is `ceil`
    for the division that rounds up.
    """
    if not other:
        raise BadAnswerError("answer-divides-by-zero", text=f"{show(one)}/0")
    if len(other) > 1:
        return number(1) if one == other else _rounded(one, other, name)
    term, by = other[0]
    return _by_number(_by_term(one, term, name), by, name)


def show(one: Polynomial) -> str:
    """Write it in one fixed way: `3*D+S-1`."""
    shown = "+".join(_show_term(term, factor) for term, factor in one).replace("+-", "-")
    return shown or "0"


def _by_term(one: Polynomial, term: Term, name: str) -> Polynomial:
    """Divide by symbols: (S - K + T)//T is (S - K)//T + 1."""
    quotients = {left: _times(left, term, -1) for left, _ in one}
    even = {left for left, over in quotients.items() if _lowest(over) >= min(0, _lowest(left))}
    rest = tuple((left, factor) for left, factor in one if left not in even)
    if len(rest) == 1:
        even, rest = set(quotients), ()
    whole = _made({quotients[left]: factor for left, factor in one if left in even})
    return add(whole, _rounded(rest, ((term, 1),), name)) if rest else whole


def _by_number(one: Polynomial, by: int, name: str) -> Polynomial:
    """Divide by a number; what divides evenly comes out: (S + 2)//2 is S//2 + 1."""
    common = gcd(by, *(factor for _, factor in one)) * (1 if by > 0 else -1)
    by, terms = by // common, {term: factor // common for term, factor in one}
    whole = _made({term: factor // by for term, factor in terms.items() if factor % by == 0})
    rest = {term: factor for term, factor in terms.items() if factor % by}
    if set(rest) <= {()}:
        part = rest.get((), 0)
        return add(whole, number(-(-part // by) if name == "ceil" else part // by))
    return add(whole, _rounded(_made(rest), number(by), name))


def _rounded(one: Polynomial, other: Polynomial, name: str) -> Polynomial:
    above = show(one) if len(one) == 1 else f"({show(one)})"
    below = show(other)
    below = below if below.isdigit() or below.isidentifier() else f"({below})"
    return symbol(f"ceil({above}/{below})" if name == "ceil" else f"({above}//{below})")


def _lowest(term: Term) -> int:
    return min((times for _, times in term), default=0)


def _times(left: Term, right: Term, sign: int = 1) -> Term:
    powers = dict(left)
    for name, times in right:
        powers[name] = powers.get(name, 0) + sign * times
    return tuple(sorted((name, times) for name, times in powers.items() if times))


def _made(terms: dict[Term, int]) -> Polynomial:
    kept = {term: factor for term, factor in terms.items() if factor}
    if len(kept) > _MOST_TERMS or any(abs(factor) > _LARGEST for factor in kept.values()):
        raise BadAnswerError("answer-too-complex")
    return tuple(sorted(kept.items(), key=lambda pair: (not pair[0], pair[0])))


def _show_term(term: Term, factor: int) -> str:
    above = "*".join(_show_power(name, times) for name, times in term if times > 0)
    below = "".join(f"//{_show_power(name, -times)}" for name, times in term if times < 0)
    if not above:
        return f"{factor}{below}"
    return {1: "", -1: "-"}.get(factor, f"{factor}*") + above + below


def _show_power(name: str, times: int) -> str:
    return name if times == 1 else f"{name}^{times}"
