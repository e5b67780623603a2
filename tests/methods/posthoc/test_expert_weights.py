"""Weights of experts learnt without labels: experts that agree, one that is stable, and their order."""

import pytest
import torch
from counterpoise.methods import expert_weights, view_stability
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st

a_few = settings(deadline=None, max_examples=10)


@a_few
@given(
    st.integers(0, 999),
    st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda w: sum(w) > 0.1),
)
def test_experts_that_agree_predict_alike_under_any_weights(seed, raw):
    generator = torch.Generator().manual_seed(seed)
    first, second = torch.randn(2, 50, 1, 4, generator=generator, dtype=torch.float64).repeat(
        1, 1, 3, 1
    )
    weight = torch.tensor(raw, dtype=torch.float64)
    weight /= weight.sum()
    torch.testing.assert_close((weight[:, None] * first).sum(1), first.mean(dim=1))
    learnt = expert_weights(first, second, seed=seed)
    torch.testing.assert_close(learnt, torch.full((3,), 1 / 3, dtype=torch.float64))
    equal = view_stability(torch.full_like(weight, 1 / 3), first, second)
    torch.testing.assert_close(view_stability(weight, first, second), equal)


def views(seed, steady):
    """Three experts' logits of two views; the steady one sees both alike."""
    generator = torch.Generator().manual_seed(seed)
    first, second = torch.randn(2, 300, 3, 4, generator=generator)
    second[:, steady] = first[:, steady] = 2 * first[:, steady]
    return first, second


@pytest.mark.parametrize("steady", [0, 1, 2])
def test_the_steady_expert_wins_and_the_order_of_experts_does_not_matter(steady):
    first, second = views(1, steady)
    weights = expert_weights(first, second)
    assert int(weights.argmax()) == steady
    assert float(weights.sum()) == pytest.approx(1, abs=1e-6)
    equal = torch.full((3,), 1 / 3)
    assert view_stability(weights, first, second) > view_stability(equal, first, second)
    order = torch.tensor([2, 0, 1])
    turned = expert_weights(first[:, order], second[:, order])
    torch.testing.assert_close(turned, weights[order], rtol=1e-4, atol=1e-5)


def test_descent_stops_where_a_weight_is_small_and_without_epochs_weights_are_equal():
    first, second = views(2, 0)
    torch.testing.assert_close(expert_weights(first, second, epochs=0), torch.full((3,), 1 / 3))
    early = expert_weights(first, second, epochs=50, lr=1.0)
    late = expert_weights(first, second, epochs=50, lr=1.0, stop=0.0)
    assert late.min() < early.min() < 0.05
    with pytest.raises(InputError, match=r"must both be \(N, E, K\)"):
        expert_weights(first, second[:5])
