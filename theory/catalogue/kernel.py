"""The steps of the catalogue as theorems for Coq, and what its kernel says of them, for people."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..claims.statement import Statement
from ..foundation.validation import InputError
from .verdicts import stored_certificates

if TYPE_CHECKING:
    from ..proof.kernel.project import Export
    from ..proof.kernel.verdicts import Standing

__all__ = ["exported", "kernel_table"]


def exported(chosen: Iterable[Statement]) -> "list[Export]":
    """Every step of the statements' stored proofs, as a theorem for Coq or with the reason why not.

    Raises
    ------
    InputError
        If a statement has no stored proof.

    Examples
    --------
    >>> from counterpoise.theory import select
    >>> step = exported(select(["margins.ldam_two_class"]))[0]
    >>> step.name, step.text[:7]
    ('margins__ldam_two_class__lower_bound', 'forall ')
    """
    from ..proof.kernel.project import exports_of

    stored = stored_certificates()
    found: list[Export] = []
    for statement in chosen:
        if statement.name not in stored:
            raise InputError(f"{statement.name} has no stored proof: run counterpoise contents")
        found += exports_of(stored[statement.name])
    return found


def kernel_table(rows: "Sequence[Standing]") -> str:
    """Where every step stands with the kernel, one a line, and the sums: of steps, and of the parts of
    those that are theorems, which are conditions of definedness, relations and limits.

    Examples
    --------
    >>> from counterpoise.theory import select
    >>> from counterpoise.theory.proof.kernel.verdicts import standing
    >>> print(kernel_table(standing(exported(select(["gaussian.score_law"]))))[-5:])
    parts
    """
    counts = Counter(row.status for row in rows)
    summed = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    whole = sum(row.export.parts for row in rows)
    open_ = sum(row.unproved or row.export.parts for row in rows if row.status != "kernel")
    sums = f"{summed}, of {len(rows)} steps; {whole - open_} of {whole} parts"
    return "\n".join((*map(str, rows), sums))
