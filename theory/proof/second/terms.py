"""Small things that rules do with expressions and boxes."""

import ast
from collections.abc import Mapping

from .reading import Box, Piece, Rejected
from .second_opinion import Term, end_value, parse, replaced

__all__ = ["at_values", "halves", "mentioned", "names", "rest_of", "signed", "variables"]


def signed(term: Term, sign: int) -> Term:
    """The expression, or minus it."""
    return term if sign > 0 else ast.UnaryOp(op=ast.USub(), operand=term)


def at_values(term: Term, fixed: Mapping[str, str]) -> Term:
    """The expression with the fixed variables at their values."""
    for name, value in fixed.items():
        term = replaced(term, name, parse(value))
    return term


def names(term: Term) -> set[str]:
    """The names in an expression, those of functions too."""
    return {n.id for n in ast.walk(term) if isinstance(n, ast.Name)} - {"pi", "E", "oo"}


def variables(term: Term) -> set[str]:
    """The names that stand for numbers."""
    called = {id(n.func) for n in ast.walk(term) if isinstance(n, ast.Call)}
    found = {n.id for n in ast.walk(term) if isinstance(n, ast.Name) and id(n) not in called}
    return found - {"pi", "E", "oo"}


def mentioned(term: Term, box: Box) -> Box:
    """The part of a box that an expression mentions."""
    used = names(term)
    return {name: piece for name, piece in box.items() if name in used}


def halves(piece: Piece, cut: str) -> tuple[Piece, Piece]:
    """The two parts of an interval cut at a number."""
    return (
        Piece(piece.low, cut, piece.low_open, False),
        Piece(cut, piece.high, False, piece.high_open),
    )


def rest_of(old: Piece, kept: Piece) -> Piece:
    """What an interval loses when one end of it is cut off."""
    cut = end_value(kept.low if kept.high == old.high else kept.high)
    if not end_value(old.low) <= cut <= end_value(old.high):
        raise Rejected("an interval is cut outside itself")
    if (kept.high, kept.high_open) == (old.high, old.high_open):
        return Piece(old.low, kept.low, old.low_open, not kept.low_open)
    if (kept.low, kept.low_open) == (old.low, old.low_open):
        return Piece(kept.high, old.high, not kept.high_open, old.high_open)
    raise Rejected("more than one end of an interval is cut off")
