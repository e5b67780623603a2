"""Weights that look ahead, in the loop: what they are shown, what stays as it was, runs that go on."""

import copy
import sys

import pytest
import torch
from counterpoise.methods.data import load
from counterpoise.methods.registry import method_of
from counterpoise.methods.results.checkpoint import read_checkpoint
from counterpoise.methods.training import Recipe, run
from counterpoise.methods.training import finishing as finishing_module
from counterpoise.methods.training.ahead import look_ahead
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.many import are_heads
from counterpoise.methods.training.member import build_member
from counterpoise.methods.training.step import Batch, batch_loss
from counterpoise.methods.weights import MetaWeights, UniformWeights
from counterpoise.theory.foundation.validation import InputError
from lightning_fabric import Fabric

FABRIC = Fabric(accelerator="cpu", devices=1)
SHORT = Recipe(
    methods=("ce", "meta-weight-net", "ce@validation=true"),
    seeds=1, epochs=2, batch_size=128, validation=4, curve_points=1,
)  # fmt: skip


class StoppedError(Exception):
    """Raised in place of being killed."""


def member_of(method, recipe=SHORT):
    data = recipe.dataset(0)
    return build_member(method, 0, data, recipe, FABRIC), data


class Shown(UniformWeights):
    """Remembers what it is shown."""

    def look_ahead(self, step):
        self.seen = step
        self.losses = step.losses(step.parameters)


@pytest.mark.parametrize(
    "method", ["ce", "class-balanced", "seesaw", "equalization@threshold=0.5", "ldam-drw"]
)
def test_what_is_shown_is_the_step_that_follows_and_nothing_is_counted(method):
    member, data = member_of(method)
    member.source = Shown()
    index = torch.arange(0, len(data.train_labels), 9)
    batch = Batch(data.prepared(data.train_images[index]), data.train_labels[index])
    stage = member.schedule.stage(0).constants(member.criterion)
    before, draws = copy.deepcopy(member.state_dict()), member.draws.get_state()
    look_ahead(member, batch, stage, data)
    after = member.state_dict()
    for part in ("model", "criterion"):
        assert before[part].keys() == after[part].keys()
        assert all(torch.equal(before[part][name], after[part][name]) for name in before[part])
    assert torch.equal(member.draws.get_state(), draws)
    assert member.criterion.training

    def ones(features, target):
        return torch.ones(len(target))

    if method == "seesaw":  # it counts the batch before it weighs by counts; what is shown does not
        member.criterion.eval()
    passed = batch_loss(member.model, member.criterion, batch, stage, ones)
    torch.testing.assert_close(member.source.losses, passed.losses.detach())
    torch.testing.assert_close(member.source.seen.shares, passed.divisors)
    held = member.source.seen
    assert torch.equal(held.held_labels, data.validation.labels)
    chosen = torch.tensor([3, 11])
    shown = held.held_losses(held.parameters, chosen)
    logits = member.model(data.prepared(data.validation.images[chosen]))[0]
    expected = torch.nn.functional.cross_entropy(
        logits, data.validation.labels[chosen], reduction="none"
    )
    torch.testing.assert_close(shown, expected.detach())


