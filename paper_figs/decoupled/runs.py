"""The runs of difficulty, influence and second stages by one command.

``python -m counterpoise.paper_figs.decoupled.runs predict`` writes predictions into the stored folders;
``... runs OUT`` trains under them in OUT and stores the results; names after OUT choose among the runs.
Checked by: a small run, foretold, trained and stored.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import copyfile

from ...methods.results.prediction_file import PREDICTION
from ...methods.training import recipe_of, run
from ...theory.foundation.files import output_folder
from ..meta_weights.runs import predict_runs
from ..stored import FOLDER, store
from .foretold import RUNS

__all__ = ["train_runs"]


def train_runs(
    out: str | Path,
    names: Sequence[str] = tuple(RUNS),
    folder: str | Path = FOLDER,
    jobs: int = 1,
) -> None:
    """Train runs under their predictions and store them; what is finished in ``out`` stays as it is."""
    for name in names:
        place, stored = Path(out) / name, Path(folder) / name
        output_folder(place)
        copyfile(stored / PREDICTION, place / PREDICTION)
        run(recipe_of(name), place, resume=True, jobs=jobs)
        store(place, stored)


if __name__ == "__main__":
    place, *chosen = sys.argv[1:]
    if place == "predict":
        predict_runs(names=chosen or tuple(RUNS))
    else:
        train_runs(place, chosen or tuple(RUNS), jobs=2)
