"""Weight x margin x link: the one function behind most losses of long-tailed classification.

``alpha_y psi(log softmax_y(beta z / rho_y + Delta - m_y e_y))``, the common form of Menon et al. (ICLR
2021), Kini et al. (NeurIPS 2021), Cao et al. (NeurIPS 2019) and Cortes et al. (NeurIPS 2025).
Checked by: golden values, identities between losses, and the symbolic twin
`counterpoise.theory.margin_softmax`.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor
from torch.compiler import is_compiling
from torch.nn.functional import cross_entropy, log_softmax, logsigmoid

from ...theory.foundation.validation import one_of
from .batch import (
    FLOATS,
    MISTAKES,
    along_classes,
    class_dim,
    class_indices,
    explain,
    floats,
    of_target,
    transforming,
    working_dtype,
)
from .links import Link
from .reducing import (
    IGNORE_INDEX,
    NORMALIZATIONS,
    REDUCTIONS,
    Normalize,
    Reduction,
    as_ignore_index,
    as_label_smoothing,
    reduce_losses,
)
from .soft import as_every_class, by_class_loss, log_sum_of_others

__all__ = ["margin_softmax_loss"]

CACHED = 2**17  # logits; half a megabyte of them in float32
OWN_NAMES: Mapping[str, str] = {}
FEW_CLASSES = 256  # so few that their pairs are less than the logits of a batch


def margin_softmax_loss(
    logits: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    scale: Tensor | float | None = None,
    temperature: Tensor | None = None,
    offset: Tensor | None = None,
    target_margin: Tensor | None = None,
    link: Link | None = None,
    reduction: Reduction = "mean",
    normalize: Normalize = "weights",
    ignore_index: int = IGNORE_INDEX,
    label_smoothing: float = 0.0,
) -> Tensor:
    """``alpha_y psi(log softmax_y(scale * z / temperature_y + offset - target_margin_y e_y))``.

    Parameters
    ----------
    logits
        Prediction scores z. Half-precision logits are computed with, and answered, in float32.
    target
        Class indices, int64; entries equal to ``ignore_index`` count for nothing. Or soft targets q:
        probabilities of the classes, floating-point, of the logits' shape. Their loss is
        ``sum_y q_y alpha_y l(z, y)``, with the margins of each y, and counts in a mean with the weight
        ``sum_y q_y alpha_y``.
    weight
        alpha, how much each class counts.
    scale
        Multiplies the logits: one number, or one per class (the beta of VS and CDT).
    temperature
        Divides all logits of an example by the number of its target's class (the rho of GCA).
    offset
        Added to the scaled logits: one per class (the Delta of logit adjustment), or the pairwise
        form, a matrix whose row y is the offset used for examples of class y.
    target_margin
        Subtracted from the scaled logit of the target class only (LDAM).
    link
        psi, from the target's log probability to the loss per example; None is ``-log p``.
    reduction
        ``"none"``, a loss per example; ``"sum"``; or ``"mean"``.
    normalize
        What ``"mean"`` divides the sum of the weighted losses by. ``"weights"``: the sum of the
        targets' weights, as in torch. Rescaling all weights then changes nothing, a batch of one
        class is not weighted at all, and the value is a ratio estimator of the papers'
        ``(1/B) sum w_y l``. That is ``"batch"``: division by the number of targets not ignored.
    label_smoothing
        e in [0, 1): ``(1 - e) l(z, y) + e mean_j l(z, j)``, all of it weighted by alpha_y, so that the
        largest of the optimal probabilities stays where it is. ``F.cross_entropy`` weighs each l(z, j)
        by alpha_j instead, and favours the classes of large weights. With margins by pairs, or
        temperatures, it costs C times as much, as do soft targets.

    Shape:
        - logits: (N, C), (N, C, d1, ...) or (C,); target: (N,), (N, d1, ...) or (), or as logits.
        - weight, temperature, target_margin: (C,); scale: scalar or (C,); offset: (C,) or (C, C).
        - returns: scalar, or target's shape for ``reduction="none"``.

    Raises
    ------
    InputError, InputTypeError
        If shapes or types do not fit, a target is no class, or an option is unknown.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 1])
    >>> margin_softmax_loss(logits, target, offset=torch.tensor([0.7, 0.2, 0.1]).log())
    tensor(0.4961)
    >>> mixed = torch.tensor([[0.8, 0.2, 0.0], [0.0, 1.0, 0.0]])
    >>> margin_softmax_loss(logits, mixed, weight=torch.tensor([1.0, 2.0, 4.0]))
    tensor(0.7475)
    """
    one_of("reduction", reduction, REDUCTIONS)
    one_of("normalize", normalize, NORMALIZATIONS)
    as_ignore_index(ignore_index)
    smoothing = as_label_smoothing(label_smoothing)
    constants = {
        "weight": weight,
        "scale": scale,
        "temperature": temperature,
        "offset": offset,
        "target_margin": target_margin,
    }
    ready = fit(constants, working_dtype(logits))
    if not smoothing and getattr(target, "dtype", torch.int64) == torch.int64:
        return fitted_loss(logits, target, ready, link, reduction, normalize, ignore_index)
    try:
        if ready.classes is not None and logits.shape[class_dim(logits)] != ready.classes:
            raise IndexError
        return by_class_loss(
            logits,
            target,
            lambda z: every_class(z, ready, link),
            weight=ready.weight,
            label_smoothing=smoothing,
            reduction=reduction,
            normalize=normalize,
            ignore_index=ignore_index,
        )
    except MISTAKES:
        explain(logits, target, ready.given, ignore_index, OWN_NAMES)
        raise


class Constants(NamedTuple):
    """The constants of `margin_softmax_loss` in the dtype of the logits, and what is known of them."""

    weight: Tensor | None
    scale: Tensor | float | None
    temperature: Tensor | None
    offset: Tensor | None
    target_shift: Tensor | None  # minus the margin, unless the offset contains it
    adjusts: bool  # is there more than a weight?
    classes: int | None  # that all of them are for; -1 if they disagree
    given: dict[str, Tensor]  # those of one number per class, by name
    arguments: Mapping[str, str]  # what the user calls those that are not called by their names
    learnt: bool  # may the weight be differentiated in, which torch's weighted losses may not?


def fit(
    constants: Mapping[str, Tensor | float | None],
    dtype: torch.dtype,
    tabulate: bool = False,
    arguments: Mapping[str, str] = OWN_NAMES,
) -> Constants:
    """Constants, by their names in `margin_softmax_loss`, ready to meet logits of the dtype.

    ``arguments``: what errors call them, where it is not that.
    ``tabulate``: put the margins of few classes into a matrix of offsets, and make a number of a
    scale that is one, which is faster to use, but worth its making only if it is used often.
    """
    rounded = {
        name: None if value is None else torch.as_tensor(value).to(dtype)
        for name, value in constants.items()
    }
    margin, offset = rounded["target_margin"], rounded["offset"]
    scale: Tensor | float | None = rounded["scale"]
    if tabulate and isinstance(scale, Tensor) and not scale.ndim:
        scale = _number(scale)
    shift = None if margin is None else -margin
    if tabulate and shift is not None and len(shift) <= FEW_CLASSES:
        offset, shift = torch.diag(shift) + (0.0 if offset is None else offset), None
    given = {
        name: value
        for name, value in rounded.items()
        if value is not None and (value.ndim or name != "scale")
    }
    return Constants(
        weight=rounded["weight"],
        scale=scale,
        temperature=rounded["temperature"],
        offset=offset,
        target_shift=shift,
        adjusts=any(value is not None for name, value in rounded.items() if name != "weight"),
        classes=_classes(given),
        given=given,
        arguments=arguments,
        learnt=_is_learnt(rounded["weight"]),
    )


def _is_learnt(weight: Tensor | None) -> bool:
    return weight is not None and (weight.requires_grad or (not is_compiling() and transforming()))


def _number(scale: Tensor) -> Tensor | float:
    """What the tensor holds, if it holds anything: on torch's meta device it does not."""
    try:
        return scale.item()
    except RuntimeError:
        return scale


