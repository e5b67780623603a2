"""The page ``paper_figs/results/model_collapse.md`` and its figure, written from the stored numbers.

Checked by: a test that writes the page anew.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from ...methods.results.records import read_json
from ...simulations.models import BOUNDARIES, MODELS, means_and_intervals
from ...theory.foundation.files import write_atomically
from ...theory.foundation.forms import formed
from ..captioned import CaptionedFigure
from ..stored import FOLDER
from .figure import draw
from .foretold import PREDICTION
from .measured import load_world
from .places import Place, place_text, places
from .verdicts import verdicts
from .worlds import WORLDS

__all__ = ["model_collapse_page"]

PAGE, FIGURE = "model_collapse.md", "model_collapse.png"
_HEAD = """# Where models collapse as imbalance grows

Written by `python -m counterpoise.paper_figs.model_collapse.page` from `model_collapse.json`, which was
written before the run, and `model_collapse_*.nc`, one number a replicate. The run:
`python -m counterpoise.paper_figs.model_collapse.measured run CELLS`, one thread.

Essomba and Fokoue (arXiv 2601.04149) publish log η = Δ√κ as the boundary beyond which the minority's recall
is lost, whatever the model. Here η is the majority over the minority, κ = n/d and Δ the distance of the class
means in standard deviations. **The total n is kept as η grows**: so κ, Δ, the features and the test set stay,
the minority's count falls as n/(1 + η), the majority's rises to less than twice n/2. Collapse is where the
mean of recall over replicates falls below one half, interpolated in log η, with a 95 % bootstrap interval
over replicates (few of them: such an interval is somewhat narrow). Exact is where the limit law of LDA with
estimated covariance has recall one half.

Models are scikit-learn's with default settings, tuned nowhere; SVMs, logistic regression, QDA, kNN and MLP
see features standardised on the training rows; the MLP stops at its default of 200 rounds, converged or not.
QDA needs covariances of full rank, so more examples of each class than features, and is left out elsewhere.
The linear SVM is `SVC(kernel="linear")`. Tables are told in principal components of the rows to train on,
found without labels before the minority is thinned; Δ of a table is estimated on the same rows of the first
split and assumes normal classes of one covariance; beside it stands Δ of that split's test rows. Replicates
of a table are splits of the same rows: their intervals say nothing about other data. Test sets are balanced;
`matched` weighs the majority η to 1 as in training. Precision is 0 where nothing is called the minority.

