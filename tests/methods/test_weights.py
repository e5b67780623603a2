"""Weight sources: what they answer, what they remember, and where they agree with the theory."""

import numpy as np
import pytest
import torch
from counterpoise.methods.weights import (
    DeferredWeights,
    DensityRatioWeights,
    UniformWeights,
    class_balanced_weights,
    inverse_frequency_weights,
)
from counterpoise.theory.density_ratio import class_density_ratio
from counterpoise.theory.effective_number import effective_number_weights
from counterpoise.theory.validation import InputError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from strategies import class_counts

COUNTS = (100, 20, 5)
Z = 6
TARGET = torch.tensor([0, 0, 1, 0, 2, 1, 0])


def features(seed=0, batch=7):
    return torch.rand(batch, Z, generator=torch.Generator().manual_seed(seed))


def sources():
    return {
        "uniform": UniformWeights(),
        "deferred": DeferredWeights(COUNTS, start=3),
        "density-ratio": DensityRatioWeights(COUNTS, Z, start=3),
    }


@given(counts=class_counts())
def test_inverse_frequency_weights_balance_the_classes_and_sum_to_their_number(counts):
    weights = inverse_frequency_weights(counts).numpy()
    np.testing.assert_allclose(weights.sum(), counts.size)
    np.testing.assert_allclose(weights * counts, weights[0] * counts[0])


def test_class_balanced_weights_are_the_theorys():
    expected = effective_number_weights(COUNTS, 0.99)
    np.testing.assert_array_equal(class_balanced_weights(COUNTS, 0.99).numpy(), expected)


def test_golden_inverse_frequency():
    expected = torch.tensor([0.11538462, 0.57692308, 2.30769231], dtype=torch.float64)
    torch.testing.assert_close(inverse_frequency_weights(COUNTS), expected)


@pytest.mark.parametrize("name", ["uniform", "deferred", "density-ratio"])
@pytest.mark.parametrize("epoch", [0, 2])
def test_every_source_starts_with_ones(name, epoch):
    weights = sources()[name].weights(epoch, features(), TARGET)
    assert torch.equal(weights, torch.ones(len(TARGET)))


@pytest.mark.parametrize("name", ["uniform", "deferred", "density-ratio"])
def test_weights_are_detached_and_of_the_features_dtype(name):
    source = sources()[name]
    source.observe(features(1), TARGET)
    weights = source.weights(5, features().requires_grad_(), TARGET)
    assert not weights.requires_grad
    assert weights.dtype == torch.float32


@pytest.mark.parametrize("name", ["uniform", "deferred", "density-ratio"])
def test_a_restored_source_continues_to_the_bit(name):
    source, other = sources()[name], sources()[name]
    for seed in range(3):
        source.observe(features(seed), TARGET)
    other.load_state_dict(source.state_dict())
    source.observe(features(9), TARGET)
    other.observe(features(9), TARGET)
    one, two = (s.weights(5, features(4), TARGET) for s in (source, other))
    assert torch.equal(one, two)


def test_a_saved_state_is_a_copy():
    source = DensityRatioWeights(COUNTS, Z)
    state = source.state_dict()
    source.observe(features(), TARGET)
    assert not state["seen"].any()


def test_deferred_weights_switch_at_the_start_epoch_and_nowhere_else():
    source = DeferredWeights(COUNTS, start=4)
    per_epoch = [source.weights(epoch, features(), TARGET) for epoch in range(8)]
    balanced = torch.from_numpy(effective_number_weights(COUNTS, 0.9999)).float()[TARGET]
    for epoch, weights in enumerate(per_epoch):
        assert torch.equal(weights, balanced if epoch >= 4 else torch.ones(len(TARGET)))


def test_deferred_weights_can_be_given():
    source = DeferredWeights(COUNTS, 0, class_weights=(1.0, 2.0, 3.0))
    expected = torch.tensor([1.0, 1.0, 2.0, 1.0, 3.0, 2.0, 1.0])
    assert torch.equal(source.weights(0, features(), TARGET), expected)


@given(
    phi=hnp.arrays(np.float64, (len(TARGET), Z), elements=st.floats(0, 10, width=32)),
    prototype=hnp.arrays(np.float64, (3, Z), elements=st.floats(0, 10, width=32)),
    ridge=st.floats(1e-3, 1e3),
)
def test_the_ratio_is_the_theorys_class_by_class(phi, prototype, ridge):
    source = DensityRatioWeights(COUNTS, Z, ridge=ridge)
    source.observe(torch.from_numpy(prototype), torch.arange(3))
    ratio = source.ratio(torch.from_numpy(phi), TARGET).numpy()
    for label in range(3):
        members = TARGET.numpy() == label
        expected = class_density_ratio(phi[members], prototype[label], ridge)
        np.testing.assert_allclose(ratio[members], expected, rtol=1e-6, atol=1e-6)


