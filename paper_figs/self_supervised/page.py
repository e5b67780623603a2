"""The page ``paper_figs/results/self_supervised.md``, its effects and its figure: foretold beside found.

Written by ``python -m counterpoise.paper_figs.self_supervised.page`` from the table that `runs` measured.
Published numbers are those of the papers' own tables, as their repositories and a tutorial hand them on.
Checked by: a test that writes the page anew, and effects of a table made by hand.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from ...theory.concentration import MeanInterval, mean_interval
from ...theory.foundation.files import write_atomically
from ...theory.foundation.forms import formed
from ...theory.imbalance import exponential_profile
from ..captioned import CaptionedFigure
from ..effects import Effect, verdict, write_experiment
from ..experiments.parts import Experiment, Place, experiment_command
from ..stored import FOLDER
from ..style import SERIES, WIDTH, styled
from .foretold import EVEN, FORETOLD, TAIL, Foretold
from .runs import PLAN, RESULTS, RUNS, body, measure

__all__ = ["EXPERIMENT", "draw", "effects", "self_supervised_page"]

COMMAND = experiment_command("self_supervised")
MEASURES = {"balanced_accuracy": "all", "many": "many", "medium": "medium", "few": "few"}
SYSTEMS = {
    "SimCLR": ("contrast", "Chen et al. 2020; Jiang et al. 2021"),
    "SDCLR": ("pruned", "Jiang et al. 2021"),
    "BCL-I": ("boosted", "Zhou et al. 2022"),
    "BCL-D": ("boosted", "Zhou et al. 2022"),
    "GH": ("harmonised", "Zhou et al. 2023"),
}
"""Module and paper of each."""
PUBLISHED = (
    ("CIFAR-10, balanced and then long-tailed", "SimCLR", "74.57 ± 0.65, then 67.08 ± 2.15"),
    ("CIFAR-100, balanced and then long-tailed", "SimCLR", "24.89 ± 0.99, then 22.96 ± 0.43"),
    ("CIFAR-100-LT, all shots / 100 / 50", "SimCLR", "50.7 / 46.3 / 42.4"),
    ("CIFAR-100-LT, all shots / 100 / 50", "SDCLR", "55.0 / 49.7 / 45.6"),
    ("CIFAR-100-LT, all shots / 100 / 50", "BCL-I", "55.7 / 50.1 / 45.8"),
    ("CIFAR-100-LT, all shots / 100 / 50", "BCL-D", "58.7 / 52.6 / 48.7"),
)
"""The first two of Jiang et al. (2021), from a tutorial's slides; the others of Zhou et al. (2022)."""
_HEAD = """# Self-supervision on a long tail

Written by `python -m counterpoise.paper_figs.self_supervised.page` from `self_supervised.csv`, which
`{command}` measures anew. The runs took {minutes:.0f} minutes of one
processor core together.

A network of three convolutions, {weights:,} parameters, is pre-trained without labels on Fashion-MNIST at 14
pixels: on {tail} images whose classes fall from {largest} to {smallest}, or on as many with all classes
alike; each seed has its own order of the classes. A logistic regression on {shots} labelled images of each
class, which pre-training did not see, is then tested on {tested} of each. Classes are many above 100 images
in the tail, few below 20; on balanced images the groups are the same classes. There are {epochs} epochs; the
papers have 1,000 to 2,000, of a ResNet-18 on CIFAR, so that what is open or fails here says little of theirs.
Memories are shorter with it: .7 of the losses under BCL (theirs .97), .5 and .9 of scores and prior under GH
(.9 and .999), which has ten clusters. The size was chosen on other seeds, in longer runs that were given up
for their time. What is foretold of BCL-D was written when the others had been measured. Then, too, the orders
of `bcl-i-shuffled` and the directions of GH were drawn for each seed by itself, and both measured anew: by
draws that all seeds shared, BCL-I's gain over its control had held. Means over {seeds} seeds with 95 % t
intervals; differences are paired by seed.
{verdicts}
"""
_CONTROLS = """`untrained` is the network as it begins; `sdclr-unpruned` has the second branch's batch
normalisation and prunes nothing; `bcl-i-shuffled` gives each image the strength of another. Intervals of
groups are wide because each seed has other classes in them.
"""


