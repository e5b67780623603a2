"""Free features by gradient descent and with a ridge, against theory and against a convex program."""

import numpy as np
import pytest
import torch
from counterpoise.simulations.geometry import (
    descend,
    descent_sweep,
    frame_distances,
    nuclear_norm_logits,
    orthogonal_imbalance,
    ridge_path,
    ridge_sweep,
)
from counterpoise.simulations.geometry.descent import descend_from
from counterpoise.simulations.geometry.free_features import World
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.geometry import (
    collapse_ridge,
    gram_distance,
    margin_optimal_logits,
    mse_scale,
    orthogonal_minorities_imbalance,
    relu_margins,
    ridge_margin,
    seli_grams,
    seli_value,
    within_class_variability,
    zero_logits_ridge,
)

SIZES = np.array([9.0, 4.0, 2.0, 1.0])
ADJUSTED = {
    "ce": {},
    "ldt": {"margins": SIZES**-0.25},
    "ldt_simplex": {"margins": SIZES**-0.5},
    "cdt": {"multipliers": (SIZES / 9) ** 0.3},
    "la": {"offset": np.log(SIZES)},
}


def _frame(loss):
    """What of a loss decides its limit: all but the offset."""
    return {key: value for key, value in ADJUSTED[loss].items() if key != "offset"}


def _objective(logits, counts, ridge, multipliers=1.0, margins=1.0, offset=0.0):
    """The program's value, in NumPy."""
    counts = np.asarray(counts, dtype=float)
    d, t, shift = (np.broadcast_to(v, counts.shape) for v in (multipliers, margins, offset))
    adjusted = logits * d[:, None] / t + shift[:, None]
    losses = np.logaddexp.reduce(adjusted, axis=0) - np.diag(adjusted)
    return counts @ losses + ridge * np.linalg.norm(logits * np.sqrt(counts), "nuc")


# ------------------------------------------------------------------------- gradient descent


@pytest.fixture(scope="module")
def far():
    """At margins 35 and 100 from small starts."""
    return descent_sweep([10.0, 100.0], draws=3, seed=3)


def test_at_a_hundredfold_imbalance_descent_is_five_times_nearer_to_seli_than_to_a_simplex(far):
    at = far.sel(imbalance=100.0, stop=100.0)
    for vectors in ("classifiers", "embeddings"):
        ratio = at[f"{vectors}_to_seli"] / at[f"{vectors}_to_etf"]
        assert float(ratio.max()) < 0.2, ratio.values


def test_distances_to_seli_fall_as_margins_grow(far):
    near = far.sel(stop=100.0)
    for name in ("classifiers_to_seli", "embeddings_to_seli", "logits_to_seli"):
        assert (far[name].sel(stop=35.0) > 1.2 * near[name]).all(), name
    norms = near.classifier_norm_ratio / near.seli_norm_ratio
    assert float(abs(norms - 1).max()) < 0.1


# Reference values of one start; between starts of this scale they spread by 0.01 to 0.03.
KNOWN = {
    5.0: (0.068, 0.314, 0.053, 0.306),
    10.0: (0.057, 0.402, 0.070, 0.429),
    100.0: (0.052, 0.556, 0.083, 0.713),
}


def test_known_distances_of_descent_at_margin_35():
    found = descent_sweep(list(KNOWN), draws=3, stops=(35.0,), start=0.4, dimension=10).isel(stop=0)
    names = ("classifiers_to_seli", "classifiers_to_etf", "embeddings_to_seli", "embeddings_to_etf")
    for imbalance, expected in KNOWN.items():
        measured = found.sel(imbalance=imbalance).mean("draw")
        for name, value in zip(names, expected, strict=True):
            assert float(measured[name]) == pytest.approx(value, abs=0.035), (imbalance, name)


