"""Low-rank adapters for a frozen network: ``W + (alpha / r) B A`` in place of W, by the package ``peft``.

B begins at zero, so that an adapted network begins as the frozen one. Sources: Hu et al., "LoRA: Low-Rank
Adaptation of Large Language Models" (ICLR 2022); Shi et al., "Long-Tail Learning with Foundation Model: Heavy
Fine-Tuning Hurts" (LIFT, ICML 2024) for a head that begins at the class means, ``w_k = mean h / |mean h|``,
here of image features, as no text encoder is; Tian et al. (debLoRA, NeurIPS 2024) for adapters that learn
given features z, ``min_(A,B) mean |f(x; W + (alpha / r) B A) - z|^2``. Checked by: untrained, merged and
frozen networks against each other, and what trains.
"""

import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss
from torch.optim.lr_scheduler import CosineAnnealingLR

from ...theory.foundation.validation import InputError, as_number, as_whole, one_of
from .heads import HEADS

__all__ = [
    "AdaptedNet",
    "begin_at_class_means",
    "fit_features",
    "merged",
    "with_adapters",
]


def with_adapters(
    network: nn.Module,
    rank: int = 16,
    *,
    alpha: float | None = None,
    layers: Sequence[str] | None = None,
    generator: torch.Generator | None = None,
) -> nn.Module:
    """A frozen copy of a network in which low-rank adapters of some layers train.

    Parameters
    ----------
    rank
        r; the debLoRA paper tries 8 to 64.
    alpha
        The product of B and A counts ``alpha / r``; r unless given, so once.
    layers
        Names of linear layers and convolutions, as in ``network.named_modules()``; all linear layers and
        pointwise convolutions unless given.
    generator
        Of A, which is normal with deviation 1/r.

    Raises
    ------
    InputError
        If ``peft`` is missing, or there is no such layer.

    Examples
    --------
    >>> body = nn.Sequential(nn.Linear(6, 4), nn.ReLU())
    >>> adapted = with_adapters(body, rank=2)
    >>> sum(own.numel() for own in adapted.parameters() if own.requires_grad)
    20
    """
    rank = as_whole("rank", rank, 1)
    scale = float(rank) if alpha is None else as_number("alpha", alpha, low=0, low_open=True)
    able = [name for name, layer in network.named_modules() if name and _is_linear(layer)]
    chosen = able if layers is None else [_layer(network, name) for name in layers]
    if not chosen:
        raise InputError(
            "layers is empty: the network has no linear layer or pointwise convolution"
        )
    peft = _peft()
    whole = "|".join(
        map(re.escape, chosen)
    )  # of a list peft would take all names that end like one
    config = peft.LoraConfig(
        r=rank, lora_alpha=scale, target_modules=whole, init_lora_weights="gaussian"
    )
    frozen = deepcopy(network).requires_grad_(False)
    for name in chosen:
        frozen.set_submodule(name, _plain(frozen.get_submodule(name)))
    seed = int(torch.randint(2**62, (), generator=generator))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return peft.inject_adapter_in_model(config, frozen)


def merged(network: nn.Module) -> nn.Module:
    """A copy of a network whose adapters are added to the weights they adapt: plain layers again.

    Examples
    --------
    >>> adapted = with_adapters(nn.Sequential(nn.Linear(6, 4)), rank=2)
    >>> merged(adapted)
    Sequential(
      (0): Linear(in_features=6, out_features=4, bias=True)
    )
    """
    copy = deepcopy(network)
    adapters = [(n, own) for n, own in copy.named_modules() if hasattr(own, "get_base_layer")]
    for name, layer in adapters:
        adapter: Any = layer
        adapter.merge()
        copy.set_submodule(name, adapter.get_base_layer())
    return copy


