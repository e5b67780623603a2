"""Streams of random numbers by seed and use, none of which is another's.

NumPy's `SeedSequence` mixes the words; a generator of torch takes the state. Checked by: streams of other
words, which differ, and samplers' orders.
"""

import numpy as np
import torch

__all__ = ["stream"]


def stream(*words: int | str) -> torch.Generator:
    """A generator on the processor of a seed, and of what it is for: an epoch, a use in words.

    Parameters
    ----------
    *words
        Numbers of at least 0, and text.

    Examples
    --------
    >>> first, same, other = stream(0, "views"), stream(0, "views"), stream(0, "targets")
    >>> first.initial_seed() == same.initial_seed(), first.initial_seed() == other.initial_seed()
    (True, False)
    """
    numbers = [int.from_bytes(w.encode(), "big") if isinstance(w, str) else w for w in words]
    mixed = np.random.SeedSequence(numbers).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(mixed[0]))
