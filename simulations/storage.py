"""Data sets as netCDF-3 files through SciPy, whole or absent.

netCDF-3 needs no compiled library and is read by every tool that reads netCDF.
Checked by: round trips, and by cutting a file at many places.
"""

import struct
from io import BytesIO
from pathlib import Path

import xarray as xr

from ..theory.foundation.files import write_atomically
from ..theory.foundation.validation import InputError, shown

__all__ = ["load_dataset", "save_dataset"]


def save_dataset(dataset: xr.Dataset, path: Path | str) -> None:
    """Write ``dataset`` as one netCDF-3 file, atomically; `load_dataset` reads it back.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_dataset(xr.Dataset({"recall": ("eta", [0.8, 0.2])}), f"{folder}/a.nc")
    ...     load_dataset(f"{folder}/a.nc").recall.values.tolist()
    [0.8, 0.2]
    """
    write_atomically(path, bytes(dataset.to_netcdf(engine="scipy", format="NETCDF3_64BIT")))


def load_dataset(path: Path | str) -> xr.Dataset:
    """Read a data set that `save_dataset` wrote, wholly into memory.

    Raises
    ------
    InputError
        If the file is missing, cut short, or not netCDF-3.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_dataset(xr.Dataset(attrs={"seed": 0}), f"{folder}/a.nc")
    ...     int(load_dataset(f"{folder}/a.nc").attrs["seed"])
    0
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"path = {shown(str(path))}: cannot be read ({error.strerror})") from None
    try:
        return xr.load_dataset(BytesIO(data), engine="scipy")
    # SciPy's reader has no error that means a damaged file: these are what it trips over.
    except (ValueError, TypeError, KeyError, IndexError, EOFError, OSError, struct.error):
        raise InputError(
            f"path = {shown(str(path))}: not a whole netCDF-3 file (cut short or another format)"
        ) from None
