"""What changes a training run: losses, weights, data, models, and the loop that joins them."""

from .losses import (
    BalancedSoftmaxLoss,
    CDTLoss,
    ClassBalancedLoss,
    FocalLoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    VSLoss,
    focal_link,
    margin_softmax_loss,
)

__all__ = [
    "BalancedSoftmaxLoss",
    "CDTLoss",
    "ClassBalancedLoss",
    "FocalLoss",
    "LDAMLoss",
    "LogitAdjustedLoss",
    "MarginSoftmaxLoss",
    "VSLoss",
    "focal_link",
    "margin_softmax_loss",
]
