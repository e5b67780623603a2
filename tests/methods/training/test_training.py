"""Training: a recipe end to end, interrupted and resumed to the bit, and files that are refused."""

import json
import signal
import subprocess
import sys
import time
from itertools import product

import numpy as np
import pytest
import torch
from counterpoise.methods import (
    CDTLoss,
    FocalLoss,
    LabelAwareSmoothingLoss,
    LDAMHingeLoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    NormedLinear,
    SeesawLoss,
    SmallNet,
    VSLoss,
    difficulty_weights,
)
from counterpoise.methods.data import Dataset, load
from counterpoise.methods.results.summary import summarise
from counterpoise.methods.training import (
    METHODS,
    History,
    MemberResult,
    Progress,
    Recipe,
    load_results,
    resumed,
    run,
)
from counterpoise.methods.training.loop import draw, is_recorded, train
from counterpoise.methods.training.measure import (
    class_accuracy,
    gradient_bound_ratio,
    measure,
    predict,
)
from counterpoise.methods.training.member import build_member
from counterpoise.methods.training.step import Batch, batch_loss
from counterpoise.methods.weights import TruncatedLogitAdjustment
from counterpoise.theory.bounds import data_dependent_bound
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from counterpoise.theory.vector_scaling import logit_adjustment_offset, vs_loss_constants
from lightning_fabric import Fabric
from scipy import stats
from sklearn.metrics import confusion_matrix
from torch import nn

TINY = Recipe(methods=("ce", "ldam-drw", "density-ratio"), seeds=2, epochs=12, batch_size=64)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder and the results of an uninterrupted run."""
    out = tmp_path_factory.mktemp("runs") / "finished"
    return out, run(TINY, out)


class InterruptionError(Exception):
    """Raised where a test stops a run."""


def interrupt(out, method, seed, epoch, recipe=TINY):
    def stop(progress):
        if (progress.method, progress.seed, progress.epoch) == (method, seed, epoch):
            raise InterruptionError

    with pytest.raises(InterruptionError):
        run(recipe, out, progress=stop)


def test_results_hold_what_the_figures_need(finished):
    _, results = finished
    assert results.recipe == TINY.to_dict()
    assert [len(values) for values in results.members[0].per_class().values()] == [10] * 7
    named = [(member.seed, member.method) for member in results.members]
    assert named == list(product(range(TINY.seeds), TINY.methods))
    assert [row.method for row in results.summary] == list(TINY.methods)


def test_results_on_disk_are_the_results_returned(finished):
    out, results = finished
    assert load_results(out) == results


def test_a_finished_run_leaves_no_checkpoints_or_temporary_files(finished):
    out, _ = finished
    names = sorted(path.name for path in out.rglob("*") if path.is_file())
    members = [
        f"{method}-seed{seed}.{kind}"
        for method in TINY.methods
        for seed in (0, 1)
        for kind in ("json", "timing")
    ]
    tables = ["members.csv", "classes.csv", "timings.csv"]
    assert names == sorted(
        [*members, *tables, "environment.json", "examples.json", "recipe.json", "results.json"]
    )


def test_the_run_is_reproducible_byte_for_byte(finished, tmp_path):
    run(TINY, tmp_path / "again")
    ours = (tmp_path / "again" / "results.json").read_bytes()
    assert ours == (finished[0] / "results.json").read_bytes()


def test_the_global_generator_and_the_threads_are_left_alone(tmp_path):
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    run(Recipe(methods=("ce",), seeds=1, epochs=1), tmp_path / "run")
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize(
    ("method", "seed", "epoch"),
    [
        pytest.param("ce", 0, 1, marks=pytest.mark.whole),
        pytest.param("ldam-drw", 0, 10, marks=pytest.mark.whole),
        ("density-ratio", 0, 11),
        pytest.param("density-ratio", 1, 12, marks=pytest.mark.whole),
    ],
)
def test_an_interrupted_run_resumes_to_the_same_bytes(finished, tmp_path, method, seed, epoch):
    out = tmp_path / "interrupted"
    interrupt(out, method, seed, epoch)
    run(TINY, out, resume=True)
    for path in ("results.json", "recipe.json", f"members/{method}-seed{seed}.json"):
        assert (out / path).read_bytes() == (finished[0] / path).read_bytes()


SUICIDE = """
import os, signal
from counterpoise.methods.training import Recipe, run

