"""Generalization bounds watched while a network trains: by class and epoch, in any loop."""

from typing import TYPE_CHECKING

from ..declared import attach

if TYPE_CHECKING:  # what type checkers follow; at run time a name is loaded when it is asked for
    from .bound_watch import *
    from .callback import *

__all__, __getattr__, __dir__ = attach(__name__, "watching")
