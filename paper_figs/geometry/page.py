"""The page of last-layer geometry, ``paper_figs/results/geometry.md``: free features and trained networks.

Every number is read from what `measured` kept; verdicts are computed. Checked by: a test that writes the
page anew.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr

from ...simulations.geometry import orthogonal_imbalance
from ...theory.foundation.files import write_atomically
from ...theory.foundation.forms import formed
from ...theory.geometry import orthogonal_minorities_imbalance
from ..stored import FOLDER
from .frames import draw
from .measured import COLLAPSE, GROUPS, LOSSES, SIZES, TRAINED, Kept, read, read_rows

__all__ = ["geometry_page"]

PAGE, FIGURE = "geometry.md", "geometry.png"
_HEAD = """# Geometry of the last layer, by optimisation

Written by `python -m counterpoise.paper_figs.geometry.page` from the files `geometry_*` beside it, which
`python -m counterpoise.paper_figs.geometry.measured` measures anew. Distances are those of matrices over
their Frobenius norms: Gram matrices of classifiers (W) and of class means (H), and logits (Z), to SELI
(`theory/geometry`) and to a simplex.
"""


def geometry_page() -> str:
    """The page, from the files that `measured` keeps."""
    descent = read("descent", *GROUPS[0])
    captioned = draw(descent, read("ridge", *GROUPS[0]))
    figure = ["", f"![{captioned.title}]({FIGURE})", "", captioned.caption, ""]
    parts = [
        _HEAD, "## Free features", *figure, _descent(descent), _crossings(), _losses(),
        _path(read("ridge", *GROUPS[0])), _collapse(), _trained(),
    ]  # fmt: skip
    return "\n".join(parts)


def _section(title: str, text: str, rows: list[list[str]], header: tuple[str, ...]) -> str:
    return "\n".join([f"## {title}", "", text, "", formed(rows, header, "markdown"), ""])


def _descent(descent: xr.Dataset) -> str:
    rows = []
    for imbalance in descent.imbalance.values:
        for stop in descent.stop.values:
            own = descent.sel(imbalance=imbalance, stop=stop)
            share = own.classifiers_to_seli / own.classifiers_to_etf
            names = ("classifiers_to_seli", "classifiers_to_etf", "embeddings_to_seli",
                     "embeddings_to_etf", "logits_to_seli")  # fmt: skip
            shown = [f"{float(own[name].mean()):.3f}" for name in names]
            rows.append([f"{imbalance:g}", f"{stop:g}", *shown, f"{float(share.max()):.3f}"])
    header = ("R", "margin", "W to SELI", "W to simplex", "H to SELI", "H to simplex", "Z to SELI",
              "largest ratio of W")  # fmt: skip
    text = (
        f"Two classes of R and two of one, means over {descent.draw.size} starts; the last column is the "
        "largest ratio of the first two distances over the starts. Logits of SELI and of a simplex are one "
        "matrix, so that they tell nothing of the frame."
    )
    return _section("Gradient descent without a ridge", text, rows, header)


def _crossings() -> str:
    rows = []
    for majority, minority in GROUPS:
        descent = read("descent", majority, minority)
        expected = float(orthogonal_minorities_imbalance(minority / (majority + minority)))
        for stop in descent.stop.values:
            angles = descent.minority_classifier_angle.sel(stop=stop)
            mean, each = (orthogonal_imbalance(a) for a in (angles.mean("draw"), angles))
            off = 100 * (float(mean) / expected - 1)
            rows.append([str(majority), str(minority), f"{stop:g}", f"{expected:.4g}", f"{float(mean):.3f}",
                         f"{off:+.1f} %", f"{float(each.min()):.2f} to {float(each.max()):.2f}"])  # fmt: skip
    header = ("majority", "minority", "margin", "theory", "mean angle", "off", "single starts")
    text = (
        "The imbalance at which two minority classifiers are orthogonal, ((1-rho)^-2 - (1-rho))/rho for a "
        "share rho of minority classes, and where the angle of descent falls through 90 degrees."
    )
    return _section("Where minority classifiers are orthogonal", text, rows, header)


def _losses() -> str:
    rows = [
        [str(row[0]), f"{row[1]:g}", *(f"{row[place]:.3f}" for place in (2, 4, 3, 8))]
        for row in read_rows(LOSSES)
    ]
    header = ("loss", "margin", "W to its SELI", "H to its SELI", "W to simplex", "W to that of CE")
    sizes = ", ".join(f"{size:g}" for size in SIZES)
    text = (
        f"Classes of {sizes}, one start. Margins and multipliers turn the frame, an offset does not; "
        "margins n^(-1/2) make classifiers a simplex."
    )
    return _section("Adjusted losses", text, rows, header)


def _path(ridge: xr.Dataset) -> str:
    rows = []
    for value in ridge.ridge.values:
        own = ridge.sel(ridge=value, imbalance=10.0)
        logs = np.log(1 / value)
        distances = (own.classifiers_to_seli, own.embeddings_to_seli, own.logits_to_seli)
        shown = [f"{float(distance):.4f}" for distance in distances]
        times = f"{float(own.logits_to_seli) * logs:.3f}"
        rows.append([f"{value:.3g}", *shown, times, f"{float(own.classifiers_to_etf):.3f}"])
    header = ("ridge", "W to SELI", "H to SELI", "Z to SELI", "times ln(1/ridge)", "W to simplex")
    text = "R = 10, the optimum at each ridge: the distance vanishes in the order of 1/ln(1/ridge)."
    return _section("The ridge path", text, rows, header)


def _collapse() -> str:
    rows = [
        [f"{row.imbalance:g}", f"{row.minority_size:g}", f"{row.ridge:g}", f"{row.below:.3f}",
         f"{row.above:.1e}"]
        for row in read_rows(COLLAPSE)
    ]  # fmt: skip
    header = ("R", "minority size", "threshold", "apart at 0.95", "apart at 1.05")
    text = (
        "Distance of the two minority classifiers at 0.95 and 1.05 times the ridge (sum of losses) at which "
        "theory has them collapse, the root of their size, whatever R."
    )
    return _section("Minority collapse from both sides", text, rows, header)


STATEMENTS: Mapping[str, Callable[[Kept], bool]] = {
    "classifiers": lambda row: row.classifiers_to_seli < row.classifiers_to_etf,
    "class means": lambda row: row.embeddings_to_seli < row.embeddings_to_etf,
    "angle of classifiers": lambda row: row.minority_classifiers < 90,
    "angle of embeddings": lambda row: row.minority_embeddings > 90,
}
"""What may be predicted of a network: nearer to SELI than to a simplex; angles inside the minority."""
PREDICTED: Mapping[str, tuple[str, ...]] = {
    "fashion-step": tuple(STATEMENTS),
    "fashion-step-long": tuple(STATEMENTS),
    "digits-long": ("classifiers", "class means"),
}
"""What was predicted of which run, before it was trained."""


def _trained() -> str:
    runs: dict[str, list[Kept]] = defaultdict(list)
    for row in read_rows(TRAINED):
        runs[row.run].append(Kept(*row))
    lines = [_networks(name, rows) for name, rows in runs.items()]
    header = ("run", "seeds", "sizes", "W to SELI", "W to simplex", "H to SELI", "H to simplex",
              "W minority", "H minority", "NC1")  # fmt: skip
    text = (
        "Cross-entropy, classifiers and class means centred, means over seeds (range in brackets); angles "
        "inside the minority in degrees. `fashion-step`: `counterpoise train --recipe fashion-lt --method ce"
        " --profile step --seeds 3 --epochs 12 --warmup 1 --keep-checkpoints`; `fashion-step-long`: the same"
        " with `--epochs 60 --weight-decay 5e-5`. `digits-short`: `--method ce --imbalance-factor 10 --seeds"
        " 3 --keep-checkpoints`; `digits-long`: the same with `--epochs 200 --weight-decay 5e-4`. It was "
        "predicted of all but `digits-short`, before they were trained, that both classifiers and class "
        "means are nearer to SELI than to a simplex; of the first two also that the angle of minority "
        "classifiers is below 90 degrees and that of minority embeddings above. What came after what: "
        "`digits-long` was predicted when `digits-short` was measured, `fashion-step-long` and two seeds of "
        "`fashion-step` when the first was. Theory speaks of features that have collapsed onto their means; "
        "by NC1 these have not.\n\n" + _verdicts(runs)
    )
    return _section("Trained networks", text, lines, header)


def _networks(name: str, rows: list[Kept]) -> list[str]:
    places = [Kept._fields.index(key) for key in ("classifiers_to_seli", "variability")]
    columns = np.array([row[places[0] : places[1] + 1] for row in rows])
    shown = [
        f"{column.mean():.3g}"
        + (f" [{column.min():.3g}, {column.max():.3g}]" if len(rows) > 1 else "")
        for column in columns.T
    ]
    return [f"`{name}`", str(len(rows)), f"{rows[0].largest} to {rows[0].smallest}", *shown]


def _verdicts(runs: dict[str, list[Kept]]) -> str:
    said = []
    for name, foretold in PREDICTED.items():
        for what in foretold:
            held = [STATEMENTS[what](row) for row in runs.get(name, ())]
            if held:  # it was measured
                verdict = "holds" if all(held) else "holds in some" if any(held) else "fails"
                said.append(f"{name}, {what}: {verdict} ({sum(held)} of {len(held)})")
    return "Verdicts: " + "; ".join(said) + "."


if __name__ == "__main__":
    draw(read("descent", *GROUPS[0]), read("ridge", *GROUPS[0])).save(FOLDER / FIGURE)
    write_atomically(FOLDER / PAGE, geometry_page().encode())