def _mutants(counts):
    """Wrong frames, as a slip would make them."""
    size = len(counts)
    centre = np.eye(size) - 1 / size
    right = seli_grams(counts)
    one_against_rest = centre.copy()
    one_against_rest[~np.eye(size, dtype=bool)] = -1 / (size - 1)
    weighted = one_against_rest * np.sqrt(counts)
    values, vectors = np.linalg.eigh(weighted @ weighted.T)
    return {
        "no root": centre @ np.diag(counts) @ centre,
        "embeddings": right.embeddings,
        "simplex": centre,
        "ldt by n^(1/4)": seli_grams(counts, margins=np.asarray(counts) ** -0.25).classifiers,
        "-1/(K-1) off the label": vectors * np.sqrt(values.clip(0)) @ vectors.T,
        "minority as majority": right.classifiers[::-1, ::-1],
    }


@pytest.mark.parametrize("mutant", _mutants([10, 10, 1, 1]))
def test_descent_tells_a_wrong_frame_from_seli(mutant):
    """None is within three times the distance to the right one."""
    counts = [10, 10, 1, 1]
    (found,) = descend(counts, stops=100, dimension=10, seed=1)
    gram = found.classifiers @ found.classifiers.T
    right = gram_distance(gram, seli_grams(counts).classifiers)
    assert right < 0.03
    assert gram_distance(gram, _mutants(counts)[mutant]) > 3 * right


@pytest.fixture(scope="module")
def crossing():
    return descent_sweep([5.0, 6.5, 9.0], draws=3, seed=1)


def test_minority_classifiers_are_orthogonal_at_seven(crossing):
    expected = float(orthogonal_minorities_imbalance(0.5))
    angles = crossing.minority_classifier_angle.sel(stop=100.0)
    assert float(orthogonal_imbalance(angles.mean("draw"))) == pytest.approx(expected, rel=0.05)
    closed = orthogonal_imbalance(crossing.seli_minority_angle)
    assert float(closed) == pytest.approx(expected, rel=0.01)


def test_the_crossing_is_not_that_of_a_wrong_formula(crossing):
    """R = 4 is a slip for one half; R = 3 the number of classes less one."""
    angles = crossing.minority_classifier_angle.sel(stop=100.0)
    for wrong in (3.0, 4.0):
        assert float(orthogonal_imbalance(angles.mean("draw"))) > 1.5 * wrong


@pytest.mark.parametrize("loss", ["ldt", "ldt_simplex", "cdt", "la"])
def test_adjusted_losses_lead_to_their_own_frames(loss):
    seed = list(ADJUSTED).index(loss)
    (found,) = descend(SIZES, stops=100, seed=seed, **ADJUSTED[loss])
    vectors = found.classifiers, found.embeddings
    own = frame_distances(*vectors, SIZES, **_frame(loss))
    plain = frame_distances(*vectors, SIZES)
    assert own.classifiers_to_seli < 0.08
    assert own.embeddings_to_seli < 0.08
    if loss == "la":
        assert own == plain
    else:
        assert plain.classifiers_to_seli > 2 * own.classifiers_to_seli
    if loss == "ldt_simplex":
        assert own.classifiers_to_etf < 0.03


@pytest.mark.parametrize("loss", ["ce", "ldt", "cdt", "la"])
def test_lowering_the_targets_logit_does_not_change_the_step(loss):
    """The slope of log loss at margin 25 and beyond, in double precision, is that of the tail."""
    world = World.of(SIZES, **{"multipliers": 1.0, "margins": 1.0, "offset": 0.0, **ADJUSTED[loss]},
                     dimension=None, each_example=False)  # fmt: skip
    logits = 26 * torch.tensor(margin_optimal_logits(SIZES, **_frame(loss)).T)
    slopes = []
    for lowered in (0.0, 4.0):
        leaf = logits.clone().requires_grad_()
        slopes.append(torch.autograd.grad(world.loss(leaf, lowered).log(), leaf)[0].numpy())
    np.testing.assert_allclose(*slopes, rtol=1e-4, atol=1e-4)


