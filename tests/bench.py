"""What each loss costs, forward and backward, as a multiple of ``F.cross_entropy``.

One interleaved run, so that the machine's moods hit every loss alike; the median of the ratios.
Run with ``make bench`` or ``python -m tests.bench``.
"""

import ctypes
import statistics
import time

import torch
from counterpoise.methods import losses
from counterpoise.theory.class_counts import exponential_profile
from torch.nn.functional import cross_entropy

SHAPES = ((128, 10), (128, 100), (256, 1000))
ROUNDS = 300
REPEATS = 10


def main() -> None:
    torch.set_num_threads(1)
    keep_freed_memory()
    names, columns = [], []
    for batch, classes in SHAPES:
        ratios = measure(batch, classes)
        names = list(ratios)
        columns.append(list(ratios.values()))
    print("forward + backward, cross_entropy = 1 (median of interleaved rounds, one thread)")
    print(f"{'loss':24}" + "".join(f"{f'({b}, {c})':>14}" for b, c in SHAPES))
    for name, row in zip(names, zip(*columns, strict=True), strict=True):
        print(f"{name:24}" + "".join(f"{ratio:14.2f}" for ratio in row))


def keep_freed_memory() -> None:
    """Stop glibc from returning megabyte temporaries to the system at every call (mallopt(3))."""
    mmap_threshold, trim_threshold = -3, -1
    mallopt = getattr(ctypes.CDLL(None), "mallopt", lambda option, value: None)
    mallopt(mmap_threshold, 1_000_000_000)
    mallopt(trim_threshold, 2_000_000_000)


def measure(batch: int, classes: int) -> dict[str, float]:
    counts = exponential_profile(5000, classes, 100)
    contenders = {
        "cross_entropy": cross_entropy,
        "MarginSoftmaxLoss": losses.MarginSoftmaxLoss(),
        "ClassBalancedLoss": losses.ClassBalancedLoss(counts),
        "LogitAdjustedLoss": losses.LogitAdjustedLoss(counts),
        "VSLoss": losses.VSLoss(counts),
        "CDTLoss": losses.CDTLoss(counts),
        "LDAMLoss": losses.LDAMLoss(counts),
        "FocalLoss": losses.FocalLoss(),
    }
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(batch, classes, generator=generator, requires_grad=True)
    target = torch.randint(classes, (batch,), generator=generator)
    rounds = ROUNDS if batch * classes < 100_000 else ROUNDS // 10
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, loss in contenders.items():
            start = time.perf_counter()
            for _ in range(REPEATS):
                logits.grad = None
                loss(logits, target).backward()
            seconds[name].append(time.perf_counter() - start)
    base = seconds["cross_entropy"]
    return {
        name: statistics.median(own / one for own, one in zip(times, base, strict=True))
        for name, times in seconds.items()
    }


if __name__ == "__main__":
    main()
