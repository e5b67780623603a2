"""CC-SAM's first stage: every class's loss is taken at a classifier that is moved uphill for that class.

Source: Zhou et al. (CVPR 2023), with a radius for each class from the PAC-Bayesian characteristic radius
of flat minima, wider where examples are few. Not here: their mixup, and their second stage, which trains
the classifier alone on balanced samples with adversarial features. Checked by: a plain loop over the
classes, radii by hand, no share of the perturbed loss.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.utils import get_total_norm
from torch.optim import SGD

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputTypeError, as_class_counts, as_number
from ..protocols import Closure

__all__ = ["CCSAM"]

Moves = dict[int, dict[str, Tensor]]
"""By class, how far each of the classifier's parameters is moved."""


class CCSAM(SGD):
    """Descent on ``(1 − f) L + f L'``; in L' an example of class c meets the classifier θ at ``θ + ε_c``.

    With g_c the gradient of the mean loss of class c in the batch, over the P parameters θ of the
    classifier as one vector, ``ε_c = ρ_c √P g_c / ‖g_c‖`` and
    ``ρ_c = r √‖θ‖ / (√‖g_c‖ √2 ((n_c − 1) P)^{1/4})``. A class of one example has the radius of two: the
    formula divides by zero there. The authors' code takes norms of weight and bias apart, with P of both.

    Two passes a step: the classifier's gradient of a class follows from its features and from what the
    loss sends back to its logits, so that a loss must not mix the examples of a batch (LADE's does).

    Parameters
    ----------
    parameters, lr, momentum, weight_decay
        As of ``torch.optim.SGD``, all of the network.
    class_counts
        Training examples per class, shape (K,).
    classifier
        The network's last layer, features (B, Z) to logits (B, K), called once a pass.
    noise_ratio
        r, at least 0.
    flat_ratio
        f, in [0, 1].

    Raises
    ------
    InputError
        If a ratio is out of its range, or a count is not positive.

    Examples
    --------
    >>> head = nn.Linear(2, 3)
    >>> optimizer = CCSAM(
    ...     head.parameters(), lr=0.1, class_counts=[9, 3, 1], classifier=head, noise_ratio=1.0
    ... )
    >>> length, norm = 4.0, 1.0  # of the gradient, of the classifier
    >>> [round(float(optimizer.radius(c, length, norm)), 3) for c in range(3)]
    [0.364, 0.515, 0.612]
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        *,
        class_counts: ArrayLike,
        classifier: nn.Module,
        noise_ratio: float = 1e-6,
        flat_ratio: float = 0.3,
    ) -> None:
        super().__init__(parameters, lr, momentum, weight_decay=weight_decay)
        self.counts, self.classifier = as_class_counts(class_counts), classifier
        self.size = sum(p.numel() for p in classifier.parameters())
        self.noise_ratio = as_number("noise_ratio", noise_ratio, low=0)
        self.flat_ratio = as_number("flat_ratio", flat_ratio, low=0, high=1)

    def radius(self, label: int, length: float | Tensor, norm: float | Tensor) -> float | Tensor:
        """``‖ε_c‖`` of a class, for ``length = ‖g_c‖`` and ``norm = ‖θ‖``."""
        examples = max(self.counts[label] - 1.0, 1.0)
        return self.noise_ratio * (norm / length) ** 0.5 * (self.size / examples / 4.0) ** 0.25

    @torch.no_grad()
    def step(self, closure: Closure | None = None) -> Any:
        """One step; the loss of the first pass, at the parameters."""
        if closure is None:
            raise InputTypeError(f"{type(self).__name__}.step needs a closure that takes gradients")
        with torch.enable_grad(), self._watched() as seen:
            loss = closure()
        parameters = [p for group in self.param_groups for p in group["params"]]
        plain = [p.grad for p in parameters]
        features, logits = seen
        moves = self._moves(features, logits, closure.target)
        with torch.enable_grad(), self._moved(moves, closure.target):
            closure()
        for p, gradient in zip(parameters, plain, strict=True):
            if p.grad is not None and gradient is not None:
                p.grad = torch.lerp(gradient, p.grad, self.flat_ratio)
        super().step()
        return loss

    @contextmanager
    def _watched(self) -> Iterator[list[Tensor]]:
        """Gathers the features that the classifier is given and the logits it answers."""
        seen: list[Tensor] = []

        def watch(layer: nn.Module, inputs: tuple[Tensor, ...], logits: Tensor) -> None:
            logits.retain_grad()
            seen[:] = inputs[0].detach(), logits

        handle = self.classifier.register_forward_hook(watch)
        try:
            yield seen
        finally:
            handle.remove()

    def _moves(self, features: Tensor, logits: Tensor, target: Tensor) -> Moves:
        """ε_c of the classes of a batch."""
        held = {name: p.detach() for name, p in self.classifier.named_parameters()}
        exact = next(iter(held.values())).dtype  # features may be of half precision
        norm, moves, sent = get_total_norm(list(held.values())), {}, logits.grad
        assert sent is not None  # as its loss was
        for label in target.unique().tolist():
            of_class = (target == label).nonzero().squeeze(1)
            own = {name: p.clone().requires_grad_() for name, p in held.items()}
            with torch.enable_grad():
                answer = functional_call(self.classifier, own, (features[of_class].to(exact),))
            back = sent[of_class].to(exact) * (len(target) / len(of_class))
            gradients = torch.autograd.grad(answer, list(own.values()), back)
            length = get_total_norm(gradients)
            if length > 0:
                scale = self.radius(label, length, norm) / length
                moves[label] = {n: g * scale for n, g in zip(own, gradients, strict=True)}
        return moves

    @contextmanager
    def _moved(self, moves: Moves, target: Tensor) -> Iterator[None]:
        """Within, the classifier answers features of class c as it would at ``θ + ε_c``."""
        answering = False

        def answer(layer: nn.Module, inputs: tuple[Tensor, ...], logits: Tensor) -> Tensor | None:
            nonlocal answering
            if answering:  # the calls below come here too
                return None
            answering, moved = True, logits
            for label, by in moves.items():
                at = {name: p + by[name] for name, p in layer.named_parameters()}
                of_class = (target == label).nonzero().squeeze(1)
                own = functional_call(layer, at, (inputs[0][of_class],))
                moved = moved.index_copy(0, of_class, own)
            answering = False
            return moved

        handle = self.classifier.register_forward_hook(answer)
        try:
            yield
        finally:
            handle.remove()
