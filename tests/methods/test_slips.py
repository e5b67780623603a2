"""Slips in arguments of weights, samplers, ratios and data: a named error, or finite numbers."""

import inspect
from collections.abc import Mapping

import numpy as np
import pytest
import torch
from counterpoise import methods
from counterpoise.methods import data, ratios, sampling, weights
from counterpoise.methods.data import long_tailed_indices
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from held_numbers import held_numbers

COUNTS, LABELS = [100, 20, 5], [0, 0, 0, 1, 1, 2, 2]
ROWS = [[0.0], [0.1], [0.2], [1.0], [1.2], [2.0], [2.5]]
DRAWS = {"seed": 0, "rank": 1, "num_replicas": 2}
CALLS = {
    "inverse_frequency_weights": {"class_counts": COUNTS},
    "effective_number_weights": {"class_counts": COUNTS, "beta": 0.99},
    "power_weights": {"class_counts": COUNTS, "nu": 0.25},
    "difficulty_weights": {"class_accuracy": [0.5, 0.9, 0.2], "tau": 1.0},
    "DeferredReweighting": {"class_counts": COUNTS, "start": 2, "class_weights": [1.0, 2.0, 3.0]},
    "DeferredInfluence": {"class_counts": COUNTS, "start": 2, "class_weights": [1.0, 2.0, 3.0]},
    "DeferredResampling": {"start": 2, "exponent": 0.5},
    "ProgressiveSampling": {"epochs": 9},
    "TruncatedLogitAdjustment": {
        "class_counts": COUNTS, "start": 2, "gamma": 0.05, "tau": 0.75, "nu": 0.25,
    },
    "DensityRatioWeights": {
        "class_counts": COUNTS, "num_features": 4, "momentum": 0.9, "start": 2, "ridge": 0.01,
        "gamma": 1.0, "preset": "stable", "prior": 0, "floor": 0.1,
    },
    "DifficultyWeights": {"num_classes": 3, "tau": 1.0},
    "MetaWeights": {
        "seed": 0, "hidden": 4, "lr": 0.001, "weight_decay": 0.0001, "meta_batch": 10,
    },
    "MetaSampler": {
        "class_counts": COUNTS, "seed": 0, "lr": 0.01, "power": 0.3, "meta_batch": 10,
    },
    "MomentMatching": {
        "num_classes": 3, "num_features": 4, "momentum": 0.9, "ridge": 0.01, "prior": 0,
    },
    "QueuedRatio": {"estimator": "ulsif", "num_classes": 3, "num_features": 4, "size": 8},
    "power_sampler": {"target": LABELS, "exponent": 0.5, "num_samples": 6, **DRAWS},
    "class_balanced_sampler": {"target": LABELS, "num_samples": 6, **DRAWS},
    "square_root_sampler": {"target": LABELS, "num_samples": 6, **DRAWS},
    "ProgressivelyBalancedSampler": {"target": LABELS, "epochs": 9, "num_samples": 6, **DRAWS},
    "ClassAwareSampler": {"target": LABELS, "per_class": 2, **DRAWS},
    "smote": {"target": LABELS, "k_neighbors": 2, "seed": 0},
    "constrained_kmeans": {"features": ROWS, "n_clusters": 2, "min_size": 2, "seed": 0},
    "calibration_strength": {"class_counts": COUNTS, "threshold": 10.0},
    "calibrated_features": {
        "features": ROWS, "target": LABELS, "centres": [[0.0], [1.0], [2.0]], "alpha": 0.5,
    },
    "class_counts": {"labels": LABELS, "num_classes": 3, "ignore_index": 2, "floor": 1},
    "load_digits_lt": {
        "imbalance_factor": 10.0, "seed": 0, "validation": 2, "label_noise": 0.1,
    },
    "load": {"name": "digits", "imbalance_factor": 10.0, "seed": 0, "validation": 2},
}  # fmt: skip
WITHOUT = {  # takes no number, or is checked elsewhere
    "KLIEP",
    "LSIF",
    "ULSIF",
    "ClassifierRatio",
    "Clusters",
    "GaussianRatio",
    "KernelMeanMatching",
    "RuLSIF",
    "meta_gradient",
    "mixed_pairs",
    "LocalClusteringClassifier",
    "UniformWeights",
    "Unscheduled",
    "debiased_centres",
    "resample",
    "straight_through",
}
NAMED = [(name, argument) for name, arguments in CALLS.items() for argument in arguments]
SLIPS = {
    "nan": float("nan"),
    "inf": float("inf"),
    "-inf": float("-inf"),
    "zero": 0,
    "minus one": -1,
    "half": 0.5,
    "one and a half": 1.5,
    "large": 1000.0,
    "text": "two",
    "nothing": None,
    "truth": True,
    "object": object(),
    "empty": [],
    "mapping": {},
    "ragged": [[1], [1, 2]],
    "complex": 1j,
    "pair": [1.0, 2.0],
    "matrix": [[1, 2], [3, 4]],
    "with nan": [1.0, 2.0, float("nan")],
    "with inf": [1.0, 2.0, float("inf")],
    "with zero": [1.0, 2.0, 0.0],
    "negative": [1.0, 2.0, -3.0],
    "zeros": [0.0, 0.0, 0.0],
    "texts": ["a", "b", "c"],
    "tensor": torch.tensor([float("nan")] * 3),
}


