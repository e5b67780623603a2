"""What the tests of losses share: tensors of a drawn problem, closeness, gradients."""

import numpy as np
import torch
from counterpoise.methods import (
    CDTLoss,
    ClassBalancedLoss,
    CVSLoss,
    EqualizationLoss,
    FocalLoss,
    GCALoss,
    GLALoss,
    IMMAXLoss,
    InfluenceBalancedLoss,
    LabelAwareSmoothingLoss,
    LADELoss,
    LDAMHingeLoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    PairwiseMarginLoss,
    SeesawLoss,
    VSLoss,
)

__all__ = ["BUILD", "COUNTS", "OfUnitFeatures", "gradient", "same", "tensors"]

COUNTS = (100, 20, 5)

# Every loss of class indices, for the three classes of COUNTS; called with the options of all losses.
BUILD = {
    "ce": MarginSoftmaxLoss,
    "scale": lambda **options: MarginSoftmaxLoss(scale=(1.0, 2.0, 3.0), **options),
    "la": lambda **options: LogitAdjustedLoss(COUNTS, **options),
    "vs": lambda **options: VSLoss(COUNTS, **options),
    "cdt": lambda **options: CDTLoss(COUNTS, **options),
    "cvs": lambda **options: CVSLoss(COUNTS, (0.9, 0.5, 0.2), **options),
    "ldam": lambda **options: LDAMLoss(COUNTS, **options),
    "hinge": lambda **options: LDAMHingeLoss(COUNTS, **options),
    "class-balanced": lambda **options: ClassBalancedLoss(COUNTS, **options),
    "gla": lambda **options: GLALoss(COUNTS, 0.5, **options),
    "gca": lambda **options: GCALoss(COUNTS, 0.5, **options),
    "immax": lambda **options: IMMAXLoss(COUNTS, **options),
    "lade": lambda **options: LADELoss(COUNTS, **options),
    "smoothing": lambda **options: LabelAwareSmoothingLoss(COUNTS, 0.3, 0.1, **options),
    "equalization": lambda **options: EqualizationLoss(COUNTS, **options),
    "seesaw": lambda **options: SeesawLoss(3, **options),
    "pairwise": lambda weight=None, **options: PairwiseMarginLoss(weight, np.eye(3), **options),
    "focal": FocalLoss,
    "influence": InfluenceBalancedLoss,
}


def tensors(problem):
    counts, logits, targets = problem
    return counts, torch.from_numpy(logits), torch.from_numpy(targets)


def same(one, other, tolerance=1e-9):
    torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance)


def gradient(loss, logits, targets):
    logits = logits.clone().requires_grad_()
    (rows,) = torch.autograd.grad(loss(logits, targets).sum(), logits)
    return rows


class OfUnitFeatures(InfluenceBalancedLoss):
    """Influence of features of norm 1, so that it is called like the others."""

    def forward(self, logits, target):
        return super().forward(logits, target, torch.ones_like(logits) / logits.shape[1])
