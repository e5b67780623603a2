"""``counterpoise plan`` as a user types it: the same plan as in Python, and one line for a slip."""

import sys

import numpy as np
import pytest
from counterpoise import cli
from counterpoise.simulations import estimate_separation, loss_table, plan, plan_table
from counterpoise.theory.foundation import interrupts


@pytest.fixture
def run(monkeypatch, capsys):
    """Exit code, output and errors of the command."""
    monkeypatch.setattr(interrupts, "watch_for_interrupts", lambda last_words: None)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["counterpoise", "plan", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, *capsys.readouterr()

    return run


COUNTS = ("--class-counts", "5000,500,50", "--num-features", "64", "--separability", "3")


def test_counts_are_planned_and_drawn(run, tmp_path):
    code, said, _ = run(*COUNTS, "--figure", tmp_path / "plan.svg")
    assert code == 0
    assert said.startswith(plan_table(plan([5000, 500, 50], 64, 3.0)))
    assert "extreme" in (tmp_path / "plan.svg").read_text()


def test_losses_are_told_for_a_ridge(run):
    code, said, _ = run(*COUNTS, "--ridge", 0.05)
    plans = plan([5000, 500, 50], 64, 3.0)
    assert (code, said.strip()) == (0, f"{plan_table(plans)}\n\n{loss_table(plans, 0.05)}")


def test_rows_of_a_file_are_planned(run, tmp_path):
    rng = np.random.default_rng(0)
    target = np.repeat([0, 1], [400, 60])
    rows = (rng.normal(size=(460, 3)) + 2.0 * target[:, None]).astype("f4")
    np.savez(tmp_path / "mine.npz", X=rows, y=target, X_test=rows[::5], y_test=target[::5])
    code, said, _ = run("--data", tmp_path / "mine.npz")
    assert code == 0
    found = estimate_separation(rows, target)
    assert plan_table(plan([400, 60], 3, found)).splitlines()[1] in said.splitlines()


def test_all_rows_of_a_file_are_planned_as_they_are(run, tmp_path):
    rng = np.random.default_rng(1)
    target = np.repeat([0, 1, 2], [40, 9, 1])
    rows = rng.normal(size=(50, 3)) + 4.0 * target[:, None]
    np.savez(tmp_path / "mine.npz", X=rows, y=target)
    table = np.column_stack([rows, target]).tolist()
    lines = ["a,b,c,kind", *(f"{a!r},{b!r},{c!r},k{int(kind)}" for a, b, c, kind in table)]
    (tmp_path / "mine.csv").write_text("\n".join(lines))
    plans = plan([40, 9, 1], 3, estimate_separation(rows, target))
    code, said, _ = run("--data", tmp_path / "mine.npz")
    assert (code, said.strip()) == (0, plan_table(plans))
    code, said, _ = run("--data", tmp_path / "mine.csv", "--label", "kind")
    assert (code, said.strip()) == (0, plan_table(plans, ["k0", "k1", "k2"]))
    code, _, error = run("--data", tmp_path / "mine.npz", "--imbalance-factor", 10)
    assert code == 2
    assert "--imbalance-factor = 10: a file of yours is planned as it is" in error


def test_columns_of_text_are_planned(run, tmp_path):
    rng = np.random.default_rng(2)
    lines = [
        f"{rng.normal()},{'red' if rng.random() < 0.5 else 'blue'},{i % 4 == 0}" for i in range(80)
    ]
    (tmp_path / "mine.csv").write_text("\n".join(["size,colour,rare", *lines]))
    code, said, _ = run("--data", tmp_path / "mine.csv", "--label", "rare")
    assert code == 0
    assert "20/60" in said
    assert said.endswith(
        "1 of 3 columns left out: within classes they are constant or combinations of others\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give --data, or --class-counts"),
        (COUNTS[:4], "give --data, or --class-counts"),
        ((*COUNTS, "--data", "digits"), "give --data, or --class-counts"),
        (("--data", "digits"), "store features"),
        (("--data", "digit"), "digits"),
        (("--class-counts", "5,0", *COUNTS[2:]), "class_counts"),
        (("--class-counts", "5,x", *COUNTS[2:]), "--class-counts"),
        ((*COUNTS[:4], "--separability", "0"), "--separability"),
        ((*COUNTS, "--figure", "plan.gif"), "--figure"),
        ((*COUNTS, "--ridge", 0), "--ridge"),
    ],
)
def test_a_slip_is_one_line(run, arguments, said):
    code, out, error = run(*arguments)
    assert code == 2
    assert not out
    assert said in error
    assert error.count("\n") == 1