replace, writes = os.replace, 0

def killing_replace(source, target):
    global writes
    writes += 1
    if writes == {write}:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)

os.replace = killing_replace
run(Recipe(**{recipe!r}), {out!r})
"""


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(2, id="checkpoint"),
        pytest.param(14, id="results", marks=pytest.mark.whole),
    ],
)
def test_a_run_killed_in_the_middle_of_a_write_resumes_to_the_same_bytes(finished, tmp_path, write):
    out = tmp_path / "killed"
    script = SUICIDE.format(write=write, recipe=TINY.to_dict(), out=str(out))
    process = subprocess.run([sys.executable, "-c", script], check=False)
    assert process.returncode == -signal.SIGKILL
    assert not (out / "results.json").exists()
    assert list(out.rglob(".*.part"))
    run(TINY, out, resume=True)
    assert (out / "results.json").read_bytes() == (finished[0] / "results.json").read_bytes()
    assert not list(out.rglob(".*.part"))


@pytest.mark.whole
def test_a_run_killed_at_no_moment_in_particular_resumes_to_the_same_bytes(finished, tmp_path):
    out = tmp_path / "killed"
    script = SUICIDE.format(write=-1, recipe=TINY.to_dict(), out=str(out))
    process = subprocess.Popen([sys.executable, "-c", script])
    while not (out / "recipe.json").exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.5)
    process.kill()
    process.wait()
    run(TINY, out, resume=True)
    assert (out / "results.json").read_bytes() == (finished[0] / "results.json").read_bytes()


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_first_seeds_are_trained_alone_and_then_the_others(tmp_path, jobs):
    recipe = Recipe(methods=("ce", "ce+la"), seeds=2, epochs=1)
    shown = []
    first = run(recipe, tmp_path / "some", first_seeds=1, jobs=jobs, progress=shown.append)
    assert [(member.method, member.seed) for member in first.members] == [("ce", 0), ("ce+la", 0)]
    assert shown[-1].epochs_done == shown[-1].all_epochs
    run(recipe, tmp_path / "some", resume=True, jobs=jobs)
    run(recipe, tmp_path / "all")
    whole = (tmp_path / "all" / "results.json").read_bytes()
    assert (tmp_path / "some" / "results.json").read_bytes() == whole
    with pytest.raises(InputError, match="first_seeds = 3: must lie in"):
        run(recipe, tmp_path / "more", first_seeds=3)
    assert not (tmp_path / "more").exists()


def test_resuming_a_finished_run_trains_nothing_and_changes_nothing(finished):
    out, _ = finished
    before, seen = (out / "results.json").read_bytes(), []
    run(TINY, out, resume=True, progress=seen.append)
    assert (out / "results.json").read_bytes() == before
    assert [p.epoch for p in seen] == [TINY.epochs] * 6


def test_resuming_an_empty_folder_starts_a_run(tmp_path):
    recipe = Recipe(methods=("ce",), seeds=1, epochs=1)
    assert run(recipe, tmp_path / "new", resume=True).members[0].method == "ce"


def test_a_folder_with_a_run_is_refused_without_resume(finished):
    with pytest.raises(InputError, match="already holds a run: pass resume"):
        run(TINY, finished[0])


def test_a_folder_with_another_recipe_is_refused_and_the_difference_named(finished):
    other = Recipe(**{**TINY.to_dict(), "epochs": 13})
    with pytest.raises(InputError, match="has epochs = 12, this recipe 13"):
        run(other, finished[0], resume=True)


def damage_by_truncation(path):
    path.write_bytes(path.read_bytes()[:-40])


def damage_by_a_flipped_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", [damage_by_truncation, damage_by_a_flipped_bit])
def test_a_damaged_checkpoint_is_named(tmp_path, damage):
    out = tmp_path / "run"
    interrupt(out, "ce", 0, 11)
    damage(out / "members" / "ce-seed0.ckpt")
    with pytest.raises(InputError, match=r"ce-seed0\.ckpt is damaged: delete it"):
        run(TINY, out, resume=True)


@pytest.mark.parametrize("name", ["members/ce-seed0.json", "recipe.json", "results.json"])
@pytest.mark.parametrize("content", [b"", b'{"method": "ce', b"[1, 2]", b"\xff\xfe"])
def test_a_damaged_file_is_named(finished, tmp_path, name, content):
    out = tmp_path / "run"
    (out / "members").mkdir(parents=True)
    for path in finished[0].rglob("*.json"):
        (out / path.relative_to(finished[0])).write_bytes(path.read_bytes())
    (out / name).write_bytes(content)
    with pytest.raises(InputError, match=name.replace(".", r"\.")) as caught:
        run(TINY, out, resume=True)
    assert "\n" not in str(caught.value)


def test_data_that_cannot_be_made_is_refused_before_the_folder_is(tmp_path):
    with pytest.raises(InputError, match="imbalance_factor = 500"):
        run(Recipe(imbalance_factor=500), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_run_goes_on_with_the_examples_it_began_with_only(tmp_path):
    rows = np.random.default_rng(0).normal(size=(60, 4))
    table, out = tmp_path / "mine.npz", tmp_path / "run"
    np.savez(table, X=rows, y=np.repeat([0, 1], [48, 12]))
    recipe = Recipe(data=str(table), methods=("ce", "la"), seeds=1, epochs=1)
    run(recipe, out)
    told = json.loads((out / "examples.json").read_text())
    assert told["class_counts"] == [36, 9]
    (out / "results.json").unlink()
    (out / "members" / "la-seed0.json").unlink()
    rows[3, 0] += 1.0
    np.savez(table, X=rows, y=np.repeat([0, 1], [48, 12]))
    with pytest.raises(InputError, match="the data have changed since the run began"):
        run(recipe, out, resume=True)
    rows[3, 0] -= 1.0
    np.savez(table, X=rows, y=np.repeat([0, 1], [48, 12]))
    assert len(run(recipe, out, resume=True).members) == 2


def test_groups_are_of_the_same_classes_for_all_methods_and_seeds(tmp_path):
    methods = ("ce", "ce@validation=true")
    results = run(Recipe(methods=methods, seeds=2, epochs=1, validation=18), tmp_path / "a")
    noisy = run(Recipe(methods=("ce",), seeds=3, epochs=1, label_noise=0.3), tmp_path / "b")
    for one in (results, noisy):
        counts = np.array(one.class_counts)
        for member in one.members:
            recall = np.array(member.class_accuracy)
            assert member.few == pytest.approx(recall[counts < 20].mean())
            assert member.medium == pytest.approx(recall[(counts >= 20) & (counts <= 100)].mean())


def test_results_that_are_not_there_are_asked_for(tmp_path):
    with pytest.raises(InputError, match=r"has no results\.json"):
        load_results(tmp_path)


def test_a_path_that_cannot_be_a_folder_is_refused_before_training(tmp_path):
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match="cannot write to the folder"):
            run(TINY, out, progress=lambda _: pytest.fail("training has started"))


def test_an_accelerator_that_is_not_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="no CUDA device"):
        run(TINY, tmp_path / "run", accelerator="cuda")
    with pytest.raises(InputError, match="unknown accelerator 'gpu'"):
        run(TINY, tmp_path / "run", accelerator="gpu")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("data", "digit", "did you mean digits"),
        ("methods", (), "methods is empty"),
        ("methods", ("ce", "ldam"), "did you mean ldam-drw"),
        ("methods", ("ce", "ce"), "occurs twice"),
        ("seeds", 0, "seeds = 0"),
        ("epochs", 2.5, "epochs = 2.5: must be one whole number"),
        ("batch_size", -1, "batch_size = -1"),
        ("lr", 0.0, "lr = 0"),
        ("lr", float("inf"), "lr = inf"),
        ("momentum", 1.0, "momentum = 1"),
        ("weight_decay", -1.0, "weight_decay = -1"),
        ("imbalance_factor", 0.5, "imbalance_factor = 0.5"),
        ("defer", 1.5, "defer = 1.5"),
        ("warmup", -1, "warmup = -1"),
        ("validation", -1, "validation = -1"),
        ("model", "smal", "did you mean small"),
        ("head", "cosin", "did you mean cosine"),
        ("rate", "cosin", "did you mean cosine"),
    ],
)
def test_a_recipe_out_of_range_is_refused(field, value, message):
    with pytest.raises(InputError, match=message):
        Recipe(**{field: value})


def test_a_recipe_of_the_wrong_type_is_refused():
    with pytest.raises(InputTypeError, match="methods = 'ce'"):
        Recipe(methods="ce")
    with pytest.raises(InputTypeError, match="lr = 'fast'"):
        Recipe(lr="fast")


def test_a_recipe_survives_json():
    assert Recipe.from_dict(json.loads(json.dumps(TINY.to_dict()))) == TINY


def test_an_unknown_recipe_field_is_answered_with_near_names():
    with pytest.raises(InputError, match="did you mean epochs"):
        Recipe.from_dict({"epoch": 3})


@pytest.mark.parametrize("method", METHODS)
def test_every_method_trains(method, tmp_path):
    recipe = Recipe(methods=(method,), seeds=1, epochs=2)  # one of each stage
    history = run(recipe, tmp_path / "run").members[0].history
    assert np.isfinite(history.train_loss).all()


def test_members_of_one_seed_share_the_body_and_the_batch_order():
    data, fabric = load("digits", 100.0, 0), Fabric(accelerator="cpu", devices=1)
    one, other = (build_member(m, 0, data, TINY, fabric) for m in ("ce", "ldam-drw"))
    for ours, theirs in zip(
        one.model.body.parameters(), other.model.body.parameters(), strict=True
    ):
        assert torch.equal(ours, theirs)
    assert torch.equal(one.batch_order.get_state(), other.batch_order.get_state())


def test_a_head_named_by_the_recipe_is_every_methods():
    data, fabric = load("digits", 100.0, 0), Fabric(accelerator="cpu", devices=1)
    recipe = Recipe(methods=("ce", "ldam-drw"), head="cosine")
    for method in recipe.methods:
        assert isinstance(build_member(method, 0, data, recipe, fabric).model.head, NormedLinear)


DIFFICULT = Recipe(methods=("cdb",), seeds=1, epochs=12)


def test_methods_that_learn_from_accuracy_get_a_validation_split_unless_refused_one():
    assert Recipe().validation == 0
    assert DIFFICULT.validation == 18
    assert Recipe(methods=("ce", "cdb"), validation=7).validation == 7
    with pytest.raises(InputError, match="validation = 0: cdb learns from a validation split"):
        Recipe(methods=("ce", "cdb"), validation=0)


def test_difficulty_weights_move_towards_the_classes_that_validation_shows_to_be_hard():
    data, fabric = load("digits", 100.0, 0, 18), Fabric(accelerator="cpu", devices=1)
    member, seen = build_member("cdb", 0, data, DIFFICULT, fabric), []

    def look(member):
        accuracy = class_accuracy(member.model, *data.validation)
        torch.testing.assert_close(member.source.class_weights, difficulty_weights(accuracy))
        assert member.history["balanced_accuracy"][-1] == pytest.approx(accuracy.mean().item())
        seen.append(accuracy)

    train(member, data, DIFFICULT, fabric, look)
    hard, easy = int(seen[-2].argmin()), int(seen[-2].argmax())
    weights = member.history["class_weights"]  # of an epoch: from the accuracy before it
    assert weights[0] == pytest.approx([1.0] * 10)
    assert weights[-1][hard] > 1 > weights[-1][easy]


def test_a_run_with_difficulty_weights_resumes_to_the_same_bytes(tmp_path):
    run(DIFFICULT, tmp_path / "whole")
    interrupt(tmp_path / "broken", "cdb", 0, 11, DIFFICULT)
    run(DIFFICULT, tmp_path / "broken", resume=True)
    whole, broken = ((tmp_path / f / "results.json").read_bytes() for f in ("whole", "broken"))
    assert whole == broken


def test_a_validation_split_changes_what_is_seen_of_training_and_not_training(tmp_path):
    options = {"methods": ("ce", "ldam-drw"), "seeds": 1, "epochs": 4}
    plain, split = (
        run(Recipe(**options, validation=size), tmp_path / str(size)).members for size in (0, 18)
    )
    for one, other in zip(plain, split, strict=True):
        assert one.min_margin == other.min_margin
        for name in ("train_loss", "class_weights"):
            assert getattr(one.history, name) == getattr(other.history, name)
        curves = [member.history.balanced_accuracy for member in (one, other)]
        assert curves[0] != curves[1]


def test_a_loss_that_counts_what_it_sees_is_saved_with_the_member():
    data, fabric = load("digits", 100.0, 0), Fabric(accelerator="cpu", devices=1)
    one, other = (build_member("ce", 0, data, TINY, fabric) for _ in range(2))
    one.criterion, other.criterion = SeesawLoss(10), SeesawLoss(10)
    one.criterion(torch.zeros(3, 10), torch.tensor([1, 1, 4]))
    other.load_state_dict(one.state_dict())
    assert other.criterion.seen.tolist() == one.criterion.seen.tolist() != [0.0] * 10


def test_deferred_weights_show_in_the_history(finished):
    _, results = finished
    member = next(m for m in results.members if m.method == "ldam-drw")
    first, last = (member.history.class_weights[i] for i in (0, -1))
    assert first == pytest.approx([1.0] * 10)
    assert np.mean(last) == pytest.approx(1.0)
    assert last[9] / last[0] > 50


def trained(method, tmp_path, **options):
    """What a short run with its second stage in the second half leaves behind."""
    recipe = Recipe(methods=(method,), seeds=1, epochs=4, defer=0.5, **options)
    return run(recipe, tmp_path / method).members[0]


def test_a_schedule_of_two_stages_shows_in_the_history(tmp_path):
    weights = trained("tla-adrw", tmp_path).history.class_weights
    counts = load("digits", 100.0, 0).class_counts.double()
    late = counts**-0.25
    for epoch in (0, 1):
        assert weights[epoch] == pytest.approx([1.0] * 10)
    for epoch in (2, 3):
        assert weights[epoch] == pytest.approx((late / late.mean()).tolist(), rel=1e-5)


def test_deferred_resampling_balances_the_classes_late(tmp_path):
    weights = np.array(trained("drs", tmp_path).history.class_weights)
    counts = load("digits", 100.0, 0).class_counts.numpy()
    assert weights[:2] == pytest.approx(np.ones((2, 10)))
    drawn = weights[2:] * counts  # up to a factor, how often each class was drawn
    assert (drawn.max(axis=1) < 3 * drawn.min(axis=1)).all()


def test_a_resampled_epoch_is_drawn_from_the_members_own_stream():
    labels = load("digits", 100.0, 0).train_labels
    first, second = (draw(labels, 0.0, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second)
    assert sorted(draw(labels, 1.0, torch.Generator()).tolist()) == list(range(len(labels)))


def test_the_weighted_loss_is_torchs_weighted_mean():
    target = torch.tensor([0, 2, 1, 1])
    logits = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    criterion = MarginSoftmaxLoss(weight=(1.0, 2.0, 5.0), reduction="none")
    ours = batch_loss(
        Lookup(), criterion, Batch(logits, target), {}, lambda features, target: torch.ones(4)
    ).loss
    theirs = nn.functional.cross_entropy(logits, target, weight=torch.tensor([1.0, 2.0, 5.0]))
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-6)


def test_the_last_epoch_is_always_recorded():
    for epochs in (1, 7, 20, 21, 60, 199):
        recorded = [e for e in range(epochs) if is_recorded(e, epochs)]
        assert recorded[-1] == epochs - 1
        assert len(recorded) <= 20


def test_gradients_keep_to_the_bound_in_a_trained_network(finished):
    _, results = finished
    for member in results.members:
        ratio = member.gradient_bound_ratio
        assert (ratio is None) == (member.method == "ldam-drw")
        assert ratio is None or 0 < ratio <= 1 + 1e-6


class Lookup(torch.nn.Module):
    """A network whose logits are its input."""

    def forward(self, images):
        return images, images


def test_class_accuracy_is_the_recall_of_each_class():
    logits = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
    labels = torch.tensor([0, 0, 0, 1])
    torch.testing.assert_close(
        class_accuracy(Lookup(), logits, labels), torch.tensor([1 / 3, 1.0]).double()
    )


def test_margins_are_of_the_plain_scores_by_class():
    scores = torch.tensor([[3.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 5.0]])
    labels, counts = torch.arange(3), torch.tensor([2, 1, 1])
    data = Dataset("scores", ("a", "b", "c"), counts, scores, labels, scores, labels)
    measured = measure(Lookup(), LogitAdjustedLoss(counts), data)
    assert measured.min_margin == pytest.approx([2.0, 1.0, 5.0])
    assert measured.mean_margin == measured.min_margin
    assert measured.mean_logits == pytest.approx([0.0, -1 / 3, 1 / 3])
    adjusted = scores + torch.from_numpy(logit_adjustment_offset(counts))
    expected = adjusted.softmax(dim=1).diagonal().tolist()
    assert measured.min_target_probability == pytest.approx(expected)


def test_the_gradient_bound_is_attained_when_all_wrong_mass_is_on_the_widest_scale():
    logits = torch.tensor([[60.0, 0.0, 0.0]], dtype=torch.float64)
    ratio = gradient_bound_ratio(MarginSoftmaxLoss(), logits, torch.tensor([1]))
    assert ratio == pytest.approx(1.0)


def test_confusion_calibration_training_accuracy_and_bound_terms():
    counts = np.array([4, 3, 2])
    random = np.random.default_rng(0)
    labels, test_labels = np.repeat([0, 1, 2], counts), np.repeat([0, 1, 2], 5)
    scores, test_scores = 2 * random.normal(size=(9, 3)), 2 * random.normal(size=(15, 3))
    data = Dataset(
        "scores", ("a", "b", "c"), *map(torch.tensor, (counts, scores, labels, test_scores, test_labels))
    )  # fmt: skip
    weight = torch.tensor([0.5, 1.0, 3.0], dtype=torch.float64)
    loss = MarginSoftmaxLoss(scale=torch.tensor([1.0, 0.5, 2.0]), weight=weight)
    measured = measure(Lookup(), loss, data)
    predicted = test_scores.argmax(axis=1)
    assert measured.confusion == tuple(map(tuple, confusion_matrix(test_labels, predicted)))
    softmax = np.exp(test_scores) / np.exp(test_scores).sum(axis=1, keepdims=True)
    bins = np.ceil(15 * softmax.max(axis=1))
    gaps = [
        abs(
            (predicted[bins == b] == test_labels[bins == b]).sum() - softmax.max(1)[bins == b].sum()
        )
        for b in set(bins)
    ]
    assert measured.expected_calibration_error == pytest.approx(sum(gaps) / 15)
    right = scores.argmax(axis=1) == labels
    assert measured.train_accuracy == pytest.approx([right[labels == y].mean() for y in range(3)])
    beta = np.array([1.0, 0.5, 2.0])
    adjusted = np.exp(beta * scores) / np.exp(beta * scores).sum(axis=1, keepdims=True)
    least = [adjusted[labels == y, y].min() for y in range(3)]
    largest = np.sqrt([1 + 4, 0.25 + 4, 4 + 1])
    terms = weight.numpy() * largest * (1 - np.array(least)) * np.sqrt(counts / 9)
    assert measured.bound_terms == pytest.approx(terms)
    assert measure(Lookup(), LDAMLoss(counts), data).bound_terms is None
    bound = data_dependent_bound(
        counts, 0.0, vs_loss_constants(weight, beta, least), 1.0, regularity=1.0
    )
    assert bound.complexity == pytest.approx(np.sqrt(8) * sum(terms) * 9 / (3 * 2))


class Watched(SmallNet):
    """The small network, which remembers how many images it was shown at once."""

    largest = 0

    def forward(self, images):
        self.largest = max(self.largest, len(images))
        return super().forward(images)


def test_measured_in_batches_is_measured_at_once():
    data = load("digits")
    model = Watched(10, "linear", torch.Generator().manual_seed(0))
    loss = VSLoss(data.class_counts)
    whole, parts = (measure(model, loss, data, batch_size=size) for size in (10_000, 7))
    for name, value in vars(whole).items():
        found, expected = (np.array(x, dtype=float) for x in (getattr(parts, name), value))
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6, err_msg=name)
    model.largest = 0
    measure(model, loss, data, batch_size=7)
    assert model.largest == 7


def test_a_network_is_measured_in_evaluation_mode_and_left_as_it_was():
    class Dropping(torch.nn.Module):
        def forward(self, images):
            logits = torch.nn.functional.dropout(images, 0.5, self.training)
            return logits, logits

    model, scores = Dropping(), torch.rand(50, 3)
    for mode in (True, False):
        model.train(mode)
        assert torch.equal(predict(model, scores), scores)
        assert model.training is mode


def test_measurements_are_of_the_constants_of_the_last_stage():
    counts = (4, 2, 1)
    scores, labels = torch.eye(3), torch.arange(3)
    data = Dataset("s", ("a", "b", "c"), torch.tensor(counts), scores, labels, scores, labels)
    last = TruncatedLogitAdjustment(counts, 0, gamma=0.5).stage(0)
    loss = VSLoss(counts, gamma=0.5)
    ours = measure(Lookup(), loss, data, last.constants(loss))
    last.configure(loss)
    assert ours == measure(Lookup(), loss, data)
    assert ours != measure(Lookup(), VSLoss(counts, gamma=0.5), data)


@pytest.mark.parametrize(
    "loss", [LDAMHingeLoss((3, 2, 1)), LabelAwareSmoothingLoss((3, 2, 1), 0.3, 0)]
)
def test_a_loss_without_an_adjusted_softmax_is_measured_by_the_plain_one(loss):
    scores, labels = 2 * torch.eye(3), torch.arange(3)
    data = Dataset("s", ("a", "b", "c"), torch.tensor([3, 2, 1]), scores, labels, scores, labels)
    measured = measure(Lookup(), loss, data)
    assert measured.min_target_probability == pytest.approx([np.exp(2) / (np.exp(2) + 2)] * 3)
    assert measured.gradient_bound_ratio is None


@pytest.mark.parametrize("loss", [LDAMLoss((3, 2, 1)), FocalLoss()])
def test_losses_outside_the_vs_family_have_no_gradient_bound(loss):
    assert gradient_bound_ratio(loss, torch.zeros(1, 3).double(), torch.tensor([1])) is None


def test_the_gradient_bound_uses_the_scales():
    ratio = gradient_bound_ratio(CDTLoss((100, 1)), torch.zeros(1, 2).double(), torch.tensor([1]))
    assert ratio == pytest.approx(1.0)


def measured_member(method, seed, accuracy, **groups):
    """A member of two classes of which only the accuracies matter."""
    pair = (0.0, 0.0)
    return MemberResult(
        method=method,
        seed=seed,
        class_accuracy=(accuracy, accuracy),
        balanced_accuracy=accuracy,
        **({"many": 1.0, "medium": 0.5, "few": None} | groups),
        history=History((1,), (0.0,), (accuracy,), (pair,)),
        mean_logits=pair,
        mean_margin=pair,
        min_margin=pair,
        min_target_probability=pair,
        gradient_bound_ratio=None,
    )


def test_the_summary_is_the_paired_difference_with_students_interval():
    accuracy = {"ce": [0.5, 0.6, 0.7], "la": [0.6, 0.8, 0.7]}
    members = [
        measured_member(method, seed, value)
        for method, values in accuracy.items()
        for seed, value in enumerate(values)
    ]
    ce, la = summarise(members, ("ce", "la"))
    assert summarise([*members[:3], *members[:2:-1]], ("ce", "la")) == (ce, la)  # seeds are paired
    assert (ce.difference_to_ce, ce.interval) == (0.0, (0.0, 0.0))
    assert la.difference_to_ce == pytest.approx(0.1)
    assert la.few is None
    expected = stats.t.interval(0.95, 2, loc=0.1, scale=0.1 / np.sqrt(3))
    assert la.interval == pytest.approx(expected)


def test_without_a_baseline_or_a_second_seed_the_summary_says_so():
    (row,) = summarise([measured_member("la", 0, 0.5)], ("la",))
    assert (row.std, row.difference_to_ce, row.interval) == (None, None, None)


def test_a_finished_member_of_another_recipe_is_refused(finished, tmp_path):
    out = tmp_path / "run"
    interrupt(out, "ldam-drw", 0, 1)
    shorter = Recipe(**{**TINY.to_dict(), "epochs": 13})
    (out / "recipe.json").write_text(json.dumps(shorter.to_dict()))
    with pytest.raises(
        InputError, match=r"ce-seed0\.json was trained under another recipe: delete"
    ):
        run(shorter, out, resume=True)


def test_progress_counts_epochs_over_all_members():
    seen = [Progress("ce", 0, done, 3, epoch, 4) for done, epoch in ((0, 1), (1, 0), (2, 3))]
    assert [p.epochs_done for p in seen] == [1, 4, 11]
    assert {p.all_epochs for p in seen} == {12}


def test_the_progress_of_a_run_only_moves_forward_and_ends_at_its_end(tmp_path):
    seen: list[Progress] = []
    run(Recipe(methods=("ce", "la"), seeds=1, epochs=2), tmp_path, progress=seen.append)
    assert [now.epochs_done for now in seen] == [1, 2, 3, 4]
    assert {now.all_epochs for now in seen} == {4}


def test_a_run_is_resumed_by_its_own_recipe(finished, tmp_path):
    out = tmp_path / "run"
    interrupt(out, "ldam-drw", 0, 1)
    assert resumed(out) == TINY
    assert resumed(out, seeds=2, methods=["ce", "ldam-drw", "density-ratio"], data=None) == TINY
    with pytest.raises(InputError, match=r"seeds = 3: the run in .* has 2; leave the option out"):
        resumed(out, seeds=3)
    with pytest.raises(InputError, match="methods"):
        resumed(out, methods=["cdb"])
    assert resumed(tmp_path / "none", epochs=3) == Recipe(epochs=3)
    (out / "recipe.json").write_text("[]")
    with pytest.raises(InputError, match="damaged"):
        resumed(out)


def test_an_option_of_none_takes_the_recipes_default():
    assert Recipe.given(epochs=None, methods=None, seeds=2) == Recipe(seeds=2)
