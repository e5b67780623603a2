"""Drawn trees, the shape around points, and clouds cut from them."""

import numpy as np
import pytest
from counterpoise.methods.point_clouds import clouds_of, draw_tree, farthest_first, local_shape
from counterpoise.methods.point_clouds.trees import NOISE, draw_skeleton
from counterpoise.theory.foundation.validation import InputError
from scipy.spatial.distance import cdist

TREE = draw_tree(np.random.default_rng(5), 3000, 20.0)


def test_a_tree_has_exact_counts_and_is_its_seeds():
    assert TREE.points.shape == (3000, 3)
    assert TREE.wood.sum() == 143  # 3000/21
    again, other = (draw_tree(np.random.default_rng(seed), 3000, 20.0) for seed in (5, 6))
    assert np.array_equal(again.points, TREE.points)
    assert not np.array_equal(other.points, TREE.points)
    with pytest.raises(InputError, match="leave one kind out"):
        draw_tree(np.random.default_rng(0), 10, 1000.0)


def test_wood_lies_on_the_skeleton_and_leaves_do_not():
    """Its draws begin a tree's: every wood point is a radius from the axis of a cone, but for the noise."""
    skeleton = draw_skeleton(np.random.default_rng(5))
    axis = skeleton.end - skeleton.start
    away = TREE.points[:, None] - skeleton.start
    along = (away * axis).sum(axis=2) / (axis**2).sum(axis=1)
    inside = along.clip(0, 1)
    distance = np.linalg.norm(away - inside[..., None] * axis, axis=2)
    radius = skeleton.radius[:, 0] + inside * np.diff(skeleton.radius, axis=1)[:, 0]
    off = np.abs(distance - radius).min(axis=1)
    assert off[TREE.wood].max() < 5 * NOISE
    assert (off[~TREE.wood] > 5 * NOISE).mean() > 0.3
    assert (np.diff(skeleton.radius, axis=1) < 0).all()  # all of it tapers


def test_the_density_of_wood_falls_below_that_of_its_area_towards_the_ground():
    many = [draw_tree(np.random.default_rng(seed), 2000, 1.0) for seed in range(4)]
    share = [(tree.points[tree.wood, 2] < tree.points[:, 2].max() / 3).mean() for tree in many]
    assert np.mean(share) < 0.3  # of the area that third has more than that


def test_the_shape_of_a_line_a_plane_and_a_ball():
    rng = np.random.default_rng(0)
    flat = np.column_stack([rng.uniform(0, 1, (400, 2)), np.zeros(400)])
    upright = flat[:, [0, 2, 1]]
    ball = rng.standard_normal((4000, 3))
    line = np.outer(np.arange(50.0), [1, 1, 0])
    of = [local_shape(cloud, 30).mean(axis=0) for cloud in (line, flat, upright, ball)]
    np.testing.assert_allclose(of[0][:2], 1, atol=1e-9)
    assert of[1][2] == pytest.approx(0, abs=1e-9)
    assert of[2][2] == pytest.approx(1, abs=1e-9)
    assert 1 / 3 < of[3][0] < of[1][0] < of[0][0]
    assert of[3][1] < 0.5
    turned = local_shape(TREE.points @ np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1.0]]))
    np.testing.assert_allclose(turned, local_shape(TREE.points), atol=1e-6)
    assert not local_shape(np.zeros((5, 3))).any()


def test_clouds_are_rows_of_the_tree_in_boxes_of_size_one():
    rows, index = clouds_of(TREE, 128, 32, np.random.default_rng(1))
    assert rows.shape == (*index.shape, 6)
    np.testing.assert_array_equal(rows[..., 3:], local_shape(TREE.points)[index])
    extent = np.ptp(rows[..., :3], axis=1)
    np.testing.assert_allclose(extent.max(axis=1), 1)
    assert np.abs(rows[..., :3]).max() <= 0.5 + 1e-12
    points = TREE.points[index]
    shape = cdist(points[0], points[0]) * extent[0].max() / np.ptp(points[0], axis=0).max()
    np.testing.assert_allclose(cdist(rows[0, :, :3], rows[0, :, :3]), shape, atol=1e-9)
    whole = [own for own in index if len(set(own)) == 128]
    assert len(np.unique(whole)) == 128 * len(whole)  # no point twice, but to fill a small piece


def test_each_of_the_first_points_is_the_farthest_from_those_before():
    points = np.random.default_rng(2).standard_normal((3, 40, 3))
    order = farthest_first(points, 9)
    for cloud, own in zip(points, order, strict=True):
        assert sorted(own) == list(range(40))
        apart = cdist(cloud, cloud)
        for step in range(1, 9):
            gap = apart[:, own[:step]].min(axis=1)
            assert gap[own[step]] == gap.max()
    assert farthest_first(np.zeros((1, 3, 3)), 9).tolist() == [[0, 1, 2]]