def test_equal_features_of_a_class_stay_equal_and_move_as_one_class_does():
    counts = [6, 6, 2, 2]
    arguments = (counts, 1.0, 1.0, 0.0, 8)
    classes, examples = World.of(*arguments, False), World.of(*arguments, True)
    w, h = classes.start(0.2, np.random.default_rng(0))
    stops = (5.0, 40.0)
    each = descend_from(examples, w.clone(), classes.features(h)[examples.target], stops, 2000)
    shared = descend_from(classes, w, h, stops, 2000)
    for one, other in zip(each, shared, strict=True):
        np.testing.assert_allclose(one.classifiers, other.classifiers, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(one.features, other.features[examples.target], atol=1e-9)


def test_features_of_a_class_that_start_apart_collapse():
    counts = [6, 6, 2, 2]
    found = descend(counts, stops=(35.0, 100.0, 200.0), each_example=True, seed=0)
    varied = [within_class_variability(one.features, one.target) for one in found]
    assert varied[0] > 1.5 * varied[1] > 2 * varied[2]
    assert varied[2] < 1e-3
    assert (
        frame_distances(found[2].classifiers, found[2].embeddings, counts).embeddings_to_seli < 0.05
    )


# ------------------------------------------------------------------------------------- ridge


def test_known_distances_along_the_ridge_path():
    ridges = [1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8]
    found = ridge_sweep([10.0], ridges).logits_to_seli.isel(imbalance=0).to_numpy()
    expected = [0.143, 0.0993, 0.0766, 0.0624, 0.0455, 0.0358]
    np.testing.assert_allclose(found, expected, rtol=2e-3)
    times_log = found * np.log(1 / np.array(ridges))
    assert np.ptp(times_log[2:]) < 0.2  # falls like 1/log, not like the ridge


@pytest.mark.parametrize("loss", ["ce", "ldt", "cdt", "la"])
def test_a_convex_solver_finds_no_less_than_the_ridge_path(loss):
    (found,) = ridge_path(SIZES, 0.1, seed=0, **ADJUSTED[loss])
    convex = nuclear_norm_logits(SIZES, 0.1, **ADJUSTED[loss])
    least = _objective(convex, SIZES, 0.1, **ADJUSTED[loss])
    assert _objective(found.logits, SIZES, 0.1, **ADJUSTED[loss]) == pytest.approx(least, rel=1e-7)
    np.testing.assert_allclose(found.logits, convex, atol=3e-3)


@pytest.mark.parametrize("loss", ["ce", "ldt", "cdt"])
def test_under_margins_the_convex_solver_finds_seli(loss):
    convex = nuclear_norm_logits(SIZES, **_frame(loss))
    np.testing.assert_allclose(convex, margin_optimal_logits(SIZES, **_frame(loss)), atol=1e-6)
    cost = np.linalg.norm(convex * np.sqrt(SIZES), "nuc")
    assert cost == pytest.approx(seli_value(SIZES, **_frame(loss)), rel=1e-7)


@pytest.mark.parametrize("imbalance", [2, 10, 50])
def test_minorities_collapse_at_their_own_threshold_from_both_sides(imbalance):
    counts = [9 * imbalance, 9 * imbalance, 9, 9]
    threshold = float(collapse_ridge(9))
    below, above = ridge_path(counts, [0.95 * threshold, 1.05 * threshold], seed=2)
    gaps = [np.linalg.norm(one.classifiers[2] - one.classifiers[3]) for one in (below, above)]
    assert gaps[0] > 0.3
    assert gaps[1] < 1e-4
    majority = above.classifiers[0] - above.classifiers[1]
    assert np.linalg.norm(majority) > 0.3


def test_the_threshold_is_that_of_the_size_of_the_group():
    """At 3.5 classes of nine are one and classes of sixteen, whose threshold is 4, are not."""
    (found,) = ridge_path([90, 90, 16, 16], 3.5, seed=0)
    assert np.linalg.norm(found.classifiers[2] - found.classifiers[3]) > 0.3


def test_all_logits_vanish_at_the_largest_singular_value():
    counts = [90, 90, 9, 9]
    threshold = zero_logits_ridge(counts)
    below, above = ridge_path(counts, [0.98 * threshold, 1.02 * threshold], seed=0)
    assert np.abs(below.logits).max() > 0.01
    assert np.abs(above.logits).max() < 1e-6


@pytest.mark.parametrize(("counts", "value"), [([5, 5, 5], np.sqrt(5)), ([30, 2], 4.0)])
def test_where_the_frame_does_not_depend_on_the_ridge(counts, value):
    for ridge, one in zip((1.0, 0.1), ridge_path(counts, [1.0, 0.1], seed=0), strict=True):
        gaps = np.diag(one.logits) - one.logits
        off = gaps[~np.eye(len(counts), dtype=bool)]
        np.testing.assert_allclose(off, ridge_margin(ridge, value, len(counts)), rtol=1e-5)


def test_each_example_or_each_class_the_ridge_solution_is_one():
    counts = [6, 6, 2, 2]
    (each,) = ridge_path(counts, 0.3, each_example=True, seed=3)
    (shared,) = ridge_path(counts, 0.3, seed=4)
    np.testing.assert_allclose(each.logits, shared.logits, atol=1e-5)
    assert within_class_variability(each.features, each.target) < 1e-10


def test_margins_of_nonnegative_features_have_four_digits():
    counts, mean_ridge = [40, 40, 10, 10], 0.003
    (found,) = ridge_path(counts, 100 * mean_ridge, nonnegative=True, seed=0)
    gaps = np.diag(found.logits) - found.logits + np.diag(np.full(4, np.inf))
    np.testing.assert_allclose(gaps.min(axis=0), relu_margins(counts, mean_ridge), rtol=1e-4)
    assert found.features.min() >= 0
    cosines = found.features @ found.features.T
    assert np.abs(cosines - np.diag(np.diag(cosines))).max() < 1e-4  # orthogonal between classes


@pytest.mark.parametrize("mean_ridge", [0.003, 0.04])
def test_squared_loss_shrinks_each_class_by_its_own_size(mean_ridge):
    counts = [40, 40, 10, 10]
    (found,) = ridge_path(counts, 100 * mean_ridge, squared=True, seed=0)
    np.testing.assert_allclose(found.logits, np.diag(mse_scale(counts, mean_ridge)), atol=1e-5)


# ------------------------------------------------------------------------------------- slips


def test_the_same_seed_gives_the_same_numbers():
    first, second = (descend([3, 1], stops=5, seed=7)[0].classifiers for _ in range(2))
    assert (first == second).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: descend([5], seed=0), "class_counts"),
        (lambda: descend([1.5, 2], each_example=True, seed=0), "whole numbers"),
        (lambda: descend([9, 1], margins=[1, 1, 1], seed=0), "margins has shape"),
        (lambda: descend([9, 1], stops=[10, 5], seed=0), "must increase"),
        (lambda: descend([9, 1], start=0, seed=0), "start"),
        (lambda: descend([9, 1], steps=3, seed=0), "allow more"),
        (lambda: descend([9, 9, 1], dimension=1, seed=0), "dimension"),
        (lambda: descend([1e7, 1], each_example=True, seed=0), "too many"),
        (lambda: ridge_path([9, 1], 0, seed=0), "ridges"),
        (lambda: ridge_path([9, 1], 0.1, offset=[1, 0], squared=True, seed=0), "squared"),
        (lambda: ridge_sweep([10.0], [2.0]), "ridges"),
        (lambda: descent_sweep([0.5]), "imbalance"),
        (lambda: descent_sweep([2.0], minority_classes=1), "minority_classes"),
    ],
)
def test_slips_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_angles_that_do_not_cross_are_refused(crossing):
    angles = crossing.minority_classifier_angle.mean("draw").isel(imbalance=[0, 1])
    with pytest.raises(InputError, match="90 degrees once"):
        orthogonal_imbalance(angles)
