"""Muon: steps of a convolution's kernel in which every direction moves alike, at a kernel of fixed length.

Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024), as in the CIFAR-10
speed record airbench94_muon: the momentum of a kernel, as a matrix, is replaced by the nearest semi-
orthogonal one, by Newton-Schulz iterations; the kernel is rescaled to length sqrt(rows) before each step.
Checked by: singular values of steps near 1, their directions by a decomposition, plain steps by torch's SGD.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

__all__ = ["Muon", "orthogonalised"]

QUINTIC = (3.4445, -4.7750, 2.0315)  # the source's: singular values in [1e-3, 1] go to about 1
ITERATIONS = 3
SHORTEST = 1e-7


def orthogonalised(matrix: Tensor) -> Tensor:
    """About the nearest semi-orthogonal matrix: the singular vectors kept, the larger singular values near 1.

    Shape: (m, n) -> (m, n).

    >>> step = orthogonalised(torch.tensor([[3.0, 0.0], [0.0, -2.0]]))
    >>> bool(step[0, 0] > 0.6), bool(step[1, 1] < -0.6), step[0, 1].item()
    (True, True, 0.0)
    """
    a, b, c = QUINTIC
    x = matrix / (matrix.norm() + SHORTEST)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(ITERATIONS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


class Muon(Optimizer):
    """Orthogonal steps for kernels of convolutions, and Nesterov's momentum for all other parameters.

    Parameters
    ----------
    lr, momentum
        Of the kernels: a step is as large as ``lr`` times the kernel, which has a fixed length.
    weight_decay, plain
        Of the other parameters; their rate is ``plain`` times that of the kernels.

    >>> layer = nn.Conv2d(3, 4, 3, bias=False)
    >>> optimizer = Muon(layer.parameters(), lr=0.05)
    >>> layer(torch.rand(2, 3, 5, 5)).sum().backward()
    >>> optimizer.step()
    """

    def __init__(
        self,
        params: Iterable[nn.Parameter],
        lr: float,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        plain: float = 2.5,
    ) -> None:
        defaults = {"momentum": momentum, "weight_decay": weight_decay, "plain": plain}
        super().__init__(params, {"lr": lr, **defaults})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Take a step; ``closure`` leaves the gradients, if it is given."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._move(parameter, **{k: v for k, v in group.items() if k in self.defaults})
        return loss

    def _move(
        self, parameter: Tensor, lr: float, momentum: float, weight_decay: float, plain: float
    ) -> None:
        gradient, kernel = parameter.grad, parameter.ndim == 4
        assert gradient is not None
        if not kernel:
            gradient = gradient.add(parameter, alpha=weight_decay)
        state = self.state[parameter]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(parameter)
        average = state["momentum_buffer"].mul_(momentum).add_(gradient)
        direction = gradient.add(average, alpha=momentum)
        if not kernel:
            parameter.sub_(direction, alpha=lr * plain)
            return
        parameter.mul_(len(parameter) ** 0.5 / parameter.norm().clamp_min(SHORTEST))
        step = orthogonalised(direction.reshape(len(direction), -1))
        parameter.sub_(step.view(parameter.shape), alpha=lr)
