"""Networks: shapes, non-negative features, cosine logits, shared initial bodies."""

import pytest
import torch
from counterpoise.methods.models import NormedLinear, SmallNet
from counterpoise.methods.models.heads import HEADS
from counterpoise.methods.models.named import MODELS, build_model
from counterpoise.theory.validation import InputError


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def images():
    return torch.rand(5, 1, 8, 8, generator=generator(1))


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


@pytest.mark.parametrize("head", ["linear", "cosine"])
def test_a_network_returns_logits_and_non_negative_features(head):
    logits, features = SmallNet(10, head, generator())(images())
    assert logits.shape == (5, 10)
    assert features.shape == (5, SmallNet.num_features)
    assert (features >= 0).all()


def test_networks_of_one_seed_share_the_body_whatever_the_head():
    linear, cosine = (SmallNet(10, head, generator()) for head in ("linear", "cosine"))
    for one, other in zip(linear.body.parameters(), cosine.body.parameters(), strict=True):
        assert torch.equal(one, other)


def test_building_draws_nothing_from_the_global_generator():
    before = torch.get_rng_state()
    SmallNet(10, "linear", generator())
    assert torch.equal(torch.get_rng_state(), before)


def test_an_unknown_head_is_refused():
    with pytest.raises(InputError, match="unknown head 'cosin'; did you mean cosine"):
        SmallNet(10, "cosin")


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("name", MODELS)
def test_a_network_is_built_by_name_with_every_head(name, head):
    model = build_model(name, (1, 8, 8), 7, head, generator())
    logits, features = model(images())
    assert logits.shape == (5, 7)
    assert features.shape == (5, model.num_features)


def test_an_unknown_network_or_a_wrong_shape_is_refused():
    with pytest.raises(InputError, match="unknown model 'smal'; did you mean small"):
        build_model("smal", (1, 8, 8), 7)
    with pytest.raises(InputError, match=r"\(3, 32, 32\): model 'small' is for \(1, 8, 8\)"):
        build_model("small", (3, 32, 32), 7)
