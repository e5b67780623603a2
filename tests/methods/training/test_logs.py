"""Curves are logged while they grow, whole after an interruption, and change no result."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from counterpoise.methods.training import Recipe, run
from counterpoise.methods.training import finishing as finishing_module
from counterpoise.methods.training.logs import check_log
from counterpoise.theory.foundation.validation import InputError

RECIPE = Recipe(methods=("ce", "la"), seeds=1, epochs=12, batch_size=256)


def logged(folder, member):
    with (folder / "logs" / member / "metrics.csv").open(newline="") as lines:
        return [{name: float(cell) for name, cell in row.items()} for row in csv.DictReader(lines)]


def assert_logged(folder, results):
    for member in results.members:
        curve = member.history
        rows = logged(folder, f"{member.method}-seed{member.seed}")
        assert [row["step"] for row in rows] == list(curve.epoch)
        assert [row["train_loss"] for row in rows] == list(curve.train_loss)
        assert [row["balanced_accuracy"] for row in rows] == list(curve.balanced_accuracy)


def test_curves_of_a_run_that_is_interrupted_are_whole(tmp_path, monkeypatch):
    plain = run(RECIPE, tmp_path / "plain")
    write, stopped = finishing_module.write_checkpoint, tmp_path / "stopped"

    def write_and_stop(path, state):
        write(path, state)
        raise KeyboardInterrupt

    monkeypatch.setattr(finishing_module, "write_checkpoint", write_and_stop)
    with pytest.raises(KeyboardInterrupt):
        run(RECIPE, stopped, log="csv")
    assert [row["step"] for row in logged(stopped, "ce-seed0")] == list(range(1, 11))
    monkeypatch.undo()
    assert run(RECIPE, stopped, resume=True, log="csv") == plain
    assert_logged(stopped, plain)
    one, two = ((tmp_path / n / "results.json").read_bytes() for n in ("plain", "stopped"))
    assert one == two


def test_heads_together_log_a_curve_each(tmp_path):
    labels = np.repeat([0, 1, 2], [40, 20, 12])
    rows = np.random.default_rng(0).normal(size=(len(labels), 4)) + np.eye(3, 4)[labels]
    np.savez(tmp_path / "rows.npz", X=rows, y=labels)
    recipe = replace(RECIPE, data=str(tmp_path / "rows.npz"), model="linear", epochs=2)
    assert_logged(tmp_path / "run", run(recipe, tmp_path / "run", log="csv"))
    assert not list((tmp_path / "run" / "members").glob("*.ckpt"))


def test_a_logger_that_is_none_or_lacks_its_package_is_one_line(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="log"):
        run(RECIPE, tmp_path / "none", log="paper")
    assert check_log(None) is None
    monkeypatch.setattr("counterpoise.methods.training.logs.find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install tensorboard"):
        run(RECIPE, tmp_path / "none", log="tensorboard")
    assert not (tmp_path / "none").exists()
