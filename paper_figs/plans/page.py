"""The page ``paper_figs/results/plans.md``: plans made before training, held against what training measured.

Distances come from ``separations.json``, which ``python -m counterpoise.paper_figs.plans.page measure`` makes
anew from the data; recalls from the stored runs. Checked by: a test that writes the page anew.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from ...methods.results.records import read_json, write_json
from ...methods.results.run_results import load_results
from ...simulations.plan import ClassPlan, plan
from ...simulations.separation import Separation, estimate_separation
from ...theory.foundation.files import write_atomically
from ...theory.foundation.forms import formed
from ..results import Results
from ..stored import FOLDER

__all__ = ["measure", "plan_page"]

PAGE, SEPARATIONS = "plans.md", "separations.json"
RUNS = ("cifar10-heads-exponential-100", "shuttle-mlp")
RULES = {"ce": 0, "la": 1}
"""Trained methods, and the place of the remedy that each of them is."""
_HEAD = """# Plans made before training, held against what training measured

Written by `python -m counterpoise.paper_figs.plans.page` from `separations.json` (distances of class means in
pooled standard deviations, measured on the training rows alone) and the stored runs. A plan sets every class
against the one larger class that hurts it most, as two normal classes of one known covariance; a trained
network tells all classes apart at once, on features that are not normal. Recalls are means over seeds.
"""


def measure(folder: str | Path = FOLDER) -> None:
    """Distances in the data of the stored runs, which must be on disk."""
    from ...methods.training import Recipe

    found = {}
    for name in RUNS:
        recipe = Recipe.from_dict(load_results(Path(folder) / name).recipe)
        data = recipe.dataset(0)
        rows = data.prepared(data.train_images).double().numpy()
        measured = estimate_separation(rows, data.train_labels.numpy())
        found[name] = {
            "class_counts": measured.class_counts.tolist(),
            "num_features": measured.num_features,
            **{key: getattr(measured, key).round(6).tolist() for key in ("Delta", "low", "high")},
        }
    write_json(Path(folder) / SEPARATIONS, found)


def plan_page(folder: str | Path = FOLDER) -> str:
    """The page, from the stored distances and runs."""
    stored = read_json(Path(folder) / SEPARATIONS)
    return "\n".join(
        [_HEAD, *(_section(Path(folder) / name, told) for name, told in stored.items())]
    )


def _section(run: Path, told: Mapping) -> str:
    results = load_results(run)
    ends = [np.array(told[key]) for key in ("Delta", "low", "high")]
    counts = np.array(told["class_counts"])
    plans = plan(
        counts,
        told["num_features"],
        Separation(ends[0], ends[1], ends[2], counts, told["num_features"]),
    )
    recalls = {method: _recalls(results, method) for method in RULES}
    header = ("class", "n", "against", "Delta", "regime", "ce", "planned", "la", "planned")
    rows = [_row(p, results.class_names, recalls) for p in plans]
    said = [_agreement(plans, method, recalls[method]) for method in RULES]
    title = f"## {run.name}: {told['num_features']} features"
    return "\n".join([title, "", formed(rows, header, "markdown"), "", *said, ""])


def _recalls(results: Results, method: str) -> np.ndarray:
    """Mean over seeds; (K,)."""
    return np.mean([m.class_accuracy for m in results.members if m.method == method], axis=0)


def _row(
    p: ClassPlan, names: tuple[str, ...], recalls: Mapping[str, np.ndarray]
) -> tuple[str, ...]:
    regimes = " to ".join(dict.fromkeys((p.regimes[0], p.regimes[-1])))
    pairs = [
        f"{value:.2f}"
        for method, place in RULES.items()
        for value in (recalls[method][p.label], p.remedies[place].recall)
    ]
    return (names[p.label], str(p.class_count), names[p.rival], f"{p.Delta:.2f}", regimes, *pairs)


def _agreement(plans: tuple[ClassPlan, ...], method: str, recalls: np.ndarray) -> str:
    planned = np.array([p.remedies[RULES[method]].recall for p in plans])
    measured = recalls[[p.label for p in plans]]
    order = spearmanr(planned, measured)
    same = int(((planned < 0.5) == (measured < 0.5)).sum())
    return (
        f"- `{method}`: rank correlation of planned and measured recall {order.statistic:.2f} over "
        f"{len(plans)} classes (p = {order.pvalue:.2g}); {same} of {len(plans)} on the planned side of one "
        f"half; planned minus measured {np.mean(planned - measured):+.2f} on average."
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        measure()
    write_atomically(FOLDER / PAGE, plan_page().encode())
