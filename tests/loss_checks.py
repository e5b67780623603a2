"""What the tests of losses share: tensors of a drawn problem, closeness, gradients."""

import torch
from counterpoise.methods import InfluenceBalancedLoss

__all__ = ["OfUnitFeatures", "gradient", "same", "tensors"]


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
