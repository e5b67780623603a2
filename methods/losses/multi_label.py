"""Several labels at once: for every label a binary problem of its own, those with it against those without.

Sources: Lin et al. (ICCV 2017), the sigmoid form, as torchvision's; Cui et al. (CVPR 2019) and Menon et al.
(ICLR 2021) for two classes, with and without the label. Checked by: ``BCEWithLogitsLoss``, torchvision, the
authors' formula, losses of two logits, symbolic twins in value and gradient.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, TypedDict, Unpack

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.compiler import is_compiling
from torch.nn.functional import logsigmoid

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, InputTypeError, as_number, as_real
from ...theory.reweighting import effective_number_weights
from ...theory.vector_scaling import logit_adjustment_offset
from ..registry import Method
from .batch import MISTAKES, along_classes, class_dim, floats, transforming
from .module import LARGEST, ClassLoss
from .reducing import Reduction

__all__ = [
    "MultiLabelClassBalancedLoss",
    "MultiLabelFocalLoss",
    "MultiLabelLogitAdjustedLoss",
    "MultiLabelLoss",
]

METHODS = (
    Method(
        name="MultiLabelLoss",
        weight="α⁺ with the label, α⁻ without",
        margin="Δ for each label",
        link="−log σ, or focal",
        paper="binary relevance",
        consistent="for each label's balanced error, γ = 0: only if α π exp(−Δ) is the same with and without",
        statements=("offset_family.consistent_iff",),
        untrained="it is for examples with several labels; those of a recipe have one class",
    ),
    Method(
        name="MultiLabelLogitAdjustedLoss",
        weight="1",
        margin="Δ = τ log π/(1 − π), π the share with the label",
        link="−log σ",
        paper="Menon et al. 2021, K = 2 for each label",
        consistent="for each label's balanced error: only if τ = 1, the default",
        statements=(
            "consistency.logit_adjustment",
            "offset_family.consistent_iff",
        ),
        untrained="it is for examples with several labels; those of a recipe have one class",
    ),
    Method(
        name="MultiLabelClassBalancedLoss",
        weight="1/E_n, n with and without the label",
        margin="0",
        link="−log σ, or focal",
        paper="Cui et al. 2019, K = 2 for each label",
        consistent="for each label's balanced error: no for β < 1; in the limit β → 1, γ = 0",
        statements=(
            "effective_number.not_balanced",
            "effective_number.limits",
        ),
        untrained="it is for examples with several labels; those of a recipe have one class",
    ),
    Method(
        name="MultiLabelFocalLoss",
        weight="α with the label, 1 − α without",
        margin="0",
        link="−(1 − p)^γ log p, p = σ(±z)",
        paper="Lin et al. 2017",
        consistent="for each label's balanced error: only if α = 1 − π",
        statements=("focal.balanced_consistency",),
        untrained="it is for examples with several labels; those of a recipe have one class",
    ),
)


class MultiLabelOptions(TypedDict, total=False):
    """Keywords that every multi-label loss takes, with the meaning and defaults of `MultiLabelLoss`."""

    weight: ArrayLike | None
    reduction: Reduction


class MultiLabelLoss(ClassLoss):
    """``-t a+ log s(z + D) - (1 - t) a- log s(-z - D)``, s the sigmoid; by default ``BCEWithLogitsLoss``.

    Each label is a binary problem of its own, between the examples with it and those without; predict
    the labels with ``z > 0``.

    Parameters
    ----------
    offset
        D, added to the logits in training; shape (C,).
    positive_weight, negative_weight
        a+ and a-, of the entries with and without the label: one number, or one per label, shape (C,).
    gamma
        Focus on hard entries (0): each term is multiplied by ``(1 - p)^gamma``, p its sigmoid.
    weight
        How much each label counts, shape (C,); that moves no label's own optimum.
    reduction
        ``"none"``, a loss per entry; ``"sum"``; or ``"mean"``, over entries, weighted or not, as in
        ``BCEWithLogitsLoss``.

    Shape:
        - logits: (N, C), (N, C, d1, ...) or (C,); target: the same, floating-point, in [0, 1].

    Raises
    ------
    InputError, InputTypeError
        If shapes or types do not fit, or a target is no share of a label.

    Examples
    --------
    >>> import torch
    >>> logits = torch.tensor([[2.0, -1.0, 0.0], [0.0, 1.0, -2.0]])
    >>> target = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    >>> MultiLabelLoss()(logits, target)
    tensor(0.7111)
    """

    arguments: ClassVar[Mapping[str, str]] = {}
    offset: Tensor | None
    positive_weight: Tensor | None
    negative_weight: Tensor | None

    def __init__(
        self,
        *,
        offset: ArrayLike | None = None,
        positive_weight: ArrayLike | None = None,
        negative_weight: ArrayLike | None = None,
        gamma: float = 0.0,
        **options: Unpack[MultiLabelOptions],
    ) -> None:
        super().__init__(normalize="batch", **options)
        self._hold("offset", offset, low=-LARGEST, high=LARGEST)
        self._hold("positive_weight", positive_weight, low=0, high=LARGEST)
        self._hold("negative_weight", negative_weight, low=0, high=LARGEST)
        self.gamma = as_number("gamma", gamma, low=0)

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch."""
        try:
            if target.shape != logits.shape or not target.is_floating_point():
                raise TypeError
            classes = logits.shape[class_dim(logits)]
            if any(c is not None and c.ndim and len(c) != classes for c in self._exact().values()):
                raise IndexError
            refuse_beyond(target)
            losses = self._entries(floats(logits), target)
        except MISTAKES:
            self._explain(logits, target)
            raise
        if self.reduction == "none":
            return losses
        return losses.sum() if self.reduction == "sum" else losses.mean()

    def _entries(self, z: Tensor, target: Tensor) -> Tensor:
        def held(constant: Tensor) -> Tensor:
            constant = constant.to(z.dtype)
            return along_classes(constant, z) if constant.ndim else constant

        t = target.to(z.dtype)
        z = z if self.offset is None else z + held(self.offset)
        with_label, without = logsigmoid(z), logsigmoid(-z)
        positive, negative = -t * with_label, (t - 1) * without
        if self.gamma:
            positive = positive * torch.exp(self.gamma * without)
            negative = negative * torch.exp(self.gamma * with_label)
        if self.positive_weight is not None:
            positive = positive * held(self.positive_weight)
        if self.negative_weight is not None:
            negative = negative * held(self.negative_weight)
        losses = positive + negative
        return losses if self.weight is None else losses * held(self.weight)

    def _explain(self, logits: Any, target: Any) -> None:
        for name, given in (("logits", logits), ("target", target)):
            if not (isinstance(given, Tensor) and given.is_floating_point()):
                found = getattr(given, "dtype", type(given).__name__)
                hint = ", 1 where the example has the label" if name == "target" else ""
                raise InputTypeError(
                    f"{name} has type {found}: must be a floating-point tensor{hint}"
                ) from None
        if logits.ndim == 0 or target.shape != logits.shape:
            raise InputError(
                f"target has shape {tuple(target.shape)}, logits {tuple(logits.shape)}: both must be "
                "(N, C), (N, C, d1, ...) or (C,)"
            ) from None
        classes = logits.shape[class_dim(logits)]
        for name, constant in self._exact().items():
            if constant is not None and constant.ndim and len(constant) != classes:
                raise InputError(
                    f"logits has {classes} labels in dimension {class_dim(logits)}: "
                    f"{self.arguments.get(name, name)} is for {len(constant)}"
                ) from None


