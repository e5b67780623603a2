"""Advice decides as brute force does, cites what exists, and refuses what no statement covers."""

import re
from pathlib import Path

import counterpoise
import numpy as np
import pytest
import torch
from counterpoise.methods.advice import METRICS, SAMPLINGS, advise
from counterpoise.methods.advice.situations import SITUATIONS, loss_table
from counterpoise.theory.adjustment import sharp_regret_bound_wrong_prior
from counterpoise.theory.consistency import is_consistent, optimal_logits
from counterpoise.theory.decision import cost_sensitive_prediction
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from hypothesis import given, settings
from hypothesis import strategies as st

COUNTS = st.lists(st.integers(1, 10**6), min_size=2, max_size=6)


@st.composite
def problems(draw, most_classes=5):
    """Counts, class densities at some points, and a way of drawing batches."""
    size = draw(st.integers(2, most_classes))
    positive = st.floats(0.01, 1.0)
    vector = st.lists(positive, min_size=size, max_size=size)
    return {
        "counts": draw(st.lists(st.integers(1, 10**4), min_size=size, max_size=size)),
        "densities": np.array(draw(st.lists(vector, min_size=4, max_size=4))),
        "sampled": draw(
            st.sampled_from([*SAMPLINGS, 0.3]) | vector.map(lambda v: [100 * x for x in v])
        ),
        "costs": draw(vector),
        "target_prior": draw(st.none() | vector),
    }


def seen_prior(counts, sampled):
    """Class shares of the batches, written down again."""
    counts = np.asarray(counts, dtype=float)
    exponents = {"as-is": 1.0, "square-root": 0.5, "class-balanced": 0.0}
    if isinstance(sampled, str | float):
        weight = counts ** exponents.get(sampled, sampled)
    else:
        weight = np.asarray(sampled)
    return weight / weight.sum()


def decisions(advice, problem):
    """What the population optimum of the advised loss predicts at each point."""
    seen = seen_prior(problem["counts"], problem["sampled"])
    joint = problem["densities"] * seen
    posterior = joint / joint.sum(axis=1, keepdims=True)
    held = advice.loss.build().offset
    offset = np.zeros(len(seen)) if held is None else held.numpy()
    return optimal_logits(posterior, offset=offset)


