"""The chapter's numbers against mpmath at 50 digits, and published tables.

Inputs are taken at their exact float64 values, so that whatever differs is the function's error.
Tolerances are relative; where a formula loses digits to cancellation the test's name says so.
"""

from counterpoise.theory.geometry import zero_logits_ridge
from fifty_digits import agree, mp
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=20)
@given(counts=st.lists(st.integers(1, 10**12), min_size=2, max_size=4))
def test_the_ridge_of_zero_logits_is_a_spectral_norm(counts):
    size = len(counts)
    roots = [mp.sqrt(n) for n in counts]
    gram = mp.matrix(size, size)
    for i in range(size):
        for j in range(size):
            gram[i, j] = ((i == j) - mp.mpf(1) / size) * roots[i] * roots[j]
    truth = mp.sqrt(max(mp.eigsy(gram, eigvals_only=True)))
    agree(zero_logits_ridge(counts), truth)
