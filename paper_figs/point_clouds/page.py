"""The page ``paper_figs/results/point_clouds.md``, its table of effects, and a tree: truth beside prediction.

Written by ``python -m counterpoise.paper_figs.point_clouds.page`` from what `runs` stored. Checked by: a test
that writes the page anew.
"""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from ...theory.concentration import MeanInterval, mean_interval
from ...theory.foundation.forms import formed
from ..captioned import CaptionedFigure
from ..effects import Effect, write_experiment
from ..experiments.parts import Experiment, Place, experiment_command, train_foretold
from ..stored import FOLDER
from ..style import METHOD_COLOURS, WIDTH, method_label, styled
from .foretold import FORETOLD, METHOD, Foretold, verdict
from .runs import MEASURES, MEMBERS, RUN, TREE, measure

__all__ = ["EXPERIMENT", "draw", "effects", "point_clouds_page"]

COMMAND = experiment_command("point_clouds")
PUBLISHED = {"specificity": 63.1, "balanced_accuracy": 75.7, "g_mean": 74.4}  # Bai et al., per cent
_NAMES: dict[str, str] = dict(
    zip(
        MEASURES,
        ("specificity", "sensitivity", "balanced accuracy", "G-mean", "AUROC"),
        strict=True,
    )
)
_SETTING = "drawn trees, 24 to train on, 12 to test on, 20 leaf points for each of wood"
_HEAD = f"""# Leaf and wood of sparse point clouds (SOUL)

Written by `python -m counterpoise.paper_figs.point_clouds.page` from the stored run `trees` and
`point_clouds_members.csv`; `{COMMAND}` makes both anew. Not
the recordings of Bai et al. (NeurIPS 2023): trees are drawn from a seed,
trunk, branches, twigs and leaves, 3072 points each, 20 of leaves for each of wood, ever fewer points towards
the ground. Each is cut by geodesic voxelisation, its pieces into clouds of 256 points; features are
coordinates, PCA1, linearity and verticality, as theirs. The network is their PointNet++ branch, smaller,
without their voxel branch. How dense the trees are, and the rate and epochs, were settled on seed 100, none
of those below; on it the loss was already seen to gain over cross-entropy and focal loss, and to be level
with class weights and a moved threshold: what was foretold was foretold with that knowledge.

A piece makes as many whole clouds as it fills: some points are in none, and some in two, as they are scored.
Specificity is the share of wood called wood, sensitivity that of leaves called leaf. `soul` is the rebalanced
loss; `inverse-frequency` weighs all points by class; `ce+la` is `ce` with its threshold moved by the class
prior after training. All see the same trees, initial weights and batches under a seed. Per cent and points;
means over seeds with 95 % intervals.
"""


def point_clouds_page(folder: str | Path = FOLDER) -> str:
    """The page, from what is stored."""
    members = pd.read_csv(Path(folder) / MEMBERS)
    rows = [
        [f"`{method}`", *(_text(mean_interval(100 * own[name].to_numpy())) for name in MEASURES)]
        for method, own in members.groupby("method", sort=False)
    ]
    rows.append(
        ["published, other data", *(f"{PUBLISHED[n]}" if n in PUBLISHED else "-" for n in MEASURES)]
    )
    told = [
        [
            f"{_NAMES[one.measure]}, `{METHOD}` minus `{one.rival}`",
            one.range,
            one.why,
            _text(found),
            verdict(found, one),
        ]
        for one, found in _found(members)
    ]
    counted = pd.Series([row[-1] for row in told]).value_counts()
    return "\n".join(
        [
            _HEAD,
            "![Truth beside prediction](point_clouds.png)",
            "",
            draw(pd.read_csv(Path(folder) / TREE)).caption,
            "",
            f"## What was measured, {members['seed'].nunique()} seeds",
            "",
            formed(rows, ("method", *_NAMES.values()), "markdown"),
            "",
            "The published row is of their recordings, larger network and protocol: it says in what range "
            "such data lie, and is no target.",
            "",
            "## What was foretold",
            "",
            ", ".join(f"{many} {word}" for word, many in counted.items()) + ".",
            "",
            formed(told, ("gap", "foretold", "because", "found", "verdict"), "markdown"),
            "",
        ]
    )


def effects(folder: str | Path = FOLDER) -> list[Effect]:
    """One for each gap that was foretold."""
    members = pd.read_csv(Path(folder) / MEMBERS)
    rows = []
    for one, found in _found(members):
        assert found.interval is not None  # of two seeds at least
        rows.append(
            Effect(
                "SOUL", "methods.losses.rebalanced", "Bai et al. 2023", COMMAND, one.statement, _SETTING,
                f"{_NAMES[one.measure]}, {METHOD} minus {one.rival}", found.mean, *found.interval, "points",
                len(set(members["seed"])), one.range, verdict(found, one),
            )
        )  # fmt: skip
    return rows


def _found(members: pd.DataFrame) -> list[tuple[Foretold, MeanInterval]]:
    """Each gap that was foretold with its mean over seeds, in points."""
    by_seed = members.pivot(index="seed", columns="method")
    gaps = ((one, by_seed[one.measure]) for one in FORETOLD)
    return [
        (one, mean_interval(100 * (own[METHOD] - own[one.rival]).to_numpy())) for one, own in gaps
    ]


def _text(found: MeanInterval) -> str:
    if found.interval is None:
        return f"{found.mean:.1f}"
    return "{:.1f} ({:.1f} to {:.1f})".format(found.mean, *found.interval)


@styled
def draw(tree: pd.DataFrame) -> CaptionedFigure:
    """The truth and two predictions, from the side; wood is drawn over leaves."""
    figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
    panels = figure.subplots(1, 3, sharex=True, sharey=True)
    titles = {"wood": "truth", "ce": method_label("ce"), METHOD: method_label(METHOD)}
    kinds = ((0, "leaf", METHOD_COLOURS["green"], 0.4), (1, "wood", METHOD_COLOURS["red"], 1.0))
    for axes, (column, title) in zip(panels, titles.items(), strict=True):
        for value, label, colour, alpha in kinds:
            own = tree[tree[column] == value]
            axes.scatter(
                own["x"], own["z"], s=3 if value else 1.5, color=colour, alpha=alpha, label=label,
                linewidths=0, rasterized=True,
            )  # fmt: skip
        axes.set(title=title, aspect="equal", xlabel="m")
    panels[0].set_ylabel("height, m")
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2, markerscale=3
    )
    shares = {
        (column, kind): 100 * tree.loc[tree["wood"] == kind, column].mean()
        for column in ("ce", METHOD)
        for kind in (0, 1)
    }
    return CaptionedFigure(
        "point_clouds",
        "Leaf and wood of a tree: truth beside prediction",
        f"Of its wood cross-entropy calls {shares['ce', 1]:.0f} % wood and {titles[METHOD]} "
        f"{shares[METHOD, 1]:.0f} %; of its leaves {shares['ce', 0]:.1f} % and {shares[METHOD, 0]:.1f} %.",
        "The first test tree of seed 0, from the side; of its 3072 points those that fell into whole clouds.",
        figure,
    )


def write(folder: Path = FOLDER) -> None:
    """Write figure, effects and page from what ``folder`` holds."""
    figure = draw(pd.read_csv(folder / TREE))
    write_experiment(figure, effects(folder), point_clouds_page(folder), folder)


def _measure(part: str, at: Place) -> None:
    train_foretold(part, at)
    measure(at.out, at.results)


EXPERIMENT = Experiment((RUN,), _measure, write)

if __name__ == "__main__":
    write()
