"""Geometry of the last layer.

Features and classifiers at the end of training under imbalance: the SELI geometry (Thrampoulidis et al.
2022) in closed form for steps, minority collapse (Fang et al. 2021), the ridge path, neural collapse.
"""

# A function wins over the file that bears its name.
from .minority_collapse import *
from .neural_collapse import *
from .ridge_path import *
from .seli import *
from .seli_frames import *
from .seli_step import *

TITLE = "Geometry of the last layer"
MODULES = ("seli", "seli_frames", "seli_step", "minority_collapse", "ridge_path", "neural_collapse")
