"""A sweep is the same whoever computes it and however often it was interrupted."""

import importlib
import time
from functools import partial

import numpy as np
import pytest
import xarray as xr
from counterpoise.simulations import sweep
from counterpoise.theory.foundation.validation import InputError, InputTypeError

GRID = {"a": [1.0, 2.0, 3.0], "b": [0.5, 0.25]}


def noisy_sum(a, b, seed, *, scale=1.0):
    rng = np.random.default_rng(seed)
    return {"sum": a + b, "noise": scale * rng.normal(), "large": bool(a > 1), "whole": int(a)}


def other_sum(a, b, seed):
    return {"sum": a - b}


def weighed(weights, a, b, seed, *, scale=1.0):
    return {"weighed": a * np.sum(weights) * np.sum(scale)}


class Adder:
    def __init__(self, amount):
        self.amount = amount

    def __call__(self, a, b, seed):
        return {"sum": a + b + self.amount}

    def add(self, a, b, seed):
        return self(a, b, seed)


def adding(amount):
    return lambda a, b, seed: {"sum": a + b + amount}


def killed_at(calls, limit):
    """`noisy_sum` that is killed once it has run ``limit`` times; same name, so same checkpoint."""

    def function(a, b, seed):
        if len(calls) == limit:
            raise KeyboardInterrupt
        calls.append((a, b))
        return noisy_sum(a, b, seed)

    function.__module__, function.__qualname__ = noisy_sum.__module__, noisy_sum.__qualname__
    return function


def test_every_cell_holds_the_function_at_its_point():
    result = sweep(noisy_sum, GRID)
    assert result["sum"].dims == ("a", "b")
    assert result["sum"].sel(a=2.0, b=0.25) == 2.25
    assert result["large"].dtype == bool
    assert result["whole"].dtype.kind == "i"
    assert result.attrs["seed"] == 0


def test_no_two_cells_share_their_noise():
    assert np.unique(sweep(noisy_sum, GRID).noise).size == 6


def test_result_does_not_depend_on_the_number_of_workers():
    xr.testing.assert_identical(sweep(noisy_sum, GRID), sweep(noisy_sum, GRID, n_jobs=2))


def test_another_seed_gives_other_noise_at_the_same_points():
    first, other = sweep(noisy_sum, GRID), sweep(noisy_sum, GRID, seed=1)
    assert (first["sum"] == other["sum"]).all()
    assert (first.noise != other.noise).all()


def test_a_killed_sweep_resumes_to_the_identical_result(tmp_path):
    checkpoint, calls = tmp_path / "cells", []
    with pytest.raises(KeyboardInterrupt):
        sweep(killed_at(calls, 4), GRID, checkpoint=checkpoint)
    before = len(calls)
    resumed = sweep(killed_at(calls, 99), GRID, checkpoint=checkpoint)
    assert before == 4
    assert len(calls) == 6, "finished cells must not be computed again"
    xr.testing.assert_identical(resumed, sweep(noisy_sum, GRID))


def test_a_finished_checkpoint_answers_without_computing(tmp_path):
    first = sweep(noisy_sum, GRID, checkpoint=tmp_path / "cells")
    again = sweep(killed_at([], 0), GRID, checkpoint=tmp_path / "cells")
    xr.testing.assert_identical(first, again)


def last_first(a, b, seed):
    time.sleep(0.3 * (a < 2))
    return {"sum": a + b}


def test_the_file_does_not_depend_on_the_order_in_which_cells_end(tmp_path):
    for n_jobs in (1, 2):
        sweep(
            last_first,
            {"a": [1.0, 2.0, 3.0], "b": [0.5]},
            n_jobs=n_jobs,
            checkpoint=tmp_path / f"{n_jobs}",
        )
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_progress_counts_up_to_the_number_of_cells(tmp_path):
    seen = []
    sweep(noisy_sum, GRID, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 6) for done in range(7)]


