"""Random views of a whole batch at once, seeded, each image under draws of its own.

Source: the augmentation of Chen et al. (ICML 2020) without blur and without a shift of hue: a crop of random
area and shape, scaled back; a mirror; jitter of brightness, contrast and saturation; at times grey. Further
operations are nine of RandAugment (Cubuk et al., NeurIPS 2020; without color and sharpness), each made to
grow from nothing: in the table of the boosted method's authors the level lowers the effect of two and crosses
it in four. Checked by: torchvision's functions image by image, and strengths of 0.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from ...theory.foundation.validation import InputError, as_number, as_whole

__all__ = ["OPERATIONS", "contrast_view", "strengthened", "unit_range"]

MOST = 30.0
"""The highest level of RandAugment."""
GREY = (0.2989, 0.587, 0.114)  # of red, green and blue
MIRRORED, JITTERED, GREYED = 0.5, 0.8, 0.2  # with these probabilities


def unit_range(images: Tensor) -> Tensor:
    """Images of bytes as numbers in [0, 1]; others as they are.

    >>> unit_range(torch.tensor([0, 255], dtype=torch.uint8)).tolist()
    [0.0, 1.0]
    """
    return images.float() / 255 if images.dtype == torch.uint8 else images


def contrast_view(
    images: Tensor, generator: torch.Generator, least_area: float = 0.1, jitter: float = 0.4
) -> Tensor:
    """A random view of each image, in [0, 1], of the same size.

    Parameters
    ----------
    images
        In [0, 1], (B, C, H, W); of one channel nothing is saturated or made grey.
    least_area
        The smallest share of an image that a crop keeps (0.1); the largest is all of it. Sides are as 3 to 4
        at most, either way.
    jitter
        Brightness, contrast and saturation are multiplied by uniform draws from 1 - jitter to 1 + jitter
        (0.4).

    Examples
    --------
    >>> images = torch.rand(5, 3, 32, 32)
    >>> view = contrast_view(images, torch.Generator().manual_seed(0))
    >>> view.shape, bool(((0 <= view) & (view <= 1)).all())
    (torch.Size([5, 3, 32, 32]), True)
    """
    least_area = as_number("least_area", least_area, low=0, high=1, low_open=True)
    jitter = as_number("jitter", jitter, low=0, high=1)

    def draw(low: float = 0.0, high: float = 1.0) -> Tensor:
        drawn = torch.rand(len(images), generator=generator, dtype=torch.float32)
        return (low + (high - low) * drawn).to(images)

    area, stretch = draw(least_area), draw(math.log(3 / 4), math.log(4 / 3)).exp().sqrt()
    wide, high = ((area.sqrt() * side).clamp(max=1) for side in (stretch, 1 / stretch))
    left, top = ((1 - side) * draw(-1.0) for side in (wide, high))  # of the centre, in half sides
    mirror = torch.where(draw() < MIRRORED, -1.0, 1.0).to(images)
    zero = torch.zeros_like(area)
    crops = torch.stack([mirror * wide, zero, left, zero, high, top], dim=1)
    views = moved(images, crops, "border")
    jittered = draw() < JITTERED
    for change in (brightness, contrast, *([saturation] if images.shape[1] == 3 else [])):
        amount = draw(-jitter, jitter)
        views = change(views, torch.where(jittered, amount, 0.0))
    if images.shape[1] == 3:
        views = saturation(views, torch.where(draw() < GREYED, -1.0, 0.0).to(images))
    return views


def moved(images: Tensor, matrices: Tensor, beyond: str = "zeros") -> Tensor:
    """Images seen through affine maps (B, 6) of coordinates in [-1, 1]; black, or as the border, beyond."""
    grid = affine_grid(matrices.view(-1, 2, 3), list(images.shape), align_corners=False)
    return grid_sample(images, grid, padding_mode=beyond, align_corners=False)


def brightness(images: Tensor, amount: Tensor) -> Tensor:
    """Times 1 + amount."""
    return (images * _each(1 + amount)).clamp(0, 1)


def contrast(images: Tensor, amount: Tensor) -> Tensor:
    """Away from the mean grey, or with a negative amount towards it."""
    mean = _grey(images).mean(dim=(1, 2, 3), keepdim=True)
    return (mean + (images - mean) * _each(1 + amount)).clamp(0, 1)


def saturation(images: Tensor, amount: Tensor) -> Tensor:
    """Away from grey, pixel by pixel; an amount of -1 is grey."""
    grey = _grey(images)
    return (grey + (images - grey) * _each(1 + amount)).clamp(0, 1)


def solarize(images: Tensor, amount: Tensor) -> Tensor:
    """Pixels of at least 1 - |amount| turned into their negative."""
    return torch.where(images >= 1 - _each(amount.abs()), 1 - images, images)


def posterize(images: Tensor, amount: Tensor) -> Tensor:
    """Fewer bits of 8: up to 4 fewer."""
    step = 2.0 ** (4 * _each(amount.abs())).round()
    return ((images * 255 / step).floor() * step / 255).clamp(0, 1)


def _rotate(images: Tensor, amount: Tensor) -> Tensor:
    turn, zero = amount * math.pi / 3, torch.zeros_like(amount)
    ratio = images.shape[2] / images.shape[3]
    cos, sin = turn.cos(), turn.sin()
    return moved(images, torch.stack([cos, sin * ratio, zero, -sin / ratio, cos, zero], dim=1))


def _affine(place: int, most: float) -> Callable[[Tensor, Tensor], Tensor]:
    def change(images: Tensor, amount: Tensor) -> Tensor:
        matrix = torch.tensor([1.0, 0, 0, 0, 1, 0]).to(images).repeat(len(images), 1)
        matrix[:, place] += most * amount
        return moved(images, matrix)

    return change


OPERATIONS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "rotate": _rotate,
    "shear-x": _affine(1, 0.6),
    "shear-y": _affine(3, 0.6),
    "translate-x": _affine(2, 1.32),
    "translate-y": _affine(5, 1.32),
    "brightness": lambda images, amount: brightness(images, 0.9 * amount),
    "contrast": lambda images, amount: contrast(images, 0.9 * amount),
    "solarize": solarize,
    "posterize": posterize,
}
"""Each of images (B, C, H, W) in [0, 1] and amounts (B,) in [-1, 1]; 0 changes nothing, but that `posterize`
rounds to 8 bits."""


def strengthened(
    views: Tensor,
    strength: Tensor,
    generator: torch.Generator,
    operations: int = 1,
    least: float = 10.0,
    drawn: bool = False,
) -> Tensor:
    """Views changed by further operations, each image as its strength says; of strength 0 not at all.

    Parameters
    ----------
    views
        In [0, 1], (B, C, H, W).
    strength
        M, (B,), in [0, 1].
    operations, least, drawn
        As in `Boosted`.

    Examples
    --------
    >>> views, generator = torch.rand(3, 1, 8, 8), torch.Generator().manual_seed(0)
    >>> changed = strengthened(views, torch.tensor([0.0, 1.0, 1.0]), generator)
    >>> (changed != views).flatten(1).any(dim=1).tolist()
    [False, True, True]
    """
    operations = as_whole("operations", operations, 1)
    least = as_number("least", least, low=0, high=MOST)
    if strength.shape != views.shape[:1] or not bool(((strength >= 0) & (strength <= 1)).all()):
        raise InputError(f"strength: must be {len(views)} numbers in [0, 1]")
    size, device = len(views), views.device
    for _ in range(operations):
        which = torch.randint(len(OPERATIONS), (size,), generator=generator).to(device)
        applied, sign, part = torch.rand(3, size, generator=generator, dtype=torch.float32).to(
            views
        )
        level = (least + (MOST - least) * strength.to(views)) / MOST
        amount = torch.where(sign < 0.5, -level, level) * (part if drawn else 1.0)
        changed = views.clone()
        for number, change in enumerate(OPERATIONS.values()):
            chosen = ((which == number) & (applied < strength.to(views))).nonzero().flatten()
            if len(chosen):
                changed[chosen] = change(views[chosen], amount[chosen])
        views = changed
    return views


def _each(numbers: Tensor) -> Tensor:
    return numbers[:, None, None, None]


def _grey(images: Tensor) -> Tensor:
    if images.shape[1] != 3:
        return images.mean(dim=1, keepdim=True)
    weights = torch.tensor(GREY).to(images)
    return torch.einsum("bchw,c->bhw", images, weights)[:, None]