def effects(runs: pd.DataFrame) -> list[Effect]:
    """One for each line that was foretold."""
    rows = []
    for one in FORETOLD:
        found = difference(runs, one)
        assert found.interval is not None  # of two seeds at least
        low, high = found.interval
        module, paper = SYSTEMS[one.system]
        rows.append(
            Effect(
                one.system, f"methods.self_supervised.{module}", paper, COMMAND, "none",
                f"Fashion-MNIST at 14 pixels, {_tail()} images, factor 100, {PLAN.settings.epochs} epochs, "
                "linear probe",
                _effect(one), 100 * found.mean, 100 * low, 100 * high, "points",
                len(set(runs["seed"])), "> 0" if one.sign > 0 else "< 0", verdict(found, one.sign),
            )
        )  # fmt: skip
    return rows


def difference(runs: pd.DataFrame, one: Foretold) -> MeanInterval:
    """What was foretold as it was found, paired by seed."""
    gap = _by_seed(runs, one.measure, *one.run) - _by_seed(runs, one.measure, *one.against)
    if one.beyond:
        even = [_by_seed(runs, one.measure, EVEN, own) for _, own in (one.run, one.against)]
        gap = gap - (even[0] - even[1])
    return mean_interval(gap.to_numpy())


def self_supervised_page(folder: str | Path = FOLDER) -> str:
    """The page, from the table that is stored."""
    runs = pd.read_csv(Path(folder) / RESULTS)
    tail = _tail_counts()
    head = _HEAD.format(
        command=COMMAND, minutes=runs["seconds"].sum() / 60, tail=_tail(), largest=tail[0],
        smallest=tail[-1], shots=PLAN.shots, tested=PLAN.tested, epochs=PLAN.settings.epochs,
        seeds=runs["seed"].nunique(), weights=sum(own.numel() for own in body(1).parameters()),
        verdicts=_verdicts(runs),
    )  # fmt: skip
    told = [
        [row.system, row.effect, row.foretold, one.why, f"{row.estimate:.2f}",
         f"{row.low:.2f} to {row.high:.2f}", row.held]
        for row, one in zip(effects(runs), FORETOLD, strict=True)
    ]  # fmt: skip
    columns = ("system", "foretold", "sign", "because", "found", "interval", "verdict")
    return "\n".join([
        head,
        "## What was foretold",
        "",
        formed(told, columns, "markdown"),
        "",
        "## Accuracy of the probe, %",
        "",
        formed(list(_accuracies(runs)), ("pre-trained on", "method", *MEASURES.values()), "markdown"),
        "",
        _CONTROLS,
        "## The papers' disparity, beside ours",
        "",
        formed([*PUBLISHED, *_beside(runs)], ("pre-trained on", "method", _ACCURACY), "markdown"),
        "",
    ])  # fmt: skip


_ACCURACY = "accuracy, %, mean ± standard deviation"


def _verdicts(runs: pd.DataFrame) -> str:
    held = [effect.held for effect in effects(runs)]
    counts = (held.count(word) for word in ("holds", "fails", "open"))
    said = "Of {} signs foretold, hold: {}, fail: {}, open: {}".format(len(held), *counts)
    return f"{said}. Where there is no effect at all one interval in twenty leaves out 0."


def _effect(one: Foretold) -> str:
    group = "balanced accuracy" if one.measure == "balanced_accuracy" else "accuracy of few classes"
    named = [f"{method} ({images})" for images, method in (one.run, one.against)]
    beyond = ", less the same on balanced images" if one.beyond else ""
    return f"{group}, {' minus '.join(named)}{beyond}"


def _by_seed(runs: pd.DataFrame, measure: str, images: str, method: str) -> pd.Series:
    own = runs[(runs["images"] == images) & (runs["method"] == method)]
    return pd.Series(own[measure].to_numpy(), own["seed"]).sort_index()


