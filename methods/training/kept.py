"""Networks that a run kept: read back as members, the features they make of training examples, their head.

Checked by: features that give the kept network's own logits, and folders that keep none.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ...theory.foundation.validation import InputError
from ..data import Dataset
from ..results.checkpoint import read_checkpoint
from ..results.run_results import load_results
from .devices import alone
from .finishing import member_file, network_file
from .member import Member, build_member
from .recipe import Recipe

if TYPE_CHECKING:
    from lightning_fabric import Fabric

__all__ = ["kept_classifiers", "kept_features"]

BATCH = 512


def kept_network(folder: Path, method: str, seed: int) -> Path:
    """The file of a member's network."""
    return network_file(member_file(folder / "members", method, seed))


def kept_member(
    folder: Path, method: str, seed: int, data: Dataset, recipe: Recipe, fabric: "Fabric"
) -> Member:
    """A member as it was at the end of its training."""
    member = build_member(method, seed, data, recipe, fabric)
    state = read_checkpoint(kept_network(folder, method, seed))
    member.model.load_state_dict(state["model"])
    member.criterion.load_state_dict(state["criterion"])
    return member


@torch.no_grad()
def kept_features(folder: str | Path, method: str, seed: int = 0) -> tuple[Tensor, Tensor]:
    """What the last layer of a kept network is given for the training examples: (N, Z), and their classes.

    Raises
    ------
    InputError
        If the folder has no finished run, or did not keep this network.

    Examples
    --------
    >>> import tempfile
    >>> from counterpoise.methods.training import Recipe, run
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(Recipe(methods=("ce",), seeds=1, epochs=1), folder, keep_networks=True)
    ...     features, target = kept_features(folder, "ce")
    >>> len(features) == len(target) == sum(results.class_counts)
    True
    """
    data, member = _kept(Path(folder), method, seed)
    member.model.eval()
    batches = data.train_images.split(BATCH)
    found = torch.cat([member.model(data.prepared(part))[1] for part in batches])
    return found, data.train_labels.flatten()


def kept_classifiers(folder: str | Path, method: str, seed: int = 0) -> Tensor:
    """The weights (K, Z) of the last layer of a kept network, a row a class, without its intercepts.

    Raises
    ------
    InputError
        As `kept_features`, or if the network has no linear layer named ``head``.

    Examples
    --------
    >>> import tempfile
    >>> from counterpoise.methods.training import Recipe, run
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(Recipe(methods=("ce",), seeds=1, epochs=1), folder, keep_networks=True)
    ...     tuple(kept_classifiers(folder, "ce").shape)
    (10, 64)
    """
    _, member = _kept(Path(folder), method, seed)
    head = getattr(member.model, "head", None)
    if not isinstance(head, torch.nn.Linear):
        raise InputError(f"method = {method!r}: the head of its network is not one linear layer")
    return head.weight.detach()


def _kept(folder: Path, method: str, seed: int) -> tuple[Dataset, Member]:
    recipe = Recipe.from_dict(load_results(folder).recipe)
    if not kept_network(folder, method, seed).exists():
        raise InputError(
            f"{folder} keeps no network of {method}, seed {seed}: train with --keep-checkpoints"
        )
    data = recipe.dataset(seed)
    return data, kept_member(folder, method, seed, data, recipe, alone("cpu", None))
