"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from hypothesis import strategies as st
from numeric_draws import (
    COUNTS,
    FAILURE,
    LOGIT,
    POSITIVE,
    K,
    Sum,
    arguments,
    balanced,
    columns,
    mp,
    others,
    phi,
    powers,
)


def prior_bound(examples, smallest, classes, failure):
    e = mp.sqrt(3 * mp.log(2 * classes / failure) / (examples * smallest))
    return mp.inf if e >= 1 else Sum((1 + e) / (1 - e), 2 / (1 - e) ** 2)  # the pole at e = 1


COSINE = st.one_of(st.sampled_from([-1.0, 1.0]), st.floats(-1, 1))


def spherical_moment(concentration, length, cosine):
    tilted = mp.sqrt(concentration**2 + 2 * concentration * length * cosine + length**2)
    return Sum.of(
        *(s * mp.log(mp.sinh(x) / x) if x else 0 for s, x in ((1, tilted), (-1, concentration)))
    )


ROWS = {
    "balanced_softmax.training_posterior": (
        arguments(columns(powers(-12, 0), COUNTS)),
        lambda f, n: balanced(f, [1 / x for x in n]),
    ),
    "balanced_softmax.training_logits": (
        arguments(columns(powers(-12, 0), COUNTS)),
        lambda f, n: [
            Sum.of(
                mp.log(a * b),
                -mp.log(mp.fsum(others([x * y for x, y in zip(f, n, strict=True)], k))),
                mp.log(mp.fsum(f)),
                -mp.log(mp.fsum(f)),
            )
            for k, (a, b) in enumerate(zip(f, n, strict=True))
        ],
    ),
    "estimated_priors.prior_mismatch_bound": (
        arguments(powers(0, 12), powers(-12, 0), K, FAILURE),
        prior_bound,
    ),
    "second_heads.scaled_log_odds": (
        arguments(POSITIVE, POSITIVE, LOGIT),
        lambda f, g, c: 2 * c * (g - f) / (f + g),
    ),
    "second_heads.nearest_mean_balanced_error": (
        arguments(powers(-6, 1), powers(-0.5, 3), powers(-0.5, 3)),
        lambda D, s, t: (phi(-D / 2 / s) + phi(-D / 2 / t)) / 2,
    ),
    "spherical_contrast.log_spherical_moment": (
        arguments(powers(-6, 4), powers(-6, 4), COSINE),
        spherical_moment,
    ),
}
