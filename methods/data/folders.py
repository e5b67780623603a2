"""Images in folders: one folder a class, or lists of files as the large long-tailed sets come with.

Source of the lists: ImageNet-LT and Places-LT of Liu et al. (CVPR 2019), iNaturalist 2018; a line is
``relative/path label``. Checked by: small folders and lists, counts that do not match, missing files.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ...theory.foundation.validation import InputError, as_whole
from .places import decoding, find_data
from .set_apart import set_apart
from .source import Part, Source

__all__ = ["LISTED", "read_folder", "read_listed"]

SIZES = {"imagenet-lt": (1000, 115846, 50000), "places-lt": (365, 62500, 36500),
         "inaturalist18": (8142, 437513, 24426)}  # fmt: skip
"""Classes, training images and test images of the published lists."""
LISTED = {
    "imagenet-lt": ("ImageNet-LT", "ImageNet_LT_train.txt", "ImageNet_LT_test.txt"),
    "places-lt": ("Places-LT", "Places_LT_train.txt", "Places_LT_test.txt"),
    "inaturalist18": ("iNaturalist 2018", "iNaturalist18_train.txt", "iNaturalist18_val.txt"),
}
GREY = ("1", "L", "I", "I;16", "I;16B", "F")
"""Modes of an image with one channel."""
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet


def read_folder(path: str | Path, size: int | None = None) -> Source:
    """``path/train/CLASS/*.png`` and ``path/test/CLASS/*``; without a test folder a quarter is set apart.

    Parameters
    ----------
    size
        Images are scaled to size x size; None takes the size of the first for all.

    Raises
    ------
    InputError
        If there are no classes, training and test classes differ, or a file is no image.
    """
    from torchvision.datasets import ImageFolder

    path = Path(path)
    trained = path / "train" if (path / "train").is_dir() else path
    try:
        train: Any = ImageFolder(str(trained))
        test: Any = ImageFolder(str(path / "test")) if (path / "test").is_dir() else None
    except OSError as error:
        raise InputError(f"{path}: {str(error).splitlines()[0]}") from None
    if test is not None and test.classes != train.classes:
        odd = sorted(set(test.classes) ^ set(train.classes))[0]
        raise InputError(f"{path}: class {odd!r} is in one of train and test only")
    names, shape = tuple(train.classes), _shape(train.samples[0][0], size)
    parts = [
        Part(torch.tensor(labels), _Files(files, shape))
        for files, labels in _split(train.samples, None if test is None else test.samples, names)
    ]
    moments = (0.5,) * shape[0], (0.25,) * shape[0]
    return Source(path.name, names, parts[0], parts[1], *moments)


def read_listed(
    name: str, data_dir: str | Path | None = None, size: int = 224, check: bool = True
) -> Source:
    """ImageNet-LT, Places-LT or iNaturalist 2018 from a folder ``name`` with the published lists.

    Paths of the lists are below that folder. ``check``: whether the numbers of classes and images must be
    the published ones.
    """
    title, *lists = LISTED[name]
    how = f"put the images of {title} there with the lists {lists[0]} and {lists[1]}"
    folder = find_data(name, [name], how, data_dir)
    size = as_whole("size", size, 1)
    found = [_listed(folder / file) for file in lists]
    classes = 1 + max(labels.max() for _, labels in found)
    numbers = (classes, *(len(labels) for _, labels in found))
    if check and numbers != SIZES[name]:
        raise InputError(
            f"{folder}: {numbers[0]} classes, {numbers[1]} training and {numbers[2]} test images; the "
            f"published lists of {title} have {SIZES[name][0]}, {SIZES[name][1]} and {SIZES[name][2]}"
        )
    parts = [
        Part(
            torch.from_numpy(labels),
            _Files([str(folder / file) for file in files], (3, size, size)),
        )
        for files, labels in found
    ]
    names = tuple(str(label) for label in range(classes))
    return Source(title, names, parts[0], parts[1], MEAN, STD)


class _Files:
    """Reads the image files of some indices, scaled to one shape."""

    def __init__(self, files: Sequence[str], shape: tuple[int, int, int]) -> None:
        self.files, self.shape = files, shape

    def __call__(self, indices: Tensor) -> Tensor:
        channels, height, width = self.shape
        images = []
        for file in (self.files[int(index)] for index in indices):
            with decoding(file), Image.open(file) as opened:
                image = _of_eight_bits(file, opened, channels)
                if image.size != (width, height):
                    image = image.resize((width, height), Image.Resampling.BICUBIC)
                images.append(np.asarray(image).reshape(height, width, channels))
        return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous()


def _of_eight_bits(file: str, image: Image.Image, channels: int) -> Image.Image:
    """As grey or as colour, whatever it is stored as; 16 bits of grey lose the lower ones."""
    if channels == 1 and image.mode not in GREY:
        raise InputError(
            f"{file} is in colour ({image.mode}), the first image is grey: store all alike"
        )
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) // 256).astype(np.uint8))
    elif image.mode in ("I", "F"):
        raise InputError(
            f"{file} holds values of 32 bits ({image.mode}): store 8 or 16 bits a channel"
        )
    return image.convert("L" if channels == 1 else "RGB")


def _shape(file: str, size: int | None) -> tuple[int, int, int]:
    with decoding(file), Image.open(file) as image:
        channels = 1 if image.mode in GREY else 3
        width, height = image.size
    return (channels, height, width) if size is None else (channels, size, size)


def _split(
    train: Sequence[tuple[str, int]], test: Sequence[tuple[str, int]] | None, names: Sequence[str]
) -> list[tuple[list[str], list[int]]]:
    parts = [train, test]
    if test is None:
        places = set_apart([label for _, label in train], names, "images without a test folder")
        parts = [[train[place] for place in part] for part in places]
    return [([f for f, _ in part], [y for _, y in part]) for part in parts]


def _listed(path: Path) -> tuple[list[str], np.ndarray]:
    with decoding(path):
        lines = path.read_text(encoding="utf-8").splitlines()
    files, labels = [], []
    for number, line in enumerate(lines, 1):
        file, _, label = line.rpartition(" ")
        if not file or not label.isdigit():
            raise InputError(f"{path}, line {number}: {line[:60]!r} is not 'relative/path label'")
        files.append(file)
        labels.append(int(label))
    if not files:
        raise InputError(f"{path} lists no image")
    return files, np.array(labels)
