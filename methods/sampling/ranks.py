"""One order of examples for all processes of a run: each takes its share of the same draw.

If every rank drew for itself, examples would repeat by accident and the order would change with the number
of ranks. Here rank r of R takes places r, r + R, ... of one sequence that depends on seed and epoch alone.
Ours; the interface is that of torch's ``DistributedSampler``. Checked by: the shares put together again.
"""

from abc import abstractmethod
from collections.abc import Iterator
from itertools import islice

import torch
from torch import distributed
from torch.utils.data import DistributedSampler

from ...theory.foundation.validation import InputError, as_seed, as_whole
from ..draws import stream


class SharedSampler(DistributedSampler[int]):
    """An endless sequence of examples, of which an epoch is the beginning and every rank has a share.

    All ranks have equally many, the number of an epoch divided by the ranks and rounded up: the sequence
    goes on where it does not divide. It is a ``DistributedSampler``, so Lightning does not split it again.
    The keywords are those of `power_sampler`.
    """

    def __init__(
        self,
        examples: int,
        total: int,
        *,
        generator: torch.Generator | None = None,
        seed: int | None = None,
        rank: int | None = None,
        num_replicas: int | None = None,
    ) -> None:
        if (rank is None) != (num_replicas is None):
            raise InputError("rank and num_replicas: give both or neither")
        if generator is not None and seed is not None:
            raise InputError("seed and generator: give one of them")
        self._told = rank is not None
        replicas = as_whole("num_replicas", 1 if num_replicas is None else num_replicas, 1)
        place = as_whole("rank", 0 if rank is None else rank, 0)
        if place >= replicas:
            raise InputError(f"rank = {place}: must be below num_replicas = {replicas}")
        self._seeded = seed is not None
        super().__init__(
            range(examples),  # type: ignore[arg-type]
            replicas,
            place,
            seed=0 if seed is None else as_seed(seed),
        )
        self.generator = generator
        self.total = total

    def __len__(self) -> int:
        self._find_place()
        return -(-self.total // self.num_replicas)

    def __iter__(self) -> Iterator[int]:
        length = len(self)
        sequence = self._sequence(self._source())
        return islice(sequence, self.rank, length * self.num_replicas, self.num_replicas)

    def set_epoch(self, epoch: int) -> None:
        """Draw as of this epoch: the same order for the same seed and epoch, another for another."""
        super().set_epoch(as_whole("epoch", epoch, 0))

    @abstractmethod
    def _sequence(self, generator: torch.Generator) -> Iterator[int]:
        """Examples without end."""

    def _find_place(self) -> None:
        """Rank and number of ranks, which may be known only after the sampler was made."""
        if not self._told and distributed.is_available() and distributed.is_initialized():
            self.rank, self.num_replicas = distributed.get_rank(), distributed.get_world_size()

    def _source(self) -> torch.Generator:
        if self.generator is not None:
            return self.generator
        if self._seeded or self.num_replicas > 1:
            return stream(self.seed, self.epoch)
        anew = torch.empty((), dtype=torch.int64).random_().item()  # as torch's samplers do
        return torch.Generator().manual_seed(int(anew))
