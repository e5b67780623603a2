"""What is said, pinned apart from its proofs: one reviewable file that changes only by command.

``theory/pins.json`` holds, for every statement, what is shown in words, its mark, and a hash of theorem,
formula, domains and hypotheses. `counterpoise pin` prints both versions of what changed, `--write` writes it;
a statement that differs from its pin is `unknown`, whatever its steps say.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..foundation.files import write_atomically
from ..proof.certificate import digest

if TYPE_CHECKING:
    from .statement import Statement

__all__ = ["as_pinned", "changes", "difference", "differing", "pins", "write_pins"]

PINS = Path(__file__).parents[1] / "pins.json"

Pin = Mapping[str, str]


@cache
def pins() -> Mapping[str, Pin]:
    """The pins as stored, by the statements' names."""
    return json.loads(PINS.read_text(encoding="utf-8")) if PINS.exists() else {}


def as_pinned(statement: "Statement") -> Pin:
    """What a statement says now, in a pin's form."""
    formula = statement.formula and {
        "kind": statement.formula.kind,
        **statement.formula.claim.texts(),
    }
    theorem = statement.theorem and list(statement.theorem.arguments)
    return {
        "mark": statement.mark,
        "theorem": theorem[0] if theorem else "",
        "formula": str(statement.formula.claim) if statement.formula else "",
        "sha256": digest({"name": statement.name, "theorem": theorem, "formula": formula}),
    }


def difference(statement: "Statement") -> str:
    """Why a statement is not the one that was pinned; empty if it is, or if its name has no pin."""
    if statement.formula is None and statement.theorem is None:
        return "nothing is shown: neither a formula nor a theorem"
    pin = pins().get(statement.name)
    if pin is None or pin["sha256"] == as_pinned(statement)["sha256"]:
        return ""
    return "what is shown is not what was pinned: see counterpoise pin"


def changes(known: Iterable["Statement"]) -> dict[str, tuple[Pin | None, Pin | None]]:
    """By name, the pin as stored and what is said now, where they differ; None for one that is not."""
    now = {statement.name: as_pinned(statement) for statement in known}
    names = [*now, *(name for name in pins() if name not in now)]
    pairs = {name: (pins().get(name), now.get(name)) for name in names}
    return {name: (old, new) for name, (old, new) in pairs.items() if old != new}


def differing(changed: Mapping[str, tuple[Pin | None, Pin | None]]) -> str:
    """Both versions of what `changes` found, as text."""
    lines = []
    for name, versions in changed.items():
        lines.append(name)
        for sign, version in zip("-+", versions, strict=True):
            lines += [f"  {sign} {k}: {v}" for k, v in (version or {"": "(nothing)"}).items()]
    return "\n".join(lines)


def write_pins(known: Iterable["Statement"]) -> None:
    """Pin every statement as it stands, one line of the file for each part of each."""
    now = {statement.name: as_pinned(statement) for statement in known}
    text = json.dumps(now, indent=1, ensure_ascii=False) + "\n"
    write_atomically(PINS, text.encode())
    pins.cache_clear()