def test_a_function_that_never_moves_and_is_flat_trains_as_without_weights():
    plain, data = member_of("ce")
    flat, _ = member_of("meta-weight-net@lr=0")
    with torch.no_grad():
        flat.source.network[2].weight.zero_()
    for member in (plain, flat):
        train(member, data, SHORT, FABRIC, lambda member: None)
    for one, other in zip(plain.model.parameters(), flat.model.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_training_goes_on_to_the_bit_where_it_stopped():
    whole, data = member_of("meta-weight-net")
    train(whole, data, SHORT, FABRIC, lambda member: None)
    half, _ = member_of("meta-weight-net")

    def stop(member):
        raise StoppedError

    with pytest.raises(StoppedError):
        train(half, data, SHORT, FABRIC, stop)
    other, _ = member_of("meta-weight-net")
    other.load_state_dict(copy.deepcopy(half.state_dict()))
    torch.manual_seed(5)
    train(other, data, SHORT, FABRIC, lambda member: None)
    for ours, theirs in zip(whole.model.parameters(), other.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    losses = torch.linspace(0, 4, 9)
    assert torch.equal(whole.source.curve(losses), other.source.curve(losses))
    assert not torch.equal(whole.source.curve(losses), MetaWeights(0).curve(losses))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ahead") / "run"
    return folder, run(SHORT, folder, keep_networks=True)


def test_a_run_that_was_killed_between_epochs_leaves_the_same_results(
    finished, tmp_path, monkeypatch
):
    monkeypatch.setattr(finishing_module, "CHECKPOINT_EVERY", 1)

    def stop(progress):
        if (progress.method, progress.epoch) == ("meta-weight-net", 1):
            raise StoppedError

    with pytest.raises(StoppedError):
        run(SHORT, tmp_path, progress=stop)
    assert (tmp_path / "members/meta-weight-net-seed0.ckpt").exists()
    run(SHORT, tmp_path, resume=True)
    assert (tmp_path / "results.json").read_bytes() == (finished[0] / "results.json").read_bytes()


def test_what_processes_do_leaves_the_same_results(finished, tmp_path, monkeypatch):
    module = sys.modules["counterpoise.methods.training.run"]

    def one_by_one(calls, jobs):  # here, as a process takes seconds to begin
        return [function(*given, **named) for function, given, named in calls]

    monkeypatch.setattr(module, "in_processes", one_by_one)
    run(SHORT, tmp_path, jobs=2)
    assert (tmp_path / "results.json").read_bytes() == (finished[0] / "results.json").read_bytes()


def test_the_kept_network_has_the_function_that_weighed(finished):
    state = read_checkpoint(finished[0] / "members/meta-weight-net-seed0.final.ckpt")
    source = MetaWeights(9)
    source.load_state_dict(state["source"])
    member, data = member_of("meta-weight-net")
    train(member, data, SHORT, FABRIC, lambda member: None)
    losses = torch.linspace(0, 4, 9)
    assert torch.equal(source.curve(losses), member.source.curve(losses))


def test_validation_images_may_be_training_images_as_well(finished):
    by_method = {member.method: member for member in finished[1].members}
    assert by_method["ce@validation=true"].balanced_accuracy > by_method["ce"].balanced_accuracy
    data = load("digits", validation=4)
    joined = data.with_validation()
    assert joined.class_counts.tolist() == (data.class_counts + 4).tolist()
    assert torch.equal(joined.train_labels.bincount(), joined.class_counts)
    assert joined.validation is None
    assert torch.equal(joined.test_images, data.test_images)
    assert torch.equal(joined.with_validation().train_images, joined.train_images)
    row = method_of("la@validation=true")
    assert (row.trains_on_validation, row.needs_validation) == (True, True)
    assert not method_of("la@validation=false").trains_on_validation
    assert row.loss == method_of("la").loss


@pytest.mark.parametrize(
    "method", ["ce@validation=true,weights=cdb", "ce@validation=true+tuned-la"]
)
def test_what_is_trained_on_is_not_learnt_from_again(method):
    with pytest.raises(InputError, match="learns from the validation split, which cannot be"):
        method_of(method)


def test_what_learns_from_the_split_has_no_such_setting():
    with pytest.raises(InputError, match="unknown setting of cdb 'validation'"):
        method_of("cdb@validation=true")


def test_a_recipe_without_a_split_is_refused():
    with pytest.raises(
        InputError, match="validation = 0: meta-weight-net learns from a validation"
    ):
        Recipe(methods=("meta-weight-net",), validation=0)
    assert Recipe(methods=("meta-weight-net",)).validation == 18


def test_heads_that_look_ahead_train_one_by_one(tmp_path):
    heads = {"model": "linear", "data": "cifar10-features"}
    assert are_heads(Recipe(**heads, methods=("ce", "la")))
    assert not are_heads(Recipe(**heads, methods=("ce", "meta-weight-net")))
    assert not are_heads(Recipe(**heads, methods=("ce@validation=true",)))
    assert method_of("focal@weights=meta-weight-net").looks_ahead
    rows = tmp_path / "rows.csv"
    generator = torch.Generator().manual_seed(0)
    values = torch.randn(60, generator=generator).tolist()
    lines = [f"{x:.3f},{y}" for x, y in zip(values, "abc" * 20, strict=True)]
    rows.write_text("\n".join(["x,label", *lines]))
    recipe = Recipe(
        data=str(rows), label="label", methods=("ce", "meta-weight-net"), model="linear",
        seeds=1, epochs=2, validation=2,
    )  # fmt: skip
    results = run(recipe, tmp_path / "run")
    assert [member.method for member in results.members] == ["ce", "meta-weight-net"]


def test_several_ranks_are_refused(monkeypatch, tmp_path):
    class Two:
        world_size, device, is_global_zero = 2, torch.device("cpu"), True

        def broadcast(self, given):
            return given

    module = sys.modules["counterpoise.methods.training.run"]
    monkeypatch.setattr(module, "launched", lambda *given: Two())
    with pytest.raises(InputError, match="learnt in one process; not under torchrun"):
        run(SHORT, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_digits_may_have_wrong_labels_to_train_on():
    clean, noisy = (
        load("digits", 1, seed=3, validation=5, label_noise=rate) for rate in (0.0, 0.4)
    )
    assert torch.equal(clean.train_images, noisy.train_images)
    for part in ("test_labels", "test_images"):
        assert torch.equal(getattr(clean, part), getattr(noisy, part))
    assert torch.equal(clean.validation.labels, noisy.validation.labels)
    wrong = (clean.train_labels != noisy.train_labels).double().mean().item()
    assert wrong == pytest.approx(0.4, abs=0.05)
    assert torch.equal(noisy.class_counts, noisy.train_labels.bincount())
    with pytest.raises(InputError, match="label_noise = 1"):
        load("digits", 100, label_noise=1.0)
