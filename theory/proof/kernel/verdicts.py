"""What the kernel said of every exported theorem, kept with the package by a hash.

The hash covers the theorem's text, its script, the library of lemmas and the version of Coq: what
changes is checked again, the rest is not. A theorem that is not as it was pinned is not run, and does not
count.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from . import pinned
from .checking import Checked, check, coq_version, kind_of
from .faithful import unfaithful
from .project import Export, library, source_of
from .stored import hash_of_certificate, short_hash, stored_verdicts, write

__all__ = ["Standing", "lost", "recheck_by_kernel", "standing", "store_verdicts"]


class Standing(NamedTuple):
    """Where a step stands with the kernel.

    ``status``: kernel, failed, untranslated, unpinned, or not run; ``axioms``: what it rests on, where it is
    proved; ``reason``: why not, else; ``coq``: the version that said so.
    """

    export: Export
    status: str
    axioms: tuple[str, ...] = ()
    reason: str = ""
    coq: str = ""

    def __str__(self) -> str:
        kinds = dict.fromkeys(map(kind_of, self.axioms))
        told = self.reason or f"rests on {', '.join(kinds) or 'no axiom'}"
        return f"{self.status:12} {self.export.statement} {self.export.step}: {told}"


def _digest(export: Export, version: str, lemmas: str) -> str:
    return short_hash(source_of(export), lemmas, version)


def store_verdicts(rows: Iterable[Standing]) -> None:
    """Keep what was said of these steps beside what is known of others."""
    lemmas, kept = "".join(library().values()), stored_verdicts()
    for row in rows:
        kept.pop(row.export.name, None)
        if row.status in ("kernel", "failed"):
            kept[row.export.name] = {
                "statement": short_hash(row.export.text),
                "certificate": hash_of_certificate(row.export.certificate, row.coq, lemmas),
                "hash": _digest(row.export, row.coq, lemmas), "coq": row.coq,
                "axioms": list(row.axioms), "reason": row.reason,
            }  # fmt: skip
    write(kept)


def standing(exports: Sequence[Export]) -> list[Standing]:
    """Where every step stands by the stored verdicts; what has changed since was not run."""
    lemmas, known = "".join(library().values()), stored_verdicts()
    frame = pinned.frame(pinned.pinned()["theorems"])

    def stands(export: Export) -> Standing:
        if not export.text:
            return Standing(export, "untranslated", reason=export.reason)
        if reason := pinned.refusal(export, frame):
            return Standing(export, "unpinned", reason=reason)
        return _standing(export, known.get(export.name), lemmas)

    return [stands(export) for export in exports]


def _standing(export: Export, told: Mapping[str, Any] | None, lemmas: str) -> Standing:
    if told is None or told["hash"] != _digest(export, told["coq"], lemmas):
        return Standing(export, "not run", reason="no stored verdict on it as it is now")
    status = "failed" if told["reason"] else "kernel"
    return Standing(export, status, tuple(told["axioms"]), told["reason"], told["coq"])


def recheck_by_kernel(
    exports: Sequence[Export], *, jobs: int = 1, progress: Callable[[], object] | None = None
) -> list[Standing]:
    """Where every step stands; the kernel checks what has no stored verdict.

    Raises
    ------
    InputError
        If Coq is needed and not installed.
    """
    rows = standing(exports)
    fresh = [row.export for row in rows if row.status == "not run"]
    found = check(fresh, jobs=jobs, progress=progress) if fresh else {}

    def seen(row: Standing) -> Standing:
        if row.status != "not run":
            if progress is not None:
                progress()
            return row
        verdict = found.get(row.export.name, Checked(reason="Coq said nothing of it"))
        if reason := unfaithful(row.export.text, row.export.certificate):
            verdict = Checked(reason=f"the theorem is not the claim: {reason}")
        status = "failed" if verdict.reason else "kernel"
        return Standing(row.export, status, verdict.axioms, verdict.reason, coq_version())

    return [seen(row) for row in rows]


def lost(rows: Iterable[Standing]) -> list[Standing]:
    """Steps whose statement the kernel had accepted, and that now fail or say something else."""
    known = stored_verdicts()

    def is_lost(row: Standing) -> bool:
        told = known.get(row.export.name)
        if told is None or told["reason"]:
            return False
        return row.status != "kernel" or told["statement"] != short_hash(row.export.text)

    return [row for row in rows if is_lost(row)]
