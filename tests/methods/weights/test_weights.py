"""Weight sources: what they answer, what they remember, and where they agree with the theory."""

import numpy as np
import pytest
import torch
from counterpoise.methods.losses import MarginSoftmaxLoss, margin_softmax_loss
from counterpoise.methods.weights import (
    DeferredResampling,
    DeferredReweighting,
    DensityRatioWeights,
    DifficultyWeights,
    TruncatedLogitAdjustment,
    UniformWeights,
    Unscheduled,
    difficulty_weights,
    effective_number_weights,
    inverse_frequency_weights,
    power_weights,
)
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.reweighting import difficulty_exponent, difficulty_power, effective_number
from counterpoise.theory.vector_scaling import logit_adjustment_offset, vs_scale
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
        "density-ratio": DensityRatioWeights(COUNTS, Z, start=3),
        "difficulty": DifficultyWeights(3),
    }


NAMES = ["uniform", "density-ratio", "difficulty"]
CIFAR10_LT = (5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50)


@given(counts=class_counts())
def test_inverse_frequency_weights_balance_the_classes_and_sum_to_their_number(counts):
    weights = inverse_frequency_weights(counts).numpy()
    np.testing.assert_allclose(weights.sum(), counts.size)
    np.testing.assert_allclose(weights * counts, weights[0] * counts[0])


def golden(text):
    return torch.tensor([float(number) for number in text.split()], dtype=torch.float64)


@pytest.mark.parametrize(
    ("weights", "expected", "tolerance"),
    [
        (inverse_frequency_weights((100, 20, 5)), "0.11538462 0.57692308 2.30769231", 1e-8),
        (effective_number_weights((100, 20, 5)), "0.11589562 0.57716699 2.30693739", 1e-8),
        (
            inverse_frequency_weights(CIFAR10_LT),
            "0.040236 0.067128 0.112017 0.186799 0.311911 0.519851 0.867166 1.447356 2.423885 4.02365",
            1e-6,
        ),
        (
            effective_number_weights(CIFAR10_LT),
            "0.050611 0.0769 0.121134 0.195037 0.318805 0.52459 0.868349 1.442627 2.409223 3.992724",
            1e-6,
        ),
        (
            power_weights(CIFAR10_LT, 0.15),
            "0.69093 0.746065 0.805627 0.869856 0.93939 1.014199 1.095107 1.182572 1.277668 1.378587",
            1e-6,
        ),
    ],
)
def test_golden_weights(weights, expected, tolerance):
    torch.testing.assert_close(weights, golden(expected), rtol=0, atol=tolerance)


@given(counts=class_counts(), beta=st.floats(0, 0.99999), nu=st.floats(0, 2))
def test_normalised_weights_sum_to_the_number_of_classes_and_favour_rare_ones(counts, beta, nu):
    for weights in (
        inverse_frequency_weights(counts),
        effective_number_weights(counts, beta),
        power_weights(counts, nu),
    ):
        assert weights.dtype == torch.float64
        np.testing.assert_allclose(weights.sum(), counts.size)
        by_count = weights.numpy()[np.argsort(counts)]
        assert (np.diff(by_count) <= 1e-12 * by_count[:-1]).all()


@given(counts=class_counts(), beta=st.floats(0, 0.99999), nu=st.floats(0, 2))
def test_weights_that_are_not_normalised_are_the_formula(counts, beta, nu):
    prior = counts / counts.sum()
    for weights, expected in (
        (inverse_frequency_weights(counts, normalize=False), 1 / prior),
        (
            effective_number_weights(counts, beta, normalize=False),
            1 / effective_number(counts, beta),
        ),
        (power_weights(counts, nu, normalize=False), prior**-nu),
    ):
        np.testing.assert_allclose(weights.numpy(), expected, rtol=1e-12)


