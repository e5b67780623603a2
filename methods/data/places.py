"""Where data sets lie on this machine: a folder that is named, or ``COUNTERPOISE_DATA``, or ``data``.

Nothing is downloaded. Checked by: each way of naming the folder, and the message when nothing is there.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from ...theory.foundation.validation import InputError

__all__ = ["VARIABLE", "data_folder", "find_data"]

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
