"""Long-tailed data sets, loaded by name: images, labels and class counts, balanced at test time."""

from collections.abc import Callable

from ...theory.foundation.validation import one_of
from .digits import Dataset, load_digits_lt
from .long_tailed import long_tailed_indices

__all__ = ["DATASETS", "Dataset", "load", "load_digits_lt", "long_tailed_indices"]

DATASETS: dict[str, Callable[[float, int], Dataset]] = {"digits": load_digits_lt}


def load(name: str, imbalance_factor: float = 100.0, seed: int = 0) -> Dataset:
    """The data set of that name, made long-tailed; an unknown name is answered with near ones."""
    return DATASETS[one_of("data", name, DATASETS)](imbalance_factor, seed)
