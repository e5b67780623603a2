"""Joint self-supervision: what is added to a step, what stays as it was without it, and what refuses it."""

from dataclasses import replace

import pytest
import torch
from counterpoise.methods.data import load
from counterpoise.methods.registry import method_of
from counterpoise.methods.self_supervised import Joint, Views
from counterpoise.methods.training import Recipe, run
from counterpoise.methods.training.devices import settled
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.member import build_member
from counterpoise.methods.training.step import Batch, take_step
from counterpoise.theory.foundation.validation import InputError
from lightning_fabric import Fabric
from torch.nn.functional import cross_entropy

FABRIC = Fabric(accelerator="cpu", devices=1)
DOUBLE = Fabric(accelerator="cpu", devices=1, precision="64-true")
SHORT = Recipe(methods=("ce",), seeds=1, epochs=2, batch_size=64, curve_points=1)
DATA = load("digits")
SOME = DATA.train_images[::19], DATA.train_labels[::19]  # 16


def member(method="ce@joint=0.5,least_area=0.4", fabric=FABRIC, **fields):
    recipe = Recipe(**{**SHORT.to_dict(), "methods": (method,), **fields})
    return build_member(method, 0, DATA, recipe, fabric), recipe


def trained(method, **fields):
    built, recipe = member(method, **fields)
    train(built, DATA, recipe, FABRIC, lambda member: None)
    return built


def flat(model, without="nothing"):
    return torch.cat(
        [p.detach().flatten() for name, p in model.named_parameters() if without not in name]
    )


def views(weight, dtype=torch.float32):
    generator = torch.Generator().manual_seed(3)
    return Views(*torch.rand(2, 16, 1, 8, 8, generator=generator).to(dtype), weight)


def contrast(model, seen):
    """Mean NT-Xent of the views, as sums over pairs, temperature 0.2."""
    both = torch.cat([model(view).part("embedding") for view in seen[:2]])
    size, total = len(both) // 2, 0.0
    for i, own in enumerate(both):
        pushed = [torch.exp(own @ other / 0.2) for j, other in enumerate(both) if j != i]
        total = total - torch.log(
            torch.exp(own @ both[(i + size) % (2 * size)] / 0.2) / sum(pushed)
        )
    return total / (2 * size)


def test_the_gradient_is_the_sum_of_that_of_the_loss_and_that_of_the_contrast():
    plain = {"lr": 1.0, "momentum": 0.0, "weight_decay": 0.0, "precision": "float64"}
    with settled(DOUBLE, "float64"):
        _check_the_sum(member(fabric=DOUBLE, **plain)[0])


def _check_the_sum(built):
    network = built.model.module
    images, target = SOME[0].double(), SOME[1]
    seen, parameters = views(0.7, torch.float64), list(network.parameters())

    def gradients(loss):
        found = torch.autograd.grad(loss, parameters, allow_unused=True)
        return [
            torch.zeros_like(p) if g is None else g for p, g in zip(parameters, found, strict=True)
        ]

    of_labels = cross_entropy(network(images).logits, target)
    of_views = contrast(network, seen)
    own, others = gradients(of_labels), gradients(of_views)
    assert any((g != 0).any() for g in own)
    before = [p.detach().clone() for p in parameters]
    passed = take_step(built, 0, Batch(images, target, None, seen), {}, DOUBLE)
    torch.testing.assert_close(passed.loss, (of_labels + 0.7 * of_views).detach())
    for was, now, one, other in zip(before, parameters, own, others, strict=True):
        torch.testing.assert_close(was - now.detach(), one + 0.7 * other, rtol=1e-9, atol=1e-12)


# SAM's step has the gradient's norm, a sum of squares that the projection's zeros put in another order.
@pytest.mark.parametrize(("optimizer", "rounding"), [("sgd", 0.0), ("sam", 1e-6)])
def test_a_weight_of_zero_is_supervised_training(optimizer, rounding):
    """Bit for bit but for SAM; running means too, which are of the labelled pass whatever the weight."""
    states = []
    for seen in (None, views(0.0), views(0.5)):
        built, _ = member(model="resnet8", optimizer=optimizer)
        for _ in range(2):
            take_step(built, 0, Batch(*SOME, None, seen), {}, FABRIC)
            first = {name: own.clone() for name, own in built.model.named_buffers()}
        states.append((flat(built.model, without="project"), first))
    (plain, counted), (nothing, same), (joint, _) = states
    torch.testing.assert_close(nothing, plain, rtol=rounding, atol=rounding)
    torch.testing.assert_close(same, counted, rtol=rounding, atol=rounding)
    assert (plain - joint).abs().max() > 1e-3


def test_without_views_a_setting_of_zero_and_a_projection_change_nothing():
    plain, zero, beside = trained("ce"), trained("ce@joint=0"), trained("ce", head="embedded")
    assert torch.equal(flat(plain.model), flat(zero.model))
    for own, other in zip(plain.model.parameters(), beside.model.parameters(), strict=False):
        assert torch.equal(own, other)  # of the body and the last layer, the projection comes after
    assert plain.history == zero.history


