"""Networks by name: every one with every head, unknown names, images that a network is not made for."""

import pytest
import torch
from counterpoise.methods import HEADS, MODELS, build_model
from counterpoise.theory.foundation.validation import InputError


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("name", MODELS)
def test_a_network_is_built_by_name_with_every_head(name, head):
    generator = torch.Generator().manual_seed(0)
    model = build_model(name, (1, 8, 8), 7, head, generator)
    logits, features = model(torch.rand(5, 1, 8, 8, generator=generator))
    assert logits.shape == (5, 7)
    assert features.shape == (5, model.num_features)


def test_an_unknown_network_or_a_wrong_shape_is_refused():
    with pytest.raises(InputError, match="unknown model 'smal'; did you mean small"):
        build_model("smal", (1, 8, 8), 7)
    with pytest.raises(InputError, match=r"\(3, 32, 32\): model 'small' is for \(1, 8, 8\)"):
        build_model("small", (3, 32, 32), 7)
