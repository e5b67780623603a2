"""The registry: read without torch, equal to what the modules hold, and open to a method in one file."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from counterpoise import methods
from counterpoise.methods.registry import METHODS, ROWS, Method
from counterpoise.theory.foundation.validation import InputError
from torch import nn

PACKAGE = Path(methods.__file__).parents[1]
(TEMPLATE,) = re.findall(
    r"```python\n(.*?)```", (PACKAGE / "methods/README.md").read_text(encoding="utf-8"), re.DOTALL
)
COUNTS = (100, 20, 5)


def answer(script, folder):
    """What a fresh interpreter prints that finds the package in ``folder``."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


@pytest.fixture(scope="module")
def house_with_a_guest(tmp_path_factory):
    """A folder with a copy of the package to which one file was added, the template of README.md."""
    folder = tmp_path_factory.mktemp("guest")
    for name in ("__init__.py", "cli", "theory", "methods", "simulations", "paper_figs"):
        place = shutil.copytree if (PACKAGE / name).is_dir() else shutil.copy
        (folder / "counterpoise").mkdir(exist_ok=True)
        place(PACKAGE / name, folder / "counterpoise" / name)
    guest = folder / "counterpoise/methods/losses/half_adjusted.py"
    guest.write_text(TEMPLATE, encoding="utf-8")
    return folder


GUEST = """
import sys
from counterpoise import methods
from counterpoise.methods import HalfAdjustedLoss, losses
print("HalfAdjustedLoss" in methods.__all__, "HalfAdjustedLoss" in dir(losses))
print(HalfAdjustedLoss is losses.half_adjusted.HalfAdjustedLoss)
from counterpoise.methods.training import METHODS, Recipe, run
results = run(Recipe(methods=("ce", "half-adjusted"), seeds=1, epochs=1), "run")
print(METHODS["half-adjusted"].title)
print(*[member.method for member in results.members])
from counterpoise.methods.table import render
from counterpoise.paper_figs.style import method_label
print("| `HalfAdjustedLoss` | 1 | Δ = ½ log π |" in render(), "| `half-adjusted` |" in render())
print(method_label("half-adjusted"))
sys.argv = ["counterpoise", "train", "--help"]
from counterpoise.cli import main
main()
"""


@pytest.fixture(scope="module")
def guest(house_with_a_guest):
    """What a program says that meets the guest in one room after the other."""
    return answer(GUEST, house_with_a_guest)


def test_one_file_adds_a_loss_to_the_public_names(guest):
    assert guest[:2] == ["True True", "True"]


def test_one_file_adds_a_loss_to_what_recipes_train(guest):
    assert guest[2:4] == ["Half of logit adjustment", "ce half-adjusted"]


def test_one_file_adds_a_loss_to_tables_figures_and_the_command_line(guest):
    assert guest[4:6] == ["True True", "half LA"]
    assert re.search("half-adjusted +Half of logit adjustment", "\n".join(guest[6:]))


def test_two_methods_of_one_key_are_refused(house_with_a_guest):
    twin = house_with_a_guest / "counterpoise/methods/losses/twin.py"
    twin.write_text(TEMPLATE, encoding="utf-8")
    try:
        with pytest.raises(AssertionError, match="both hold 'half-adjusted'"):
            answer("import counterpoise.methods.registry", house_with_a_guest)
    finally:
        twin.unlink()


def test_the_registry_is_read_without_torch():
    script = """
import sys
import counterpoise.methods
from counterpoise.methods.registry import METHODS
print(*sorted({"torch", "numpy", "sklearn", "sympy"} & set(sys.modules)))
"""
    assert answer(script, PACKAGE.parent) == [""]


def test_the_rows_read_from_the_text_are_those_of_the_modules():
    for name in {row.module for row in ROWS}:
        module = import_module(f"counterpoise.methods.{name}")
        read = [replace(row, module="") for row in ROWS if row.module == name]
        assert tuple(read) == module.METHODS


def test_every_row_names_a_public_object():
    for row in ROWS:
        assert getattr(methods, row.name) is row.implementation


@pytest.mark.parametrize("key", METHODS)
def test_a_method_that_trains_can_be_shown_and_built(key):
    row = METHODS[key]
    assert row.key == key
    assert row.title
    assert 0 < len(row.label) <= 20
    assert row.colour
    loss = row.build_loss(COUNTS)
    assert isinstance(loss, nn.Module)
    assert loss.reduction == "none"
    assert row.build_schedule(COUNTS, 3, 9).stage(0).sampling_exponent in (0, 0.5, 1)
    assert row.build_source(COUNTS, 6, 3).state_dict() is not None


def test_a_call_that_asks_for_more_than_is_known_is_refused():
    row = METHODS["ce"]
    with pytest.raises(NameError, match="only class_counts, num_classes, generator are known"):
        replace(row, loss="LDAMLoss(start)").build_loss(COUNTS)
    with pytest.raises(ValueError, match="must be a call"):
        replace(row, loss="LDAMLoss").build_loss(COUNTS)
    with pytest.raises(InputError, match="class_counts"):
        replace(row, loss="LDAMLoss((1, 0))").build_loss(COUNTS)


def test_a_call_may_hold_literals_and_the_number_of_classes():
    loss = replace(METHODS["ce"], loss="SeesawLoss(num_classes, p=0.5)").build_loss(COUNTS)
    assert (len(loss.seen), loss.p) == (3, 0.5)
    assert isinstance(METHODS["ce"], Method)
