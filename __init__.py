"""Counterpoise: the theory of class-imbalanced learning, executable.

A claim about imbalanced learning is an object that can be read, evaluated, proved, attacked,
simulated and confirmed by training. The four rooms load on first use: ``counterpoise.theory``,
``counterpoise.methods``, ``counterpoise.simulations``, ``counterpoise.paper_figs``.
"""

import importlib
from typing import Any

__all__ = ["__version__", "methods", "paper_figs", "simulations", "theory"]

_ROOMS = ("methods", "paper_figs", "simulations", "theory")


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f".{name}", __name__)
    if name == "__version__":
        from importlib.metadata import version

        return version("counterpoise")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
