"""Losses of long-tailed classification: weight x margin x link, and the few that are not.

Every loss is called as ``criterion(logits, target)``, takes ``weight``, ``reduction``, ``normalize`` and
``ignore_index``, and accepts dense predictions, like ``F.cross_entropy``.
Checked by: golden values, independent evaluations, property tests, a benchmark.
"""

from typing import TYPE_CHECKING

from ..declared import attach

if TYPE_CHECKING:  # what type checkers follow; at run time a name is loaded when it is asked for
    from .class_balanced import *
    from .comp_sum import *
    from .contrastive import *
    from .equalization import *
    from .experts import *
    from .focal import *
    from .functional import *
    from .influence import *
    from .lade import *
    from .ldam import *
    from .links import *
    from .module import *
    from .multi_label import *
    from .offsets import *
    from .one_logit import *
    from .pairwise import *
    from .proco import *
    from .queue import *
    from .rebalanced import *
    from .seesaw import *
    from .smoothing import *

__all__, __getattr__, __dir__ = attach(__name__, "losses")
