"""Which parts of a Coq term have no value of their own somewhere, and whether a statement says so.

Every quotient, logarithm, root and power must have its condition among those stated, word for word.

Checked by: statements whose conditions were struck out.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from .coq_reader import Tree

__all__ = ["missing", "names_in", "plain"]


def plain(name: str) -> str:
    """A variable's own name."""
    return name.removesuffix("'")


def names_in(tree: Any) -> set[str]:
    """The variables of a tree."""
    if not isinstance(tree, tuple):
        return set()
    if tree[0] == "name":
        return {plain(tree[1])}
    return set().union(*map(names_in, tree[1:]))


def missing(tree: Any, needs: Sequence[Tree]) -> Iterator[str]:
    """Parts whose condition is not among those stated."""
    if not isinstance(tree, tuple):
        return
    for part in tree[1:]:
        yield from missing(part, needs)
    accepted = _accepted(tree)
    if accepted and not any(need in needs for need in accepted):
        yield str(tree)[:80]


def _accepted(tree: Tree) -> list[Tree]:
    """Conditions of which any one gives an expression a value; none where it always has one."""
    zero: Tree = ("number", 0)
    match tree:
        case ("/", _, below) if not _nonzero_number(below):
            inner = _rooted(below)
            if inner is not below and _positive_number(inner):
                return []
            return [
                ("<>", below, zero),
                ("<>", inner, zero),
                ("<", zero, below),
                ("<", zero, inner),
            ]
        case ("call", "ln", inner) if not _positive_number(inner):
            return [("<", zero, inner)]
        case ("call", "sqrt", inner) if not _positive_number(inner):
            if inner[:2] == ("call", "sqrt"):
                return []  # a root is not negative
            return [("<=", zero, inner), ("<", zero, inner)]
        case ("call", "Rpower", base, _) if not _positive_number(base):
            return [("<", zero, base)]
        case ("call", "power_at_zero", base, exponent):
            positive: Tree = ("and", ("<=", zero, base), ("<", zero, exponent))
            if _positive_number(exponent):
                return [("<=", zero, base), ("<", zero, base)]
            return [("or", ("<", zero, base), positive)]
        case ("call", "powerRZ", base, exponent) if not _nonzero_number(base):
            return [
                ("<", zero, base), ("or", ("<>", base, zero), ("<=", zero, exponent))
            ]  # fmt: skip
        case ("^", _, exponent) if exponent[0] != "number":
            return [("impossible",)]
        case _:
            return []


def _rooted(tree: Tree) -> Tree:
    """What a whole power or a root is of: they vanish together."""
    while tree[0] == "^" or tree[:2] == ("call", "sqrt"):
        tree = tree[1] if tree[0] == "^" else tree[2]
    return tree


def _number(tree: Tree) -> Fraction | None:
    if names_in(tree) or any(word in str(tree) for word in ("call", "PI")):
        return None
    try:
        value = _exact(tree)
    except (KeyError, ZeroDivisionError):
        return None
    return value


def _exact(tree: Tree) -> Fraction:
    match tree:
        case ("number", value):
            return Fraction(value)
        case ("negative", inner):
            return -_exact(inner)
        case ("^", base, exponent):
            return _exact(base) ** int(_exact(exponent))
        case (("+" | "-" | "*" | "/") as sign, left, right):
            a, b = _exact(left), _exact(right)
            return {"+": a + b, "-": a - b, "*": a * b}[sign] if sign != "/" else a / b
    raise KeyError(tree[0])


def _nonzero_number(tree: Tree) -> bool:
    value = _number(tree)
    return value is not None and value != 0


def _positive_number(tree: Tree) -> bool:
    if tree == ("name", "PI"):
        return True
    value = _number(tree)
    return value is not None and value > 0
