"""The simulations of a folder: what is written is what is returned, and a slip makes no folder."""

import pytest
from counterpoise.simulations import load_dataset
from counterpoise.simulations.folder import (
    COVERAGE,
    PLUG_IN,
    SIMULATION,
    cover_into,
    load_if_there,
    simulate_into,
)
from counterpoise.theory.foundation.validation import InputError


def test_a_simulation_is_returned_and_written(tmp_path):
    dataset = simulate_into(tmp_path / "new", [1.0, 10.0], [1.0], [2.0], draws=20, seed=3)
    assert load_dataset(tmp_path / "new" / SIMULATION).equals(dataset)


def test_coverage_and_plug_in_are_returned_and_written(tmp_path):
    written = cover_into(tmp_path, [110.0], imbalance_factor=10.0, sets=20, delta=0.05)
    for dataset, name in zip(written, (COVERAGE, PLUG_IN), strict=True):
        assert load_dataset(tmp_path / name).equals(dataset)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda out: simulate_into(out, [0.5], [1.0], [1.0], draws=2), "eta"),
        (lambda out: simulate_into(out, [1.0], [1.0, 0.0], [1.0], draws=2), "kappa"),
        (lambda out: cover_into(out, [4], imbalance_factor=10.0, sets=1, delta=0.1), "n = 4"),
        (lambda out: cover_into(out, [110], imbalance_factor=0.5, sets=1, delta=0.1), "imbalance"),
        (lambda out: cover_into(out, [110], imbalance_factor=2.0, sets=1, delta=1.0), "delta"),
    ],
)
def test_a_value_out_of_range_is_refused_before_the_folder_is_made(tmp_path, action, message):
    with pytest.raises(InputError, match=message):
        action(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_none(tmp_path):
    assert load_if_there(tmp_path / SIMULATION) is None
