"""How the generated false neighbours fared, kept beside the catalogue so that its pages can say so.

`counterpoise attack --generated --json FILE` measures, `counterpoise contents --scored FILE` stores.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..foundation.files import write_atomically
from ..proof.certificate import Certificate
from .mutation import Score, score

__all__ = ["Scores", "Survivor", "measured_scores", "store_scores", "stored_scores"]

STORED = Path(__file__).with_name("scores.json")


@dataclass(frozen=True)
class Survivor:
    """A generated false neighbour that was neither refuted nor proved: where, the change, the claim."""

    name: str
    change: str
    claim: str


@dataclass(frozen=True)
class Scores:
    """Scores by file, that of the whole, and the survivors."""

    files: tuple[Score, ...]
    whole: tuple[Score, ...]
    survivors: tuple[Survivor, ...]

    def lines(self, files: Sequence[str]) -> list[str]:
        """The part of a page on these files, as Markdown."""
        rows = [
            f"| `{row.module}` | {row.generated} | {row.refuted} | {row.true} | {row.survived} | "
            f"{row.share:.1%} |"
            for row in self.files
            if row.module in files
        ]
        if not rows:
            return []
        survivors = [
            f"- `{survivor.name}`, {survivor.change}: `{survivor.claim}`"
            for survivor in self.survivors
            if survivor.name.split(".")[0] in files
        ]
        return [
            "", "## Generated false neighbours", "",
            "One place of a formula changed at a time (`counterpoise attack --generated`). Score: refuted, "
            "of those that are not proved to be true as well.", "",
            "| File | Generated | Refuted | True as well | Survived | Score |", "|---|---|---|---|---|---|",
            *rows, *(["", "Survivors, neither refuted nor proved in the time:", ""] if survivors else []),
            *survivors,
        ]  # fmt: skip


def measured_scores(attacks: Sequence[Certificate]) -> Scores:
    """The scores of an attack on generated false neighbours."""
    survivors = tuple(
        Survivor(attack.name, attack.detail, "; ".join(attack.claim) + _under(attack))
        for attack in attacks
        if attack.status not in ("refuted", "proved", "checked")
    )
    whole = score([replace(attack, name="all." + attack.name) for attack in attacks])
    return Scores(tuple(score(list(attacks))), tuple(whole), survivors)


def _under(attack: Certificate) -> str:
    return f" given {'; '.join(attack.given)}" if attack.given else ""


def store_scores(scores: Scores) -> None:
    """Keep the scores beside the catalogue."""
    text = json.dumps(asdict(scores), indent=1, ensure_ascii=False) + "\n"
    write_atomically(STORED, text.encode())


def stored_scores() -> Scores:
    """The scores as stored; none, if there are none."""
    if not STORED.exists():
        return Scores((), (), ())
    data = json.loads(STORED.read_text(encoding="utf-8"))
    files, whole = (tuple(Score(**row) for row in data[key]) for key in ("files", "whole"))
    return Scores(files, whole, tuple(Survivor(**row) for row in data["survivors"]))
