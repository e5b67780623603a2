"""Where a run computes: the CPU or a CUDA device, or under torchrun one for each of its processes.

Processes split every batch (`methods.ranks`); Lightning Fabric averages gradients, torch joins the moments
of batch normalisation. Not run here: more than one CUDA device, more than one machine.
Checked by: two processes over gloo against one.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from ...theory.foundation.torchrun import place
from ...theory.foundation.validation import InputError, one_of
from .memory import keep_freed_memory

if TYPE_CHECKING:
    from lightning_fabric import Fabric

__all__ = ["alone", "check_accelerator", "launched", "normalised_together", "settled"]

ACCELERATORS = ("auto", "cpu", "cuda")


def check_accelerator(accelerator: str) -> None:
    """Refuse what cannot train here.

    Raises
    ------
    InputError
        If the accelerator is none, or is not there.
    """
    one_of("accelerator", accelerator, ACCELERATORS)
    if accelerator == "cuda" and not torch.cuda.is_available():
        raise InputError("accelerator = 'cuda': no CUDA device is available; use 'cpu' or 'auto'")


def alone(accelerator: str, precision: Any) -> "Fabric":
    """A single process on a device."""
    from lightning_fabric import Fabric  # four seconds, which reading results would pay for nothing

    return Fabric(accelerator=_found(accelerator), devices=1, precision=precision)


def launched(accelerator: str, precision: Any) -> "Fabric":
    """A single process, or one of those that torchrun started, which know of each other from then on.

    Raises
    ------
    InputError
        If the accelerator is not there, or a machine has fewer CUDA devices than processes.
    """
    here = place()
    if here.ranks == 1:
        return alone(accelerator, precision)
    found = _found(accelerator)
    if found == "cuda" and torch.cuda.device_count() < here.ranks_here:
        raise InputError(
            f"accelerator = {accelerator!r}: {here.ranks_here} processes on this machine, and "
            f"{torch.cuda.device_count()} CUDA devices: ask torchrun for as many as there are"
        )
    from lightning_fabric import Fabric

    fabric = Fabric(
        accelerator=found,
        devices=here.ranks_here,
        num_nodes=here.machines,
        strategy="ddp",
        precision=precision,
    )
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)  # it tells of every process
    fabric.launch()
    return fabric


def normalised_together(network: nn.Module, fabric: "Fabric") -> nn.Module:
    """The network, its batch normalisation over the batches of all processes.

    Raises
    ------
    InputError
        If it has any and there are several processes on CPUs, for which torch cannot.
    """
    has_any = any(isinstance(module, _BatchNorm) for module in network.modules())
    if fabric.world_size == 1 or not has_any:
        return network
    if fabric.device.type != "cuda":
        raise InputError(
            "model: its batch normalisation would see a part of each batch in each of "
            f"{fabric.world_size} processes, and torch joins them on CUDA devices only: on CPUs train "
            "members side by side, by --jobs and without torchrun"
        )
    return nn.SyncBatchNorm.convert_sync_batchnorm(network)


@contextmanager
def settled(fabric: "Fabric", precision: str) -> Iterator[None]:
    """On the CPU, one thread: sums are then always taken in the same order. And the recipe's precision."""
    threads, dtype = torch.get_num_threads(), torch.get_default_dtype()
    if fabric.device.type == "cpu":
        torch.set_num_threads(1)
        keep_freed_memory()
    if precision == "float64":
        torch.set_default_dtype(torch.float64)  # Fabric hands outputs on in the default
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_default_dtype(dtype)


def _found(accelerator: str) -> str:
    check_accelerator(accelerator)
    return "cuda" if torch.cuda.is_available() and accelerator != "cpu" else "cpu"
