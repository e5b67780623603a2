"""Networks that return logits and the features the logits were made of."""

from typing import TYPE_CHECKING

from ..declared import attach

if TYPE_CHECKING:  # what type checkers follow; at run time a name is loaded when it is asked for
    from .backbones import *
    from .embedding import *
    from .experts import *
    from .fast import *
    from .heads import *
    from .lora import *
    from .named import *
    from .point_net import *
    from .resnet import *
    from .small import *
    from .whitened import *

__all__, __getattr__, __dir__ = attach(__name__, "models")
