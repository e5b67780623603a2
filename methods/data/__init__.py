"""Long-tailed data sets, loaded by name or path: examples, labels and class counts, balanced at test time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from ...theory.foundation.validation import InputError, InputTypeError, one_of, shown
from .assemble import PROFILES, SUBSETS, assemble
from .cifar import read_cifar10, read_cifar10_jpeg, read_cifar100
from .dataset import Dataset, Split
from .digits import load_digits_lt
from .folders import read_folder, read_listed
from .grey import read_fashion_mnist, read_fashion_tops, read_mnist
from .long_tailed import canonical_indices, indices_hash, long_tailed_indices
from .places import data_folder
from .point_clouds import load_trees
from .source import Part, Source
from .tables import read_cifar10_features, read_rows, read_shuttle, read_table

__all__ = [
    "DATASETS",
    "PROFILES",
    "SUBSETS",
    "Dataset",
    "Part",
    "Source",
    "Split",
    "assemble",
    "canonical_indices",
    "data_folder",
    "indices_hash",
    "is_path",
    "load",
    "load_digits_lt",
    "load_trees",
    "long_tailed_indices",
    "open_source",
    "read_rows",
    "validation_of",
]


@dataclass(frozen=True)
class Named:
    """A data set that a recipe can name.

    Attributes
    ----------
    read
        From the folder of data sets to the source; None for what comes with no files.
    make
        Of those, from imbalance factor, seed, validation and label noise to the data set.
    profile
        How its class counts fall unless a recipe says otherwise.
    validation
        Validation examples per class (trees: in all), if a method needs some and the recipe does not say.
    clouds
        Whether examples are clouds of points, a label a point.
    """

    read: Callable[[Any], Source] | None
    profile: str = "exponential"
    augmentation: str = "none"
    validation: int = 25
    make: Callable[[float, int, int, float], Dataset] = load_digits_lt
    clouds: bool = False


DATASETS: dict[str, Named] = {
    "digits": Named(None, validation=18),
    "cifar10": Named(read_cifar10, augmentation="crop-flip"),
    "cifar10-jpeg": Named(read_cifar10_jpeg, augmentation="crop-flip"),
    "cifar10-features": Named(read_cifar10_features),
    "cifar100": Named(read_cifar100, augmentation="crop-flip"),
    "fashion-mnist": Named(read_fashion_mnist),
    "fashion-tops": Named(read_fashion_tops),
    "mnist": Named(read_mnist),
    "trees": Named(None, validation=4, make=load_trees, clouds=True),
    "shuttle": Named(read_shuttle, profile="as-is"),
    "imagenet-lt": Named(partial(read_listed, "imagenet-lt"), profile="as-is"),
    "places-lt": Named(partial(read_listed, "places-lt"), profile="as-is"),
    "inaturalist18": Named(partial(read_listed, "inaturalist18"), profile="as-is"),
}


def load(
    name: str,
    imbalance_factor: float = 100.0,
    seed: int = 0,
    validation: int = 0,
    *,
    profile: str | None = None,
    subset: str = "canonical",
    label_noise: float = 0.0,
    label: str | None = None,
    data_dir: str | Path | None = None,
) -> Dataset:
    """The data set of that name or path, made long-tailed; an unknown name is answered with near ones.

    Parameters
    ----------
    name
        A name of `DATASETS`; or a folder of images (``train/CLASS/*``), or a CSV, Parquet, ``.npz`` or
        ``.mat`` file.
    imbalance_factor, profile, subset, validation, label_noise
        As in `assemble`; a profile of None is the data set's. The digits and the trees have one way to draw
        subsets, and refuse another profile than the exponential one.
    label
        The column of labels, for a table.
    data_dir
        Where data sets lie; else ``COUNTERPOISE_DATA``, else ``data``.

    >>> load("digits", imbalance_factor=10).class_counts.tolist()
    [120, 92, 71, 55, 43, 33, 25, 20, 15, 12]
    """
    named = _named(name)
    if named.read is None:
        if profile not in (None, named.profile):
            raise InputError(f"profile = {profile!r}: the {name} are cut to {named.profile!r} only")
        return named.make(imbalance_factor, seed, validation, label_noise)
    source = _source(name, label, str(data_folder(data_dir)), _stamp(name))
    return assemble(
        source,
        name,
        imbalance_factor=imbalance_factor,
        profile=profile or named.profile,
        subset=subset,
        seed=seed,
        validation=validation,
        label_noise=label_noise,
        augmentation=named.augmentation,
    )


def open_source(
    name: str, *, label: str | None = None, data_dir: str | Path | None = None
) -> Source:
    """The data set of that name or path as it is published, before any class is cut.

    Raises
    ------
    InputError
        If there is none, or it is one that comes without a source (the digits).

    >>> import tempfile, numpy as np
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/mine.npz", X=np.eye(8), y=[0, 1] * 4)
    ...     source = open_source(f"{folder}/mine.npz")
    >>> source.class_names, source.train.labels.tolist().count(0)
    (('0', '1'), 3)
    """
    if _named(name).read is None:
        raise InputError(f"data = {name!r}: it has one way to be drawn, see load")
    return _source(name, label, str(data_folder(data_dir)), _stamp(name))


def validation_of(name: str) -> int:
    """Validation examples per class, if a method needs some and nobody says how many.

    >>> validation_of("digits")
    18
    """
    return _named(name).validation


def is_path(name: str) -> bool:
    """Whether `load` reads a file or folder of the user's by that name.

    >>> is_path("digits"), is_path("no/such/file.csv")
    (False, False)
    """
    return name not in DATASETS and name != "" and Path(name).exists()


def _named(name: str) -> Named:
    if not isinstance(name, str):
        raise InputTypeError(f"data = {shown(name)}: must be a name or a path, as text")
    if is_path(name):
        path = Path(name)
        if path.is_dir():
            return Named(lambda _: read_folder(path), "as-is", "none")
        return Named(lambda _: read_table(path), "as-is")
    if "/" in name or name.endswith((".csv", ".parquet", ".npz", ".mat", ".tsv")):
        raise InputError(f"data = {name!r}: there is no such file or folder")
    return DATASETS[one_of("data", name, DATASETS)]


def _stamp(name: str) -> tuple[str, int, int] | None:
    """What tells a user's file from what stood there before, or elsewhere under its name."""
    if not is_path(name):
        return None
    found = Path(name).resolve()
    state = found.stat()
    return str(found), state.st_mtime_ns, state.st_size


@lru_cache(maxsize=2)
def _source(
    name: str, label: str | None, folder: str, stamp: tuple[str, int, int] | None
) -> Source:
    """A source that is read once for all members of a run, and again where its file has changed."""
    if is_path(name) and Path(name).is_file():
        return read_table(name, label)
    read = _named(name).read
    assert read is not None  # digits and trees are no source
    return read(folder)
