"""All arms in a setting, by one command: recall by class, in ``adapters_members.csv``.

``python -m counterpoise.paper_figs.adapters.runs OUT [SETTING ...]``, by default those for a CPU;
``whole`` adapts all of the network, for a GPU. Heads and adapters train by the shared loop, paired by
seed: the same images, batches and beginnings. Checked by: a small world, every arm.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from ...methods.data import Dataset
from ...methods.losses import MarginSoftmaxLoss
from ...methods.models.lora import AdaptedNet, begin_at_class_means, fit_features, with_adapters
from ...methods.optim import build_optimizer
from ...methods.registry import method_of
from ...methods.sampling.prototypes import (
    calibrated_features,
    calibration_strength,
    constrained_kmeans,
    debiased_centres,
)
from ...methods.training.devices import alone
from ...methods.training.loop import train
from ...methods.training.measure import class_accuracy
from ...methods.training.member import Member
from ...methods.training.recipe import Recipe
from ...methods.weights import UniformWeights, Unscheduled
from ...theory.foundation.files import write_atomically
from ...theory.vector_scaling import logit_adjustment_offset
from ..stored import FOLDER
from .settings import SETTINGS, Setting, drawn

if TYPE_CHECKING:
    from lightning_fabric import Fabric

__all__ = ["ARMS", "MEMBERS", "measured", "write_members"]

ARMS = {
    "probe": "linear head on the frozen features, cross-entropy",
    "probe-la": "the same, logit adjustment",
    "moved": "linear head on the moved features themselves, no adapter (the released code)",
    "own-mean": "adapters that learn features contracted to their own class's mean, then a linear head",
    "deblora": "adapters that learn features contracted to the de-biased centres, then a linear head",
    "deblora-la": "the same adapters, a head by logit adjustment",
    "lora": "adapters and a linear head together, cross-entropy",
    "lift": "adapters and a cosine head that begins at the class means, logit adjustment (LIFT)",
}
"""What is compared."""
MEMBERS = "adapters_members.csv"
CPU = ("features", "last-layer")
RANK, SCALE = 16, 30.0


class _Standard(nn.Module):
    """Features by the mean and deviation of the frozen network's, on the training images."""

    mean: Tensor
    std: Tensor

    def __init__(self, features: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", features.mean(dim=0))
        self.register_buffer("std", features.std(dim=0).clamp(min=1e-6))

    def forward(self, features: Tensor) -> Tensor:
        return (features - self.mean) / self.std


class _World:
    """A data set, the frozen network with standardised features, and how heads on it are trained."""

    def __init__(self, data: Dataset, setting: Setting, seed: int, fabric: "Fabric") -> None:
        self.data, self.setting, self.seed, self.fabric = data, setting, seed, fabric
        self.counts = data.class_counts.numpy()
        network = setting.network().requires_grad_(False).eval().to(fabric.device)
        self.body = nn.Sequential(network, _Standard(_answers(network, data.train_images)))
        self.frozen = self.featured(self.body)

    def generator(self) -> torch.Generator:
        return torch.Generator().manual_seed(self.seed)

    def featured(self, body: nn.Module, train_features: Tensor | None = None) -> Dataset:
        """The data as a body sees them; training features may be others."""
        data = self.data
        found = _answers(body, data.train_images) if train_features is None else train_features
        return replace(data, train_images=found, test_images=_answers(body, data.test_images))

    def adapted(self) -> nn.Module:
        return with_adapters(self.body, RANK, generator=self.generator()).to(self.fabric.device)

    def learnt(self, centres: np.ndarray) -> tuple[Tensor, Dataset]:
        """Features contracted to centres, and the data as adapters see them that have learnt these."""
        data, kept = self.data, calibration_strength(self.counts)
        labels, features = data.train_labels.cpu().numpy(), self.frozen.train_images
        moved = calibrated_features(features.cpu().numpy(), labels, centres, kept)
        wanted = torch.from_numpy(moved).to(features)
        body = self.adapted()
        epochs, generator = self.setting.epochs, self.generator()
        fit_features(body, data.train_images, wanted, epochs=epochs, generator=generator)
        return wanted, self.featured(body)

    def recall(
        self, method: str, data: Dataset, body: nn.Module | None = None, head: str = "linear"
    ) -> Tensor:
        """Of a head that is trained on data, and with it what trains of a body."""
        size = self.frozen.train_images.shape[1]
        classes = len(data.class_counts)
        net = AdaptedNet(body or nn.Identity(), size, classes, head, self.generator())
        criterion = method_of(method).build_loss(self.counts)
        if head == "cosine":
            begin_at_class_means(net.head, self.frozen.train_images.cpu(), data.train_labels.cpu())
            offset = logit_adjustment_offset(self.counts, 1.0)
            criterion = MarginSoftmaxLoss(scale=SCALE, offset=offset, reduction="none")
        recipe = Recipe(
            methods=(method,), epochs=self.setting.epochs, batch_size=32, lr=0.02, warmup=1,
            weight_decay=5e-4, curve_points=1,
        )  # fmt: skip
        member = _member(net, criterion, method, recipe, self.seed, self.fabric)
        train(member, data, recipe, self.fabric, lambda member: None)
        return class_accuracy(net, data.test_images, data.test_labels)


def measured(data: Dataset, setting: Setting, seed: int, fabric: "Fabric") -> Iterator[tuple]:
    """Every arm with its recall of each class, (K,)."""
    world = _World(data, setting, seed, fabric)
    frozen, labels = world.frozen, data.train_labels.cpu().numpy()
    features = frozen.train_images.cpu().numpy()
    yield "probe", world.recall("ce", frozen)
    yield "probe-la", world.recall("la", frozen)
    clusters = constrained_kmeans(features, setting.clusters, setting.min_size, seed)
    wanted, learnt = world.learnt(debiased_centres(labels, clusters))
    yield "moved", world.recall("ce", world.featured(world.body, wanted))
    yield "deblora", world.recall("ce", learnt)
    yield "deblora-la", world.recall("la", learnt)
    means = np.stack([features[labels == k].mean(axis=0) for k in range(len(data.class_counts))])
    yield "own-mean", world.recall("ce", world.learnt(means)[1])
    yield "lora", world.recall("ce", data, world.adapted())
    yield "lift", world.recall("la", data, world.adapted(), "cosine")


def write_members(out: str | Path, names: Sequence[str] = CPU, folder: str | Path = FOLDER) -> None:
    """Measure settings and write a row a setting, seed, arm and class; what ``out`` holds is taken."""
    fabric = alone("auto", "32-true")
    for name in names:
        setting = SETTINGS[name]
        source = setting.source(Path(out), setting.largest)
        rows = []
        for seed in range(setting.seeds):
            data = drawn(source, setting, seed).to(fabric.device)
            counts = data.class_counts.tolist()
            for arm, recall in measured(data, setting, seed, fabric):
                rows += [
                    (name, seed, arm, count, hit)
                    for count, hit in zip(counts, recall.tolist(), strict=True)
                ]
        _put(Path(folder) / MEMBERS, name, rows)


def _put(path: Path, name: str, rows: Sequence[tuple]) -> None:
    """Rows of a setting into the table of all, in place of those it has."""
    new = pd.DataFrame(rows, columns=["setting", "seed", "arm", "count", "recall"])
    old = pd.read_csv(path) if path.exists() else new.iloc[:0]
    found = {**dict(iter(old.groupby("setting"))), name: new}
    table = pd.concat([found[known] for known in SETTINGS if known in found])
    write_atomically(path, table.to_csv(index=False, float_format="%.5g").encode())


def _member(
    net: nn.Module,
    criterion: nn.Module,
    method: str,
    recipe: Recipe,
    seed: int,
    fabric: "Fabric",
) -> Member:
    """What the loop trains: a network that is there already."""
    trained = [own for own in net.parameters() if own.requires_grad]
    optimizer = build_optimizer(
        "sgd", trained, lr=recipe.lr, momentum=recipe.momentum,
        weight_decay=recipe.weight_decay, settings={},
    )  # fmt: skip
    model, optimizer = fabric.setup(net, optimizer)
    return Member(
        method=method,
        seed=seed,
        model=model,
        criterion=criterion.to(fabric.device),
        schedule=Unscheduled(),
        source=UniformWeights(),
        optimizer=optimizer,
        batch_order=torch.Generator().manual_seed(seed),
        augmentation=torch.Generator().manual_seed(seed),
        draws=torch.Generator(fabric.device).manual_seed(seed),
    )


@torch.no_grad()
def _answers(body: nn.Module, images: Tensor) -> Tensor:
    return torch.cat([body(batch) for batch in images.split(256)])


if __name__ == "__main__":
    place, *chosen = sys.argv[1:]
    write_members(place, chosen or CPU)
