"""A grid of recipes, one knob at a time, then the best of each together: ``tuning_members.csv``.

The best option of a knob has the highest mean accuracy on validation images; the table holds accuracies on
others. Ours, after Shwartz-Ziv et al. (NeurIPS 2023). Checked by: a small grid.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ...methods.training import Progress, Recipe, run
from ...theory.foundation.files import write_atomically
from ..stored import FOLDER

__all__ = ["BASE", "FACTORS", "JOINT", "KNOBS", "MEMBERS", "SPECIAL", "best_of", "write_members"]

MEMBERS = "tuning_members.csv"
FACTORS = (100, 10)  # the smaller training sets first
BASE: dict[str, Any] = {"seeds": 4, "epochs": 10, "warmup": 2, "validation": 24, "curve_points": 1}
"""The recipe of the digits, shorter: batches of 16, SGD at .02, no augmentation, the small network."""
_SETTINGS = "settings"  # of the method, whichever it is
_SMOOTH = "label-aware-smoothing@head={},tail={}"
KNOBS: dict[str, dict[str, dict[str, Any]]] = {
    "batch size": {  # rates in proportion
        "batch=8": {"batch_size": 8, "lr": 0.01},
        "batch=64": {"batch_size": 64, "lr": 0.08},
    },
    "augmentation": {"shift": {"augmentation": "shift"}},
    "smoothing": {
        "smooth-all": {"methods": (_SMOOTH.format(0.15, 0.15),)},
        "smooth-heads": {"methods": (_SMOOTH.format(0.3, 0.0),)},
        "smooth-tails": {"methods": (_SMOOTH.format(0.0, 0.3),)},
    },
    "network": {"wide": {"model": "counterpoise.paper_figs.tuning.networks:wide"}},
    "optimiser": {
        "adamw": {"optimizer": "adamw", "lr": 0.002},
        "sam": {"optimizer": "sam", "optimizer_settings": {"rho": 0.05}},
        "sam-a": {"optimizer": "sam-a", "optimizer_settings": {"rho": 0.05}},
    },
}
"""Options by knob: what each changes of the base."""
JOINT: dict[str, dict[str, dict[str, Any]]] = {
    "self-supervision": {  # views keep half of an image: of 8 pixels each way a tenth is a few
        "joint=0.1": {_SETTINGS: "joint=0.1,least_area=0.5"},
        "joint=0.5": {_SETTINGS: "joint=0.5,least_area=0.5"},
    },
}
"""A knob more, apart from the others, which were tuned without it."""
SPECIAL = {name: {"methods": (name,)} for name in ("la", "ldam-drw", "vs")}
"""Losses made for imbalance, under the base recipe."""


Knobs = Mapping[str, Mapping[str, Mapping[str, Any]]]


def best_of(found: pd.DataFrame, knobs: Knobs) -> dict[str, str]:
    """The option of each knob with the highest mean validation accuracy, the base's if none is higher."""
    level: Any = found.groupby("cell")["validation"].mean()
    chosen = {}
    for knob, options in knobs.items():
        known = level[["base", *options]]
        chosen[knob] = str(known.idxmax())
    return chosen


def _tuned(found: pd.DataFrame, knobs: Knobs) -> dict[str, Any]:
    """The best options together; of an optimiser and a batch size, the optimiser's rate in proportion."""
    fields: dict[str, Any] = {}
    for knob, cell in best_of(found, knobs).items():
        changed = knobs[knob].get(cell, {})
        if "lr" in fields and "lr" in changed:
            changed = {**changed, "lr": changed["lr"] * fields["lr"] / 0.02}
        fields |= changed
    return fields


def write_members(
    out: str | Path,
    factors: Sequence[int] = FACTORS,
    folder: str | Path = FOLDER,
    progress: Callable[[Progress], None] | None = None,
) -> None:
    """Train the grid in ``out`` and write a row a factor, cell and seed, factor after factor."""
    path = Path(folder) / MEMBERS
    for factor in factors:
        cells = {"base": {}, **SPECIAL}
        for options in (KNOBS | JOINT).values():
            cells |= options
        trained: list[Any] = [
            _trained(factor, cell, fields, out, progress) for cell, fields in cells.items()
        ]
        known = pd.concat(trained)
        tuned = _tuned(known, KNOBS)
        best = {
            "tuned": tuned,
            "tuned-la": {**tuned, "methods": ("la",)},
            "tuned-joint": _tuned(known, KNOBS | JOINT),
        }
        trained += [_trained(factor, cell, fields, out, progress) for cell, fields in best.items()]
        if path.exists():
            others = pd.read_csv(path)
            trained.append(others[others["factor"] != factor])
        table = pd.concat(trained).sort_values("factor", kind="stable")
        write_atomically(path, table.to_csv(index=False, float_format="%.5g").encode())


def _trained(
    factor: int,
    cell: str,
    fields: Mapping[str, Any],
    out: str | Path,
    progress: Callable[[Progress], None] | None,
) -> pd.DataFrame:
    given = {**BASE, "methods": ("ce",), "imbalance_factor": factor, **fields}
    if settings := given.pop(_SETTINGS, ""):
        given["methods"] = tuple(
            f"{m}{',' if '@' in m else '@'}{settings}" for m in given["methods"]
        )
    recipe = Recipe(**given)
    rows = []
    place = Path(out) / f"{factor}-{cell}"
    for member in run(recipe, place, resume=True, progress=progress).members:
        recall = member.class_accuracy  # the most frequent class first
        half = len(recall) // 2
        rows.append(
            {
                "factor": factor,
                "cell": cell,
                "seed": member.seed,
                "validation": member.history.balanced_accuracy[-1],
                "balanced": member.balanced_accuracy,
                "large": sum(recall[:half]) / half,
                "rare": sum(recall[half:]) / (len(recall) - half),
            }
        )
    return pd.DataFrame(rows)