def refuse_beyond(target: Tensor) -> None:
    """Refuse targets outside [0, 1]; not where nobody can look at values."""
    if is_compiling() or transforming() or target.is_meta or not target.numel():
        return
    least, most = (bound.item() for bound in torch.aminmax(target.detach()))
    if not (least >= 0 and most <= 1):
        wrong = most if least >= 0 else least
        raise InputError(f"target contains {wrong:g}: must lie in [0, 1], the share of a label")


class MultiLabelLogitAdjustedLoss(MultiLabelLoss):
    """Logit adjustment for each label: ``D = tau log(pi/(1 - pi))``, pi the share of examples with it.

    At ``tau = 1`` the optimum of each label balances its errors on examples with and without it;
    predict with the plain logits, ``z > 0``. It is `LogitAdjustedLoss` of the logits (0, z) and the two
    counts of the label.

    Parameters
    ----------
    positive_counts
        Training examples with each label, shape (C,).
    num_examples
        Training examples in all; more than have any one label.
    tau
        Strength; 0 is the binary cross-entropy, 1 (default) is consistent for each balanced error.
    **options
        ``weight``, ``reduction`` of `MultiLabelLoss`.

    Source: Menon et al. (ICLR 2021), eq. (10), for two classes.

    Examples
    --------
    >>> import torch
    >>> loss = MultiLabelLogitAdjustedLoss([900, 50, 5], 1000)
    >>> loss(torch.tensor([[2.0, -1.0, 0.0]]), torch.tensor([[1.0, 0.0, 1.0]]))
    tensor(1.7775)
    """

    arguments: ClassVar[Mapping[str, str]] = {"offset": "positive_counts"}

    def __init__(
        self,
        positive_counts: ArrayLike,
        num_examples: float,
        tau: float = 1.0,
        **options: Unpack[MultiLabelOptions],
    ) -> None:
        pairs = _with_and_without(positive_counts, num_examples)
        offsets = np.array([logit_adjustment_offset(pair, tau) for pair in pairs])
        super().__init__(offset=offsets[:, 0] - offsets[:, 1], **options)


