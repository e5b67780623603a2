"""What the kernel said of every exported theorem, kept with the package by a hash.

The hash covers the theorem's text and functions, the stored proof and the version of Coq: what changes is
checked again, the rest is not. A theorem that the kernel accepted stays accepted when tactics change; one
that had no proof is tried again then. A theorem that is not as it was pinned is not run, and does not
count.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ..tiers import content
from . import pinned
from .checking import Checked, check, coq_version, kind_of
from .faithful import unfaithful
from .project import Export, library
from .stored import hash_of_certificate, short_hash, stored_verdicts, write

__all__ = ["Standing", "lost", "recheck_by_kernel", "standing", "store_verdicts"]

_WRITERS = (
    "canonical", "forms", "laurent", "scripts", "terms", "tree_calculus", "tree_cases", "tree_steps", "trees",
    "limits/claims", "limits/coefficients", "limits/facts", "limits/forms", "limits/functions",
    "limits/orders", "limits/slopes", "limits/walk",
)  # fmt: skip


class Standing(NamedTuple):
    """Where a step stands with the kernel.

    ``status``: kernel, failed, untranslated, unpinned, or not run; ``axioms``: what it rests on, where it is
    proved; ``reason``: why not, else; ``coq``: the version that said so; ``tools``: what looked for a
    proof and found none; ``unproved``: how many of the theorem's parts have no proof.
    """

    export: Export
    status: str
    axioms: tuple[str, ...] = ()
    reason: str = ""
    coq: str = ""
    tools: str = ""
    unproved: int = 0

    def __str__(self) -> str:
        kinds = dict.fromkeys(map(kind_of, self.axioms))
        told = self.reason or f"rests on {', '.join(kinds) or 'no axiom'}"
        return f"{self.status:12} {self.export.statement} {self.export.step}: {told}"


def _digest(export: Export, version: str) -> str:
    """What a verdict is on: the theorem and its functions, the stored proof, the version of Coq."""
    proof = content(export.certificate)
    return short_hash(export.name, export.text, proof, library()["Functions"], version)


@cache
def _tools() -> str:
    """What looked for the proof: the lemmas and tactics, and what writes scripts."""
    sources = [(Path(__file__).parent / f"{name}.py").read_text("utf-8") for name in _WRITERS]
    return short_hash(*sources, *library().values())


def store_verdicts(rows: Iterable[Standing]) -> None:
    """Keep what was said of these steps beside what is known of others."""
    kept = stored_verdicts()
    for row in rows:
        kept.pop(row.export.name, None)
        if row.status in ("kernel", "failed"):
            kept[row.export.name] = {
                "statement": short_hash(row.export.text),
                "certificate": hash_of_certificate(row.export.certificate, row.coq),
                "hash": _digest(row.export, row.coq), "coq": row.coq,
                "axioms": list(row.axioms), "reason": row.reason,
            }  # fmt: skip
            if row.reason:
                kept[row.export.name] |= {"tools": row.tools, "unproved": row.unproved}
    write(kept)


def standing(exports: Sequence[Export]) -> list[Standing]:
    """Where every step stands by the stored verdicts; what has changed since was not run."""
    known = stored_verdicts()
    frame = pinned.frame(pinned.pinned()["theorems"])

    def stands(export: Export) -> Standing:
        if not export.text:
            return Standing(export, "untranslated", reason=export.reason)
        if reason := pinned.refusal(export, frame):
            return Standing(export, "unpinned", reason=reason)
        return _standing(export, known.get(export.name))

    return [stands(export) for export in exports]


def _standing(export: Export, told: Mapping[str, Any] | None) -> Standing:
    if told is None or told["hash"] != _digest(export, told["coq"]):
        return Standing(export, "not run", reason="no stored verdict on it as it is now")
    status = "failed" if told["reason"] else "kernel"
    tools, unproved = told.get("tools", ""), told.get("unproved", 0)
    axioms, reason = tuple(told["axioms"]), told["reason"]
    return Standing(export, status, axioms, reason, told["coq"], tools, unproved)


def recheck_by_kernel(
    exports: Sequence[Export],
    *,
    jobs: int = 1,
    progress: Callable[[], object] | None = None,
    keep: Callable[[Sequence[Standing]], object] | None = None,
) -> list[Standing]:
    """Where every step stands; the kernel checks what has no stored verdict, and what failed before the
    tactics were changed. ``keep`` is given the verdicts of every run of Coq as it ends.

    Raises
    ------
    InputError
        If Coq is needed and not installed.
    """
    rows = {row.export.name: row for row in standing(exports)}
    waiting = sorted(filter(_is_open, rows.values()), key=lambda row: row.status == "failed")
    fresh = [row.export for row in waiting]  # what was never run comes first
    for _ in range(len(rows) - len(fresh) if progress else 0):
        progress()  # type: ignore[misc]

    def told(verdicts: Mapping[str, Checked]) -> None:
        found = [_judged(rows[name].export, verdict) for name, verdict in verdicts.items()]
        rows.update((row.export.name, row) for row in found)
        if keep is not None:
            keep(found)
        for _ in found if progress else ():
            progress()  # type: ignore[misc]

    if fresh:
        check(fresh, jobs=jobs, progress=told)
    return list(rows.values())


def _is_open(row: Standing) -> bool:
    return row.status == "not run" or (row.status == "failed" and row.tools != _tools())


def _judged(export: Export, verdict: Checked) -> Standing:
    if not verdict.reason and (reason := unfaithful(export.text, export.certificate)):
        verdict = Checked(reason=f"the theorem is not the claim: {reason}")
    status = "failed" if verdict.reason else "kernel"
    if not verdict.reason:
        return Standing(export, status, verdict.axioms, coq=coq_version())
    unproved = len(verdict.unproved) or export.parts
    return Standing(export, status, (), verdict.reason, coq_version(), _tools(), unproved)


def lost(
    rows: Iterable[Standing], known: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Standing]:
    """Steps whose statement the kernel had accepted, and that now fail or say something else; ``known``:
    the verdicts until now, else those stored."""
    before = stored_verdicts() if known is None else known

    def is_lost(row: Standing) -> bool:
        told = before.get(row.export.name)
        if told is None or told["reason"]:
            return False
        return row.status != "kernel" or told["statement"] != short_hash(row.export.text)

    return [row for row in rows if is_lost(row)]
