"""Features of a frozen body, stored once: what heads are then trained on.

A file holds the features of all training and test images of a data set in their order, so every profile
and subset of it can be drawn later. Checked by: a stopped extraction that goes on, and the features of one
image beside those of a whole set.
"""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from ...theory.foundation.files import check_output_file, output_folder, write_atomically
from ...theory.foundation.validation import InputError, as_whole
from ..data import Part, open_source
from ..data.places import decoding
from ..models.backbones import Backbone, features_of, load_backbone
from .memory import keep_freed_memory

__all__ = ["store_features"]

BATCH = 8  # images at once: what they need stays in a core's cache
SHARD = 5000  # images between two writes


def store_features(
    data: str,
    backbone: str,
    out: str | Path,
    *,
    data_dir: str | Path | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Path:
    """Write ``X``, ``y``, ``X_test``, ``y_test``, ``class_names`` to an ``.npz`` file; resumes if stopped.

    Parameters
    ----------
    data
        A data set of images, see `counterpoise.methods.data.load`.
    backbone
        A name of `BACKBONES`.
    out
        The file. Parts lie beside it in a folder of the same name until it is whole.
    progress
        Called with the numbers of images done and in all.

    Raises
    ------
    InputError
        If the data set or the weights are missing, or the file cannot be written.
    """
    out = check_output_file(Path(out).with_suffix(".npz"))
    source, body = open_source(data, data_dir=data_dir), load_backbone(backbone)
    if threads is not None:
        torch.set_num_threads(as_whole("threads", threads, 1))
    parts = out.with_suffix(".parts")
    output_folder(parts)
    keep_freed_memory()
    total = len(source.train.labels) + len(source.test.labels)
    stored: dict[str, np.ndarray] = {"class_names": np.array(source.class_names)}
    done = 0
    for name, part in (("", source.train), ("_test", source.test)):
        blocks = []
        for start in range(0, len(part.labels), SHARD):
            key = hashlib.sha256(f"{data} {backbone} {name} {start}".encode()).hexdigest()[:16]
            blocks.append(_block(parts / f"{key}.npy", part, start, body))
            done += len(blocks[-1])
            if progress is not None:
                progress(done, total)
        stored[f"X{name}"], stored[f"y{name}"] = np.concatenate(blocks), part.labels.numpy()
    _write(out, stored)
    for file in parts.iterdir():
        file.unlink()
    parts.rmdir()
    return out


def _block(file: Path, part: Part, start: int, body: Backbone) -> np.ndarray:
    if file.exists():
        with decoding(file):
            return np.load(file)
    indices = torch.arange(start, min(start + SHARD, len(part.labels)))
    images = part.read(indices)
    if images.dtype != torch.uint8 or images.ndim != 4:
        raise InputError(f"data: images of shape {tuple(images.shape)} are needed, as uint8")
    found = torch.cat([features_of(body, batch) for batch in images.split(BATCH)]).half().numpy()
    buffer = io.BytesIO()
    np.save(buffer, found)
    write_atomically(file, buffer.getvalue())
    return found


def _write(out: Path, stored: dict[str, np.ndarray]) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, **stored)  # type: ignore[arg-type]
    write_atomically(out, buffer.getvalue())
