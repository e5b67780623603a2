"""Where data sets lie on this machine: a folder that is named, or ``COUNTERPOISE_DATA``, or ``data``.

Nothing is downloaded. Checked by: each way of naming the folder, the message when nothing is there, and
files of every kind that are cut or altered.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ...theory.foundation.validation import InputError

__all__ = ["VARIABLE", "data_folder", "decoding", "find_data"]

VARIABLE = "COUNTERPOISE_DATA"


def data_folder(data_dir: str | os.PathLike[str] | None = None) -> Path:
    """The folder that holds data sets: the one given, else that of the environment, else ``data``.

    >>> data_folder("/somewhere").name
    'somewhere'
    """
    return Path(data_dir or os.environ.get(VARIABLE) or "data")


def find_data(
    name: str, wanted: Sequence[str], how: str, data_dir: str | os.PathLike[str] | None = None
) -> Path:
    """The first of the wanted files or folders that is there.

    Raises
    ------
    InputError
        If none is; says where it looked and how to get the data.
    """
    folder = data_folder(data_dir)
    for place in wanted:
        if (folder / place).exists():
            return folder / place
    raise InputError(
        f"data {name!r}: no {' or '.join(wanted)} in {folder.resolve()}; {how}, and name the folder by "
        f"--data-dir or {VARIABLE}"
    )


@contextmanager
def decoding(path: str | os.PathLike[str], part: str = "") -> Iterator[None]:
    """What a decoder raises on a damaged file, as one line that names the file, and perhaps a part of it.

    Decoders promise no kind of error: that of a cut archive is zipfile's, of a picture PIL's, of a table
    pandas's or Arrow's.

    >>> with decoding("rows.npz"):
    ...     raise EOFError("no more")
    Traceback (most recent call last):
    counterpoise.theory.foundation.messages.InputError: rows.npz is damaged or of another format: no more
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        place = f"{path}, {part}" if part else f"{path}"
        if isinstance(error, OSError) and error.errno is not None:
            raise InputError(f"{place} cannot be read: {error.strerror}") from None
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        if isinstance(error, ImportError):
            raise InputError(f"{place} cannot be read: {said}") from None
        raise InputError(f"{place} is damaged or of another format: {said}") from None
