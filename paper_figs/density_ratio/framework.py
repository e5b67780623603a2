"""How density ratios become weights, drawn from one batch of a real run: features, ratios, weights, shares.

The framework of Luo et al. (NeurIPS 2024), Algorithm 1: a batch's features stand to the prototypes of their
classes, moment matching makes ratios of it, and ratio times inverse frequency is the weight. Drawn from
`BatchRow`s. Checked by: shares worked out by hand, and tests that draw it from Gaussian features.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...methods.weights import DensityRatioWeights
from ...simulations.ratio_world import shuffled_batches
from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_real, as_whole
from ..captioned import CaptionedFigure
from ..style import SERIES, WIDTH, Look, styled

__all__ = ["BatchRow", "batch_rows", "draw", "weight_shares"]


class BatchRow(NamedTuple):
    """A sample of the batch, or a class's ``"mean"`` in it or its ``"prototype"``, which have no weight.

    ``across`` and ``up`` are coordinates in the plane in which prototypes are furthest apart. ``unmoved`` is
    the weight with a ratio of 1, before what all are divided by.
    """

    kind: str
    label: int
    across: float
    up: float
    ratio: float = float("nan")
    weight: float = float("nan")
    unmoved: float = float("nan")


def batch_rows(
    features: ArrayLike,
    target: ArrayLike,
    *,
    batch_size: int = 128,
    batches: int = 100,
    seed: int = 0,
) -> list[BatchRow]:
    """The last of a number of shuffled batches, whose prototypes those before it have taught.

    Parameters
    ----------
    features, target
        (N, Z) and (N,), classes 0 to K - 1, each with an example.
    batch_size, batches, seed
        Of the shuffles.

    Raises
    ------
    InputError
        If the shapes do not fit, or a class is empty.

    >>> rng = np.random.default_rng(0)
    >>> rows = batch_rows(rng.normal(size=(60, 3)), np.repeat([0, 1], [50, 10]), batch_size=30, batches=5)
    >>> [row.kind for row in rows].count("sample"), rows[-1].kind, rows[-1].label
    (30, 'prototype', 1)
    """
    z, y = torch.from_numpy(as_real("features", features)), torch.as_tensor(np.asarray(target))
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise InputError(f"target has shape {tuple(y.shape)}: must be ({len(z)},)")
    size = as_whole("batch_size", batch_size, 1, len(z))
    rdr = DensityRatioWeights(torch.bincount(y).numpy(), z.shape[1])
    *before, last = shuffled_batches(len(z), size, as_whole("batches", batches, 2), seed)
    for batch in before:
        rdr.update(z[batch], y[batch])
    own, of = z[last], y[last]
    centre = rdr.prototypes.mean(dim=0)
    plane = torch.linalg.svd(rdr.prototypes - centre, full_matrices=False).Vh[:2].T
    seen = of.unique()
    means = torch.stack([own[of == label].mean(dim=0) for label in seen])
    places = [((points - centre) @ plane).tolist() for points in (own, means, rdr.prototypes)]
    told = (rdr.ratio(own, of), rdr(own, of), rdr.inverse_prior[of])
    samples = zip(of.tolist(), places[0], *(values.tolist() for values in told), strict=True)
    rows = [BatchRow("sample", label, *place, *values) for label, place, *values in samples]
    rows += [BatchRow("mean", int(y), *place) for y, place in zip(seen, places[1], strict=True)]
    return rows + [BatchRow("prototype", y, *place) for y, place in enumerate(places[2])]


def weight_shares(rows: Sequence[BatchRow]) -> dict[int, tuple[float, float]]:
    """Of each class in the batch: its share of the samples, and of their weight.

    >>> rows = [BatchRow("sample", y, 0, 0, 1.0, w, 1.0) for y, w in ((0, 0.5), (0, 0.5), (1, 3.0))]
    >>> weight_shares(rows)[1]
    (0.3333333333333333, 0.75)
    """
    samples = [row for row in rows if row.kind == "sample"]
    whole = sum(row.weight for row in samples)
    return {
        label: (len(own) / len(samples), sum(row.weight for row in own) / whole)
        for label in sorted({row.label for row in samples})
        for own in [[row for row in samples if row.label == label]]
    }


@styled
def draw(rows: Sequence[BatchRow]) -> CaptionedFigure:
    """Four panels in the order of the computation.

    Raises
    ------
    InputError
        If fewer than two classes have samples.
    """
    samples = [row for row in rows if row.kind == "sample"]
    shares = weight_shares(rows) if samples else {}
    if len(shares) < 2:
        raise InputError(f"{len(shares)} classes have samples in the batch: must be at least 2")
    figure = Figure(figsize=(WIDTH, 5.0), layout="constrained")
    (first, second), (third, fourth) = figure.subplots(2, 2)
    _plane(first, rows)
    by_class = [row.label for row in samples]
    look = _dots(SERIES[0])
    second.plot(by_class, [row.ratio for row in samples], **look)
    second.axhline(1.0, color=SERIES[2].colour, linestyle=SERIES[2].dash)
    second.set_title("2  density ratios")
    third.plot(by_class, [row.weight for row in samples], **look)
    third.set_yscale("symlog", linthresh=0.01)
    third.set_title("3  weights")
    width = 0.4
    for place, (name, at) in enumerate((("samples", 0), ("weight", 1))):
        heights = [share[at] for share in shares.values()]
        where = np.array(list(shares)) + (place - 0.5) * width
        fourth.bar(where, heights, width, color=SERIES[place].colour, label=name)
    fourth.legend()
    fourth.set_title("4  shares of the batch")
    for axes in (second, third, fourth):
        axes.set_xlabel("class, frequent to rare")
        axes.set_xticks(list(shares))
    return CaptionedFigure(
        "ratio_framework",
        "One batch on its way through density-ratio weights",
        _finding(samples, shares),
        "1: features in the plane in which the prototypes are furthest apart, of the first and the last "
        "class with three samples in the batch; an arrow leads from a class's mean in it to its prototype."
        " 2: each sample's density ratio by moment matching, 1 where mean and prototype agree. 3: ratio "
        "times inverse frequency, of mean 1 over the batch. 4: what each class then has of the batch, "
        "before and after.",
        figure,
    )


def _dots(look: Look) -> dict[str, Any]:
    return {"linestyle": "none", "alpha": 0.5, "markersize": 3, **look.points()}


def _plane(axes: Axes, rows: Sequence[BatchRow]) -> None:
    sizes = Counter(row.label for row in rows if row.kind == "sample")
    shown = sorted(label for label in sizes if sizes[label] >= min(3, max(sizes.values())))
    for look, label in zip(SERIES, dict.fromkeys((shown[0], shown[-1])), strict=False):
        own = {
            kind: np.array([row[2:4] for row in rows if row.kind == kind and row.label == label])
            for kind in ("sample", "mean", "prototype")
        }
        axes.plot(*own["sample"].T, label=f"class {label}", **_dots(look))
        axes.annotate(
            "",
            own["prototype"][0],
            own["mean"][0],
            arrowprops={"arrowstyle": "-|>", "color": look.colour, "linewidth": 1.5},
        )
    axes.legend()
    axes.set_title("1  features, prototypes")
    axes.set_xlabel("first direction")
    axes.set_ylabel("second")


def _finding(samples: Sequence[BatchRow], shares: dict[int, tuple[float, float]]) -> str:
    ratios = np.array([row.ratio for row in samples])
    last = max(shares)
    return (
        f"{len(samples)} samples of {len(shares)} classes: ratios from {ratios.min():.2f} to "
        f"{ratios.max():.2f}, {100 * np.mean(ratios < 0):.0f} % of them below 0. Class {last} has "
        f"{100 * shares[last][0]:.1f} % of the samples and {100 * shares[last][1]:.1f} % of the weight, "
        f"class {min(shares)} {100 * shares[min(shares)][0]:.1f} % and {100 * shares[min(shares)][1]:.1f} %."
    )