def is_among_best(scores, values):
    chosen = np.take_along_axis(values, scores.argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.all(chosen >= values.max(axis=1) * (1 - 1e-6))


@given(problems())
@settings(max_examples=60, deadline=None)
def test_the_advised_loss_has_the_optimum_of_the_aim(problem):
    asked = {key: problem[key] for key in ("sampled", "target_prior")}
    counts, densities = problem["counts"], problem["densities"]
    population = np.asarray(problem["target_prior"] or counts, dtype=float)

    balanced = advise(counts, **asked)
    assert is_among_best(decisions(balanced, problem), densities)

    accurate = advise(counts, metric="accuracy", **asked)
    assert is_among_best(decisions(accurate, problem), densities * population)

    costly = advise(counts, costs=problem["costs"], **asked)
    assert is_among_best(decisions(costly, problem), densities * population * problem["costs"])


@given(problems(most_classes=2), st.floats(0.1, 10), st.floats(0.1, 10))
@settings(max_examples=60, deadline=None)
def test_the_threshold_on_plain_training_is_the_cheapest(problem, miss_0, miss_1):
    cost = np.array([[0, miss_0], [miss_1, 0]])
    advice = advise(
        problem["counts"],
        costs=cost,
        sampled=problem["sampled"],
        target_prior=problem["target_prior"],
    )
    population = np.asarray(problem["target_prior"] or problem["counts"], dtype=float)
    joint = problem["densities"] * population
    cheapest = cost_sensitive_prediction(joint / joint.sum(axis=1, keepdims=True), cost)
    plain = problem["densities"] * seen_prior(problem["counts"], problem["sampled"])
    probability = plain[:, 1] / plain.sum(axis=1)
    clear = np.abs(probability - advice.threshold) > 1e-9
    assert np.array_equal((probability > advice.threshold)[clear], (cheapest == 1)[clear])


@given(COUNTS)
def test_the_long_tail_gets_logit_adjustment_and_it_is_consistent(counts):
    advice = advise(counts)
    assert is_consistent(1.0, advice.offset, counts)
    if len(set(counts)) > 1:
        assert str(advice.loss).startswith("LogitAdjustedLoss")
        assert advice.tau == pytest.approx(1.0)
    else:
        assert advice.tau == 0
        assert str(advice.loss) == "MarginSoftmaxLoss()"


@pytest.mark.parametrize(
    ("sampled", "tau"), [("class-balanced", 0), ("square-root", 0.5), (0.3, 0.3)]
)
def test_tau_is_the_exponent_of_the_sampling(sampled, tau):
    advice = advise([1000, 100, 10], sampled=sampled)
    assert advice.tau == pytest.approx(tau)


def test_under_sampled_counts_are_the_prior_that_is_corrected():
    advice = advise([900, 90, 10], sampled=[90, 90, 10])
    assert str(advice.loss) == "LogitAdjustedLoss([90, 90, 10])"
    assert str(advise([900, 90, 10], sampled=[10, 10, 10]).loss) == "MarginSoftmaxLoss()"


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("separable", [None, True, False])
@pytest.mark.parametrize("sampled", [*SAMPLINGS, [70, 30]])
def test_every_line_cites_statements_that_are_proved_and_only_the_unknown_may_not(
    metric, separable, sampled
):
    advice = advise([900, 100], metric=metric, separable=separable, sampled=sampled)
    assert all(line.statements for line in advice.lines)
    assert all(verdict for verdict in advice.statements.values())
    loss = advice.loss.build()
    assert torch.isfinite(loss(torch.randn(4, 2), torch.tensor([0, 1, 1, 0])))
    shown = str(advice)
    assert str(advice) == str(
        advise([900, 100], metric=metric, separable=separable, sampled=sampled)
    )
    for name, verdict in advice.statements.items():
        assert f"[{name}: {verdict}]" in shown
    assert "None" not in shown
    assert "nan" not in shown


def evaluated(advice, pattern, **names):
    """What the code printed in a line evaluates to; None if no line prints such code."""
    for line in advice.lines:
        if found := re.search(pattern, line.advice):
            known = {name: getattr(counterpoise.methods, name) for name in PRINTED}
            return eval(found[1], {"advice": advice, "np": np, **known, **names})
    return None


PRINTED = ("adjust_logits", "adjust_probabilities")


@pytest.mark.parametrize("size", [2, 3, 13])
@pytest.mark.parametrize("sampled", ["as-is", "square-root", "class-balanced", "counts"])
@pytest.mark.parametrize("asked", ["balanced_accuracy", "accuracy", "costs"])
@pytest.mark.parametrize("shifted", [False, True])
def test_the_code_that_is_printed_does_what_is_said(size, sampled, asked, shifted):
    rng = np.random.default_rng(size)
    counts = rng.integers(5, 5000, size)
    costs = rng.uniform(1, 9, size)
    ways = {"target_prior": rng.uniform(1, 9, size)} if shifted else {}
    ways |= {"costs": costs} if asked == "costs" else {"metric": asked}
    ways["sampled"] = rng.integers(5, 500, size) if sampled == "counts" else sampled
    advice = advise(counts, **ways)
    densities = rng.uniform(0.1, 1, (50, size))
    population = np.asarray(ways.get("target_prior", counts), dtype=float)
    worth = {"balanced_accuracy": 1.0, "accuracy": population, "costs": population * costs}[asked]
    plain = densities * seen_prior(counts, ways["sampled"])
    plain /= plain.sum(axis=1, keepdims=True)

    adjusted = evaluated(
        advice, r"(adjust_logits\(.*\))", logits=np.log(plain), class_counts=counts
    )
    weight = evaluated(advice, r"class weights (.*)$")
    assert (adjusted is None) == (weight is None) == (str(advice.loss) == "MarginSoftmaxLoss()")
    if adjusted is not None:
        assert is_among_best(adjusted, densities * worth)
        assert is_among_best(optimal_logits(plain, weight=np.array(weight)), densities * worth)
        np.testing.assert_allclose(seen_prior(counts, ways["sampled"]) @ weight, 1, rtol=1e-5)
    trained = optimal_logits(plain, offset=advice.offset)
    softmax = np.exp(trained) / np.exp(trained).sum(axis=1, keepdims=True)
    shares = evaluated(advice, r"(adjust_probabilities\(.*\))", softmax=softmax)
    posterior = densities * population / (densities * population).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(softmax if shares is None else shares, posterior, rtol=1e-5)


def test_the_loss_of_many_classes_is_built_from_the_names_that_are_printed():
    counts, sampled = [100] * 12 + [50], [50] * 12 + [100]
    advice = advise(counts, sampled=sampled)
    names = {"advice": advice, "LogitAdjustedLoss": counterpoise.methods.LogitAdjustedLoss}
    printed = eval(str(advice.loss), names)
    assert torch.equal(printed.offset, advice.loss.build().offset)


def test_entries_that_name_their_class_are_read_by_name():
    pandas = pytest.importorskip("pandas")
    straight = advise([900, 100], costs=[1, 5], sampled=[90, 100], target_prior=[3, 1])
    turned = advise(
        pandas.Series([100, 900], index=[1, 0]),
        costs=pandas.Series([5, 1], index=[1, 0]),
        sampled={1: 100, 0: 90},
        target_prior=pandas.Series([1, 3], index=[1, 0]),
    )
    assert str(turned) == str(straight)


def test_numbers_in_the_lines_are_those_of_the_theory():
    prior = np.array([5000, 500, 50]) / 5550
    shown = str(advise([5000, 500, 50]))
    for number in (
        100 * sharp_regret_bound_wrong_prior(prior, prior**2),
        0.001 / prior.min(),
        np.sqrt(2) * (1 / (3 * prior)).max(),
    ):
        assert f" {number:.3g}" in shown


def test_what_is_proved_for_two_classes_is_not_said_of_three():
    for_three = advise([900, 90, 10], separable=True)
    assert not any(line.topic == "zero error" for line in for_three.lines)
    assert "centre_bias.ordering_of_remedies" not in for_three.statements
    for_two = advise([900, 100], separable=True)
    assert any(line.topic == "zero error" for line in for_two.lines)
    assert "bounded_hypotheses.gla_bounded_softmax" not in for_two.statements


def test_equal_counts_need_no_correction_and_none_is_spoken_of():
    advice = advise([100, 100, 100], separable=True)
    assert [line.topic for line in advice.lines] == ["loss", "probability"]


def test_names_that_the_advice_speaks_of_exist():
    shown = ""
    for metric in METRICS:
        shown += str(advise([900, 100], metric=metric, separable=True))
    shown += str(advise([900, 90, 10], separable=True))
    shown += str(advise([900, 90, 10], costs=[[0, 1, 2], [3, 0, 4], [5, 6, 0]]))
    called = set(re.findall(r"(?<![\w.])([A-Za-z_]{4,})\(", shown))
    known = set(counterpoise.methods.__all__)
    assert called >= {"adjust_logits", "class_balanced_sampler", "expected_f_beta_threshold"}
    assert called <= known
    assert "theory.decision.cost_sensitive_prediction(" in shown
    assert "choose_tau" in known


def test_costs_that_depend_on_the_prediction_have_no_offset():
    cost = [[0, 1, 2], [3, 0, 4], [5, 6, 0]]
    advice = advise([900, 90, 10], costs=cost)
    assert advice.question.aimed is None
    assert str(advice.loss) == "MarginSoftmaxLoss()"
    assert "threshold_moving.cost_sensitive_iff" in advice.statements


def test_separable_data_are_warned_of_weights_that_fade():
    assert "implicit_bias.offsets_are_inert" in advise([9, 1], separable=True).statements
    assert "implicit_bias.offsets_are_inert" not in advise([9, 1], separable=False).statements


WRONG = [
    ({"class_counts": [10]}, InputError, "two or more"),
    ({"class_counts": [10, 0]}, InputError, "class_counts"),
    ({"class_counts": [10, 2.5]}, InputError, "2.5"),
    ({"class_counts": [10, 5], "metric": "balanced_acuracy"}, InputError, "balanced_accuracy"),
    ({"class_counts": [10, 5, 2], "metric": "f1"}, InputError, "no statement"),
    ({"class_counts": [10, 5], "metric": "f1", "costs": [1, 2]}, InputError, "give one"),
    ({"class_counts": [10, 5], "costs": [1, 2, 3]}, InputError, "costs has shape"),
    ({"class_counts": [10, 5], "costs": [1, 0]}, InputError, "positive"),
    ({"class_counts": [10, 5], "costs": [[0, 1], [0, 0]]}, InputError, "off the diagonal"),
    ({"class_counts": [10, 5], "costs": [[1, 1], [1, 0]]}, InputError, "diagonal"),
    ({"class_counts": [10, 5], "sampled": "balanced"}, InputError, "class-balanced"),
    ({"class_counts": [10, 5], "sampled": 2.0}, InputError, "sampled"),
    ({"class_counts": [10, 5], "sampled": [1, 2, 3]}, InputError, "sampled has shape"),
    ({"class_counts": [10, 5], "target_prior": [1, -1]}, InputError, "target_prior"),
    ({"class_counts": [10, 5], "separable": "no"}, InputError, "separable"),
    ({"class_counts": "many"}, InputTypeError, "class_counts"),
    ({"class_counts": [1e300, 1]}, InputError, "2^53"),
    ({"class_counts": [10, 5], "costs": [1e300, 1e-300]}, InputError, "only ratios matter"),
    ({"class_counts": [10, 5], "target_prior": [1e200, 1]}, InputError, "only ratios matter"),
    ({"class_counts": [10, 5], "sampled": None}, InputError, "as-is"),
]


@pytest.mark.parametrize(("arguments", "kind", "part"), WRONG)
def test_what_cannot_be_answered_is_refused_in_one_line(arguments, kind, part):
    with pytest.raises(kind, match=re.escape(part)) as error:
        advise(**arguments)
    assert "\n" not in str(error.value)


def test_the_table_of_the_readme_is_what_advise_answers():
    readme = (Path(counterpoise.__file__).parent / "README.md").read_text(encoding="utf-8")
    assert loss_table() in readme
    assert len(loss_table().splitlines()) == len(SITUATIONS) + 2
