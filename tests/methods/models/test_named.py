"""Networks by name: every one with every head, unknown names, images that a network is not made for."""

import pytest
import torch
from counterpoise.methods import HEADS, MODELS, build_model
from counterpoise.methods.models.heads import ONE_LAYER
from counterpoise.methods.models.named import model_for
from counterpoise.theory.foundation.validation import InputError
from torch import nn

SHAPES = {
    "small": (1, 8, 8),
    "grey": (1, 28, 28),
    "mlp": (9,),
    "linear": (9,),
    "point-net": (6, 1),  # a cloud of one point
    "resnet50": (3, 64, 64),
    "resnext50": (3, 64, 64),
}


@pytest.mark.parametrize("head", ONE_LAYER)  # heads of several parts: test_parts.py
@pytest.mark.parametrize("name", MODELS)
def test_a_network_is_built_by_name_with_every_head(name, head):
    generator, shape = torch.Generator().manual_seed(0), SHAPES.get(name, (3, 32, 32))
    model = build_model(name, shape, 7, head, generator)
    logits, features = model(torch.rand(5, *shape, generator=generator))
    assert logits.shape == (5, 7)
    assert features.shape == (5, model.num_features)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("resnet8", 75290), ("resnet20", 269722), ("resnet32", 464154), ("resnet56", 853018)],
)
def test_residual_networks_have_the_known_number_of_parameters(name, parameters):
    model = build_model(name, (3, 32, 32), 10)
    assert sum(p.numel() for p in model.parameters()) == parameters


def test_a_shortcut_drops_pixels_and_adds_channels_of_zeros():
    model = build_model("resnet8", (3, 32, 32), 10).eval()
    block = model.stages[1]
    with torch.no_grad():
        for parameter in block.path[4].parameters():  # the last normalisation: the path is silent
            parameter.zero_()
        images = torch.rand(2, 16, 6, 6)
        found = block(images)
    assert torch.equal(found[:, 8:24], images[:, :, ::2, ::2])
    assert not found[:, :8].any()
    assert not found[:, 24:].any()


@pytest.mark.parametrize("name", ["small", "grey", "resnet8", "fast-resnet", "whitened", "mlp"])
def test_the_body_starts_the_same_whatever_the_head_and_features_are_not_negative(name):
    shape = SHAPES.get(name, (3, 32, 32))
    images = torch.rand(4, *shape, generator=torch.Generator().manual_seed(1))
    features = [
        build_model(name, shape, 5, head, torch.Generator().manual_seed(0)).eval()(images)[1]
        for head in HEADS
    ]
    assert torch.equal(features[0], features[1])
    assert features[0].min() >= 0


def test_every_usual_shape_has_a_network():
    for shape in [(1, 8, 8), (1, 28, 28), (3, 32, 32), (1, 64, 48), (17,), (6, 32)]:
        build_model(model_for(shape), shape, 3)
    assert model_for((3, 224, 224)) == "resnet50"


class OwnNetwork(nn.Module):
    num_features = 3

    def forward(self, images):
        features = images.mean(dim=(2, 3))
        return features, features


def own_network(shape, num_classes, head, generator):
    return OwnNetwork()


def nameless(shape, num_classes, head, generator):
    return nn.Linear(1, 1)


def test_a_users_own_network_is_named_by_its_import_path(monkeypatch):
    monkeypatch.setitem(
        __import__("sys").modules, "own_networks", __import__("types").ModuleType("o")
    )
    module = __import__("sys").modules["own_networks"]
    module.make, module.nameless = own_network, nameless
    assert isinstance(build_model("own_networks:make", (3, 4, 4), 3), OwnNetwork)
    with pytest.raises(InputError, match="num_features"):
        build_model("own_networks:nameless", (3, 4, 4), 3)
    with pytest.raises(InputError, match="own_networks:other"):
        build_model("own_networks:other", (3, 4, 4), 3)
    with pytest.raises(InputError, match="no_such_module"):
        build_model("no_such_module:make", (3, 4, 4), 3)


def test_an_unknown_network_or_a_wrong_shape_is_refused():
    with pytest.raises(InputError, match="unknown model 'smal'; did you mean small"):
        build_model("smal", (1, 8, 8), 7)
    with pytest.raises(InputError, match=r"\(3, 32, 32\): model 'small' is for \(1, 8, 8\)"):
        build_model("small", (3, 32, 32), 7)
    with pytest.raises(InputError, match=r"\(9,\): model 'resnet32' is for \(C, H, W\)"):
        build_model("resnet32", (9,), 7)
