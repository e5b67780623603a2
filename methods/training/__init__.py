"""Recipes and the loop that trains them; this door also hands on the results and the published tables."""

from ..published.tables import PUBLISHED
from ..registry import METHODS, Method
from ..results.failed import FailedMember
from ..results.run_results import (
    History,
    Measurements,
    MemberResult,
    MethodSummary,
    RunResults,
    load_results,
    write_results,
)
from ..results.tidy import RunTables, load_tables
from .kept import kept_classifiers, kept_features
from .recipe import Recipe
from .recipes import RECIPES, chosen_recipe, recipe_of
from .run import Progress, resumed, run
from .sharpness import Sharpness, sharpness
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
    "kept_classifiers",
    "kept_features",
    "load_bound",
    "load_results",
    "load_tables",
    "recipe_of",
    "resumed",
    "run",
    "sharpness",
    "write_results",
]