@given(counts=class_counts())
def test_members_of_the_family_meet_at_its_ends(counts):
    ones, inverse = np.ones(counts.size), inverse_frequency_weights(counts).numpy()
    np.testing.assert_allclose(effective_number_weights(counts, 0.0), ones)
    np.testing.assert_allclose(effective_number_weights(counts, 1 - 1e-12), inverse, rtol=1e-7)
    np.testing.assert_allclose(power_weights(counts, 0.0), ones)
    np.testing.assert_allclose(power_weights(counts, 1.0), inverse, rtol=1e-12)
    for weights in (effective_number_weights, inverse_frequency_weights, power_weights):
        np.testing.assert_allclose(weights(np.full(4, 7)), np.ones(4))


accuracies = hnp.arrays(np.float64, st.integers(1, 8), elements=st.floats(0, 1))


@given(accuracy=accuracies, tau=st.one_of(st.sampled_from(["dynamic", "cifar"]), st.floats(0, 5)))
def test_difficulty_weights_grow_with_the_error_and_sum_to_the_number_of_classes(accuracy, tau):
    weights = difficulty_weights(accuracy, tau).numpy()
    np.testing.assert_allclose(weights.sum(), accuracy.size)
    assert (weights >= 0).all()
    by_error = weights[np.argsort(1 - accuracy, kind="stable")]
    assert (np.diff(by_error) >= -1e-12).all()


@given(accuracy=accuracies)
def test_the_dynamic_exponent_stays_in_its_interval(accuracy):
    assert 1 <= difficulty_exponent(accuracy) <= 2
    assert 0.5 <= difficulty_exponent(accuracy, "cifar") <= 1


def test_difficulty_weights_worked_out_by_hand():
    accuracy = (0.9, 0.5, 0.2)
    tau = 2 / (1 + np.exp(-(0.9 / 0.21 - 1)))
    assert difficulty_exponent(accuracy) == pytest.approx(tau, rel=1e-14)
    assert difficulty_exponent(accuracy, "cifar") == pytest.approx(1 / (1 + np.exp(-0.9 / 0.21)))
    raw = np.array([0.1, 0.5, 0.8])
    for chosen, power in (("dynamic", tau), (2.0, 2.0), (0.0, 0.0)):
        expected = 3 * raw**power / (raw**power).sum()
        np.testing.assert_allclose(difficulty_weights(accuracy, chosen), expected, rtol=1e-14)
    np.testing.assert_allclose(
        difficulty_weights(accuracy, 2.0, normalize=False), [0.01, 0.25, 0.64]
    )


def test_difficulty_at_its_ends():
    assert difficulty_exponent((0.4, 0.4)) == 1.0
    assert difficulty_exponent((0.0, 0.0)) == 1.0
    assert difficulty_exponent((1.0, 0.0)) == pytest.approx(2.0)
    assert difficulty_weights((1.0, 1.0, 1.0)).tolist() == [1, 1, 1]
    assert difficulty_weights((1.0, 0.5, 0.5)).tolist() == [0, 1.5, 1.5]
    np.testing.assert_array_equal(difficulty_power((1.0, 0.5), 0.0), [1, 1])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("epoch", [0, 2])
def test_every_source_starts_with_ones(name, epoch):
    weights = sources()[name].weights(epoch, features(), TARGET)
    assert torch.equal(weights, torch.ones(len(TARGET)))


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_detached_and_of_the_features_dtype(name):
    source = sources()[name]
    source.observe(features(1), TARGET)
    weights = source.weights(5, features().requires_grad_(), TARGET)
    assert not weights.requires_grad
    assert weights.dtype == torch.float32


@pytest.mark.parametrize("name", NAMES)
def test_a_restored_source_continues_to_the_bit(name):
    source, other = sources()[name], sources()[name]
    for seed in range(3):
        source.observe(features(seed), TARGET)
    source.observe_accuracy((0.9, 0.6, 0.1))
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
    source = DifficultyWeights(3)
    state = source.state_dict()
    source.observe_accuracy((0.9, 0.6, 0.1))
    assert state["class_weights"].tolist() == [1, 1, 1]


def test_difficulty_weights_follow_the_accuracy_last_observed():
    source = DifficultyWeights(3, tau=1.0)
    for accuracy in ((0.9, 0.6, 0.1), (0.8, 0.8, 0.4)):
        source.observe_accuracy(accuracy)
        expected = difficulty_weights(accuracy, 1.0)[TARGET].float()
        assert torch.equal(source.weights(1, features(), TARGET), expected)


