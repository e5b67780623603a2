"""Decoupling: keep the features of a trained network and give them another, balanced classifier.

Source: Kang et al., "Decoupling representation and classifier for long-tailed recognition" (ICLR
2020): tau-normalisation, learned weight scaling (LWS), nearest class mean (NCM), classifier
re-training (cRT). Checked by: the special cases of each, and a body that stays as it was.
"""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, NoReturn, TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear, normalize
from torch.optim.lr_scheduler import CosineAnnealingLR

from ...theory.foundation.validation import (
    InputError,
    InputTypeError,
    as_number,
    as_real,
    as_whole,
    one_of,
)
from ..axes import along_axis, class_axis
from ..registry import Method
from ..sampling import ClassAwareSampler
from .tensors import check_floating, check_number, values_known, working_dtype

__all__ = [
    "LearnedWeightScaling",
    "NearestClassMean",
    "extract_features",
    "retrain_classifier",
    "tau_normalized",
    "train_head",
]

METHODS = (
    Method(
        name="tau_normalized",
        weight="as trained",
        margin="scale ‖w_j‖^−τ, at prediction",
        link="as trained",
        paper="Kang et al. 2020",
        consistent="no: a scale of the logits is no adjustment",
        statements=("logit_adjustment.normalisation_is_not_adjustment",),
        rule="tau-norm",
        balanced=False,
        title="Tau-normalisation",
        label="τ-norm",
        second="TauNormalizationRule()",
    ),
    Method(
        name="LearnedWeightScaling",
        weight="by sampling",
        margin="a learned scale per class",
        link="−log",
        paper="Kang et al. 2020 (LWS)",
        consistent="no: two logits that sum to zero keep the threshold ½ whatever their scales",
        statements=(
            "second_heads.scaled_head",
            "logit_adjustment.normalisation_is_not_adjustment",
        ),
        rule="lws",
        balanced=False,
        title="Learned weight scaling",
        label="LWS",
        second="WeightScalingRule()",
    ),
    Method(
        name="NearestClassMean",
        weight="–",
        margin="–",
        link="–",
        paper="Kang et al. 2020 (NCM)",
        consistent="euclidean: yes for Gaussian classes of one spherical variance; "
        "no for two of unequal ones",
        statements=("second_heads.nearest_mean",),
        rule="ncm",
        balanced=False,
        title="Nearest class mean",
        label="NCM",
        second="NearestMeanRule()",
    ),
    Method(
        name="retrain_classifier",
        weight="1/π by sampling",
        margin="0",
        link="−log",
        paper="Kang et al. 2020 (cRT)",
        consistent="yes, for the features it is given",
        statements=("vs_consistency.two_exponents",),
        rule="crt",
        balanced=True,
        title="Classifier re-training",
        label="cRT",
        second="RetrainingRule()",
    ),
)

Matrix = TypeVar("Matrix", NDArray[np.float64], Tensor)
METRICS = ("euclidean", "cosine", "centred")
OPTIONS = ("epochs", "lr", "batch_size", "momentum", "weight_decay")


def tau_normalized(weight: Matrix, tau: float | Tensor = 1.0) -> Matrix:
    """Classifier weights ``w_j / |w_j|^tau``: rows of equal length at tau = 1, unchanged at 0.

    Use them without the bias, as the paper does; tau is swept over 0, 0.1, ..., 2 on held-out data.
    A row of zeros stays zero. This is not logit adjustment: it depends on the weights alone, not on
    the class prior.

    Parameters
    ----------
    weight
        Shape (K, D), a NumPy array or a tensor; ``head.weight`` of a linear layer.
    tau
        Strength; any real number, or a tensor that holds one if the weights are a tensor.

    Raises
    ------
    InputError, InputTypeError
        If the weights are no matrix of real numbers, a tensor of whole numbers, or tau not one number.

    Source: Kang et al. (ICLR 2020), Section 4, tau-normalized classifier.

    Examples
    --------
    >>> import numpy as np
    >>> tau_normalized(np.array([[3.0, 4.0], [0.0, 0.5]]))
    array([[0.6, 0.8],
           [0. , 1. ]])
    """
    if isinstance(weight, Tensor):
        check_number("tau", tau)
        check_floating("weight", weight)
        _check_matrix(weight.shape)
        rows = weight.to(working_dtype(weight))
        length = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
        strength = tau.to(rows) if isinstance(tau, Tensor) else tau
        scaled = rows / torch.where(length > 0, length, 1.0) ** strength
        if values_known(scaled) and rows.isfinite().all() and not scaled.isfinite().all():
            _refuse_strength(tau)
        return scaled.to(weight.dtype)
    rows, strength = as_real("weight", weight), as_number("tau", tau)
    _check_matrix(rows.shape)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        scaled = rows / np.where(length > 0, length, 1.0) ** strength
    if not np.isfinite(scaled).all():
        _refuse_strength(strength)
    kind = np.asarray(weight).dtype
    return cast("Matrix", scaled.astype(kind) if kind.kind == "f" else scaled)


