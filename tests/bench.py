"""What each loss costs, forward and backward, as a multiple of ``F.cross_entropy``.

One interleaved run, so that the machine's moods hit every loss alike; the median of the ratios.
Logits lie in [-1, 1]: LDAM multiplies them by 30, and a wider range would measure how slowly the
processor adds the subnormal numbers that the softmax then consists of.
Run with ``make bench`` or ``python -m tests.bench``.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from counterpoise.methods import losses
from counterpoise.methods.training.memory import keep_freed_memory
from counterpoise.theory.imbalance import exponential_profile
from torch import Tensor
from torch.nn.functional import cross_entropy

SHAPES = ((128, 10), (128, 100), (256, 1000), (256, 8142))
ROUNDS = {20_000: 300, 300_000: 60, 3_000_000: 15}  # by the number of logits, at most
REPEATS = 10


def main() -> None:
    torch.set_num_threads(1)
    keep_freed_memory()
    columns = [measure(batch, classes) for batch, classes in SHAPES]
    print("forward + backward, cross_entropy = 1 (median of interleaved rounds, one thread)")
    print(f"{'loss':28}" + "".join(f"{f'({b}, {c})':>14}" for b, c in SHAPES))
    for name in columns[0]:
        cells = (f"{column[name]:14.2f}" if name in column else f"{'-':>14}" for column in columns)
        print(f"{name:28}" + "".join(cells))


def contenders(classes: int) -> dict[str, Callable[[Tensor, Tensor], Tensor]]:
    counts = exponential_profile(5000, classes, 100)
    pairs = np.zeros((classes, classes)) if classes <= 1000 else None  # half a gigabyte beyond
    influence = losses.InfluenceBalancedLoss()
    return {
        "cross_entropy": cross_entropy,
        "torch.nn.CrossEntropyLoss": torch.nn.CrossEntropyLoss(),  # what a module costs at least
        "MarginSoftmaxLoss": losses.MarginSoftmaxLoss(),
        "ClassBalancedLoss": losses.ClassBalancedLoss(counts),
        "LogitAdjustedLoss": losses.LogitAdjustedLoss(counts),
        "VSLoss": losses.VSLoss(counts),
        "CDTLoss": losses.CDTLoss(counts),
        "CVSLoss": losses.CVSLoss(counts),
        "LDAMLoss": losses.LDAMLoss(counts),
        "FocalLoss": losses.FocalLoss(),
        "GLALoss": losses.GLALoss(counts, 0.5),
        "GCALoss": losses.GCALoss(counts, 0.5),
        "IMMAXLoss": losses.IMMAXLoss(counts),
        **({} if pairs is None else {"PairwiseMarginLoss": losses.PairwiseMarginLoss(None, pairs)}),
        "LDAMHingeLoss": losses.LDAMHingeLoss(counts),
        "LabelAwareSmoothingLoss": losses.LabelAwareSmoothingLoss(counts, 0.3, 0.0),
        "EqualizationLoss": losses.EqualizationLoss(counts),
        "SeesawLoss": losses.SeesawLoss(classes),
        "LADELoss": losses.LADELoss(counts),
        "InfluenceBalancedLoss": lambda z, y: influence(z, y, z.detach()),
        "ClassBalancedLoss, sigmoid": losses.ClassBalancedLoss(counts, base="sigmoid"),
    }


def measure(batch: int, classes: int) -> dict[str, float]:
    generator = torch.Generator().manual_seed(0)
    logits = (2 * torch.rand(batch, classes, generator=generator) - 1).requires_grad_()
    target = torch.randint(classes, (batch,), generator=generator)
    named = contenders(classes)
    rounds = next(rounds for size, rounds in ROUNDS.items() if batch * classes <= size)
    repeats = max(1, REPEATS * rounds // max(ROUNDS.values()))
    seconds: dict[str, list[float]] = {name: [] for name in named}
    order = list(named)
    for _ in range(rounds):
        order.append(order.pop(0))  # so that none always follows the heaviest, or goes first
        for name in order:
            loss, start = named[name], time.perf_counter()
            for _ in range(repeats):
                logits.grad = None
                loss(logits, target).backward()
            seconds[name].append(time.perf_counter() - start)
    base = seconds["cross_entropy"]
    return {
        name: statistics.median(spent / plain for spent, plain in zip(times, base, strict=True))
        for name, times in seconds.items()
    }


if __name__ == "__main__":
    main()
