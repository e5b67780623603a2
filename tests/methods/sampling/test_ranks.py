"""Several processes share one order of examples: put together again, it is that of a single process.

Two processes that ask ``torch.distributed`` who they are: in ``tests/methods/test_ranks.py``.
"""

import numpy as np
import pytest
import torch
from counterpoise.methods.sampling import (
    ClassAwareSampler,
    ProgressivelyBalancedSampler,
    class_balanced_sampler,
    power_sampler,
    square_root_sampler,
)
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import DistributedSampler

SAMPLERS = {
    "power": lambda target, **shared: power_sampler(target, -0.5, **shared),
    "balanced": class_balanced_sampler,
    "square root": square_root_sampler,
    "progressive": lambda target, **shared: ProgressivelyBalancedSampler(target, 5, **shared),
    "class-aware": lambda target, **shared: ClassAwareSampler(target, 2, **shared),
}
OF_SAMPLERS = pytest.mark.parametrize("build", SAMPLERS.values(), ids=SAMPLERS)
TARGET = np.repeat([0, 1, 2], [40, 15, 6])


def shares(build, replicas, epoch=0, **shared):
    """What every rank draws."""
    found = []
    for rank in range(replicas):
        sampler = build(TARGET, rank=rank, num_replicas=replicas, **shared)
        sampler.set_epoch(epoch)
        found.append(list(sampler))
        assert len(sampler) == len(found[-1])
    return found


@OF_SAMPLERS
@given(replicas=st.integers(1, 7), seed=st.integers(0, 2**70), epoch=st.integers(0, 5))
def test_shares_are_equally_long_and_make_up_the_order_of_one_process(build, replicas, seed, epoch):
    (whole,) = shares(build, 1, epoch, seed=seed)
    parts = shares(build, replicas, epoch, seed=seed)
    assert len({len(part) for part in parts}) == 1
    together = [index for step in zip(*parts, strict=True) for index in step]
    assert together[: len(whole)] == whole
    assert 0 <= len(together) - len(whole) < replicas


@OF_SAMPLERS
def test_the_order_depends_on_seed_and_epoch_alone(build):
    orders = {
        (seed, epoch): tuple(shares(build, 2, epoch, seed=seed)[1])
        for seed in range(3)
        for epoch in range(3)
    }
    assert len(set(orders.values())) == 9
    sampler = build(TARGET, seed=0)
    assert list(sampler) == list(sampler)


@OF_SAMPLERS
def test_generators_in_the_same_state_share_too(build):
    parts = [
        list(build(TARGET, rank=rank, num_replicas=2, generator=torch.Generator().manual_seed(4)))
        for rank in range(2)
    ]
    (whole,) = [list(build(TARGET, generator=torch.Generator().manual_seed(4)))]
    together = [index for step in zip(*parts, strict=True) for index in step]
    assert together[: len(whole)] == whole


@OF_SAMPLERS
def test_one_process_without_a_seed_draws_anew_as_torch_is_seeded(build):
    orders = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        sampler = build(TARGET)
        orders.append((list(sampler), list(sampler)))
        assert orders[-1][0] != orders[-1][1]
    assert orders[0] == orders[1] != orders[2]


def test_no_example_of_a_class_comes_again_on_any_rank_before_all_have_come():
    drawn = np.bincount(np.concatenate(shares(ClassAwareSampler, 4, seed=1)))
    for label in range(3):
        assert np.ptp(drawn[label == TARGET]) <= 1


@pytest.mark.parametrize("replicas", [2, 3])
def test_each_rank_draws_the_classes_as_told(replicas):
    for part in shares(class_balanced_sampler, replicas, seed=0, num_samples=30_000):
        share = np.bincount(TARGET[part]) / len(part)
        np.testing.assert_allclose(share, 1 / 3, atol=5 / np.sqrt(len(part)))


@OF_SAMPLERS
def test_lightning_takes_it_for_split_already(build):
    assert isinstance(build(TARGET), DistributedSampler)


@pytest.mark.parametrize(
    ("shared", "message"),
    [
        ({"rank": 0}, "give both or neither"),
        ({"num_replicas": 2}, "give both or neither"),
        ({"rank": 2, "num_replicas": 2}, "rank = 2: must be below num_replicas = 2"),
        ({"rank": -1, "num_replicas": 2}, "rank = -1"),
        ({"rank": 0.5, "num_replicas": 2}, r"rank = 0\.5: must be one whole number"),
        ({"rank": 0, "num_replicas": 0}, "num_replicas = 0"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": 1.5}, r"seed = 1\.5"),
        ({"seed": 1, "generator": torch.Generator()}, "give one of them"),
    ],
)
@OF_SAMPLERS
def test_shares_that_make_no_sense_are_refused(build, shared, message):
    with pytest.raises(InputError, match=message):
        build(TARGET, **shared)


@OF_SAMPLERS
@pytest.mark.parametrize("epoch", [-1, 0.5])
def test_an_epoch_is_a_whole_number(build, epoch):
    with pytest.raises(InputError, match="epoch = "):
        build(TARGET).set_epoch(epoch)
