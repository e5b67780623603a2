"""What the exported theorems say, pinned apart from their proofs: it changes only by `counterpoise pin`.

``pins.json`` holds the text of every theorem as Coq reads it, hypotheses and conditions included; the
sentences of the library that give its words their meaning; and the axioms that a proof may rest on. A
theorem that differs from its pin does not count, whatever the kernel says of it; scripts, lemmas and
tactics may change freely.

Checked by: theorems, definitions and axioms that were changed.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ...foundation.files import write_atomically
from .checking import ACCEPTED
from .project import Export, header, library

__all__ = ["PINS", "as_pinned", "changes", "differing", "frame", "pinned", "refusal", "write_pins"]

PINS = Path(__file__).with_name("pins.json")

Theorems = Mapping[str, Mapping[str, str]]


@cache
def pinned() -> Mapping[str, Any]:
    """The pins as stored: ``axioms``, ``library``, and ``theorems`` by statement and step."""
    if not PINS.exists():
        return {"axioms": {}, "library": [], "theorems": {}}
    return json.loads(PINS.read_text(encoding="utf-8"))


def as_pinned(exports: Iterable[Export]) -> dict[str, dict[str, str]]:
    """What the theorems say now, by statement and step."""
    found: dict[str, dict[str, str]] = {}
    for export in exports:
        if export.text:
            found.setdefault(export.statement, {})[export.step] = export.text
    return found


def frame(theorems: Theorems) -> dict[str, Any]:
    """What gives all theorems their meaning: the axioms allowed, the library's sentences."""
    told = " ".join(text for texts in theorems.values() for text in texts.values())
    words = set(re.findall(r"[A-Za-z_]\w*", told))
    own = [text for name, text in library().items() if name != "Unproved"]
    text = "\n".join((header("Counterpoise"), *own))
    return {"axioms": dict(ACCEPTED), "library": list(_meaning(text, words))}


_PROVED = ("Lemma", "Theorem", "Corollary", "Remark", "Fact", "Proposition")
_TACTICS = ("Ltac", "Tactic", "Hint", "Create")


def _meaning(text: str, words: set[str]) -> Iterator[str]:
    """The sentences of a Coq file but proofs, tactics, and lemmas that no statement mentions."""
    text = re.sub(r"\(\*.*?\*\)", " ", text, flags=re.DOTALL)
    in_proof = False
    for part in re.split(r"\.(?=\s|$)", text):
        sentence = " ".join(part.split())
        first, _, rest = sentence.partition(" ")
        if in_proof:
            in_proof = first not in ("Qed", "Defined", "Admitted", "Abort")
        elif first == "Proof":
            in_proof = True
        elif first in _TACTICS or (first in _PROVED and not words & set(rest.split(" ")[:1])):
            continue
        elif sentence:
            yield sentence


def refusal(export: Export, now: Mapping[str, Any]) -> str:
    """Why a theorem is not the one that was pinned; empty if it is. ``now``: the `frame`."""
    pins = pinned()
    text = pins["theorems"].get(export.statement, {}).get(export.step)
    if text is None:
        return "it is not pinned: see counterpoise pin"
    if text != export.text:
        return "it does not say what was pinned: see counterpoise pin"
    for part, told in now.items():
        if pins[part] != told:
            return f"the {part} is not as it was pinned: see counterpoise pin"
    return ""


def changes(exports: Iterable[Export]) -> dict[str, tuple[Any, Any]]:
    """By theorem, or part of the frame, what is pinned and what it says now, where they differ."""
    pins, now = pinned(), as_pinned(exports)
    old = _flat(pins["theorems"]) | {part: pins[part] for part in ("axioms", "library")}
    new = _flat(now) | frame(now)
    return {name: (old.get(name), new.get(name)) for name in {**old, **new}
            if old.get(name) != new.get(name)}  # fmt: skip


def _flat(theorems: Theorems) -> dict[str, Any]:
    return {f"{s}/{step}": text for s, texts in theorems.items() for step, text in texts.items()}


def differing(changed: Mapping[str, tuple[Any, Any]]) -> str:
    """Both versions of what `changes` found, as text."""
    lines = []
    for name, versions in changed.items():
        lines.append(name)
        for sign, told in zip("-+", versions, strict=True):
            text = "(nothing)" if told is None else told if isinstance(told, str) else str(told)
            lines.append(f"  {sign} {' '.join(text.split())}")
    return "\n".join(lines)


def write_pins(exports: Iterable[Export]) -> None:
    """Pin every theorem as it stands, one line of the file for each."""
    theorems = as_pinned(exports)
    body = {**frame(theorems), "theorems": theorems}
    text = json.dumps(body, indent=1, ensure_ascii=False) + "\n"
    write_atomically(PINS, text.encode())
    pinned.cache_clear()
