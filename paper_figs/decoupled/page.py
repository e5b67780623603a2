"""The page ``paper_figs/results/decoupled.md``, its figure and its effects: foretold beside measured.

Written by ``python -m counterpoise.paper_figs.decoupled.page`` from the stored runs. Checked by: differences
by hand, and a test that writes page and effects anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from ...methods.registry import RULES, method_of
from ...methods.results.run_results import RunResults, load_results, results_file
from ...theory.concentration import MeanInterval, mean_interval
from ...theory.foundation.forms import formed
from ...theory.foundation.validation import InputError
from ..captioned import CaptionedFigure
from ..effects import Effect, verdict, write_experiment
from ..experiments.parts import Experiment, experiment_command, train_foretold
from ..stored import FOLDER
from ..style import INK, WIDTH, method_label, method_look, styled
from .foretold import FORETOLD, RUNS, SECOND, TOPS, Foretold

__all__ = ["EXPERIMENT", "decoupled_page", "draw", "effects", "gap"]

COMMAND = experiment_command("decoupled")
_MEASURES = {
    "balanced_accuracy": "balanced accuracy",
    "expected_calibration_error": "expected calibration error",
}
_HEAD = f"""# Difficulty, influence, and second stages

Written by `python -m counterpoise.paper_figs.decoupled.page` from the stored runs beside it, which
`{COMMAND}` makes anew. What was foretold was committed
before the runs; that of `cdb` a second time, after a first run at factor 10 with the mean that now is
`cdb@mean=weights`, in which two of five seeds diverged. The `slow` runs were foretold when the others were
known: at the others' rate `cdb` and sometimes `ce` end where they guess, and these are at one at which, on
three other seeds, none did; on these some seeds of `cdb` still do. A sign holds or fails where the
interval keeps clear of 0. Differences are paired by seed, which draws images, initial weights and order;
means over seeds with 95 % intervals. The worst class is that of least recall, in each seed.

