"""Density ratios: how much likelier a sample is under one distribution than under another."""

from typing import TYPE_CHECKING

from ..declared import attach

if TYPE_CHECKING:  # what type checkers follow; at run time a name is loaded when it is asked for
    from .least_squares import *
    from .likelihood import *
    from .mean_matching import *
    from .moments import *
    from .plug_in import *
    from .queued import *

__all__, __getattr__, __dir__ = attach(__name__, "ratios")
