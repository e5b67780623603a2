"""Contrastive losses that know the classes: supervised, class-balanced, parametric, and with k positives.

Sources: Khosla et al. (NeurIPS 2020), Zhu et al. (CVPR 2022, BCL), Cui et al. (ICCV 2021, PaCo), Kang et al.
(ICLR 2021, KCL). Of unit vectors, the first are the anchors; those after them, such as second views, class
prototypes or a queue, are only compared with. Checked by: loops over pairs in float64, the order of examples,
and the identities between these losses.
"""

from typing import Unpack

import torch
from torch import Tensor

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, InputTypeError, as_number, as_whole
from ..arguments import named_arguments
from ..registry import Method
from .batch import explain, floats
from .module import LossOptions
from .offsets import LogitAdjustedLoss
from .queue import EMPTY, FeatureQueue
from .reducing import reduce_losses

__all__ = [
    "BalancedContrastiveLoss",
    "KCLLoss",
    "PaCoLoss",
    "balanced_contrastive_loss",
    "k_positive_contrastive_loss",
    "parametric_contrastive_loss",
    "supervised_contrastive_loss",
]

METHODS = (
    Method(
        name="BalancedContrastiveLoss",
        weight="1",
        margin="Δ = log π",
        link="−log, and a contrast of embeddings",
        paper="Zhu et al. 2022 (BCL)",
        consistent="yes, where embeddings do not bind the logits",
        statements=("consistency.logit_adjustment",),
        key="balanced-contrastive",
        title="Balanced contrastive learning (BCL)",
        label="BCL",
        colour="sky",
        loss="BalancedContrastiveLoss(class_counts)",
        head="projected",
    ),
    Method(
        name="PaCoLoss",
        weight="1",
        margin="Δ = log π",
        link="−log, over classes and embeddings at once",
        paper="Cui et al. 2021 (PaCo)",
        consistent="α = γ = 0: yes",
        statements=("consistency.logit_adjustment",),
        key="paco",
        title="Parametric contrastive learning (PaCo)",
        label="PaCo",
        colour="green",
        loss="PaCoLoss(class_counts)",
        head="embedded",
    ),
    Method(
        name="KCLLoss",
        weight="1",
        margin="Δ = log π",
        link="−log, and a contrast of embeddings with k of the class",
        paper="Kang et al. 2021 (KCL)",
        consistent="yes, where embeddings do not bind the logits",
        statements=("consistency.logit_adjustment",),
        key="kcl",
        title="k-positive contrastive learning (KCL)",
        label="KCL",
        colour="orange",
        loss="KCLLoss(class_counts, generator=generator)",
        head="embedded",
    ),
)


@named_arguments
def supervised_contrastive_loss(
    embedding: Tensor, target: Tensor, anchors: int | None = None, temperature: float = 0.1
) -> Tensor:
    """Mean over the others of an anchor's class of ``-log(exp(s_ip) / sum_(k != i) exp(s_ik))``.

    Parameters
    ----------
    embedding
        Unit vectors, (M, D); ``s`` are their products over the temperature.
    target
        Their classes, (M,); -1 stands for a vector that is none.
    anchors
        How many of the first are anchors, N; all by default.
    temperature
        0.1.

    Returns
    -------
    The loss of every anchor, (N,); 0 where no other is of its class.

    Source: Khosla et al. (NeurIPS 2020), eq. (2).

    Examples
    --------
    >>> embedding = torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    >>> supervised_contrastive_loss(embedding, torch.tensor([0, 0, 1]), temperature=1.0)
    tensor([0.3711, 0.5981, 0.0000])
    """
    scores, same = _scores(embedding, target, anchors, temperature)
    return _over_positives(scores, same.to(scores.dtype), torch.logsumexp(scores, dim=1))


@named_arguments
def balanced_contrastive_loss(
    embedding: Tensor, target: Tensor, anchors: int | None = None, temperature: float = 0.1
) -> Tensor:
    """`supervised_contrastive_loss`, whose sum over others is that of each class's mean.

    ``sum_k exp(s_ik) / m_ik``, m the number of vectors of k's class, without the anchor: every class adds as
    much, however many of it are there. With a prototype of each class among the vectors none is missing.

    Parameters and result are those of `supervised_contrastive_loss`.

    Source: Zhu et al. (CVPR 2022), eq. (6), and the authors' code.

    Examples
    --------
    >>> embedding = torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [0.0, 1.0]])
    >>> balanced_contrastive_loss(embedding, torch.tensor([0, 0, 1, 1]), anchors=2, temperature=1.0)
    tensor([0.3711, 0.5981])
    """
    scores, same = _scores(embedding, target, anchors, temperature)
    alike = (target[:, None] == target).sum(dim=0)  # vectors of every vector's class
    size = (alike - same.long()).clamp(min=1).to(scores.dtype)
    return _over_positives(
        scores, same.to(scores.dtype), torch.logsumexp(scores - size.log(), dim=1)
    )


