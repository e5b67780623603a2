"""What a step costs: cross-entropy, density ratios, SAM, and SAM with density ratios, in turn.

The steps are those of training, on random images of CIFAR's shape, by a ResNet-32; rounds are interleaved
and the ratios are of medians, so that they hold on a machine that is not idle. After Luo et al., Figure 2.
"""

import csv
import statistics
import time
from pathlib import Path
from typing import Any

from ...theory.foundation.forms import formed

__all__ = ["STEPS", "measure_times", "time_costs"]

STEPS = {
    "CE": ("ce", "sgd"),
    "RDR": ("density-ratio", "sgd"),
    "SAM": ("ce", "sam"),
    "SAM(RDR)": ("density-ratio", "sam"),
}
"""By the name of the figure: a method and an optimiser."""


def measure_times(
    model: str = "resnet32", batch_size: int = 128, rounds: int = 9
) -> list[tuple[str, float, float]]:
    """Rows of name, milliseconds a step, and that over the time of cross-entropy."""
    import torch
    from lightning_fabric import Fabric

    from ...methods.data import Dataset
    from ...methods.training import Recipe
    from ...methods.training.member import build_member
    from ...methods.training.step import Batch, take_step

    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (batch_size, 3, 32, 32), dtype=torch.uint8, generator=generator)
    target = torch.arange(batch_size) % 10
    counts = torch.bincount(target)
    names = tuple(map(str, range(10)))
    data = Dataset("random", names, counts, images, target, images, target)
    fabric = Fabric(accelerator="cpu", devices=1)
    steps: dict[str, Any] = {}
    for name, (method, optimizer) in STEPS.items():
        recipe = Recipe(methods=(method,), model=model, optimizer=optimizer, seeds=1)
        member = build_member(method, 0, data, recipe, fabric)
        constants = member.schedule.stage(recipe.epochs - 1).constants(member.criterion)
        steps[name] = member, recipe.epochs - 1, Batch(data.prepared(images), target), constants
    spent: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, (member, epoch, batch, constants) in steps.items():
            begun = time.perf_counter()
            take_step(member, epoch, batch, constants, fabric)
            spent[name].append(1e3 * (time.perf_counter() - begun))
    medians = {name: statistics.median(own[1:]) for name, own in spent.items()}
    return [(name, round(own, 1), round(own / medians["CE"], 3)) for name, own in medians.items()]


def time_costs(path: Path) -> str:
    """The section of the page."""
    with path.open() as opened:
        lines = [
            (row["method"], row["milliseconds"], row["times_ce"]) for row in csv.DictReader(opened)
        ]
    return "\n".join(
        [
            "## What a step costs",
            "",
            "ResNet-32, batches of 128, one thread, medians of interleaved steps, measured with `python -m "
            "counterpoise.paper_figs.density_ratio.page times`, here on a machine that did other work too: "
            "differences of a twentieth say nothing. Figure 2 of Luo et al. has no numbers.",
            "",
            formed(lines, ("step", "milliseconds", "times CE"), "markdown"),
            "",
        ]
    )
