"""A member that diverges stops and is named; the others are what they are without it."""

import json

import numpy as np
import pytest
from counterpoise.methods.results.failed import in_words
from counterpoise.methods.results.summary import table
from counterpoise.methods.training import METHODS, FailedMember, Recipe, load_results, run
from counterpoise.theory.foundation.validation import InputError

WILD = "influence-balanced@alpha=1e+39"  # beyond float32: its first loss is infinite
CALM = ("ce", "la", "density-ratio")


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    labels = np.repeat([0, 1, 2], [120, 40, 12])
    values = np.random.default_rng(0).normal(size=(len(labels), 5)) + np.eye(3, 5)[labels]
    path = tmp_path_factory.mktemp("data") / "rows.npz"
    np.savez(path, X=values, y=labels)
    return path


def recipe(rows, **fields):
    usual = {"data": str(rows), "seeds": 2, "epochs": 3, "batch_size": 32, "model": "linear"}
    return Recipe(**{**usual, **fields})


@pytest.mark.parametrize("model", ["linear", "mlp"])
def test_the_others_are_to_the_bit_what_they_are_alone(rows, tmp_path, model):
    methods = ("ce", WILD, "la", "density-ratio")
    mixed = run(recipe(rows, model=model, methods=methods), tmp_path / "mixed")
    assert [(f.method, f.seed, f.epoch) for f in mixed.failed] == [(WILD, 0, 1), (WILD, 1, 1)]
    assert all(f.why == "its loss is inf at step 1" for f in mixed.failed)
    if model == "mlp":  # alone in a product, a head is rounded otherwise
        calm = run(recipe(rows, model=model, methods=CALM), tmp_path / "calm")
        assert mixed.members == calm.members
        assert mixed.summary == calm.summary
    assert [m.method for m in mixed.members] == [*CALM, *CALM]
    assert [row.method for row in mixed.summary] == list(CALM)


def test_heads_beside_one_that_diverged_lose_nothing_of_their_gradients(rows, tmp_path):
    """Beside a head of any number the product has the same shape: the same bits, or one leaked."""
    tame = WILD.replace("1e+39", "1")
    found = [
        run(
            recipe(rows, methods=("ce", name, "la", "vs", "density-ratio")), tmp_path / str(i)
        ).members
        for i, name in enumerate((WILD, tame))
    ]
    assert found[0] == tuple(m for m in found[1] if m.method != tame)


@pytest.mark.parametrize("model", ["linear", "mlp"])
def test_a_resumed_run_trains_what_failed_again_only_without_its_file(rows, tmp_path, model):
    made = recipe(rows, model=model, methods=("ce", WILD))
    run(made, tmp_path)
    results, members = tmp_path / "results.json", list((tmp_path / "members").iterdir())
    before, kept = results.read_bytes(), [path.stat().st_ino for path in members]
    run(made, tmp_path, resume=True)
    assert kept == [path.stat().st_ino for path in members]
    lost = tmp_path / "members" / f"{WILD}-seed1.failed.json"
    lost.unlink()
    run(made, tmp_path, resume=True)
    assert lost.exists()
    assert results.read_bytes() == before


def test_every_method_that_blows_up_is_told_and_none_is_an_error(rows, tmp_path):
    methods = tuple(key for key, row in METHODS.items() if not row.needs_validation)
    for model in ("linear", "mlp"):
        results = run(
            recipe(rows, methods=methods, lr=1e30, weight_decay=1.0, seeds=1, model=model),
            tmp_path / model,
        )
        told = {f.method for f in results.failed} | {m.method for m in results.members}
        assert told == set(methods)
        assert "ce" in {f.method for f in results.failed}
    assert load_results(tmp_path / "mlp") == results


@pytest.mark.parametrize("model", ["linear", "mlp"])
def test_weights_of_a_last_step_that_blew_up_are_found_when_measured(rows, tmp_path, model):
    made = recipe(rows, methods=("ce",), lr=3e38, warmup=0, epochs=1, batch_size=500, model=model)
    results = run(made, tmp_path / "run")
    assert {(f.epoch, f.why) for f in results.failed} == {(1, "its logits are not finite")}
    assert len(results.members) + len(results.failed) == 2


def test_a_summary_pairs_the_seeds_that_are_left(rows, tmp_path):
    results = run(recipe(rows, methods=("ce", "la"), seeds=3), tmp_path / "run")
    folder = tmp_path / "run/members"
    (folder / "la-seed1.json").unlink()
    lost = {"method": "la", "seed": 1, "epoch": 2, "why": "its loss is nan at step 3"}
    (folder / "la-seed1.failed.json").write_text(json.dumps(lost))
    left = run(Recipe.from_dict(results.recipe), tmp_path / "run", resume=True)
    assert left.failed == (FailedMember(**lost),)
    by = {(m.method, m.seed): m.balanced_accuracy for m in results.members}
    differences = [by["la", seed] - by["ce", seed] for seed in (0, 2)]
    assert left.summary[1].difference_to_ce == pytest.approx(np.mean(differences))
    assert left.summary[0] == results.summary[0]
    assert "la (2 of 3 seeds)" in table(left)


@pytest.mark.parametrize("model", ["linear", "mlp"])
def test_the_command_ends_with_one_line_and_2(rows, tmp_path, model, capfd):
    from counterpoise import cli

    words = ["train", "--data", str(rows), "--model", model, "--method", "ce", "--method", WILD]
    words += ["--seeds", "1", "--epochs", "2", "--out", str(tmp_path / "run")]
    for more in ([], ["--resume"]):
        with pytest.raises(SystemExit) as ended:
            cli.app([*words, *more], standalone_mode=False)
        assert ended.value.code == 2
        out, err = capfd.readouterr()
        assert "ce" in out
        assert err == (
            f"counterpoise: 1 of 2 members diverged ({WILD}, seed 0, in epoch 1: its loss is inf at "
            f"step 1); the results of the others are in {tmp_path / 'run/results.json'}\n"
        )


def test_a_line_names_a_few():
    failed = [FailedMember(method="vs", seed=s, epoch=2, why="w") for s in range(5)]
    assert in_words(failed, 10).startswith("5 of 10 members diverged (vs, seed 0")
    assert in_words(failed, 10).endswith("; and 2 more)")


def test_a_member_is_finished_or_failed(rows, tmp_path):
    results = run(recipe(rows, methods=("ce",), seeds=1), tmp_path / "run")
    twice = FailedMember(method="ce", seed=0, epoch=1, why="w")
    with pytest.raises(InputError, match="twice"):
        type(results)(**{**vars(results), "failed": (twice,)})
