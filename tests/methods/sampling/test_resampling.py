"""Resampling is imbalanced-learn's, on tensors, with as many neighbours as there are."""

import numpy as np
import pytest
import torch
from counterpoise.methods.sampling import resample, smote
from counterpoise.theory.foundation.validation import InputError
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler

TARGET = torch.from_numpy(np.repeat([0, 1, 2], [400, 90, 10]))


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_smote_draws_on_segments_and_keeps_the_rows_it_was_given():
    features = torch.randn(500, 3, generator=generator())
    rows, labels = resample(smote(TARGET, seed=0), features, TARGET)
    assert torch.equal(rows[:500], features)
    assert torch.equal(labels[:500], TARGET)
    assert torch.bincount(labels).tolist() == [400, 400, 400]
    assert rows.dtype == features.dtype
    for label in range(3):
        own, made = features[label == TARGET], rows[500:][labels[500:] == label]
        assert (made <= own.max(dim=0).values + 1e-6).all()
        assert (made >= own.min(dim=0).values - 1e-6).all()


def test_resampling_is_what_imbalanced_learn_does():
    features = torch.randn(500, 3, dtype=torch.float64, generator=generator())
    for ours, theirs in (
        (smote(TARGET, seed=3), SMOTE(random_state=3)),
        (RandomUnderSampler(random_state=3), RandomUnderSampler(random_state=3)),
    ):
        rows, labels = resample(ours, features, TARGET)
        expected_rows, expected_labels = theirs.fit_resample(features.numpy(), TARGET.numpy())
        np.testing.assert_array_equal(rows, expected_rows)
        np.testing.assert_array_equal(labels, expected_labels)


@pytest.mark.parametrize(("rarest", "neighbours"), [(10, 5), (6, 5), (5, 4), (2, 1)])
def test_smote_asks_for_no_more_neighbours_than_there_are(rarest, neighbours):
    target = np.repeat([0, 1], [30, rarest])
    sampler = smote(target, seed=0)
    assert isinstance(sampler, SMOTE)
    assert sampler.k_neighbors == neighbours
    resample(sampler, torch.randn(len(target), 2, generator=generator()), torch.from_numpy(target))


def test_a_single_point_is_repeated():
    target = torch.tensor([0] * 9 + [1])
    sampler = smote(target, seed=0)
    assert isinstance(sampler, RandomOverSampler)
    features = torch.randn(10, 2, generator=generator())
    rows, labels = resample(sampler, features, target)
    assert torch.equal(rows[labels == 1], features[9:].expand(9, 2))


def test_truth_values_are_labels():
    truth = torch.tensor([True] * 3 + [False] * 9)
    _, labels = resample(smote(truth, seed=0), torch.randn(12, 2, generator=generator()), truth)
    assert labels.dtype == torch.bool
    assert labels.sum() == 9


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: smote(TARGET, 0), "k_neighbors = 0"),
        (lambda: resample(smote(TARGET), torch.ones(3, 2), TARGET), r"\(N, Z\)"),
    ],
)
def test_bad_input_is_refused_with_its_mend(build, message):
    with pytest.raises(InputError, match=message):
        build()
