"""A line for each formula."""

import argparse

from . import CELLS, SAMPLED, sample_table, table, told

parser = argparse.ArgumentParser(prog="python -m tests.closed_form_cells")
parser.add_argument("--cells", type=int, default=CELLS)
parser.add_argument("--seed", type=int)
parser.add_argument(
    "--sampled", choices=SAMPLED, help="only what needs whole samples, of one world"
)
parser.add_argument("--dimension", type=int, default=60)
parser.add_argument("--draws", type=int, default=40)
given = parser.parse_args()
if given.sampled:
    seed = 0 if given.seed is None else given.seed
    found = sample_table(given.sampled, given.cells, given.dimension, given.draws, seed)
else:
    found = table(given.cells, 20 if given.seed is None else given.seed)
for name, rows in found.items():
    print(told(name, rows))
