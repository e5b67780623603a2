"""After training: other thresholds, other priors, other heads."""

from typing import TYPE_CHECKING

from ..declared import attach

if TYPE_CHECKING:  # what type checkers follow; at run time a name is loaded when it is asked for
    from .adjustment import *
    from .aggregating import *
    from .alignment import *
    from .balancing import *
    from .choosing import *
    from .estimators import *
    from .heads import *
    from .label_shift import *
    from .rules import *
    from .smoothed import *
    from .thresholds import *
    from .tuned import *

__all__, __getattr__, __dir__ = attach(__name__, "posthoc")
