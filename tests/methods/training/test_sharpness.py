"""Sharpness by group is that of the exact Hessian, written out in full."""

import csv

import numpy as np
import pytest
import torch
from counterpoise.methods.results.checkpoint import read_checkpoint
from counterpoise.methods.training import (
    Recipe,
    kept_classifiers,
    kept_features,
    run,
    sharpness,
)
from counterpoise.methods.training.kept import kept_member
from counterpoise.methods.training.sharpness import extreme_eigenvalues, trace_estimate
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from lightning_fabric import Fabric
from torch.nn.functional import cross_entropy


@given(
    seed=st.integers(0, 2**32),
    size=st.integers(2, 30),
    rank=st.integers(1, 30),
    shift=st.floats(-2, 2),
)
@settings(max_examples=40, deadline=None)
def test_ends_of_any_spectrum_and_its_trace(seed, size, rank, shift):
    random = np.random.default_rng(seed)
    factor = random.normal(size=(size, rank))
    matrix = factor @ factor.T + shift * np.eye(size)
    values = np.linalg.eigvalsh(matrix)
    found = extreme_eigenvalues(lambda v: matrix @ np.ravel(v), size, random)
    assert found == pytest.approx((values[-1], values[0]), abs=1e-3 * np.abs(values).max())
    trace, error = trace_estimate(lambda v: matrix @ np.ravel(v), size, 64, random)
    assert abs(trace - np.trace(matrix)) <= 6 * error + 1e-9 * np.abs(values).sum()


def test_nothing_is_flat():
    ends = extreme_eigenvalues(lambda v: 0 * np.ravel(v), 5, np.random.default_rng(0))
    assert ends == (0.0, 0.0)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Small linear networks over rows of three classes, their loss weighted and moved."""
    random, folder = np.random.default_rng(0), tmp_path_factory.mktemp("run")
    labels = np.repeat([0, 1, 2], [150, 60, 12])
    rows = random.normal(size=(len(labels), 4)) + 1.5 * np.eye(3, 4)[labels]
    np.savez(folder / "rows.npz", X=rows, y=labels)
    recipe = Recipe(
        data=str(folder / "rows.npz"), model="linear", methods=("ce", "la"),
        seeds=1, epochs=3, batch_size=32, precision="float64",
    )  # fmt: skip
    run(recipe, folder / "out", keep_networks=True)
    return recipe, folder / "out"


def test_groups_of_a_run_have_the_spectrum_of_the_exact_hessian(finished):
    recipe, folder = finished
    rows = {(row.method, row.group): row for row in sharpness(folder, vectors=12)}
    data = recipe.dataset(0)
    counts = data.class_counts.double()
    assert {group for _, group in rows} == {
        "all", "many", "medium", "few", "class 0", "class 1", "class 2"
    }  # fmt: skip
    places = {"all": (0, 1, 2), "many": (0,), "medium": (1,), "few": (2,)}
    places |= {f"class {k}": (k,) for k in range(3)}
    for method, offset in (("ce", torch.zeros(3)), ("la", torch.log(counts / counts.sum()))):
        state = read_checkpoint(folder / f"members/{method}-seed0.final.ckpt")["model"]
        weight, bias = (
            next(v for k, v in state.items() if k.endswith(e)) for e in ("weight", "bias")
        )
        flat = torch.cat([weight.flatten(), bias]).double()
        for group, classes in places.items():
            chosen = torch.isin(data.train_labels, torch.tensor(classes))
            x = data.prepared(data.train_images[chosen]).double()
            y = data.train_labels[chosen]

            def loss(theta, x=x, y=y, offset=offset):
                z = x @ theta[:12].view(3, 4).T + theta[12:] + offset
                return cross_entropy(z, y)

            exact = torch.autograd.functional.hessian(loss, flat)
            values = torch.linalg.eigvalsh(exact).numpy()
            row = rows[method, group]
            assert row.examples == int(chosen.sum())
            assert (row.largest, row.smallest) == pytest.approx(
                (values[-1], values[0]), abs=2e-4 * values[-1]
            )
            assert abs(row.trace - values.sum()) <= 8 * row.trace_error + 1e-9


def test_it_is_written_as_a_table_and_the_same_again(finished):
    _, folder = finished
    rows = sharpness(folder, examples=50, vectors=2)
    with (folder / "sharpness.csv").open(newline="") as lines:
        written = list(csv.DictReader(lines))
    assert [float(row["largest"]) for row in written] == [row.largest for row in rows]
    assert sharpness(folder, examples=50, vectors=2) == rows
    assert max(row.examples for row in rows) == 50


def test_a_run_without_networks_is_one_line(finished, tmp_path):
    recipe, _ = finished
    run(recipe, tmp_path)
    with pytest.raises(InputError, match="keeps no networks: train with --keep-checkpoints"):
        sharpness(tmp_path)


def test_kept_features_give_the_kept_networks_logits(tmp_path):
    recipe = Recipe(methods=("la",), seeds=1, epochs=2)
    run(recipe, tmp_path, keep_networks=True)
    features, target = kept_features(tmp_path, "la")
    data = recipe.dataset(0)
    assert torch.equal(target, data.train_labels)
    member = kept_member(tmp_path, "la", 0, data, recipe, Fabric(accelerator="cpu", devices=1))
    member.model.eval()
    logits, own = member.model(data.prepared(data.train_images))
    torch.testing.assert_close(features, own)
    torch.testing.assert_close(member.model.head(features), logits)
    assert torch.equal(kept_classifiers(tmp_path, "la"), member.model.head.weight)
    with pytest.raises(InputError, match="keeps no network of ce"):
        kept_features(tmp_path, "ce")


def test_cosines_have_no_linear_classifiers(tmp_path):
    run(Recipe(methods=("ce",), seeds=1, epochs=1, head="cosine"), tmp_path, keep_networks=True)
    with pytest.raises(InputError, match="not one linear layer"):
        kept_classifiers(tmp_path, "ce")
