"""The vector-scaling (VS) loss: its constants, its special cases, and its local Lipschitz constant.

Claimed by Kini, Paraskevas, Oymak, Thrampoulidis (NeurIPS 2021) for the loss; the gradient bound is
used by Wang et al. (NeurIPS 2023) with a constant that is looser than the tight one given here.
Checked by: symbolic identities, SMT for K = 2, 3, 4, and a sum-of-products identity.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .statement import Statement, mutants, state, state_derivative, steps
from .validation import InputError, as_class_counts, as_real, as_whole

__all__ = ["STATEMENTS", "logit_adjustment_offset", "vs_gradient_bound", "vs_scale"]


def logit_adjustment_offset(class_counts: ArrayLike, tau: float = 1.0) -> NDArray[np.float64]:
    """Offsets ``Delta_y = tau log pi_y`` of logit adjustment (Menon et al., ICLR 2021); shape (K,)."""
    counts = as_class_counts(class_counts)
    tau = as_real("tau", tau)  # type: ignore[assignment]
    # log(n/N) = -log1p(others/n): accurate also for a class that holds nearly everything
    return -tau * np.log1p((counts.sum() - counts) / counts)


def vs_scale(class_counts: ArrayLike, gamma: float = 0.3) -> NDArray[np.float64]:
    """Scales ``beta_y = (n_y / n_max)^gamma`` of CDT and VS; shape (K,), in (0, 1] for gamma >= 0."""
    counts = as_class_counts(class_counts)
    return (counts / counts.max()) ** as_real("gamma", gamma)


def vs_gradient_bound(
    scale: ArrayLike, target: int, target_probability: ArrayLike, weight: float = 1.0
) -> NDArray[np.float64]:
    """Tight bound on the l2 norm of the VS loss's gradient in the logits.

    ``alpha_y (1 - q_y) sqrt(beta_y^2 + max_{j != y} beta_j^2)``, where ``q_y`` is the adjusted
    probability of the target; attained when all wrong mass sits on the class of largest scale.
    ``scale``: shape (K,), positive; ``target_probability``: any shape, in [0, 1].
    """
    scale = as_real("scale", scale, low=0, low_open=True)
    if scale.ndim != 1 or scale.size == 0:
        raise InputError(f"scale has shape {scale.shape}: give one number per class, shape (K,)")
    target = as_whole("target", target, 0)
    if target >= scale.size:
        raise InputError(f"target = {target}: must be a class index in [0, {scale.size - 1}]")
    probability = as_real("target_probability", target_probability, low=0, high=1)
    others = np.delete(scale, target)
    return (
        as_real("weight", weight, low=0, low_open=True)
        * (1.0 - probability)
        * np.hypot(scale[target], others.max(initial=0.0))
    )


# ------------------------------------------------------------------------------------ statements

_LOGITS = {"u1": "real", "u2": "real", "u3": "real"}
_SCALES = {"b1": "positive", "b2": "positive", "b3": "positive"}
_OFFSETS = {"d1": "real", "d2": "real", "d3": "real"}
_PRIOR = {"p1": "positive", "p2": "positive", "p3": "positive"}
_VS = "-log(exp(b1*u1 + d1)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + exp(b3*u3 + d3)))"

SPECIAL_CASES = Statement(
    name="vector_scaling.special_cases",
    title="Cross-entropy, logit adjustment and CDT are the VS loss at special constants (3 classes)",
    source="Kini et al. (NeurIPS 2021), Section 2; Menon et al. (ICLR 2021), eq. (10)",
    formula=state(
        f"{_VS} == log(1 + exp(d2 - d1 + b2*u2 - b1*u1) + exp(d3 - d1 + b3*u3 - b1*u1))",
        **_LOGITS,
        **_SCALES,
        **_OFFSETS,
    ),
    steps=steps(
        (
            "the softmax form is the log-sum form",
            state(
                f"{_VS} == log(1 + exp(d2 - d1 + b2*u2 - b1*u1) + exp(d3 - d1 + b3*u3 - b1*u1))",
                **_LOGITS,
                **_SCALES,
                **_OFFSETS,
            ),
        ),
        (
            "cross-entropy: all scales 1, all offsets 0",
            state(
                _VS.replace("b1*", "1*")
                .replace("b2*", "1*")
                .replace("b3*", "1*")
                .replace(" + d1", "")
                .replace(" + d2", "")
                .replace(" + d3", "")
                + " == log(exp(u1) + exp(u2) + exp(u3)) - u1",
                **_LOGITS,
            ),
        ),
        (
            "logit adjustment: scales 1, offsets tau log(pi)",
            state(
                "-log(exp(u1 + tau*log(p1))"
                "/(exp(u1 + tau*log(p1)) + exp(u2 + tau*log(p2)) + exp(u3 + tau*log(p3))))"
                " == log(1 + (p2/p1)**tau*exp(u2 - u1) + (p3/p1)**tau*exp(u3 - u1))",
                **_LOGITS,
                **_PRIOR,
                tau="real",
            ),
        ),
        (
            "CDT: scales (n/n_max)^gamma, offsets 0; dividing logits by (n_max/n)^gamma is the same",
            state(
                "(n1/m)**gamma*u1 == u1/(m/n1)**gamma",
                u1="real",
                n1="positive",
                m="positive",
                gamma="real",
            ),
        ),
    ),
    argument="Each line is an identity between the loss as its paper writes it and the VS form.",
    mutants=mutants(
        (
            "prior ratio upside down in logit adjustment",
            state(
                "-log(exp(u1 + tau*log(p1))/(exp(u1 + tau*log(p1)) + exp(u2 + tau*log(p2))))"
                " == log(1 + (p1/p2)**tau*exp(u2 - u1))",
                u1="real",
                u2="real",
                p1="positive",
                p2="positive",
                tau="real",
            ),
        ),
        (
            "LDAM is the VS loss with offsets -m",
            state(
                "log(1 + exp(m1 + u2 - u1)) == -log(exp(u1 - m1)/(exp(u1 - m1) + exp(u2 - m2)))",
                u1="real",
                u2="real",
                m1="positive",
                m2="positive",
            ),
        ),
        (
            "CDT multiplies by (n_max/n)^gamma",
            state(
                "(n1/m)**gamma*u1 == u1*(m/n1)**gamma",
                u1="real",
                n1="positive",
                m="positive",
                gamma="real",
            ),
        ),
        (
            "the VS loss does not change when a constant is added to all logits",
            state(
                "-log(exp(b1*u1)/(exp(b1*u1) + exp(b2*u2)))"
                " == -log(exp(b1*(u1 + c))/(exp(b1*(u1 + c)) + exp(b2*(u2 + c))))",
                u1="real",
                u2="real",
                b1="positive",
                b2="positive",
                c="real",
            ),
        ),
    ),
    symbols={"u": "logits", "b": "scales beta", "d": "offsets Delta", "p": "class prior"},
)

LDAM_NOT_VS = Statement(
    name="vector_scaling.ldam_is_not_vs",
    title="LDAM with positive margins is no VS loss: its pairwise offsets are not differences",
    source="derived here",
    formula=state("(s*m1) + (s*m2) > 0", s="positive", m1="positive", m2="positive"),
    steps=steps(
        (
            "the pairwise offsets of a VS loss are differences, so opposite ones cancel",
            state(
                "D12 + D21 == 0",
                given=["D12 == d2 - d1", "D21 == d1 - d2"],
                D12="real",
                D21="real",
                d1="real",
                d2="real",
            ),
        ),
        (
            "those of LDAM, s m_y for every wrong class, do not",
            state("(s*m1) + (s*m2) > 0", s="positive", m1="positive", m2="positive"),
        ),
        (
            "LDAM in pairwise form: the offset of the target is s m_y against every class",
            state(
                "-log(exp(s*(u1 - m1))/(exp(s*(u1 - m1)) + exp(s*u2) + exp(s*u3)))"
                " == log(1 + exp(s*m1 + s*(u2 - u1)) + exp(s*m1 + s*(u3 - u1)))",
                u1="real",
                u2="real",
                u3="real",
                s="positive",
                m1="positive",
            ),
        ),
    ),
    argument="A pairwise loss log(1 + sum exp(D_yj + u_j - u_y)) is a VS loss with unit scales iff "
    "D_yj = Delta_j - Delta_y, which forces D_yj + D_jy = 0; for LDAM the sum is s (m_y + m_j) > 0.",
    mutants=mutants(
        (
            "offsets -m in the VS loss give LDAM",
            state(
                "log(1 + exp(s*m1 + s*(u2 - u1))) == log(1 + exp(s*(m1 - m2) + s*(u2 - u1)))",
                u1="real",
                u2="real",
                s="positive",
                m1="positive",
                m2="positive",
            ),
        ),
        (
            "the margins cancel",
            state("(s*m1) + (s*m2) == 0", s="positive", m1="positive", m2="positive"),
        ),
    ),
)

GRADIENT = Statement(
    name="vector_scaling.gradient",
    title="The VS loss's gradient is alpha beta_k (q_k - 1[k = y]) (three classes)",
    source="Kini et al. (NeurIPS 2021); derived here",
    formula=state(
        "b1*exp(b1*u1 + d1)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + exp(b3*u3 + d3)) - b1"
        " == -b1*(exp(b2*u2 + d2) + exp(b3*u3 + d3))"
        "/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + exp(b3*u3 + d3))",
        **_LOGITS,
        **_SCALES,
        **_OFFSETS,
    ),
    steps=steps(
        *(
            (
                f"the derivative in u_{k} of the loss of class 1",
                state_derivative(
                    _VS,
                    f"u{k}",
                    f"b{k}*(exp(b{k}*u{k} + d{k})"
                    "/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + exp(b3*u3 + d3))"
                    f" - {1 if k == 1 else 0})",
                    **_LOGITS,
                    **_SCALES,
                    **_OFFSETS,
                ),
            )
            for k in (1, 2, 3)
        ),
        (
            "so the flat direction of the loss is 1/beta: u + c/beta has the same loss",
            state(
                "-log(exp(b1*(u1 + c/b1))/(exp(b1*(u1 + c/b1)) + exp(b2*(u2 + c/b2))))"
                " == -log(exp(b1*u1)/(exp(b1*u1) + exp(b2*u2)))",
                u1="real",
                u2="real",
                b1="positive",
                b2="positive",
                c="real",
            ),
        ),
    ),
    argument="Differentiate b_1 u_1 + d_1 - log sum exp(b_j u_j + d_j); the weight alpha is a factor.",
    mutants=mutants(
        (
            "the target's scale in every component",
            state_derivative(
                _VS,
                "u2",
                "b1*exp(b2*u2 + d2)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + exp(b3*u3 + d3))",
                **_LOGITS,
                **_SCALES,
                **_OFFSETS,
            ),
        ),
        (
            "the wrong sign off the target",
            state_derivative(
                _VS,
                "u2",
                "-b2*exp(b2*u2 + d2)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + exp(b3*u3 + d3))",
                **_LOGITS,
                **_SCALES,
                **_OFFSETS,
            ),
        ),
    ),
)

GRADIENT_BOUND = Statement(
    name="vector_scaling.gradient_bound",
    title="The VS loss's local Lipschitz constant is alpha (1 - q_y) sqrt(beta_y^2 + max beta_j^2)",
    source="derived here; Wang et al. (NeurIPS 2023) use the sum of the scales where the max suffices",
    formula=state(
        "sqrt(b1**2*(q2 + q3)**2 + b2**2*q2**2 + b3**2*q3**2)"
        " <= (q2 + q3)*sqrt(b1**2 + Max(b2**2, b3**2))",
        b1="positive",
        b2="positive",
        b3="positive",
        q2="[0, 1]",
        q3="[0, 1]",
    ),
    steps=steps(
        *(
            (
                f"K = {len(wrong) + 1}: with b at least every wrong class's scale, "
                "sum beta_j^2 q_j^2 <= b^2 s^2",
                state(
                    " + ".join(f"b{j}**2*q{j}**2" for j in wrong)
                    + f" <= ({' + '.join(f'q{j}' for j in wrong)})**2*b**2",
                    given=[f"b{j} <= b" for j in wrong],
                    b="positive",
                    **{f"b{j}": "positive" for j in wrong},
                    **{f"q{j}": "nonnegative" for j in wrong},
                ),
            )
            for wrong in ((2,), (2, 3), (2, 3, 4))
        ),
        (
            "attained when all wrong mass s sits on the class of the largest scale b",
            state(
                "b1**2*s**2 + b**2*s**2 == s**2*(b1**2 + b**2)",
                b1="positive",
                b="positive",
                s="[0, 1]",
            ),
        ),
        (
            "the published constant is never smaller",
            state(
                "b1**2 + (b2 + b3)**2 >= b1**2 + Max(b2, b3)**2",
                b1="positive",
                b2="positive",
                b3="positive",
            ),
        ),
        (
            "for any K: the cross terms that the square of the sum adds are non-negative",
            state(
                "b**2*(q2 + r)**2 - b2**2*q2**2 - b**2*r**2 == (b**2 - b2**2)*q2**2 + 2*b**2*q2*r",
                b="positive",
                b2="positive",
                q2="nonnegative",
                r="nonnegative",
            ),
        ),
    ),
    argument="By the gradient formula the squared norm is alpha^2 (beta_y^2 s^2 + sum beta_j^2 q_j^2) "
    "with sum q_j = s. The first three steps bound it for K = 2, 3, 4; the last one, applied once per "
    "wrong class with r the mass of the remaining classes, extends it to every K by induction.",
    mutants=mutants(
        (
            "the target's scale alone",
            state(
                "b1**2*q2**2 + b2**2*q2**2 <= q2**2*b1**2",
                b1="positive",
                b2="positive",
                q2="[0, 1]",
            ),
        ),
        (
            "q_y instead of 1 - q_y",
            state(
                "b1**2*q2**2 + b2**2*q2**2 <= (1 - q2)**2*(b1**2 + b2**2)",
                b1="positive",
                b2="positive",
                q2="[0, 1]",
            ),
        ),
        (
            "the smallest wrong scale instead of the largest",
            state(
                "b1**2*(q2 + q3)**2 + b2**2*q2**2 + b3**2*q3**2"
                " <= (q2 + q3)**2*(b1**2 + Min(b2, b3)**2)",
                b1="positive",
                b2="positive",
                b3="positive",
                q2="[0, 1]",
                q3="[0, 1]",
            ),
        ),
        (
            "the weight alpha dropped",
            state(
                "a*sqrt(b1**2*q2**2 + b2**2*q2**2) <= q2*sqrt(b1**2 + b2**2)",
                a="positive",
                b1="positive",
                b2="positive",
                q2="[0, 1]",
            ),
        ),
    ),
    symbols={
        "b1": "scale of the target's class",
        "b2": "scale of a wrong class (b3, b4 likewise)",
        "q2": "adjusted probability of a wrong class (q3, q4 likewise)",
        "s": "total probability of the wrong classes",
    },
    rests_on=("vector_scaling.gradient",),
)

STATEMENTS = (SPECIAL_CASES, LDAM_NOT_VS, GRADIENT, GRADIENT_BOUND)
