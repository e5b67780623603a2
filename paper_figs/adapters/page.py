"""The page ``paper_figs/results/adapters.md``, its figure and its effects: foretold beside measured.

Written by ``python -m counterpoise.paper_figs.adapters.page`` from what `runs` stored. Checked by: the
page written anew, and gaps by hand.
"""

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ...methods.sampling.prototypes import calibration_strength
from ...theory.concentration import MeanInterval, mean_interval
from ...theory.foundation.forms import formed
from ..captioned import CaptionedFigure
from ..effects import Effect, verdict, write_experiment
from ..experiments.parts import Experiment, experiment_command
from ..stored import FOLDER
from ..style import INK, SERIES, WIDTH, draw_gaps, styled
from .foretold import FORETOLD, Foretold
from .runs import ARMS, CPU, MEMBERS, write_members
from .settings import SETTINGS

__all__ = [
    "EXPERIMENT",
    "adapters_page",
    "draw",
    "effects",
    "gap",
    "groups",
    "numbers",
]

GROUPS = ("head", "tail", "balanced")
_SOURCES = {
    "debLoRA": ("methods.sampling.prototypes", "Tian et al. 2024"),
    "LoRA": ("methods.models.lora", "Hu et al. 2022"),
    "LIFT": ("methods.models.lora", "Shi et al. 2024"),
}
_RUN = experiment_command("adapters")
_HEAD = f"""# Adapters of a frozen network (debLoRA, LIFT)

Written by `python -m counterpoise.paper_figs.adapters.page` from `{MEMBERS}`;
`{_RUN}` makes that anew, and
`{experiment_command("adapters", "whole")}`, not run here, does the same to all of the network and all of
CIFAR-10-LT. The network is EfficientNet-Lite0 with weights of ImageNet, the images a JPEG copy of CIFAR-10;
which class is rare, and which images are taken, changes with the seed; of the last layer all seeds draw
from the same 200 images of each class, so that its intervals leave out part of the drawing. What is
foretold of `cosine-la` was written when the other arms over features had been measured. Adapters have rank
16. debLoRA moves the features of classes with less than a tenth of the largest class's images, the *tail*;
the others are the *head*. It moves the frozen network's features, in its paper an adapted one's. Recall on
a balanced test set, points; means over seeds with 95 % intervals, differences paired by seed.
"""


def groups(members: pd.DataFrame) -> pd.DataFrame:
    """Mean recall of the head, of the tail and of all classes, points: a row a setting, arm and seed."""
    rows, by = [], ["setting", "arm", "seed"]
    for key, one in dict(iter(members.groupby(by, sort=False))).items():
        tail = calibration_strength(one["count"].to_numpy()) < 1
        recall = 100 * one["recall"].to_numpy()
        label: Any = key
        rows.append((*label, recall[~tail].mean(), recall[tail].mean(), recall.mean()))
    return pd.DataFrame(rows, columns=["setting", "arm", "seed", *GROUPS])


def gap(found: pd.DataFrame, setting: str, arm: str, against: str, group: str) -> MeanInterval:
    """An arm minus another, points, over the seeds of a setting."""
    own = found[found["setting"] == setting].pivot(index="seed", columns="arm", values=group)
    return mean_interval((own[arm] - own[against]).to_numpy())


def _told(one: Foretold) -> str:
    return f"{'>' if one.sign > 0 else '<'} {one.bound:g}"


def effects(members: pd.DataFrame) -> list[Effect]:
    """One for each setting and what was foretold of it."""
    found, rows = groups(members), []
    for setting in found["setting"].unique():
        for one in FORETOLD:
            measured = gap(found, setting, one.arm, one.against, one.group)
            assert measured.interval is not None  # of two seeds at least
            seeds = len(set(found.loc[found["setting"] == setting, "seed"]))
            rows.append(
                Effect(
                    one.system, *_SOURCES[one.system], experiment_command("adapters", setting), one.statement,
                    f"CIFAR-10, EfficientNet-Lite0: {SETTINGS[setting].words}",
                    f"recall, {one.group} classes, {one.arm} minus {one.against}",
                    measured.mean, *measured.interval, "points", seeds, _told(one),
                    verdict(measured, one.sign, one.bound),
                )
            )  # fmt: skip
    return rows


