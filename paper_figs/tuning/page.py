"""The page ``paper_figs/results/tuning.md``, its figure and its effects: foretold beside measured.

Written by ``python -m counterpoise.paper_figs.tuning.page`` from what `runs` stored. Checked by: the page
written anew, and gaps by hand.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ...theory.concentration import MeanInterval, mean_interval
from ...theory.foundation.forms import formed
from ..adapters.page import numbers
from ..captioned import CaptionedFigure
from ..effects import Effect, verdict, write_experiment
from ..experiments.parts import Experiment, Place, experiment_command
from ..stored import FOLDER
from ..style import INK, SERIES, WIDTH, draw_gaps, styled
from .foretold import FORETOLD, Foretold
from .runs import FACTORS, JOINT, KNOBS, MEMBERS, best_of, write_members

__all__ = ["EXPERIMENT", "draw", "effects", "gap", "tuning_page"]

_RUN = experiment_command("tuning")
_HEAD = f"""# Tuning alone under imbalance

Written by `python -m counterpoise.paper_figs.tuning.page` from `{MEMBERS}`;
`{_RUN}` makes that anew. Long-tailed digits, a network of two
convolutions, 10 epochs; `base` is cross-entropy in batches of 16 by SGD at .02. Other cells change one thing
of it; rates go with batch sizes. `tuned` takes of each knob the best on validation images (24 a class),
`tuned-la` is logit adjustment under the same recipe, `tuned-joint` is `tuned` with the best of `joint`.
Accuracies are of 30 other images a class; means over seeds with 95 % intervals, differences paired by seed,
points. `rare` is the rarer half of the classes. `joint=w` adds w times SimCLR's contrast of two views of
every image, each of half of it at least and at times mirrored; it was foretold and trained when the other
cells had been measured, and `tuned-joint` when `joint` had. Not here: augmentation beyond shifts by a pixel.
The recipe `digits` trains four times as long, and cross-entropy is better by it: what slows training loses
more here than in a longer training.
"""
_MADE_OF = "what `tuned` is made of, and with the last column `tuned-joint`"
_JOINT = "joint="  # how cells of joint self-supervision are called
_VERDICTS = {"holds": "it helps", "fails": "it harms", "open": "neither help nor harm is shown"}


def gap(members: pd.DataFrame, one: Foretold, factor: int) -> MeanInterval:
    """What a foretold difference came to, points, over seeds."""
    if one.beyond == "factor":
        low, high = sorted(FACTORS)
        return mean_interval(_gaps(members, one, high) - _gaps(members, one, low))
    return mean_interval(_gaps(members, one, factor))


def _gaps(members: pd.DataFrame, one: Foretold, factor: int) -> NDArray[np.float64]:
    found = _difference(members, one.cell, one.against, one.measure, factor)
    if one.beyond == "large":
        found = found - _difference(members, one.cell, one.against, "large", factor)
    return found


def _difference(
    members: pd.DataFrame, cell: str, against: str, measure: str, factor: int
) -> NDArray[np.float64]:
    own = members[members["factor"] == factor].pivot(index="seed", columns="cell", values=measure)
    return 100 * (own[cell] - own[against]).to_numpy()


def _words(one: Foretold, factor: int) -> str:
    beyond = {
        "factor": f", at factor {max(FACTORS)} beyond {min(FACTORS)}",
        "large": f", beyond the larger half's, factor {factor}",
    }
    where = beyond.get(one.beyond, f", factor {factor}")
    return f"{one.measure}: {one.cell} minus {one.against}{where}"


def _rows(members: pd.DataFrame) -> list[tuple[Foretold, int, MeanInterval]]:
    return [
        (one, factor, gap(members, one, factor))
        for one in FORETOLD
        for factor in _factors(members)
        if one.beyond != "factor" or (factor == max(FACTORS) and len(_factors(members)) > 1)
    ]


def _factors(members: pd.DataFrame) -> list[int]:
    """Those that are trained."""
    return sorted(members["factor"].unique().tolist())


def _told(one: Foretold) -> str:
    return f"{'>' if one.sign > 0 else '<'} {one.bound:g}"


def effects(members: pd.DataFrame) -> list[Effect]:
    """One a comparison."""
    rows = []
    for one, factor, found in _rows(members):
        assert found.interval is not None  # of two seeds at least
        rows.append(
            Effect(
                *_system(one), "Shwartz-Ziv et al. 2023", experiment_command("tuning", str(factor)),
                one.statement,
                f"long-tailed digits, factor {factor}", _words(one, factor),
                found.mean, *found.interval, "points", len(set(members["seed"])), _told(one),
                verdict(found, one.sign, one.bound),
            )
        )  # fmt: skip
    return rows


def _system(one: Foretold) -> tuple[str, str]:
    """The name and the module of what is compared."""
    if one.cell.startswith(_JOINT) or one.cell == "tuned-joint":
        return "joint SSL", "methods.self_supervised.joint"
    return "tuning", "paper_figs.tuning"


def _jointly(members: pd.DataFrame) -> str:
    """What joint self-supervision does to balanced accuracy, in a line a cell and factor."""
    said = ["Joint self-supervision beside the base recipe, balanced accuracy:", ""]
    for factor in _factors(members):
        for cell in (own for own in members["cell"].unique() if own.startswith(_JOINT)):
            found = mean_interval(_difference(members, cell, "base", "balanced", factor))
            shown = " (".join(numbers(found)) + ")"
            said.append(
                f"- factor {factor}, `{cell}`: {shown} points; {_VERDICTS[verdict(found, 1)]}."
            )
    return "\n".join([*said, ""])


def tuning_page(folder: str | Path = FOLDER) -> str:
    """The page, from the table that is stored."""
    members = pd.read_csv(Path(folder) / MEMBERS)
    factors, levels = _factors(members), []
    for cell in members["cell"].unique():
        row = [f"`{cell}`"]
        for factor in factors:
            own = members[(members["cell"] == cell) & (members["factor"] == factor)]
            row += [
                " ".join(numbers(mean_interval(100 * own[measure]), "({})"))
                for measure in ("balanced", "rare")
            ]
        levels.append(row)
    header = ("cell", *(f"{m}, factor {f}" for f in factors for m in ("balanced", "rare")))
    told = [
        [_words(*it[:2]), _told(it[0]), it[0].why, *numbers(it[2]),
         verdict(it[2], it[0].sign, it[0].bound)]
        for it in _rows(members)
    ]  # fmt: skip
    chosen = []
    for factor in factors:
        of_factor: Any = members[members["factor"] == factor]
        best = best_of(of_factor, KNOBS | JOINT)
        chosen.append([str(factor), *(f"`{own}`" for own in best.values())])
    return "\n".join(
        [
            _HEAD,
            formed(levels, header, "markdown"),
            "",
            formed(chosen, ("factor", *KNOBS, *JOINT), "markdown", notes=[_MADE_OF]),
            "",
            formed(
                told, ("what", "foretold", "because", "found", "interval", "verdict"), "markdown"
            ),
            "",
            _jointly(members),
        ]
    )


@styled
def draw(members: pd.DataFrame) -> CaptionedFigure:
    """What each cell gains over the base at both factors."""
    cells = [cell for cell in members["cell"].unique() if cell != "base"]
    figure = Figure(figsize=(WIDTH, 4.6), layout="constrained")
    axes, factors = figure.subplots(), _factors(members)
    for look, factor, shift in zip(SERIES, factors, (-0.13, 0.13), strict=False):
        gaps = [
            mean_interval(_difference(members, cell, "base", "balanced", factor)) for cell in cells
        ]
        draw_gaps(axes, gaps, look, shift, f"factor {factor}")
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(cells)), cells)
    axes.invert_yaxis()
    axes.set_xlabel("balanced accuracy minus the base recipe's, points")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    said = []
    for factor in factors:
        pairs = (("tuned", "base"), ("tuned", "la"), ("tuned-la", "tuned"))
        each = [mean_interval(_difference(members, *pair, "balanced", factor)) for pair in pairs]
        gains, short, more = (" (".join(numbers(one)) + ")" for one in each)
        said.append(
            f"at factor {factor} tuning alone gains {gains} points, is {short} beside untuned logit "
            f"adjustment, and logit adjustment adds {more} to it"
        )
    return CaptionedFigure(
        "tuning",
        "What tuning gains over a base recipe, beside special losses",
        f"Tuned on validation images, {'; '.join(said)}.",
        "Points are means over seeds, bars 95 % intervals of the paired differences.",
        figure,
    )


def write(folder: Path = FOLDER) -> None:
    """Write figure, effects and page from what ``folder`` holds."""
    members = pd.read_csv(folder / MEMBERS)
    write_experiment(draw(members), effects(members), tuning_page(folder), folder)


def _measure(part: str, at: Place) -> None:
    write_members(at.out, [int(part)], at.results, at.progress)


EXPERIMENT = Experiment(tuple(map(str, FACTORS)), _measure, write)

if __name__ == "__main__":
    write()
