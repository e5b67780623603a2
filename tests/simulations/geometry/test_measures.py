"""Distances to frames and angles between groups: of the frames themselves, and of trained layers."""

import numpy as np
import pytest
from counterpoise.simulations.geometry import (
    descend,
    frame_distances,
    group_angles,
    trained_geometry,
)
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.geometry import seli_grams, step_geometry

COUNTS = np.array([50.0, 50, 50, 2, 2])


def _vectors(gram, turn):
    values, vectors = np.linalg.eigh(gram)
    return (vectors * np.sqrt(values.clip(0))) @ turn


@pytest.fixture
def frames():
    """SELI's classifiers and embeddings as vectors of 8 dimensions, aligned with each other, turned."""
    weighted = (np.eye(5) - 0.2) * np.sqrt(COUNTS)
    left, values, right = np.linalg.svd(weighted)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(8, 8)))[0][:5]
    w = (left * np.sqrt(values)) @ turn
    h = (right.T * np.sqrt(values)) @ turn / np.sqrt(COUNTS)[:, None]
    return w, h


def test_the_frames_have_distance_zero_whatever_their_scale_and_rotation(frames):
    w, h = frames
    found = frame_distances(3 * w, 0.1 * h, COUNTS)
    assert max(found.classifiers_to_seli, found.embeddings_to_seli, found.logits_to_seli) < 1e-7
    assert min(found.classifiers_to_etf, found.embeddings_to_etf) > 0.3
    assert found.logits_to_etf < 1e-7  # logits of both frames are one matrix


def test_logits_notice_classifiers_that_are_not_aligned_with_embeddings(frames):
    w, h = frames
    other = np.linalg.qr(np.random.default_rng(1).normal(size=(8, 8)))[0]
    found = frame_distances(w, h @ other, COUNTS)
    assert found.embeddings_to_seli < 1e-7
    assert found.logits_to_seli > 0.3


def test_angles_by_group_are_those_of_the_closed_form(frames):
    groups = ["majority"] * 3 + ["minority"] * 2
    closed = step_geometry(25.0, 3, 2)
    cosines = {
        ("majority", "majority"): closed.classifier_cosine_majority,
        ("majority", "minority"): closed.classifier_cosine_across,
        ("minority", "minority"): closed.classifier_cosine_minority,
    }
    for row in group_angles(frames[0], groups):
        angle = np.degrees(np.arccos(cosines[row.first, row.second]))
        assert row.mean == pytest.approx(float(angle), abs=1e-5)
        assert row.least == pytest.approx(row.largest, abs=1e-5)


def test_least_mean_and_largest_are_of_the_pairs():
    vectors = [[1, 0], [1, 1], [0, 1]]
    inside, across = group_angles(vectors, ["a", "a", "b"])
    assert (inside.least, inside.mean, inside.largest) == pytest.approx((45, 45, 45))
    assert (across.least, across.mean, across.largest) == pytest.approx((45, 67.5, 90))


def test_a_trained_layer_is_measured_about_its_mean(frames):
    """A common part of features and of classifiers, as a ReLU and a bias leave, changes nothing."""
    w, h = frames
    target = np.repeat(np.arange(5), COUNTS.astype(int))
    found = trained_geometry(w + 3.0, h[target] + 7.0, target)
    assert found.distances.classifiers_to_seli < 1e-6
    assert found.distances.embeddings_to_seli < 1e-6
    assert found.variability < 1e-12
    names = {(row.first, row.second) for row in found.classifier_angles}
    assert names == {("majority", "majority"), ("majority", "minority"), ("minority", "minority")}


def test_free_features_with_noise_are_measured_too():
    (free,) = descend([8, 8, 2, 2], stops=60, each_example=True, seed=0)
    clean = trained_geometry(free.classifiers, free.features, free.target)
    noise = np.random.default_rng(0).normal(size=free.features.shape)
    noisy = trained_geometry(free.classifiers, free.features + 0.1 * noise, free.target)
    assert clean.variability < noisy.variability
    assert clean.distances.embeddings_to_seli < 0.1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: frame_distances(np.eye(3), np.eye(4), [1, 1, 1]), "must be"),
        (lambda: frame_distances(np.zeros((2, 2)), np.eye(2), [1, 1]), "zero"),
        (lambda: group_angles(np.eye(3), ["a", "b"]), "groups"),
        (lambda: trained_geometry(np.eye(2), np.eye(2), [0.0, 1.0]), "target"),
        (lambda: trained_geometry(np.eye(3), np.eye(3)[:2], [0, 1]), "no example of class 2"),
        (lambda: trained_geometry(np.eye(2), np.eye(2), [0, 2]), "classifiers"),
    ],
)
def test_slips_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_seli_grams_are_what_the_distances_are_to():
    gram = seli_grams(COUNTS)
    w = _vectors(gram.classifiers, np.eye(5))
    h = _vectors(gram.embeddings, np.eye(5))
    assert frame_distances(w, h, COUNTS).classifiers_to_seli < 1e-7
