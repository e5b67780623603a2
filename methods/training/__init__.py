"""Recipes, the loop that trains them, and the files they leave."""

from ..registry import METHODS, Method
from .divergence import FailedMember
from .recipe import Recipe
from .recipes import RECIPES, chosen_recipe, recipe_of
from .results import (
    History,
    Measurements,
    MemberResult,
    MethodSummary,
    RunResults,
    load_results,
    write_results,
)
from .run import Progress, resumed, run

__all__ = [
    "METHODS",
    "RECIPES",
    "FailedMember",
    "History",
    "Measurements",
    "MemberResult",
    "Method",
    "MethodSummary",
    "Progress",
    "Recipe",
    "RunResults",
    "chosen_recipe",
    "load_results",
    "recipe_of",
    "resumed",
    "run",
    "write_results",
]
