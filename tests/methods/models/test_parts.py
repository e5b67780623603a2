"""Heads of several parts: experts whose mean predicts, and unit vectors beside a linear layer."""

import pytest
import torch
from counterpoise.methods.models import Experts, Projected
from counterpoise.methods.models.named import build_model
from counterpoise.methods.protocols import Output


@pytest.mark.parametrize("name", ["small", "grey", "mlp", "resnet8"])
@pytest.mark.parametrize("head", ["experts", "cosine-experts", "projected", "embedded"])
def test_every_network_takes_every_head(name, head):
    shape = {"small": (1, 8, 8), "grey": (1, 28, 28), "mlp": (6,), "resnet8": (3, 8, 8)}[name]
    bodies = []
    for own in ("linear", head):
        network = build_model(name, shape, 4, own, torch.Generator().manual_seed(1))
        answer = Output(*network(torch.rand(2, *shape, generator=torch.Generator().manual_seed(2))))
        assert answer.logits.shape == (2, 4)
        bodies.append(answer.features)
    torch.testing.assert_close(*bodies)  # the body is drawn before the head


def some_features():
    return torch.randn(3, 6, generator=torch.Generator().manual_seed(2))


def test_the_mean_of_experts_that_differ_predicts():
    head, features = Experts(6, 4, torch.Generator().manual_seed(1), experts=5), some_features()
    answer = head(features)
    each = answer.part("experts")
    torch.testing.assert_close(each.mean(dim=1), answer.logits)
    assert each.std(dim=1).min() > 0
    cosines = Experts(6, 4, cosine=True)(features).part("experts")
    assert cosines.abs().max() <= 1 + 1e-6


def test_vectors_have_length_one_and_gradients_reach_all_that_makes_them():
    head = Projected(6, 4, torch.Generator().manual_seed(1), width=5)
    answer = head(some_features())
    embedding, prototypes = answer.part("embedding"), answer.part("prototypes")
    for vectors in (embedding, prototypes):
        torch.testing.assert_close(vectors.norm(dim=-1), torch.ones(vectors.shape[:-1]))
    assert torch.equal(prototypes[0], prototypes[2])
    (embedding @ prototypes[0].T).square().sum().backward()
    parameters = [*head.project.parameters(), *head.place.parameters(), head.last.weight]
    assert all(p.grad is not None and p.grad.any() for p in parameters if p.ndim == 2)


def test_an_example_that_turns_every_hidden_unit_off_has_no_direction():
    head = Projected(6, 4, torch.Generator().manual_seed(1), width=5)
    off = -torch.linalg.pinv(head.project[0].weight).sum(dim=1)
    assert not head(off[None]).part("embedding").any()