def _accuracies(runs: pd.DataFrame) -> Iterator[list[str]]:
    for images, method in sorted(RUNS, key=lambda run: run[0], reverse=True):
        found = [mean_interval(_by_seed(runs, one, images, method).to_numpy()) for one in MEASURES]
        yield [images, f"`{method}`", *map(_shown, found)]


def _shown(found: MeanInterval) -> str:
    half = 0.0 if found.interval is None else (found.interval[1] - found.interval[0]) / 2
    return f"{100 * found.mean:.1f} ± {100 * half:.1f}"


def _beside(runs: pd.DataFrame) -> Iterator[list[str]]:
    """Mean and standard deviation, as the papers have them."""
    for method, label in (
        ("simclr", "SimCLR"),
        ("sdclr", "SDCLR"),
        ("bcl-i", "BCL-I"),
        ("bcl-d", "BCL-D"),
        ("gh", "GH"),
    ):
        said = [
            f"{100 * own.mean():.2f} ± {100 * own.std():.2f}"
            for own in (
                _by_seed(runs, "balanced_accuracy", images, method) for images in (EVEN, TAIL)
            )
        ]
        yield ["ours, balanced and then long-tailed", label, ", then ".join(said)]


def _tail_counts() -> list[int]:
    return exponential_profile(PLAN.largest, 10, 100.0).tolist()


def _tail() -> str:
    return f"{sum(_tail_counts()):,}"


@styled
def draw(runs: pd.DataFrame) -> CaptionedFigure:
    """A panel for the images: what each method gains over SimCLR, in all and by group, with intervals."""
    figure = Figure(figsize=(WIDTH, 2.8), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    methods = {TAIL: ["sdclr", "sdclr-unpruned", "bcl-i", "bcl-i-shuffled", "bcl-d", "gh"],
               EVEN: ["sdclr", "bcl-i", "bcl-d", "gh"]}  # fmt: skip
    look = dict(zip(methods[EVEN], SERIES, strict=False))
    for axes, (images, chosen) in zip(panels, methods.items(), strict=True):
        for place, method in enumerate(chosen):
            own = look[method.removesuffix("-unpruned").removesuffix("-shuffled")]
            for group, column in enumerate(MEASURES):
                gap = _by_seed(runs, column, images, method) - _by_seed(
                    runs, column, images, "simclr"
                )
                found = mean_interval(100 * gap.to_numpy())
                low, high = found.interval or (found.mean, found.mean)
                at = group + (place - (len(chosen) - 1) / 2) / (len(chosen) + 1.5)
                axes.plot([at, at], [low, high], color=own.colour)
                looks = own._replace(filled=method in look).points()
                name = method if group == 0 else None
                axes.plot(at, found.mean, linestyle="none", label=name, **looks)
        axes.axhline(0.0, color="0.6", linewidth=0.7, zorder=0)
        axes.set_xticks(range(len(MEASURES)), list(MEASURES.values()))
        axes.set_title(images)
    panels[0].set_ylabel("points over SimCLR")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return CaptionedFigure(
        "self_supervised",
        "What methods of self-supervision gain over SimCLR by groups of classes",
        _verdicts(runs),
        "Accuracy of a linear probe on balanced images, by classes that had many, a medium number of, and "
        f"few images in the tail; means over {runs['seed'].nunique()} seeds with 95 % t intervals. Hollow: "
        "controls.",
        figure,
    )


def write(folder: Path = FOLDER) -> None:
    """Write figure, effects and page from what ``folder`` holds."""
    runs = pd.read_csv(folder / RESULTS)
    write_experiment(draw(runs), effects(runs), self_supervised_page(folder), folder)


def _measure(_: str, at: Place) -> None:
    measure(at.out)
    write_atomically(at.results / RESULTS, (at.out / RESULTS).read_bytes())


EXPERIMENT = Experiment(("probes",), _measure, write)

if __name__ == "__main__":
    write()
