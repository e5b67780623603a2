"""SMOTE for classes that may have few members, or one: what imbalanced-learn's refuses.

How few is known only when it is fitted: a fold of a cross-validation has fewer than the whole.
Source: Chawla et al. (JAIR 2002). Checked by: agreement with imbalanced-learn where it has an answer.
"""

from typing import Any

import numpy as np
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.utils import check_sampling_strategy


class FewNeighboursSMOTE(SMOTE):
    """`imblearn.over_sampling.SMOTE`, each class with at most as many neighbours as it has.

    A class of k members or fewer uses all its other members, and a class of one member repeats it.
    """

    def fit_resample(self, X: Any, y: Any, **params: Any) -> Any:
        """The resampled X and y: the rows given, then new ones."""
        classes, counts = np.unique(np.asarray(y), return_counts=True)
        size = dict(zip(classes.tolist(), counts.tolist(), strict=True))
        most: int = self.k_neighbors
        if len(size) < 2 or min(size.values()) > most:
            return super().fit_resample(X, y, **params)
        more: Any = check_sampling_strategy(self.sampling_strategy, y, "over-sampling")
        for neighbours in sorted({min(most, size[label] - 1) for label in more}, reverse=True):
            wanted = {
                label: size[label] + new
                for label, new in more.items()
                if min(most, size[label] - 1) == neighbours
            }
            X, y = self._with_neighbours(neighbours, wanted).fit_resample(X, y, **params)
        return X, y

    def _with_neighbours(self, neighbours: int, wanted: Any) -> Any:
        if neighbours == 0:
            return RandomOverSampler(sampling_strategy=wanted, random_state=self.random_state)
        return SMOTE(
            sampling_strategy=wanted, random_state=self.random_state, k_neighbors=neighbours
        )
