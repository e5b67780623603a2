"""Moment matching: the density ratio, linear in the features, under which a class has given means.

Source: Luo et al., "Revive Re-weighting in Imbalanced Learning by Density Ratio Estimation"
(NeurIPS 2024), eqs. (7) and (12), Algorithm 1; the ridge is derived in `density_ratio.ridge`.
Checked by: loops written from the equations, agreement with `counterpoise.theory.density_ratio`, scale,
prototypes worked out by hand, and steps that are compiled whole.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.compiler import is_compiling

from ...theory.foundation.validation import InputError, as_number, as_whole, one_of
from ..ranks import summed_over_ranks, sums_over_ranks
from .by_class import move_prototypes, ratios_by_class

__all__ = ["MomentMatching"]


class MomentMatching(nn.Module):
    """`counterpoise.theory.density_ratio.class_density_ratio` of each class's samples in a batch.

    The ratio is against that class's prototype, a moving average of its batch means. A prototype equal
    to the batch mean, or one not seen yet, gives 1. All shapes are those of the batch and no value
    decides what is computed: with a ridge a step never waits for the device, and compiles whole.

    Parameters
    ----------
    num_classes
        K.
    num_features
        Z, the length of a feature vector.
    momentum
        Of the prototypes (0.9), in [0, 1).
    ridge
        Relative to the mean squared feature norm (1e-2); towards infinity the ratio is ``prior``. With 0
        the inverse is the pseudo-inverse, by an eigendecomposition, for which CUDA waits.
    prior
        What the ridge shrinks to: 1 (the default), or 0, which is uLSIF with a linear basis.
    first
        Prototypes begin at the first mean of the class, ``"mean"``, or at ``"zero"``, as the paper has it.

    Shape:
        - features: (B, Z); target: (B,); ratio: (B,).

    >>> estimator = MomentMatching(num_classes=2, num_features=2)
    >>> features, target = torch.tensor([[1.0, 0.0], [3.0, 0.0]]), torch.tensor([0, 0])
    >>> estimator.ratio(features, target).tolist()  # no prototype has been seen
    [1.0, 1.0]
    >>> estimator.observe(torch.tensor([[3.0, 0.0]]), torch.tensor([0]))
    >>> near, far = estimator.ratio(features, target)[[1, 0]].tolist()  # from the prototype, 3
    >>> far < near
    True
    """

    prototypes: Tensor
    seen: Tensor

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        momentum: float = 0.9,
        ridge: float = 1e-2,
        prior: int = 1,
        first: str = "mean",
    ) -> None:
        super().__init__()
        self.momentum = as_number("momentum", momentum, low=0, high=1, high_open=True)
        self.ridge = as_number("ridge", ridge, low=0)
        self.prior = as_whole("prior", prior, 0, 1)
        classes = as_whole("num_classes", num_classes, 1)
        size = as_whole("num_features", num_features, 1)
        begun = one_of("first", first, ("mean", "zero")) == "zero"
        self.register_buffer("prototypes", torch.zeros(classes, size, dtype=torch.float64))
        self.register_buffer("seen", torch.full((classes,), begun))

    @torch.no_grad()
    def ratio(self, features: Tensor, target: Tensor) -> Tensor:
        """The density ratio of every sample within its class; float64, and it may be negative.

        One Gram matrix, masked to pairs of one class, serves all classes in a single solve, on the CPU
        class by class in one compiled loop; where the classes have fewer features than the batch has
        examples, one small system of features a class does.
        """
        features, target = self._checked(features, target)
        if not len(target):
            return features.new_zeros(0)
        in_features = features.shape[1] * len(self.seen) <= len(target)
        arrays = None if in_features else self._arrays(features, target)
        if arrays is not None:
            found = ratios_by_class(*arrays, self.ridge, self.prior)
            if found is not None:
                return torch.from_numpy(found)
        size = _counted(target, features, len(self.seen))
        if len(self.seen) > len(target):
            solution = self._in_sample_space(
                features, target, size[target], self._anchored(features, target, size)
            )
        else:
            mean = _means(features, target, size)
            matched = torch.where(self.seen[:, None], self.prototypes.double(), mean)
            if self.prior:
                matched -= mean
            if in_features:
                solution = self._in_feature_space(features, target, size[target], matched)
            else:
                solution = self._in_sample_space(features, target, size[target], matched[target])
        ratio = self.prior + size[target] * solution
        return ratio if self.prior else torch.where(self.seen[target], ratio, 1.0)

    @torch.no_grad()
    def observe(self, features: Tensor, target: Tensor) -> None:
        """Move the prototypes of the classes present towards their means; first sight sets them.

        Under ``torch.distributed`` the means are over the batches of all ranks, so that all hold the
        same prototypes; each must then observe equally often.
        """
        features, target = self._checked(features, target)
        arrays = None if sums_over_ranks() else self._arrays(features, target)
        if arrays is not None:
            move_prototypes(*arrays, self.momentum)
            return
        own = _counted(target, features, len(self.seen))
        size = summed_over_ranks(own)
        if size is own and len(self.seen) > len(target):
            # an entry for each sample, equal within a class: fewer than one for each class
            mean = _mean_of_class(features, target, size[target], len(size))
            moved = torch.lerp(mean, self.prototypes[target].double(), self.momentum)
            moved = torch.where(self.seen[target, None], moved, mean)
            self.prototypes.index_copy_(0, target, moved.to(self.prototypes.dtype))
        else:
            mean = _means(features, target, size, size is own)
            moved = torch.lerp(mean, self.prototypes.double(), self.momentum)
            moved = torch.where(self.seen[:, None], moved, mean)
            self.prototypes.copy_(torch.where(size[:, None] > 0, moved, self.prototypes))
        self.seen.logical_or_(size > 0)

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> Any:
        """Restore prototypes of the same shape."""
        given = state_dict.get("prototypes")
        if given is not None and given.shape != self.prototypes.shape:
            raise InputError(
                f"prototypes have shape {tuple(given.shape)}: "
                f"here they have {tuple(self.prototypes.shape)}"
            )
        return super().load_state_dict(state_dict, strict, assign)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "MomentMatching":
        """To another device as any module; the type stays, for a network of halves needs means in full."""

        def moved(own: Tensor) -> Tensor:
            given = fn(own)
            return given if given.dtype == own.dtype else own.to(given.device)

        return super()._apply(moved, recurse)

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        """Copies: buffers change in place, so that a step can be captured as a graph."""
        super()._save_to_state_dict(destination, prefix, keep_vars)
        for name in ("prototypes", "seen"):
            destination[prefix + name] = destination[prefix + name].clone()

    def _arrays(self, features: Tensor, target: Tensor) -> tuple[Any, Any, Any, Any] | None:
        """A checked batch, prototypes and whether they were seen, as arrays; None where none can be had."""
        if not _on_this_processor(features):
            return None
        try:
            given = features.contiguous().numpy(), target.numpy()
        except RuntimeError:  # within a transform of functions
            return None
        return *given, self.prototypes.numpy(), self.seen.numpy()

    def _anchored(self, features: Tensor, target: Tensor, size: Tensor) -> Tensor:
        """What each sample's class is matched to, (B, Z), where there are more classes than samples."""
        mean = _mean_of_class(features, target, size[target], len(size))
        anchor = torch.where(self.seen[target, None], self.prototypes[target].double(), mean)
        return anchor - mean if self.prior else anchor

    def _in_sample_space(
        self, features: Tensor, target: Tensor, size: Tensor, matched: Tensor
    ) -> Tensor:
        gram = torch.where(target[:, None] == target, features @ features.T, 0.0)
        right = (features * matched).sum(dim=1, keepdim=True)
        trace = features.new_zeros(len(self.seen)).index_add_(0, target, gram.diagonal())[target]
        if self.ridge:
            gram.diagonal().add_(self._penalty(trace, size))
            return _solved(gram, right).squeeze(1)
        # At one scale a single cut tells zero from small for all classes.
        scale = torch.where(trace > 0, size / trace, 1.0).sqrt()
        inverse = _pseudo_inverse(gram * scale[:, None] * scale)
        solution = scale * (inverse @ (scale[:, None] * right)).squeeze(1)
        # The Gram matrix squares the condition; what is left unmatched, in feature space, takes it back.
        same = (target[:, None] == target).to(features.dtype)
        left = matched - (same * solution) @ features
        right = (features * left).sum(dim=1, keepdim=True)
        return solution + scale * (inverse @ (scale[:, None] * right)).squeeze(1)

    def _in_feature_space(
        self, features: Tensor, target: Tensor, size: Tensor, matched: Tensor
    ) -> Tensor:
        """As in sample space, ``matched`` by class: (G + p I)^-1 Phi' v = Phi' (Phi Phi' + p I)^-1 v."""
        classes, length = self.prototypes.shape
        moments = features.new_zeros(classes, length, length).index_add_(
            0, target, features[:, :, None] * features[:, None, :]
        )
        right = matched[:, :, None]
        if self.ridge:
            mean_norm = features.new_zeros(classes).index_add_(
                0, target, features.square().sum(dim=1) / size
            )
            penalty = self._penalty(mean_norm, 1.0)
            eye = torch.eye(length, dtype=features.dtype, device=features.device)
            solution = _solved(moments + penalty[:, None, None] * eye, right)
            return (features * solution.squeeze(2)[target]).sum(dim=1)
        inverse = _pseudo_inverse(moments)
        solution = (features * (inverse @ right).squeeze(2)[target]).sum(dim=1)
        # The moments square the condition, as the Gram matrix does.
        reached = torch.zeros_like(matched).index_add_(0, target, solution[:, None] * features)
        left = inverse @ (matched - reached)[:, :, None]
        return solution + (features * left.squeeze(2)[target]).sum(dim=1)

    def _penalty(self, trace: Tensor, size: Tensor | float) -> Tensor:
        penalty = self.ridge * trace / size
        return torch.where(penalty > 0, penalty, 1.0)  # all features zero: nothing to match

    def _checked(self, features: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Features as float64 and classes as int64, both detached; values are looked at on the CPU only."""
        classes, length = self.prototypes.shape
        if features.ndim != 2 or features.shape[1] != length:
            raise InputError(f"features has shape {tuple(features.shape)}: must be (B, {length})")
        if target.shape != features.shape[:1] or target.dtype.is_floating_point:
            raise InputError(
                f"target has shape {tuple(target.shape)} and type {target.dtype}: "
                f"must be {len(features)} class indices"
            )
        if _on_this_processor(features):
            low, high = map(int, target.aminmax()) if target.numel() else (0, 0)
            if low < 0 or high >= classes:
                raise InputError(f"target holds {low} to {high}: must be 0 to {classes - 1}")
            if not math.isfinite(features.sum(dtype=torch.float64)):
                raise InputError("features holds nan or infinity: must be finite")
        if self.prototypes.device != features.device:
            self.to(features.device)
        return features.detach().double(), target.detach().long()


def _on_this_processor(features: Tensor) -> bool:
    """Whether values can be looked at without waiting for a device, and are not those of a tracer."""
    return features.is_cpu and not is_compiling() and type(features.detach()) is Tensor


def _counted(target: Tensor, like: Tensor, classes: int) -> Tensor:
    """Samples of each class; (K,)."""
    return like.new_zeros(classes).index_add_(0, target, like.new_ones(len(target)))


def _means(features: Tensor, target: Tensor, size: Tensor, alone: bool = True) -> Tensor:
    """Means of the classes, (K, Z), 0 of those that are absent; over all ranks unless alone."""
    total = features.new_zeros(len(size), features.shape[1]).index_add_(0, target, features)
    return (total if alone else summed_over_ranks(total)).div_(size.clamp(min=1.0)[:, None])


def _mean_of_class(features: Tensor, target: Tensor, size: Tensor, classes: int) -> Tensor:
    """Of every sample, the mean of the samples of its class; (B, Z), however many classes there are."""
    place = torch.arange(len(target), device=target.device)
    speaker = place.new_zeros(classes).scatter_(0, target, place)[target]  # one sample of the class
    total = torch.zeros_like(features).index_add_(0, speaker, features)
    return total.index_select(0, speaker).div_(size[:, None])


def _solved(matrix: Tensor, right: Tensor) -> Tensor:
    """Without a look at whether the matrix is singular, for which the host would wait."""
    return torch.linalg.solve_ex(matrix, right)[0]


def _pseudo_inverse(matrix: Tensor) -> Tensor:
    """Of symmetric matrices; eigenvalues that are rounding are zero."""
    values, vectors = torch.linalg.eigh(matrix)
    cut = values.amax(dim=-1, keepdim=True) * (matrix.shape[-1] * torch.finfo(matrix.dtype).eps)
    return (vectors * torch.where(values > cut, 1.0 / values, 0.0)[..., None, :]) @ vectors.mT
