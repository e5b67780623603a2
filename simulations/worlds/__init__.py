"""Worlds whose truth is known: consistency, implicit bias, random covering, label shift.

One function each: finite populations on which every loss of the registry is minimised, separable data on
which training is followed to its limit, cells that are covered at random, and populations whose prior moved.
"""

from .consistency import Found, consistency_rows, disagreements, reached
from .covering import covering_agreement, covering_rows
from .finite import FiniteWorld, draw_world
from .implicit_bias import implicit_bias_rows, separable_points
from .optimum import population_optimum
from .shifted import label_shift_rows

__all__ = [
    "FiniteWorld",
    "Found",
    "consistency_rows",
    "covering_agreement",
    "covering_rows",
    "disagreements",
    "draw_world",
    "implicit_bias_rows",
    "label_shift_rows",
    "population_optimum",
    "reached",
    "separable_points",
]
