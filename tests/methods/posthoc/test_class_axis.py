"""Where the classes lie after training: axis 1 as in the losses, unless ``dim`` names another."""

import numpy as np
import pytest
import torch
from counterpoise.methods.axes import class_axis
from counterpoise.methods.losses import margin_softmax_loss
from counterpoise.methods.posthoc import (
    LearnedWeightScaling,
    NearestClassMean,
    adjust_logits,
    adjust_probabilities,
    threshold_moving_scores,
)
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from hypothesis import given
from hypothesis import strategies as st
from torch.func import vmap

PRIOR = (10, 2, 1)
COST = [[0, 1, 2], [1, 0, 1], [3, 1, 0]]

RULES = {
    "adjust_logits": lambda p, **dim: adjust_logits(p, PRIOR, 0.7, **dim),
    "adjust_probabilities": lambda p, **dim: adjust_probabilities(
        p, PRIOR, 0.7, target_prior=(1, 2, 3), **dim
    ),
    "threshold_moving_scores": lambda p, **dim: threshold_moving_scores(p, COST, **dim),
}


def probabilities(shape):
    """Along the last axis, in double precision."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(shape, generator=generator, dtype=torch.float64).softmax(-1)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@given(axis=st.integers(0, 3), given_negative=st.booleans(), ndim=st.integers(1, 4))
def test_any_axis_is_the_last_one_moved(rule, axis, given_negative, ndim):
    axis = min(axis, ndim - 1)
    rows = probabilities((3,) * ndim)  # as wide as there are classes: nothing but the axis can tell
    expected = torch.from_numpy(rule(rows.reshape(-1, 3).numpy())).reshape(rows.shape)
    p, dim = rows.movedim(-1, axis), axis - ndim if given_negative else axis
    torch.testing.assert_close(rule(p, dim=dim), expected.movedim(-1, axis))
    np.testing.assert_allclose(rule(p.numpy(), dim=dim), expected.movedim(-1, axis))
    if axis == min(1, ndim - 1):
        torch.testing.assert_close(rule(p), rule(p, dim=dim))
        np.testing.assert_array_equal(rule(p.numpy()), rule(p.numpy(), dim=dim))


def test_a_map_as_wide_as_there_are_classes_is_adjusted_as_the_loss_adjusts_it():
    """Adjusting by tau log pi in training and taking it away afterwards is one thing, pixel by pixel."""
    logits = torch.randn(2, 3, 5, 3, generator=torch.Generator().manual_seed(1))
    target = torch.randint(3, (2, 5, 3), generator=torch.Generator().manual_seed(2))
    offset = torch.tensor(PRIOR).log()
    trained = margin_softmax_loss(logits, target, offset=offset)
    by_hand = margin_softmax_loss(adjust_logits(logits, PRIOR, tau=-1.0), target)
    torch.testing.assert_close(trained, by_hand)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("kind", [torch.Tensor.numpy, torch.clone])
def test_scores_with_the_classes_elsewhere_are_refused_with_the_mend(rule, kind):
    with pytest.raises(InputError, match=r"axis 1 must hold the 3 classes; give dim=-1"):
        rule(kind(probabilities((2, 5, 3))))
    with pytest.raises(InputError, match=r"the 3 classes; give dim=0"):
        rule(kind(probabilities((5, 3)).T))
    with pytest.raises(InputError, match=r"axis 2 must hold the 3 classes; give dim=1"):
        rule(kind(probabilities((2, 3))[:, :, None]), dim=2)
    with pytest.raises(InputError, match=r"it has no axis 7"):
        rule(kind(probabilities((2, 3))), dim=7)
    for dim in (1.0, True, "last"):
        with pytest.raises(InputTypeError, match="dim = "):
            rule(kind(probabilities((2, 3))), dim=dim)
    with pytest.raises(InputError, match=r"shape \(\)"):
        rule(kind(torch.tensor(0.5)))


def test_under_vmap_the_axis_is_that_of_one_of_many():
    p = probabilities((4, 2, 3)).movedim(-1, 1)
    for rule in RULES.values():
        each = vmap(lambda q, rule=rule: rule(q, dim=0))(p)
        torch.testing.assert_close(each, rule(p))
        torch.testing.assert_close(vmap(rule)(p[:, :, 0]), rule(p[:, :, 0]))


def test_heads_over_maps_and_sequences():
    convolution = torch.nn.Conv2d(4, 3, 1)
    maps = torch.randn(2, 4, 5, 3)
    scaled = LearnedWeightScaling(convolution, 3)
    with torch.no_grad():
        scaled.factor.copy_(torch.tensor([1.0, 2.0, 4.0]))
    expected = convolution(maps) * torch.tensor([1.0, 2.0, 4.0])[:, None, None]
    torch.testing.assert_close(scaled(maps), expected)
    linear = torch.nn.Linear(4, 3)
    with pytest.raises(InputError, match="dim=-1"):
        LearnedWeightScaling(linear, 3)(torch.ones(2, 5, 4))
    sequence = LearnedWeightScaling(linear, 3, dim=-1)
    torch.testing.assert_close(sequence(torch.ones(2, 5, 4)), linear(torch.ones(2, 5, 4)))
    rule = NearestClassMean(torch.eye(4)[:3], torch.arange(3))
    assert rule(torch.ones(2, 4, 5, 4)).shape == (2, 3, 5, 4)
    with pytest.raises(InputError, match="dim=-1"):
        rule(torch.ones(2, 5, 4))


def test_an_axis_of_any_size():
    assert class_axis("p", (2, 5), None) == 1
    assert class_axis("p", (5,), None) == 0
    assert class_axis("p", (2, 5, 7), 2, -3) == 0
