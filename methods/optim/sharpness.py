"""Sharpness-aware steps: the gradient is taken uphill of the parameters, and the step at them.

Sources: SAM, Foret et al. (ICLR 2021); ASAM, Kwon et al. (ICML 2021); ImbSAM, Zhou et al. (ICCV 2023), who
climb on rare classes alone; SAM-A, Shwartz-Ziv et al. (NeurIPS 2023), who climb on a loss of inverse class
weights. A second rho after the deferred stage begins: Wang et al. (NeurIPS 2023). Checked by: quadratics,
rho = 0, restored parameters, the limits in which one is another, resumed runs.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import get_total_norm
from torch.optim import SGD

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputTypeError, as_class_counts, as_number
from ..protocols import Closure

__all__ = ["ASAM", "SAM", "SAMA", "ImbSAM"]

LEAST = 1e-12  # added to the length of a gradient, which may be 0


class SAM(SGD):
    """Stochastic gradient descent by the gradient at ``θ + ρ g / ‖g‖``, g the gradient at θ.

    Two passes a step. The length is over all parameters together.

    Parameters
    ----------
    parameters, lr, momentum, weight_decay
        As of ``torch.optim.SGD``.
    rho
        How far uphill, at least 0.
    deferred_rho
        The same once ``param_groups`` say ``deferred``, as the loop writes when deferred weights begin
        to act; ``rho`` by default.

    Raises
    ------
    InputError
        If a rho is negative or not finite.

    Examples
    --------
    >>> theta = nn.Parameter(torch.tensor([3.0, 4.0]))
    >>> optimizer = SAM([theta], lr=1.0, rho=5.0)
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = theta.square().sum() / 2
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure), theta.tolist()  # the gradient is twice as long at twice theta
    (tensor(12.5000, ...), [-3.0, -4.0])
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        *,
        rho: float = 0.05,
        deferred_rho: float | None = None,
    ) -> None:
        rho = as_number("rho", rho, low=0)
        later = rho if deferred_rho is None else as_number("deferred_rho", deferred_rho, low=0)
        super().__init__(parameters, lr, momentum, weight_decay=weight_decay)
        for group in self.param_groups:
            group |= {"rho": rho, "deferred_rho": later, "deferred": False}

    @torch.no_grad()
    def step(self, closure: Closure | None = None) -> Any:
        """One step; the loss of the first pass. The closure is called more than once."""
        if closure is None:
            raise InputTypeError(f"{type(self).__name__}.step needs a closure that takes gradients")
        with torch.enable_grad():
            loss = self.ascend(closure)
        super().step()
        return loss

    def ascend(self, closure: Closure) -> Tensor:
        """Leave the gradients to step by, with parameters as they were; the loss of the first pass."""
        loss = closure()
        with self.uphill():
            closure()
        return loss

    @contextmanager
    def uphill(self) -> Iterator[None]:
        """Within, parameters stand uphill along the gradients they have; after, where they stood."""
        moved = [
            (p, p.grad, group["deferred_rho" if group["deferred"] else "rho"])
            for group in self.param_groups
            for p in group["params"]
            if p.grad is not None
        ]
        before = [p.detach().clone() for p, _, _ in moved]
        with torch.no_grad():
            length = get_total_norm([self.scaled(p, g) for p, g, _ in moved]) + LEAST
            for p, g, rho in moved:
                p.add_(self.scaled(p, self.scaled(p, g)) * (rho / length))
        try:
            yield
        finally:
            with torch.no_grad():
                for (p, _, _), old in zip(moved, before, strict=True):
                    p.copy_(old)

    def scaled(self, parameter: Tensor, gradient: Tensor) -> Tensor:
        """The gradient in the metric whose length rho is: here that of the parameters as they are."""
        return gradient


class ASAM(SAM):
    """SAM with displacements relative to the parameters: ``ρ θ² g / ‖θ g‖``, element by element.

    What rescales a network's parameters without changing its function does not change its sharpness.

    Examples
    --------
    >>> ASAM([nn.Parameter(torch.ones(2))], lr=0.1).param_groups[0]["rho"]
    0.5
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        *,
        rho: float = 0.5,
        deferred_rho: float | None = None,
    ) -> None:
        super().__init__(parameters, lr, momentum, weight_decay, rho=rho, deferred_rho=deferred_rho)

    def scaled(self, parameter: Tensor, gradient: Tensor) -> Tensor:
        """The gradient times the sizes of the parameters."""
        return parameter.abs() * gradient


class ImbSAM(SAM):
    """SAM for the tail's part of the loss, plain descent for the head's.

    Three passes, of a batch without a tail one, and without a head two. The authors' code doubles the
    tail's part; here it is not.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    eta
        A class is of the tail if it has fewer examples.

    Examples
    --------
    >>> optimizer = ImbSAM([nn.Parameter(torch.ones(2))], lr=0.1, class_counts=[100, 19], eta=20)
    >>> optimizer.param_groups[0]["tail"].tolist()
    [0.0, 1.0]
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        *,
        class_counts: ArrayLike,
        rho: float = 0.05,
        deferred_rho: float | None = None,
        eta: float = 20.0,
    ) -> None:
        super().__init__(parameters, lr, momentum, weight_decay, rho=rho, deferred_rho=deferred_rho)
        is_tail = as_class_counts(class_counts) < as_number("eta", eta, low=0)
        self.param_groups[0]["tail"] = torch.from_numpy(is_tail).double()

    def ascend(self, closure: Closure) -> Tensor:
        """The head's gradient at the parameters and the tail's uphill along the tail's."""
        tail = self.param_groups[0]["tail"]
        is_tail = tail.to(closure.target.device)[closure.target] > 0
        if not is_tail.any():
            return closure()
        if is_tail.all():
            return super().ascend(closure)
        loss = closure(1.0 - tail)
        parameters = [p for group in self.param_groups for p in group["params"]]
        head = [p.grad for p in parameters]
        loss = loss + closure(tail)
        with self.uphill():
            closure(tail)
        for p, of_head in zip(parameters, head, strict=True):
            if p.grad is not None and of_head is not None:
                p.grad += of_head
        return loss


class SAMA(SAM):
    """SAM that climbs on the class-weighted loss, weights ``n_max / n_y``, and descends on the loss itself.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).

    Examples
    --------
    >>> optimizer = SAMA([nn.Parameter(torch.ones(2))], lr=0.1, class_counts=[100, 20])
    >>> optimizer.param_groups[0]["class_weight"].tolist()
    [1.0, 5.0]
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        *,
        class_counts: ArrayLike,
        rho: float = 0.05,
        deferred_rho: float | None = None,
    ) -> None:
        super().__init__(parameters, lr, momentum, weight_decay, rho=rho, deferred_rho=deferred_rho)
        counts = as_class_counts(class_counts)
        self.param_groups[0]["class_weight"] = torch.from_numpy(counts.max() / counts)

    def ascend(self, closure: Closure) -> Tensor:
        """The loss's gradient uphill along the weighted loss's; the weighted loss of the first pass."""
        loss = closure(self.param_groups[0]["class_weight"])
        with self.uphill():
            closure()
        return loss
