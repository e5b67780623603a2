"""Methods held against each other: paired differences with intervals, in one run or across several.

Members are paired if they trained and were tested on the same examples: the same data set, counts, subset
and seed. Beside the plain intervals of balanced accuracy stand those that hold for all pairs at once
(Bonferroni: each at 1 - 0.05/pairs). Checked by: SciPy's paired test, and runs that may not be paired.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from ...theory.concentration import MeanInterval
from ...theory.foundation.forms import formed
from ...theory.foundation.validation import InputError, one_of
from ..pairs import paired, paired_difference
from ..results.run_results import RunResults
from .differing import DATA_FIELDS, differences

__all__ = ["MEASURES", "Comparison", "compare", "compared"]

MEASURES = ("balanced_accuracy", "many", "medium", "few")
LEVEL = 0.95


class _Member(NamedTuple):
    """A trained member, under the name it has among several runs."""

    method: str
    seed: int
    balanced_accuracy: float
    many: float | None
    medium: float | None
    few: float | None


class Comparison(NamedTuple):
    """A method minus another; a measure is None where no seed has both, or no class is in the group.

    ``together`` is the interval of balanced accuracy among those that hold for all pairs at once.
    """

    method: str
    against: str
    seeds: int
    balanced_accuracy: MeanInterval | None
    many: MeanInterval | None
    medium: MeanInterval | None
    few: MeanInterval | None
    together: tuple[float, float] | None


def compare(
    runs: Mapping[str, RunResults], methods: Sequence[str] = (), against: str | None = None
) -> list[Comparison]:
    """All pairs of methods, or each one against a baseline.

    Parameters
    ----------
    runs
        Results by name. A method that several of them trained is called ``NAME:method``.
    methods
        Which to show; all by default.
    against
        The method that the others are held against; all pairs by default.

    Raises
    ------
    InputError
        If runs differ in the examples they trained or were tested on, a method is in none of them, or
        no two of the methods share a seed.

    Examples
    --------
    >>> import tempfile
    >>> from counterpoise.methods.training import Recipe, run
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(Recipe(methods=("ce", "la"), seeds=2, epochs=1), folder)
    >>> [(row.method, row.against, row.seeds) for row in compare({"mine": results})]
    [('la', 'ce', 2)]
    """
    _refuse_unlike(runs)
    members = _members(runs)
    known = list(dict.fromkeys(member.method for member in members))
    chosen = _chosen(methods, known, against)
    if against is None:
        pairs = [(later, first) for first, later in combinations(chosen, 2)]
    else:
        pairs = [(name, against) for name in chosen if name != against]
    if not pairs:
        raise InputError(f"there is nothing to compare {', '.join(known)} with: name two methods")
    found = [(pair, paired(members, *pair)) for pair in pairs]
    several = max(1, sum(len(both) > 1 for _, both in found))
    if not any(both for _, both in found):
        raise InputError(f"{pairs[0][0]} and {pairs[0][1]} have no seed in common")
    rows = []
    for (method, other), both in found:
        gaps = {measure: paired_difference(both, measure, LEVEL) for measure in MEASURES}
        wide = paired_difference(both, level=1 - (1 - LEVEL) / several)
        together = None if wide is None else wide.interval
        rows.append(Comparison(method, other, len(both), **gaps, together=together))
    return rows


def _refuse_unlike(runs: Mapping[str, RunResults]) -> None:
    """Refuse runs whose members of one seed saw different examples."""
    (first, its), *others = runs.items()
    for name, results in others:
        unlike = differences(results.recipe, its.recipe, DATA_FIELDS)
        if not unlike and results.class_counts != its.class_counts:
            unlike = ["other class counts"]
        if unlike:
            raise InputError(
                f"{name} and {first} cannot be paired, as they saw different examples: {unlike[0]}"
            )


def _members(runs: Mapping[str, RunResults]) -> list[_Member]:
    trained = [{member.method for member in results.members} for results in runs.values()]
    found = []
    for name, results in runs.items():
        for m in results.members:
            alone = sum(m.method in methods for methods in trained) == 1
            label = m.method if alone else f"{name}:{m.method}"
            found.append(_Member(label, m.seed, m.balanced_accuracy, m.many, m.medium, m.few))
    return found


def _chosen(methods: Sequence[str], known: Sequence[str], against: str | None) -> list[str]:
    """The names of the methods asked for; a method of several runs stands for it in each."""
    chosen: list[str] = []
    for method in methods or known:
        named = [name for name in known if name == method or name.endswith(f":{method}")]
        chosen += named or [one_of("method", method, known)]
    if against is not None:
        one_of("against", against, known)
    return list(dict.fromkeys(chosen))


def compared(
    runs: Mapping[str, RunResults],
    methods: Sequence[str] = (),
    against: str | None = None,
    form: str = "text",
) -> str:
    """What `compare` finds, in a form of `FORMS`: differences in points of a hundred."""
    rows = compare(runs, methods, against)
    several = sum(row.seeds > 1 for row in rows)
    if form == "csv":
        return _tidy(rows)
    header = ["method", "minus", "seeds", "balanced accuracy", "many", "medium", "few"]
    body = [[row.method, row.against, str(row.seeds), *(_shown(getattr(row, m)) for m in MEASURES)]
            for row in rows]  # fmt: skip
    notes = ["points of balanced accuracy, mean of paired differences [95 % t interval]"]
    if several > 1:
        header.insert(4, f"all {several} at once")
        for line, row in zip(body, rows, strict=True):
            line.insert(4, "-" if row.together is None else _interval(row.together))
        notes.append("at once: 95 % for all pairs together (Bonferroni)")
    (first, its), *others = runs.items()
    for name, results in others:
        apart = differences(results.recipe, its.recipe)
        notes += [f"{name} differs from {first}: {'; '.join(apart)}"] if apart else []
    return formed(body, header, form, notes=notes)


def _shown(gap: MeanInterval | None) -> str:
    if gap is None:
        return "-"
    ends = "" if gap.interval is None else f" {_interval(gap.interval)}"
    return f"{100 * gap.mean:+.2f}{ends}"


def _interval(ends: tuple[float, float]) -> str:
    return f"[{100 * ends[0]:+.2f}, {100 * ends[1]:+.2f}]"


def _tidy(rows: Sequence[Comparison]) -> str:
    """A row for each pair and measure."""
    header = ("method", "minus", "measure", "seeds", "difference", "low", "high",
              "low_at_once", "high_at_once")  # fmt: skip
    lines = []
    for row in rows:
        for measure in MEASURES:
            gap = getattr(row, measure)
            ends = (gap and gap.interval) or (None, None)
            wide = (row.together if measure == MEASURES[0] else None) or (None, None)
            numbers = (gap and gap.mean, *ends, *wide)
            shown = ("" if value is None else f"{100 * value:.8g}" for value in numbers)
            lines.append([row.method, row.against, measure, str(row.seeds), *shown])
    return formed(lines, header, "csv")
