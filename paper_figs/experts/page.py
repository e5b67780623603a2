"""The page ``paper_figs/results/experts.md``, its figure and its row of effects, from the stored runs.

Written by ``python -m counterpoise.paper_figs.experts.page`` from the stored runs and the table that `runs`
measured. Checked by: a test that writes the page anew.
"""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from ...methods.comparing.comparison import compare
from ...methods.results.run_results import load_results
from ...theory.concentration import MeanInterval, mean_interval
from ...theory.foundation.forms import formed
from ..captioned import CaptionedFigure
from ..effects import Effect, verdict, write_experiment
from ..experiments.parts import Experiment, Place, experiment_command, train_foretold
from ..results import Results, method_names
from ..stored import FOLDER
from ..style import ABOVE, BELOW, INK, SERIES, WIDTH, styled
from .foretold import FORETOLD, SINGLE, Foretold
from .runs import FACTOR, PRIORS, RUNS, SHIFTED, measure

__all__ = ["EXPERIMENT", "draw", "effects", "experts_page", "measured"]

_COMMAND = experiment_command("experts")
_PAPERS = {
    "BalPoE": ("methods.losses.experts", "Aimar et al. 2023"),
    "SADE": ("methods.posthoc.aggregating", "Zhang et al. 2022"),
    "RIDE": ("methods.losses.experts", "Wang et al. 2021"),
    "BCL": ("methods.losses.contrastive", "Zhu et al. 2022"),
    "ProCo": ("methods.losses.proco", "Du et al. 2024"),
    "KCL": ("methods.losses.contrastive", "Kang et al. 2021"),
    "PaCo": ("methods.losses.contrastive", "Cui et al. 2021"),
}
_WEIGHED = ("equal", "learnt", "expert1", "expert2", "expert3", "la", "adjusted")
_HEAD = """# Several experts on one body, and contrasts of embeddings

Written by `python -m counterpoise.paper_figs.experts.page` from the stored runs beside it and
`experts_shifted.csv`; `{command}` makes both anew. Long-tailed digits,
factor 20, {trained} training images and 540 to test on; a small network on which an expert is a hidden layer
and a last layer (the papers: the last stage of a residual network). `digits-experts-single:` are networks
with the experts' layers, trained by one loss on the mean logit: of equal size. `balpoe@spread=0` has three
experts of strength 1, `balpoe@tau=0` strengths -1, 0, 1; `ride@diversity=0` no divergence;
`balanced-contrastive@balanced=false` the plain supervised contrast, `@contrast=0` none; `kcl@k=1000`
contrasts with all of the class. Points of a hundred, means over {seeds} paired seeds with 95 % intervals.
What stands under *foretold* was committed before the runs; `proco`, and later `kcl` and `paco@queue=64`, were
foretold and trained when the others had been measured.

How far this goes: no method was tuned, all have the recipe of the small network. A test set here gives the
weights of SADE's experts 25 steps, one of another prior 10, where the authors' sets give hundreds: they
hardly leave equal ones. The queue of `paco` holds 1,024 vectors of a network that trains on fewer images,
without the second network that the authors fill theirs by; at that size it harms. `paco@queue=64` and `kcl`
hold those of the last two batches. KCL's authors train the embedding alone and then a classifier with classes
drawn alike, and give an anchor a second view; here both are trained at once, logits adjusted, of one view.
With `@contrast=0` the method is logit adjustment, here to the last digit.
"""
_SHIFTED = """## Test sets of other priors (the test-agnostic protocol of SADE)

Accuracy of all images, %, of test sets drawn with a tail of factor {factor:g} along the training counts
(forward) or against them (backward). The experts of `sade` have equal weights, or those that two views of
each test image taught without labels, or speak alone; `la` is one network, and `ce` is adjusted to the test
prior, which SADE is not told. Weights are means over seeds.
"""