Changed after the prediction was written: replicates, before their worlds were run, for the time they take
(10, 30, 8 and 8 to 8, 20, 5 and 5); and QDA, which did not fit BASEHOCK in its units, sees standardised
features (the earlier worlds saw it as they are; on two of them its recalls agree to 1e-7).
"""
_SHOWN = (
    ("recall", "recall"), ("TNR", "specificity"), ("balanced error", "balanced_error"),
    ("precision", "precision_balanced"), ("matched", "precision_matched"), ("F1", "f1_balanced"),
    ("matched", "f1_matched"), ("ROC-AUC", "roc_auc"), ("PR-AUC", "average_precision_balanced"),
    ("matched", "average_precision_matched"),
)  # fmt: skip


def model_collapse_page() -> tuple[str, CaptionedFigure]:
    """The page and its figure, from the stored numbers."""
    told = read_json(PREDICTION)["worlds"]
    measured = {name: load_world(name) for name in WORLDS}
    found = {name: places(measured[name], told[name]) for name in WORLDS}
    figure = draw(measured, told, found)
    sections = [_section(name, measured[name], told[name], found[name]) for name in WORLDS]
    shown = f"![{figure.alternative}]({FIGURE})\n"
    parts = [_HEAD, shown, _summary(found, told), *verdicts(measured, told, found), "", *sections]
    return "\n".join(parts), figure


def _summary(found: Mapping[str, list[Place]], told: Mapping[str, Any]) -> str:
    """Collapses of all models in all worlds, and how far the boundaries are from them."""
    rows = [
        (label, *(f"**{told[name]['boundaries'][0][key]:.3g}**" for name in WORLDS))
        for key, label in zip(
            BOUNDARIES, ("Δ√κ, published", "half of it", "exact, LDA"), strict=True
        )
    ]
    for place, model in enumerate(MODELS):
        rows.append(
            (MODELS[model].label, *(place_text(found[name][place].collapse) for name in WORLDS))
        )
    rows += [
        (f"off: {key}", *(_distance(found[name], told[name], key) for name in WORLDS))
        for key in BOUNDARIES
    ]
    rows.append(("greatest over least", *(_spread(found[name]) for name in WORLDS)))
    header = ("collapse at η", *(WORLDS[name].title for name in WORLDS))
    nearest = [place.nearest for of_world in found.values() for place in of_world if place.nearest]
    said = "; ".join(f"{key}: {nearest.count(key)}" for key in BOUNDARIES)
    return (
        "## All models\n\n"
        + formed(rows, header, "markdown")
        + "\n\nRows `off`: how far, on average over the models whose collapse was found, the boundary is "
        "from it, as a factor of η. No one boundary can be nearer to all models than the square root "
        "of the last row.\n"
        + f"Nearest boundary of the {len(nearest)} collapses for which it is known, near or not: {said}.\n"
    )


def _known(found: list[Place]) -> list[float]:
    return [p.collapse.eta for p in found if p.collapse and 0 < p.collapse.eta < np.inf]


def _spread(found: list[Place]) -> str:
    known = _known(found)
    return f"×{max(known) / min(known):.2g}" if known else "-"


def _distance(found: list[Place], told: Mapping[str, Any], key: str) -> str:
    known = _known(found)
    logs = np.abs(np.log(np.array(known) / told["boundaries"][0][key]))
    return f"×{np.exp(logs.mean()):.2g}" if known else "-"


def _section(name: str, measured: xr.Dataset, told: Mapping[str, Any], found: list[Place]) -> str:
    world = WORLDS[name]
    told_Delta = f"Δ = {told['Delta']:.3g}"
    if "interval" in told:
        held = f"{told['held_out_Delta']:.3g} {_ends(told['held_out_interval'])}"
        told_Delta += f" {_ends(told['interval'])} (test rows: {held})"
    ends = [_boundary(told, key) for key in BOUNDARIES]
    index = int(np.abs(np.log(measured.eta.to_numpy() / 9.0)).argmin())
    summary = means_and_intervals(measured).isel(eta=index)
    counts = f"{int(summary.n1)} of the minority and {int(summary.n0)} of the majority"
    return "\n".join(
        [
            f"## {world.title}",
            "",
            f"{world.about[0].upper()}{world.about[1:]}. κ = {told['kappa']:.4g}, {told_Delta}; "
            f"{world.replicates} replicates. Boundaries at η = {ends[0]} (published), {ends[1]} (half), "
            f"{ends[2]} (exact).",
            "",
            formed(_recalls(measured, found), _recall_header(measured), "markdown"),
            "",
            f"All measures at η = {float(summary.eta):g} ({counts}):",
            "",
            formed(
                [_measures(summary, model) for model in MODELS],
                ("model", *(header for header, _ in _SHOWN)),
                "markdown",
            ),
            "",
        ]
    )


def _recall_header(measured: xr.Dataset) -> tuple[str, ...]:
    return ("recall at η =", *(f"{eta:g}" for eta in measured.eta.to_numpy()), "nearest")


def _recalls(measured: xr.Dataset, found: list[Place]) -> list[tuple[str, ...]]:
    recall = measured.recall.mean("replicate", skipna=False)
    return [
        (
            MODELS[place.model].label,
            *(_two(value) for value in recall.sel(model=place.model).to_numpy()),
            place.nearest or "-",
        )
        for place in found
    ]


def _measures(summary: xr.Dataset, model: str) -> tuple[str, ...]:
    of_model = summary.sel(model=model)
    cells = [_two(float(of_model[key])) for _, key in _SHOWN]
    low, high = (float(of_model[f"recall_{end}"]) for end in ("low", "high"))
    if np.isfinite(low):
        cells[0] += f" [{_two(low)}, {_two(high)}]"
    return (MODELS[model].label, *cells)


def _two(value: float) -> str:
    return f"{value:.2f}".replace("-0.00", "0.00") if np.isfinite(value) else "-"


def _ends(interval: list[float]) -> str:
    return f"[{interval[0]:.3g}, {interval[1]:.3g}]"


def _boundary(told: Mapping[str, Any], key: str) -> str:
    here, *ends = (f"{boundaries[key]:.3g}" for boundaries in told["boundaries"])
    return f"{here} [{', '.join(ends)}]" if ends else here


if __name__ == "__main__":
    text, drawn = model_collapse_page()
    drawn.save(FOLDER / FIGURE)
    write_atomically(FOLDER / PAGE, text.encode())
