"""All arms in a setting: recall by class, in ``adapters_members.csv``.

The setting ``whole`` adapts all of the network: for a GPU, where it has not been run yet. Heads and adapters
train by the shared loop, paired by seed: the same images, batches and beginnings. Checked by: a small world,
every arm.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
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
    "moved": "linear head on the moved features themselves, no adapter",
    "own-mean": "adapters that learn features contracted to their own class's mean, then a linear head",
    "deblora": "adapters that learn features contracted to the de-biased centres, then a linear head",
    "deblora-la": "the same adapters, a head by logit adjustment",
    "lora": "adapters and a linear head together, cross-entropy",
    "cosine-la": "cosine head on the frozen features that begins at the class means, logit adjustment",
    "lift": "the same head, and adapters: LIFT's recipe",
}
"""What is compared."""
MEMBERS = "adapters_members.csv"
CPU = ("features", "last-layer")
RANK, SCALE = 16, 30.0


Arm = Callable[[], Tensor]


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

    def class_means(self) -> np.ndarray:
        features, target = self.frozen.train_images, self.data.train_labels
        means = [features[target == label].mean(dim=0) for label in range(len(self.counts))]
        return torch.stack(means).cpu().numpy()

    @cached_property
    def debiased(self) -> tuple[Tensor, Dataset]:
        """What is learnt of the de-biased centres."""
        features, labels = self.frozen.train_images.cpu().numpy(), self.data.train_labels.cpu()
        clusters = constrained_kmeans(
            features, self.setting.clusters, self.setting.min_size, self.seed
        )
        return self.learnt(debiased_centres(labels.numpy(), clusters))

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


def measured(data: Dataset, setting: Setting, seed: int, fabric: "Fabric") -> dict[str, Arm]:
    """What measures each arm: its recall of each class, (K,)."""
    world = _World(data, setting, seed, fabric)
    return {
        "probe": lambda: world.recall("ce", world.frozen),
        "probe-la": lambda: world.recall("la", world.frozen),
        "moved": lambda: world.recall("ce", world.featured(world.body, world.debiased[0])),
        "own-mean": lambda: world.recall("ce", world.learnt(world.class_means())[1]),
        "deblora": lambda: world.recall("ce", world.debiased[1]),
        "deblora-la": lambda: world.recall("la", world.debiased[1]),
        "lora": lambda: world.recall("ce", data, world.adapted()),
        "cosine-la": lambda: world.recall("la", world.frozen, head="cosine"),
        "lift": lambda: world.recall("la", data, world.adapted(), "cosine"),
    }


def write_members(out: str | Path, names: Sequence[str] = CPU, folder: str | Path = FOLDER) -> None:
    """Measure what the table lacks of some settings, seed after seed; a row a setting, seed, arm, class."""
    fabric, path = alone("auto", "32-true"), Path(folder) / MEMBERS
    for name in names:
        setting = SETTINGS[name]
        missing = {seed: _missing(path, name, seed) for seed in range(setting.seeds)}
        if not any(missing.values()):
            continue
        source = setting.source(Path(out), setting.largest)
        for seed, arms in missing.items():
            data = drawn(source, setting, seed).to(fabric.device)
            counts, calls = data.class_counts.tolist(), measured(data, setting, seed, fabric)
            recalls = {arm: calls[arm]().tolist() for arm in arms}
            _put(
                path,
                [
                    (name, seed, arm, *one)
                    for arm, recall in recalls.items()
                    for one in zip(counts, recall, strict=True)
                ],
            )


def _missing(path: Path, name: str, seed: int) -> list[str]:
    """The arms of a setting that the table lacks."""
    if not path.exists():
        return list(ARMS)
    table = pd.read_csv(path)
    known = table.loc[(table["setting"] == name) & (table["seed"] == seed), "arm"].tolist()
    return [arm for arm in ARMS if arm not in known]


def _put(path: Path, rows: Sequence[tuple]) -> None:
    """More rows into the table, in the order of settings, seeds and arms."""
    table = pd.DataFrame(rows, columns=["setting", "seed", "arm", "count", "recall"])
    if path.exists():
        table = pd.concat([pd.read_csv(path), table])
    place = {name: number for number, name in enumerate([*SETTINGS, *ARMS])}
    table = table.sort_values(
        ["setting", "seed", "arm"],
        key=lambda column: column.map(lambda value: place.get(value, value)),
        kind="stable",
    )
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
