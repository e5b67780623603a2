"""What the catalogue predicts of a recipe, written down before it is trained."""

from .kinds import KINDS, Kind
from .predictions import predict_recipe, table
from .rules import rule_of

__all__ = ["KINDS", "Kind", "predict_recipe", "rule_of", "table"]
