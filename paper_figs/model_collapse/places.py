"""Measured collapses beside the boundaries that were published and foretold, and which is nearest.

Checked by: places made up to lie on, between and beyond the boundaries.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from ...simulations.models import BOUNDARIES, Collapse, collapse

__all__ = ["Place", "nearest", "place_text", "places"]


class Place(NamedTuple):
    """Where a model collapsed in a world."""

    model: str
    collapse: Collapse | None
    """None where the model could be fitted at fewer than two imbalances."""
    nearest: str | None
    """Of the `BOUNDARIES` by their distance in log eta; None where that is not known."""


def places(measured: xr.Dataset, told: Mapping[str, Any]) -> list[Place]:
    """Of every model of a world, in their order; ``told`` is the prediction of that world."""
    eta = (measured.n0 / measured.n1).to_numpy()
    found = []
    for model in measured.model.to_numpy():
        recall = measured.recall.sel(model=model).transpose("eta", "replicate").to_numpy()
        fitted = int(np.isfinite(recall).all(axis=1).sum())
        place = collapse(np.maximum(eta, 1.0), recall) if fitted > 1 else None
        found.append(Place(str(model), place, place and nearest(place.eta, told["boundaries"][0])))
    return found


def nearest(eta: float, boundaries: Mapping[str, float]) -> str | None:
    """The boundary with the least distance in log eta, the least of all if eta is 0; None if it is inf."""
    if eta == 0.0:
        return min(BOUNDARIES, key=boundaries.__getitem__)
    if not np.isfinite(eta):
        return None
    return min(BOUNDARIES, key=lambda name: abs(np.log(eta / boundaries[name])))


def place_text(place: Collapse | None) -> str:
    """The collapse and its interval, as text.

    >>> place_text(Collapse(5.04, 4.2, np.inf, 1, 99))
    '5.04 [4.2, > 99]'
    """
    if place is None:
        return "not fitted"

    def told(eta: float) -> str:
        if eta == 0.0:
            return f"< {place.first:.3g}"
        return f"{eta:.3g}" if np.isfinite(eta) else f"> {place.last:.3g}"

    ends: Sequence[str] = (told(place.low), told(place.high))
    return f"{told(place.eta)} [{ends[0]}, {ends[1]}]" if ends[0] != ends[1] else told(place.eta)
