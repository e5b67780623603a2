"""What changes a training run: losses, weights, data, models, and the loop that joins them.

Every name in the ``__all__`` of a module of the rooms below is a name of this package too, loaded when it
is asked for: some of it needs torch, scikit-learn or imbalanced-learn, which take a second each.
"""

from typing import TYPE_CHECKING

from .declared import ROOMS, attach

if TYPE_CHECKING:
    from ..theory.imbalance.labels import class_counts as class_counts
    from .losses import *
    from .metrics import *
    from .models import *
    from .posthoc import *
    from .protocols import *
    from .ratios import *
    from .sampling import *
    from .watching import *
    from .weights import *

__all__, __getattr__, __dir__ = attach(
    __name__,
    "metrics",
    "protocols",
    *ROOMS,
    class_counts=f"{__name__.rpartition('.')[0]}.theory.imbalance.labels",
)
