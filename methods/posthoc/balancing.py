"""What balances the classes inside a classifier, so that correcting its posterior corrects twice.

A posterior under class shares p' instead of p is off by p'/p (``balanced_softmax.double_correction``). Found
by its parameters, wherever it sits: class weights, samplers, imposed priors, and our own corrections. What
re-estimates the posterior on data as they come undoes it: calibration by a sigmoid or isotonic
regression, the last stage of a stack, and the sigmoid within a support vector machine. Checked by: the
mean posterior of each, which is the class share exactly where nothing is reported.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, InputTypeError
from .adjustment import prior_offset

__all__ = ["DoubleCorrectionWarning"]

SHARES_AGREE = 0.05  # shares, and offsets of logits, closer than this are one
UNDOING = ("sigmoid", "isotonic")  # ways of calibration that find the class shares again


class DoubleCorrectionWarning(UserWarning):
    """A rule corrects for class shares what its classifier has corrected already.

    Examples
    --------
    >>> import warnings
    >>> from sklearn.linear_model import LogisticRegression
    >>> from counterpoise.methods import LogitAdjustedClassifier
    >>> balanced = LogitAdjustedClassifier(LogisticRegression(class_weight="balanced"))
    >>> with warnings.catch_warnings(record=True) as found:
    ...     warnings.simplefilter("always")
    ...     _ = balanced.fit([[0.0], [1.0], [0.4], [0.6]], [0, 1, 0, 0])
    >>> found[0].category.__name__
    'DoubleCorrectionWarning'
    """


class Balancing(NamedTuple):
    """A part that balances: what it is, where it sits, and the parameter that makes it do so."""

    part: str
    place: str
    setting: str

    def __str__(self) -> str:
        where = f" at {self.place}" if self.place else ""
        return f"{self.part}{where} ({self.setting})"


def balancing_parts(
    estimator: Any, class_prior: NDArray[np.float64], place: str = ""
) -> Iterator[Balancing]:
    """The parts of an estimator, fitted or not, whose balancing its posterior shows.

    ``class_prior``: the classes' shares in training, (K,); where they are equal there is nothing to
    balance. ``place``: names of the parts above, joined by dots.
    """
    if getattr(estimator, "best_estimator_", None) is not None:  # of a search, the one in use
        yield from balancing_parts(estimator.best_estimator_, class_prior, place)
        return
    parameters = _parameters(estimator)
    if isinstance(parameters.get("steps"), Sequence):
        yield from _of_pipeline(parameters["steps"], class_prior, place)
        return
    name = type(estimator).__name__
    for setting in _settings(parameters, class_prior):
        yield Balancing(name, place, setting)
    if "cv" in parameters and parameters.get("method") in UNDOING:
        return
    if hasattr(estimator, "final_estimator") and "stack_method" in parameters:
        parameters = {"final_estimator": parameters["final_estimator"]}
    inner = _one_against_rest(class_prior) if name == "OneVsRestClassifier" else class_prior
    for key, value in parameters.items():
        for own, part in _members(key, value):
            yield from balancing_parts(part, inner, f"{place}.{own}" if place else own)


def _one_against_rest(class_prior: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shares of two classes, uneven if those of all classes are."""
    rarest = 0.5 if _equal(class_prior) else float(class_prior.min())
    return np.array([1 - rarest, rarest])


def _parameters(estimator: Any) -> Mapping[str, Any]:
    try:
        return estimator.get_params(deep=False)
    except (AttributeError, TypeError):
        return getattr(estimator, "__dict__", {})


def _of_pipeline(
    steps: Sequence[tuple[str, Any]], class_prior: NDArray[np.float64], place: str
) -> Iterator[Balancing]:
    """Every step that resamples, and the last one; what only transforms leaves the posterior alone."""
    for own, step in steps:
        here = f"{place}.{own}" if place else own
        if hasattr(step, "fit_resample"):
            if not _does_nothing(step) and not _equal(class_prior):
                yield Balancing(type(step).__name__, here, "resamples the classes")
        elif step is steps[-1][1] and hasattr(step, "fit"):
            yield from balancing_parts(step, class_prior, here)
        elif isinstance(_parameters(step).get("steps"), Sequence):
            samplers = [pair for pair in step.steps if hasattr(pair[1], "fit_resample")]
            yield from _of_pipeline(samplers, class_prior, here)


