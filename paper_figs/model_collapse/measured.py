"""The run behind the page: every world measured after its prediction, and stored world by world.

``python -m counterpoise.paper_figs.model_collapse.measured predict`` writes the prediction, ``... run`` does
the rest, and goes on where it was stopped. Checked by: reading what was stored.
"""

import json
import sys
from pathlib import Path

import numpy as np
import xarray as xr

from ...methods.results.provenance import commit, versions
from ...simulations.models import models_over_imbalance, with_rates
from ...simulations.models.over_imbalance import MEASURED
from ...simulations.storage import load_dataset, save_dataset
from ...theory.foundation.files import output_folder
from ...theory.foundation.validation import InputError
from ..stored import FOLDER
from .foretold import PREDICTION, foretell
from .worlds import SEED, WORLDS, World

__all__ = ["load_world", "measure", "measure_world"]


def measure(cells: str | Path, data_dir: str | None = None) -> None:
    """Measure every world that is not stored yet; finished replicates are kept in a folder."""
    if not PREDICTION.exists():
        raise InputError(
            f"{PREDICTION} is missing: a prediction is written before what it is about"
        )
    output_folder(cells)
    for name, world in WORLDS.items():
        if not _file(name).exists():
            measured = measure_world(world, data_dir, Path(cells) / name)
            measured.attrs |= {"versions": json.dumps(versions()), "commit": commit()}
            save_dataset(measured, _file(name))


def measure_world(
    world: World, data_dir: str | None = None, checkpoint: Path | None = None
) -> xr.Dataset:
    """What cannot be had from the rest, in single precision."""
    measured = models_over_imbalance(
        world.source(data_dir),
        world.eta,
        replicates=world.replicates,
        seed=SEED,
        checkpoint=checkpoint,
    )
    counts = measured[["n1", "n0"]].astype(np.int32)
    return measured[list(MEASURED)].astype(np.float32).assign(counts.data_vars)


def load_world(name: str) -> xr.Dataset:
    """All measures of a stored world."""
    stored = load_dataset(_file(name))
    return with_rates(stored.astype(np.float64))


def _file(name: str) -> Path:
    return FOLDER / f"model_collapse_{name}.nc"


if __name__ == "__main__":
    if sys.argv[1:] == ["predict"]:
        foretell()
    elif sys.argv[1:2] == ["run"] and len(sys.argv) == 3:
        measure(sys.argv[2])
    else:
        sys.exit(
            "usage: python -m counterpoise.paper_figs.model_collapse.measured predict | run CELLS"
        )
