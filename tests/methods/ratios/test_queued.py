"""Queues of features against plain lists, and ratios against the estimators that they are handed to."""

import numpy as np
import pytest
import torch
from counterpoise.methods import (
    ULSIF,
    ClassifierRatio,
    DensityRatioWeights,
    KernelMeanMatching,
    QueuedRatio,
)
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=30)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(2, 6), st.integers(0, 99))
def test_a_queue_keeps_the_newest_rows_of_each_class(sizes, size, seed):
    generator = torch.Generator().manual_seed(seed)
    queued, lists = QueuedRatio("ulsif", 3, 2, size), [[], [], []]
    for number in sizes:
        features = torch.rand(number, 2, generator=generator, dtype=torch.float64)
        target = torch.randint(3, (number,), generator=generator)
        queued.observe(features, target)
        for row, label in zip(features.tolist(), target.tolist(), strict=True):
            lists[label] = [*lists[label], row][-size:]
    for label, rows in enumerate(lists):
        kept = queued.rows[label, : len(rows)].tolist()
        assert sorted(kept) == sorted(rows)


@pytest.mark.parametrize(
    ("name", "estimator"),
    [("ulsif", ULSIF), ("kmm", KernelMeanMatching), ("logistic", ClassifierRatio)],
)
def test_a_ratio_is_the_estimators_of_the_class(name, estimator):
    rng = np.random.default_rng(0)
    queue, batch = rng.normal(1.0, 1.0, (40, 3)), rng.normal(0.0, 1.0, (30, 3))
    queued = QueuedRatio(name, 2, 3, size=64)
    queued.observe(torch.from_numpy(queue), torch.zeros(40, dtype=torch.long))
    target = torch.tensor([0] * 29 + [1])
    ratio = queued.ratio(torch.from_numpy(batch), target).numpy()
    np.testing.assert_allclose(ratio[:29], estimator().fit(queue, batch[:29]).predict(batch[:29]))
    assert ratio[29] == 1.0


@pytest.mark.parametrize("estimator", ["moment", "ulsif", "rulsif", "kliep", "kmm", "logistic"])
def test_every_estimator_finds_which_samples_stand_for_a_planted_shift(estimator):
    rng = np.random.default_rng(1)
    rdr = DensityRatioWeights([90, 10], 2, estimator=estimator, queue=200, ridge=1e-3)
    far = torch.from_numpy(rng.normal((2.0, 1.0), 0.6, (200, 2)))
    near = torch.from_numpy(rng.normal((1.0, 1.0), 0.6, (100, 2)))
    target = torch.zeros(100, dtype=torch.long)
    for part in far.split(20):
        rdr.update(part, torch.zeros(20, dtype=torch.long))
    weights = rdr(near, target)
    assert weights.dtype == near.dtype
    assert torch.isfinite(weights).all()
    assert np.corrcoef(weights, near[:, 0])[0, 1] > 0.3


def test_a_queue_is_saved_and_restored():
    first, second = (DensityRatioWeights([9, 3], 2, estimator="ulsif", queue=4) for _ in range(2))
    features, target = torch.rand(8, 2), torch.tensor([0, 0, 0, 0, 1, 1, 1, 1])
    first.update(features, target)
    second.load_state_dict(first.state_dict())
    assert torch.equal(first(features + 1, target), second(features + 1, target))


def test_an_unknown_estimator_is_one_clear_line():
    with pytest.raises(InputError, match="unknown estimator"):
        DensityRatioWeights([9, 3], 2, estimator="uslif")


def test_a_batch_out_of_the_queues_reach_has_the_ratio_one():
    queued = QueuedRatio("kliep", 1, 3, 16)
    queued.observe(torch.zeros(8, 3), torch.zeros(8, dtype=torch.long))
    far, target = torch.full((6, 3), 50.0), torch.zeros(6, dtype=torch.long)
    assert queued.ratio(far, target).tolist() == [1.0] * 6
