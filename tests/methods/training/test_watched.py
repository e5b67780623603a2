"""A watched run has the same results, and the same bound.csv however it is interrupted or shared out."""

from importlib import import_module

import numpy as np
import pytest
import torch
from counterpoise.methods import BoundWatch
from counterpoise.methods.data import Part, Source, assemble
from counterpoise.methods.training import Recipe, load_bound, load_results, run
from counterpoise.methods.training.finishing import CHECKPOINT_EVERY
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.many import train_together
from counterpoise.methods.training.member import build_member
from counterpoise.methods.training.watched import begin
from counterpoise.theory.foundation.validation import InputError
from lightning_fabric import Fabric

run_module = import_module("counterpoise.methods.training.run")

METHODS = ("density-ratio", "ce", "ce+la")
TINY = Recipe(methods=METHODS, seeds=1, epochs=CHECKPOINT_EVERY + 1, batch_size=128, curve_points=6)


class InterruptionError(Exception):
    """Raised where a test stops a run."""


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    out = tmp_path_factory.mktemp("watched")
    run(TINY, out, watch="bound")
    return out


def test_the_table_has_a_row_a_class_and_recorded_epoch_of_each_training(watched):
    table, results = load_bound(watched), load_results(watched)
    assert set(table.method) == {"density-ratio", "ce"}
    epochs = list(results.members[0].history.epoch)
    for _, member in table.groupby(["method", "seed"]):
        assert member.epoch.unique().tolist() == epochs
        assert member["class"].tolist() == list(range(10)) * len(epochs)
    assert (table["count"].to_numpy().reshape(-1, 10) == results.class_counts).all()
    assert (table.seen == table["count"]).all()
    assert (table.p_min <= table.p_q05 + 1 / 256).all()
    assert (table.p_min <= table.p_mean).all()
    assert (table.stratified <= table["union"]).all()


def test_weights_are_those_of_the_history(watched):
    table = load_bound(watched)
    for member in load_results(watched).members:
        if member.method != "ce+la":
            own = table[table.method == member.method].weight.to_numpy().reshape(-1, 10)
            relative = own / own.mean(axis=1, keepdims=True)
            np.testing.assert_allclose(relative, member.history.class_weights, rtol=1e-5)


def test_watching_changes_no_result(watched, tmp_path):
    run(TINY, tmp_path / "plain")
    for name in ("results.json", "members.csv", "recipe.json"):
        assert (tmp_path / "plain" / name).read_bytes() == (watched / name).read_bytes()
    with pytest.raises(InputError, match=r"has no bound\.csv"):
        load_bound(tmp_path / "plain")


def test_an_interrupted_run_and_two_processes_leave_the_same_table(watched, tmp_path, monkeypatch):
    def stop(progress):
        if (progress.method, progress.epoch) == ("density-ratio", CHECKPOINT_EVERY):
            raise InterruptionError

    with pytest.raises(InterruptionError):
        run(TINY, tmp_path / "broken", watch="bound", progress=stop)
    run(TINY, tmp_path / "broken", watch="bound", resume=True)
    # what a worker would do, in its order, without the seconds that one takes to start
    monkeypatch.setattr(run_module, "in_processes", lambda calls, n: (f(*a) for f, a, _ in calls))
    run(TINY, tmp_path / "shared", watch="bound", jobs=2)
    for out in (tmp_path / "broken", tmp_path / "shared"):
        assert (out / "bound.csv").read_bytes() == (watched / "bound.csv").read_bytes()


def test_another_watch_is_refused_before_a_folder_is_made(tmp_path):
    with pytest.raises(InputError, match="unknown watch 'loss'"):
        run(TINY, tmp_path / "new", watch="loss")
    assert not (tmp_path / "new").exists()


def test_heads_together_are_watched_as_alone():
    torch.set_default_dtype(torch.float64)
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(4).repeat_interleave(30)
    features = torch.randn(120, 6, generator=generator) + labels[:, None]
    part = Part(labels, features.__getitem__)
    data = assemble(Source("rows", tuple("abcd"), part, part), "rows", imbalance_factor=5)
    methods = ("ce", "ldam-drw", "density-ratio", "tla-adrw", "drs")
    recipe = Recipe(methods=methods, epochs=3, model="linear", lr=0.1, defer=0.5)
    fabric = Fabric(accelerator="cpu", precision="64-true")
    alone, together = (
        [build_member(method, 0, data, recipe, fabric) for method in methods] for _ in range(2)
    )
    for member in (*alone, *together):
        begin(member, data.class_counts, "bound")
    for member in alone:
        train(member, data, recipe, fabric, lambda member: None)
    train_together(together, {0: data}, recipe, fabric)
    torch.set_default_dtype(torch.float32)
    for one, other in zip(alone, together, strict=True):
        assert isinstance(one.watch, BoundWatch)
        assert len(one.watch.rows) == 4 * 3
        for row, twin in zip(one.watch.rows, other.watch.rows, strict=True):
            for name, value in row.items():
                # a bin of the histogram may be the next one
                near = {"abs": 1 / 128} if "q05" in name else {"rel": 1e-7, "abs": 1e-9}
                assert twin[name] == pytest.approx(value, **near), (one.method, name)
