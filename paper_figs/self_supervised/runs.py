"""Pre-training on long-tailed and on balanced images, and linear probes of what was learnt.

A small network is pre-trained by each method under each seed, and probed. Checked by: a small run,
interrupted and gone on with, and the subsets' counts.
"""

from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from time import process_time
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn.functional import avg_pool2d

from ...methods.data import Dataset, Split
from ...methods.data.grey import read_fashion_mnist
from ...methods.data.long_tailed import long_tailed_indices
from ...methods.data.source import Source
from ...methods.draws import stream
from ...methods.models import Body
from ...methods.self_supervised import (
    SDCLR,
    Boosted,
    Contrastive,
    Encoder,
    Harmonised,
    Pretraining,
    SimCLR,
    linear_probe,
    pretrain,
)
from ...methods.training.devices import alone
from ...theory.foundation.files import output_folder, write_atomically
from ...theory.imbalance import exponential_profile

__all__ = ["PLAN", "RESULTS", "RUNS", "Plan", "measure", "prepared_data"]

RESULTS = "self_supervised.csv"


class Plan(NamedTuple):
    """The size of the experiment."""

    settings: Pretraining = Pretraining(epochs=12, batch_size=128, lr=0.1, warmup=1, least_area=0.2)
    largest: int = 500
    """Images of the first class of the tail; the factor is 100."""
    shots: int = 100
    tested: int = 300
    """Of each class, to train and to test the probe."""
    seeds: int = 5
    clusters: int = 10
    width: int = 64
    """Of a projection."""


PLAN = Plan()
MEMORY = 0.7  # of losses: shorter than the authors' 0.97, as their runs are a hundred times longer
Build = Callable[[Encoder, int, Plan, int], Contrastive]
"""Of the network, the number of images, the plan and the seed."""


def _harmonised(encoder: Encoder, size: int, plan: Plan, seed: int) -> Contrastive:
    half = max(1, plan.settings.epochs // 2)
    return Harmonised(
        SimCLR(encoder), size, start=half, ramp=max(1, half // 4), refresh=max(1, half // 4),
        clusters=plan.clusters, width=plan.width, iterations=50, momentum=(0.5, 0.9),
        generator=stream(seed, "targets"),
    )  # fmt: skip


METHODS: dict[str, Build] = {
    "simclr": lambda encoder, size, plan, seed: SimCLR(encoder),
    "sdclr": lambda encoder, size, plan, seed: SDCLR(encoder),
    "sdclr-unpruned": lambda encoder, size, plan, seed: SDCLR(encoder, share=0.0),
    "bcl-i": lambda encoder, size, plan, seed: Boosted(SimCLR(encoder), size, MEMORY),
    "bcl-i-shuffled": lambda encoder, size, plan, seed: Boosted(
        SimCLR(encoder), size, MEMORY, shuffled=True, seed=seed
    ),
    "bcl-d": lambda encoder, size, plan, seed: Boosted(
        SDCLR(encoder), size, MEMORY, operations=2, least=5, drawn=True
    ),
    "gh": _harmonised,
}
RUNS = (
    *product(("long-tailed",), METHODS),
    *product(("balanced",), ("simclr", "sdclr", "bcl-i", "bcl-d", "gh")),
    ("long-tailed", "untrained"),
)
"""The images, and the method; what is not trained is probed once."""


def prepared_data(
    source: Source, seed: int, plan: Plan
) -> tuple[dict[str, Dataset], Split, np.ndarray]:
    """The long-tailed and the balanced set, of equal size; images of the probe; and the tail's counts.

    Each seed has its own order of the classes along the tail, so that no group is one of easy classes.
    """
    generator, classes = torch.Generator().manual_seed(seed), len(source.class_names)
    counts = np.empty(classes, dtype=np.int64)
    tail = exponential_profile(plan.largest, classes, 100.0)
    counts[torch.randperm(classes, generator=generator).numpy()] = tail
    labels = source.train.labels
    shots = long_tailed_indices(labels, [plan.shots] * classes, generator)
    free = torch.ones(len(labels), dtype=torch.bool)
    free[shots] = False
    pool = free.nonzero().flatten()
    each, more = divmod(int(counts.sum()), classes)
    even = each + (np.arange(classes) < more)
    tested = long_tailed_indices(
        source.test.labels, [plan.tested] * classes, torch.Generator().manual_seed(0)
    )
    found = {}
    for name, wanted in (("long-tailed", counts), ("balanced", even)):
        chosen = pool[long_tailed_indices(labels[pool], wanted, generator)]
        found[name] = Dataset(
            name=source.title,
            class_names=source.class_names,
            class_counts=torch.from_numpy(wanted),
            train_images=_halved(source.train.read(chosen)),
            train_labels=labels[chosen],
            test_images=_halved(source.test.read(tested)),
            test_labels=source.test.labels[tested],
            mean=source.mean,
            std=source.std,
        )
    return found, Split(_halved(source.train.read(shots)), labels[shots]), counts


def _halved(images: torch.Tensor) -> torch.Tensor:
    """Images in [0, 1] of half the size."""
    return avg_pool2d(images.float() / 255, 2)


def body(channels: int) -> nn.Module:
    """Three convolutions with batch normalisation, for images of 14 pixels."""
    layers: list[nn.Module] = []
    for narrow, wide in ((channels, 16), (16, 32), (32, 64)):
        layers += [
            nn.Conv2d(narrow, wide, 3, padding=1, bias=False),
            nn.MaxPool2d(2) if wide < 64 else nn.Identity(),
            nn.BatchNorm2d(wide),
            nn.ReLU(),
        ]
    body = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return body.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def measure(
    out: str | Path,
    plan: Plan = PLAN,
    runs: Sequence[tuple[str, str]] = RUNS,
    source: Source | None = None,
    first_seed: int = 2,
) -> pd.DataFrame:
    """A row a run and seed: accuracy of the probe, overall and by group, last loss, and CPU seconds."""
    out, source = Path(out), source or read_fashion_mnist()
    output_folder(out)
    table = out / RESULTS
    rows = pd.read_csv(table).to_dict("records") if table.exists() else []
    done = {(row["seed"], row["images"], row["method"]) for row in rows}
    fabric = alone("cpu", None)
    for seed in range(first_seed, first_seed + plan.seeds):
        data, shots, counts = prepared_data(source, seed, plan)
        for images, method in runs:
            if (seed, images, method) in done:
                continue
            begun, given = process_time(), data[images]
            generator = torch.Generator().manual_seed(seed)
            network = Body(body(given.image_shape[0]), 64, 2, generator=generator)
            encoder = Encoder(network, plan.width, generator)
            losses = [float("nan")]
            if method in METHODS:
                built = METHODS[method](encoder, len(given.train_images), plan, seed)
                losses = pretrain(
                    built, given, plan.settings, fabric, seed, out / f"{images}-{method}-{seed}.pt"
                )
            probed = linear_probe(encoder.network, given, shots, counts)
            rows.append({
                "seed": seed, "images": images, "method": method, **probed._asdict(),
                "loss": losses[-1], "seconds": process_time() - begun,
            })  # fmt: skip
            write_atomically(
                table, pd.DataFrame(rows).to_csv(index=False, float_format="%.5g").encode()
            )
    return pd.read_csv(table)
