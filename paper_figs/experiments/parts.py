"""What an experiment is made of: parts that are measured alone, and a page of all.

Recipes are foretold first, then trained and stored. Checked by: small runs, foretold, trained and stored.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copyfile
from typing import NamedTuple

from ...methods.predicting import predict_recipe
from ...methods.results.prediction_file import PREDICTION, write_predictions
from ...methods.training import Progress, recipe_of, run
from ...theory.foundation.files import output_folder
from ..stored import FOLDER, store

__all__ = ["Experiment", "Place", "experiment_command", "predict_runs", "train_foretold"]


class Place(NamedTuple):
    """Where a part is measured: it trains in ``out``, resumably, and its numbers go to ``results``."""

    out: Path
    results: Path
    jobs: int = 1
    progress: Callable[[Progress], None] | None = None


class Experiment(NamedTuple):
    """``measure`` measures one of ``parts``; ``write`` makes page, figure and effects among the results.

    ``large``: parts that are measured only when they are named, since they ask for a GPU.
    """

    parts: Sequence[str]
    measure: Callable[[str, Place], object]
    write: Callable[[Path], None]
    large: Sequence[str] = ()


def experiment_command(name: str, *parts: str) -> str:
    """What a reader types to measure an experiment, or parts of it, anew."""
    return " ".join([f"counterpoise experiment {name} --out OUT", *(f"--part {p}" for p in parts)])


def predict_runs(names: Sequence[str], folder: str | Path = FOLDER) -> None:
    """Write what the catalogue predicts of recipes beside where their results will be stored."""
    for name in names:
        write_predictions(Path(folder) / name, predict_recipe(recipe_of(name)))


def train_foretold(name: str, at: Place) -> Path:
    """Train a recipe under its prediction, store it, and return where its networks are.

    The prediction is that of the results, and written there if there is none. What is finished is not
    trained again.
    """
    place, stored = at.out / name, at.results / name
    if not (stored / PREDICTION).exists():
        predict_runs([name], at.results)
    output_folder(place)
    copyfile(stored / PREDICTION, place / PREDICTION)
    run(recipe_of(name), place, resume=True, jobs=at.jobs, keep_networks=True, progress=at.progress)
    store(place, stored)
    return place