def fitted_loss(
    logits: Tensor,
    target: Tensor,
    constants: Constants,
    link: Link | None,
    reduction: Reduction,
    normalize: Normalize,
    ignore_index: int,
) -> Tensor:
    """`margin_softmax_loss` with constants that are ready: what a module calls at every step."""
    weight, scale, temperature, offset, shift, adjusts, classes, given, arguments, learnt = (
        constants
    )
    try:
        if target.dtype != torch.int64:  # torch would take class probabilities
            raise TypeError
        z = logits if logits.dtype in FLOATS else floats(logits)
        if adjusts:
            if classes is not None and z.shape[1 if z.ndim > 1 else 0] != classes:
                raise IndexError  # they might broadcast
            z = _adjusted(z, target, scale, temperature, offset, shift)
        if link is None and (weight is None or (normalize == "weights" and not learnt)):
            return cross_entropy(z, target, weight, None, ignore_index, None, reduction)
        if weight is not None and len(weight) != z.shape[class_dim(z)]:
            raise IndexError
        loss = cross_entropy(z, target, ignore_index=ignore_index, reduction="none")
    except MISTAKES:
        explain(logits, target, given, ignore_index, arguments)
        raise
    loss = loss if link is None else link(-loss)
    return reduce_losses(loss, target, weight, reduction, normalize, ignore_index)


