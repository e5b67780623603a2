"""Stored evidence: what a run left, made small, with the programs that trained it.

A stored folder holds the prediction, the recipe, the results (packed), the tidy table of members, their
times, what was watched of curves, weights and bounds (packed, four digits), and ``environment.json``. It is
read like any run's folder. Checked by: storing a run and reading it again, byte for byte.
"""

import gzip
import shutil
from pathlib import Path

from ..methods.results.prediction_file import PREDICTION, foretold
from ..methods.results.provenance import ENVIRONMENT, environment_of
from ..methods.results.records import read_json, write_json
from ..methods.results.run_results import PACKED, RESULTS, load_results, results_file
from ..methods.training.watched import BOUND, PACKED_BOUND, load_bound
from ..theory.foundation.files import output_folder, write_atomically
from ..theory.foundation.validation import InputError

__all__ = ["FOLDER", "store"]

FOLDER = Path(__file__).parent / "results"
"""Where the project's stored evidence lies."""
_KEPT = (PREDICTION, "recipe.json", "examples.json", "members.csv", "timings.csv", "sharpness.csv")
_DIGITS = "%.4g"  # of what was watched, which is large
_WATCHED = ("method", "seed", "epoch", "class", "count", "curve_min", "curve_q05", "curve_mean", "weight",
            "union_risk", "union_complexity", "union_deviation", "union", "data_dependent", "stratified",
            "weighted")  # fmt: skip


def store(run: str | Path, out: str | Path) -> Path:
    """Store a finished run's folder; returns where.

    Raises
    ------
    InputError
        If the run has no results, they are damaged, or they were not made under the prediction beside
        them; if it does not say what trained it; or the place holds another prediction.
    """
    run, out = Path(run), Path(out)
    results = load_results(run)  # which checks the prediction
    environment = environment_of(run)
    source = results_file(run)
    assert source is not None  # as they have just been read
    if run.resolve() == out.resolve():
        raise InputError(f"{out} is the run itself: choose another folder")
    if (out / PREDICTION).exists() and foretold(out) != results.prediction_sha256:
        raise InputError(f"{out / PREDICTION} is another prediction than that of {run}")
    output_folder(out)
    for name in _KEPT:
        if (run / name).exists():
            shutil.copyfile(run / name, out / name)
    if (run / BOUND).exists():
        table = load_bound(run)[list(_WATCHED)].to_csv(index=False, float_format=_DIGITS)
        write_atomically(out / PACKED_BOUND, gzip.compress(table.encode(), mtime=0))
    (out / RESULTS).unlink(missing_ok=True)  # which would be read in its place
    write_json(out / PACKED, read_json(source))
    write_json(out / ENVIRONMENT, environment | {"members": len(results.members)})
    return out
