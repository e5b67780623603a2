"""Moment matching: the theory's ratio class by class, whatever the scale, against moving prototypes."""

import numpy as np
import pytest
import torch
from counterpoise.methods.ratios import MomentMatching
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.reweighting import class_density_ratio
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

Z = 6
TARGET = torch.tensor([0, 0, 1, 0, 2, 1, 0])


def features(seed=0, batch=7):
    return torch.rand(batch, Z, generator=torch.Generator().manual_seed(seed))


@given(
    phi=hnp.arrays(np.float64, (len(TARGET), Z), elements=st.floats(0, 10, width=32)),
    prototype=hnp.arrays(np.float64, (3, Z), elements=st.floats(0, 10, width=32)),
    ridge=st.floats(1e-3, 1e3),
)
def test_the_ratio_is_the_theorys_class_by_class(phi, prototype, ridge):
    estimator = MomentMatching(3, Z, ridge=ridge)
    estimator.observe(torch.from_numpy(prototype), torch.arange(3))
    ratio = estimator.ratio(torch.from_numpy(phi), TARGET).numpy()
    for label in range(3):
        members = TARGET.numpy() == label
        expected = class_density_ratio(phi[members], prototype[label], ridge)
        np.testing.assert_allclose(ratio[members], expected, rtol=1e-6, atol=1e-6)


def test_the_ratio_does_not_depend_on_the_scale_of_the_features():
    one, two = MomentMatching(3, Z), MomentMatching(3, Z)
    one.observe(features(1), TARGET)
    two.observe(1000 * features(1).double(), TARGET)
    scaled = two.ratio(1000 * features().double(), TARGET)
    torch.testing.assert_close(scaled, one.ratio(features(), TARGET))


def test_a_prototype_is_a_moving_average_that_starts_at_the_first_mean():
    estimator = MomentMatching(3, Z, momentum=0.75)
    first, second = features(0).double(), features(1).double()
    estimator.observe(first, TARGET)
    estimator.observe(second, TARGET)
    expected = 0.75 * first[TARGET == 1].mean(dim=0) + 0.25 * second[TARGET == 1].mean(dim=0)
    torch.testing.assert_close(estimator.prototypes[1], expected)


def test_a_class_absent_from_the_batch_keeps_its_prototype():
    estimator = MomentMatching(3, Z)
    estimator.observe(features(), TARGET)
    before = estimator.prototypes[2].clone()
    estimator.observe(features(1, batch=2), torch.tensor([0, 1]))
    assert torch.equal(estimator.prototypes[2], before)


def test_features_of_another_length_are_refused():
    with pytest.raises(InputError, match=r"\(B, 6\)"):
        MomentMatching(3, Z).ratio(features()[:, :2], TARGET)
