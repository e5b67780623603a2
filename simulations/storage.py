"""Data sets as netCDF-3 files through SciPy or as Zarr stores, whole or absent.

netCDF-3 needs no compiled library and is read by every tool that reads netCDF. A Zarr store is a folder
of chunks, which many processes read at once. Checked by: round trips, and by cutting files at many places.
"""

import struct
import tempfile
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import xarray as xr

from ..theory.foundation.files import write_atomically
from ..theory.foundation.validation import InputError, shown

__all__ = ["load_dataset", "save_dataset"]


def save_dataset(dataset: xr.Dataset, path: Path | str) -> None:
    """Write ``dataset`` as one netCDF-3 file, or a Zarr store where the path ends so; atomically.

    `load_dataset` reads it back.

    Raises
    ------
    InputError
        If it cannot be written there, or a Zarr store is asked for and the package is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_dataset(xr.Dataset({"recall": ("eta", [0.8, 0.2])}), f"{folder}/a.nc")
    ...     load_dataset(f"{folder}/a.nc").recall.values.tolist()
    [0.8, 0.2]
    """
    if _is_zarr(path):
        _save_zarr(dataset, Path(path))
        return
    write_atomically(path, bytes(dataset.to_netcdf(engine="scipy", format="NETCDF3_64BIT")))


def load_dataset(path: Path | str) -> xr.Dataset:
    """Read a data set that `save_dataset` wrote, wholly into memory.

    Raises
    ------
    InputError
        If the file is missing, cut short, or not of the format that its name says.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_dataset(xr.Dataset(attrs={"seed": 0}), f"{folder}/a.nc")
    ...     int(load_dataset(f"{folder}/a.nc").attrs["seed"])
    0
    """
    if _is_zarr(path):
        return _load_zarr(Path(path))
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


def _is_zarr(path: Path | str) -> bool:
    if Path(path).suffix != ".zarr":
        return False
    if find_spec("zarr") is None:
        raise InputError(f"path = {shown(str(path))}: needs a package: pip install zarr")
    return True


def _save_zarr(dataset: xr.Dataset, path: Path) -> None:
    """Beside its place first, then renamed: a store that was there goes only when the new one is whole."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as beside:
            written, before = Path(beside) / "new", Path(beside) / "old"
            dataset.to_zarr(written, consolidated=False, zarr_format=3)
            if path.exists():
                path.rename(before)
            written.rename(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from None


def _load_zarr(path: Path) -> xr.Dataset:
    if not path.is_dir():
        raise InputError(f"path = {shown(str(path))}: cannot be read (no such folder)")
    try:
        with xr.open_zarr(path, consolidated=False, chunks=None) as stored:
            return stored.load()
    # like SciPy's reader: no error of its own means a damaged store
    except (ValueError, TypeError, KeyError, IndexError, OSError, RuntimeError, struct.error):
        raise InputError(
            f"path = {shown(str(path))}: not a whole Zarr store (cut short or another format)"
        ) from None