def _refuse_strength(tau: float | Tensor) -> NoReturn:
    raise InputError(f"tau = {float(tau):g}: too large, the scaled weights are no finite numbers")


def _check_matrix(shape: tuple[int, ...]) -> None:
    if len(shape) != 2:
        raise InputError(f"weight has shape {tuple(shape)}: must be (K, D)")


class LearnedWeightScaling(nn.Module):
    """LWS: the logits of a frozen classifier, each times its own trainable factor, one at the start.

    The factor also multiplies the bias, as in the authors' code.

    Parameters
    ----------
    head
        The trained classifier; its parameters stop taking gradients.
    num_classes
        K.
    dim
        The axis of the classes in the head's logits; None is that of the losses, 1, or 0 for one
        example. A linear layer over sequences, (N, length, D), needs ``dim=-1``.

    Shape: what the head takes -> its logits, (N, K), (N, K, d1, ...) or (K,).

    Raises
    ------
    InputError
        If the head's logits do not have K classes in that axis.

    Source: Kang et al. (ICLR 2020), Section 4, LWS.

    Examples
    --------
    >>> import torch
    >>> head = torch.nn.Linear(4, 3)
    >>> scaled = LearnedWeightScaling(head, num_classes=3)
    >>> bool((scaled(torch.ones(2, 4)) == head(torch.ones(2, 4))).all())
    True
    """

    def __init__(self, head: nn.Module, num_classes: int, *, dim: int | None = None) -> None:
        super().__init__()
        self.head = head.requires_grad_(False)
        self.factor = nn.Parameter(torch.ones(as_whole("num_classes", num_classes, 1)))
        self.dim = dim

    def forward(self, features: Tensor) -> Tensor:
        """Scaled logits."""
        logits = self.head(features)
        axis = class_axis("logits", logits.shape, len(self.factor), self.dim)
        return self.factor.view(along_axis(len(self.factor), axis, logits.ndim)) * logits


