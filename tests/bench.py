"""What each loss costs, forward and backward, as a multiple of ``F.cross_entropy``; and what a grid costs.

One interleaved run, so that the machine's moods hit all alike; the median of the ratios. A grid of a million
cells is measured against two calls of scipy's ``ndtr`` at its arguments, in time on the clock and in
processor time, of which two cores have twice as much.
Logits lie in [-1, 1]: LDAM multiplies them by 30, and a wider range would measure how slowly the
processor adds the subnormal numbers that the softmax then consists of.
Run with ``make bench`` or ``python -m tests.bench``.
"""

import statistics
import time
from collections.abc import Callable, Iterable

import numpy as np
import torch
from counterpoise.methods import losses
from counterpoise.methods.training.memory import keep_freed_memory
from counterpoise.theory.foundation.normal import normal_cdf
from counterpoise.theory.gaussian import bayes_rates, boundary_shift
from counterpoise.theory.high_dimension import plug_in_probits, plug_in_rates
from counterpoise.theory.imbalance import exponential_profile
from scipy.special import ndtr
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
    print(
        "a grid of 10^6 cells, two calls of scipy.special.ndtr = 1 (median, and least), every core"
    )
    print(f"{'':44}{'clock':>14}{'processor':>14}")
    for name, (clock, processor) in measure_grid().items():
        cells = (f"{np.median(column):8.2f}{min(column):6.2f}" for column in (clock, processor))
        print(f"{name:44}" + "".join(cells))


def measure_grid(rounds: int = 20) -> dict[str, list[list[float]]]:
    eta, kappa = np.geomspace(1, 1000, 100)[:, None, None], np.geomspace(0.1, 30, 100)[:, None]
    Delta = np.linspace(0.3, 4, 100)
    ordered = plug_in_probits(eta, kappa, Delta)
    ratio, distance = np.geomspace(1, 1000, 100)[:, None], np.linspace(0.3, 4, 10_000)
    shift = boundary_shift(ratio, distance)
    known = [0.5 * distance - shift, 0.5 * distance + shift]
    shuffled = [np.random.default_rng(0).permutation(x.ravel()) for x in ordered]
    spread = np.random.default_rng(0).uniform(-20, 20, (2, 10**6))
    named: dict[str, tuple[Callable[[], object], Iterable[np.ndarray]]] = {
        "plug_in_rates of (eta, kappa, Delta)": (lambda: plug_in_rates(eta, kappa, Delta), ordered),
        "bayes_rates of (eta, Delta)": (lambda: bayes_rates(ratio, distance), known),
        "normal_cdf of the grid's arguments": (lambda: [normal_cdf(x) for x in ordered], ordered),
        "normal_cdf of the same, shuffled": (lambda: [normal_cdf(x) for x in shuffled], shuffled),
        "normal_cdf, uniform in [-20, 20]": (lambda: [normal_cdf(x) for x in spread], spread),
    }  # fmt: skip
    ratios: dict[str, list[list[float]]] = {name: [[], []] for name in named}
    for _ in range(rounds):
        for name, (call, arguments) in named.items():
            base = spent(lambda arguments=arguments: [ndtr(x) for x in arguments])
            for column, ours, theirs in zip(ratios[name], spent(call), base, strict=True):
                column.append(ours / theirs)
    return ratios


def spent(call: Callable[[], object]) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - clock, time.process_time() - processor


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
