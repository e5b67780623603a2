"""What SADE's experts predict under other test priors, once the runs are trained.

Checked by: a small run, trained, stored and measured.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from ...methods.data import Dataset
from ...methods.data.augment import crop_and_flip
from ...methods.posthoc import expert_weights
from ...methods.protocols import Output
from ...methods.results.run_results import load_results
from ...methods.training import Recipe
from ...methods.training.devices import alone
from ...methods.training.kept import kept_member
from ...theory.foundation.files import write_atomically
from ..stored import FOLDER

__all__ = ["RUNS", "SHIFTED", "measure", "shifted_accuracy"]

RUNS = (
    "digits-experts",
    "digits-experts-single",
    "digits-experts-proco",
    "digits-experts-queue",
)
SHIFTED = "experts_shifted.csv"
FACTOR, DRAWS = 10.0, 10  # of the tails of test sets, and how many are drawn of each
PRIORS = {"uniform": None, "forward": False, "backward": True}
"""Test sets: balanced, with the training set's order of frequencies, and with the opposite one."""


def measure(out: str | Path, folder: str | Path = FOLDER) -> None:
    """Write the accuracies of the first of `RUNS`, as trained in ``out``, under other test priors."""
    rows = shifted_accuracy(Path(out) / RUNS[0])
    text = rows.to_csv(index=False, float_format="%.6g")
    write_atomically(Path(folder) / SHIFTED, text.encode())


def shifted_accuracy(run_folder: str | Path) -> pd.DataFrame:
    """Accuracy of all images of test sets by seed and prior, means over draws of each, and SADE's weights.

    Columns: ``equal``, ``learnt``, and ``expert1`` to ``expert3`` alone, of ``sade``; ``la``; ``adjusted``,
    the plain network's logits under the test prior, which is then known; ``weight1`` to ``weight3``, as
    learnt.
    """
    place = Path(run_folder)
    recipe = Recipe.from_dict(load_results(place).recipe)
    rows = [
        {"seed": seed, "test": prior, **row}
        for seed in range(recipe.seeds)
        for prior, row in _of_seed(place, seed, recipe)
    ]
    return pd.DataFrame(rows).groupby(["seed", "test"], sort=False).mean().reset_index()


def _of_seed(place: Path, seed: int, recipe: Recipe) -> Iterator[tuple[str, dict[str, float]]]:
    data = recipe.dataset(seed)
    networks = {
        method: kept_member(place, method, seed, data, recipe, alone("cpu", None)).model.eval()
        for method in ("sade", "la", "ce")
    }
    for prior, backward in PRIORS.items():
        for draw in range(1 if backward is None else DRAWS):
            split = (data.test_images, data.test_labels)
            if backward is not None:
                split = data.test_under(FACTOR, backward=backward, seed=draw)
            yield prior, _row(networks, data, *split, seed=draw)


@torch.no_grad()
def _row(
    networks: dict[str, torch.nn.Module], data: Dataset, images: Tensor, labels: Tensor, seed: int
) -> dict[str, float]:
    def experts(seen: Tensor) -> Tensor:
        return Output(*networks["sade"](data.prepared(seen))).part("experts")

    def right(logits: Tensor) -> float:
        return float((logits.argmax(dim=1) == labels).double().mean())

    generator = torch.Generator().manual_seed(seed)
    first, second = (experts(_moved(images, generator)) for _ in range(2))
    learnt = expert_weights(first, second, seed=seed)
    each = experts(images)
    la, ce = (Output(*networks[name](data.prepared(images))).logits for name in ("la", "ce"))
    log_ratio = torch.log(labels.bincount(minlength=each.shape[2]) / data.class_counts)
    return {
        "equal": right(each.mean(dim=1)),
        "learnt": right((learnt[:, None] * each).sum(dim=1)),
        **{f"expert{e + 1}": right(own) for e, own in enumerate(each.unbind(1))},
        "la": right(la),
        "adjusted": right(ce + log_ratio),
        **{f"weight{e + 1}": float(own) for e, own in enumerate(learnt)},
    }


def _moved(images: Tensor, generator: torch.Generator) -> Tensor:
    """A view: each image moved by up to a pixel each way, as digits of 8 pixels bear no more."""
    top, left = torch.randint(0, 3, (2, len(images)), generator=generator)
    return crop_and_flip(images, 1, top, left, torch.zeros(len(images), dtype=torch.bool))
