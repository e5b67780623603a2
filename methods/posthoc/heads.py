"""Decoupling: keep the features of a trained network and give them another, balanced classifier.

Source: Kang et al., "Decoupling representation and classifier for long-tailed recognition" (ICLR
2020): tau-normalisation, learned weight scaling (LWS), nearest class mean (NCM), classifier
re-training (cRT). Checked by: the special cases of each, and a body that stays as it was.
"""

from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear, normalize
from torch.optim.lr_scheduler import CosineAnnealingLR

from ...theory.validation import InputError, as_number, as_whole, one_of
from ..sampling import ClassAwareSampler

__all__ = [
    "LearnedWeightScaling",
    "NearestClassMean",
    "extract_features",
    "retrain_classifier",
    "tau_normalized",
    "train_head",
]

Matrix = TypeVar("Matrix", NDArray[np.float64], Tensor)
METRICS = ("euclidean", "cosine", "centred")


def tau_normalized(weight: Matrix, tau: float = 1.0) -> Matrix:
    """Classifier weights ``w_j / |w_j|^tau``: rows of equal length at tau = 1, unchanged at 0.

    Use them without the bias, as the paper does; tau is swept over 0, 0.1, ..., 2 on held-out data.
    A row of zeros stays zero. This is not logit adjustment: it depends on the weights alone, not on
    the class prior.

    Parameters
    ----------
    weight
        Shape (K, D), a NumPy array or a tensor; ``head.weight`` of a linear layer.
    tau
        Strength; any real number.

    Source: Kang et al. (ICLR 2020), Section 4, tau-normalized classifier.
    """
    tau = as_number("tau", tau)
    if weight.ndim != 2:
        raise InputError(f"weight has shape {tuple(weight.shape)}: must be (K, D)")
    if isinstance(weight, Tensor):
        length = torch.linalg.vector_norm(weight, dim=1, keepdim=True)
        return weight / torch.where(length > 0, length, 1.0) ** tau
    length = np.linalg.norm(weight, axis=1, keepdims=True)
    return weight / np.where(length > 0, length, 1.0) ** tau


class LearnedWeightScaling(nn.Module):
    """LWS: the logits of a frozen classifier, each times its own trainable factor, one at the start.

    The factor also multiplies the bias, as in the authors' code.

    Parameters
    ----------
    head
        The trained classifier; its parameters stop taking gradients.
    num_classes
        K.

    Shape: features (..., D) -> logits (..., K).

    Source: Kang et al. (ICLR 2020), Section 4, LWS.
    """

    def __init__(self, head: nn.Module, num_classes: int) -> None:
        super().__init__()
        self.head = head.requires_grad_(False)
        self.factor = nn.Parameter(torch.ones(as_whole("num_classes", num_classes, 1)))

    def forward(self, features: Tensor) -> Tensor:
        """Scaled logits."""
        return self.factor * self.head(features)