@named_arguments
def parametric_contrastive_loss(
    logits: Tensor,
    embedding: Tensor,
    target: Tensor,
    alpha: float = 0.05,
    gamma: float = 1.0,
    temperature: float = 0.2,
) -> Tensor:
    """Cross-entropy over classes and vectors in one row: ``-sum_p w_p log share_p / sum_p w_p``.

    A row is ``[logits, s]``; the anchor's class has weight 1, others of its class ``alpha``; in the sum,
    vectors count ``gamma``. With ``alpha = gamma = 0`` that is the cross-entropy of the logits.

    Parameters
    ----------
    logits
        Of the anchors, (N, K): with offsets, and divided by their temperature, as they are to be compared.
    embedding, target
        Unit vectors (M, D) and classes (M,) as of `supervised_contrastive_loss`; the first N are the anchors.
    alpha
        0.05, the authors' for large data sets; 0.01 for CIFAR.
    gamma, temperature
        1 and 0.2.

    Source: Cui et al. (ICCV 2021), eq. (4), with the authors' gamma.

    Examples
    --------
    >>> logits, embedding = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 0.0], [0.8, 0.6]])
    >>> parametric_contrastive_loss(logits, embedding, torch.tensor([0, 0]), alpha=0.0, gamma=0.0)
    tensor([0.3133])
    """
    scores, same = _scores(embedding, target, len(logits), temperature)
    alpha, gamma = as_number("alpha", alpha, low=0), as_number("gamma", gamma, low=0)
    dtype = torch.promote_types(logits.dtype, scores.dtype)
    z, scores = logits.to(dtype), scores.to(dtype)
    row = torch.cat([z, scores], dim=1)
    below = row
    if gamma != 1.0:
        counted = torch.log(torch.tensor(gamma, dtype=dtype, device=row.device))
        below = torch.cat([z, scores + counted], dim=1)
    own = torch.zeros_like(logits, dtype=row.dtype).scatter(
        1, target[: len(logits), None].clamp(min=0), 1.0
    )
    weight = torch.cat([own, alpha * same.to(row.dtype)], dim=1)
    weight = weight * (target[: len(logits), None] != EMPTY)
    return _over_positives(row, weight, torch.logsumexp(below, dim=1))


@named_arguments
def k_positive_contrastive_loss(
    embedding: Tensor,
    target: Tensor,
    own: Tensor | None = None,
    anchors: int | None = None,
    k: int = 6,
    temperature: float = 0.07,
    generator: torch.Generator | None = None,
) -> Tensor:
    """`supervised_contrastive_loss` over at most k others of the class, drawn, and the anchor's own view.

    Frequent classes then have no more positives than rare ones. Many k make it the supervised loss.

    Parameters
    ----------
    embedding, target, anchors, temperature
        As of `supervised_contrastive_loss`; the temperature is MoCo's (0.07).
    own
        Where the anchors' own other views are among the vectors, (N,); None: there are none.
    k
        6.
    generator
        Of the draws.

    Source: Kang et al. (ICLR 2021), eq. (2).

    Examples
    --------
    >>> embedding = torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    >>> k_positive_contrastive_loss(embedding, torch.tensor([0, 0, 1]), temperature=1.0)
    tensor([0.3711, 0.5981, 0.0000])
    """
    scores, same = _scores(embedding, target, anchors, temperature)
    k = as_whole("k", k, 0)
    where = same.device if generator is None else generator.device
    chance = torch.rand(same.shape, generator=generator, device=where).to(same.device)
    if own is not None:
        chance = chance.scatter(1, own[:, None], 2.0)  # drawn before all others, and not one of k
    k += own is not None
    chance = torch.where(same, chance, -1.0)
    rank = chance.argsort(dim=1, descending=True).argsort(dim=1)
    drawn = same & (rank < k)
    return _over_positives(scores, drawn.to(scores.dtype), torch.logsumexp(scores, dim=1))


def _scores(
    embedding: Tensor, target: Tensor, anchors: int | None, temperature: float
) -> tuple[Tensor, Tensor]:
    """Products over the temperature, (N, M), -inf with itself and with none; and who is of the class."""
    if embedding.ndim != 2 or target.shape != embedding.shape[:1]:
        raise InputError(
            f"embedding has shape {tuple(embedding.shape)} and target {tuple(target.shape)}: must be "
            "(M, D) and (M,)"
        )
    count = len(target) if anchors is None else as_whole("anchors", anchors, 0, len(target))
    exact = embedding.to(torch.promote_types(embedding.dtype, torch.float32))
    with torch.autocast(
        embedding.device.type, enabled=False
    ):  # small differences over a temperature
        scores = exact[:count] @ exact.T
    scores = scores / as_number("temperature", temperature, low=0, low_open=True)
    itself = torch.eye(count, len(target), dtype=torch.bool, device=target.device)
    none = itself | (target == EMPTY)
    same = (target[:count, None] == target) & ~none
    return scores.masked_fill(none, -torch.inf), same


