"""Which examples are drawn, and new ones between them: samplers, resampling, local clustering."""

from typing import TYPE_CHECKING

from ..declared import attach

if TYPE_CHECKING:  # what type checkers follow; at run time a name is loaded when it is asked for
    from .clustering import *
    from .mixing import *
    from .prototypes import *
    from .resampling import *
    from .samplers import *

__all__, __getattr__, __dir__ = attach(__name__, "sampling")