def experts_page(folder: str | Path = FOLDER) -> str:
    """The page, from the runs that are stored."""
    runs, shifted = _read(Path(folder))
    rows = [
        (_effect(one), "> 0" if one.sign > 0 else "< 0", one.why, *_numbers(found), verdict(found, one.sign))
        for one, found in measured(runs, shifted)
    ]  # fmt: skip
    told = formed(
        rows, ("effect", "foretold", "because", "found", "interval", "verdict"), "markdown"
    )
    accuracy = [
        (f"`{name if run == RUNS[0] else f'{run}:{name}'}`", *_numbers(_accuracy(results, name)))
        for run, results in runs.items()
        for name in method_names(results)
    ]
    seeds = shifted["seed"].nunique()
    return "\n".join(
        [
            _HEAD.format(command=_COMMAND, seeds=seeds, trained=sum(runs[RUNS[0]].class_counts)),
            "## What was foretold\n",
            f"{told}\n",
            "## Balanced accuracy\n",
            formed(accuracy, ("method", "balanced accuracy, %", "interval"), "markdown") + "\n",
            _SHIFTED.format(factor=FACTOR),
            formed(_by_prior(shifted), ("", *PRIORS), "markdown") + "\n",
        ]
    )


def measured(
    runs: dict[str, Results], shifted: pd.DataFrame
) -> list[tuple[Foretold, MeanInterval]]:
    """What was foretold of methods that were trained, with what was found."""
    found = []
    for one in FORETOLD:
        if one.test:
            rows = shifted[shifted["test"] == one.test]
            found.append((one, mean_interval((rows[one.method] - rows[one.rival]).to_numpy())))
            continue
        method, rival = (_named(own, runs) for own in (one.method, one.rival))
        (row,) = compare(runs, (method, rival), against=rival)
        if row.balanced_accuracy is not None:
            found.append((one, row.balanced_accuracy))
    return found


def effects(runs: dict[str, Results], shifted: pd.DataFrame) -> list[Effect]:
    """What was foretold and is measured."""
    rows = []
    for one, found in measured(runs, shifted):
        module, paper = _PAPERS[one.system]
        assert found.interval is not None  # of two seeds at least
        low, high = found.interval
        command = experiment_command("experts", *_parts(one, runs))
        setting = "digits, factor 20, small network"
        if one.test:
            setting += (
                f"; {one.test} test sets of factor {FACTOR:g}" if one.test != "uniform" else ""
            )
        rows.append(
            Effect(
                one.system, module, paper, command, one.statement, setting, _effect(one).replace("`", ""),
                100 * found.mean, 100 * low, 100 * high, "points", len(set(shifted["seed"])),
                "> 0" if one.sign > 0 else "< 0", verdict(found, one.sign),
            )
        )  # fmt: skip
    return rows


@styled
def draw(runs: dict[str, Results], shifted: pd.DataFrame) -> CaptionedFigure:
    """Every effect with its interval; and accuracy by test prior, of weights that are equal or learnt."""
    found = measured(runs, shifted)
    figure = Figure(figsize=(WIDTH, 0.4 * len(found) + 3.4), layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=[0.4 * len(found), 2.6])
    for place, (one, interval) in enumerate(found):
        low, high = interval.interval or (interval.mean, interval.mean)
        colour = {"holds": ABOVE, "fails": BELOW, "open": INK}[verdict(interval, one.sign)]
        upper.plot([100 * low, 100 * high], [place, place], color=colour, linewidth=1.2)
        upper.plot(100 * interval.mean, place, color=colour, marker="o" if one.sign > 0 else "v")
    upper.axvline(0, color=INK, linewidth=0.6)
    upper.set_yticks(range(len(found)), [_short(one) for one, _ in found], fontsize=7)
    upper.invert_yaxis()
    upper.set_xlabel("difference, points")
    means = shifted.groupby("test")[list(_WEIGHED)].mean().loc[["forward", "uniform", "backward"]]
    for look, name in zip(SERIES, ("equal", "learnt", "la", "adjusted"), strict=True):
        lower.plot(means.index, 100 * means[name], label=_WORDS[name], **look.line())
    lower.set_ylabel("accuracy, %")
    lower.set_xlabel("test prior")
    lower.legend()
    held = sum(verdict(interval, one.sign) == "holds" for one, interval in found)
    failed = sum(verdict(interval, one.sign) == "fails" for one, interval in found)
    return CaptionedFigure(
        "experts",
        "Experts and contrasts: what was foretold of them, and test sets of other priors",
        f"Of {len(found)} differences that were foretold {held} hold, {failed} fail and "
        f"{len(found) - held - failed} are open.",
        "Above: means and 95 % intervals over paired seeds; blue holds, red fails, black is open; a triangle "
        "points down where a difference below 0 was foretold. Below: accuracy of all images of a test set.",
        figure,
    )


