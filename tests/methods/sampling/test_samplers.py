"""Samplers draw classes as often as they say."""

import numpy as np
import pandas
import pytest
import torch
from counterpoise.methods.sampling import (
    ClassAwareSampler,
    ProgressivelyBalancedSampler,
    class_balanced_sampler,
    power_sampler,
    square_root_sampler,
)
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from counterpoise.theory.reweighting import progressive_probability, sampling_probability
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare
from strategies import class_counts
from torch.utils.data import ConcatDataset, DataLoader, Subset, TensorDataset

COUNTS = np.array([400, 90, 10])
TARGET = torch.from_numpy(np.repeat([0, 1, 2], COUNTS))
DRAWS = 30_000


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@given(counts=class_counts(), exponent=st.floats(-1, 2), progress=st.floats(0, 1))
def test_sampling_probabilities_have_their_end_points(counts, exponent, progress):
    prior = counts / counts.sum()
    for probability in (
        sampling_probability(counts, exponent),
        progressive_probability(counts, progress),
    ):
        np.testing.assert_allclose(probability.sum(), 1)
    np.testing.assert_allclose(sampling_probability(counts, 1), prior)
    np.testing.assert_allclose(
        sampling_probability(counts, 0), np.full(counts.size, 1 / counts.size)
    )
    np.testing.assert_array_equal(progressive_probability(counts, 0), prior)
    np.testing.assert_allclose(progressive_probability(counts, 1), sampling_probability(counts, 0))


@pytest.mark.parametrize(
    ("sampler", "expected"),
    [
        (class_balanced_sampler(TARGET, num_samples=DRAWS, generator=generator()), [1, 1, 1]),
        (square_root_sampler(TARGET, num_samples=DRAWS, generator=generator()), np.sqrt(COUNTS)),
        (power_sampler(TARGET, 1.0, num_samples=DRAWS, generator=generator()), COUNTS),
        (power_sampler(TARGET, -0.5, num_samples=DRAWS, generator=generator()), COUNTS**-0.5),
    ],
)
def test_class_marginals(sampler, expected):
    drawn = np.array(list(sampler))
    assert len(drawn) == len(sampler) == DRAWS
    observed = np.bincount(TARGET[drawn], minlength=3)
    share = np.asarray(expected) / np.sum(expected)
    assert chisquare(observed, DRAWS * share).pvalue > 1e-3
    within = np.bincount(drawn, minlength=len(TARGET))[TARGET.numpy() == 2]
    assert chisquare(within).pvalue > 1e-3


def test_square_root_sampling_draws_as_it_says():
    weights = square_root_sampler(TARGET).weights.numpy()
    by_class = np.bincount(TARGET, weights=weights)
    np.testing.assert_allclose(by_class / by_class.sum(), np.sqrt(COUNTS) / np.sqrt(COUNTS).sum())


def test_expected_loss_under_balanced_draws_is_that_of_inverse_frequency_weights():
    loss = np.random.default_rng(0).exponential(size=len(TARGET))
    draw = class_balanced_sampler(TARGET).weights.numpy()
    weight = (1 / (3 * COUNTS / COUNTS.sum()))[TARGET.numpy()]
    assert (draw / draw.sum()) @ loss == pytest.approx((weight * loss).mean(), rel=1e-12)


def test_the_progressive_sampler_goes_from_the_data_to_balance():
    sampler = ProgressivelyBalancedSampler(TARGET, 4, num_samples=DRAWS, generator=generator())
    for epoch in range(5):
        sampler.set_epoch(epoch)
        expected = progressive_probability(COUNTS, epoch / 4)
        np.testing.assert_allclose(np.bincount(TARGET, weights=sampler.weights), expected)
        observed = np.bincount(TARGET[torch.tensor(list(sampler))], minlength=3)
        assert chisquare(observed, DRAWS * expected).pvalue > 1e-3
    assert list(ProgressivelyBalancedSampler(TARGET, 4).weights) == [1 / 500] * 500


def test_the_class_aware_sampler_takes_classes_in_turn_and_examples_before_they_repeat():
    sampler = ClassAwareSampler(TARGET, generator=generator())
    drawn = torch.tensor(list(sampler))
    assert len(drawn) == len(sampler) == 3 * 400
    groups = TARGET[drawn].reshape(-1, 4)
    assert (groups == groups[:, :1]).all()
    rounds = groups[:, 0].reshape(-1, 3)
    assert (rounds.sort(dim=1).values == torch.arange(3)).all()
    times = np.bincount(drawn, minlength=500)
    for label in range(3):
        own = times[TARGET.numpy() == label]
        assert own.sum() == 400
        assert np.ptp(own) <= 1


@pytest.mark.parametrize(
    "build",
    [
        lambda seed: class_balanced_sampler(TARGET, generator=generator(seed)),
        lambda seed: ProgressivelyBalancedSampler(TARGET, 2, generator=generator(seed)),
        lambda seed: ClassAwareSampler(TARGET, generator=generator(seed)),
    ],
)
def test_a_generator_makes_draws_repeatable(build):
    assert list(build(1)) == list(build(1)) != list(build(2))


