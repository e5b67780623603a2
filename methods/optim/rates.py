"""The learning rate at a moment of training, by name.

Sources: cosine annealing of Loshchilov and Hutter (ICLR 2017), once and without restarts, after the linear
warm-up that the field's scripts use; the steps of Cao et al. (NeurIPS 2019) and, smaller,
of the scripts of Zhang et al. (NeurIPS 2022); one cycle of Smith (2018).
Checked by: values at the first, middle and last epoch, and torch's OneCycleLR.
"""

import math
from collections.abc import Callable

__all__ = ["RATES", "cosine", "one_cycle", "steps", "tenths"]


def cosine(lr: float, time: float, epochs: int, warmup: int) -> float:
    """A linear warm-up of ``warmup`` epochs, times a cosine from the first epoch to the end; by the epoch."""
    epoch = int(time)
    warm = min(1.0, (epoch + 1) / warmup) if warmup else 1.0
    return lr * warm * (1.0 + math.cos(math.pi * epoch / epochs)) / 2.0


def steps(lr: float, time: float, epochs: int, warmup: int) -> float:
    """A linear warm-up, then a hundredth after 80 % of the epochs and a ten thousandth after 90 %."""
    return _falling(lr, time, epochs, warmup, 1e-2, 1e-4)


def tenths(lr: float, time: float, epochs: int, warmup: int) -> float:
    """A linear warm-up, then a tenth after 80 % of the epochs and a hundredth after 90 %."""
    return _falling(lr, time, epochs, warmup, 1e-1, 1e-2)


def _falling(lr: float, time: float, epochs: int, warmup: int, then: float, last: float) -> float:
    epoch = int(time) + 1
    if epoch <= warmup:
        return lr * epoch / warmup
    return lr * (1.0 if epoch <= 0.8 * epochs else then if epoch <= 0.9 * epochs else last)


def one_cycle(lr: float, time: float, epochs: int, warmup: int) -> float:
    """Up in a straight line for ``warmup`` epochs, and down in one to the end; batch by batch."""
    if time < warmup:
        return lr * time / warmup
    return lr * (epochs - time) / (epochs - warmup)


# Each takes the recipe's rate, the time in epochs (whole before the first batch of one), the epochs in
# all and those of warm-up.
RATES: dict[str, Callable[[float, float, int, int], float]] = {
    "cosine": cosine,
    "one-cycle": one_cycle,
    "steps": steps,
    "tenths": tenths,
}
