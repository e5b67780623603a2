"""Every closed form of a simulated world against Monte Carlo on random cells of its domain.

Sampled are scores, trained rules, counts and whole samples, never the formula; every value has a standard
error from its sample. Run with ``python -m tests.closed_form_cells``: a line for each formula, with what two
percent less and more would show. Misses beyond four standard errors must be what chance allows.
"""

import numpy as np

from . import plug_in, populations, samples, scores
from .measured import CELLS, gather, standardised, together, told

__all__ = ["CELLS", "SAMPLED", "sample_table", "standardised", "table", "together", "told"]

SAMPLED = samples.SAMPLED


def table(cells=CELLS, seed=20):
    """For every formula: its values, the sampled ones, their standard errors; shape (cells, 3)."""
    rng, rows = np.random.default_rng(seed), {}
    for _ in range(cells):
        cell = scores.Cell(rng)
        for name, call in (scores.FORMULAS | populations.FORMULAS).items():
            value, measured = call(cell)
            gather(rows, {name: (float(value), *measured)})
        gather(rows, plug_in.sampled_rules(cell))
    return {name: np.array(row) for name, row in rows.items()}


def sample_table(world, cells, dimension, draws, seed=0):
    """The same of what is learnt from whole samples, for one of `SAMPLED`."""
    rows = {}
    for number in range(cells):
        rng = np.random.default_rng([seed, number])
        gather(rows, SAMPLED[world](rng, dimension, draws))
    return {f"{world}: {name}": np.array(row) for name, row in rows.items()}
