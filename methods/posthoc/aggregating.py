"""Experts weighed at test time, without labels: by how alike two views of each test image are predicted.

``max_w mean_i cos(p_i(w), p'_i(w))`` over ``w = softmax(a)``, with ``p(w) = softmax(sum_e w_e z_e)`` of one
view and p' of the other. Source: Zhang et al. (NeurIPS 2022, SADE), their test-time strategy; defaults of the
authors' code, which looks at the smallest weight after an epoch and stops below 0.05. Checked by: experts
that agree, one that is stable, and the order of experts.
"""

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from ...theory.foundation.validation import InputError, as_number, as_seed, as_whole
from ..arguments import named_arguments

__all__ = ["expert_weights", "view_stability"]


@named_arguments
def view_stability(weight: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Mean cosine between the predicted probabilities of two views, experts' logits weighed by ``weight``.

    Shape: weight (E,); first and second (N, E, K), the experts' logits of two views of the same images.

    >>> logits = torch.tensor([[[2.0, 0.0], [0.0, 3.0]]])
    >>> view_stability(torch.tensor([0.5, 0.5]), logits, logits)
    tensor(1.0000)
    """
    one, other = ((weight[:, None] * z).sum(dim=1).softmax(dim=1) for z in (first, second))
    return cosine_similarity(one, other, dim=1).mean()


@named_arguments
def expert_weights(
    first: Tensor,
    second: Tensor,
    epochs: int = 5,
    lr: float = 0.1,
    batch_size: int = 128,
    momentum: float = 0.9,
    stop: float = 0.05,
    seed: int = 0,
) -> Tensor:
    """Weights of experts by which two views of unlabelled test images are predicted most alike.

    Stochastic gradient descent on the logits of the weights, from equal ones.

    Parameters
    ----------
    first, second
        The experts' logits of two augmented views of the same images, (N, E, K).
    epochs, lr, batch_size, momentum
        Of the descent (5, 0.1, 128 and 0.9 with Nesterov's momentum).
    stop
        Descent ends after an epoch in which a weight has fallen below this.
    seed
        Of the order of images.

    Returns
    -------
    (E,), of sum 1, for the weighted mean of the experts' logits.

    Raises
    ------
    InputError
        If the views have not one shape (N, E, K).

    Examples
    --------
    >>> first = torch.tensor([[[2.0, 0.0], [0.5, 0.0]]]).repeat(64, 1, 1)
    >>> second = first * torch.tensor([1.0, -1.0])[:, None]  # of which the second expert is unsure
    >>> weights = expert_weights(first, second)
    >>> bool(weights[0] > weights[1]), float(weights.sum().round(decimals=6))
    (True, 1.0)
    """
    if first.ndim != 3 or first.shape != second.shape or not first.numel():
        raise InputError(
            f"first has shape {tuple(first.shape)} and second {tuple(second.shape)}: must both be (N, E, K)"
        )
    epochs, batch_size = as_whole("epochs", epochs, 0), as_whole("batch_size", batch_size, 1)
    stop = as_number("stop", stop, low=0, high=1)
    generator = torch.Generator().manual_seed(as_seed(seed) % 2**63)
    score = torch.zeros(first.shape[1], dtype=first.dtype, device=first.device, requires_grad=True)
    optimizer = torch.optim.SGD(
        [score],
        as_number("lr", lr, low=0),
        momentum=(momentum := as_number("momentum", momentum, low=0, high=1, high_open=True)),
        nesterov=momentum > 0,
    )
    with torch.enable_grad():
        for _ in range(epochs):
            order = torch.randperm(len(first), generator=generator).to(first.device)
            for index in order.split(batch_size):
                optimizer.zero_grad()
                stability = view_stability(
                    score.softmax(dim=0), first[index].detach(), second[index].detach()
                )
                (-stability).backward()
                optimizer.step()
            if float(score.detach().softmax(dim=0).min()) < stop:
                break
    return score.detach().softmax(dim=0)
