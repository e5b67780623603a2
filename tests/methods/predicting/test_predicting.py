"""Predictions before training: rules are those of finite populations, and a file that cannot be backdated."""

import json

import numpy as np
import pytest
import torch
from counterpoise.methods.predicting import predict_recipe, rule_of
from counterpoise.methods.predicting.predictions import predictions_between
from counterpoise.methods.registry import METHODS, method_of
from counterpoise.methods.results.prediction_file import read_predictions, write_predictions
from counterpoise.methods.training import Recipe, load_results, run
from counterpoise.methods.training.loop import draw
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

PLAIN = ("ce", "la", "la@tau=0.5", "balanced-softmax")
WEIGHTED = ("drw", "tla-adrw", "class-balanced", "adrw", "inverse-frequency")
LOSSES = (*PLAIN, *WEIGHTED)
SAMPLED = ("drs", "class-balanced-sampling", "square-root-sampling", "progressive-sampling")
KNOWN = (*LOSSES, *SAMPLED)
BATCHES, SIZE = 40_000, Recipe().batch_size
DICE = torch.Generator().manual_seed(0)
COUNTS = np.array([60, 25, 15])
TINY = Recipe(methods=("ce", "la"), seeds=2, epochs=2)


def optimal_logits(method, posterior, counts):
    """What minimises the method's risk at a point, by descent on the loss itself."""
    recipe = Recipe()
    row = method_of(method)
    criterion = row.build_loss(counts)
    stage = row.build_schedule(counts, recipe.defer_epoch, recipe.epochs).stage(recipe.epochs - 1)
    stage.configure(criterion)
    share = torch.tensor(posterior)
    target = torch.arange(len(counts))

    weight = criterion.weight  # of each class among a batch's, by drawing batches
    batches = torch.multinomial(
        torch.tensor(counts / counts.sum()), BATCHES * SIZE, True, generator=DICE
    )
    labels = batches.view(BATCHES, SIZE)
    held = torch.ones(len(counts)) if weight is None else weight.detach().double()
    sums = held[labels].sum(1, keepdim=True)
    scale = torch.zeros(len(counts), dtype=torch.float64)
    scale.index_add_(0, labels.flatten(), (1 / sums).expand_as(labels).flatten().double())
    scale = scale / torch.bincount(labels.flatten())

    def risk(free):
        logits = torch.cat([free, -free.sum(0, keepdim=True)]).expand(len(counts), -1)
        return (scale * share * criterion(logits, target)).sum()

    def value(free):
        point = torch.tensor(free)
        return risk(point).item(), torch.func.grad(risk)(point).numpy()

    starts = [np.zeros(len(counts) - 1), *(2 * np.eye(len(counts))[:, :-1])]  # not all are convex
    found = [minimize(value, x, jac=True, method="BFGS", options={"gtol": 1e-10}) for x in starts]
    free = min(found, key=lambda one: one.fun).x
    return np.append(free, -free.sum())


@pytest.mark.parametrize("method", LOSSES)
def test_the_shift_is_that_of_the_batch_mean_minimised(method):
    """A mean over a batch is divided by its weights, as the loop does it: batches are drawn here."""
    rule = rule_of(method, COUNTS)
    posterior = np.array([0.5, 0.2, 0.3])
    shift = optimal_logits(method, posterior, COUNTS) - np.log(posterior)
    drawn = method in WEIGHTED  # batches, so that the expectation is a sample's
    np.testing.assert_allclose(shift - shift.mean(), rule.log_tilt, atol=0.01 if drawn else 2e-5)


@pytest.mark.parametrize("method", SAMPLED)
def test_the_shift_is_that_of_the_classes_drawn(method):
    """Cross-entropy under another prior: what its sampler draws, a hundred thousand times."""
    recipe, labels = Recipe(), torch.arange(3).repeat_interleave(torch.tensor(1000 * COUNTS))
    plan = method_of(method).build_schedule(COUNTS, recipe.defer_epoch, recipe.epochs)
    last = plan.stage(recipe.epochs - 1)
    generator = torch.Generator().manual_seed(0)
    seen = draw(labels, last.sampling_exponent, generator, last.balanced_share)
    shares = np.bincount(labels[seen], minlength=3) / len(seen)
    shift = np.log(shares / (COUNTS / COUNTS.sum()))
    np.testing.assert_allclose(shift - shift.mean(), rule_of(method, COUNTS).log_tilt, atol=0.02)


@pytest.mark.parametrize("method", ["focal", "gla", "gca", "gla@q=0.2"])
@pytest.mark.parametrize("posterior", [(0.5, 0.2, 0.3), (0.7, 0.16, 0.14), (0.62, 0.2, 0.18)])
def test_losses_that_keep_the_order_alone(method, posterior):
    rule, posterior = rule_of(method, COUNTS), np.array(posterior)
    logits = optimal_logits(method, posterior, COUNTS)
    order = rule.recall_weights * posterior / (COUNTS / COUNTS.sum())
    assert rule.log_tilt is None
    assert np.argsort(logits).tolist() == np.argsort(order).tolist()


@pytest.mark.parametrize("tau", [1.0, 0.5])
def test_rules_after_training(tau):
    after = rule_of(f"ce+la@tau={tau}", COUNTS)
    assert after.log_tilt == pytest.approx(rule_of(f"la@tau={tau}", COUNTS).log_tilt, abs=2e-6)
    twice = rule_of("la+la", COUNTS)
    assert twice.log_tilt == pytest.approx(2 * np.array(rule_of("la", COUNTS).log_tilt), abs=4e-6)
    assert rule_of("ldam-drw+crt", COUNTS).recall_weights == pytest.approx([1 / 3] * 3)
    assert rule_of("vs+la", COUNTS).why == rule_of("vs", COUNTS).why
    assert rule_of("ce+tau-norm", COUNTS).why