def _over_positives(scores: Tensor, weight: Tensor, log_sum: Tensor) -> Tensor:
    """Weighted mean of ``log_sum - score``, (N,); 0 where nothing weighs."""
    total = weight.sum(dim=1)
    lost = torch.where(weight > 0, weight * (log_sum[:, None] - scores), 0.0).sum(dim=1)
    return lost / torch.where(total > 0, total, 1.0)


class BalancedContrastiveLoss(LogitAdjustedLoss):
    """Logit adjustment plus ``contrast`` times the `balanced_contrastive_loss` of a batch.

    Called with logits, target, embedding (N, D) and prototypes (N, K, D), the same in every row, as the head
    ``"projected"`` makes them. The authors have three views of an image, one for the logits and two for the
    contrast; here a batch has one for both, and its vectors are compared with each other and the prototypes.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    contrast
        0.35, the authors' for ImageNet-LT.
    temperature
        0.1.
    balanced
        False: the plain `supervised_contrastive_loss`, what the balanced one is held against.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Zhu et al. (CVPR 2022).

    Examples
    --------
    >>> logits, target = torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1])
    >>> embedding, prototypes = torch.eye(2), torch.eye(2).expand(2, 2, 2)
    >>> BalancedContrastiveLoss([9, 1])(logits, target, embedding, prototypes)
    tensor(0.7381)
    """

    needs = ("embedding", "prototypes")
    by_example = False

    def __init__(
        self,
        class_counts: ArrayLike,
        contrast: float = 0.35,
        temperature: float = 0.1,
        balanced: bool = True,
        **options: Unpack[LossOptions],
    ) -> None:
        super().__init__(class_counts, **options)
        self.contrast = as_number("contrast", contrast, low=0)
        self.contrast_temperature = as_number("temperature", temperature, low=0, low_open=True)
        if not isinstance(balanced, bool):
            raise InputTypeError(f"balanced = {balanced!r}: must be True or False")
        self.compare = balanced_contrastive_loss if balanced else supervised_contrastive_loss

    def forward(  # type: ignore[override]
        self, logits: Tensor, target: Tensor, embedding: Tensor, prototypes: Tensor
    ) -> Tensor:
        """The loss of a batch of logits (N, K)."""
        classes = torch.arange(logits.shape[1], device=target.device)
        labels = torch.cat([torch.where(target == self.ignore_index, EMPTY, target), classes])
        every = torch.cat([embedding, prototypes[0]])
        found = self.compare(
            every, labels, anchors=len(embedding), temperature=self.contrast_temperature
        )
        added = _reduced(self, self.contrast * found, target)
        return super().forward(logits, target) + added


class PaCoLoss(LogitAdjustedLoss):
    """`parametric_contrastive_loss` of adjusted logits, a batch's embeddings and those of earlier batches.

    Called with logits, target and embedding (N, D). Embeddings are put into the queue in training mode, with
    their classes; out of it the batch that was put last is left out, as a second look is at that batch. The
    authors' queue is filled by a second network that follows the first, and anchors have two views; here it
    holds what the network itself answered before, and anchors have one.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    alpha, gamma, temperature
        Of `parametric_contrastive_loss`.
    queue, width
        Embeddings that are kept (1,024), and their dimension D (64, that of the head ``"embedded"``).
    **options
        As of `BalancedContrastiveLoss`; no ``label_smoothing``.

    Source: Cui et al. (ICCV 2021).

    Examples
    --------
    >>> logits, target = torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1])
    >>> PaCoLoss([9, 1], queue=4, width=2)(logits, target, torch.eye(2))
    tensor(1.1156)
    """

    needs = ("embedding",)
    by_example = False

    def __init__(
        self,
        class_counts: ArrayLike,
        alpha: float = 0.05,
        gamma: float = 1.0,
        temperature: float = 0.2,
        queue: int = 1024,
        width: int = 64,
        **options: Unpack[LossOptions],
    ) -> None:
        super().__init__(class_counts, **options)
        if self.label_smoothing:
            raise InputError(f"label_smoothing = {self.label_smoothing}: PaCoLoss takes none")
        self.alpha = as_number("alpha", alpha, low=0)
        self.gamma = as_number("gamma", gamma, low=0)
        self.contrast_temperature = as_number("temperature", temperature, low=0, low_open=True)
        self.queue = FeatureQueue(queue, width)

    def forward(  # type: ignore[override]
        self, logits: Tensor, target: Tensor, embedding: Tensor
    ) -> Tensor:
        """The loss of a batch of logits (N, K)."""
        assert self.offset is not None
        labels = torch.where(target == self.ignore_index, EMPTY, target)
        refuse_other_batches(logits, target, embedding, self.queue.vectors.shape[1])
        earlier, classes = self.queue.held(embedding, latest=self.training)
        z = floats(logits)
        found = parametric_contrastive_loss(
            z + self.offset.to(z.dtype),
            torch.cat([embedding, earlier]),
            torch.cat([labels, classes]),
            self.alpha,
            self.gamma,
            self.contrast_temperature,
        )
        if self.training:
            self.queue.put(embedding, labels)
        return _reduced(self, found, target)