`cdb` learns its weights from validation images and trains on none of them, `ce@validation=true` trains on
them as well, `ce` and `la` do neither. A class without an error on the validation images weighs nothing for
an epoch under `cdb`: of two classes, the network can then swing from one to the other, and the worst class
has a recall near 0. Where two methods are both there, their difference, and its growth from another run, say
nothing of a gain. After `+`, the body stays as `ce` or `mixup` left it; `balanced=false` and `rho=0.0` are
controls: as many steps on data as they come.
"""


def gap(runs: Mapping[str, RunResults], one: Foretold) -> MeanInterval | None:
    """What was measured of a foretold difference; None if it was not trained in two seeds."""
    if one.run not in runs or (one.base and one.base not in runs):
        return None
    found = _differences(runs[one.run], one)
    if one.base:
        before = _differences(runs[one.base], one)
        found = {seed: found[seed] - before[seed] for seed in found.keys() & before.keys()}
    return mean_interval([found[seed] for seed in sorted(found)]) if len(found) > 1 else None


def _differences(results: RunResults, one: Foretold) -> dict[int, float]:
    ours, theirs = (
        {m.seed: getattr(m, one.measure) for m in results.members if m.method == method}
        for method in (one.method, one.rival)
    )
    return {seed: ours[seed] - theirs[seed] for seed in ours.keys() & theirs.keys()}


def stored_runs(folder: str | Path = FOLDER) -> dict[str, RunResults]:
    """The runs that are stored, by name."""
    places = {name: Path(folder) / name for name in RUNS}
    return {name: load_results(place) for name, place in places.items() if results_file(place)}


def decoupled_page(runs: Mapping[str, RunResults]) -> str:
    """The page, of the runs that there are."""
    return "\n".join([_HEAD, *(_section(name, runs) for name in RUNS if name in runs)])


def _section(name: str, runs: Mapping[str, RunResults]) -> str:
    results = runs[name]
    measured = [[f"`{row.method}`", *_measured(results, row.method)] for row in results.summary]
    told = [_row(one, gap(runs, one), results) for one in FORETOLD if one.run == name]
    columns = (
        "method",
        "balanced accuracy, %",
        "interval",
        "calibration error, %",
        "interval",
        "recall of the worst class, %",
    )
    return "\n".join(
        [
            f"## {name}: {RUNS[name]}, {len({m.seed for m in results.members})} seeds",
            "",
            formed(measured, columns, "markdown"),
            "",
            formed(
                told,
                ("foretold", "sign", "because", "found, points", "interval", "verdict"),
                "markdown",
            ),
            "",
            *_not_foretold(runs, name),
        ]
    )


def _not_foretold(runs: Mapping[str, RunResults], name: str) -> Iterator[str]:
    """MiSLAS beside logit adjustment after the same first stage: what its second stage is worth."""
    found = gap(runs, Foretold("MiSLAS", name, "mixup+mislas", "mixup+la", 0, ""))
    if found is not None:
        mean, interval = _numbers(found)
        yield f"Not foretold: `mixup+mislas` minus `mixup+la`, balanced accuracy: {mean} points ({interval})."
        yield ""


def _measured(results: RunResults, method: str) -> Iterator[str]:
    for measure in _MEASURES:
        yield from _numbers(_mean(results, method, measure))
    worst = [min(m.class_accuracy) for m in results.members if m.method == method]
    yield _numbers(mean_interval(worst))[0]


def _mean(results: RunResults, method: str, measure: str = "balanced_accuracy") -> MeanInterval:
    return mean_interval([getattr(m, measure) for m in results.members if m.method == method])


def _row(one: Foretold, found: MeanInterval | None, run: RunResults) -> tuple[str, ...]:
    what = f"{_what(one, '`')}, {_MEASURES[one.measure]}"
    if found is None:
        return what, _sign(one), one.why, "-", "-", "not trained"
    said = "both at chance" if one.base and _at_chance(run, one) else verdict(found, one.sign)
    return what, _sign(one), one.why, *_numbers(found), said


def _what(one: Foretold, quote: str = "") -> str:
    more = f", minus the same in {one.base}" if one.base else ""
    return f"{quote}{one.method}{quote} minus {quote}{one.rival}{quote}{more}"


def _sign(one: Foretold) -> str:
    return "> 0" if one.sign > 0 else "< 0"


def _numbers(found: MeanInterval) -> tuple[str, str]:
    mean = f"{100 * found.mean:.2f}"
    if found.interval is None:
        return mean, "-"
    return mean, " to ".join(f"{100 * end:.2f}" for end in found.interval)


def effects(runs: Mapping[str, RunResults]) -> list[Effect]:
    """What was foretold and is measured, but growths of a gap between methods that are both at chance."""
    rows = []
    for one in FORETOLD:
        if (found := gap(runs, one)) is None or (one.base and _at_chance(runs[one.run], one)):
            continue
        assert found.interval is not None  # of two seeds at least
        low, high = found.interval
        method = method_of(one.method)
        own = RULES[method.rule] if method.second else method
        rows.append(
            Effect(
                one.system,
                f"methods.{own.module}",
                own.paper,
                experiment_command("decoupled", *(name for name in (one.base, one.run) if name)),
                " ".join(own.statements) if _follows(one) else "none",
                RUNS[one.run],
                f"{_MEASURES[one.measure]}, {_what(one)}",
                100 * found.mean,
                100 * low,
                100 * high,
                "points",
                len({m.seed for m in runs[one.run].members}),
                _sign(one),
                verdict(found, one.sign),
            )
        )
    return rows


def _follows(one: Foretold) -> bool:
    """Whether the sign follows from what is proved of the method's optimum: balanced above cross-entropy, and
    what is not balanced below logit adjustment."""
    balanced = _balanced(one.method)
    if one.measure != "balanced_accuracy" or one.base:
        return False
    above, below = one.rival == "ce" and balanced, one.rival.endswith("la") and balanced is False
    return bool(above and one.sign > 0) or (below and one.sign < 0)


def _balanced(key: str) -> bool | None:
    """What the registry says of a method; alpha of an influence-balanced loss is a factor of all of it."""
    name, _, settings = key.partition("@")
    factor = name.startswith("influence-") and settings.rpartition("=")[0] == "alpha"
    return method_of(name if factor else key).balanced


def _at_chance(run: RunResults, one: Foretold) -> bool:
    """Whether both methods predict one class alone."""
    own = [m.balanced_accuracy for m in run.members if m.method in (one.method, one.rival)]
    return max(own) < 1.1 / len(run.class_counts)


@styled
def draw(runs: Mapping[str, RunResults]) -> CaptionedFigure:
    """What rival weights gain at rising imbalance, and the accuracy of every second stage.

    Raises
    ------
    InputError
        If one of the runs drawn is missing.
    """
    if missing := [name for name in (*TOPS, SECOND) if name not in runs]:
        raise InputError(f"runs has no {missing[0]!r}: train it first")
    figure = Figure(figsize=(WIDTH, 6.4), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=(2, 3))
    _gains(above, runs)
    figure.legend(*above.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    _accuracies(below, runs[SECOND])
    return CaptionedFigure(
        "decoupled",
        "Weights by difficulty at rising imbalance, and second stages on a frozen body",
        _finding(runs),
        "Above: balanced accuracy minus that of cross-entropy on T-shirts against shirts, paired by seed. "
        "Below: balanced accuracy on CIFAR-10-LT, two hidden layers over stored features. 95 % intervals.",
        figure,
    )


def _gains(axes: Any, runs: Mapping[str, RunResults]) -> None:
    factors = [int(name.rpartition("-")[2]) for name in TOPS]
    for shift, method in zip((0.96, 1.0, 1.04), ("cdb", "ce@validation=true", "la"), strict=True):
        told = [Foretold("", name, method, "ce", 1, "") for name in TOPS]
        found = [gap(runs, one) for one in told]
        means = [100 * own.mean for own in found if own]
        look = method_look(method)
        axes.errorbar(
            [shift * factor for factor in factors],
            means,
            yerr=[100 * _half(own) for own in found if own],
            label=method_label(method),
            color=look.colour,
            marker=look.shape,
        )
    axes.set_xscale("log")
    axes.set_xticks(factors, [str(factor) for factor in factors])
    axes.minorticks_off()
    axes.set_xlabel("T-shirts for each shirt")
    axes.set_ylabel("minus CE, points")
    axes.axhline(0, color=INK, linewidth=0.7)


def _accuracies(axes: Any, results: RunResults) -> None:
    methods = [row.method for row in results.summary][::-1]
    for place, method in enumerate(methods):
        found = _mean(results, method)
        axes.errorbar(100 * found.mean, place, xerr=100 * _half(found), color=INK, marker="o")
    axes.set_yticks(range(len(methods)), methods)
    axes.set_xlabel("balanced accuracy, %")


def _half(found: MeanInterval) -> float:
    return 0.0 if found.interval is None else (found.interval[1] - found.interval[0]) / 2


def _finding(runs: Mapping[str, RunResults]) -> str:
    def said(run: str, method: str, rival: str) -> str:
        found = gap(runs, Foretold("", run, method, rival, 1, ""))
        assert found is not None  # drawn of runs that are there
        mean, interval = _numbers(found)
        return f"{mean} points ({interval})"

    ends: Sequence[str] = (TOPS[0], TOPS[-1])
    small, large = (said(name, "cdb", "ce") for name in ends)
    return (
        f"CDB minus cross-entropy is {small} at factor 10 and {large} at 100. Minus logit adjustment in "
        f"training, cRT has {said(SECOND, 'ce+crt', 'la')}, LWS {said(SECOND, 'ce+lws', 'la')}, DisAlign "
        f"{said(SECOND, 'ce+disalign', 'la')} and MiSLAS {said(SECOND, 'mixup+mislas', 'la')}."
    )


def write(folder: Path = FOLDER) -> None:
    """Write figure, effects and page from what ``folder`` holds."""
    runs = stored_runs(folder)
    write_experiment(draw(runs), effects(runs), decoupled_page(runs), folder)


EXPERIMENT = Experiment(tuple(RUNS), train_foretold, write)

if __name__ == "__main__":
    write()
