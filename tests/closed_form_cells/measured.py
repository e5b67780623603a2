"""A formula's values, the sampled ones and their standard errors: rows of three, told in standard errors."""

import numpy as np

CELLS, SAMPLE = 200, 40_000


def mean_of(drawn):
    """Mean of independent draws, and its standard error."""
    return drawn.mean(), np.hypot(drawn.std(ddof=1) / np.sqrt(drawn.size), 1e-12)


def slopes_of(function, point):
    """Central differences of a function of a few numbers."""
    steps = 1e-5 * np.eye(len(point))
    return np.array([(function(*(point + s)) - function(*(point - s))) / 2e-5 for s in steps])


def gather(rows, found):
    """A cell's rows by the names of their formulas."""
    for name, row in found.items():
        rows.setdefault(name, []).append(row)


def standardised(rows, planted=1.0):
    """Sampled less stated, the statement wrong by a factor, in standard errors; rows (cells, 3)."""
    return (rows[:, 1] - planted * rows[:, 0]) / rows[:, 2]


def together(rows, planted=1.0):
    """How far the sampled values are larger than the stated ones in all cells, in standard errors."""
    z = np.clip(standardised(rows, planted) * np.sign(rows[:, 0]), -10, 10)  # no cell alone decides
    return z.mean() * np.sqrt(len(z))


def told(name, rows):
    z = np.abs(standardised(rows))
    caught = ", ".join(
        f"{np.sum(np.abs(standardised(rows, wrong)) > 4)} (together {together(rows, wrong):+.1f})"
        for wrong in (0.98, 1.02)
    )
    return (
        f"{name:60s} cells {len(z)}, max |z| {z.max():.2f}, above 2: {np.sum(z > 2)}, above 4: "
        f"{np.sum(z > 4)}, together {together(rows):+.1f}; 2 % planted, above 4: {caught}"
    )
