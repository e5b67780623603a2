"""What is built is what stands here: every package of the repository ships."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETTINGS = PROJECT["tool"]["setuptools"]
NO_PART = {"tests", "notebooks", "build", "dist"}


def packages():
    """Every folder with an ``__init__.py``, by its name when installed."""
    for file in ROOT.rglob("__init__.py"):
        folders = file.parent.relative_to(ROOT).parts
        if not (folders and (folders[0] in NO_PART or any(f.startswith(".") for f in folders))):
            yield ".".join(("counterpoise", *folders))


def test_every_package_ships():
    assert sorted(SETTINGS["packages"]) == sorted(packages())


def test_every_file_that_the_code_reads_ships():
    shipped = {
        file
        for package, patterns in SETTINGS["package-data"].items()
        for pattern in patterns
        for file in ROOT.joinpath(*package.split(".")[1:]).glob(pattern)
    }
    rooms = (ROOT / name for name in ("theory", "methods", "simulations", "paper_figs"))
    needed = {
        file
        for room in rooms
        for file in room.rglob("*")
        if file.suffix in (".json", ".gz", ".css", ".j2") and "results" not in file.parts
    }
    assert needed | {ROOT / "py.typed"} <= shipped