@pytest.mark.parametrize("cut", [0, 10, 80, -1])
def test_a_truncated_checkpoint_is_refused(tmp_path, cut):
    checkpoint = tmp_path / "cells"
    sweep(noisy_sum, GRID, checkpoint=checkpoint)
    checkpoint.write_bytes(checkpoint.read_bytes()[:cut])
    with pytest.raises(InputError, match="damaged"):
        sweep(noisy_sum, GRID, checkpoint=checkpoint)


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (partial(sweep, noisy_sum, GRID, seed=1), "seed"),
        (partial(sweep, noisy_sum, {"a": [1.0]}), "grid"),
        (partial(sweep, partial(noisy_sum, scale=2.0), GRID), "settings"),
        (partial(sweep, other_sum, GRID), "function"),
    ],
)
def test_a_checkpoint_of_another_sweep_is_refused(tmp_path, call, what):
    checkpoint = tmp_path / "cells"
    sweep(noisy_sum, GRID, checkpoint=checkpoint)
    with pytest.raises(InputError, match=f"belongs to another {what}"):
        call(checkpoint=checkpoint)


LONG = np.arange(2000.0)  # NumPy writes neither its middle nor its last digits


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        (partial(weighed, 1.0), partial(weighed, 2.0), "arguments"),
        (partial(weighed, LONG), partial(weighed, LONG + (LONG == 1000)), "arguments"),
        (partial(weighed, 0.1), partial(weighed, np.float32(0.1)), "arguments"),
        (partial(weighed, 1, scale=LONG[:3]), partial(weighed, 1, scale=LONG[:3] + 1e-12), "settings"),
    ],
)  # fmt: skip
def test_a_checkpoint_tells_what_is_bound_apart_to_the_bit(tmp_path, one, other, what):
    first = sweep(one, GRID, checkpoint=tmp_path / "cells")
    xr.testing.assert_identical(first, sweep(one, GRID, checkpoint=tmp_path / "cells"))
    with pytest.raises(InputError, match=f"belongs to another {what}"):
        sweep(other, GRID, checkpoint=tmp_path / "cells")


@pytest.mark.parametrize(
    "function", [lambda a, b, seed: {"sum": a + b}, adding(1), Adder(1).add, Adder(1)]
)
def test_a_function_without_a_name_of_its_own_has_no_checkpoint(tmp_path, function):
    assert sweep(function, GRID).sizes == {"a": 3, "b": 2}
    with pytest.raises(InputError, match="that a module names"):
        sweep(function, GRID, checkpoint=tmp_path / "cells")


def test_what_cannot_be_pickled_has_no_checkpoint(tmp_path):
    bound = partial(weighed, 1.0, scale=(number for number in ()))
    with pytest.raises(InputError, match=r"scale = <generator.*can be pickled"):
        sweep(bound, GRID, checkpoint=tmp_path / "cells")


def test_a_checkpoint_of_another_version_is_refused(tmp_path, monkeypatch):
    sweep(noisy_sum, GRID, checkpoint=tmp_path / "cells")
    # the package has a function of the module's name
    module = importlib.import_module("counterpoise.simulations.sweep")
    monkeypatch.setattr(module, "versions", lambda: {"counterpoise": "0.0.1"})
    with pytest.raises(InputError, match="belongs to another version"):
        sweep(noisy_sum, GRID, checkpoint=tmp_path / "cells")


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({}, "grid"),
        ({"a": []}, "a has shape"),
        ({"a": [1.0, 1.0]}, "must not repeat"),
        ({"a": [[1.0]]}, "a has shape"),
        ({"a": [1.0], "seed": [1.0, 2.0]}, "an axis 'seed'"),
    ],
)
def test_a_bad_grid_is_named(grid, message):
    with pytest.raises(InputError, match=message):
        sweep(noisy_sum, grid)


@pytest.mark.parametrize(
    "change", [{"seed": 1.5}, {"seed": -1}, {"n_jobs": 0}, {"n_jobs": -5}, {"n_jobs": 1.5}]
)
def test_a_bad_setting_is_named(change):
    with pytest.raises(InputError, match=next(iter(change))):
        sweep(noisy_sum, GRID, **change)


def test_a_function_that_returns_no_scalars_is_named():
    with pytest.raises(InputTypeError, match="mapping of names to scalars"):
        sweep(lambda a, seed: {"x": [1, 2]}, {"a": [1.0]})


def test_cells_must_return_the_same_names():
    with pytest.raises(InputError, match="cell 1 returned"):
        sweep(lambda a, seed: {f"x{a}": a}, {"a": [1.0, 2.0]})


def test_a_checkpoint_in_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot write"):
        sweep(noisy_sum, GRID, checkpoint=tmp_path / "missing" / "cells")
