"""Hypothesis strategies shared by the tests: class counts, logits, targets."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

__all__ = ["class_counts", "labelled_logits"]


def class_counts(
    min_classes: int = 2, max_classes: int = 8, max_count: int = 10_000
) -> st.SearchStrategy[np.ndarray]:
    """Training examples per class, shape (K,), whole and positive."""
    return hnp.arrays(
        np.int64,
        st.integers(min_classes, max_classes),
        elements=st.integers(1, max_count),
    )


@st.composite
def labelled_logits(
    draw: st.DrawFn,
    max_batch: int = 6,
    size: float = 20.0,
    max_classes: int = 8,
    max_count: int = 10_000,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Class counts (K,), float64 logits (B, K) within ``+-size``, and targets (B,)."""
    counts = draw(class_counts(max_classes=max_classes, max_count=max_count))
    batch = draw(st.integers(1, max_batch))
    logits = draw(
        hnp.arrays(
            np.float64,
            (batch, counts.size),
            elements=st.floats(-size, size, allow_subnormal=False),
        )
    )
    targets = draw(hnp.arrays(np.int64, batch, elements=st.integers(0, counts.size - 1)))
    return counts, logits, targets
