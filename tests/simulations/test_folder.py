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


def test_coverage_and_plug_in_are_returned_and_written(tmp_path, few_plug_in_cells):
    written = cover_into(tmp_path, [110.0], imbalance_factor=10.0, sets=20, delta=0.05)
    for dataset, name in zip(written, (COVERAGE, PLUG_IN), strict=True):
        assert load_dataset(tmp_path / name).equals(dataset)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda out: simulate_into(out, [0.5], [1.0], [1.0], draws=2), "eta"),
        (lambda out: simulate_into(out, [1.0], [1.0, 0.0], [1.0], draws=2), "kappa"),
        (
            lambda out: simulate_into(out, [1.0, 1e6], [1.0, 0.01], [1.0], draws=2),
            "lower eta or raise kappa",
        ),
        (lambda out: simulate_into(out, [1.0], [1.0], [1.0, -2.0], draws=2), "Delta"),
        (lambda out: simulate_into(out, [1.0], [1.0], [1.0], draws=1), "draws"),
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


@pytest.fixture
def few_plug_in_cells(monkeypatch):
    monkeypatch.setattr("counterpoise.simulations.folder.PLUG_IN_EXAMPLES", (500, 1000))


class Stopped(Exception):
    pass


def stop_after(cells):
    def progress(done, total):
        if done >= cells:
            raise Stopped

    return progress


def test_finished_cells_are_kept_and_give_the_same_result(tmp_path):
    grid, options = ([1.0, 10.0], [0.5, 1.0], [2.0]), {"draws": 20, "seed": 3}
    with pytest.raises(Stopped):
        simulate_into(tmp_path / "a", *grid, **options, progress=stop_after(3))
    assert not (tmp_path / "a" / SIMULATION).exists()
    seen = []
    progress = lambda done, total: seen.append((done, total))  # noqa: E731
    resumed = simulate_into(tmp_path / "a", *grid, **options, progress=progress)
    assert seen == [(3, 4), (4, 4)]
    assert resumed.equals(simulate_into(tmp_path / "b", *grid, **options))


def test_cells_of_other_settings_stand_in_the_way_until_told(tmp_path, few_plug_in_cells):
    simulate_into(tmp_path, [1.0], [1.0], [2.0], draws=20)
    with pytest.raises(InputError, match="other settings"):
        simulate_into(tmp_path, [1.0], [1.0], [2.0], draws=21)
    again = simulate_into(tmp_path, [1.0], [1.0], [2.0], draws=21, restart=True)
    assert again.attrs["draws"] == 21
    options = {"imbalance_factor": 10.0, "delta": 0.05}
    with pytest.raises(Stopped):
        cover_into(tmp_path, [110.0], sets=20, **options, progress=stop_after(3))
    with pytest.raises(InputError, match="other settings"):
        cover_into(tmp_path, [110.0], sets=21, **options)


def test_the_progress_of_two_sweeps_only_moves_forward_to_its_end(tmp_path, few_plug_in_cells):
    seen = []
    progress = lambda done, total: seen.append((done, total))  # noqa: E731
    cover_into(tmp_path, [110.0], imbalance_factor=10.0, sets=20, delta=0.05, progress=progress)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]