def adapters_page(folder: str | Path = FOLDER) -> str:
    """The page, from the table that is stored."""
    found = groups(pd.read_csv(Path(folder) / MEMBERS))
    sections = [_section(found, setting) for setting in found["setting"].unique()]
    arms = formed([(f"`{arm}`", words) for arm, words in ARMS.items()], ("arm", "what"), "markdown")
    return "\n".join([_HEAD, arms, "", *sections])


def _section(found: pd.DataFrame, setting: str) -> str:
    own = found[found["setting"] == setting]
    levels = [
        [
            f"`{arm}`",
            *(" ".join(numbers(mean_interval(own.loc[own["arm"] == arm, g]), "({})")) for g in GROUPS),
        ]
        for arm in ARMS
    ]  # fmt: skip
    told = []
    for one in FORETOLD:
        measured = gap(found, setting, one.arm, one.against, one.group)
        what = f"{one.group}: `{one.arm}` minus `{one.against}`"
        told.append(
            [
                what,
                _told(one),
                one.why,
                *numbers(measured),
                verdict(measured, one.sign, one.bound),
            ]
        )
    return "\n".join(
        [
            f"## {setting}: {SETTINGS[setting].words}; {own['seed'].nunique()} seeds",
            "",
            formed(levels, ("arm", *GROUPS), "markdown"),
            "",
            _afterwards(found, setting),
            "",
            formed(
                told, ("recall", "foretold", "because", "found", "interval", "verdict"), "markdown"
            ),
            "",
        ]
    )


def _afterwards(found: pd.DataFrame, setting: str) -> str:
    """What nobody foretold: the moved features themselves, and what adapters learn of them."""
    moved, learnt = (
        " (".join(numbers(gap(found, setting, arm, "probe", "tail"))) + ")"
        for arm in ("moved", "deblora")
    )
    return (
        f"Not foretold: a head that is trained on the moved features themselves has {moved} points in the\n"
        f"tail beside the probe; once adapters have learnt these features, {learnt}.\n"
    )


def numbers(found: MeanInterval, form: str = "{}") -> tuple[str, str]:
    """A mean and its interval in words."""
    if found.interval is None:
        return f"{found.mean:.2f}", "-"
    return f"{found.mean:.2f}", form.format(" to ".join(f"{end:.2f}" for end in found.interval))


@styled
def draw(members: pd.DataFrame) -> CaptionedFigure:
    """A panel a setting: what each arm gains over the linear probe, in the head and in the tail."""
    found = groups(members)
    settings = list(found["setting"].unique())
    rivals = [arm for arm in ARMS if arm != "probe"]
    figure = Figure(figsize=(WIDTH, 0.4 + 2.6 * len(settings)), layout="constrained")
    panels = figure.subplots(len(settings), 1, sharex=True, squeeze=False)[:, 0]
    for axes, setting in zip(panels, settings, strict=True):
        for look, group, shift in zip(SERIES, ("head", "tail"), (-0.12, 0.12), strict=False):
            gaps = [gap(found, setting, arm, "probe", group) for arm in rivals]
            draw_gaps(axes, gaps, look, shift, group)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_yticks(range(len(rivals)), rivals)
        axes.invert_yaxis()
        axes.set_title(f"{setting}: {SETTINGS[setting].words.split(', ')[0]}")
    panels[-1].set_xlabel("recall minus the linear probe's, points")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    said = []
    for setting in settings:
        tails = [gap(found, setting, arm, "probe", "tail") for arm in ("deblora", "lift")]
        ours, lift = (" (".join(numbers(one)) + ")" for one in tails)
        said.append(f"in {setting} debLoRA by {ours} points and LIFT's recipe by {lift}")
    return CaptionedFigure(
        "adapters",
        "Recall of head and tail classes beside a linear probe of the frozen network",
        f"The tail gains: {'; '.join(said)}.",
        "Points are means over seeds, bars 95 % intervals of the paired differences.",
        figure,
    )


def write(folder: Path = FOLDER) -> None:
    """Write figure, effects and page from what ``folder`` holds."""
    members = pd.read_csv(folder / MEMBERS)
    write_experiment(draw(members), effects(members), adapters_page(folder), folder)


EXPERIMENT = Experiment(
    CPU, lambda part, at: write_members(at.out, [part], at.results), write, large=("whole",)
)

if __name__ == "__main__":
    write()
