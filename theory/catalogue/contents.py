"""The catalogue as a book's table of contents: chapters, statements, numbers, corrections, scores.

`render` turns verdicts into Markdown; `counterpoise contents` writes it, and a test holds the file
against the catalogue.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape

from ..claims.statement import Statement
from ..proof.certificate import Certificate, weakest
from .catalogue import CHAPTERS, TITLES, statements
from .mutation import score

__all__ = ["Contents", "contents", "numbered", "render", "status_with_foundations"]

_INTRO = """# The theory, statement by statement

Written by `counterpoise contents`; do not edit by hand. **proved**: symbolic identity, SMT, interval
arithmetic, exact enumeration or a verified dual, re-checked by a second engine. **checked**: numerics
or Monte Carlo with a stated tolerance or confidence. **cited**: taken from the literature. A
statement's status is that of its weakest step; 'with foundations' counts the statements it rests on.
"""


class Contents:
    """The chapters and what their statements say; prints in a terminal and in a notebook."""

    def __init__(self) -> None:
        known = statements().values()
        self.chapters = {
            TITLES[chapter]: [own for own in known if own.name.split(".")[0] in modules]
            for chapter, modules in CHAPTERS.items()
        }

    def __str__(self) -> str:
        lines = []
        for title, own in self.chapters.items():
            lines += [title, *(f"  {statement.name:48} {statement.title}" for statement in own), ""]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = []
        for title, own in self.chapters.items():
            rows = "".join(f"<li><code>{escape(s.name)}</code> {escape(s.title)}</li>" for s in own)
            parts.append(f"<h4>{escape(title)}</h4><ul>{rows}</ul>")
        return "".join(parts)


def contents() -> Contents:
    """The table of contents: every chapter, every statement's name and title."""
    return Contents()


def status_with_foundations(name: str, certificates: Mapping[str, Certificate]) -> str:
    """The weakest status of a statement and of everything it rests on, directly or not."""
    known, pending, found = statements(), [name], {name}
    while pending:
        for other in known[pending.pop()].rests_on:
            if other not in found:
                found.add(other)
                pending.append(other)
    return weakest(certificates[own].status for own in found)


def numbered(certificates: Mapping[str, Certificate]) -> Iterator[tuple[str, str, str, str]]:
    """(number, statement/step, what it says, status) for every number, in natural order."""
    rows = []
    for own in statements().values():
        certificate = certificates[own.name]
        rows += [(number, own.name, own.title, certificate.status) for number in own.ids]
        for step, part in zip(own.steps, certificate.parts, strict=False):
            rows += [(n, f"{own.name}/{step.name}", step.text, part.status) for n in step.ids]
    return iter(sorted(rows, key=lambda row: (_natural(row[0]), row[1])))


def _natural(number: str) -> list[tuple[int, int, str]]:
    """A key that sorts VS2 before VS10 and 1.5.2 before 1.5.10."""
    parts: list[str] = []
    for letter in number:
        if parts and letter.isdigit() == parts[-1].isdigit():
            parts[-1] += letter
        else:
            parts.append(letter)
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts]


def render(certificates: Sequence[Certificate], attacks: Sequence[Certificate] = ()) -> str:
    """The whole table as Markdown, from one certificate for every statement of the catalogue.

    ``attacks``: those of the generated mutants, for their score and the list of survivors.
    """
    verdicts = {own.name: own for own in certificates}
    lines = [_INTRO, _summary(certificates), ""]
    known = statements()
    for chapter, modules in CHAPTERS.items():
        lines += [
            f"## {TITLES[chapter]}",
            "",
            "| Statement | Says | Status | With foundations | Source |",
        ]
        lines.append("|---|---|---|---|---|")
        for own in known.values():
            if own.name.split(".")[0] in modules:
                lines.append(_row(own, verdicts))
        lines.append("")
    lines += ["## Where the literature is corrected", ""]
    for own in known.values():
        if own.corrects:
            lines.append(f"- **{own.title}** (`{own.name}`, {verdicts[own.name].status}). "
                         f"{own.corrects}")  # fmt: skip
    lines += ["", "## By number", "", "| Number | Where | Says | Status |", "|---|---|---|---|"]
    lines += [
        f"| {n} | `{where}` | {_cell(text)} | {s} |" for n, where, text, s in numbered(verdicts)
    ]
    lines += _score_lines(attacks)
    return "\n".join(lines) + "\n"


def _summary(certificates: Sequence[Certificate]) -> str:
    leaves = [part for own in certificates for part in own.parts]
    counts = {s: sum(p.status == s for p in leaves) for s in ("proved", "checked", "cited")}
    mutants = sum(len(own.mutants) for own in statements().values())
    return (
        f"{len(certificates)} statements, {len(leaves)} steps: {counts['proved']} proved, "
        f"{counts['checked']} checked, {counts['cited']} cited; {mutants} listed false neighbours."
    )


def _row(own: Statement, verdicts: Mapping[str, Certificate]) -> str:
    status, whole = verdicts[own.name].status, status_with_foundations(own.name, verdicts)
    return f"| `{own.name}` | {_cell(own.title)} | {status} | {whole} | {_cell(own.source)} |"


def _cell(text: str) -> str:
    """Text that cannot break out of its cell."""
    return " ".join(text.split()).replace("|", "\\|")


def _score_lines(attacks: Sequence[Certificate]) -> list[str]:
    if not attacks:
        return []
    lines = [
        "", "## Generated false neighbours", "",
        "One place of a formula changed at a time (`counterpoise attack --generated`). Score: refuted, of "
        "those that are not proved to be true as well.", "",
        "| Module | Generated | Refuted | True as well | Survived | Score |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    whole = [replace(own, name="all." + own.name) for own in attacks]
    for own in (*score(list(attacks)), *score(whole)):
        numbers = f"{own.generated} | {own.refuted} | {own.true} | {own.survived}"
        lines.append(f"| `{own.module}` | {numbers} | {own.share:.1%} |")
    lines += ["", "Survivors, with why: no point was found that refutes them, and no proof within the "
              "time; where a hypothesis is an equation, exact points on it are rare.", ""]  # fmt: skip
    for own in attacks:
        if own.status not in ("refuted", "proved", "checked"):
            under = f" given `{'; '.join(own.given)}`" if own.given else ""
            lines.append(f"- `{own.name}`, {own.detail}: `{'; '.join(own.claim)}`{under}")
    return lines
