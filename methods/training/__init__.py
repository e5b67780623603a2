"""Recipes, the loop that trains them, and the files they leave."""

from ..registry import METHODS, Method
from .divergence import FailedMember
from .published_tables import PUBLISHED
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
from .sharpness import Sharpness, sharpness
from .tidy import RunTables, load_tables
from .watched import load_bound

__all__ = [
    "METHODS",
    "PUBLISHED",
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
    "RunTables",
    "Sharpness",
    "chosen_recipe",
    "load_bound",
    "load_results",
    "load_tables",
    "recipe_of",
    "resumed",
    "run",
    "sharpness",
    "write_results",
]
