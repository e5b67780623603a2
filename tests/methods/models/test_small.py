"""The small network: shapes, non-negative features, shared initial bodies."""

import pytest
import torch
from counterpoise.methods.models import SmallNet
from counterpoise.theory.foundation.validation import InputError


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def images():
    return torch.rand(5, 1, 8, 8, generator=generator(1))


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
