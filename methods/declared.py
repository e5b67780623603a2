"""What the modules of this floor say of themselves, ``__all__`` and ``METHODS``, read from their text.

A module that is put into a room is thereby known: no other file names it, and none is imported until
one of its names is asked for. Checked by: a loss added to a copy of the package, and import times.
"""

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["ROOMS", "attach", "declared", "modules"]

HERE = Path(__file__).parent
ROOMS = ("losses", "models", "posthoc", "ratios", "sampling", "watching", "weights")
"""The folders whose public names are names of `counterpoise.methods` too."""


def modules(room: str) -> Iterator[Path]:
    """The modules of a room, in alphabetical order; the module itself, if it stands in no room."""
    files = sorted((HERE / room).glob("*.py")) or [HERE / f"{room}.py"]
    return (path for path in files if path.name != "__init__.py")


@cache
def declared(path: Path) -> Mapping[str, ast.expr]:
    """What stands on the right of ``__all__ = ...`` and ``METHODS = ...``, where a module has them."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__" | "METHODS" as name)], value=value):
                found[name] = value
    return found


def attach(
    package: str, *rooms: str, **elsewhere: str
) -> tuple[list[str], Callable[[str], Any], Callable[[], list[str]]]:
    """``__all__``, ``__getattr__`` and ``__dir__`` of a package whose names load when they are asked for.

    Parameters
    ----------
    package
        Its ``__name__``.
    *rooms
        The folders, or modules beside them, that the names come from.
    **elsewhere
        Names of other modules: ``name="absolute.module"``.
    """
    where = dict(elsewhere)
    for room in rooms:
        for path in modules(room):
            names = ast.literal_eval(declared(path).get("__all__", ast.List([])))
            place = ".".join(path.relative_to(HERE).with_suffix("").parts)
            where |= dict.fromkeys(names, f"{__package__}.{place}")

    def load(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(where[name]), name)

    def names_so_far() -> list[str]:
        return sorted({*vars(sys.modules[package]), *where})

    return sorted(where), load, names_so_far
