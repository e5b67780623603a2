"""The chapter's numbers against mpmath at 50 digits, and published tables.

Inputs are taken at their exact float64 values, so that whatever differs is the function's error.
Tolerances are relative; where a formula loses digits to cancellation the test's name says so.
"""

import numpy as np
from counterpoise.theory.decision import balanced_error, group_accuracies
from fifty_digits import agree, exactly, mp
from hypothesis import given
from hypothesis import strategies as st

unit = st.floats(0, 1, allow_subnormal=False)


@given(accuracy=st.lists(unit, min_size=1, max_size=20))
def test_balanced_error_to_rounding_of_the_accuracy(accuracy):
    """Absolute: an error below 1e-4 has lost that many of its digits."""
    truth = 1 - sum(exactly(accuracy)) / len(accuracy)
    agree(balanced_error(accuracy), truth, absolute=1e-15)


@given(data=st.data(), counts=st.lists(st.integers(1, 200), min_size=1, max_size=20))
def test_group_accuracies(data, counts):
    size = len(counts)
    accuracy = data.draw(st.lists(unit, min_size=size, max_size=size), label="accuracy")
    groups = group_accuracies(accuracy, counts)
    belongs = {
        "many": lambda n: n > 100,
        "medium": lambda n: 20 <= n <= 100,
        "few": lambda n: n < 20,
    }
    for name, inside in belongs.items():
        members = [mp.mpf(a) for a, n in zip(accuracy, counts, strict=True) if inside(n)]
        if members:
            agree(groups[name], sum(members) / len(members))
        else:
            assert np.isnan(groups[name])
