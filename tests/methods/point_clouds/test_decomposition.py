"""Geodesic voxelisation: pieces part the voxels and hang together, ways are no shorter than straight."""

import numpy as np
import pytest
from counterpoise.methods.point_clouds import decompose, draw_tree
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components, shortest_path
from scipy.spatial import cKDTree


def graph(cells):
    """Voxels that share a face."""
    return cKDTree(cells).sparse_distance_matrix(cKDTree(cells), 1.1).tocsr()


clouds = st.one_of(
    st.integers(0, 10**6).map(lambda seed: np.random.default_rng(seed).uniform(0, 5, (150, 3))),
    st.integers(0, 10**6).map(lambda seed: draw_tree(np.random.default_rng(seed), 400).points),
)


@settings(max_examples=15, deadline=None)
@given(clouds, st.floats(0.4, 1.5), st.integers(1, 12), st.floats(1.0, 3.0))
def test_what_must_hold_of_every_decomposition(points, size, reach, detour):
    cut = decompose(points, size, reach, detour, min_voxels=3, min_points=5)
    # every point in its voxel, every voxel in one piece or the rest
    np.testing.assert_array_equal(
        cut.cells[cut.cell_of], np.floor((points - points.min(axis=0)) / size)
    )
    assert len(np.unique(cut.cells, axis=0)) == len(cut.cells) == len(cut.piece)
    pieces = range(cut.piece.max() + 1)
    assert set(cut.piece) | {-1} == {-1, *pieces}
    near = graph(cut.cells)
    straight = np.linalg.norm(cut.cells - cut.cells[cut.root], axis=1)
    assert (cut.geodesic >= straight - 1e-9).all()
    assert cut.geodesic.max() <= reach
    for piece in pieces:
        own = np.flatnonzero(cut.piece == piece)
        assert len(own) >= 3
        assert (cut.piece_of == piece).sum() >= 5
        (root,) = np.unique(cut.root[own])
        assert (cut.root == root).sum() == len(own)
        inside = near[own][:, own]
        assert connected_components(inside)[0] == 1
        # ways by another program: no shorter inside the piece
        steps = shortest_path(inside, unweighted=True, indices=np.flatnonzero(own == root))[0]
        assert (cut.geodesic[own] >= steps).all()
        # and whoever is not the root was reached from a neighbour that was one step nearer and went on
        for at in own[own != root]:
            before = near[at].indices
            before = before[
                (cut.root[before] == root) & (cut.geodesic[before] == cut.geodesic[at] - 1)
            ]
            assert (
                (cut.geodesic[before] < reach)
                & ((straight[before] == 0) | (cut.geodesic[before] < detour * straight[before]))
            ).any()


def test_pieces_begin_at_the_lowest_voxel_that_is_left():
    points = draw_tree(np.random.default_rng(3), 600).points
    cut = decompose(points)
    height = cut.cells[:, 2]
    roots = np.unique(cut.root)
    order = roots[np.argsort(height[roots], kind="stable")]
    for number, root in enumerate(order):
        assert height[np.isin(cut.root, order[number:])].min() == height[root]
        assert cut.geodesic[root] == 0


def test_a_corner_is_a_detour_and_two_blobs_are_two_pieces():
    bend = [(0, 0, z) for z in range(5)] + [(x, 0, 4) for x in range(1, 9)]
    cut = decompose(
        np.array(bend) + 0.5, size=1.0, reach=99, detour=1.38, min_voxels=1, min_points=1
    )
    # from (0, 0, 0) to (x, 0, 4) it is x + 4 steps, and straight sqrt(x^2 + 16)
    last = cut.cells[cut.piece == 0][:, 0].max()
    ratio = [(x + 4) / np.hypot(x, 4) for x in range(1, 9)]
    assert last == next(x for x, r in zip(range(1, 9), ratio, strict=True) if r >= 1.38)
    apart = np.concatenate([np.zeros((20, 3)), np.full((20, 3), 9.0)])
    cut = decompose(apart, size=1.0, min_voxels=1, min_points=20)
    assert cut.piece.tolist() == [0, 1]
    assert decompose(apart, size=1.0, min_voxels=1, min_points=21).piece.tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"size": 0}, "size"), ({"detour": 0.5}, "detour"), ({"reach": -1}, "reach"),
     ({"min_voxels": 1.5}, "min_voxels"), ({"points": np.zeros((3, 2))}, "points")],
)  # fmt: skip
def test_slips_are_named(wrong, named):
    with pytest.raises(InputError, match=named):
        decompose(**{"points": np.zeros((4, 3)), **wrong})