class AdaptedNet(nn.Module):
    """A body that stays in evaluation mode, as it was pretrained, and a head that trains with its adapters.

    Shape: images -> logits (B, num_classes) and features (B, num_features).

    Examples
    --------
    >>> net = AdaptedNet(with_adapters(nn.Sequential(nn.Linear(6, 4)), rank=2), 4, num_classes=3)
    >>> logits, features = net(torch.zeros(5, 6))
    >>> logits.shape, features.shape
    (torch.Size([5, 3]), torch.Size([5, 4]))
    """

    def __init__(
        self,
        body: nn.Module,
        num_features: int,
        num_classes: int,
        head: str = "linear",
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.body, self.num_features = body.eval(), num_features
        self.head = HEADS[one_of("head", head, HEADS)](num_features, num_classes, generator)

    def train(self, mode: bool = True) -> "AdaptedNet":
        """Only the head changes its mode: running means of the body are those it came with."""
        super().train(mode)
        self.body.eval()
        return self

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and the features they were made of."""
        features = self.body(images)
        return self.head(features), features


@torch.no_grad()
def begin_at_class_means(head: Any, features: Tensor, target: Tensor) -> None:
    """Set the rows of a head's ``weight`` (K, D) to the directions of the class means, of length 1.

    LIFT's initialisation where there is no text encoder; a class without an example keeps its row.

    Examples
    --------
    >>> head = HEADS["cosine"](2, 2, None)
    >>> begin_at_class_means(head, torch.tensor([[3.0, 0.0], [0.0, 2.0]]), torch.tensor([0, 1]))
    >>> head.weight.tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    for label in target.unique().tolist():
        mean = features[target == label].mean(dim=0)
        head.weight[label] = mean / torch.linalg.vector_norm(mean).clamp(min=1e-12)


def fit_features(
    network: nn.Module,
    inputs: Tensor,
    wanted: Tensor,
    *,
    epochs: int = 10,
    lr: float = 1e-3,
    batch_size: int = 64,
    generator: torch.Generator | None = None,
) -> None:
    """Train what trains of a network to answer given features, by mean squared error, in place.

    AdamW without decay, its rate on a cosine to zero: debLoRA's last step, whose settings are not published.

    Parameters
    ----------
    inputs, wanted
        What the network sees, (N, ...), and what it should answer, (N, D).
    generator
        Of the order of examples.

    Examples
    --------
    >>> network = nn.Linear(1, 1)
    >>> x = torch.tensor([[0.0], [1.0]])
    >>> fit_features(network, x, 3 * x, epochs=300, lr=0.1)
    >>> bool((network(x) - 3 * x).abs().max() < 0.1)
    True
    """
    epochs, batch_size = as_whole("epochs", epochs, 1), as_whole("batch_size", batch_size, 1)
    trained = [own for own in network.parameters() if own.requires_grad]
    if not trained or len(inputs) != len(wanted):
        raise InputError(
            f"{len(trained)} parameters train, {len(inputs)} inputs and {len(wanted)} wanted: must be at "
            "least one, and as many of one as of the other"
        )
    optimizer = torch.optim.AdamW(trained, lr=as_number("lr", lr, low=0), weight_decay=0.0)
    schedule = CosineAnnealingLR(optimizer, epochs)
    for _ in range(epochs):
        for batch in torch.randperm(len(inputs), generator=generator).split(batch_size):
            optimizer.zero_grad()
            answer = network(inputs[batch])
            if answer.shape != wanted[batch].shape:
                raise InputError(
                    f"wanted has rows of shape {tuple(wanted.shape[1:])}: must be "
                    f"{tuple(answer.shape[1:])}, as the network's answers"
                )
            mse_loss(answer, wanted[batch]).backward()
            optimizer.step()
        schedule.step()


def _is_linear(layer: nn.Module) -> bool:
    if isinstance(layer, nn.Conv2d):
        plain = layer.stride[0] == layer.stride[1] and not any(layer.padding)
        return layer.kernel_size == (1, 1) and layer.groups == 1 and plain
    return isinstance(layer, nn.Linear)


def _plain(layer: nn.Module) -> nn.Module:
    """A pointwise convolution of a class of its own as torch's: peft makes A and B of the class it finds."""
    if not isinstance(layer, nn.Conv2d) or type(layer) is nn.Conv2d or layer.kernel_size != (1, 1):
        return layer
    bias = layer.bias
    with torch.random.fork_rng(devices=[]):  # its own draws are replaced
        plain = nn.Conv2d(
            layer.in_channels, layer.out_channels, 1, layer.stride[0], bias=bias is not None
        ).to(layer.weight)
    plain.weight, plain.bias = layer.weight, bias
    return plain


def _layer(network: nn.Module, name: str) -> str:
    known = {n: own for n, own in network.named_modules() if n}
    if not isinstance(known[one_of("layer", name, known)], nn.Linear | nn.Conv2d):
        raise InputError(f"layers holds {name!r}: must be a linear layer or a convolution")
    return name


def _peft() -> Any:
    try:
        import peft  # eight seconds, as it loads transformers
    except ImportError:
        raise InputError(
            'with_adapters needs the package peft: install the extra "adapters" '
            '(pip install ".[adapters]")'
        ) from None
    return peft
