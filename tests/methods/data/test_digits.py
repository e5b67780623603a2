"""Data sets: long-tailed to train on, balanced to test on, the same for the same seed."""

import pytest
import torch
from counterpoise.methods.data import load, load_digits_lt, long_tailed_indices
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.imbalance import exponential_profile
from hypothesis import given
from hypothesis import strategies as st

LABELS = torch.arange(5).repeat(30)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@given(counts=st.lists(st.integers(0, 30), min_size=5, max_size=5), seed=st.integers(0, 99))
def test_a_subset_has_the_counts_asked_for_and_no_repeats(counts, seed):
    chosen = long_tailed_indices(LABELS, counts, generator(seed))
    assert torch.bincount(LABELS[chosen], minlength=5).tolist() == counts
    assert len(chosen.unique()) == len(chosen)


def test_a_subset_is_random_and_repeats_with_its_generator():
    counts = [20, 10, 5, 2, 1]
    one, again, other = (long_tailed_indices(LABELS, counts, generator(s)) for s in (0, 0, 1))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_too_few_examples_of_a_class_are_named():
    with pytest.raises(InputError, match=r"class_counts\[2\] = 31: class 2 has only 30 examples"):
        long_tailed_indices(LABELS, [1, 1, 31, 1, 1], generator())


@pytest.mark.parametrize("factor", [1, 10, 100, 120])
def test_digits_follow_the_exponential_profile(factor):
    data = load_digits_lt(factor)
    expected = exponential_profile(120, 10, factor).tolist()
    assert data.class_counts.tolist() == expected
    assert torch.bincount(data.train_labels).tolist() == expected


def test_the_digits_test_set_is_balanced():
    assert torch.bincount(load_digits_lt().test_labels).tolist() == [54] * 10


def test_digits_are_images_in_the_unit_interval():
    data = load_digits_lt()
    for images in (data.train_images, data.test_images):
        assert images.shape[1:] == (1, 8, 8)
        assert images.dtype == torch.float32
        assert images.min() >= 0
        assert images.max() <= 1


def test_no_test_image_is_trained_on():
    data = load_digits_lt(1)
    distance = torch.cdist(data.train_images.flatten(1), data.test_images.flatten(1))
    assert distance.min() > 0


@pytest.mark.parametrize("factor", [1, 100])
def test_a_validation_split_is_balanced_and_taken_from_the_test_set_alone(factor):
    plain, split = load_digits_lt(factor, 2), load_digits_lt(factor, 2, validation=18)
    assert plain.validation is None
    assert torch.bincount(split.validation.labels).tolist() == [18] * 10
    assert torch.bincount(split.test_labels).tolist() == [36] * 10
    assert torch.equal(split.train_images, plain.train_images)
    assert torch.equal(split.train_labels, plain.train_labels)
    held_out = torch.cat([split.test_images, split.validation.images]).flatten(1)
    assert torch.equal(
        held_out.unique(dim=0, return_counts=True)[1],
        plain.test_images.flatten(1).unique(dim=0, return_counts=True)[1],
    )
    for images in (split.train_images, split.test_images):
        assert torch.cdist(images.flatten(1), split.validation.images.flatten(1)).min() > 0


def test_what_is_watched_is_the_validation_split_or_else_the_test_set():
    assert torch.equal(load("digits").watched.images, load("digits").test_images)
    split = load("digits", validation=5)
    assert split.watched is split.validation


@pytest.mark.parametrize("size", [54, -1, 2.5])
def test_a_validation_split_that_leaves_nothing_to_test_on_is_refused(size):
    with pytest.raises(InputError, match="validation = "):
        load("digits", validation=size)


def test_the_seed_draws_the_digits():
    one, again, other = load_digits_lt(seed=3), load_digits_lt(seed=3), load_digits_lt(seed=4)
    assert torch.equal(one.train_images, again.train_images)
    assert not torch.equal(one.train_images, other.train_images)
    assert not torch.equal(one.test_images, other.test_images)


def test_loading_draws_nothing_from_the_global_generator():
    before = torch.get_rng_state()
    load("digits")
    assert torch.equal(torch.get_rng_state(), before)


def test_an_unknown_data_set_is_answered_with_near_names():
    with pytest.raises(InputError, match="did you mean digits"):
        load("digit")


def test_an_imbalance_that_empties_a_class_is_refused():
    with pytest.raises(InputError, match="imbalance_factor = 500"):
        load("digits", 500)


@pytest.mark.parametrize("profile", ["step", "as-is"])
def test_a_profile_that_the_digits_do_not_have_is_refused(profile):
    assert load("digits", 10, profile="exponential").class_counts[0] == 120
    with pytest.raises(InputError, match=f"profile = '{profile}'"):
        load("digits", 10, profile=profile)
