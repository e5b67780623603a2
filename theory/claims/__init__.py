"""The door for users: relations, limits, failures, computed and quoted claims, statements.

Names load with their file when first used, so that a module of formulas imports without SymPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .classes import *
    from .computed import *
    from .failure import *
    from .limit import *
    from .quoted import *
    from .relation import *
    from .statement import *

_FILES = ("statement", "relation", "limit", "failure", "computed", "quoted", "classes")


def __getattr__(name: str) -> Any:
    for file in _FILES if not name.startswith("_") else ():
        module = import_module(f".{file}", __name__)
        if name in module.__all__:
            return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
