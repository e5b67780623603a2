"""A small network for clouds of points: neighbourhoods of fewer and fewer centres, and the way back.

After PointNet++ (Qi et al., NeurIPS 2017): balls around centres, shared layers and a maximum in each, and
interpolation by the three nearest centres; its voxel branch in SOUL is not here. Centres are the first points
of a cloud, which data put in the order of farthest-point sampling. Checked by: points in another order, moved
clouds, and interpolation that is exact at a centre.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

__all__ = ["PointBody"]

SHRINK = 4  # points of a level for each centre
NEIGHBOURS = 8
RADII = (0.15, 0.3)  # of the balls, for clouds whose longest side is 1
WIDTHS = (32, 64)
LEAST = 1e-8  # squared distance that is none


class PointBody(nn.Module):
    """Clouds (B, C, P), the first three channels coordinates, to features of all points (B P, 32), >= 0.

    Examples
    --------
    >>> PointBody(6)(torch.rand(2, 6, 64)).shape
    torch.Size([128, 32])
    """

    num_features = 32

    def __init__(self, channels: int) -> None:
        super().__init__()
        near, far = WIDTHS
        self.down = nn.ModuleList([_layers(3 + channels, near, near), _layers(3 + near, far, far)])
        self.up = nn.ModuleList([_layers(far + near, far), _layers(far + channels, near)])

    def forward(self, clouds: Tensor) -> Tensor:
        """The features of all points, cloud after cloud."""
        features = clouds.transpose(1, 2)
        levels = [(features[..., :3], features)]
        for layers, radius in zip(self.down, RADII, strict=True):
            place, features = levels[-1]
            centres = place[:, : max(place.shape[1] // SHRINK, 1)]
            levels.append((centres, layers(_balls(centres, place, features, radius)).amax(dim=2)))
        centres, features = levels.pop()
        for layers in self.up:
            place, own = levels.pop()
            features = layers(torch.cat([_between(place, centres, features), own], dim=2))
            centres = place
        return features.flatten(0, 1)


def _layers(*widths: int) -> nn.Sequential:
    return nn.Sequential(
        *(part for a, b in pairwise(widths) for part in (nn.Linear(a, b), nn.ReLU()))
    )


def _balls(centres: Tensor, place: Tensor, features: Tensor, radius: float) -> Tensor:
    """Neighbours of each centre in a ball, by place from it and features, (B, M, k, 3 + C).

    Where a ball holds fewer, the nearest, which is the centre itself, stands in for the others.
    """
    distance = torch.cdist(centres, place)
    found, near = distance.topk(min(NEIGHBOURS, place.shape[1]), largest=False)
    near = torch.where(found <= radius, near, near[..., :1])
    towards = (_taken(place, near) - centres[:, :, None]) / radius
    return torch.cat([towards, _taken(features, near)], dim=3)


def _between(place: Tensor, centres: Tensor, features: Tensor) -> Tensor:
    """Features at places, from the three nearest centres by inverse squared distance, (B, N, C)."""
    distance = torch.cdist(place, centres)
    found, near = distance.topk(min(3, centres.shape[1]), largest=False)
    weight = 1.0 / (found**2 + LEAST)
    shares = torch.zeros_like(distance).scatter(2, near, weight / weight.sum(dim=2, keepdim=True))
    return shares @ features


def _taken(rows: Tensor, index: Tensor) -> Tensor:
    """Rows (B, N, C) at an index (B, M, k): (B, M, k, C)."""
    clouds = torch.arange(len(rows), device=rows.device)[:, None, None]
    return rows[clouds, index]
