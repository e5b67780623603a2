"""Directions on separable data, against the programs that they tend to."""

import numpy as np
import pytest
from counterpoise.methods.losses import CDTLoss
from counterpoise.simulations.worlds.implicit_bias import (
    followed,
    implicit_bias_rows,
    separable_points,
)
from counterpoise.simulations.worlds.optimum import trained_loss
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.separable import cost_sensitive_vector, weight_influence_bound

SEED = 6  # where the cost-sensitive vector is far from the max-margin one


@pytest.fixture(scope="module")
def scalar():
    return {row.method: row for row in implicit_bias_rows(seed=SEED)}


@pytest.fixture(scope="module")
def pair():
    methods = ("ce", "la", "cdt@gamma=1.0", "vs")
    return {row.method: row for row in implicit_bias_rows(methods, head="two logits", seed=SEED)}


@pytest.mark.parametrize("method", ["ce", "inverse-frequency", "la", "cdt", "vs"])
def test_weights_offsets_and_scales_of_both_logits_fade_from_a_scalar_score(scalar, method):
    row = scalar[method]
    assert row.stated == row.plain < 0.06
    assert row.stated * row.norm < 4


def test_multipliers_of_a_scalar_score_stay(scalar):
    row = scalar["immax"]
    assert row.stated < 0.03
    assert row.plain > 0.2


def test_distances_fall_with_the_norm(scalar):
    for row in (scalar["inverse-frequency"], scalar["la"]):
        assert row.norm > 2.5 * row.earlier_norm
        assert row.stated < 0.6 * row.earlier


def test_two_logits_tend_to_the_pair_whatever_their_scales(pair):
    assert all(row.stated < 0.06 for row in pair.values())
    assert pair["cdt@gamma=1.0"].plain > 0.5  # other logits,
    points, target = separable_points(seed=SEED)  # but the same boundary
    loss, _ = trained_loss("cdt@gamma=1.0", np.bincount(target))
    weights = followed(loss, points, target, 2, 4000)[-1]
    boundary = weights[1] - weights[0]
    plain = cost_sensitive_vector(points, 2 * target - 1)
    cosine = boundary @ plain / np.linalg.norm(boundary) / np.linalg.norm(plain)
    assert cosine > 1 - 1e-3


def test_three_classes_of_which_one_is_scaled_tie_where_the_exact_program_says():
    """Examples e_c, multipliers (1/2, 1, 1): classes 1 and 2 tie on e_1 + (8/7) e_2."""
    for gamma, tie in ((0.5, 8 / 7), (0.0, 1.0)):
        loss = CDTLoss((25, 100, 100), gamma=gamma, reduction="none")
        w = followed(loss, np.eye(3), [0, 1, 2], 3, 4000)[-1]
        assert (w[0, 0] - w[1, 0]) / (w[1, 1] - w[0, 1]) == pytest.approx(tie, abs=0.02)


def test_the_margin_lost_to_weights_is_within_the_bound():
    points, target = separable_points(seed=SEED)
    signs = 2 * target - 1
    loss, _ = trained_loss("inverse-frequency", np.bincount(target))
    path = followed(loss, points, target, 2, 4000)
    best = 1 / np.linalg.norm(cost_sensitive_vector(points, signs))
    for weights in (path[len(path) // 2], path[-1]):
        vector = weights[1] - weights[0]
        norm = np.linalg.norm(vector)
        deficit = best - (signs * (points @ vector)).min() / norm
        assert 0 <= deficit <= weight_influence_bound(norm, loss.weight[target], best)[0]


def test_slips_are_named():
    with pytest.raises(InputError, match="class_counts has 3"):
        separable_points((3, 2, 1))
    with pytest.raises(InputError, match="head"):
        implicit_bias_rows(head="three logits")
    with pytest.raises(InputError, match="margins by class"):
        implicit_bias_rows(["immax"], head="two logits", steps=1)
