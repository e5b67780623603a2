"""Imports run downhill, and each floor loads only what it needs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ["theory", "methods", "simulations", "paper_figs"]
MODULES = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]


def imported_floors(path: Path) -> set[str]:
    package = ["counterpoise", *path.relative_to(ROOT).parent.parts]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            full = [*base, *(node.module or "").split(".")]
            found.add(full[1] if len(full) > 1 else "")
    return found & set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_from_its_own_floor_or_below(path):
    own = FLOORS.index(path.relative_to(ROOT).parts[0])
    assert all(FLOORS.index(floor) <= own for floor in imported_floors(path))


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("counterpoise", ["torch", "sympy", "numpy"]),
        ("counterpoise.theory", ["torch", "z3", "cvc5", "flint"]),
        ("counterpoise.theory.catalogue", ["torch", "z3", "cvc5"]),
        ("counterpoise.theory.margins", ["torch", "sympy"]),
        ("counterpoise.methods", ["z3", "cvc5", "flint", "cvxpy", "sympy"]),
        ("counterpoise.simulations", ["torch", "z3", "cvc5"]),
    ],
)
def test_a_floor_does_not_load_what_it_does_not_need(module, absent):
    script = f"import {module}, sys; print(*sorted(set({absent}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
