"""Recipes, the loop that trains them, and the files they leave."""

from ..registry import METHODS, Method
from .recipe import Recipe
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
    "History",
    "Measurements",
    "MemberResult",
    "Method",
    "MethodSummary",
    "Progress",
    "Recipe",
    "RunResults",
    "load_results",
    "resumed",
    "run",
    "write_results",
]
