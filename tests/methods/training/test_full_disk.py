"""A disk that is full, whatever is written: one line, exit code 2, and nothing of what stood is lost."""

import contextlib

import numpy as np
import pytest
from counterpoise import cli
from counterpoise.methods.training import run
from counterpoise.methods.training.recipe import Recipe
from counterpoise.theory.foundation import interrupts

resource = pytest.importorskip("resource")


@contextlib.contextmanager
def files_of_at_most(size):
    """Writes beyond it fail, as on a full disk, in the middle of a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    labels = np.repeat([0, 1, 2], [120, 40, 12])
    values = np.random.default_rng(0).normal(size=(len(labels), 5)) + np.eye(3, 5)[labels]
    path = tmp_path_factory.mktemp("data") / "rows.npz"
    np.savez(path, X=values, y=labels)
    return path


@pytest.mark.parametrize(
    ("room", "written"),
    [(100, "examples.json"), (1000, "members/ce-seed0.json"), (5000, "members/ce-seed0.ckpt")],
)
def test_training_says_what_it_could_not_write_and_goes_on_later(
    rows, tmp_path, monkeypatch, capsys, room, written
):
    monkeypatch.setattr(interrupts, "watch_for_interrupts", lambda last_words: None)
    epochs = 11 if written.endswith("ckpt") else 9
    words = ["train", "--data", str(rows), "--model", "mlp", "--method", "ce", "--method", "la"]
    words += ["--seeds", "1", "--epochs", str(epochs), "--out", str(tmp_path / "run")]
    monkeypatch.setattr("sys.argv", ["counterpoise", *words])
    with pytest.raises(SystemExit) as ended, files_of_at_most(room):
        cli.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said == f"counterpoise: cannot write {tmp_path / 'run' / written}: File too large\n"
    assert not list(tmp_path.rglob("*.part"))
    recipe = Recipe(data=str(rows), model="mlp", methods=("ce", "la"), seeds=1, epochs=epochs)
    whole = run(recipe, tmp_path / "whole")
    assert run(recipe, tmp_path / "run", resume=True) == whole


def test_the_last_file_of_a_run_costs_nothing_but_itself(rows, tmp_path):
    recipe = Recipe(data=str(rows), model="linear", methods=("ce", "la", "vs"), seeds=2, epochs=2)
    run(recipe, tmp_path)
    results = tmp_path / "results.json"
    before = results.read_bytes()
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "members").iterdir()}
    with files_of_at_most(len(before) - 1), pytest.raises(ValueError, match=r"results\.json"):
        run(recipe, tmp_path, resume=True)
    assert results.read_bytes() == before
    assert kept == {path: path.stat().st_mtime_ns for path in (tmp_path / "members").iterdir()}


def test_a_full_disk_that_a_library_meets_is_one_line_too(monkeypatch, capsys):
    def full(**options):
        raise OSError(28, "No space left on device", "/tmp/joblib")

    monkeypatch.setattr(interrupts, "watch_for_interrupts", lambda last_words: None)
    monkeypatch.setattr(cli, "app", full)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("counterpoise: cannot write: No space left on device: /tmp/joblib; ")
    assert len(said.splitlines()) == 1
