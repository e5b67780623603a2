"""Files that are whole or absent: a crash leaves the old content or the new, never a part.

Checked by: killed runs, and folders that cannot be written.
"""

import os
import tempfile
from pathlib import Path

from .validation import InputError

__all__ = ["output_folder", "write_atomically"]


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Write ``data`` to ``path`` in one step: temporary file, forced to disk, renamed.

    Raises
    ------
    InputError
        If the folder does not exist or cannot be written to.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        _force_to_disk(target.parent)
    except OSError as error:
        _remove(temporary)
        raise InputError(f"cannot write {target}: {error.strerror or error}") from None


def output_folder(path: str | os.PathLike[str]) -> Path:
    """The folder, made if needed, after a test that files can be written there.

    Raises
    ------
    InputError
        If it cannot be made or written to.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(
            f"cannot write to the folder {folder}: {error.strerror or error}"
        ) from None
    return folder


def _force_to_disk(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened, nor needs to be
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # the error that led here is the one to report
