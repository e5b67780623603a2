"""Class counts and how uneven they are.

Counts, priors and labels as every other chapter takes them, and the measures of how uneven classes are:
imbalance factor, normalised entropy, diversities. Source: the papers' definitions and the field's usage;
proved are the order of the measures and what each of them misses.
"""

# A function wins over the file that bears its name.
from .class_counts import *
from .diversity import *
from .labels import *

TITLE = "Class counts and how uneven they are"
MODULES = ("class_counts", "labels", "diversity")