def maker(name):
    return getattr(methods, name, None) or getattr(data, name)


def test_all_that_is_public_is_called():
    public = {*weights.__all__, *sampling.__all__, *ratios.__all__}
    assert public <= CALLS.keys() | WITHOUT
    for name, arguments in CALLS.items():
        assert arguments.keys() <= inspect.signature(maker(name)).parameters.keys()


@pytest.mark.parametrize("name", CALLS)
def test_the_call_is_valid(name):
    numbers = held_numbers(maker(name)(**CALLS[name]))
    assert all(np.isfinite(number).all() for number in numbers)


@pytest.mark.parametrize(("name", "argument"), NAMED)
def test_a_slip_is_named_or_the_numbers_are_finite(name, argument):
    whole = inspect.signature(maker(name)).parameters[argument].annotation
    for slip, value in SLIPS.items():
        try:
            made = maker(name)(**{**CALLS[name], argument: value})
        except (InputError, InputTypeError):
            continue
        assert all(np.isfinite(number).all() for number in held_numbers(made)), slip
        if slip in ("half", "one and a half"):
            assert whole not in (int, "int", int | None, "int | None"), slip


@pytest.mark.parametrize(
    ("make", "epoch"),
    [
        (lambda s: methods.DensityRatioWeights(COUNTS, 4, start=s), 1),
        (lambda s: methods.DeferredReweighting(COUNTS, s), 1),
        (lambda s: methods.DeferredResampling(s), 1),
        (lambda s: methods.TruncatedLogitAdjustment(COUNTS, s), 1),
    ],
)
@pytest.mark.parametrize("share", [0.8, 0.5, 159.5])
def test_a_share_of_the_epochs_is_no_epoch(make, epoch, share):
    with pytest.raises(InputError, match=rf"start = {share:g}: must be one whole number"):
        make(share)


@pytest.mark.parametrize("counts", [[2, 0.5], [1.5, 1], [-1, 1], [float("nan"), 1], [[1, 1]], []])
def test_a_subset_has_a_whole_number_of_examples(counts):
    with pytest.raises(InputError, match="class_counts"):
        long_tailed_indices(torch.tensor([0, 0, 1, 1]), counts, torch.Generator())


FEATURES = torch.ones(3, 4)


@pytest.mark.parametrize(
    ("features", "target", "message"),
    [
        (FEATURES * torch.nan, [0, 1, 2], "nan or infinity"),
        (FEATURES, [0, 1, 3], "must be 0 to 2"),
        (FEATURES, [0, 1, -1], "must be 0 to 2"),
        (FEATURES, [0, 1], r"target has shape \(2,\)"),
        (FEATURES, [0.0, 1.0, 2.0], "class indices"),
        (FEATURES[0], [0, 1, 2], r"features has shape \(4,\)"),
    ],
)
@pytest.mark.parametrize("method", ["ratio", "observe"])
def test_a_batch_that_does_not_fit_is_refused(features, target, message, method):
    estimator = methods.MomentMatching(3, 4)
    with pytest.raises(InputError, match=message):
        getattr(estimator, method)(features, torch.tensor(target))
    assert isinstance(estimator.state_dict(), Mapping)
