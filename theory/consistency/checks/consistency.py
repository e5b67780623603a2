"""Exhaustive checks of consistency: tilted rules and settings of exponents.

All in integers and fractions, so that ties are ties.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from ...proof.computation import Finding, check
from ...proof.exact.worlds import argmaxes, compositions


def _grid_disagreement(tilt: Sequence[int], resolution: int) -> tuple[int, ...] | None:
    """Scores on the grid whose tilted argmax is no balanced Bayes prediction."""
    for score in compositions(resolution, len(tilt)):
        tilted = argmaxes([w * r for w, r in zip(tilt, score, strict=True)])
        if not tilted <= argmaxes(score):
            return score
    return None


def _witness(tilt: Sequence[int]) -> list[int]:
    """Squares of the scores that a rule with these tilts gets wrong, times 4."""
    low, high = tilt.index(min(tilt)), tilt.index(max(tilt))
    squares = [tilt[low]] * len(tilt)
    squares[low], squares[high] = 4 * tilt[high], 4 * tilt[low]
    return squares


def _is_wrong(tilt: Sequence[int], squares: Sequence[int]) -> bool:
    """Whether argmax w r and argmax r are disjoint, decided on squares: no roots are needed."""
    tilted = argmaxes([w * w * square for w, square in zip(tilt, squares, strict=True)])
    return not tilted & argmaxes(squares)


def _tilted_rules_again(finding: Finding, *, classes: int, levels: int, resolution: int) -> str:
    """Another witness: a ratio of scores halfway between 1 and the ratio of the tilts."""
    wrong = 0
    for tilt in product(range(1, levels + 1), repeat=classes):
        ratio = Fraction(max(tilt), min(tilt))
        if ratio == 1:
            continue
        middle = (1 + ratio) / 2
        low, high = tilt.index(min(tilt)), tilt.index(max(tilt))
        score = [Fraction(1, 2)] * classes
        score[low], score[high] = middle, Fraction(1)
        tilted = [w * r for w, r in zip(tilt, score, strict=True)]
        wrong += not argmaxes(tilted) & argmaxes(score)
    if wrong != finding.evidence.get("wrong") or not finding.holds:
        return f"{wrong} tilts have a misclassified point, not {finding.evidence.get('wrong')}"
    return ""


@check(
    "enumerate",
    """For every tilt w in {{1..{levels}}}^{classes}, not all equal, the balanced scores sqrt(w_max),
    sqrt(w_min), sqrt(w_min)/2 are misclassified by argmax w r; equal tilts misclassify no score on the
    grid of {resolution}ths""",
    again=_tilted_rules_again,
    latex=r"\operatorname{argmax}_y w_y r_y = \operatorname{argmax}_y r_y \;\forall r"
    r"\iff w_1 = \dots = w_K",
)
def tilted_rules(*, classes: int, levels: int, resolution: int) -> Finding:
    """The formula's witness for unequal tilts, a grid for equal ones."""
    wrong = 0
    for tilt in product(range(1, levels + 1), repeat=classes):
        if len(set(tilt)) > 1:
            if not _is_wrong(tilt, _witness(tilt)):
                return Finding(
                    False, {}, counterexample=f"w = {tilt}: the witness is classified well"
                )
            wrong += 1
        elif score := _grid_disagreement(tilt, resolution):
            return Finding(False, {}, counterexample=f"w = {tilt}: r = {score} is misclassified")
    return Finding(True, {"wrong": wrong}, f"{wrong} unequal tilts, {levels} equal ones")


def _settings_again(finding: Finding, *, settings: list[list[int]], expected: int) -> str:
    """Prior (9/10, 1/10): a setting is wrong iff some posterior on a fine grid is misclassified.

    The score of class y is eta_y / pi_y^s, s in hundredths: its 100th power is rational.
    """
    good = 0
    for nu, tau in settings:
        exponent = nu + tau
        wrong = any(
            (h**100 > (1000 - h) ** 100 * 9**exponent) != (h > 900)
            for h in range(880, 921)
            if h != 900
        )
        good += not wrong
    return "" if (good == expected) == finding.holds else f"{good} settings classify the grid well"


@check(
    "enumerate",
    "Of the settings (nu, tau), in hundredths, {settings}, exactly {expected} have nu + tau = 1",
    again=_settings_again,
)
def exponent_settings(*, settings: list[list[int]], expected: int) -> Finding:
    """Sums of the pairs, in hundredths."""
    sums = [nu + tau for nu, tau in settings]
    good = sum(total == 100 for total in sums)
    return Finding(
        good == expected,
        {"sums": sums},
        f"{good} of {len(sums)}",
        counterexample=f"{good} of {len(sums)} have sum 1: {[s / 100 for s in sums]}",
    )
