"""Files that are whole or absent: a crash leaves the old content or the new, never a part.

Checked by: killed runs, and folders that cannot be written.
"""

import os
import tempfile
from pathlib import Path

from .validation import InputError

__all__ = ["check_output_file", "check_output_folder", "output_folder", "write_atomically"]


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Write ``data`` to ``path`` in one step: temporary file, forced to disk, renamed.

    A device or a pipe is written to as it stands.

    Raises
    ------
    InputError
        If the folder does not exist or cannot be written to.
    """
    target = Path(path)
    if target.exists() and not target.is_file():
        _write_into(target, data)
        return
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
    except BaseException:  # interrupted
        _remove(temporary)
        raise


def _write_into(target: Path, data: bytes) -> None:
    """Into a device or a pipe, such as /dev/stdout, which nothing should replace."""
    try:
        target.write_bytes(data)
    except OSError as error:
        raise InputError(f"cannot write {target}: {error.strerror or error}") from None


def check_output_file(path: str | os.PathLike[str]) -> Path:
    """The path, if a file can be written there; nothing is left behind by the test.

    Raises
    ------
    InputError
        If it is a folder, or lies in one that cannot be made or written to.
    """
    target = Path(path)
    try:
        if target.is_dir():
            raise InputError(f"cannot write {target}: it is a folder, name a file in it")
        if target.exists() and not target.is_file():
            return target
        _try_to_write(target.parent)
    except (OSError, ValueError) as error:
        raise _unwritable(f"cannot write {target}", error) from None
    return target


def check_output_folder(path: str | os.PathLike[str]) -> Path:
    """The path, if files can be written to a folder there; nothing is made by the test.

    Raises
    ------
    InputError
        If it is no folder, or cannot be made or written to.
    """
    folder = Path(path)
    try:
        _try_to_write(folder)
    except (OSError, ValueError) as error:
        raise _unwritable(f"cannot write to the folder {folder}", error) from None
    return folder


def _unwritable(what: str, error: OSError | ValueError) -> InputError:
    if isinstance(error, InputError):
        return error
    return InputError(f"{what}: {getattr(error, 'strerror', None) or error}")


def _try_to_write(folder: Path) -> None:
    """Put a file without a name into the folder, or into the one that it would be made in."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    with tempfile.TemporaryFile(dir=folder):
        pass


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
