"""A table of text as it is read in a terminal, a paper, a page or a program.

Checked by: CSV read back, and every cell of the other forms.
"""

import csv
import io
import re
from collections.abc import Sequence

from .columns import columns
from .validation import one_of

__all__ = ["FORMS", "formed"]

FORMS = ("text", "csv", "latex", "markdown")


def formed(
    rows: Sequence[Sequence[str]],
    header: Sequence[str],
    form: str = "text",
    *,
    title: str = "",
    notes: Sequence[str] = (),
) -> str:
    """The rows in one of `FORMS`; title and notes stand around them, in LaTeX as comments, in CSV not.

    >>> print(formed([["a|b", "1.0 ± 0.2"]], ["method", "%"], "markdown", notes=["by hand"]))
    | method | % |
    | --- | --- |
    | a\\|b | 1.0 ± 0.2 |
    <BLANKLINE>
    - by hand
    """
    one_of("format", form, FORMS)
    if form == "csv":
        file = io.StringIO()
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
        return file.getvalue().rstrip("\n")
    if form == "latex":
        above, below = ([f"% {line}" for line in lines] for lines in ([title] * bool(title), notes))
        return "\n".join([*above, _latex(rows, header), *below])
    heading = [f"**{title}**" if form == "markdown" else title, ""] if title else []
    table = columns(rows, header) if form == "text" else _markdown(rows, header)
    marks = "- " if form == "markdown" else ""
    return "\n".join([*heading, table, *([""] if notes else []), *(marks + note for note in notes)])


def _markdown(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in lines
    )


def _latex(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    """With rules of the package booktabs."""
    import pandas  # which takes half a second

    text = pandas.DataFrame(list(rows), columns=list(header)).to_latex(index=False, escape=True)
    signed = re.sub(r"(?<![\w.-])([+-]\d[\d.]*)", r"$\1$", text.rstrip("\n"))
    return signed.replace("±", r"$\pm$")