class NearestClassMean(nn.Module):
    """NCM: the class whose mean feature is nearest; logits are minus squared distances, or cosines.

    Parameters
    ----------
    features, target
        Training features (N, D) and their classes (N,), 0..K-1, none of them empty. Features in half
        precision are computed with, and answered, in float32.
    metric
        ``"euclidean"``; ``"centred"``, after taking the mean feature away and scaling to length 1,
        the authors' default; ``"cosine"`` with the means of features of length 1, scaled again.
    dim
        The axis of the features that are scored, where the scores of the classes will lie; None is
        that of the losses, 1, or 0 for one example. Sequences (N, length, D) need ``dim=-1``.

    Shape: features (N, D), (N, D, d1, ...) or (D,) -> logits of that shape with K in place of D.

    Raises
    ------
    InputError, InputTypeError
        If shapes do not fit, a class is empty or negative, or a type is none of features or classes.

    Source: Kang et al. (ICLR 2020), Section 4. Their code divides cosines by D and does not scale the
    means: the order of classes can differ where means of unit vectors have unequal lengths.

    Examples
    --------
    >>> import torch
    >>> features = torch.tensor([[0.0, 0.0], [0.0, 2.0], [5.0, 5.0]])
    >>> rule = NearestClassMean(features, torch.tensor([0, 0, 1]))
    >>> rule(torch.tensor([[0.0, 1.0], [4.0, 4.0]])).argmax(dim=1)
    tensor([0, 1])
    """

    shift: Tensor
    means: Tensor

    def __init__(
        self,
        features: Tensor,
        target: Tensor,
        metric: str = "euclidean",
        *,
        dim: int | None = None,
    ) -> None:
        super().__init__()
        self.metric = one_of("metric", metric, METRICS)
        self.dim = dim
        target = _class_indices(features, target)
        counts = torch.bincount(target)
        if not counts.all():
            raise InputError(f"class {int(counts.argmin())} has no example in target")
        features = features.to(working_dtype(features))
        shift = features.mean(dim=0) if metric == "centred" else torch.zeros_like(features[0])
        self.register_buffer("shift", shift)
        sums = features.new_zeros(len(counts), features.shape[1])
        sums = sums.index_add_(0, target, self._prepared(features))
        means = sums / counts[:, None]
        self.register_buffer("means", normalize(means) if metric == "cosine" else means)

    def forward(self, features: Tensor) -> Tensor:
        """One score per class."""
        check_floating("features", features)
        axis = class_axis("features", features.shape, self.means.shape[1], self.dim, "features")
        dtype = torch.promote_types(working_dtype(features), self.means.dtype)
        own = self._prepared(features.to(dtype).movedim(axis, -1))
        means = self.means.to(dtype)
        if self.metric == "cosine":
            return linear(own, means).movedim(-1, axis)
        # not by products, which lose the digits of small distances between large features
        rows = own.reshape(-1, own.shape[-1])
        distances = torch.cdist(rows, means, compute_mode="donot_use_mm_for_euclid_dist")
        return -(distances**2).reshape(*own.shape[:-1], len(means)).movedim(-1, axis)

    def _prepared(self, features: Tensor) -> Tensor:
        if self.metric == "euclidean":
            return features
        return normalize(features - self.shift, dim=-1)


@torch.no_grad()
def extract_features(body: nn.Module, inputs: Tensor, batch_size: int = 512) -> Tensor:
    """``body(inputs)`` in evaluation mode, without gradient; the body's mode and buffers stay.

    Parameters
    ----------
    inputs
        Shape (N, ...), taken ``batch_size`` at a time.

    Raises
    ------
    InputError
        If ``batch_size`` is not a whole number from 1.

    Examples
    --------
    >>> import torch
    >>> body = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.Dropout(0.9))
    >>> features = extract_features(body, torch.ones(6, 4), batch_size=4)
    >>> features.shape, features.requires_grad, body.training
    (torch.Size([6, 2]), False, True)
    """
    size = as_whole("batch_size", batch_size, 1)
    training = {module: module.training for module in body.modules()}
    body.eval()
    try:
        return torch.cat([body(batch) for batch in inputs.split(size)])
    finally:
        for module, mode in training.items():
            module.training = mode


