"""MNIST, Fashion-MNIST and two classes of it: 28x28 grey images in IDX files, packed or not.

Source: LeCun et al. (1998); Xiao et al. (2017). Checked by: small files of the format, packed and not, a
file that is cut, and the counts of the real ones where they are.
"""

import gzip
import tempfile
from pathlib import Path

import torch
from torch import Tensor

from ...theory.foundation.validation import InputError
from .places import decoding, find_data
from .source import Part, Source

__all__ = ["read_fashion_mnist", "read_fashion_tops", "read_mnist"]

FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker",
           "Bag", "Ankle boot")  # fmt: skip
TOPS = ("T-shirt/top", "Shirt")
LARGEST = 1025  # of each that are trained on, 25 of them to validate: minutes on a processor


def read_fashion_mnist(data_dir: str | Path | None = None, name: str = "fashion-mnist") -> Source:
    """Fashion-MNIST from ``FashionMNIST/raw`` of torchvision's layout; files may be packed by gzip."""
    moments = (0.2860,), (0.3530,)
    return _read(name, "Fashion-MNIST", "FashionMNIST", FASHION, *moments, data_dir)


def read_fashion_tops(data_dir: str | Path | None = None) -> Source:
    """T-shirts against shirts, the first 1,025 training images of each: a hard pair of classes.

    Two classes of 28x28 images whose ratio is set, as in the first experiment of Sinha et al. (ACCV 2020).
    """
    whole = read_fashion_mnist(data_dir, "fashion-tops")
    parts = [_pair(whole.train, LARGEST), _pair(whole.test, None)]
    title = "Fashion-MNIST, T-shirt or shirt"
    return Source(title, TOPS, parts[0], parts[1], whole.mean, whole.std)


def _pair(part: Part, largest: int | None) -> Part:
    found = [torch.nonzero(part.labels == FASHION.index(name)).flatten() for name in TOPS]
    kept = [index[:largest] for index in found]
    place = torch.cat(kept)
    labels = torch.repeat_interleave(torch.arange(2), torch.tensor([len(index) for index in kept]))
    return Part(labels, lambda index: part.read(place[index]))


def read_mnist(data_dir: str | Path | None = None) -> Source:
    """MNIST from ``MNIST/raw`` of torchvision's layout; files may be packed by gzip."""
    digits = tuple(str(digit) for digit in range(10))
    return _read("mnist", "MNIST", "MNIST", digits, (0.1307,), (0.3081,), data_dir)


def _read(
    name: str,
    title: str,
    folder: str,
    class_names: tuple[str, ...],
    mean: tuple[float, ...],
    std: tuple[float, ...],
    data_dir: str | Path | None,
) -> Source:
    how = f"put the four IDX files of {title} there"
    raw = find_data(name, [f"{folder}/raw"], how, data_dir)
    parts = []
    for prefix in ("train", "t10k"):
        images = _idx(raw / f"{prefix}-images-idx3-ubyte")[:, None]
        labels = _idx(raw / f"{prefix}-labels-idx1-ubyte").long()
        if len(images) != len(labels):
            raise InputError(f"{raw}: {len(images)} {prefix} images, but {len(labels)} labels")
        parts.append(Part(labels, images.__getitem__))
    return Source(title, class_names, parts[0], parts[1], mean, std)


def _idx(path: Path) -> Tensor:
    from torchvision.datasets.mnist import read_sn3_pascalvincent_tensor

    packed = path.with_name(f"{path.name}.gz")
    if not path.exists() and not packed.exists():
        raise InputError(f"{path} is missing, and {packed.name} too")
    with decoding(path):
        if path.exists():
            return read_sn3_pascalvincent_tensor(str(path))
        with tempfile.NamedTemporaryFile() as unpacked:
            unpacked.write(gzip.decompress(packed.read_bytes()))
            unpacked.flush()
            return read_sn3_pascalvincent_tensor(unpacked.name).clone()
