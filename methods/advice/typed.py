"""The question as it is typed on a command line: numbers with commas between, rows with semicolons."""

from collections.abc import Sequence

import numpy as np

from ...theory.foundation.validation import InputError, numbers_in
from .advice import Advice
from .advise import advise

__all__ = ["advise_typed"]


def advise_typed(
    *,
    class_counts: str | None,
    data: str | None,
    metric: str | None,
    costs: str | None,
    sampled: str,
    target_prior: str | None,
    separable: bool | None,
) -> Advice:
    """`advise` for arguments that are text; ``data`` names a data set whose counts are taken."""
    if (class_counts is None) == (data is None):
        raise InputError("give --class-counts, such as 5000,500,50, or --data, and not both")
    return advise(
        _counts_of(data) if class_counts is None else numbers_in("--class-counts", class_counts),
        metric=metric,
        costs=None if costs is None else _costs(costs),
        sampled=_sampled(sampled),
        target_prior=None if target_prior is None else numbers_in("--target-prior", target_prior),
        separable=separable,
    )


def _counts_of(data: str | None) -> list[int]:
    from ..data import load

    return load(str(data)).class_counts.tolist()


def _costs(text: str) -> list[float] | np.ndarray:
    rows = [numbers_in("--costs", row) for row in text.split(";")]
    if len(rows) == 1:
        return rows[0]
    if {len(row) for row in rows} != {len(rows)}:
        raise InputError(f"--costs = {text!r}: a matrix has as many numbers in a row as rows")
    return np.array(rows)


def _sampled(text: str) -> str | float | Sequence[float]:
    """A name, which `advise` knows or refuses, or numbers."""
    if text[:1].isalpha() and text not in ("nan", "inf"):
        return text
    numbers = numbers_in("--sampled", text)
    return numbers[0] if len(numbers) == 1 else numbers
