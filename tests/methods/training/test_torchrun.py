"""Two processes that share every batch leave what one process leaves, and only the first writes or prints."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import counterpoise
import numpy as np
import pytest
import torch
from counterpoise.methods.data import Part, Source, assemble
from counterpoise.methods.ranks import joined, share, summed_over_ranks
from counterpoise.methods.training import Recipe, load_results, run
from counterpoise.methods.training.devices import launched
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.member import build_member
from counterpoise.theory.foundation.torchrun import Place, place

METHODS = (
    "ce", "la", "drs", "density-ratio", "influence-balanced", "tla-adrw",
    "influence-balanced@alpha=1e+300,epsilon=1e-300",
)  # fmt: skip
LOOPBACK = {"GLOO_SOCKET_IFNAME": "lo"} if sys.platform == "linux" else {}

# One rank of two: trains on images, then is refused, then runs the command that its arguments say.
RANK = """
import json, sys
sys.path.insert(0, sys.argv[1])
from test_torchrun import on_images, refusals
trained = on_images()
open(sys.argv[3], "w").write(json.dumps([trained, refusals(sys.argv[2])]))
sys.argv = ["counterpoise", *sys.argv[4:]]
from counterpoise.cli import main
main()
"""


def on_images():
    """The weights after two epochs of crops, flips and views, and the examples that were drawn."""
    torch.set_default_dtype(torch.float64)
    parts = []
    for seed in range(2):
        generator = torch.Generator().manual_seed(seed)
        pixels = torch.randint(0, 256, (60, 1, 8, 8), dtype=torch.uint8, generator=generator)
        parts.append(Part(torch.arange(3).repeat_interleave(20), pixels.__getitem__))
    source = Source("noise", tuple("abc"), *parts, (0.5,), (0.25,))
    data = assemble(source, "noise", imbalance_factor=5, augmentation="crop-flip")
    recipe = Recipe(methods=("drs@joint=0.5",), epochs=2, batch_size=12, model="small", defer=0.5)
    fabric = launched("cpu", "64-true")
    member = build_member("drs@joint=0.5", 0, data, recipe, fabric)
    train(member, data, recipe, fabric, lambda member: None)
    torch.set_default_dtype(torch.float32)
    weights = torch.cat([parameter.flatten() for parameter in member.model.parameters()])
    return weights.tolist(), member.history["class_weights"]


def refusals(rows):
    """What several processes cannot do, in one line each."""
    found = []
    for fields, options in (({"model": "resnet8", "data": "digits"}, {}), ({}, {"jobs": 2})):
        recipe = Recipe(**{"data": rows, "methods": ("ce",), "seeds": 1, **fields})
        try:
            run(recipe, "refused", **options)
        except ValueError as error:
            found.append(str(error))
    return found


@pytest.fixture(scope="module")
def ranks(tmp_path_factory):
    """A folder with the rows, the run of the command in two processes, and what each rank said."""
    folder = tmp_path_factory.mktemp("ranks")
    labels = np.repeat([0, 1, 2], [120, 40, 13])
    values = np.random.default_rng(0).normal(size=(len(labels), 5)) + np.eye(3, 5)[labels]
    np.savez(folder / "rows.npz", X=values, y=labels)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["train", "--data", str(folder / "rows.npz"), "--model", "mlp", "--seeds", "1"]
    words += ["--epochs", "2", "--batch-size", "43", "--precision", "float64"]
    words += [word for name in METHODS for word in ("--method", name)]
    started = []
    for rank in range(2):
        told = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2,
                "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "TORCHELASTIC_RUN_ID": "test",
                "OMP_NUM_THREADS": 1, "PYTHONPATH": Path(str(counterpoise.__file__)).parents[1]}  # fmt: skip
        files = [str(folder / name) for name in ("rows.npz", f"rank{rank}.json")]
        arguments = [str(Path(__file__).parent), *files, *words]
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", RANK, *arguments, "--out", str(folder / "two")],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=folder,
                env={**os.environ, **LOOPBACK, **{key: str(value) for key, value in told.items()}},
            )
        )
    try:
        return folder, [
            (*process.communicate(timeout=100), process.returncode) for process in started
        ]
    finally:
        for process in started:
            process.kill()


def test_a_run_of_two_is_that_of_one(ranks):
    folder, _ = ranks
    two = load_results(folder / "two")
    recipe = Recipe.from_dict(two.recipe)
    assert 130 % recipe.batch_size == 1, "of the last batch, a rank sees nothing"
    one = run(recipe, folder / "one")
    assert [m.method for m in two.members] == list(METHODS[:-1])
    assert two.failed == one.failed
    assert [f.method for f in two.failed] == list(METHODS[-1:])
    for ours, theirs in zip(one.members, two.members, strict=True):
        for name in ("class_accuracy", "mean_logits", "mean_margin", "min_target_probability"):
            assert getattr(theirs, name) == pytest.approx(getattr(ours, name), abs=1e-6), name
        assert theirs.history.train_loss == pytest.approx(ours.history.train_loss, abs=1e-6)
        for row, other in zip(
            ours.history.class_weights, theirs.history.class_weights, strict=True
        ):
            assert other == pytest.approx(row, abs=1e-6)


def test_only_the_first_prints_and_it_says_what_failed(ranks):
    (_, ((first, said, code), (second, silent, other))) = ranks
    assert (code, other) == (2, 2)
    assert "la" in first
    assert second == ""
    assert said.startswith("counterpoise: 1 of 7 members diverged")
    assert len(said.splitlines()) == 1
    assert silent == ""


def test_images_are_cropped_and_drawn_as_in_one_process(ranks):
    weights, drawn = on_images()
    for rank in range(2):
        (theirs, examples), _ = json.loads((ranks[0] / f"rank{rank}.json").read_text())
        assert theirs == pytest.approx(weights, abs=1e-6)
        assert examples == drawn, "class balance draws what one process draws"


def test_what_several_processes_cannot_do_is_said(ranks):
    folder, _ = ranks
    for rank in range(2):
        _, (normalised, jobs) = json.loads((folder / f"rank{rank}.json").read_text())
        assert "batch normalisation" in normalised
        assert "--jobs" in normalised
        assert jobs.startswith("jobs = 2: under torchrun")
    assert not (folder / "refused").exists()


def test_alone_a_batch_is_whole_and_nothing_is_summed():
    part = torch.ones(3, 2)
    assert part[share(3)].shape == part.shape
    assert joined(part, 3) is part
    assert summed_over_ranks(part) is part
    assert place() == Place(0, 1, 0, 1)