class KCLLoss(LogitAdjustedLoss):
    """Logit adjustment plus ``contrast`` times the `k_positive_contrastive_loss` of a batch and a queue.

    Called with logits, target and embedding (N, D); the queue is that of `PaCoLoss`. The authors train the
    embedding alone, then a linear classifier with classes drawn alike, whose optimum is logit adjustment's:
    here both are trained at once, as by `BalancedContrastiveLoss`. Their anchors have a second view, a
    positive beside the k; here they have one, and an anchor that meets nobody of its class has no contrast.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    contrast
        0.35, that of `BalancedContrastiveLoss`.
    k
        Positives of an anchor at most (6), drawn anew for every batch; as many as are compared with are all.
    temperature
        0.07.
    queue, width
        As of `PaCoLoss`. The authors keep half an epoch; more is what the network no longer answers.
    generator
        Of the draws; None is torch's own.
    **options
        As of `BalancedContrastiveLoss`.

    Source: Kang et al. (ICLR 2021).

    Examples
    --------
    >>> logits = torch.tensor([[2.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    >>> embedding = torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    >>> KCLLoss([9, 1], queue=4, width=2)(logits, torch.tensor([0, 0, 1]), embedding)
    tensor(0.5865)
    """

    needs = ("embedding",)
    by_example = False

    def __init__(
        self,
        class_counts: ArrayLike,
        contrast: float = 0.35,
        k: int = 6,
        temperature: float = 0.07,
        queue: int = 1024,
        width: int = 64,
        generator: torch.Generator | None = None,
        **options: Unpack[LossOptions],
    ) -> None:
        super().__init__(class_counts, **options)
        self.contrast = as_number("contrast", contrast, low=0)
        self.k = as_whole("k", k, 0)
        self.contrast_temperature = as_number("temperature", temperature, low=0, low_open=True)
        self.queue = FeatureQueue(queue, width)
        if not (generator is None or isinstance(generator, torch.Generator)):
            found = type(generator).__name__
            raise InputTypeError(f"generator has type {found}: must be a torch.Generator, or None")
        self.generator = generator

    def forward(  # type: ignore[override]
        self, logits: Tensor, target: Tensor, embedding: Tensor
    ) -> Tensor:
        """The loss of a batch of logits (N, K), with new draws."""
        refuse_other_batches(logits, target, embedding, self.queue.vectors.shape[1])
        labels = torch.where(target == self.ignore_index, EMPTY, target)
        earlier, classes = self.queue.held(embedding, latest=self.training)
        found = k_positive_contrastive_loss(
            torch.cat([embedding, earlier]),
            torch.cat([labels, classes]),
            anchors=len(embedding),
            k=self.k,
            temperature=self.contrast_temperature,
            generator=self.generator,
        )
        if self.training:
            self.queue.put(embedding, labels)
        added = _reduced(self, self.contrast * found, target)
        return super().forward(logits, target) + added


def refuse_other_batches(logits: Tensor, target: Tensor, embedding: Tensor, width: int) -> None:
    """Raise what is wrong with logits (N, K), class indices (N,) and embeddings (N, ``width``)."""
    if target.dtype != torch.int64 or target.ndim != 1 or logits.ndim != 2:
        explain(logits, target, {}, EMPTY, {})
        raise InputTypeError(
            f"target has type {target.dtype} and shape {tuple(target.shape)}: must be class indices (N,)"
        )
    if embedding.shape != (len(logits), width):
        raise InputError(
            f"embedding has shape {tuple(embedding.shape)}: must be {(len(logits), width)}, the loss's"
        )


def _reduced(loss: LogitAdjustedLoss, found: Tensor, target: Tensor) -> Tensor:
    return reduce_losses(
        torch.where(target != loss.ignore_index, found, 0.0),
        target,
        loss.weight,
        loss.reduction,
        loss.normalize,
        loss.ignore_index,
    )
