"""What the page of last-layer geometry is made of: measured, and kept as files beside the stored runs.

``python -m counterpoise.paper_figs.geometry.measured`` trains free features anew, in some minutes; with
folders of runs that kept their networks it measures these instead. Checked by: rows of small worlds that
are measured anew, and the page, which reads them back.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from ...methods.results.records import write_csv
from ...methods.results.run_results import load_results
from ...simulations.geometry import (
    FrameDistances,
    descend,
    descent_sweep,
    frame_distances,
    ridge_path,
    ridge_sweep,
    trained_geometry,
)
from ...simulations.storage import load_dataset, save_dataset
from ...theory.geometry import collapse_ridge, orthogonal_minorities_imbalance
from ..stored import FOLDER

__all__ = ["COLLAPSE", "LOSSES", "TRAINED", "Collapse", "Kept", "read", "read_rows"]

COLLAPSE, LOSSES, TRAINED = (f"geometry_{name}.csv" for name in ("collapse", "losses", "trained"))
IMBALANCES = (2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 50.0, 100.0)
STOPS = (35.0, 100.0, 300.0)
RIDGES = tuple(float(f"{value:.3g}") for value in np.geomspace(0.1, 1e-9, 9))
GROUPS = ((2, 2), (4, 2), (2, 4))
"""Numbers of majority and of minority classes; the first is swept over all imbalances."""
SIZES = np.array([20.0, 8.0, 3.0, 1.0])


class Collapse(NamedTuple):
    """Distance of two minority classifiers of one size just below and just above a ridge."""

    imbalance: float
    minority_size: float
    ridge: float
    below: float
    above: float


class Kept(NamedTuple):
    """A trained network: run, seed, sizes, distances, angles inside the minority, NC1."""

    run: str
    method: str
    seed: int
    largest: int
    smallest: int
    classifiers_to_seli: float
    classifiers_to_etf: float
    embeddings_to_seli: float
    embeddings_to_etf: float
    minority_classifiers: float
    minority_embeddings: float
    variability: float


def file_of(kind: str, majority: int, minority: int) -> Path:
    """Where a sweep is kept; ``kind`` is descent or ridge."""
    return FOLDER / f"geometry_{kind}_{majority}_{minority}.nc"


def read(kind: str, majority: int, minority: int) -> xr.Dataset:
    """A sweep that was kept."""
    return load_dataset(file_of(kind, majority, minority))


def read_rows(name: str) -> list[Any]:
    """The rows of a table that was kept, in the order of its columns."""
    import pandas as pd

    return list(pd.read_csv(FOLDER / name).itertuples(index=False))


def measure_free() -> None:
    """Sweeps, thresholds and adjusted losses."""
    for majority, minority in GROUPS:
        crossing = float(orthogonal_minorities_imbalance(minority / (majority + minority)))
        near = tuple(round(crossing * factor, 3) for factor in (0.5, 0.8, 1.25, 2.0))
        grid = IMBALANCES if (majority, minority) == GROUPS[0] else near
        swept = descent_sweep(
            grid, majority_classes=majority, minority_classes=minority, stops=STOPS, draws=5
        )
        save_dataset(swept, file_of("descent", majority, minority))
    save_dataset(ridge_sweep([2.0, 10.0, 100.0], RIDGES), file_of("ridge", *GROUPS[0]))
    write_csv(FOLDER / COLLAPSE, Collapse._fields, list(_thresholds()))
    write_csv(
        FOLDER / LOSSES, ("loss", "margin", *FrameDistances._fields, "plain"), list(_losses())
    )


def _thresholds() -> Iterator[Collapse]:
    for imbalance in (2.0, 10.0, 50.0):
        for size in (4.0, 9.0):
            ridge = float(collapse_ridge(size))
            counts = [imbalance * size] * 2 + [size] * 2
            found = ridge_path(counts, [0.95 * ridge, 1.05 * ridge], seed=0)
            gaps = [float(np.linalg.norm(np.diff(one.classifiers[2:], axis=0))) for one in found]
            yield Collapse(imbalance, size, ridge, *gaps)


def _losses() -> Iterator[list[Any]]:
    """Distances to a loss's own frame, and of its classifiers to that of cross-entropy."""
    adjusted: dict[str, dict[str, Any]] = {
        "cross-entropy": {},
        "logit adjustment, offset ln n": {"offset": np.log(SIZES)},
        "LDT, margins n^(-1/4)": {"margins": SIZES**-0.25},
        "LDT, margins n^(-1/2)": {"margins": SIZES**-0.5},
        "CDT, multipliers (n/n_max)^0.2": {"multipliers": (SIZES / SIZES.max()) ** 0.2},
    }
    for name, constants in adjusted.items():
        frame = {key: value for key, value in constants.items() if key != "offset"}
        for stop, one in zip(
            STOPS[:2], descend(SIZES, stops=STOPS[:2], seed=0, **constants), strict=True
        ):
            vectors = one.classifiers, one.embeddings
            plain = frame_distances(*vectors, SIZES).classifiers_to_seli
            yield [name, stop, *frame_distances(*vectors, SIZES, **frame), plain]


def measure_trained(runs: Sequence[str]) -> None:
    """The networks that runs kept; rows of runs that are not given stay."""
    given = [Path(run) for run in runs]
    rows = [
        Kept(*row)
        for row in read_rows(TRAINED)
        if Kept(*row).run not in {run.name for run in given}
    ]
    rows += [
        kept_row(run, member.method, member.seed)
        for run in given
        for member in load_results(run).members
    ]
    write_csv(FOLDER / TRAINED, Kept._fields, rows)


def kept_row(run: Path, method: str, seed: int) -> Kept:
    """One network."""
    from ...methods.training import kept_classifiers, kept_features

    features, target = kept_features(run, method, seed)
    heads = kept_classifiers(run, method, seed)
    found = trained_geometry(heads.double().numpy(), features.double().numpy(), target.numpy())
    angles = [
        next(pair.mean for pair in pairs if pair.first == pair.second == "minority")
        for pairs in (found.classifier_angles, found.embedding_angles)
    ]
    counts, distances = np.bincount(target.numpy()), found.distances
    return Kept(
        run=run.name,
        method=method,
        seed=seed,
        largest=int(counts.max()),
        smallest=int(counts.min()),
        classifiers_to_seli=distances.classifiers_to_seli,
        classifiers_to_etf=distances.classifiers_to_etf,
        embeddings_to_seli=distances.embeddings_to_seli,
        embeddings_to_etf=distances.embeddings_to_etf,
        minority_classifiers=angles[0],
        minority_embeddings=angles[1],
        variability=found.variability,
    )


if __name__ == "__main__":
    if sys.argv[1:]:
        measure_trained(sys.argv[1:])
    else:
        measure_free()
