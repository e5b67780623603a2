"""Files are whole or absent."""

import pytest
import xarray as xr
from counterpoise.simulations import load_dataset, regime_sweep, save_dataset
from counterpoise.theory.foundation.files import write_atomically
from counterpoise.theory.foundation.validation import InputError


@pytest.fixture(scope="module")
def dataset():
    return regime_sweep([1.0, 10.0], [1.0], [2.0], draws=10)


@pytest.mark.parametrize("name", ["regimes.nc", "regimes.zarr"])
def test_a_data_set_survives_the_round_trip(dataset, tmp_path, name):
    for _ in range(2):  # over what is there, too
        save_dataset(dataset, tmp_path / name)
        xr.testing.assert_identical(load_dataset(tmp_path / name), dataset)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_store_that_lost_a_part_is_refused(dataset, tmp_path):
    path = tmp_path / "regimes.zarr"
    save_dataset(dataset, path)
    (path / "zarr.json").write_bytes(b"{")
    with pytest.raises(InputError, match="not a whole Zarr store"):
        load_dataset(path)
    with pytest.raises(InputError, match="cannot be read"):
        load_dataset(tmp_path / "none.zarr")
    with pytest.raises(InputError, match="cannot write"):
        save_dataset(dataset, tmp_path / "none" / "regimes.zarr")


def test_an_interrupted_store_leaves_the_old_one(dataset, tmp_path, monkeypatch):
    path = tmp_path / "regimes.zarr"
    save_dataset(dataset, path)

    def interrupt(*args, **settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(xr.Dataset, "to_zarr", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_dataset(dataset, path)
    monkeypatch.undo()
    xr.testing.assert_identical(load_dataset(path), dataset)
    assert [path.name for path in tmp_path.iterdir()] == ["regimes.zarr"]


def test_a_data_set_cut_anywhere_is_refused(dataset, tmp_path):
    path = tmp_path / "regimes.nc"
    save_dataset(dataset, path)
    whole = path.read_bytes()
    for cut in [*range(0, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:cut])
        with pytest.raises(InputError, match="not a whole netCDF-3 file"):
            load_dataset(path)


def test_a_missing_data_set_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load_dataset(tmp_path / "none.nc")


def test_writing_leaves_nothing_but_the_file(tmp_path):
    write_atomically(tmp_path / "a", b"1")
    write_atomically(tmp_path / "a", b"2")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a", b"2")]


@pytest.mark.parametrize("place", ["missing/a", "file/a", ""])
def test_an_unwritable_place_is_refused_in_one_line(tmp_path, place):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="cannot write") as error:
        write_atomically(tmp_path / place, b"1")
    assert "\n" not in str(error.value)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
