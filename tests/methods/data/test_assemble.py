"""From a balanced set to a long-tailed one: published counts and subsets, splits, noise, test priors."""

import numpy as np
import pytest
import torch
from counterpoise.methods.data import Part, Source, assemble, canonical_indices, indices_hash
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.imbalance import exponential_profile, step_profile
from hypothesis import given, settings
from hypothesis import strategies as st


def source(per_class=500, classes=10):
    """Examples that are their own numbers."""
    labels = torch.arange(classes).repeat_interleave(per_class)
    rows = torch.arange(len(labels), dtype=torch.float32)[:, None]
    train, test = (Part(labels, rows.__getitem__) for _ in range(2))
    return Source("numbers", tuple(map(str, range(classes))), train, test)


PUBLISHED = {  # Cao et al. (NeurIPS 2019), counts of CIFAR-10-LT
    ("exponential", 10): [5000, 3871, 2997, 2320, 1796, 1391, 1077, 834, 645, 500],
    ("exponential", 50): [5000, 3237, 2096, 1357, 878, 568, 368, 238, 154, 100],
    ("exponential", 100): [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50],
    ("exponential", 200): [5000, 2775, 1540, 854, 474, 263, 146, 81, 45, 25],
    ("step", 10): [5000] * 5 + [500] * 5,
    ("step", 100): [5000] * 5 + [50] * 5,
}


@pytest.mark.parametrize(("profile", "factor"), PUBLISHED)
def test_counts_are_the_published_ones(profile, factor):
    data = assemble(source(5000), "n", imbalance_factor=factor, profile=profile)
    assert data.class_counts.tolist() == PUBLISHED[profile, factor]


def test_totals_of_a_hundred_classes():
    totals = {f: int(exponential_profile(500, 100, f).sum()) for f in (10, 20, 50, 100, 200)}
    assert totals == {10: 19573, 20: 15907, 50: 12608, 100: 10847, 200: 9502}
    assert step_profile(500, 100, 100).sum() == 25250


def test_the_canonical_subset_is_that_of_the_published_script():
    """The script written out: one seed, then class by class shuffle and keep."""
    labels = np.arange(10).repeat(500)
    counts = exponential_profile(500, 10, 100)
    np.random.seed(0)  # noqa: NPY002 - the state of the legacy generator is the definition
    expected = []
    for label, count in enumerate(counts):
        members = np.where(labels == label)[0]
        np.random.shuffle(members)  # noqa: NPY002
        expected.extend(members[:count])
    found = canonical_indices(torch.from_numpy(labels), counts)
    assert found.tolist() == expected


def test_the_hash_tells_subsets_apart_but_not_orders():
    indices = torch.tensor([5, 2, 9])
    assert indices_hash(indices) == indices_hash(indices.flip(0))
    assert indices_hash(indices) != indices_hash(indices + 1)


def test_the_hash_of_the_canonical_subset_of_cifar_10_is_known():
    labels = torch.arange(10).repeat_interleave(
        5000
    )  # the order within a class is all that matters
    chosen = canonical_indices(labels, exponential_profile(5000, 10, 100))
    assert indices_hash(chosen).startswith("b582b3a43431cddf")


@given(
    factor=st.sampled_from([1, 5, 20]),
    validation=st.integers(0, 10),
    subset=st.sampled_from(["canonical", "seeded"]),
    seed=st.integers(0, 5),
)
@settings(max_examples=30, deadline=None)
def test_validation_and_training_share_nothing(factor, validation, subset, seed):
    data = assemble(
        source(60), "n", imbalance_factor=factor, validation=validation, subset=subset, seed=seed
    )
    trained = set(data.train_images[:, 0].tolist())
    assert len(trained) == int(data.class_counts.sum())
    if validation:
        apart = set(data.validation.images[:, 0].tolist())
        assert not apart & trained
        assert torch.bincount(data.validation.labels).tolist() == [validation] * 10
    else:
        assert data.validation is None


def test_the_seed_draws_another_subset_only_where_it_should():
    subsets = {
        kind: {
            assemble(source(60), "n", subset=kind, imbalance_factor=10, seed=s).subset
            for s in range(3)
        }
        for kind in ("canonical", "seeded")
    }
    assert len(subsets["canonical"]) == 1
    assert len(subsets["seeded"]) == 3


@pytest.mark.parametrize("rate", [0.05, 0.4])
def test_label_noise_has_its_rate_and_spreads_evenly(rate):
    clean = assemble(source(2000), "n", imbalance_factor=1)
    noisy = assemble(source(2000), "n", imbalance_factor=1, label_noise=rate)
    changed = clean.train_labels != noisy.train_labels
    assert changed.double().mean().item() == pytest.approx(rate, abs=0.01)
    assert torch.equal(noisy.class_counts, torch.bincount(noisy.train_labels))
    moved = (noisy.train_labels - clean.train_labels)[changed] % 10
    shares = torch.bincount(moved, minlength=10)[1:] / changed.sum()
    torch.testing.assert_close(shares, torch.full((9,), 1 / 9), atol=0.03, rtol=0)


def test_a_test_set_may_have_a_long_tail_of_its_own():
    data = assemble(source(100), "n", imbalance_factor=50)
    forward, backward = (data.test_under(10, backward=way) for way in (False, True))
    profile = exponential_profile(100, 10, 10).tolist()
    assert torch.bincount(forward.labels).tolist() == profile
    assert torch.bincount(backward.labels).tolist() == profile[::-1]
    assert len(forward.images[:, 0].unique()) == len(forward.images)


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"profile": "exp"}, "unknown profile 'exp'"),
        ({"subset": "random"}, "unknown subset"),
        ({"validation": 60}, "validation = 60"),
        ({"label_noise": 1.0}, "label_noise = 1"),
        ({"imbalance_factor": 100}, "would be empty"),
        ({"imbalance_factor": 0.5}, "imbalance_factor"),
    ],
)
def test_what_cannot_be_assembled_is_refused(options, part):
    with pytest.raises(InputError, match=part):
        assemble(source(60), "n", **options)


def test_a_class_of_one_is_learnt_from_but_not_validated_on():
    part = Part(torch.tensor([0, 0, 1]), torch.eye(3).__getitem__)
    alone = Source("rows", ("many", "one"), part, part)
    assert assemble(alone, "n", profile="as-is").class_counts.tolist() == [2, 1]
    with pytest.raises(InputError, match="validation = 3: class 'one' has 1"):
        assemble(alone, "n", profile="as-is", validation=3)
