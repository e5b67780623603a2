"""A run in several processes, of heads or of networks, leaves the same bytes as in one; and goes on."""

import shutil

import numpy as np
import pytest
from counterpoise.methods.training import Recipe, chosen_recipe, load_tables, recipe_of, run
from counterpoise.methods.training.many import SEEDS
from counterpoise.methods.training.recipes import RECIPES
from counterpoise.theory.foundation.validation import InputError

RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Rows of three classes with a long tail."""
    labels = np.repeat([0, 1, 2], [120, 40, 12])
    rows = RANDOM.normal(size=(len(labels), 5)) + 1.5 * np.eye(3, 5)[labels]
    path = tmp_path_factory.mktemp("data") / "rows.npz"
    np.savez(path, X=rows, y=labels)
    return path


def small(table, **fields):
    usual = {"data": str(table), "methods": ("ce", "la"), "seeds": 2, "epochs": 3, "batch_size": 32}
    return Recipe(**{**usual, **fields})


@pytest.mark.parametrize("model", [pytest.param("linear", marks=pytest.mark.whole), "mlp"])
def test_two_processes_leave_the_bytes_of_one(table, tmp_path, model):
    wild = "influence-balanced@alpha=1e+39"  # beyond float32: it diverges
    recipe = small(table, model=model, methods=("ce", wild, "la"))
    for jobs in (1, 2):
        run(recipe, tmp_path / str(jobs), jobs=jobs)
    for file in ("results.json", "members.csv", "classes.csv"):
        one, two = ((tmp_path / name / file).read_bytes() for name in "12")
        assert one == two
    for jobs in (1, 2):
        assert (load_tables(tmp_path / str(jobs)).timings.processes == jobs).all()
    one = (tmp_path / "1" / "results.json").read_bytes()
    assert b'"failed": [\n  {' in one
    members = sorted(path.name for path in (tmp_path / "1/members").iterdir())
    assert members == sorted(path.name for path in (tmp_path / "2/members").iterdir())


@pytest.fixture(scope="module")
def heads(table, tmp_path_factory):
    """A run of more seeds than train together, and what it told of its progress."""
    wild = "influence-balanced@alpha=1e+39"
    methods = ("ce", "ldam-drw", "density-ratio", "focal", wild, "ce+la", "drs")
    recipe = small(table, model="linear", methods=methods, seeds=SEEDS + 2)
    out, told = tmp_path_factory.mktemp("heads"), []
    run(recipe, out, progress=told.append)
    return recipe, out, told


def test_heads_of_several_seeds_in_two_processes_leave_the_bytes_of_one(heads, tmp_path):
    recipe, out, _ = heads
    told = []
    run(recipe, tmp_path, jobs=2, progress=told.append)
    for file in ("results.json", "members.csv", "classes.csv"):
        assert (out / file).read_bytes() == (tmp_path / file).read_bytes()
    timings = load_tables(out).timings
    size = len(recipe.methods) - 1  # one is made of another
    assert set(timings.together) == {SEEDS * size, 2 * size}
    assert told[-1].epochs_done == told[-1].all_epochs


def test_progress_counts_the_members_of_all_seeds(heads):
    recipe, _, told = heads
    size = len(recipe.methods)
    done = [(now.method, now.seed, now.done) for now in told]
    first, second = recipe.methods[0], recipe.methods[-1]
    assert done == [
        (first, 0, 0),
        (second, SEEDS - 1, SEEDS * size - 1),
        (first, SEEDS, SEEDS * size),
        (second, SEEDS + 1, (SEEDS + 2) * size - 1),
    ]
    assert told[-1].epochs_done == told[-1].all_epochs == (SEEDS + 2) * size * recipe.epochs


@pytest.mark.parametrize("jobs", [1, 2])
def test_heads_go_on_where_they_stopped(heads, tmp_path, jobs):
    recipe, out, _ = heads
    again = tmp_path / "again"
    shutil.copytree(out, again)
    (again / "results.json").unlink()
    members = again / "members"
    gone = [members / f"{name}.json" for name in ("focal-seed1", "ce-seed1", "ce+la-seed3")]
    for file in gone:
        file.unlink()
    before = {file: file.stat().st_mtime_ns for file in members.iterdir()}
    run(recipe, again, resume=True, jobs=jobs)
    assert (again / "results.json").read_bytes() == (out / "results.json").read_bytes()
    after = {file: file.stat().st_mtime_ns for file in members.iterdir()}
    assert {file for file in after if before.get(file) != after[file]} == {
        *gone,
        *(file.with_suffix(".timing") for file in gone),
    }


@pytest.mark.parametrize("model", [pytest.param("linear", marks=pytest.mark.whole), "mlp"])
def test_members_of_one_training_leave_the_bytes_of_one_process_and_of_one_run(
    table, tmp_path, model
):
    methods = ("ce+la", "la", "la+crt@epochs=2", "ce", "ce+lws")
    recipe = small(table, methods=methods, epochs=2, model=model)
    whole = run(recipe, tmp_path / "1")
    run(recipe, tmp_path / "2", jobs=2)
    one, two = ((tmp_path / name / "results.json").read_bytes() for name in "12")
    assert one == two
    assert [(m.seed, m.method) for m in whole.members] == [(s, m) for s in (0, 1) for m in methods]
    (tmp_path / "2/results.json").unlink()
    for gone in ("ce+lws-seed0", "la-seed1"):
        (tmp_path / f"2/members/{gone}.json").unlink()
    assert run(recipe, tmp_path / "2", resume=True) == whole


def test_a_network_is_chosen_for_rows(table, tmp_path):
    results = run(small(table, seeds=1), tmp_path / "run")
    assert results.class_counts == (90, 30, 9)
    assert results.class_names == ("0", "1", "2")


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_one_and_its_fields_can_be_replaced(name):
    recipe = recipe_of(name)
    changed = recipe_of(name, epochs=recipe.epochs + 1, lr=None)
    assert changed.epochs == recipe.epochs + 1
    assert changed.lr == recipe.lr


def test_the_protocol_of_the_tables():
    recipe = recipe_of("cifar10-lt-100")
    fields = (recipe.model, recipe.epochs, recipe.batch_size, recipe.lr, recipe.weight_decay)
    assert fields == ("resnet32", 200, 128, 0.1, 2e-4)
    assert recipe.defer_epoch == 160


def test_a_command_names_a_recipe_methods_and_a_sweep(tmp_path):
    recipe = chosen_recipe(None, "fashion-lt", methods=["ce"], tau=[0.5, 2], seeds=1)
    assert recipe.methods == ("ce", "la@tau=0.5", "la@tau=2")
    assert (recipe.seeds, recipe.model) == (1, "grey")
    with pytest.raises(InputError, match="unknown recipe 'fashion'"):
        chosen_recipe(None, "fashion")