def test_deferred_reweighting_changes_its_weights_once():
    schedule = DeferredReweighting(COUNTS, start=4)
    for epoch in range(8):
        stage = schedule.stage(epoch)
        expected = effective_number_weights(COUNTS) if epoch >= 4 else torch.ones(3).double()
        assert torch.equal(stage.weight, expected)
        assert stage.scale is stage.offset is None
        assert stage.sampling_exponent == 1.0


@pytest.mark.parametrize("exponent", [0.0, 0.5])
def test_deferred_resampling_changes_how_examples_are_drawn_and_nothing_else(exponent):
    schedule = DeferredResampling(start=4, exponent=exponent)
    for epoch in range(8):
        stage = schedule.stage(epoch)
        assert stage.sampling_exponent == (exponent if epoch >= 4 else 1.0)
        assert stage.weight is stage.scale is stage.offset is None


@given(
    counts=class_counts(),
    gamma=st.floats(0, 0.5),
    tau=st.floats(0, 2),
    nu=st.floats(0, 1),
)
def test_truncation_drops_the_scales_keeps_the_offsets_and_weighs(counts, gamma, tau, nu):
    schedule = TruncatedLogitAdjustment(counts, 2, gamma, tau, nu)
    offset = tau * logit_adjustment_offset(counts)
    for epoch in range(4):
        stage = schedule.stage(epoch)
        late = epoch >= 2
        np.testing.assert_allclose(stage.offset, offset)
        scale = np.ones(counts.size) if late else vs_scale(counts, gamma)
        np.testing.assert_array_equal(stage.scale, scale)
        weight = power_weights(counts, nu) if late else np.ones(counts.size)
        np.testing.assert_array_equal(stage.weight, weight)


def test_the_default_truncated_stage_is_the_consistent_one():
    """argmax of the population optimum eta / pi^(nu + tau) is the balanced Bayes rule."""
    counts = np.array(COUNTS)
    late = TruncatedLogitAdjustment(COUNTS, 0).stage(0)
    combined = late.weight.numpy() / np.exp(late.offset.numpy())
    np.testing.assert_allclose(combined * counts, (combined * counts)[0])


@pytest.mark.parametrize("epoch", [0, 5])
def test_a_stage_configures_a_loss(epoch):
    stage = TruncatedLogitAdjustment(COUNTS, 3).stage(epoch)
    criterion = MarginSoftmaxLoss()
    logits = torch.randn(7, 3, generator=torch.Generator().manual_seed(0))
    criterion(logits, TARGET)  # what a loss keeps between calls must not outlive its constants
    stage.configure(criterion)
    expected = margin_softmax_loss(
        logits, TARGET, weight=stage.weight, scale=stage.scale, offset=stage.offset
    )
    assert torch.equal(criterion(logits, TARGET), expected)
    assert set(criterion.state_dict()) == {"weight", "scale", "offset"}


def test_what_a_loss_is_loaded_with_does_not_change_the_plan():
    schedules = DeferredReweighting(COUNTS, 5), TruncatedLogitAdjustment(COUNTS, 5)
    for schedule in schedules:
        for epoch in (0, 9):
            stage = schedule.stage(epoch)
            before = [None if c is None else c.clone() for c in (stage.weight, stage.offset)]
            criterion = MarginSoftmaxLoss()
            stage.configure(criterion)
            criterion.load_state_dict({k: 0 * c for k, c in criterion.state_dict().items()})
            again = schedule.stage(epoch)
            for constant, expected in zip((again.weight, again.offset), before, strict=True):
                assert constant is expected is None or torch.equal(constant, expected)


@pytest.mark.parametrize("held", [None, torch.ones(3), torch.ones(3).half()])
def test_a_stage_configures_torchs_own_loss_in_its_dtype(held):
    criterion = torch.nn.CrossEntropyLoss(weight=held)
    DeferredReweighting(COUNTS, 0).stage(0).configure(criterion)
    assert criterion.weight.dtype == (torch.float32 if held is None else held.dtype)
    logits = torch.randn(7, 3, generator=torch.Generator().manual_seed(0))
    weight = effective_number_weights(COUNTS).to(criterion.weight.dtype)
    assert torch.equal(criterion.weight, weight)
    assert criterion(logits.to(weight.dtype), TARGET).isfinite()


