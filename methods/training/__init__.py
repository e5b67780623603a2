"""Recipes, the loop that trains them, and the files they leave."""

from ..registry import METHODS, Method
from .recipe import Recipe
from .run import Progress, load_results, run

__all__ = ["METHODS", "Method", "Progress", "Recipe", "load_results", "run"]
