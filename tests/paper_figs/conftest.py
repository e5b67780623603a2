"""Small data for the figures: a computed regime sweep, and results made up with known answers."""

from copy import deepcopy

import numpy as np
import pytest
from counterpoise.methods.training import History, MemberResult, MethodSummary, RunResults
from counterpoise.paper_figs import Evidence, draw_all
from counterpoise.simulations import regime_sweep
from markupsafe import Markup

COUNTS = np.array([500, 300, 180, 107, 64, 38, 23, 14, 8, 5])
METHODS = {"ce": 0.0, "la": 0.05, "vs": 0.06, "ldam-drw": 0.04, "drw": 0.03, "density-ratio": 0.02}
SEEDS = (0, 1, 2)


@pytest.fixture(scope="session")
def dataset():
    return regime_sweep(np.geomspace(1, 300, 7), np.geomspace(0.1, 100, 7), [1.0, 3.0], seed=1)


@pytest.fixture(scope="session")
def results():
    """LA's logits have slope -1 in the log prior, LDAM-DRW's margins a third of CE's slope."""
    return _RESULTS


@pytest.fixture(scope="session")
def figures(dataset):
    return draw_all(Evidence(simulation=dataset, training=_RESULTS))


@pytest.fixture
def claims(made_up_claims):
    """What `entries` makes of statements, here made up, to be changed."""
    return deepcopy(made_up_claims)


@pytest.fixture(scope="session")
def made_up_claims():
    """The same, not to be changed."""
    return [
        {
            "name": "lda.half_recall",
            "title": "Half recall of plug-in LDA",
            "tier": "assembled",
            "kernel": "1 of 2",
            "axioms": ["the classical reals"],
            "source": "Essomba and Fokoue; derived here",
            "chapter": "Gaussian regimes",
            "corrects": "The boundary is published without its proof.",
            "cites": [],
            "engines": ["symbolic", "interval"],
            "argument": "The left side increases, so the root is unique.",
            "theorem": Markup("<math><mi>l</mi><mo>=</mo><mi>&kappa;</mi></math>"),
            "words": "l = kappa",
            "symbols": [("l", "log(eta)")],
            "rests_on": ["margins.ldam_two_class"],
            "steps": [
                {
                    "name": "monotone",
                    "tier": "kernel",
                    "engine": "symbolic",
                    "text": "derivative 1 + cosh(l)/kappa > 0",
                    "formula": "1 + cosh(l)/κ > 0",
                },
                {
                    "name": "root",
                    "tier": "checked",
                    "engine": "interval",
                    "text": "41 boxes",
                    "formula": "",
                },
            ],
            "attacks": [
                {
                    "name": "mutant_1",
                    "mutant": "cosh for sinh",
                    "formula": "l + y·cosh(l) = 1",
                    "status": "refuted",
                    "counterexample": "Delta = 2, kappa = 1: l = 0.93, recall 0.41",
                },
            ],
        },
        {
            "name": "margins.ldam_two_class",
            "title": "The best split of a margin between two classes",
            "tier": "checked",
            "kernel": "",
            "axioms": [],
            "source": "Cao et al., NeurIPS 2019, Theorem 2",
            "chapter": "Margins",
            "corrects": "",
            "cites": [],
            "theorem": Markup("<math><mi>g</mi></math>"),
            "words": "g",
            "symbols": [],
            "rests_on": [],
            "engines": ["smt"],
            "argument": "",
            "steps": [],
            "attacks": [
                {
                    "name": "mutant_1",
                    "mutant": "exponent 1/2",
                    "formula": "",
                    "status": "survived",
                    "counterexample": "",
                },
            ],
        },
    ]


def _member(method, gain, seed):
    rng = np.random.default_rng([list(METHODS).index(method), seed])
    log_prior = np.log(COUNTS / COUNTS.sum())
    accuracy = 0.95 + 0.06 * (log_prior - log_prior[0]) + gain * np.linspace(-1, 2.5, 10)
    accuracy = np.clip(accuracy + 0.005 * rng.normal(size=10), 0, 1)
    logits = -log_prior if method == "la" else np.zeros(10)
    margin = 2 + log_prior * (0.1 if method == "ldam-drw" else 0.3)
    epochs = list(range(0, 40, 4))
    rare = (COUNTS.max() / COUNTS) ** 0.5
    weights = {
        "drw": [np.ones(10) if epoch < 30 else rare / rare.mean() for epoch in epochs],
        "density-ratio": [1 + 0.01 * epoch * (rare - rare.mean()) / rare.max() for epoch in epochs],
    }.get(method, [np.ones(10)] * len(epochs))
    columns = {
        "epoch": epochs,
        "train_loss": [2.0] * len(epochs),
        "balanced_accuracy": [0.5] * len(epochs),
        "class_weights": weights,
    }
    return MemberResult(
        method=method,
        seed=seed,
        class_accuracy=tuple(accuracy.tolist()),
        balanced_accuracy=float(accuracy.mean()),
        many=float(accuracy[:4].mean()),
        medium=float(accuracy[4:7].mean()),
        few=float(accuracy[7:].mean()),
        history=History.from_columns(columns),
        mean_logits=tuple((logits + 0.02 * rng.normal(size=10)).tolist()),
        mean_margin=tuple((margin + 0.02 * rng.normal(size=10)).tolist()),
        min_margin=tuple((margin - 1).tolist()),
        min_target_probability=(0.1,) * 10,
        gradient_bound_ratio=0.97 if method == "vs" else None,
    )


def _summary(members):
    rows = []
    plain = np.array([m.balanced_accuracy for m in members if m.method == "ce"])
    for method in METHODS:
        chosen = [m for m in members if m.method == method]
        values = np.array([m.balanced_accuracy for m in chosen])
        mean, half = (values - plain).mean(), 4.303 * (values - plain).std(ddof=1) / np.sqrt(3)
        groups = ("many", "medium", "few")
        rows.append(
            MethodSummary(
                method=method,
                balanced_accuracy=float(values.mean()),
                std=float(values.std(ddof=1)),
                **{g: float(np.mean([getattr(m, g) for m in chosen])) for g in groups},
                difference_to_ce=None if method == "ce" else float(mean),
                interval=None if method == "ce" else (float(mean - half), float(mean + half)),
            )
        )
    return tuple(rows)


def _made_up():
    members = [_member(method, gain, seed) for method, gain in METHODS.items() for seed in SEEDS]
    return RunResults(
        recipe={"data": "digits, made long-tailed", "imbalance_factor": 100.0, "seeds": len(SEEDS)},
        class_counts=tuple(COUNTS.tolist()),
        class_names=tuple(str(digit) for digit in range(10)),
        members=tuple(members),
        summary=_summary(members),
    )


_RESULTS = _made_up()
