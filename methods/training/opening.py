"""The folder of a run as it is found: new, foretold, begun, or another's.

Checked by: folders with runs, recipes and predictions that do not belong together.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...theory.foundation.files import output_folder
from ...theory.foundation.validation import InputError
from ..data import Dataset
from ..results.checkpoint import discard
from ..results.examples import note_examples
from ..results.prediction_file import (
    FORETOLD,
    PREDICTION,
    check_foretold,
    foretold,
    read_predictions,
)
from ..results.provenance import note_environment
from ..results.records import encode, read_json, write_json
from ..results.run_results import RECIPE, RESULTS, load_results
from .recipe import Recipe

__all__ = ["open_folder", "resumed"]


def resumed(out: str | Path, **options: Any) -> Recipe:
    """The recipe of the run in a folder, begun or foretold, to go on with; else that of the options.

    Parameters
    ----------
    options
        Fields of a `Recipe`; None stands for what is not asked for.

    Raises
    ------
    InputError
        If an option differs from what the run in the folder has, or its recipe.json is damaged.

    Examples
    --------
    >>> resumed("folder-without-a-run", seeds=3, epochs=None).seeds
    3
    """
    path = Path(out) / RECIPE
    if path.exists():
        content = read_json(path)
    elif (Path(out) / PREDICTION).exists():
        content = {**read_predictions(out).recipe}
    else:
        return Recipe.given(**options)
    if not isinstance(content, dict):
        raise InputError(f"{path} is damaged: it holds no recipe; delete it")
    content.pop(FORETOLD, None)
    recipe = Recipe.from_dict(content)
    for name, value in options.items():
        if value is None:
            continue
        asked = Recipe.from_dict({**content, "validation": None, name: value})
        if getattr(asked, name) != getattr(recipe, name):
            theirs = getattr(recipe, name)
            raise InputError(
                f"{name} = {value!r}: the run in {out} has {theirs!r}; leave the option out to go on "
                "with it, or choose another folder"
            )
    return recipe


def open_folder(out: Path, recipe: Recipe, data: Dataset, resume: bool) -> str | None:
    """Make a run's folder, or see that the run in it is this one, foretold as it says.

    Returns the SHA-256 of the prediction that it is trained under, if there is one.

    Raises
    ------
    InputError
        If it holds a run and ``resume`` is False, another recipe's run, one on other examples, or a
        prediction that was not there before training.
    """
    path = out / RECIPE
    written = [file for file in (path, out / RESULTS, out / "members") if file.exists()]
    if written and not resume:
        raise InputError(f"{out} already holds a run: pass resume, or choose another folder")
    output_folder(out / "members")
    for leftover in out.rglob(".*.part"):  # left behind by a write that was killed
        discard(leftover)
    ours = recipe.to_dict()
    if path.exists():
        content = read_json(path)
        theirs = content if isinstance(content, dict) else {}
        check_foretold(path, theirs.pop(FORETOLD, None))
        if content != ours:
            names = (name for name in ours | theirs if theirs.get(name) != ours.get(name))
            name = next(names, "recipe")
            raise InputError(
                f"{path} has {name} = {theirs.get(name)!r}, this recipe {ours.get(name)!r}: "
                "resume with the same recipe, or choose another folder"
            )
    if (out / RESULTS).exists():
        load_results(out)
    digest = foretold(out)
    if digest:
        _check_prediction(out, ours, data)
    if digest and not path.exists() and any((out / "members").iterdir()):
        check_foretold(path, None)  # trained already
    parts = ("train_images", "train_labels", "test_images", "test_labels")
    arrays = {name: getattr(data, name).cpu().numpy() for name in parts}
    if data.validation is not None:
        held_out = (part.cpu().numpy() for part in data.validation)
        arrays |= zip(("validation_images", "validation_labels"), held_out, strict=True)
    note_examples(out, data.class_counts.tolist(), data.subset, arrays)
    note_environment(out)
    write_json(path, ours | ({FORETOLD: digest} if digest else {}))
    return digest


def _check_prediction(out: Path, recipe: Mapping[str, Any], data: Dataset) -> None:
    """Refuse a prediction that is of another recipe, or of data that have changed since."""
    predictions, path = read_predictions(out), out / PREDICTION
    if encode(predictions.recipe) != recipe:
        raise InputError(f"{path} is of another recipe: choose another folder")
    found = tuple(data.class_counts.tolist()), data.subset
    if found != (predictions.class_counts, predictions.subset):
        raise InputError(f"{path} is of other training examples: the data have changed since")
