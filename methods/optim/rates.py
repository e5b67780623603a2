"""The learning rate of an epoch, by name.

Source: cosine annealing of Loshchilov and Hutter (ICLR 2017), once and without restarts, after the
linear warm-up that the field's scripts use. Checked by: its values at the first, middle and last epoch.
"""

import math
from collections.abc import Callable

__all__ = ["RATES", "cosine"]


def cosine(lr: float, epoch: int, epochs: int, warmup: int) -> float:
    """A linear warm-up of ``warmup`` epochs, times a cosine from the first epoch to the end."""
    warm = min(1.0, (epoch + 1) / warmup) if warmup else 1.0
    return lr * warm * (1.0 + math.cos(math.pi * epoch / epochs)) / 2.0


# Each takes the recipe's rate, the epoch counted from 0, the epochs in all and those of warm-up.
RATES: dict[str, Callable[[float, int, int, int], float]] = {
    "cosine": cosine,
}