def test_members_of_a_seed_share_weights_order_and_crops_with_it_or_without():
    plain, joint = (
        trained("ce", augmentation="shift"),
        trained("ce@joint=0.1", augmentation="shift"),
    )
    for name in ("batch_order", "augmentation"):
        assert torch.equal(getattr(plain, name).get_state(), getattr(joint, name).get_state())
    fresh, other = member("ce")[0].model, member()[0].model
    assert torch.equal(fresh.head.weight, other.head.last.weight)
    assert not torch.equal(flat(plain.model.body), flat(joint.model.body))


def test_parts_of_a_step_by_class_add_up():
    """Factors that sum to one give gradients that sum to the step's: an image counts by its class."""
    found = []

    class Spy:
        def __init__(self, model, factors):
            self.model, self.factors = model, factors

        def zero_grad(self):
            self.model.zero_grad()

        def step(self, closure):
            for factors in self.factors:
                closure(factors)
                parts = [p.grad.flatten().clone() for p in self.model.parameters()]
                found.append(torch.cat(parts))

    built, _ = member()
    tail = (torch.arange(10) > 4).double()
    built.optimizer = Spy(built.model, (None, 1 - tail, tail))
    take_step(built, 0, Batch(*SOME, None, views(0.5)), {}, FABRIC)
    whole, head, rest = found
    torch.testing.assert_close(head + rest, whole, rtol=1e-4, atol=1e-6)
    assert head.abs().max() > 0.01 < rest.abs().max()


def test_views_are_two_of_an_image_drawn_by_seed_and_a_single_image_has_none():
    images = (255 * DATA.train_images[:6]).to(torch.uint8)
    one, same, other = (Joint.of_seed(0.5, 0.3, seed) for seed in (4, 4, 5))
    first = one.views(images, DATA, slice(1, 3))
    assert first.weight == 0.5
    assert first.first.shape == (2, 1, 8, 8)
    assert not torch.equal(first.first, first.second)
    whole = same.views(images, DATA, slice(0, 6))
    assert torch.equal(whole.first[1:3], first.first)  # a rank's part of what all draw
    assert not torch.equal(other.views(images, DATA, slice(1, 3)).first, first.first)
    assert one.views(images[:1], DATA, slice(0, 1)) is None
    size = len(DATA.train_labels)
    assert (
        trained("ce@joint=0.5", batch_size=size - 1, epochs=1).epoch == 1
    )  # the last of one image


def test_an_interrupted_run_ends_as_one_that_was_not(tmp_path):
    recipe = replace(SHORT, methods=("la@joint=0.5",), epochs=12, batch_size=300)
    run(recipe, tmp_path / "whole")

    class StopError(Exception):
        pass

    def stop(progress):
        if progress.epoch == 11:
            raise StopError

    with pytest.raises(StopError):
        run(recipe, tmp_path / "broken", progress=stop)
    run(recipe, tmp_path / "broken", resume=True)
    whole, broken = ((tmp_path / f / "results.json").read_bytes() for f in ("whole", "broken"))
    assert whole == broken


def test_it_is_a_setting_of_every_method_with_a_linear_head():
    row = method_of("mixup@joint=0.5")
    assert (row.joint, row.least_area, row.mixup, row.head) == (0.5, 0.1, 1.0, "embedded")
    assert method_of("balanced-contrastive@joint=1").head == "projected"
    assert (
        method_of("ce@joint=0.5,least_area=0.3").title
        == "Cross-entropy (joint = 0.5, least_area = 0.3)"
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"methods": ("ce@joint=-1",)}, "joint = -1"),
        ({"methods": ("ce@joint=1,least_area=0",)}, "least_area = 0"),
        ({"methods": ("ce@least_area=0.5",)}, "least_area is of the views of joint, which is 0"),
        ({"methods": ("ldam-drw@joint=1",)}, "beside a linear head, not 'cosine'"),
        ({"methods": ("ce@joint=1",), "batch_size": 1}, "batch_size = 1: .* at least 2"),
        ({"methods": ("ce@joint=1",), "head": "linear"}, "head = 'linear': .* reads 'embedding'"),
        ({"methods": ("ce@joint=1",), "optimizer": "cc-sam"}, "once a pass"),
        ({"methods": ("ce@joint=1",), "data": "trees"}, "are no images"),
    ],
)
def test_what_it_is_not_for_is_refused_when_a_recipe_is_read(fields, said):
    with pytest.raises(InputError, match=said):
        Recipe(**fields)


def test_rows_have_no_views(tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text("x,label\n" + "1.0,a\n2.0,b\n" * 20)
    with pytest.raises(InputError, match=r"method = 'ce@joint=1': .* has no images"):
        run(Recipe(data=str(rows), label="label", methods=("ce@joint=1",)), tmp_path / "run")
    assert not (tmp_path / "run").exists()
