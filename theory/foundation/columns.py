"""Rows of text in columns, whole: nothing is cut or wrapped, so that a pipe gets every name."""

from collections.abc import Sequence

__all__ = ["columns"]


def columns(rows: Sequence[Sequence[str]], header: Sequence[str] = ()) -> str:
    """The rows with their cells below each other; a row of one cell is a heading over the next ones.

    Examples
    --------
    >>> print(columns([["a", "proved"], ["longer", "cited"]], header=["name", "status"]))
    name    status
    a       proved
    longer  cited
    """
    rows = [header, *rows] if header else rows
    cells = [row for row in rows if len(row) > 1]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in rows:
        if len(row) == 1:
            lines += ["", row[0]] if lines else [row[0]]
        else:
            padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)
