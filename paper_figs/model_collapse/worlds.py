"""The worlds in which models are held against imbalance.

Checked by: the page, which is written anew from the stored numbers.
"""

from dataclasses import replace
from typing import NamedTuple

from ...methods.data.places import find_data
from ...simulations.models import GaussianSource, TableSource

__all__ = ["SEED", "WORLDS", "World"]

SEED = 1
_HOW = "a MATLAB file with X and Y from the scikit-feature collection"


class World(NamedTuple):
    """Where models are held against imbalance."""

    title: str
    about: str
    eta: tuple[float, ...]
    replicates: int
    gaussian: GaussianSource | None = None
    table: TableSource | None = None
    """With the name of the file for its path."""

    def source(self, data_dir: str | None = None) -> GaussianSource | TableSource:
        """What gives the examples; tables must be on disk."""
        if self.gaussian is not None:
            return self.gaussian
        assert self.table is not None  # one of both is given
        file = str(self.table.path)
        path = find_data(file, [f"tabular/{file}", file], _HOW, data_dir)
        return replace(self.table, path=path)


WORLDS = {
    "gaussian-few": World(
        "Gaussian, κ = 2, Δ = 3",
        "two normal classes of unit covariance in 100 dimensions, Δ = 3 spread over all of them, n = 200",
        (1, 1.5, 2, 3, 5, 9, 15, 30, 66),
        12,
        gaussian=GaussianSource(100, 200, 3.0, 500),
    ),
    "gaussian-many": World(
        "Gaussian, κ = 10, Δ = 2",
        "two normal classes of unit covariance in 60 dimensions, Δ = 2 spread over all of them, n = 600",
        (1, 1.5, 2, 3, 5, 9, 19, 39, 99),
        8,
        gaussian=GaussianSource(60, 600, 2.0, 500),
    ),
    "prostate-ge": World(
        "Prostate-GE, 10 components",
        "102 tissues, 5,966 genes, 50 and 52 of the classes; 10 of each to test on, n = 40, d = 10",
        (1, 1.5, 2, 3, 5, 7, 12, 19),
        20,
        table=TableSource("Prostate-GE.mat", 40, 10, 10),
    ),
    "basehock": World(
        "BASEHOCK, 50 components",
        "1,993 newsgroup posts, counts of 4,862 words, as log(1 + count) of unit length; 994 and 999 of the "
        "classes, 250 of each to test on, n = 744, d = 50",
        (1, 2, 4, 8, 15, 30, 60, 100, 148),
        5,
        table=TableSource("BASEHOCK.mat", 744, 50, 250, "log"),
    ),
    "pcmac": World(
        "PCMAC, 50 components",
        "1,943 newsgroup posts, counts of 3,289 words, as log(1 + count) of unit length; 982 and 961 of the "
        "classes, 250 of each to test on, n = 710, d = 50",
        (1, 2, 3, 5, 9, 16, 30, 60, 100),
        5,
        table=TableSource("PCMAC.mat", 710, 50, 250, "log"),
    ),
}
