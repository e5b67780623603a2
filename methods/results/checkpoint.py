"""Checkpoints that survive a crash: written whole or not at all, and refused if damaged.

A write goes to a temporary file, is forced to disk, and replaces the old file in one step. Checked
by: killing a run at arbitrary moments, and by damaging files.
"""

import hashlib
import io
from pathlib import Path
from typing import Any

import torch

from ...theory.foundation.files import write_atomically
from ...theory.foundation.validation import InputError

__all__ = ["discard", "read_checkpoint", "write_checkpoint"]

MAGIC = b"counterpoise checkpoint 1\n"
DIGEST_BYTES = hashlib.sha256().digest_size


def write_checkpoint(path: Path, state: Any) -> None:
    """Write tensors and plain containers atomically, with a digest of the content."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    payload = buffer.getvalue()
    write_atomically(path, MAGIC + hashlib.sha256(payload).digest() + payload)


def read_checkpoint(path: Path) -> Any:
    """What `write_checkpoint` wrote, on the CPU; `InputError` names the file if it is damaged."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    start = len(MAGIC) + DIGEST_BYTES
    payload = content[start:]
    if content[:start] != MAGIC + hashlib.sha256(payload).digest():
        raise InputError(f"{path} is damaged: delete it, and its training starts anew")
    return torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)


def discard(path: Path) -> None:
    """Remove a file if it is there; `InputError` names it if it cannot be removed."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot remove {path}: {error.strerror}") from None
