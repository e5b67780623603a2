"""A step is a function of parameters, batch and constants; what a loss or an optimiser needs, it gets."""

import copy
from dataclasses import replace

import pytest
import torch
from counterpoise import methods
from counterpoise.methods import InfluenceBalancedLoss, LDAMLoss, MarginSoftmaxLoss, VSLoss
from counterpoise.methods.data import load
from counterpoise.methods.models import SmallNet
from counterpoise.methods.protocols import Output, Stage
from counterpoise.methods.training import METHODS, Recipe, run
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.member import build_member
from counterpoise.methods.training.step import Batch, batch_loss, take_step
from counterpoise.methods.weights import DeferredReweighting, TruncatedLogitAdjustment
from counterpoise.theory.foundation.validation import InputError
from lightning_fabric import Fabric
from torch import nn

FABRIC = Fabric(accelerator="cpu", devices=1)
COUNTS = (60, 20, 5)
SHORT = Recipe(methods=("ldam-drw",), seeds=1, epochs=2, defer=0.5)


def ones(features, target):
    return torch.ones(len(target))


def batch(size=12, seed=0):
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(size, 1, 8, 8, generator=generator)
    return Batch(images, torch.randint(3, (size,), generator=generator))


def network(seed=0, head="linear"):
    return SmallNet(3, head, torch.Generator().manual_seed(seed))


STAGES = {
    "DRW": (DeferredReweighting(COUNTS, 0).stage(0), LDAMLoss(COUNTS, reduction="none")),
    "TLA+ADRW": (TruncatedLogitAdjustment(COUNTS, 0).stage(0), VSLoss(COUNTS, reduction="none")),
    "margins": (
        Stage(target_margin=torch.tensor([0.0, 1.0, 2.0])),
        MarginSoftmaxLoss(reduction="none"),
    ),
    "torch": (DeferredReweighting(COUNTS, 0).stage(0), nn.CrossEntropyLoss(reduction="none")),
}


@pytest.mark.parametrize(("stage", "criterion"), STAGES.values(), ids=STAGES.keys())
def test_a_stage_handed_to_a_step_gives_what_a_loss_configured_by_it_gives(stage, criterion):
    model, constants = network(), stage.constants(criterion)
    batch_loss(model, criterion, batch(), {}, ones)  # what it keeps must not outlive its constants
    before = copy.deepcopy(criterion.state_dict())
    one, again = (batch_loss(model, criterion, batch(), constants, ones) for _ in range(2))
    assert torch.equal(one.loss, again.loss)
    after = criterion.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)

    configured = copy.deepcopy(criterion)
    stage.configure(configured)
    written = batch_loss(model, configured, batch(), {}, ones)
    assert torch.equal(one.loss, written.loss)
    assert torch.equal(one.shares, written.shares)


def test_training_with_a_schedule_writes_nothing_into_the_loss():
    data = load("digits")
    member = build_member("ldam-drw", 0, data, SHORT, FABRIC)
    train(member, data, SHORT, FABRIC, lambda member: None)
    weights = member.history["class_weights"]
    assert weights[1][9] > 50 * weights[1][0]
    assert member.criterion.weight is None


