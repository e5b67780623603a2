"""All numbers that something built by the package holds: a tensor, a loss, a schedule, a sampler."""

from collections.abc import Mapping

import numpy as np
import torch


def held_numbers(found):
    """Arrays of the numbers, in the order they are held."""
    if isinstance(found, torch.nn.Module):
        found = dict(found.named_buffers())
    if isinstance(found, torch.Tensor):
        found = found.detach()
    if isinstance(found, torch.Tensor | np.ndarray | float | int):
        return [np.asarray(found)]
    if isinstance(found, Mapping):
        found = tuple(found.values())
    elif not isinstance(found, tuple | list):
        found = tuple(getattr(found, "__dict__", {}).values())
    return [number for part in found for number in held_numbers(part)]
