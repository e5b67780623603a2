"""The page ``paper_figs/results/meta_weights.md`` and its figure: what was foretold beside what was measured.

Written by ``python -m counterpoise.paper_figs.meta_weights.page`` from the stored runs and the tables that
`runs` measured. Checked by: a test that writes the page anew.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ...methods.comparing.comparison import compare
from ...methods.results.run_results import load_results, results_file
from ...theory.concentration import MeanInterval, mean_interval
from ...theory.foundation.forms import formed
from ...theory.foundation.validation import InputError
from ..captioned import CaptionedFigure
from ..effects import Effect, verdict, write_experiment
from ..experiments.parts import Experiment, Place, experiment_command, train_foretold
from ..results import Results, method_names
from ..stored import FOLDER
from ..style import INK, SERIES, WIDTH, styled
from .foretold import FORETOLD, Foretold
from .runs import CURVES, LEARNS, MEMBERS, RATES, RUNS, measure

__all__ = ["EXPERIMENT", "draw", "meta_effects", "meta_page"]

_MEASURES = {
    "rise": "log of the weight at the 95th percentile of the losses over that at the 5th",
    "begun": "the same of the function before it learnt",
    "rare": "log of the mean weight of the rarer half of the classes over the others'",
    "wrong": "log of the mean weight of wrong labels over right ones",
    "rates": "log of the mean rate of the rarer half of the classes over the others'",
}
_NET = ("Meta-Weight-Net", "methods.weights.meta", "Shu et al. 2019")
_SYSTEMS = {
    "imbalance": _NET,
    "noise": _NET,
    "sampling": (
        "Balanced meta-softmax",
        "methods.weights.meta_sampler",
        "Ren et al. 2020 (BALMS)",
    ),
}
_HEAD = """# Weights and rates learnt by a look ahead (Meta-Weight-Net, balanced meta-softmax)

Written by `python -m counterpoise.paper_figs.meta_weights.page` from the stored runs beside it,
`meta_members.csv` and `meta_rates.csv`; `{command}` makes all anew. Every method of
a run has the same images held out, as many of each class and rightly labelled: `meta-weight-net` learns its
weights from them and trains on none, and so `meta-softmax` the rates by which it draws images of the classes
(`meta-softmax@lr=0` leaves them equal: images are drawn alike, with replacement); methods with
`@validation=true` train on them as well; others do neither. Means over seeds with 95 % intervals. What
cross-entropy and balanced softmax (which is `la`) reach in digits-meta-sampler was known, from the same
images and seeds of digits-meta-imbalance, when that run was foretold.
"""


def meta_page(folder: str | Path = FOLDER) -> str:
    """The page, from the runs that are stored."""
    names = [name for name in RUNS if results_file(Path(folder) / name)]
    head = _HEAD.format(command=experiment_command("meta_weights"))
    return "\n".join([head, *(_section(Path(folder) / name) for name in names)])


def _section(place: Path) -> str:
    results, setting = load_results(place), RUNS[place.name]
    found = _found(results, place)
    accuracy = [
        [f"`{row.method}`", *_numbers(_mean_accuracy(results, row.method), 100)]
        for row in results.summary
    ]
    told = [_row(one, found.get(one.measure)) for one in FORETOLD if one.setting == setting]
    curves = [[words, *_numbers(found[name])] for name, words in _MEASURES.items() if name in found]
    return "\n".join(
        [
            f"## {place.name}: {setting}, {results.recipe['seeds']} seeds",
            "",
            formed(accuracy, ("method", "balanced accuracy, %", "interval"), "markdown"),
            "",
            formed(
                told, ("foretold", "sign", "because", "found", "interval", "verdict"), "markdown"
            ),
            "",
            formed(curves, ("what was learnt", "found", "interval"), "markdown"),
            "",
        ]
    )


def _found(results: Results, place: Path) -> dict[str, MeanInterval]:
    """What a run shows, by the measure's name."""
    learns = LEARNS[RUNS[place.name]]
    rivals = [name for name in method_names(results) if name != learns]
    means = {n: mean_interval(values) for n, values in _learnt(place).items()}
    return dict(_gaps(results, learns, rivals)) | means


def _learnt(place: Path) -> dict[str, Any]:
    """What the functions or the rates of a run say, seed by seed, by the measure's name."""
    table = RATES if RUNS[place.name] == "sampling" else MEMBERS
    rows: Any = pd.read_csv(place.parent / table)
    rows = rows[rows["run"] == place.name]
    if table == RATES:
        return {"rates": [_rarer(one) for _, one in rows.groupby("seed")]}
    columns = {name: rows[name].to_numpy(float) for name in _MEASURES if name in rows}
    return {name: values for name, values in columns.items() if np.isfinite(values).all()}


def _rarer(rates: pd.DataFrame) -> float:
    """The rarer half of the classes over the others."""
    ordered = rates.sort_values("count", kind="stable")["rate"].to_numpy()
    half = len(ordered) // 2
    return float(np.log(ordered[:half].mean() / ordered[half:].mean()))


