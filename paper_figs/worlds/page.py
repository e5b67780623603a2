"""The page ``paper_figs/results/consistency.md``: which methods reach the rule of least balanced error.

Numbers come from ``consistency.csv``, which ``python -m counterpoise.paper_figs.worlds.page measure`` makes
anew in about five minutes. Checked by: a test that writes the page anew, and stored counterexamples that are
minimised again.
"""

import csv
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...simulations.worlds.consistency import Found, consistency_rows
from ...theory.foundation.files import write_atomically
from ...theory.foundation.forms import formed
from ..stored import FOLDER

__all__ = ["COLUMNS", "consistency_page", "measure", "stored_rows"]

PAGE, TABLE = "consistency.md", "consistency.csv"
WORLDS, SHARED = 60, 8
SEED = 1  # other worlds than those on which the minimisers were tried out
COLUMNS = (
    "method", "verdict", "statements", "worlds", "balanced", "plain", "neither", "undecided", "as_stated",
    "largest_excess", "gradient", "wrong", "why", "world", "predicted", "best", "excess",
)  # fmt: skip
_WORDS = {True: "yes", False: "no", None: ""}
_HEAD = """# Which methods reach the rule of least balanced error: finite worlds

Written by `python -m counterpoise.paper_figs.worlds.page` from `consistency.csv`. A world is a table of whole
counts, points (3 to 6) by classes (2 to 5), so that the Bayes rule, the balanced Bayes rule and every excess
are exact. In each of the worlds here the two rules differ, and the best class of a point beats the second by
5 % or more under both. The logits of all points are free (so no margin is lost to a head or to cosines), the
loss is the registry's, with the constants of the last stage of its plan and the classes as that stage draws
them, and a batch is the population. All methods see the same first {shared} worlds, and go on to {worlds} at
most, until one shows that their optimum is not the balanced rule. Of a flat valley (`vs`, `cdt`) the end
nearest to zero logits counts; losses with detached factors (`seesaw`) are taken where their expected gradient
vanishes. *Verdict*: the column *balanced* of [the table of methods](../../methods/README.md), or of a method
with settings what the statement of its optimum says. *As stated*: worlds in which that optimum predicts the
same. A world is undecided if two classes of a point have one logit. The verdict of `progressive-sampling` was
first written down as *yes*, and is *no* since a world of another seed contradicted it: its last epoch still
draws a share 1/epochs of the examples as they come.
"""
_SECTIONS = (
    ("yes", "Said to reach it", "Balanced in every world, or the verdict is wrong."),
    ("no", "Said not to", "Each has a world that shows it."),
    (
        "",
        "No verdict",
        "No statement says, or what it says of these settings was not written down; what was found.",
    ),
)


def measure(folder: str | Path = FOLDER) -> None:
    """All methods on their worlds, into the table."""
    found = consistency_rows(
        worlds=WORLDS,
        shared=SHARED,
        seed=SEED,
        progress=lambda done, total: sys.stderr.write(f"\r{done} of {total} methods"),
    )
    text = formed([_stored(row) for row in found], COLUMNS, "csv")
    write_atomically(Path(folder) / TABLE, f"{text}\n".encode())


def stored_rows(folder: str | Path = FOLDER) -> list[dict[str, str]]:
    """The rows of the table, by column."""
    with open(Path(folder) / TABLE, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def consistency_page(folder: str | Path = FOLDER) -> str:
    """The page, from the table."""
    rows = stored_rows(folder)
    tried = [row for row in rows if row["worlds"] != "0"]
    wrong = [f"`{row['method']}`: {row['wrong']}" for row in tried if row["wrong"]]
    told = "No verdict is contradicted." if not wrong else f"Contradicted: {'; '.join(wrong)}."
    said = [row for row in tried if row["verdict"]]
    parts = [
        _HEAD.format(worlds=WORLDS, shared=SHARED),
        f"{len(tried)} methods, {sum(int(row['worlds']) for row in tried)} optima; {len(said)} methods have "
        f"a verdict. {told} The largest gradient left at an optimum, relative to that at zero logits, is "
        f"{max(float(row['gradient']) for row in tried):.0e}.\n",
    ]
    for verdict, title, words in _SECTIONS:
        parts += [f"## {title}\n\n{words}\n", _table([r for r in tried if r["verdict"] == verdict])]
    others = [(f"`{r['method']}`", r["verdict"] or "–", r["why"]) for r in rows if r not in tried]
    parts += ["## Not tried\n", formed(others, ("method", "verdict", "why"), "markdown")]
    return "\n".join(parts) + "\n"


def _stored(row: Found) -> tuple[str, ...]:
    """The cells of a row, by `COLUMNS`."""
    rules = Counter(own.rule for own in row.seen)
    stated = [own.as_stated for own in row.seen if own.as_stated is not None]
    missed: Sequence[str] = ("", "", "", "")
    if own := row.counterexample:
        facts = own.world.table, own.optimum.predicted.tolist(), own.world.balanced_bayes.tolist()
        missed = (*(json.dumps(fact, separators=(",", ":")) for fact in facts), str(own.excess))
    return (
        row.method,
        _WORDS[row.verdict],
        " ".join(row.statements),
        str(len(row.seen)),
        *(str(rules[rule]) for rule in ("balanced", "plain", "neither", "undecided")),
        f"{sum(stated)}/{len(stated)}" if stated else "",
        f"{float(max((own.excess for own in row.seen), default=0)):.4f}",
        f"{max((own.optimum.gradient for own in row.seen), default=0):.1e}",
        row.wrong,
        row.why,
        *missed,
    )


def _table(rows: Sequence[Mapping[str, str]]) -> str:
    header = (
        "method", "worlds", "balanced", "plain", "neither", "undecided", "as stated", "largest excess",
        "world that shows it", "predicts", "best", "excess there",
    )  # fmt: skip
    if not any(row["world"] for row in rows):
        header = header[:8]
    names = (
        "worlds", "balanced", "plain", "neither", "undecided", "as_stated", "largest_excess", "world",
        "predicted", "best", "excess",
    )  # fmt: skip
    cells = [(f"`{row['method']}`", *(row[name] or "–" for name in names)) for row in rows]
    return formed([row[: len(header)] for row in cells], header, "markdown") + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        measure()
    write_atomically(FOLDER / PAGE, consistency_page().encode())
