"""CIFAR-10 and CIFAR-100: the original files through torchvision, or a copy stored as JPEG.

Source: Krizhevsky (2009). The JPEG copy is not bit-exact, and says so in its title. Checked by: small
files of both formats, and the counts of the real ones where they are.
"""

import io
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ...theory.foundation.validation import InputError
from .places import decoding, find_data
from .source import Part, Source

__all__ = ["read_cifar10", "read_cifar10_jpeg", "read_cifar100"]

SIZE = 32
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)  # of the field's scripts, both sets


def read_cifar10(data_dir: str | Path | None = None) -> Source:
    """CIFAR-10 as torchvision unpacks it: ``cifar-10-batches-py``, checked against its md5 sums."""
    return _torchvision("CIFAR10", "CIFAR-10", "cifar-10-batches-py", data_dir)


def read_cifar100(data_dir: str | Path | None = None) -> Source:
    """CIFAR-100 as torchvision unpacks it: ``cifar-100-python``, checked against its md5 sums."""
    return _torchvision("CIFAR100", "CIFAR-100", "cifar-100-python", data_dir)


def read_cifar10_jpeg(data_dir: str | Path | None = None) -> Source:
    """CIFAR-10 from ``cifar10_jpeg.npz``: keys ``train_jpeg``, ``train_offsets``, ``train_labels``, ...

    Image i is the file ``bytes[offsets[i]:offsets[i + 1]]``; about 30 dB from the original.
    """
    how = "a copy with JPEG images, see cifar.py for its keys"
    path = find_data("cifar10-jpeg", ["cifar10_jpeg.npz"], how, data_dir)
    with decoding(path):
        with np.load(path) as file:
            stored = {key: file[key] for key in file.files}
        parts = [
            Part(
                torch.from_numpy(stored[f"{part}_labels"].astype(np.int64)),
                _JpegReader(path, stored[f"{part}_jpeg"], stored[f"{part}_offsets"]),
            )
            for part in ("train", "test")
        ]
        names = tuple(str(name) for name in stored["class_names"])
    return Source("CIFAR-10 (JPEG copy)", names, parts[0], parts[1], MEAN, STD)


class _JpegReader:
    """Decodes the images that are asked for."""

    def __init__(self, path: Path, files: NDArray[np.uint8], offsets: NDArray[np.int32]) -> None:
        self.path = path
        self.files, self.offsets = files.tobytes(), offsets.tolist()

    def __call__(self, indices: Tensor) -> Tensor:
        images = [self._decoded(index) for index in indices.tolist()]
        return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous()

    def _decoded(self, index: int) -> NDArray[np.uint8]:
        file = self.files[self.offsets[index] : self.offsets[index + 1]]
        with decoding(self.path, f"image {index}"):
            image = Image.open(io.BytesIO(file)).convert("RGB")
            if image.size != (SIZE, SIZE):
                raise ValueError(f"it is {image.width} x {image.height} pixels")
            return np.asarray(image)


def _torchvision(kind: str, title: str, folder: str, data_dir: str | Path | None) -> Source:
    from torchvision import datasets

    name = kind.lower()
    path = find_data(name, [folder], f"unpack the archive of {title}", data_dir)
    reader: Any = getattr(datasets, kind)
    with decoding(path):
        try:
            parts = [reader(path.parent, train=train, download=False) for train in (True, False)]
        except RuntimeError:  # whose words are of downloading
            raise InputError(
                f"{path} is damaged or incomplete: unpack the archive of {title} again"
            ) from None
    train, test = map(_part, parts)
    return Source(title, tuple(parts[0].classes), train, test, MEAN, STD)


def _part(read: Any) -> Part:
    images = torch.from_numpy(read.data).permute(0, 3, 1, 2).contiguous()
    return Part(torch.tensor(read.targets), images.__getitem__)