@pytest.mark.parametrize("nu", [500.0, 1e308, -500.0, -1e308])
def test_weights_of_extreme_powers_are_finite(nu):
    rare, frequent = (0.0, 2.0) if nu > 0 else (2.0, 0.0)
    torch.testing.assert_close(
        power_weights((1000, 1), nu), torch.tensor([rare, frequent], dtype=torch.float64)
    )


def test_weights_of_counts_whose_sum_is_no_float_are_finite():
    weights = inverse_frequency_weights((1e308, 1e308, 1))
    torch.testing.assert_close(weights, torch.tensor([3e-308, 3e-308, 3.0], dtype=torch.float64))


def test_a_stage_leaves_what_it_does_not_name():
    criterion = MarginSoftmaxLoss(offset=(0.0, 1.0, 2.0))
    DeferredReweighting(COUNTS, 0).stage(0).configure(criterion)
    assert criterion.offset.tolist() == [0, 1, 2]
    assert torch.equal(criterion.weight, effective_number_weights(COUNTS))


def test_class_weights_can_be_given():
    schedule = DeferredReweighting(COUNTS, 0, class_weights=(1.0, 2.0, 3.0))
    assert schedule.stage(0).weight.tolist() == [1, 2, 3]


def test_without_a_schedule_a_loss_keeps_its_constants():
    criterion = MarginSoftmaxLoss(weight=(1.0, 2.0, 3.0))
    stage = Unscheduled().stage(5)
    stage.configure(criterion)
    assert criterion.weight.tolist() == [1, 2, 3]
    assert stage.sampling_exponent == 1.0


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


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: DeferredReweighting(COUNTS, -1), "start = -1"),
        (
            lambda: DeferredReweighting(COUNTS, 0, class_weights=(1.0, 2.0)),
            "must match class_counts",
        ),
        (lambda: DeferredReweighting((1, 0), 0), r"class_counts\[1\]"),
        (lambda: DeferredReweighting(COUNTS, 1.5), "start = 1.5"),
        (lambda: DeferredResampling(-1), "start = -1"),
        (lambda: TruncatedLogitAdjustment((1, 0), 3), r"class_counts\[1\]"),
        (lambda: DeferredReweighting(COUNTS, 0).stage(0).configure(torch.nn.ReLU()), "no buffer"),
        (lambda: power_weights((0, 1)), r"class_counts\[0\]"),
        (lambda: power_weights((2, 1), float("nan")), "nu = nan"),
        (lambda: power_weights((1000, 1), 500, normalize=False), "pi.-500, is beyond"),
        (
            lambda: inverse_frequency_weights((1e308, 1e308, 1), normalize=False),
            "normalize=True keeps weights finite",
        ),
        (lambda: effective_number_weights(COUNTS, 1.0), "beta = 1"),
        (lambda: difficulty_weights((0.5, 1.5)), "class_accuracy = 1.5"),
        (lambda: difficulty_weights((0.5, 0.5), "paper"), "tau = 'paper'"),
        (lambda: difficulty_weights((0.5, 0.5), -1), "tau = -1"),
        (lambda: difficulty_weights(0.5), "give one accuracy per class"),
        (lambda: DifficultyWeights(3, tau=-1), "tau = -1"),
        (lambda: DifficultyWeights(3).observe_accuracy((0.5, 0.5)), r"must be \(3,\)"),
        (
            lambda: DifficultyWeights(2).load_state_dict(DifficultyWeights(3).state_dict()),
            "class_weights have shape",
        ),
        (lambda: DensityRatioWeights(COUNTS, 0), "num_features = 0"),
        (lambda: DensityRatioWeights(COUNTS, Z, momentum=1.0), "momentum = 1"),
        (lambda: DensityRatioWeights(COUNTS, Z, ridge=-1.0), "ridge = -1"),
        (lambda: DensityRatioWeights(COUNTS, Z, gamma=-1.0), "gamma = -1"),
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