def every_class(z: Tensor, constants: Constants, link: Link | None) -> Tensor:
    """The unweighted losses of logits (N, C) with each class as the target; shape (N, C)."""
    offset, shift = constants.offset, constants.target_shift
    if constants.temperature is not None or (offset is not None and offset.ndim > 1):
        unweighted = constants._replace(weight=None)
        losses = fitted_loss(*as_every_class(z), unweighted, link, "none", "batch", IGNORE_INDEX)
        return losses.reshape(z.shape)
    z = z if constants.scale is None else z * constants.scale
    z = z if offset is None else z + offset
    log_p = log_softmax(z, dim=1) if shift is None else logsigmoid(z + shift - log_sum_of_others(z))
    return -log_p if link is None else link(log_p)


def _adjusted(
    z: Tensor,
    target: Tensor,
    scale: Tensor | float | None,
    temperature: Tensor | None,
    offset: Tensor | None,
    target_shift: Tensor | None,
) -> Tensor:
    """``scale * z / temperature_y + offset + target_shift_y e_y``."""
    if temperature is not None:
        z = z / of_target(temperature, class_indices(target, z), z)
    if offset is not None and (offset.ndim > 1 or z.ndim > 2):
        offset = _of_pairs(offset, target, z) if offset.ndim > 1 else along_classes(offset, z)
    if isinstance(scale, Tensor) and z.ndim > 2:
        scale = along_classes(scale, z)
    if isinstance(scale, float) and offset is not None:
        z = torch.add(offset, z, alpha=scale)
    elif isinstance(scale, Tensor) and offset is not None and z.numel() > CACHED:
        z = torch.addcmul(offset, scale, z)  # one pass over logits that no core's cache holds
    else:
        z = z if scale is None else z * scale
        z = z if offset is None else z + offset
    if target_shift is not None:
        index = class_indices(target, z)
        z = z.scatter_add(class_dim(z), index, of_target(target_shift, index, z))
    return z


def _of_pairs(offset: Tensor, target: Tensor, z: Tensor) -> Tensor:
    """The row of a matrix of offsets that belongs to each target, along the classes of z."""
    if z.ndim == 2:
        if target.is_cpu and not is_compiling():
            try:
                return offset.index_select(0, target)
            except (IndexError, RuntimeError):
                pass  # one is ignored, or wrong
        return offset.index_select(0, target.clamp(0, z.shape[1] - 1))
    dim = class_dim(z)
    return offset[class_indices(target, z)].squeeze(dim).movedim(-1, dim)


def _classes(given: Mapping[str, Tensor]) -> int | None:
    """The number of classes that constants of one number per class agree on; -1 if they do not."""
    sizes: set[int] = set()
    for name, value in given.items():
        fits = value.ndim == 1 or (value.ndim == 2 and name == "offset")
        sizes.update(value.shape if fits else (-1,))
    return sizes.pop() if len(sizes) == 1 else (-1 if sizes else None)
