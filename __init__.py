"""Counterpoise: the theory of class-imbalanced learning, executable.

A claim about imbalanced learning is an object that can be read, evaluated, proved, attacked,
simulated and confirmed by training. The four rooms load on first use: ``counterpoise.theory``,
``counterpoise.methods``, ``counterpoise.simulations``, ``counterpoise.paper_figs``; and
``counterpoise.advise`` says which loss fits your data, and why.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import methods, paper_figs, simulations, theory
    from .methods.advice import advise

    __version__: str

__all__ = ["__version__", "advise", "methods", "paper_figs", "simulations", "theory"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("counterpoise")
    if name == "advise":
        return importlib.import_module(".methods.advice", __name__).advise
    if name in __all__:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
