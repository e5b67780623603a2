"""Members made of a trained one: what they predict, at what price, and that the training does not notice."""

import copy

import numpy as np
import pytest
import torch
from counterpoise.methods import ProgressivelyBalancedSampler, adjust_logits
from counterpoise.methods.data import load
from counterpoise.methods.registry import METHODS, ROWS, RULES, base_of, method_of
from counterpoise.methods.training import Recipe, run
from counterpoise.methods.training import finishing as finishing_module
from counterpoise.methods.training.loop import draw, train
from counterpoise.methods.training.measure import predict, recall_by_class
from counterpoise.methods.training.member import build_member
from counterpoise.methods.training.second import first_stage, restaged
from counterpoise.theory.foundation.validation import InputError
from lightning_fabric import Fabric
from torch import nn

EVERY = tuple(f"ce+{rule}" for rule in RULES)
TINY = Recipe(methods=("ce", *EVERY), seeds=1, epochs=2, batch_size=64, validation=6)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of all rules after cross-entropy."""
    out = tmp_path_factory.mktemp("runs") / "run"
    return out, run(TINY, out)


@pytest.fixture(scope="module")
def by_hand():
    """The same cross-entropy trained outside of a run: member, data."""
    fabric, data = Fabric(accelerator="cpu", devices=1), load("digits", 100.0, 0, TINY.validation)
    member = build_member("ce", 0, data, TINY, fabric)
    train(member, data, TINY, fabric, lambda member: None)
    return member, data


def of(results, method, seed=0):
    (member,) = (m for m in results.members if (m.method, m.seed) == (method, seed))
    return member


def test_every_row_trains_or_says_why_not():
    for row in ROWS:
        assert bool(row.key) + bool(row.rule) + bool(row.untrained) == 1, row.name
        assert bool(row.rule) == bool(row.second)
    assert len(METHODS) >= 28
    assert len(RULES) == 8


def test_every_rule_is_a_member_of_one_training(finished, monkeypatch, tmp_path):
    out, results = finished
    assert [member.method for member in results.members] == list(TINY.methods)
    assert all(np.isfinite(member.balanced_accuracy) for member in results.members)
    assert not list(out.rglob("*.ckpt"))
    trained = []
    monkeypatch.setattr(
        finishing_module, "train", lambda member, *rest: trained.append(member.method) or train(member, *rest)
    )  # fmt: skip
    run(Recipe(methods=("ce+la", "ce+crt"), seeds=1, epochs=1), tmp_path / "run")
    assert trained == ["ce"]


def test_the_base_is_the_same_with_and_without_members_made_of_it(finished, tmp_path):
    alone = run(Recipe(**{**TINY.to_dict(), "methods": ("ce",)}), tmp_path / "run")
    assert of(alone, "ce") == of(finished[1], "ce")


def test_logit_adjustment_is_that_of_the_networks_logits(finished, by_hand):
    member, data = by_hand
    logits = predict(member.model, data.test_images, prepare=data.prepared)
    adjusted = adjust_logits(logits, data.class_counts)
    recall = recall_by_class(adjusted.argmax(dim=1), data.test_labels, 10)
    found = of(finished[1], "ce+la")
    assert found.class_accuracy == tuple(recall.tolist())
    mean = adjusted.double().mean(dim=0)
    np.testing.assert_allclose(found.mean_logits, mean - mean.mean(), atol=1e-6)


def test_tau_norm_at_0_is_the_head_without_its_bias(by_hand):
    member, data = by_hand
    first = first_stage(member, data, TINY)
    plain = predict(member.model, data.test_images, prepare=data.prepared)
    found = restaged("ce+tau-norm@tau=0", member, TINY, first).model
    logits = predict(found, data.test_images, prepare=data.prepared)
    torch.testing.assert_close(logits, plain - member.model.head.bias, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "centred"])
def test_the_nearest_mean_is_found_by_looking_at_all(by_hand, metric):
    member, data = by_hand
    first = first_stage(member, data, TINY)
    found = restaged(f"ce+ncm@metric={metric}", member, TINY, first).model
    scores = predict(found, data.test_images, prepare=data.prepared)
    member.model.eval()
    with torch.no_grad():
        train_h = member.model(data.prepared(data.train_images))[1].double().numpy()
        test_h = member.model(data.prepared(data.test_images))[1].double().numpy()
    member.model.train()
    if metric != "euclidean":
        shift = train_h.mean(axis=0) if metric == "centred" else 0
        train_h, test_h = ((h - shift) for h in (train_h, test_h))
        train_h, test_h = (h / np.linalg.norm(h, axis=1, keepdims=True) for h in (train_h, test_h))
    means = [train_h[data.train_labels.numpy() == c].mean(axis=0) for c in range(10)]
    if metric == "cosine":
        wanted = [[h @ m / np.linalg.norm(m) for m in means] for h in test_h]
    else:
        wanted = [[-((h - m) ** 2).sum() for m in means] for h in test_h]
    np.testing.assert_allclose(scores.numpy(), wanted, rtol=1e-4, atol=1e-4)


class Normalised(nn.Module):
    """A body with running means, and a head."""

    num_features = 3

    def __init__(self, num_classes):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(64, 3), nn.BatchNorm1d(3), nn.ReLU())
        self.head = nn.Linear(3, num_classes)

    def forward(self, images):
        features = self.body(images)
        return self.head(features), features


class Headless(Normalised):
    """A network whose last layer has another name."""

    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.last = self._modules.pop("head")

    def forward(self, images):
        features = self.body(images)
        return self.last(features), features


def normalised(shape, num_classes, head, generator):
    torch.manual_seed(0)
    return Normalised(num_classes)


def headless(shape, num_classes, head, generator):
    torch.manual_seed(0)
    return Headless(num_classes)


@pytest.mark.parametrize("rule", RULES)
def test_the_body_and_its_running_means_stay(by_hand, rule):
    data = by_hand[1]
    member = build_member(
        "ce", 0, data, Recipe(model=f"{__name__}:normalised", epochs=1), Fabric(accelerator="cpu")
    )
    member.model(data.prepared(data.train_images))  # which moves the running means once
    before = {name: value.clone() for name, value in member.model.state_dict().items()}
    first = first_stage(member, data, TINY)
    found = restaged(f"ce+{rule}", member, TINY, first)
    predict(found.model, data.test_images, prepare=data.prepared)
    assert before.keys() == member.model.state_dict().keys()
    for name, value in member.model.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert all(p.requires_grad for p in member.model.parameters())
    assert member.model.training


def test_a_rule_that_reads_the_head_needs_one_and_says_so_before_training(tmp_path, monkeypatch):
    monkeypatch.setattr(finishing_module, "train", lambda *_: pytest.fail("trained"))
    recipe = Recipe(model=f"{__name__}:headless", methods=("ce+tau-norm",), seeds=1, epochs=1)
    with pytest.raises(InputError, match=r"\+tau-norm reads network.head.weight"):
        run(recipe, tmp_path / "run")


def test_a_cosine_heads_logits_are_those_that_the_loss_scaled(by_hand):
    data = by_hand[1]
    member = build_member("ldam-drw", 0, data, TINY, Fabric(accelerator="cpu", devices=1))
    first = first_stage(member, data, TINY)
    assert first.logits.abs().max() > 2  # not cosines: times 30
    plain = predict(member.model, data.train_images, prepare=data.prepared)
    torch.testing.assert_close(first.logits, 30 * plain)
    adjusted = restaged("ldam-drw+la", member, TINY, first).model
    logits = predict(adjusted, data.train_images, prepare=data.prepared)
    torch.testing.assert_close(logits, adjust_logits(30 * plain, data.class_counts))
    tau = restaged("ldam-drw+tau-norm", member, TINY, first).model
    found = predict(tau, data.train_images, prepare=data.prepared)
    assert torch.equal(found.argmax(dim=1), plain.argmax(dim=1))


class StoppedError(Exception):
    """Raised where a test stops a run."""


def test_a_kill_among_the_measurements_costs_no_training(finished, tmp_path, monkeypatch):
    out = tmp_path / "run"
    write, written = finishing_module.write_member, []

    def stop_at_the_third(*arguments):
        written.append(arguments)
        if len(written) == 3:
            raise StoppedError
        write(*arguments)

    monkeypatch.setattr(finishing_module, "write_member", stop_at_the_third)
    with pytest.raises(StoppedError):
        run(TINY, out)
    assert (out / "members/ce-seed0.json").exists()
    assert (out / "members/ce-seed0.ckpt").exists()
    monkeypatch.setattr(finishing_module, "write_member", write)
    steps = []
    monkeypatch.setattr("counterpoise.methods.training.loop.take_step", steps.append)
    run(TINY, out, resume=True)
    assert not steps
    assert (out / "results.json").read_bytes() == (finished[0] / "results.json").read_bytes()


def test_a_loss_that_draws_goes_on_where_it_stopped(by_hand):
    data, fabric = by_hand[1], Fabric(accelerator="cpu", devices=1)
    recipe = Recipe(methods=("equalization@threshold=0.5",), epochs=2, batch_size=64)
    (method,) = recipe.methods
    whole, half, other = (build_member(method, 0, data, recipe, fabric) for _ in range(3))
    train(whole, data, recipe, fabric, lambda member: None)

    def stop(member):
        raise StoppedError

    with pytest.raises(StoppedError):
        train(half, data, recipe, fabric, stop)
    other.load_state_dict(copy.deepcopy(half.state_dict()))
    torch.manual_seed(5)
    train(other, data, recipe, fabric, lambda member: None)
    for ours, theirs in zip(whole.model.parameters(), other.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert torch.equal(whole.draws.get_state(), other.draws.get_state())
    fresh = torch.Generator().manual_seed(0).get_state()
    assert not torch.equal(whole.draws.get_state(), fresh)


def test_progressive_sampling_draws_as_its_sampler(by_hand):
    labels, plan = by_hand[1].train_labels, method_of("progressive-sampling")
    schedule = plan.build_schedule([2, 1], start=0, epochs=4)
    for epoch in range(4):
        stage = schedule.stage(epoch)
        generator, twin = (torch.Generator().manual_seed(epoch) for _ in range(2))
        drawn = draw(labels, stage.sampling_exponent, generator, stage.balanced_share)
        if epoch == 0:
            assert drawn.sort().values.tolist() == list(range(len(labels)))
            continue
        sampler = ProgressivelyBalancedSampler(labels, 4, generator=twin, rank=0, num_replicas=1)
        sampler.set_epoch(epoch)
        assert drawn.tolist() == list(sampler)


def test_progress_ends_with_all_epochs(tmp_path):
    told = []
    recipe = Recipe(methods=("ce", "ce+la"), seeds=1, epochs=1)
    run(recipe, tmp_path / "run", progress=told.append)
    assert told[-1].epochs_done == told[-1].all_epochs


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("ce+tau-nrom", "unknown rule after \\+ 'tau-nrom'; did you mean tau-norm"),
        ("ce+crt+la", "unknown rule after \\+ 'crt\\+la'; did you mean crt"),
        ("cee+crt", "unknown method 'cee'; did you mean ce"),
        ("crt", "crt is done after a training, such as ce\\+crt"),
        ("ce+la@tua=1", "unknown setting of la 'tua'; did you mean tau"),
        ("ce+la@tau=much", "'tau=much' must be a name, = and a number"),
        ("ce+crt@epochs=0", "epochs = 0"),
        ("ce+crt@epochs=2.5", "epochs = 2.5"),
        ("ce+ncm@metric=euclid", "unknown metric 'euclid'; did you mean euclidean"),
        ("influence-balanced@detach_factor=1", "must be a name, = and true or false"),
        ("gla@q=2", "q = 2"),
        ("lade@form=offical", "unknown form 'offical'; did you mean official"),
        ("focal@weights=density", "unknown weights 'density'; did you mean density-ratio"),
        ("cdb@weights=density-ratio", "unknown setting of cdb 'weights'"),
        ("ce+", "unknown method 'ce\\+'; did you mean ce"),
    ],
)
def test_what_is_not_known_is_one_line_with_what_was_perhaps_meant(name, answer):
    with pytest.raises(InputError, match=answer) as error:
        Recipe(methods=(name,))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("adrw@nu=0.5", "DeferredReweighting(class_counts, start, power_weights(class_counts, nu=0.5))"),
        ("tla-adrw@tau=1", "TruncatedLogitAdjustment(class_counts, start, tau=1.0)"),
        ("class-balanced-sampling@exponent=0.25", "DeferredResampling(0, exponent=0.25)"),
        ("la@tau=1e+0+lws@epochs=3,lr=0.1", "WeightScalingRule(epochs=3, lr=0.1)"),
        ("cdb@tau=1", "DifficultyWeights(num_classes, tau=1.0)"),
        ("focal@weights=density-ratio,gamma=3",
         "DensityRatioWeights(class_counts, num_features, start=start)"),
        ("focal@weights=density-ratio,gamma=3", "FocalLoss(gamma=3.0)"),
        ("cdb@tau=cifar", "DifficultyWeights(num_classes, tau='cifar')"),
        ("influence-balanced@detach_factor=true",
         "InfluenceBalancedLoss(weight=inverse_frequency_weights(class_counts), detach_factor=True)"),
    ],
)  # fmt: skip
def test_settings_reach_the_call_that_takes_them(name, call):
    row = method_of(name)
    assert call in (row.loss, row.schedule, row.source, row.second)
    assert row.key == name
    assert base_of(name) in (name, "la@tau=1e+0")


def test_a_loss_trains_with_the_weights_of_another_method():
    recipe = Recipe(methods=("focal@weights=density-ratio", "la@weights=cdb"), seeds=1, epochs=2)
    assert recipe.validation == 18
    data, fabric = load("digits", validation=18), Fabric(accelerator="cpu", devices=1)
    sources = [build_member(method, 0, data, recipe, fabric).source for method in recipe.methods]
    assert [type(source).__name__ for source in sources] == [
        "DensityRatioWeights",
        "DifficultyWeights",
    ]


def test_a_method_that_needs_a_validation_split_gets_one():
    assert Recipe(methods=("ce+tuned-la",)).validation == 18
    with pytest.raises(InputError, match=r"validation = 0: ce\+tuned-la learns"):
        Recipe(methods=("ce", "ce+tuned-la"), validation=0)


def test_what_is_made_of_an_averaged_network_looks_at_mirror_images_too(tmp_path):
    """The rule acts on the averaged network, and an image and its mirror are answered together."""
    recipe = Recipe(
        methods=("ce", "ce+la", "ce+la@tau=0"), seeds=1, epochs=3, average=0.9, flip_test=True,
        lr=0.1,
    )  # fmt: skip
    results = run(recipe, tmp_path)
    ce, la, nothing = results.members
    assert nothing.class_accuracy == ce.class_accuracy
    assert nothing.mean_logits == pytest.approx(ce.mean_logits, abs=1e-6)
    log_prior = np.log(np.array(results.class_counts) / sum(results.class_counts))
    shift = np.subtract(la.mean_logits, ce.mean_logits)
    assert shift == pytest.approx(log_prior.mean() - log_prior, abs=1e-5)
