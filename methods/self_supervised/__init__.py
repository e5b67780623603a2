"""Self-supervised pre-training on long-tailed images: contrast, and what is done for images that are rare.

No label is seen while pre-training; a linear probe on balanced images says what the features are worth.
`Joint` adds the contrast to a supervised training.
"""

from typing import TYPE_CHECKING

from ..declared import attach

if TYPE_CHECKING:  # what type checkers follow; at run time a name is loaded when it is asked for
    from .boosted import *
    from .contrast import *
    from .harmonised import *
    from .joint import *
    from .pretraining import *
    from .probe import *
    from .pruned import *
    from .views import *

__all__, __getattr__, __dir__ = attach(__name__, "self_supervised")
