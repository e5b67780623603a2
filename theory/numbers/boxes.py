"""Boxes: where several variables live at once, and their ranges."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import sympy

from .ranges import Range, range_of_number

if TYPE_CHECKING:
    from .domain import Piece

__all__ = ["Box", "box_ranges", "piece_range"]

Box: TypeAlias = "Mapping[sympy.Symbol, Piece]"


def box_ranges(box: Box) -> list[Range]:
    """The range of each variable of a box, irrational ends rounded outward."""
    return [piece_range(piece) for piece in box.values()]


def piece_range(piece: "Piece") -> Range:
    """The range of one variable, irrational ends rounded outward."""
    low, high = range_of_number(piece.low), range_of_number(piece.high)
    return Range(low.low, high.high, piece.low_open, piece.high_open)