_WORDS = {
    "equal": "SADE, equal",
    "learnt": "SADE, learnt",
    "la": "LA",
    "adjusted": "CE, prior known",
}


def _read(folder: Path) -> tuple[dict[str, Results], pd.DataFrame]:
    return {name: load_results(folder / name) for name in RUNS}, pd.read_csv(folder / SHIFTED)


def _named(method: str, runs: dict[str, Results]) -> str:
    """As `compare` calls a method, of the first run if several have it."""
    several = sum(method in method_names(results) for results in runs.values()) > 1
    return f"{RUNS[0]}:{method}" if several else method


def _parts(one: Foretold, runs: dict[str, Results]) -> list[str]:
    """The runs that measure it."""
    if one.test:
        return [RUNS[0]]
    named = [_named(own, runs) for own in (one.method, one.rival)]
    return [
        run
        for run, results in runs.items()
        if any(own.startswith(f"{run}:") or own in method_names(results) for own in named)
    ]


def _effect(one: Foretold) -> str:
    if not one.test:
        return f"balanced accuracy, `{one.method}` minus `{one.rival}`"
    rival = "`la`" if one.rival == "la" else f"{one.rival} ones"
    return f"accuracy on {one.test} test sets, `sade` with {one.method} weights minus {rival}"


def _short(one: Foretold) -> str:
    method, rival = (
        own.replace(SINGLE, "same size: ").replace("balanced-contrastive", "BCL")
        for own in (one.method, one.rival)
    )
    return f"{one.test}: {method} - {rival}" if one.test else f"{method} - {rival}"


def _accuracy(results: Results, method: str) -> MeanInterval:
    return mean_interval([m.balanced_accuracy for m in results.members if m.method == method])


def _by_prior(shifted: pd.DataFrame) -> list[tuple[str, ...]]:
    def cell(prior: str, column: str) -> str:
        mean, interval = _numbers(
            mean_interval(shifted.loc[shifted["test"] == prior, column].to_numpy())
        )
        return f"{mean} ({interval})"

    words = {
        **{f"expert{e}": f"`sade`, expert {e} alone" for e in (1, 2, 3)},
        "equal": "`sade`, equal weights", "learnt": "`sade`, learnt weights", "la": "`la`",
        "adjusted": "`ce`, adjusted to the test prior",
    }  # fmt: skip
    rows = [(words[name], *(cell(prior, name) for prior in PRIORS)) for name in _WEIGHED]
    weights = shifted.groupby("test")[["weight1", "weight2", "weight3"]].mean()
    learnt = ("learnt weights", *(", ".join(f"{w:.2f}" for w in weights.loc[p]) for p in PRIORS))
    return [*rows, learnt]


def _numbers(found: MeanInterval) -> tuple[str, str]:
    mean = f"{100 * found.mean:.2f}"
    if found.interval is None:
        return mean, "-"
    return mean, " to ".join(f"{100 * end:.2f}" for end in found.interval)


def write(folder: Path = FOLDER) -> None:
    """Write figure, effects and page from what ``folder`` holds."""
    read = _read(folder)
    write_experiment(draw(*read), effects(*read), experts_page(folder), folder)


def _measure(part: str, at: Place) -> None:
    train_foretold(part, at)
    if part == RUNS[0]:
        measure(at.out, at.results)


EXPERIMENT = Experiment(RUNS, _measure, write)

if __name__ == "__main__":
    write()