def test_steps_of_members_stacked_under_vmap_are_those_of_each_alone():
    criterion, networks = LDAMLoss(COUNTS, reduction="none"), [network(seed) for seed in range(3)]
    stages = [
        Stage(weight=torch.tensor(w), offset=torch.tensor(o), target_margin=torch.tensor(m))
        for w, o, m in (
            ([1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [0.0, 1.0, 2.0]),
            ([1.0, 2.0, 3.0], [0.0, -1.0, -2.0], [0.0, 0.0, 0.0]),
            ([0.5, 0.0, 9.0], [0.3, 0.2, 0.1], [3.0, 2.0, 1.0]),
        )
    ]
    constants = [stage.constants(criterion) for stage in stages]
    parameters = [dict(model.named_parameters()) for model in networks]
    some = batch()

    def loss(parameters, constants):
        return batch_loss(networks[0], criterion, some, constants, ones, parameters).loss

    stack = [
        {name: torch.stack([entry[name] for entry in entries]).detach() for name in entries[0]}
        for entries in (parameters, constants)
    ]
    together = torch.func.vmap(torch.func.grad(loss))(*stack)
    for k, (model, given) in enumerate(zip(networks, constants, strict=True)):
        model.zero_grad()
        batch_loss(model, criterion, some, given, ones).loss.backward()
        for name, parameter in model.named_parameters():
            torch.testing.assert_close(together[name][k], parameter.grad)


def test_a_mean_over_the_batch_is_divided_by_the_examples():
    criterion = MarginSoftmaxLoss(weight=(1.0, 2.0, 5.0), normalize="batch")
    model = network()
    expected = criterion(model(batch().images)[0], batch().target)
    criterion.reduction = "none"
    torch.testing.assert_close(batch_loss(model, criterion, batch(), {}, ones).loss, expected)


def test_weights_that_count_by_size_are_averaged_over_the_examples():
    model, some = network(), batch()
    weights = torch.linspace(0.5, 3, len(some.target))
    criterion = MarginSoftmaxLoss(reduction="none")
    losses = criterion(model(some.images)[0], some.target)
    for by_size, wanted in ((True, (weights * losses).mean()),
                            (False, (weights * losses).sum() / weights.sum())):  # fmt: skip
        found = batch_loss(model, criterion, some, {}, lambda h, y: weights, by_size=by_size)
        torch.testing.assert_close(found.loss, wanted)
    weighted = MarginSoftmaxLoss(weight=(1.0, 2.0, 5.0), reduction="none")
    own = weighted.weight.float()[some.target]
    found = batch_loss(model, weighted, some, {}, lambda h, y: weights, by_size=True)
    torch.testing.assert_close(found.loss, (weights * own * losses).sum() / own.sum())


@pytest.mark.parametrize("setting", ["", "@mean=batch", "@mean=weights"])
def test_a_batch_of_one_class_counts_by_its_difficulty_unless_divided_by_it(setting):
    """The authors' mean is over examples; divided by the sum of weights no class counts more."""
    data, method = load("digits", 100.0, 0, 6), f"cdb{setting}"
    found = build_member(method, 0, data, Recipe(methods=(method,)), FABRIC)
    found.source.observe_accuracy([0.1] + [0.9] * 9)
    seen = Batch(batch().images, torch.zeros(12, dtype=torch.int64))
    plain = nn.functional.cross_entropy(found.model(seen.images)[0], seen.target).detach()
    weight = found.source.weights(1, plain, seen.target[:1])[0]
    assert weight > 3
    loss = take_step(found, 1, seen, {}, FABRIC).loss
    torch.testing.assert_close(loss, plain if setting == "@mean=weights" else weight * plain)


def test_a_batch_of_classes_that_weigh_nothing_moves_nothing():
    model, stage = network(), Stage(weight=torch.zeros(3))
    criterion = MarginSoftmaxLoss(reduction="none")
    loss = batch_loss(model, criterion, batch(), stage.constants(criterion), ones).loss
    loss.backward()
    assert loss == 0
    assert all((p.grad == 0).all() for p in model.parameters())


def test_a_loss_that_needs_features_is_given_them():
    model, criterion = network(), InfluenceBalancedLoss(reduction="none")
    logits, features = model(batch().images)
    expected = criterion(logits, batch().target, features).mean()
    torch.testing.assert_close(batch_loss(model, criterion, batch(), {}, ones).loss, expected)


class TwoExperts(SmallNet):
    """The small network with a second head; it predicts by the mean of the two."""

    def __init__(self, num_classes, head, generator):
        super().__init__(num_classes, head, generator)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(7)
            self.second = nn.Linear(self.num_features, num_classes)

    def forward(self, images):
        features = self.body(images)
        experts = torch.stack([self.head(features), self.second(features)], dim=1)
        return Output(experts.mean(dim=1), features, {"experts": experts})


class EachExpert(nn.Module):
    """Cross-entropy of every head."""

    needs = ("experts",)

    def __init__(self, reduction):
        super().__init__()
        assert reduction == "none"

    def forward(self, logits, target, experts):
        return sum(
            nn.functional.cross_entropy(e, target, reduction="none") for e in experts.unbind(1)
        )


@pytest.fixture
def experts(monkeypatch):
    """A method that recipes know for one test, with a loss that reads every head."""
    monkeypatch.setattr(methods, "EachExpert", EachExpert, raising=False)
    row = replace(METHODS["ce"], key="experts", loss="EachExpert()")
    monkeypatch.setattr("counterpoise.methods.registry.METHODS", {**METHODS, "experts": row})


def test_a_loss_of_several_heads_trains_by_recipe(experts, monkeypatch, tmp_path):
    def two(shape, classes, head, generator):
        return TwoExperts(classes, head, generator)

    monkeypatch.setattr(methods, "two", two, raising=False)
    own = "counterpoise.methods:two"  # a user's network may answer more than its head
    recipe = Recipe(methods=("ce", "experts"), model=own, seeds=1, epochs=20)
    ce, both = run(recipe, tmp_path / "run").members
    assert both.history.train_loss != ce.history.train_loss
    assert both.balanced_accuracy > 0.6


def test_a_part_that_the_network_does_not_return_is_named(experts, monkeypatch, tmp_path):
    with pytest.raises(InputError, match="head = 'linear': experts reads 'experts'"):
        Recipe(methods=("experts",))
    monkeypatch.setattr(methods, "one", lambda shape, *given: SmallNet(*given), raising=False)
    own = Recipe(methods=("experts",), model="counterpoise.methods:one", seeds=1, epochs=1)
    with pytest.raises(InputError, match="needs 'experts' of the network: it returns features"):
        run(own, tmp_path / "run")


def test_an_optimiser_may_ask_for_two_gradients(tmp_path):
    runs = {}
    for name, settings in (("sgd", {}), ("sam", {"rho": 0.0}), ("sam", {"rho": 0.05})):
        recipe = Recipe(
            methods=("ce", "density-ratio", "tla-adrw"),
            seeds=1,
            epochs=6,
            batch_size=32,
            defer=0.5,
            optimizer=name,
            optimizer_settings=settings,
        )
        runs[name, *settings.values()] = run(recipe, tmp_path / str(len(runs))).members
    assert runs["sam", 0.0] == runs["sgd",]  # two gradients at one place are one
    for sharp, plain in zip(runs["sam", 0.05], runs["sgd",], strict=True):
        assert sharp.history.train_loss[0] != plain.history.train_loss[0]
        assert sharp.history.train_loss[-1] < sharp.history.train_loss[0]


@pytest.mark.parametrize(
    ("name", "passes"), [("sam", 2), ("asam", 2), ("sam-a", 2), ("cc-sam", 2), ("imbsam", 3)]
)
def test_later_gradients_are_at_other_parameters_and_under_the_same_weights(name, passes):
    data, settings = load("digits"), {"noise_ratio": 1.0} if name == "cc-sam" else {}
    recipe = Recipe(methods=("ce",), optimizer=name, optimizer_settings=settings)
    member = build_member("ce", 0, data, recipe, FABRIC)
    asked, observed, seen = [], [], []

    class Spy:
        def weights(self, epoch, features, target):
            asked.append(features)
            return torch.arange(1.0, 1 + len(target))

        def observe(self, features, target):
            observed.append(features)

    member.source = Spy()
    member.model.register_forward_hook(lambda model, inputs, output: seen.append(output))
    some = Batch(data.train_images[::19], data.train_labels[::19])
    passed = take_step(member, 0, some, {}, FABRIC)
    assert len(seen) == passes
    assert not torch.equal(seen[0][0], seen[-1][0])
    assert len(asked) == len(observed) == 1
    assert torch.equal(asked[0], observed[0])
    assert torch.equal(observed[0], seen[0][1])
    assert passed.weights.tolist() == list(range(1, 17))


def test_a_resumed_sam_run_is_bitwise_the_same(tmp_path):
    recipe = Recipe(methods=("ce",), seeds=1, epochs=12, optimizer="sam")
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
