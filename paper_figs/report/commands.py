"""The exact commands that measured what a report shows, read off the data themselves.

Checked by: a test that gives every command to the command line's own parser.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import xarray as xr

from ..results import Results

if TYPE_CHECKING:
    from ..evidence import Evidence

__all__ = ["exact_commands"]

_FIGURES = {
    "simulation": ("regime_map", "simulation_agreement"),
    "certified": ("certified_map",),
    "losses": ("loss_map",),
    "coverage": ("bound_coverage", "plug_in_regret"),
    "training": ("balanced_accuracy", "class_accuracy", "class_weights"),
    "bound": ("bound_watch",),
}


def exact_commands(evidence: "Evidence") -> dict[str, str]:
    """By the name of each figure, the command that measures what it is drawn from."""
    found = {}
    if evidence.simulation is not None:
        found["simulation"] = _simulate(evidence.simulation)
    if evidence.certified is not None:
        found["certified"] = _map(evidence.certified)
    if evidence.losses is not None:
        options = _grid(evidence.losses)
        found["losses"] = _command("losses", options, evidence.losses, ("ridge", "evaluation_eta"))
    if evidence.coverage is not None:
        found["coverage"] = _coverage(evidence.coverage)
    if evidence.training is not None:
        found["training"] = _train(evidence.training)
        if evidence.bound is not None:
            found["bound"] = f"{found['training']} --watch bound"
    return {figure: found[part] for part in found for figure in _FIGURES[part]}


def _simulate(dataset: xr.Dataset) -> str:
    return _command("simulate", _grid(dataset), dataset, ("draws", "seed"))


def _map(dataset: xr.Dataset) -> str:
    named = [
        f"--{name} {dataset.attrs[name]}" for name in ("rule", "loss") if name in dataset.attrs
    ]
    return _command("map", [*named, *_grid(dataset)], dataset, ("tau", "ridge"))


def _grid(dataset: xr.Dataset) -> list[str]:
    grid = [("eta", "eta"), ("kappa", "kappa"), ("separability", "Delta")]
    return [f"--{option} {_listed(dataset[name].values)}" for option, name in grid]


def _coverage(dataset: xr.Dataset) -> str:
    options = [f"--n {_listed(dataset.n.values)}"]
    return _command("coverage", options, dataset, ("imbalance_factor", "sets", "delta", "seed"))


def _train(results: Results) -> str:
    recipe = results.recipe
    options = [f"--data {recipe['data']}"] if str(recipe["data"]).isidentifier() else []
    options += [f"--method {method}" for method in recipe.get("methods", ())]
    options += [f"--imbalance-factor {recipe['imbalance_factor']:g}", f"--seeds {recipe['seeds']}"]
    options += [f"--epochs {recipe['epochs']}"] if "epochs" in recipe else []
    return " ".join(["counterpoise train", *options])


def _command(verb: str, options: list[str], dataset: xr.Dataset, attributes: Iterable[str]) -> str:
    told = [
        f"--{name.replace('_', '-')} {_number(dataset.attrs[name])}"
        for name in attributes
        if name in dataset.attrs
    ]
    return " ".join([f"counterpoise {verb}", *options, *told])


def _listed(values: Iterable[float]) -> str:
    return ",".join(map(_number, values))


def _number(value: float) -> str:
    """The shortest text that is read back as the same number."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
