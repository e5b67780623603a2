"""Where weights come from: class counts, difficulty, schedules over epochs, density ratios."""

from typing import TYPE_CHECKING

from ..declared import attach

if TYPE_CHECKING:  # what type checkers follow; at run time a name is loaded when it is asked for
    from .density_ratio import *
    from .difficulty import *
    from .meta import *
    from .meta_sampler import *
    from .schedules import *
    from .static import *

__all__, __getattr__, __dir__ = attach(__name__, "weights")
