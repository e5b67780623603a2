"""What the functions that Meta-Weight-Net learnt say, and the rates of meta-softmax, once runs are trained.

Checked by: a small run, trained, stored and measured.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr
from torch import nn
from torch.nn.functional import cross_entropy

from ...methods.data import Dataset
from ...methods.results.checkpoint import read_checkpoint
from ...methods.results.run_results import load_results
from ...methods.training import Recipe
from ...methods.training.devices import alone
from ...methods.training.kept import kept_member, kept_network
from ...methods.training.measure import predict
from ...methods.training.member import build_member
from ...methods.weights import MetaWeights
from ...theory.foundation.files import write_atomically
from ..stored import FOLDER

__all__ = ["CURVES", "LEARNS", "MEMBERS", "RATES", "RUNS", "learnt", "measure", "rated"]

LEARNS = {
    "imbalance": "meta-weight-net",
    "noise": "meta-weight-net",
    "sampling": "meta-softmax",
}
"""The method that looks ahead, by setting."""
RUNS = {
    "digits-meta-imbalance": "imbalance",
    "digits-meta-noise": "noise",
    "cifar10-heads-meta-imbalance": "imbalance",
    "cifar10-heads-meta-noise": "noise",
    "digits-meta-sampler": "sampling",
}
"""Recipes, and which of the two settings of Shu et al. each is, or that of Ren et al."""
CURVES, MEMBERS, RATES = "meta_curves.csv", "meta_members.csv", "meta_rates.csv"
POINTS = 21  # of a curve
DIGITS = "%.5g"


def measure(out: str | Path, name: str, folder: str | Path = FOLDER) -> None:
    """Write the curves and members, or the rates, of a run in ``out``, beside those of the others."""
    if RUNS[name] == "sampling":
        _put(Path(folder) / RATES, name, rated(Path(out) / name))
        return
    curves, members = learnt(Path(out) / name)
    _put(Path(folder) / CURVES, name, curves)
    _put(Path(folder) / MEMBERS, name, members)


def learnt(run_folder: str | Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the kept functions of a run weigh: points of their curves, and a row a seed.

    Losses are those of the trained network on its training images. Weights are divided by their mean over
    these images, as only ratios matter. ``rise`` is the logarithm of the weight at the losses' 95th
    percentile over that at the 5th, ``begun`` the same of the function before it learnt; ``rank`` the
    rank correlation of losses and weights; ``rare`` the logarithm of the mean weight of images of the
    rarer half of the classes over that of the others; ``wrong`` the same of wrong labels over right ones.
    Empty where there are none.
    """
    place = Path(run_folder)
    recipe = Recipe.from_dict(load_results(place).recipe)
    found = {seed: _losses(place, seed, recipe) for seed in range(recipe.seeds)}
    end = max(np.quantile(losses, 0.99) for _, losses, _ in found.values())
    grid = np.linspace(0.0, float(end), POINTS)
    curves, members = [], []
    for seed, (source, losses, data) in found.items():
        weights = _weights(source, losses)
        level = weights.mean()
        curves += [
            (seed, *point) for point in zip(grid, _weights(source, grid) / level, strict=True)
        ]
        said = _said(source, losses, weights) | _halves(weights, data, seed, recipe)
        begun = _said(_begun(seed, data, recipe), losses, weights)["rise"]
        members.append({"seed": seed, **said, "begun": begun})
    return pd.DataFrame(curves, columns=["seed", "loss", "weight"]), pd.DataFrame(members)


def rated(run_folder: str | Path) -> pd.DataFrame:
    """The rates that a run's samplers ended with: a row a seed and class, with its training images."""
    place = Path(run_folder)
    recipe = Recipe.from_dict(load_results(place).recipe)
    rows = []
    for seed in range(recipe.seeds):
        data = recipe.dataset(seed)
        source, _ = _kept(LEARNS["sampling"], place, seed, data, recipe)
        rates, counts = source.rates.tolist(), data.class_counts.tolist()
        rows += [(seed, *own) for own in zip(range(len(counts)), counts, rates, strict=True)]
    return pd.DataFrame(rows, columns=["seed", "class", "count", "rate"])


def _kept(
    method: str, place: Path, seed: int, data: Dataset, recipe: Recipe
) -> tuple[Any, nn.Module]:
    """The source of a kept member, as it had learnt, and its network."""
    member = kept_member(place, method, seed, data, recipe, alone("cpu", None))
    member.source.load_state_dict(read_checkpoint(kept_network(place, method, seed))["source"])
    return member.source, member.model


def _losses(
    place: Path, seed: int, recipe: Recipe
) -> tuple[MetaWeights, NDArray[np.float64], Dataset]:
    """A kept member's function, and the losses of its network on its training images."""
    data = recipe.dataset(seed)
    source, network = _kept(LEARNS["imbalance"], place, seed, data, recipe)
    logits = predict(network, data.train_images, prepare=data.prepared).double()
    losses = cross_entropy(logits, data.train_labels, reduction="none")
    return source, losses.detach().numpy() + 0.0, data  # no -0


def _begun(seed: int, data: Dataset, recipe: Recipe) -> MetaWeights:
    """The function as a member begins with it."""
    member = build_member(LEARNS["imbalance"], seed, data, recipe, alone("cpu", None))
    source: Any = member.source
    return source


def _weights(source: MetaWeights, losses: NDArray[np.float64]) -> NDArray[np.float64]:
    return source.curve(torch.from_numpy(losses)).numpy()


def _said(
    source: MetaWeights, losses: NDArray[np.float64], weights: NDArray[np.float64]
) -> dict[str, float]:
    low, high = np.quantile(losses, [0.05, 0.95])
    ends = _weights(source, np.array([low, high]))
    return {
        "low": low,
        "high": high,
        "rise": float(np.log(ends[1] / ends[0])),
        "rank": float(spearmanr(losses, weights).statistic),
    }


def _halves(
    weights: NDArray[np.float64], data: Dataset, seed: int, recipe: Recipe
) -> dict[str, float]:
    """Rare classes over the others, and wrong labels over right ones."""
    labels, counts = data.train_labels.numpy(), data.class_counts.numpy()
    found = {"rare": np.nan, "wrong": np.nan}
    if recipe.imbalance_factor > 1:
        rarer = np.argsort(counts, kind="stable")[: len(counts) // 2]
        found["rare"] = _log_ratio(weights, np.isin(labels, rarer))
    if recipe.label_noise:
        clean = replace(recipe, label_noise=0.0).dataset(seed).train_labels.numpy()
        found["wrong"] = _log_ratio(weights, labels != clean)
    return found


def _log_ratio(weights: NDArray[np.float64], which: NDArray[np.bool_]) -> float:
    return float(np.log(weights[which].mean() / weights[~which].mean()))


def _put(path: Path, name: str, rows: pd.DataFrame) -> None:
    """Rows of a run into a table of all, in place of those it has."""
    found: dict[Any, Any] = dict(iter(pd.read_csv(path).groupby("run"))) if path.exists() else {}
    found[name] = rows.assign(run=name)[["run", *rows.columns]]
    table = pd.concat([found[known] for known in RUNS if known in found])
    write_atomically(path, table.to_csv(index=False, float_format=DIGITS).encode())
