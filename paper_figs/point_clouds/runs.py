"""What is measured on the run on drawn trees, and one tree as two networks see it.

Checked by: a small run, trained, stored and measured.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from torch import Tensor

from ...methods.data.point_clouds import TESTED, draw_forest
from ...methods.registry import base_of
from ...methods.results.run_results import load_results
from ...methods.training import Recipe
from ...methods.training.devices import alone
from ...methods.training.kept import kept_member
from ...methods.training.measure import predict
from ...theory.foundation.files import write_atomically
from ..stored import FOLDER
from .foretold import METHOD

__all__ = ["MEASURES", "MEMBERS", "RUN", "TREE", "measure"]

RUN = "trees"
MEMBERS, TREE = "point_clouds_members.csv", "point_clouds_tree.csv"
MEASURES = ("specificity", "sensitivity", "balanced_accuracy", "g_mean", "auroc")
"""Share of wood that is called wood, of leaves that are called leaf; their means; and the AUROC."""


def measure(out: str | Path, folder: str | Path = FOLDER) -> None:
    """Write the measures of the run as trained in ``out``, and the tree."""
    place, folder = Path(out) / RUN, Path(folder)
    _write(folder / MEMBERS, pd.DataFrame(_measured(place)))
    _write(folder / TREE, _one_tree(place))


def _measured(place: Path) -> Iterator[dict[str, object]]:
    """A row a member. A rule after training moves a threshold: its AUROC is that of its base."""
    from sklearn.metrics import roc_auc_score

    results = load_results(place)
    recipe = Recipe.from_dict(results.recipe)
    area: dict[tuple[str, int], float] = {}
    for member in results.members:
        base, data = (base_of(member.method), member.seed), recipe.dataset(member.seed)
        if base not in area:
            score = _scores(place, *base, recipe, data.test_images)
            area[base] = float(roc_auc_score(data.test_labels.flatten(), score))
        leaf, wood = member.class_accuracy
        yield {
            "method": member.method,
            "seed": member.seed,
            "specificity": wood,
            "sensitivity": leaf,
            "balanced_accuracy": member.balanced_accuracy,
            "g_mean": (leaf * wood) ** 0.5,
            "auroc": area[base],
        }


def _scores(place: Path, method: str, seed: int, recipe: Recipe, clouds: Tensor) -> Tensor:
    """By how much the logit of wood exceeds that of leaf, of all points."""
    data = recipe.dataset(seed)
    member = kept_member(place, method, seed, data, recipe, alone("cpu", None))
    logits = predict(member.model, data.prepared(clouds))
    return logits[:, 1] - logits[:, 0]


def _one_tree(place: Path) -> pd.DataFrame:
    """The first test tree of seed 0, each point once: metres, whether it is wood, and who calls it wood."""
    recipe = Recipe.from_dict(load_results(place).recipe)
    forest = draw_forest(TESTED, recipe.imbalance_factor, (0, 1))
    own = forest.tree_of == 0
    index, first = np.unique(forest.point_of[own], return_index=True)
    tree, clouds = forest.trees[0], forest.split.images[own]
    columns = dict(zip("xyz", tree.points[index].T, strict=True))
    called = {m: _scores(place, m, 0, recipe, clouds).numpy()[first] > 0 for m in ("ce", METHOD)}
    flags = {"wood": tree.wood[index], **called}
    return pd.DataFrame({**columns, **{name: flag.astype(int) for name, flag in flags.items()}})


def _write(path: Path, table: pd.DataFrame) -> None:
    text = table.to_csv(index=False, float_format="%.5g")
    write_atomically(path, text.encode())