def train_head(
    head: nn.Module,
    features: Tensor | tuple[Tensor, ...],
    target: Tensor,
    *,
    loss: Callable[[Tensor, Tensor], Tensor] = cross_entropy,
    balanced: bool = True,
    parameters: Iterable[Any] | None = None,
    epochs: int = 10,
    lr: float = 0.2,
    batch_size: int = 512,
    momentum: float = 0.9,
    weight_decay: float = 5e-4,
    generator: torch.Generator | None = None,
) -> None:
    """Train a head on fixed features, by default with cross-entropy and class-aware sampling, in place.

    Stochastic gradient descent with a cosine to zero over the epochs, four examples of a class at a
    time: the second stage of Kang et al. with their defaults for cRT; theirs for LWS has 5 epochs.
    Parameters that take no gradient stay.

    Parameters
    ----------
    features, target
        Shapes (N, D) and (N,), classes 0..K-1, on one device with the head. Several matrices of N rows
        are given to the head side by side.
    loss
        Of logits and classes of a batch, one number.
    balanced
        False: an epoch is every example once, in random order.
    parameters
        What is trained, as torch's optimisers take it, with a rate for each group if need be; all of the
        head's that take a gradient, by default.
    generator
        Source of randomness of the order of examples.

    Raises
    ------
    InputError, InputTypeError
        If shapes or types do not fit, a number is out of range, or a target is no class of the head.

    Examples
    --------
    >>> import torch
    >>> features, target = torch.tensor([[0.0], [0.1], [0.2], [2.0]]), torch.tensor([0, 0, 0, 1])
    >>> head = torch.nn.Linear(1, 2)
    >>> train_head(head, features, target, epochs=50, generator=torch.Generator().manual_seed(0))
    >>> head(features).argmax(dim=1)
    tensor([0, 0, 0, 1])
    """
    epochs, batch_size = as_whole("epochs", epochs, 1), as_whole("batch_size", batch_size, 1)
    lr, weight_decay = as_number("lr", lr, low=0), as_number("weight_decay", weight_decay, low=0)
    momentum = as_number("momentum", momentum, low=0, high=1)
    inputs = features if isinstance(features, tuple) else (features,)
    for one in inputs:
        target = _class_indices(one, target)
    needed = int(target.max()) + 1
    trained = parameters or [own for own in head.parameters() if own.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=lr, momentum=momentum, weight_decay=weight_decay)
    schedule = CosineAnnealingLR(optimizer, epochs)
    sampler = ClassAwareSampler(target, generator=generator, rank=0, num_replicas=1)
    for _ in range(epochs):
        order = (
            torch.tensor(list(sampler))
            if balanced
            else torch.randperm(len(target), generator=generator)
        ).to(target.device)
        for batch in order.split(batch_size):
            optimizer.zero_grad()
            logits = head(*(one[batch] for one in inputs))
            if logits.shape[1] < needed:
                raise InputError(
                    f"target holds class {needed - 1}: the head has {logits.shape[1]} classes, from 0"
                )
            loss(logits, target[batch]).backward()
            optimizer.step()
        schedule.step()


def retrain_classifier(
    features: Tensor,
    target: Tensor,
    *,
    num_classes: int | None = None,
    generator: torch.Generator | None = None,
    balanced: bool = True,
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
    balanced
        False: examples as they come, the control of what class-aware sampling does.
    options
        ``epochs``, ``lr``, ``batch_size``, ``momentum``, ``weight_decay`` of `train_head`.

    Raises
    ------
    InputError, InputTypeError
        If shapes or types do not fit, a number is out of range, an option is unknown, or there are
        more classes in ``target`` than ``num_classes``.

    Examples
    --------
    >>> import torch
    >>> features, target = torch.tensor([[0.0], [0.1], [0.2], [2.0]]), torch.tensor([0, 0, 0, 1])
    >>> head = retrain_classifier(
    ...     features, target, epochs=50, generator=torch.Generator().manual_seed(0)
    ... )
    >>> head(features).argmax(dim=1)
    tensor([0, 0, 0, 1])
    """
    for name in options:
        if name not in OPTIONS:
            near = get_close_matches(name, OPTIONS, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(OPTIONS)}"
            raise InputTypeError(f"retrain_classifier has no option {name!r}; {hint}")
    target = _class_indices(features, target)
    needed = int(target.max()) + 1
    classes = needed if num_classes is None else as_whole("num_classes", num_classes, 1)
    if classes < needed:
        raise InputError(f"num_classes = {classes}: target holds class {needed - 1}, give {needed}")
    size = features.shape[1]
    with torch.random.fork_rng(devices=[]):  # the layer's own draws are replaced below
        head = nn.Linear(size, classes).to(features)
    with torch.no_grad():
        for parameter in head.parameters():  # torch's own initial law, drawn from the generator
            values = torch.rand(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.copy_((2.0 * values - 1.0) / size**0.5)
    train_head(head, features, target, generator=generator, balanced=balanced, **options)  # type: ignore[arg-type]
    return head


def _class_indices(features: Tensor, target: Tensor) -> Tensor:
    """The classes as torch counts them, int64, if they and the features are (N,) and (N, D)."""
    check_floating("features", features)
    if target.is_floating_point() or target.is_complex():
        raise InputTypeError(
            f"target has type {target.dtype}: must be class indices, whole numbers"
        )
    if features.ndim != 2 or target.shape != features.shape[:1] or not len(target):
        raise InputError(
            f"features has shape {tuple(features.shape)} and target {tuple(target.shape)}: "
            "must be (N, D) and (N,), N >= 1"
        )
    if target.min() < 0:
        raise InputError(f"target = {int(target.min())}: must be a class, 0 or more")
    return target.long()
