"""The world with known risks, and the coverage of bounds in it."""

from itertools import product

import numpy as np
import pytest
from counterpoise.simulations.coverage import BOUNDS, CUTS, coverage_sweep
from counterpoise.simulations.folder import cover_into
from counterpoise.simulations.sign_world import SignWorld, draw_flips, linear_complexity
from counterpoise.theory.foundation.validation import InputError


@pytest.mark.parametrize("n", [1, 3, 6])
def test_the_complexity_is_the_mean_over_all_signs(n):
    lengths = [np.hypot(sum(s[:n]), sum(s[n:])) for s in product((-1, 1), repeat=2 * n)]
    assert linear_complexity(n, 2.0) == pytest.approx(2.0 / n * np.mean(lengths), rel=1e-12)


def test_the_complexity_of_many_examples_is_that_of_normals():
    n = 100_000
    assert linear_complexity(n, 1.0) * np.sqrt(n) == pytest.approx(np.sqrt(np.pi / 2), rel=1e-5)


def test_risks_are_those_of_the_points_themselves():
    world = SignWorld.of(110, 10.0)
    flips = draw_flips(world, 3, np.random.default_rng(0))
    risks = world.empirical_risks(flips)
    d = np.linspace(-2 * np.sqrt(2), 2 * np.sqrt(2), risks.shape[1])
    for row, flipped in enumerate(flips):
        for y in range(2):
            signs = np.ones(int(world.class_counts[y]))
            signs[: int(flipped[y])] = -1  # a flipped point has the margin -d
            loss = np.minimum(np.log1p(np.exp(-np.outer(d, signs))), np.log(20.0))
            assert risks[row, :, y] == pytest.approx(loss.mean(axis=1), rel=1e-10)


def test_sampled_risks_have_the_true_risks_as_mean():
    world = SignWorld.of(110, 10.0)
    risks = world.empirical_risks(draw_flips(world, 4000, np.random.default_rng(1)))
    error = risks.std(axis=0) / np.sqrt(4000)
    assert (abs(risks.mean(axis=0) - world.class_risks()) < 5 * error + 1e-12).all()


@pytest.fixture(scope="module")
def coverage():
    return coverage_sweep([110, 3300], sets=2000, seed=3)


@pytest.mark.parametrize("bound", sorted(BOUNDS))
def test_no_bound_fails_more_often_than_it_may(coverage, bound):
    uncut = coverage.sel(bound=bound, cut=1.0)
    assert (uncut.high < coverage.attrs["delta"]).all()
    assert (uncut.value > uncut.truth).all()


@pytest.mark.parametrize("bound", sorted(BOUNDS))
def test_a_bound_whose_constants_are_cut_is_caught(coverage, bound):
    bare = coverage.sel(bound=bound, cut=0.0)
    assert (bare.low > coverage.attrs["delta"]).all()
    rates = coverage.violations.sel(bound=bound).transpose("cut", "n").sortby("cut").to_numpy()
    assert (np.diff(rates, axis=0) <= 0).all()


def test_the_stratified_bound_is_the_tightest(coverage):
    values = coverage.value
    for other in ("union", "data_dependent", "density_ratio"):
        assert (values.sel(bound="stratified") < values.sel(bound=other)).all()


def test_it_is_reproducible_and_labelled(coverage):
    one, again = (coverage_sweep([110, 330], sets=50, seed=3) for _ in range(2))
    assert again.equals(one)
    assert list(coverage.cut.values) == list(CUTS)
    assert coverage.attrs["sets"] == 2000


@pytest.mark.whole  # of any sweep: test_sweep
def test_it_is_the_same_in_two_processes(coverage):
    assert coverage_sweep([110, 3300], sets=2000, seed=3, n_jobs=2).equals(coverage)


def test_too_few_examples_are_named():
    with pytest.raises(InputError, match="n = 4"):
        coverage_sweep([4], imbalance_factor=10.0)


@pytest.mark.parametrize("n", [[110.5], [110, 0.5], [float("nan")], [1], 110.5, [-110], []])
def test_a_number_of_examples_is_whole(n, tmp_path):
    for cover in (
        lambda: coverage_sweep(n, sets=2),
        lambda: cover_into(tmp_path, n, imbalance_factor=10.0, sets=2, delta=0.05),
    ):
        with pytest.raises(InputError, match=r"^n = |^n has shape"):
            cover()


@pytest.mark.parametrize(
    "call",
    [
        lambda: SignWorld.of(110.5, 10.0),
        lambda: SignWorld.of(110, float("nan")),
        lambda: SignWorld.of(110, 0.5),
        lambda: draw_flips(SignWorld.of(110, 10.0), 2.5, np.random.default_rng(0)),
        lambda: linear_complexity(2.5, 1.0),
        lambda: linear_complexity(0, 1.0),
        lambda: linear_complexity(3, -1.0),
        lambda: coverage_sweep([110], sets=2, n_jobs=1.5),
    ],
)
def test_constants_of_the_world_stay_in_their_domains(call):
    with pytest.raises(InputError):
        call()