def meta_effects(folder: str | Path = FOLDER) -> Iterator[Effect]:
    """What was foretold and has been measured, a row a run, for the table of all systems."""
    for name in RUNS:
        if not results_file(Path(folder) / name):
            continue
        results = load_results(Path(folder) / name)
        found = _found(results, Path(folder) / name)
        for one in FORETOLD:
            mean = found.get(one.measure)
            if one.setting != RUNS[name] or mean is None or mean.interval is None:
                continue
            gap = one.measure not in _MEASURES
            times = 100 if gap else 1
            system, module, paper = _SYSTEMS[one.setting]
            yield Effect(
                system,
                module,
                paper,
                experiment_command("meta_weights", name),
                "none",
                name,
                _what(one),
                times * mean.mean,
                times * mean.interval[0],
                times * mean.interval[1],
                "points" if gap else "",
                results.recipe["seeds"],
                _sign(one),
                verdict(mean, one.sign),
            )


def _what(one: Foretold) -> str:
    return _MEASURES.get(one.measure, f"`{LEARNS[one.setting]}` minus `{one.measure}`")


def _sign(one: Foretold) -> str:
    return "> 0" if one.sign > 0 else "< 0"


def _gaps(
    results: Results, learns: str, rivals: Sequence[str]
) -> Iterator[tuple[str, MeanInterval]]:
    for rival in rivals:
        (row,) = compare({"run": results}, (learns, rival), against=rival)
        if row.balanced_accuracy is not None:
            yield rival, row.balanced_accuracy


def _mean_accuracy(results: Results, method: str) -> MeanInterval:
    return mean_interval([m.balanced_accuracy for m in results.members if m.method == method])


def _row(one: Foretold, found: MeanInterval | None) -> tuple[str, ...]:
    gap = one.measure not in _MEASURES
    what, sign = _what(one) + (", points" if gap else ""), _sign(one)
    if found is None:
        return what, sign, one.why, "-", "-", "not trained"
    return what, sign, one.why, *_numbers(found, 100 if gap else 1), verdict(found, one.sign)


def _numbers(found: MeanInterval, times: float = 1) -> tuple[str, str]:
    mean = f"{times * found.mean:.2f}"
    if found.interval is None:
        return mean, "-"
    return mean, " to ".join(f"{times * end:.2f}" for end in found.interval)


@styled
def draw(curves: pd.DataFrame, members: pd.DataFrame) -> CaptionedFigure:
    """A panel a run: V over the losses, by seed and on average.

    Raises
    ------
    InputError
        If there is no curve.
    """
    measured = set(curves["run"])
    names = [name for name in RUNS if name in measured]
    if not names:
        raise InputError("curves has no rows: measure a run first")
    figure = Figure(figsize=(WIDTH, 0.4 + 1.9 * len(names)), layout="constrained")
    panels = figure.subplots(len(names), 1, squeeze=False)[:, 0]
    for axes, name in zip(panels, names, strict=True):
        own = curves[curves["run"] == name]
        for _, one in own.groupby("seed"):
            axes.plot(one["loss"], one["weight"], color=INK, alpha=0.3, linewidth=0.7)
        mean = own.groupby("loss")["weight"].mean()
        axes.plot(mean.index, mean.to_numpy(), color=SERIES[0].colour, label="mean over seeds")
        axes.set_title(f"{name}: {RUNS[name]}")
        axes.set_ylabel("weight / mean")
        axes.set_ylim(bottom=0)
    panels[-1].set_xlabel("loss of a training image")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center")
    return CaptionedFigure(
        "meta_weights",
        "The weight of an example as a function of its loss, as Meta-Weight-Net learnt it",
        _finding(names, members),
        "Thin lines are seeds. Each function is drawn at the end of its training, up to the 99th percentile "
        "of the losses of its training images (the largest over seeds), and divided by the mean weight of "
        "these images, as only ratios of weights matter.",
        figure,
    )


def _finding(names: Sequence[str], members: pd.DataFrame) -> str:
    said = []
    for name in names:
        rise = mean_interval(members.loc[members["run"] == name, "rise"])
        mean, interval = _numbers(rise)
        word = {1: "rises", -1: "falls", 0: "is flat"}[int(np.sign(rise.mean))]
        said.append(f"{word} with the loss in {name} (log ratio {mean}, {interval})")
    return f"The weight {'; it '.join(said)}."


def write(folder: Path = FOLDER) -> None:
    """Write figure, effects and page from what ``folder`` holds."""
    tables = (pd.read_csv(folder / name) for name in (CURVES, MEMBERS))
    write_experiment(draw(*tables), meta_effects(folder), meta_page(folder), folder)


def _measure(part: str, at: Place) -> None:
    train_foretold(part, at)
    measure(at.out, part, at.results)


EXPERIMENT = Experiment(tuple(RUNS), _measure, write)

if __name__ == "__main__":
    write()
