"""The cosine head: bounds, lengths that do not matter, zero features in every precision."""

import pytest
import torch
from counterpoise.methods.models import NormedLinear


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_cosine_logits_lie_between_minus_one_and_one():
    logits = NormedLinear(16, 4, generator())(100 * torch.randn(50, 16, generator=generator(1)))
    assert logits.abs().max() <= 1 + 1e-6


def test_cosine_logits_ignore_the_length_of_features_and_weights():
    head, features = NormedLinear(16, 4, generator()), torch.randn(5, 16, generator=generator(1))
    before = head(features)
    with torch.no_grad():
        head.weight.mul_(7.0)
    torch.testing.assert_close(head(3.0 * features), before)


def test_a_feature_along_a_direction_has_cosine_one():
    head = NormedLinear(16, 4, generator())
    torch.testing.assert_close(head(head.weight).diagonal(), torch.ones(4))


def test_zero_features_give_finite_logits_and_gradients():
    features = torch.zeros(2, 16, requires_grad=True)
    NormedLinear(16, 4, generator())(features).sum().backward()
    assert features.grad.isfinite().all()


@pytest.mark.parametrize("autocast", [False, True])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_zero_and_long_features_of_half_precision_have_their_cosines(dtype, autocast):
    head = NormedLinear(16, 4, generator())
    features = torch.zeros(3, 16, dtype=dtype)
    features[1], features[2] = 3e4, 1e-3  # the squares of both are beyond float16
    features.requires_grad_()
    with torch.autocast("cpu", dtype=dtype, enabled=autocast):
        logits = (head if autocast else head.to(dtype))(features)
    logits.sum().backward()
    expected = head.float()(torch.ones(16)).to(dtype)
    assert logits.dtype == dtype
    assert (logits[0] == 0).all()
    torch.testing.assert_close(logits[1:], expected.expand(2, -1), rtol=2e-2, atol=2e-2)
    assert features.grad.isfinite().all()
    assert head.weight.grad.isfinite().all()
