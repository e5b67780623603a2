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
