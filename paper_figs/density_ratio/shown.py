"""Means with their intervals, as the page of density ratios writes them."""

from ...theory.concentration import MeanInterval

__all__ = ["number", "points"]


def points(gap: MeanInterval | None) -> str:
    """A difference of shares in points of a hundred, with its interval."""
    return "-" if gap is None else number(gap, 100.0, "+.1f")


def number(found: MeanInterval | None, scale: float = 1.0, form: str = "+.2f") -> str:
    """A mean, and its interval if it has one.

    >>> number(MeanInterval(0.5, (0.25, 0.75)))
    '+0.50 [+0.25, +0.75]'
    """
    if found is None:
        return "-"
    ends = (
        ""
        if found.interval is None
        else " [{}, {}]".format(*(format(scale * end, form) for end in found.interval))
    )
    return format(scale * found.mean, form) + ends
