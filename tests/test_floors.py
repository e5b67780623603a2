"""Imports run downhill, between the floors and inside them, and each floor loads only what it needs."""

import ast
import subprocess
import sys
import tomllib
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from counterpoise.theory.catalogue import CHAPTERS

ROOT = Path(__file__).parent.parent
FLOORS = ["theory", "methods", "simulations", "paper_figs", "cli"]
MODULES = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]

ENGINES = [
    {"proof.tiers"},
    {"proof.certificate", "proof.computation", "proof.problem", "proof"},
    {"proof.instruments", "proof.exact"},
    {"proof.prover", "proof.refuter", "proof.second"},
    {"proof.kernel"},
    {"proof.engine", "proof.trial"},
    {"proof.sums"},
]
"""The engine room from its cellar up; the wings of one level know nothing of each other."""

THEORY = [
    {"foundation"}, {"language"}, {"numbers"}, *ENGINES, {"claims"}, *({chapter} for chapter in CHAPTERS),
    {"catalogue"},
]  # fmt: skip
"""The rooms of theory/ from the ground up."""

METHODS = [
    {"arguments", "axes", "calls", "declared", "draws", "pairs", "point_clouds", "ranks"},
    {"protocols", "published", "registry", "results"},
    {"data", "losses", "metrics", "models", "optim", "ratios", "sampling"},
    {"posthoc", "watching", "weights", "self_supervised.contrast", "self_supervised.views"},
    {"self_supervised.joint"}, {"advice", "training"},
    {"comparing", "predicting", "self_supervised", "table", "listing", "doctor"},
]  # fmt: skip
"""The rooms of methods/ from the ground up; those of one level know nothing of each other."""

ROOMS = {"theory": THEORY, "methods": METHODS}
DOORS = [ROOT / floor / "__init__.py" for floor in ROOMS]


@cache
def imports(path: Path) -> set[str]:
    """What a file imports from the package, as dotted names below the root; not for types only."""
    package = ["counterpoise", *path.relative_to(ROOT).parent.parts]
    found = set()
    for node in ast.walk(without_types(ast.parse(path.read_text(encoding="utf-8")))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            name = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            found |= {name} if node.module else {f"{name}.{alias.name}" for alias in node.names}
    return {name.removeprefix("counterpoise.") for name in found}


def without_types(tree: ast.AST) -> ast.AST:
    """The tree without what stands under ``if TYPE_CHECKING``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return tree


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(name: str) -> tuple[int, str]:
    """The level of a room in its floor, and the room, for a dotted name such as ``theory.claims``."""
    floor, _, inside = name.partition(".")
    for level, rooms in enumerate(ROOMS[floor]):
        for own in sorted(rooms, key=len, reverse=True):
            if inside == own or (inside.startswith(f"{own}.") and own != "proof"):
                return level, own
    raise LookupError(name)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_from_its_own_floor_or_below(path):
    own = FLOORS.index(path.relative_to(ROOT).parts[0])
    floors = {name.split(".")[0] for name in imports(path)} & set(FLOORS)
    assert all(FLOORS.index(floor) <= own for floor in floors)


IN_ROOMS = [p for p in MODULES if p.relative_to(ROOT).parts[0] in ROOMS and p not in DOORS]


@pytest.mark.parametrize("path", IN_ROOMS, ids=lambda path: str(path.relative_to(ROOT)))
def test_inside_a_floor_a_room_uses_only_rooms_below(path):
    floor, (level, here) = path.relative_to(ROOT).parts[0], room(dotted(path))
    for name in imports(path):
        if name.startswith(f"{floor}."):
            there = room(name)
            assert there[0] < level or there[1] == here, name


def test_no_room_is_planned_that_is_not_there():
    files = {dotted(path) for path in MODULES}
    for floor, levels in ROOMS.items():
        assert {f"{floor}.{name}" for rooms in levels for name in rooms} <= files


def test_the_second_opinion_uses_nothing_of_the_engines_it_judges():
    allowed = ("theory.proof.second", "theory.proof.certificate", "theory.proof.computation")
    for path in (ROOT / "theory" / "proof" / "second").glob("*.py"):
        assert all(name.startswith((*allowed, "theory.foundation")) for name in imports(path)), path


def test_no_circle_of_imports():
    files = {dotted(path): path for path in MODULES}
    graph = {name: imports(path) & set(files) - {name} for name, path in files.items()}
    list(TopologicalSorter(graph).static_order())


def test_no_room_is_crowded():
    for folder in {path.parent for path in MODULES}:
        assert len([p for p in folder.iterdir() if p.is_file()]) <= 25, folder


def test_every_folder_ships():
    """A folder with modules that pyproject.toml does not list is missing from the wheel."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {dotted(path) for floor in FLOORS for path in (ROOT / floor).rglob("__init__.py")}
    assert {"counterpoise", *(f"counterpoise.{folder}" for folder in folders)} == set(listed)


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("counterpoise", ["torch", "sympy", "numpy"]),
        ("counterpoise.cli", ["torch", "sympy", "numpy", "matplotlib", "xarray"]),
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
