"""The geometry of the last layer, found by optimisation instead of by theory: free features and trained ones.

Free features are parameters beside the classifiers (the unconstrained features model): what training tends
to when the body of a network can make any features. Checked by: closed forms of `theory.geometry`, a
convex program, and each other.
"""

from .descent import descend
from .free_features import FreeFeatures
from .measures import FrameDistances, GroupAngles, frame_distances, group_angles
from .nuclear_norm import nuclear_norm_logits
from .ridge import ridge_path
from .step_worlds import descent_sweep, orthogonal_imbalance, ridge_sweep
from .trained import TrainedGeometry, trained_geometry

__all__ = [
    "FrameDistances",
    "FreeFeatures",
    "GroupAngles",
    "TrainedGeometry",
    "descend",
    "descent_sweep",
    "frame_distances",
    "group_angles",
    "nuclear_norm_logits",
    "orthogonal_imbalance",
    "ridge_path",
    "ridge_sweep",
    "trained_geometry",
]
