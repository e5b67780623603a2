"""Free features beside SELI and the simplex: over the imbalance, along the ridge, and where angles cross.

Drawn from `simulations.geometry.descent_sweep` and `ridge_sweep`. Source: Thrampoulidis et al. (NeurIPS
2022), whose figures these resemble. Checked by: tests that draw it from small sweeps.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...simulations.geometry import orthogonal_imbalance
from ...theory.foundation.validation import InputError
from ...theory.geometry import orthogonal_minorities_imbalance, step_geometry
from ..captioned import CaptionedFigure
from ..style import INK, SERIES, WIDTH, styled

__all__ = ["draw"]

_FRAMES = {
    ("classifiers", "seli"): "classifiers to SELI",
    ("classifiers", "etf"): "classifiers to simplex",
    ("embeddings", "seli"): "embeddings to SELI",
    ("embeddings", "etf"): "embeddings to simplex",
}


@styled
def draw(descent: xr.Dataset, ridge: xr.Dataset) -> CaptionedFigure:
    """Three panels, one below the other; the largest margin of ``descent`` is drawn.

    Raises
    ------
    InputError
        If the data sets are not a `descent_sweep` and a `ridge_sweep`.
    """
    for name, given, axis in (("descent", descent, "stop"), ("ridge", ridge, "ridge")):
        if "minority_classifier_angle" not in given or axis not in given.coords:
            raise InputError(
                f"{name} lacks minority_classifier_angle over {axis}: give a {name}_sweep"
            )
    far = descent.isel(stop=-1)
    figure = Figure(figsize=(WIDTH, 8.4), layout="constrained")
    above, middle, below = figure.subplots(3, 1)
    _distances(above, far)
    _path(middle, ridge)
    _angles(below, far)
    return CaptionedFigure(
        "last_layer_geometry",
        "Free features beside SELI and the simplex frame",
        _finding(far),
        "Free features are trained with cross-entropy beside the classifiers, with "
        f"{far.attrs['majority_classes']} classes of R examples and {far.attrs['minority_classes']} of "
        "one. Above: distances of Gram matrices over their norms, after gradient descent without a ridge to "
        f"margin {float(far.stop):g}; means over {far.draw.size} starts, bars from the least to the "
        "largest. Middle: distance of classifiers to SELI at the optimum with ridge λ, in units of the root "
        "of a minority class, against 1/ln(1/λ), which is its order. Below: angle of two "
        "minority classifiers, the starts as points, SELI's closed form as a line.",
        figure,
    )


def _finding(far: xr.Dataset) -> str:
    last = far.isel(imbalance=-1)
    share = last.classifiers_to_seli / last.classifiers_to_etf
    cross = float(orthogonal_imbalance(far.minority_classifier_angle.mean("draw")))
    minority = far.attrs["minority_classes"]
    rho = minority / (minority + far.attrs["majority_classes"])
    return (
        f"At R = {float(last.imbalance):g} classifiers end {float(last.classifiers_to_seli.mean()):.3f} from "
        f"SELI and {float(last.classifiers_to_etf.mean()):.3f} from the simplex, a ratio of at most "
        f"{float(share.max()):.3f} over the starts; minority classifiers are orthogonal at R = {cross:.2f}, "
        f"where theory says {float(orthogonal_minorities_imbalance(rho)):.4g}."
    )


def _distances(axes: Axes, far: xr.Dataset) -> None:
    for look, ((vectors, frame), label) in zip(SERIES, _FRAMES.items(), strict=True):
        own = far[f"{vectors}_to_{frame}"]
        mean = own.mean("draw")
        spread = [mean - own.min("draw"), own.max("draw") - mean]
        axes.errorbar(far.imbalance, mean, spread, markersize=4, label=label, **look.line())
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("imbalance R")
    axes.set_ylabel("distance")
    axes.legend(fontsize=8, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))


def _path(axes: Axes, ridge: xr.Dataset) -> None:
    inverse = 1 / np.log(1 / ridge.ridge)
    for look, imbalance in zip(SERIES, ridge.imbalance.values, strict=False):
        own = ridge.classifiers_to_seli.sel(imbalance=imbalance)
        axes.plot(inverse, own, markersize=4, label=f"R = {imbalance:g}", **look.line())
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("1/ln(1/λ)")
    axes.set_ylabel("classifiers to SELI")
    axes.legend()


def _angles(axes: Axes, far: xr.Dataset) -> None:
    minority, majority = far.attrs["minority_classes"], far.attrs["majority_classes"]
    grid = np.geomspace(float(far.imbalance.min()), float(far.imbalance.max()), 200)
    cosine = step_geometry(grid, majority, minority).classifier_cosine_minority
    axes.plot(grid, np.degrees(np.arccos(cosine)), color=SERIES[0].colour, label="SELI")
    angles = far.minority_classifier_angle.transpose("imbalance", "draw")
    at = np.broadcast_to(far.imbalance.to_numpy()[:, None], angles.shape)
    axes.plot(at.ravel(), angles.to_numpy().ravel(), linestyle="none", markersize=4,
              label="descent", **SERIES[1].points())  # fmt: skip
    axes.axhline(90, color=INK, linestyle=":", linewidth=1.0)
    crossing = float(orthogonal_minorities_imbalance(minority / (minority + majority)))
    axes.axvline(crossing, color=INK, linestyle=":", linewidth=1.0)
    axes.set_xscale("log")
    axes.set_xlabel("imbalance R")
    axes.set_ylabel("minority angle, degrees")
    axes.set_title(f"dotted: 90° and R = {crossing:.3g}")
    axes.legend()