def test_a_sampler_works_in_a_loader():
    data = TensorDataset(torch.arange(500), TARGET)
    for sampler in (class_balanced_sampler(TARGET), ClassAwareSampler(TARGET)):
        examples, labels = next(iter(DataLoader(data, batch_size=8, sampler=sampler)))
        assert torch.equal(TARGET[examples], labels)


def test_labels_need_not_be_consecutive():
    sampler = class_balanced_sampler(np.array([7, 7, 7, -2]), num_samples=1000)
    np.testing.assert_allclose(sampler.weights, [1 / 6, 1 / 6, 1 / 6, 1 / 2])


def test_truth_values_are_labels():
    truth = torch.tensor([True] * 3 + [False] * 9)
    for labels in (truth, truth.numpy(), truth.tolist()):
        sampler = class_balanced_sampler(labels)
        np.testing.assert_allclose(sampler.weights, [1 / 6] * 3 + [1 / 18] * 9)
    assert len(ClassAwareSampler(truth)) == 18


LABELS = [0, 2, 1, 0, 0, 1]


@pytest.mark.parametrize(
    "target",
    [
        np.array(LABELS, dtype=np.uint8),
        torch.tensor(LABELS, dtype=torch.float32),
        pandas.Series(LABELS, index=[9, 8, 7, 1, 2, 3]),
        torch.tensor(LABELS)[:, None],
        TensorDataset(torch.zeros(6, 2), torch.tensor(LABELS)),
        ConcatDataset([TensorDataset(torch.tensor(LABELS[i : i + 2])) for i in (0, 2, 4)]),
        Subset(Subset(TensorDataset(torch.tensor([5, *LABELS, 5])), range(1, 8)), range(6)),
    ],
)
def test_labels_are_read_as_those_of_class_counts(target):
    for build in (class_balanced_sampler, lambda y: ProgressivelyBalancedSampler(y, 2)):
        assert torch.equal(build(target).weights, build(LABELS).weights)
    for one, other in zip(
        ClassAwareSampler(target).members, ClassAwareSampler(LABELS).members, strict=True
    ):
        assert torch.equal(one, other)


def test_more_labels_than_torch_can_draw_from():
    target = np.zeros(2**24 + 3, dtype=np.int8)
    target[-2:] = 1
    sampler = class_balanced_sampler(target, num_samples=4000, seed=0)
    drawn = np.array(list(sampler))
    assert chisquare(np.bincount(target[drawn])).pvalue > 1e-3
    assert len(set(drawn[target[drawn] == 0])) > 1900  # all of a large class, not a few of it


@given(
    counts=class_counts(max_classes=4, max_count=6),
    exponent=st.floats(-2, 2),
    seed=st.integers(0, 100),
)
def test_every_example_is_drawn_with_its_probability(counts, exponent, seed):
    target = np.random.default_rng(seed).permutation(np.repeat(np.arange(counts.size), counts))
    sampler = power_sampler(target, exponent, num_samples=20_000, seed=seed)
    expected = counts[target] ** (exponent - 1.0)
    expected /= expected.sum()
    np.testing.assert_allclose(sampler.weights, expected, rtol=1e-12)
    observed = np.bincount(list(sampler), minlength=len(target))
    assert len(target) == 1 or chisquare(observed, 20_000 * expected).pvalue > 1e-6


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: class_balanced_sampler([0.5, 1.0]), InputTypeError, "must be whole numbers"),
        (lambda: class_balanced_sampler([[0, 1]]), InputError, r"must be \(N,\)"),
        (lambda: class_balanced_sampler([[0, 1], [1]]), InputTypeError, "target is ragged"),
        (lambda: class_balanced_sampler(["a", "b"]), InputTypeError, "must be whole numbers"),
        (lambda: class_balanced_sampler(object()), InputTypeError, "target is a object: give"),
        (lambda: class_balanced_sampler([0, 1], num_samples=2.5), InputError, "num_samples = 2.5"),
        (lambda: power_sampler([0, 1], float("nan")), InputError, "exponent = nan"),
        (lambda: power_sampler([0, 1], float("inf")), InputError, "exponent = inf"),
        (lambda: class_balanced_sampler(np.array([], int)), InputError, r"N >= 1"),
        (lambda: class_balanced_sampler(TARGET, num_samples=0), InputError, "num_samples = 0"),
        (lambda: ClassAwareSampler(TARGET, 0), InputError, "per_class = 0"),
        (lambda: ProgressivelyBalancedSampler(TARGET, 0), InputError, "epochs = 0"),
        (
            lambda: ProgressivelyBalancedSampler(TARGET, 3).set_epoch(4),
            InputError,
            "at most epochs",
        ),
    ],
)
def test_bad_input_is_refused_with_its_mend(build, error, message):
    with pytest.raises(error, match=message):
        build()