def recalls(predicted, posteriors, mass, prior):
    return np.array(
        [(mass * posteriors[:, y])[predicted == y].sum() / prior[y] for y in range(len(prior))]
    )


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6))
def test_no_rule_exceeds_an_optimum_at_its_weights(seed):
    """On a finite population whose prior is that of the counts, against the other optima and chance."""
    random = np.random.default_rng(seed)
    prior = COUNTS / COUNTS.sum()
    likelihoods = random.dirichlet(np.ones(20), size=3)
    mass = prior @ likelihoods
    posteriors = (prior[:, None] * likelihoods / mass).T
    rules = [rule_of(method, COUNTS) for method in KNOWN]
    found = {
        r.method: recalls((np.log(posteriors) + r.log_tilt).argmax(1), posteriors, mass, prior)
        for r in rules
    }
    guess = recalls(random.integers(0, 3, 20), posteriors, mass, prior)
    for rule in rules:
        weights = np.array(rule.recall_weights)
        for other in (*found.values(), guess):
            assert weights @ found[rule.method] >= weights @ other - 1e-9
    for prediction in predictions_between(rules):
        own, rival = found[prediction.method], found[prediction.rival]
        if prediction.kind == "same rule":
            np.testing.assert_allclose(own, rival, atol=1e-9)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6))
def test_with_two_kinds_of_classes_the_tail_gains(seed):
    counts = np.array([60, 60, 5, 5])
    random = np.random.default_rng(seed)
    prior = counts / counts.sum()
    likelihoods = random.dirichlet(np.ones(20), size=4)
    mass = prior @ likelihoods
    posteriors = (prior[:, None] * likelihoods / mass).T
    rules = [rule_of(method, counts) for method in ("ce", "la", "la@tau=0.5")]
    found = {
        r.method: recalls((np.log(posteriors) + r.log_tilt).argmax(1), posteriors, mass, prior)
        for r in rules
    }
    seen = set()
    for prediction in predictions_between(rules):
        if prediction.kind in ("tail gains", "head pays"):
            difference = found[prediction.method] - found[prediction.rival]
            gain = difference[list(prediction.classes)].mean()
            seen.add((prediction.kind, prediction.classes))
            assert gain >= -1e-9 if prediction.kind == "tail gains" else gain <= 1e-9
    assert seen == {("tail gains", (2, 3)), ("head pays", (0, 1))}


def test_every_method_has_a_rule_or_says_why_not():
    for method in METHODS:
        rule = rule_of(method, COUNTS)
        assert rule.statements or rule.why
        assert (rule.log_tilt is None) <= bool(rule.why)
        assert (rule.recall_weights is not None) == bool(rule.statements)


def test_between_methods_without_rules_nothing_is_predicted():
    rules = [rule_of(method, COUNTS) for method in ("vs", "ldam-drw", "influence-balanced")]
    assert list(predictions_between(rules)) == []
    assert rule_of("ce", COUNTS, Recipe(head="cosine")).recall_weights is None
    assert rule_of("ce", COUNTS, Recipe(label_noise=0.1)).recall_weights is None


def test_the_file_is_the_same_twice_and_ties_the_results(tmp_path):
    digest = write_predictions(tmp_path / "a", predict_recipe(TINY))
    assert write_predictions(tmp_path / "a", predict_recipe(TINY)) == digest
    assert write_predictions(tmp_path / "b", predict_recipe(TINY)) == digest
    results = run(TINY, tmp_path / "a")
    assert load_results(tmp_path / "a").prediction_sha256 == results.prediction_sha256 == digest
    assert read_predictions(tmp_path / "a") == predict_recipe(TINY)
    assert run(TINY, tmp_path / "a", resume=True) == results


def test_a_prediction_cannot_be_written_after_training(tmp_path):
    run(TINY, tmp_path)
    with pytest.raises(InputError, match="before training"):
        write_predictions(tmp_path, predict_recipe(TINY))
    elsewhere = tmp_path / "elsewhere"
    write_predictions(elsewhere, predict_recipe(TINY))
    (elsewhere / "prediction.json").rename(tmp_path / "prediction.json")
    with pytest.raises(InputError, match="written after training"):
        load_results(tmp_path)
    with pytest.raises(InputError, match="written after training"):
        run(TINY, tmp_path, resume=True)
    (tmp_path / "recipe.json").unlink()
    (tmp_path / "results.json").unlink()
    with pytest.raises(InputError, match="written after training"):
        run(TINY, tmp_path, resume=True)


def test_a_prediction_that_was_changed_or_exchanged_is_refused(tmp_path):
    write_predictions(tmp_path, predict_recipe(TINY))
    run(TINY, tmp_path)
    path = tmp_path / "prediction.json"
    kept = path.read_text()
    content = json.loads(kept)
    content["predictions"] = content["predictions"][1:]
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match="was changed since"):
        load_results(tmp_path)
    write_predictions(tmp_path / "other", predict_recipe(Recipe(methods=("ce", "vs"))))
    path.write_text((tmp_path / "other" / "prediction.json").read_text())
    with pytest.raises(InputError, match="is not the one beside it"):
        load_results(tmp_path)
    path.unlink()
    with pytest.raises(InputError, match="is missing"):
        load_results(tmp_path)


def test_a_prediction_of_another_recipe_is_refused(tmp_path):
    write_predictions(tmp_path, predict_recipe(TINY))
    with pytest.raises(InputError, match="of another recipe"):
        run(Recipe(methods=("ce", "la"), seeds=1, epochs=2), tmp_path)
    with pytest.raises(InputError, match="another prediction"):
        write_predictions(tmp_path, predict_recipe(Recipe(methods=("ce",))))
