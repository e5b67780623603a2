"""Networks that return logits and the features the logits were made of."""

from .heads import NormedLinear
from .small import SmallNet

__all__ = ["NormedLinear", "SmallNet"]
