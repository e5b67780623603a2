"""The tables of the theory's numeric functions, collected from the chapters.

``theory/<chapter>/calls.py`` gives a valid call of every public function of a chapter, and
``theory/<chapter>/formulas.py`` how to draw arguments and an independent formula. A function is named
by its file and its name, ``"margins.ldam_margins"``.
"""

import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import counterpoise.theory
from counterpoise.theory.catalogue import CHAPTERS, chapter_of

__all__ = ["collected", "function", "table_beside"]

FOLDER = Path(__file__).parent / "theory"


def function(name: str) -> Callable[..., Any]:
    module, attribute = name.split(".")
    return getattr(getattr(counterpoise.theory, module), attribute)


@cache
def _load(path: Path) -> ModuleType:
    """A table by its path: ``theory`` is also a folder of the package, and would be imported."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table_beside(test: str, table: str) -> ModuleType:
    """The table in the folder of a test file."""
    return _load(Path(test).with_name(f"{table}.py"))


def collected(table: str, mapping: str) -> dict[str, Any]:
    """One mapping (or tuple of names) of all chapters' tables, in reading order; some lack it."""
    rows: dict[str, Any] = {}
    for chapter in CHAPTERS:
        path = FOLDER / chapter / f"{table}.py"
        of_chapter = getattr(_load(path), mapping, {}) if path.exists() else {}
        strays = [name for name in of_chapter if chapter_of(name) != chapter]
        assert not strays, f"{path}: {strays} belong to {set(map(chapter_of, strays))}"
        rows |= of_chapter if isinstance(of_chapter, dict) else dict.fromkeys(of_chapter)
    return rows