def _does_nothing(sampler: Any) -> bool:
    """Whether a FunctionSampler of imbalanced-learn was given no function."""
    parameters = _parameters(sampler)
    return "func" in parameters and parameters["func"] is None


def _members(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The classifiers that a parameter holds, alone or in a list of pairs with names."""
    if isinstance(value, type):
        return
    if hasattr(value, "fit") and (hasattr(value, "predict") or hasattr(value, "steps")):
        yield key, value
    elif isinstance(value, list | tuple):
        for entry in value:
            if isinstance(entry, tuple) and len(entry) == 2 and isinstance(entry[0], str):
                yield from _members(entry[0], entry[1])


def _settings(parameters: Mapping[str, Any], class_prior: NDArray[np.float64]) -> Iterator[str]:
    """The settings of one part that give its posterior other class shares than those of the data."""
    equal, classes = _equal(class_prior), len(class_prior)
    if not (parameters.get("probability") is True and "kernel" in parameters):
        for key in ("class_weight", "class_weights"):
            weight = parameters.get(key)
            if isinstance(weight, str) and not equal:
                yield f"{key}={weight!r}"
            elif _uneven(weight, classes):
                yield f"{key} uneven"
    if "sampling_strategy" in parameters and not equal:
        yield f"sampling_strategy={parameters['sampling_strategy']!r}"
    if parameters.get("oversample") is True and not equal:
        yield "oversample=True"
    scale = parameters.get("scale_pos_weight")
    if isinstance(scale, int | float) and scale != 1:
        yield f"scale_pos_weight={scale:g}"
    for key in ("is_unbalance", "unbalance", "unbalanced_sets"):
        if parameters.get(key) is True and not equal:
            yield f"{key}=True"
    if parameters.get("auto_class_weights") not in (None, "None") and not equal:
        yield f"auto_class_weights={parameters['auto_class_weights']!r}"
    yield from _imposed_priors(parameters, class_prior)
    if "target_prior" in parameters and "estimator" in parameters:  # a rule of this package
        tau = parameters.get("tau", 1.0)
        if corrects(class_prior, tau, parameters["target_prior"]):
            yield "corrects for the class shares itself"


def corrects(class_prior: NDArray[np.float64], tau: float, target_prior: ArrayLike | None) -> bool:
    """Whether ``-tau log pi + log q`` moves any class against another."""
    try:
        return bool(np.ptp(prior_offset(class_prior, tau, target_prior)) > SHARES_AGREE)
    except (InputError, InputTypeError):
        return True  # its own fit says what is wrong


def _imposed_priors(
    parameters: Mapping[str, Any], class_prior: NDArray[np.float64]
) -> Iterator[str]:
    """Class shares that are not those of the data: of discriminant analysis and naive Bayes."""
    for key in ("priors", "class_prior"):
        given = parameters.get(key)
        if given is None or (isinstance(given, str) and given != "uniform"):
            continue
        shares = 1 / len(class_prior) if isinstance(given, str) else np.asarray(given)
        if np.abs(shares - class_prior).max() > SHARES_AGREE * class_prior.min():
            yield f"{key}={given!r}" if isinstance(given, str) else f"{key} given"
    uniform = parameters.get("fit_prior") is False and parameters.get("class_prior") is None
    if uniform and not _equal(class_prior):
        yield "fit_prior=False"


def _uneven(weight: Any, classes: int) -> bool:
    """Whether some class counts more than another; a mapping's classes count once unless named."""
    if isinstance(weight, Mapping):
        found = {float(value) for value in weight.values()}
        return len(found | ({1.0} if len(weight) < classes else set())) > 1
    if isinstance(weight, list | tuple | np.ndarray):
        if any(isinstance(entry, Mapping) for entry in weight):
            return any(_uneven(entry, classes) for entry in weight)
        return len({float(value) for value in weight}) > 1
    return False


def _equal(class_prior: NDArray[np.float64]) -> bool:
    return bool(np.ptp(class_prior) <= 1e-9)