class MultiLabelClassBalancedLoss(MultiLabelLoss):
    """Class-balanced loss for each label, with ``a ~ (1 - beta)/(1 - beta^n)``, of sum 2.

    n counts the examples with the label for a+, those without it for a-. It is the authors' sigmoid
    or focal form of the logits (-z, z) and these two counts, up to their factor 2. To weigh whole
    labels instead, positives and negatives alike, give another multi-label loss
    ``weight=effective_number_weights(positive_counts)``.

    Parameters
    ----------
    positive_counts
        Training examples with each label, shape (C,).
    num_examples
        Training examples in all; more than have any one label.
    beta
        Overlap of the data (0.9999), in [0, 1); 0 weighs all alike, towards 1 by inverse frequency.
    gamma
        Focus on hard entries (0), as in `MultiLabelFocalLoss`.
    **options
        ``weight``, ``reduction`` of `MultiLabelLoss`.

    Source: Cui et al. (CVPR 2019), eqs. (5) and (8), for two classes.

    Examples
    --------
    >>> import torch
    >>> loss = MultiLabelClassBalancedLoss([900, 50, 5], 1000)
    >>> loss(torch.tensor([[2.0, -1.0, 0.0]]), torch.tensor([[1.0, 0.0, 1.0]]))
    tensor(0.4793)
    """

    arguments: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("positive_weight", "negative_weight"), "positive_counts"
    )

    def __init__(
        self,
        positive_counts: ArrayLike,
        num_examples: float,
        beta: float = 0.9999,
        gamma: float = 0.0,
        **options: Unpack[MultiLabelOptions],
    ) -> None:
        pairs = _with_and_without(positive_counts, num_examples)
        weights = np.array([effective_number_weights(pair, beta) for pair in pairs])
        super().__init__(
            positive_weight=weights[:, 0], negative_weight=weights[:, 1], gamma=gamma, **options
        )


class MultiLabelFocalLoss(MultiLabelLoss):
    """Focal loss, sigmoid form: ``-alpha_t (1 - p_t)^gamma log p_t`` for every entry.

    Parameters
    ----------
    gamma
        Focus on hard entries (2.0); 0 is the binary cross-entropy.
    alpha
        Weight of the entries with the label, in [0, 1], those without weigh ``1 - alpha``: one number,
        or one per label, shape (C,); None is no weights. The paper's detector has 0.25.
    **options
        ``weight``, ``reduction`` of `MultiLabelLoss`.

    Source: Lin et al. (ICCV 2017), eq. (5); as ``torchvision.ops.sigmoid_focal_loss`` on targets 0
    and 1, whose ``alpha=-1`` is None here.

    Examples
    --------
    >>> import torch
    >>> loss = MultiLabelFocalLoss(alpha=0.25)
    >>> loss(torch.tensor([[2.0, -1.0, 0.0]]), torch.tensor([[1.0, 0.0, 1.0]]))
    tensor(0.0203)
    """

    def __init__(
        self,
        gamma: float = 2.0,
        alpha: ArrayLike | None = None,
        **options: Unpack[MultiLabelOptions],
    ) -> None:
        share = None if alpha is None else as_real("alpha", alpha, low=0, high=1)
        super().__init__(
            positive_weight=share,
            negative_weight=None if share is None else 1 - share,
            gamma=gamma,
            **options,
        )


def _with_and_without(positive_counts: ArrayLike, num_examples: float) -> NDArray[np.float64]:
    """The numbers of examples with and without each label, shape (C, 2), all positive."""
    total = as_number("num_examples", num_examples, low=0, low_open=True)
    counts = as_real("positive_counts", positive_counts)
    if counts.ndim != 1 or counts.size == 0:
        raise InputError(
            f"positive_counts has shape {counts.shape}: give one number per label, shape (C,)"
        )
    bad = np.flatnonzero((counts <= 0) | (counts >= total))
    if bad.size:
        raise InputError(
            f"positive_counts[{bad[0]}] = {counts[bad[0]]:g} of num_examples = {total:g}: every label "
            "needs examples with it and examples without"
        )
    return np.stack([counts, total - counts], axis=1)
