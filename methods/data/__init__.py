"""Long-tailed data sets, loaded by name: images, labels and class counts, balanced at test time."""

from collections.abc import Callable
from typing import NamedTuple

from ...theory.foundation.validation import one_of
from .dataset import Dataset, Split
from .digits import load_digits_lt
from .long_tailed import long_tailed_indices

__all__ = ["DATASETS", "Dataset", "Split", "load", "load_digits_lt", "long_tailed_indices"]


class Source(NamedTuple):
    """How a data set is made: from imbalance factor, seed, and validation examples per class."""

    build: Callable[[float, int, int], Dataset]
    validation: int  # how many, if a method needs some and the recipe does not say


DATASETS: dict[str, Source] = {
    "digits": Source(load_digits_lt, validation=18),
}


def load(name: str, imbalance_factor: float = 100.0, seed: int = 0, validation: int = 0) -> Dataset:
    """The data set of that name, made long-tailed; an unknown name is answered with near ones.

    ``validation``: examples per class that are set apart, neither trained nor tested on.

    >>> load("digits", imbalance_factor=10).class_counts.tolist()
    [120, 92, 71, 55, 43, 33, 25, 20, 15, 12]
    """
    return DATASETS[one_of("data", name, DATASETS)].build(imbalance_factor, seed, validation)
