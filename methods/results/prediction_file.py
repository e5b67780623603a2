"""What was predicted before a run, as a file in its folder: read, written once, and tied to results by hash.

A recipe's folder is foretold before its first step or never: the hash of the prediction is written into
recipe.json and results.json, so one that is added or changed afterwards is refused. Checked by: predictions
added, edited and exchanged after training.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...theory.foundation.files import output_folder
from ...theory.foundation.validation import InputError
from .records import decode, encode, read_json, write_json

__all__ = [
    "FORETOLD",
    "PREDICTION",
    "Prediction",
    "Predictions",
    "Rule",
    "check_foretold",
    "foretold",
    "prediction_digest",
    "read_predictions",
    "write_predictions",
]

PREDICTION = "prediction.json"
"""The file of a run's folder that holds its prediction."""
FORETOLD = "prediction_sha256"
"""Where recipe.json and results.json say which prediction they were made under."""

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a method's population optimum predicts, as far as a statement says so.

    Attributes
    ----------
    log_tilt
        (K,), mean 0: its population logits are those of the posterior plus this, up to a constant; None
        where they are not known.
    recall_weights
        (K,), of sum 1: the weighted recall that no rule exceeds it in; None where no statement gives one.
    statements
        Names of the catalogue.
    why
        Where something is None: why.

    >>> Rule(method="ce", log_tilt=(0.0, 0.0), recall_weights=(0.9, 0.1), statements=(), why="").method
    'ce'
    """

    method: str
    log_tilt: tuple[float, ...] | None
    recall_weights: tuple[float, ...] | None
    statements: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """One prediction: its kind (`counterpoise.methods.predicting.KINDS`), a method, and a rival or nothing.

    ``classes`` are those that the kind speaks of; empty where it speaks of all.

    >>> Prediction(kind="best at its weights", method="la", rival="ce", classes=()).rival
    'ce'
    """

    kind: str
    method: str
    rival: str | None
    classes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """What the catalogue predicts of a recipe on its data, before anything is trained.

    Attributes
    ----------
    recipe
        The recipe, as `Recipe.to_dict` writes it.
    subset
        SHA-256 of the training examples that seed 0 draws; empty where all are used.
    catalogue
        SHA-256 of the pinned wording of all statements (theory/pins.json).
    rules
        One a method, in the order of the recipe.
    kinds
        What each kind says, assumes and tolerates, by its name, so that nothing of it changes afterwards.
    """

    recipe: Mapping[str, Any]
    class_counts: tuple[int, ...]
    subset: str
    catalogue: str
    rules: tuple[Rule, ...]
    predictions: tuple[Prediction, ...]
    kinds: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        methods, classes = {rule.method for rule in self.rules}, range(len(self.class_counts))
        for prediction in self.predictions:
            named = {prediction.method, prediction.rival or prediction.method}
            if not named <= methods or not all(place in classes for place in prediction.classes):
                raise InputError(f"{prediction} speaks of methods or classes that are not there")

    def rule(self, method: str) -> Rule:
        """The rule of a method; `InputError` if it is not of this recipe."""
        for rule in self.rules:
            if rule.method == method:
                return rule
        raise InputError(f"the prediction has no method {method!r}")


def write_predictions(folder: str | Path, predictions: Predictions) -> str:
    """Write ``prediction.json`` before training, and return its SHA-256.

    Raises
    ------
    InputError
        If a run has begun in the folder, or it holds another prediction.
    """
    folder = Path(folder)
    path = folder / PREDICTION
    content = {"schema": SCHEMA, **encode(predictions)}
    digest = prediction_digest(content)
    if path.exists() and foretold(folder) == digest:
        return digest
    if path.exists():
        raise InputError(f"{path} holds another prediction: choose another folder")
    begun = [
        name
        for name in ("recipe.json", "results.json", "results.json.gz", "members")
        if (folder / name).exists()
    ]
    if begun:
        raise InputError(
            f"{folder} holds {begun[0]}: a prediction must be written before training; choose another "
            "folder"
        )
    output_folder(folder)
    write_json(path, {"sha256": digest, **content})
    return digest


def read_predictions(folder: str | Path) -> Predictions:
    """What `write_predictions` wrote; `InputError` if there is none, or it was changed since."""
    path = Path(folder) / PREDICTION
    if not path.exists():
        raise InputError(f"{folder} has no {PREDICTION}: run counterpoise predict there first")
    content = _content(path)
    if content.get("schema") != SCHEMA:
        raise InputError(f"{path} has schema {content.get('schema')!r}; {SCHEMA} is known here")
    try:
        return decode(
            Predictions, {k: v for k, v in content.items() if k not in ("schema", "sha256")}
        )
    except InputError as error:
        raise InputError(f"{path} is damaged: {error}") from None


def foretold(folder: str | Path) -> str | None:
    """SHA-256 of the prediction in a folder; None if there is none, `InputError` if it was changed."""
    path = Path(folder) / PREDICTION
    return _content(path)["sha256"] if path.exists() else None


def check_foretold(file: Path, claimed: str | None) -> None:
    """Refuse a folder whose prediction is not the one that a file in it was made under.

    Parameters
    ----------
    file
        A recipe.json or results.json.
    claimed
        The SHA-256 that it names; None if it names none.
    """
    found = foretold(file.parent)
    if found == claimed:
        return
    if claimed is None:
        raise InputError(
            f"{file} was made without the {PREDICTION} beside it, which was written after training"
        )
    lost = "is missing" if found is None else "is not the one beside it"
    raise InputError(f"{file} was made under prediction {claimed[:12]}…, which {lost}")


def prediction_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of a prediction's content, whatever the order of its fields."""
    kept = {name: value for name, value in content.items() if name != "sha256"}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _content(path: Path) -> dict[str, Any]:
    content = read_json(path)
    if not isinstance(content, dict) or content.get("sha256") != prediction_digest(content):
        raise InputError(f"{path} was changed since it was written: it predicts nothing")
    return content