class NearestClassMean(nn.Module):
    """NCM: the class whose mean feature is nearest; logits are minus squared distances, or cosines.

    Parameters
    ----------
    features, target
        Training features (N, D) and their classes (N,), 0..K-1, none of them empty.
    metric
        ``"euclidean"``; ``"centred"``, after taking the mean feature away and scaling to length 1,
        the authors' default; ``"cosine"`` with the means of features of length 1, scaled again.

    Shape: features (..., D) -> logits (..., K).

    Source: Kang et al. (ICLR 2020), Section 4. Their code divides cosines by D and does not scale the
    means: the order of classes can differ where means of unit vectors have unequal lengths.
    """

    shift: Tensor
    means: Tensor

    def __init__(self, features: Tensor, target: Tensor, metric: str = "euclidean") -> None:
        super().__init__()
        self.metric = one_of("metric", metric, METRICS)
        if features.ndim != 2 or target.shape != features.shape[:1] or not len(target):
            raise InputError(
                f"features has shape {tuple(features.shape)} and target {tuple(target.shape)}: "
                "must be (N, D) and (N,)"
            )
        counts = torch.bincount(target)
        if not counts.all():
            raise InputError(f"class {int(counts.argmin())} has no example in target")
        shift = features.mean(dim=0) if metric == "centred" else torch.zeros_like(features[0])
        self.register_buffer("shift", shift)
        sums = features.new_zeros(len(counts), features.shape[1])
        sums = sums.index_add_(0, target, self._prepared(features))
        means = sums / counts[:, None]
        self.register_buffer("means", normalize(means) if metric == "cosine" else means)

    def forward(self, features: Tensor) -> Tensor:
        """One score per class."""
        own = self._prepared(features)
        if self.metric == "cosine":
            return linear(own, self.means)
        return -(torch.cdist(own, self.means, compute_mode="donot_use_mm_for_euclid_dist") ** 2)

    def _prepared(self, features: Tensor) -> Tensor:
        if self.metric == "euclidean":
            return features
        return normalize(features - self.shift, dim=-1)


@torch.no_grad()
def extract_features(body: nn.Module, inputs: Tensor, batch_size: int = 512) -> Tensor:
    """``body(inputs)`` in evaluation mode, without gradient; the body's mode and buffers stay."""
    training = {module: module.training for module in body.modules()}
    body.eval()
    try:
        return torch.cat([body(batch) for batch in inputs.split(batch_size)])
    finally:
        for module, mode in training.items():
            module.training = mode


def train_head(
    head: nn.Module,
    features: Tensor,
    target: Tensor,
    *,
    epochs: int = 10,
    lr: float = 0.2,
    batch_size: int = 512,
    momentum: float = 0.9,
    weight_decay: float = 5e-4,
    generator: torch.Generator | None = None,
) -> None:
    """Train a head on fixed features with cross-entropy and class-aware sampling, in place.

    Stochastic gradient descent with a cosine to zero over the epochs, four examples of a class at a
    time: the second stage of Kang et al. with their defaults for cRT; theirs for LWS has 5 epochs.
    Parameters that take no gradient stay.

    Parameters
    ----------
    features, target
        Shapes (N, D) and (N,), on one device with the head.
    generator
        Source of randomness of the order of examples.
    """
    trained = [parameter for parameter in head.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=lr, momentum=momentum, weight_decay=weight_decay)
    schedule = CosineAnnealingLR(optimizer, as_whole("epochs", epochs, 1))
    sampler = ClassAwareSampler(target, generator=generator)
    for _ in range(epochs):
        order = torch.tensor(list(sampler), device=features.device)
        for batch in order.split(batch_size):
            optimizer.zero_grad()
            cross_entropy(head(features[batch]), target[batch]).backward()
            optimizer.step()
        schedule.step()


def retrain_classifier(
    features: Tensor,
    target: Tensor,
    *,
    num_classes: int | None = None,
    generator: torch.Generator | None = None,
    **options: float,
) -> nn.Linear:
    """cRT: a new linear classifier for fixed features, trained with class-aware sampling.

    Parameters
    ----------
    features, target
        Shapes (N, D) and (N,); features from `extract_features` leave the body as it was.
    num_classes
        K; one more than the largest label unless given.
    generator
        Source of randomness of the initial weights and of the order of examples.
    options
        As in `train_head`.
    """
    classes = int(target.max()) + 1 if num_classes is None else num_classes
    size = features.shape[1]
    with torch.random.fork_rng(devices=[]):  # the layer's own draws are replaced below
        head = nn.Linear(size, as_whole("num_classes", classes, 1)).to(features)
    with torch.no_grad():
        for parameter in head.parameters():  # torch's own initial law, drawn from the generator
            values = torch.rand(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.copy_((2.0 * values - 1.0) / size**0.5)
    train_head(head, features, target, generator=generator, **options)  # type: ignore[arg-type]
    return head