def inverse_frequency_of_the_batch():
    raw = inverse_frequency_weights(COUNTS)[TARGET]
    return (raw / raw.mean()).float()


def test_a_prototype_equal_to_the_batch_mean_gives_inverse_frequency():
    source = DensityRatioWeights(COUNTS, Z)
    source.observe(features(), TARGET)
    weights = source.weights(0, features(), TARGET)
    torch.testing.assert_close(weights, inverse_frequency_of_the_batch())


def test_an_unseen_class_gives_inverse_frequency():
    weights = DensityRatioWeights(COUNTS, Z).weights(0, features(), TARGET)
    torch.testing.assert_close(weights, inverse_frequency_of_the_batch())


def test_an_infinite_ridge_gives_inverse_frequency():
    source = DensityRatioWeights(COUNTS, Z, ridge=1e12)
    source.observe(features(1), TARGET)
    weights = source.weights(0, features(), TARGET)
    torch.testing.assert_close(weights, inverse_frequency_of_the_batch())


def test_temperature_zero_gives_uniform_weights():
    source = DensityRatioWeights(COUNTS, Z, gamma=0.0)
    source.observe(features(1), TARGET)
    assert torch.equal(source.weights(0, features(), TARGET), torch.ones(len(TARGET)))


def test_features_that_are_all_zero_give_inverse_frequency():
    source = DensityRatioWeights(COUNTS, Z)
    source.observe(features(1), TARGET)
    weights = source.weights(0, torch.zeros(len(TARGET), Z), TARGET)
    torch.testing.assert_close(weights, inverse_frequency_of_the_batch())


def test_the_ratio_does_not_depend_on_the_scale_of_the_features():
    one, two = DensityRatioWeights(COUNTS, Z), DensityRatioWeights(COUNTS, Z)
    one.observe(features(1), TARGET)
    two.observe(1000 * features(1).double(), TARGET)
    scaled = two.ratio(1000 * features().double(), TARGET)
    torch.testing.assert_close(scaled, one.ratio(features(), TARGET))


def test_permuting_the_batch_permutes_the_weights():
    source = DensityRatioWeights(COUNTS, Z)
    source.observe(features(1), TARGET)
    order = torch.tensor([3, 0, 6, 5, 1, 2, 4])
    permuted = source.weights(0, features()[order], TARGET[order])
    torch.testing.assert_close(permuted, source.weights(0, features(), TARGET)[order])


def test_weights_have_batch_mean_one_and_are_positive():
    source = DensityRatioWeights(COUNTS, Z, ridge=1e-6)
    source.observe(features(1), TARGET)
    weights = source.weights(0, features(), TARGET)
    assert (weights > 0).all()
    torch.testing.assert_close(weights.mean(), torch.tensor(1.0))


def test_a_prototype_is_a_moving_average_that_starts_at_the_first_mean():
    source = DensityRatioWeights(COUNTS, Z, momentum=0.75)
    first, second = features(0).double(), features(1).double()
    source.observe(first, TARGET)
    source.observe(second, TARGET)
    expected = 0.75 * first[TARGET == 1].mean(dim=0) + 0.25 * second[TARGET == 1].mean(dim=0)
    torch.testing.assert_close(source.prototypes[1], expected)


def test_a_class_absent_from_the_batch_keeps_its_prototype():
    source = DensityRatioWeights(COUNTS, Z)
    source.observe(features(), TARGET)
    before = source.prototypes[2].clone()
    source.observe(features(1, batch=2), torch.tensor([0, 1]))
    assert torch.equal(source.prototypes[2], before)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: DeferredWeights(COUNTS, start=-1), "start = -1"),
        (lambda: DeferredWeights(COUNTS, class_weights=(1.0, 2.0)), "must match class_counts"),
        (lambda: DeferredWeights((1, 0)), r"class_counts\[1\]"),
        (lambda: DensityRatioWeights(COUNTS, 0), "num_features = 0"),
        (lambda: DensityRatioWeights(COUNTS, Z, momentum=1.0), "momentum = 1"),
        (lambda: DensityRatioWeights(COUNTS, Z, ridge=0.0), "ridge = 0"),
        (lambda: DensityRatioWeights(COUNTS, Z, gamma=-1.0), "gamma = -1"),
        (lambda: DensityRatioWeights(COUNTS, Z).ratio(features()[:, :2], TARGET), r"\(B, 6\)"),
        (
            lambda: DensityRatioWeights(COUNTS, 2).load_state_dict(
                DensityRatioWeights(COUNTS, Z).state_dict()
            ),
            "prototypes have shape",
        ),
    ],
)
def test_bad_input_is_refused_with_its_mend(build, message):
    with pytest.raises(InputError, match=message):
        build()
