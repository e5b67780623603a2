"""From the state of an epoch to its rows: curves, local constants and bounds, by the theory's functions.

Union and data-dependent bound: Wang et al. (NeurIPS 2023); weighted bound and curves B': Luo et al. (NeurIPS
2024); the stratified bound and the levels that pay for choosing p from the data are derived in
`counterpoise.theory.bounds`. Checked by: `vs_certificate`, brute force, and sums over classes.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ...theory.bounds import (
    NormBall,
    data_dependent_bound,
    norm_ball,
    peeling_cost,
    peeling_level,
    rdr_bound,
    rdr_curve,
    stratified_bound,
)
from ...theory.bounds.class_bounds import union_terms
from ...theory.bounds.data_dependent_bound import class_summands
from ...theory.vector_scaling import LossConstants, local_lipschitz_constant, vs_loss_constants
from .adjustment import Adjustment, scales
from .class_state import ClassState, probability_quantile

COLUMNS = (
    "epoch", "class", "count", "seen",
    "p_min", "p_q05", "p_mean", "min_logit", "curve_min", "curve_q05", "curve_mean",
    "weight", "min_margin", "mean_margin", "train_accuracy", "risk", "lipschitz", "summand", "level",
    "radius", "union_risk", "union_complexity", "union_deviation",
    "union", "data_dependent", "stratified", "weighted", "norm",
)  # fmt: skip
"""What `BoundWatch` says of a class in an epoch; from ``union`` on of all classes together."""

SHARE = 0.05  # of the quantile
Row = dict[str, Any]


class Known(NamedTuple):
    """What an epoch is judged by beside its state: counts (K,), class weights (K,), and the bounds' terms."""

    counts: NDArray[np.float64]
    held: Adjustment
    class_weight: NDArray[np.float64]
    norm: float | None
    delta: float


def class_rows(state: ClassState, known: Known, epoch: int) -> list[Row]:
    """A row a class, `COLUMNS` each; None where undefined: a class that was not seen, no norm."""
    columns = _measures(state, known) | {"epoch": epoch}
    columns |= _bounds(columns, state, known)
    listed = {name: _listed(columns.get(name), known.counts.size) for name in COLUMNS}
    return [
        {name: values[y] for name, values in listed.items()} | {"class": y}
        for y in range(known.counts.size)
    ]


def _measures(state: ClassState, known: Known) -> Row:
    held = {name: part.cpu().numpy().astype(np.float64) for name, part in state._asdict().items()}
    seen, counts = held["seen"], known.counts
    there = seen > 0

    def mean(name: str) -> NDArray[np.float64]:
        return np.divide(held[name], seen, out=np.full(seen.shape, np.nan), where=there)

    least = np.exp(np.where(there, held["log_probability"], np.nan))
    found = {
        "count": counts.astype(np.int64),
        "seen": seen.astype(np.int64),
        "p_min": least,
        "p_q05": probability_quantile(state, SHARE),
        "p_mean": np.minimum(mean("probabilities"), 1.0),
        "min_logit": held["logit"],
        "weight": mean("weights") * known.class_weight,
        "min_margin": held["margin"],
        "mean_margin": mean("margins"),
        "train_accuracy": mean("correct"),
        "risk": mean("losses"),
        "halved": mean("halved"),
    }
    kinds = ("min", "q05", "mean")
    probability = np.stack([found[f"p_{kind}"] for kind in kinds])
    curves = rdr_curve(counts, np.nan_to_num(probability))
    for kind, curve in zip(kinds, curves, strict=True):
        found[f"curve_{kind}"] = np.where(there, curve, np.nan)
    constants = local_lipschitz_constant(1.0, _scale(known), np.nan_to_num(least))
    constants = np.where(there, constants, np.nan)
    found["lipschitz"] = found["weight"] * constants / _temperature(known)
    found["summand"] = class_summands(found["lipschitz"], counts / counts.sum())
    if known.norm is not None and held["squares"].any():
        found["radius"] = np.sqrt(mean("squares"))
    return found


def _bounds(columns: Row, state: ClassState, known: Known) -> Row:
    """Bounds on the balanced risk of the adjusted loss, clipped at the levels; nothing if a part lacks."""
    least, radius = columns["p_min"], columns.get("radius")
    chosen = peeling_level(np.minimum(np.nan_to_num(least), np.nextafter(1.0, 0.0)))
    level = np.where(np.isnan(least), np.nan, chosen.level)
    # the levels are chosen by the data: each choice has its share of delta
    delta = known.delta * math.exp(-float(peeling_cost(chosen.number)))
    risks = np.where(least >= chosen.level, columns["risk"], columns["halved"])
    if radius is None or not np.isfinite([risks, radius]).all() or delta < np.finfo(float).tiny:
        return {"level": level}
    assert known.norm is not None  # as there are radii
    ball = norm_ball(known.norm, radius)
    plain = vs_loss_constants(1.0, _scale(known), chosen.level)
    constants = LossConstants(plain.lipschitz / _temperature(known), plain.upper)
    given = (known.counts, np.minimum(risks, constants.upper))
    terms = union_terms(*given, constants, ball, delta=delta)
    return {
        "level": level,
        "norm": known.norm,
        "union_risk": terms.empirical,
        "union_complexity": terms.complexity,
        "union_deviation": terms.deviation,
        "union": float(terms.total.sum()),
        "data_dependent": float(data_dependent_bound(*given, constants, ball, delta=delta).total),
        "stratified": float(stratified_bound(*given, constants, ball, delta=delta).total),
        "weighted": _weighted(*given, columns["weight"], constants, ball, delta),
    }


def _weighted(
    counts: NDArray[np.float64],
    risks: NDArray[np.float64],
    weight: NDArray[np.float64],
    constants: LossConstants,
    ball: NormBall,
    delta: float,
) -> float | None:
    if not (np.isfinite(weight) & (weight > 0)).all():
        return None  # rho is infinite
    return float(rdr_bound(counts, risks, weight, constants, ball, delta=delta).total)


def _scale(known: Known) -> NDArray[np.float64]:
    return scales(known.held, known.counts.size)


def _temperature(known: Known) -> NDArray[np.float64]:
    """rho_y: a class's examples see all scales divided by it."""
    given = known.held.get("temperature")
    if given is None:
        return np.ones(known.counts.size)
    return torch.as_tensor(given).double().cpu().numpy()


def _listed(column: Any, classes: int) -> list[Any]:
    """Numbers by class; None for what is undefined, so that it is an empty cell."""
    if column is None or np.ndim(column) == 0:
        return [column] * classes
    values = column.tolist()
    for y in np.flatnonzero(~np.isfinite(column)):
        values[y] = None
    return values
