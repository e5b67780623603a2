"""Optima on finite worlds, against closed forms of the theory and programs solved another way."""

import numpy as np
import pytest
from counterpoise.methods.predicting import rule_of
from counterpoise.methods.training import Recipe
from counterpoise.simulations.worlds.finite import FiniteWorld, draw_world
from counterpoise.simulations.worlds.optimum import (
    Unreachable,
    population_optimum,
    trained_loss,
)
from counterpoise.theory.consistency import (
    focal_minimiser,
    seesaw_log_odds,
    true_class_margin_posterior,
)
from counterpoise.theory.margins import ldam_margins
from scipy.optimize import linprog
from scipy.special import softmax

WORLD = draw_world(3)
WIDE = Recipe(batch_size=2**40)
TILTED = (
    "ce", "la", "la@tau=0.5", "inverse-frequency", "drw", "tla-adrw", "class-balanced-sampling",
    "progressive-sampling", "ce+la",
)  # fmt: skip


def centred(logits):
    return logits - logits.mean(axis=1, keepdims=True)


@pytest.mark.parametrize("method", TILTED)
def test_the_optimum_is_the_tilted_posterior_of_the_statement(method):
    found = population_optimum(method, WORLD)
    tilt = np.array(rule_of(method, WORLD.class_counts, WIDE).log_tilt)
    expected = centred(np.log(WORLD.posterior) + tilt)
    np.testing.assert_allclose(centred(found.logits), expected, atol=2e-4)
    assert found.gradient < 1e-6


def test_focal_losss_optimum_is_the_theorys():
    found = population_optimum("focal", WORLD).logits
    expected = [focal_minimiser(posterior, 2.0) for posterior in WORLD.posterior]
    np.testing.assert_allclose(softmax(found, axis=1), expected, atol=1e-5)


def test_ldams_optimum_leads_back_to_the_posterior():
    found = population_optimum("ldam-drw", WORLD).logits
    loss, _ = trained_loss("ldam-drw", WORLD.class_counts)
    margin, weight = 30 * ldam_margins(WORLD.class_counts), loss.weight.numpy()
    for logits, posterior in zip(found, WORLD.posterior, strict=True):
        back = true_class_margin_posterior(softmax(30 * logits), margin, weight)
        np.testing.assert_allclose(back, posterior, atol=1e-5)


def test_smoothed_labels_lead_to_the_smoothed_posterior():
    found = population_optimum("label-aware-smoothing", WORLD).logits
    loss, _ = trained_loss("label-aware-smoothing", WORLD.class_counts)
    smoothing, classes = loss.smoothing.numpy(), len(WORLD.class_counts)
    share = np.diag(1 - smoothing) + smoothing[:, None] / (classes - 1) * (1 - np.eye(classes))
    np.testing.assert_allclose(softmax(found, axis=1), WORLD.posterior @ share, atol=1e-6)


def test_lades_optimum_is_the_log_ratio_to_the_balanced_population():
    """In the paper's form both of its terms are least there, so no strength of the second moves it."""
    of_class = WORLD.counts / WORLD.class_counts
    expected = np.log(of_class / of_class.mean(axis=1, keepdims=True))
    for method in ("lade", "lade@alpha=10.0"):
        np.testing.assert_allclose(population_optimum(method, WORLD).logits, expected, atol=1e-4)


def test_lades_regulariser_in_the_authors_form_leads_to_the_plain_rule():
    found = population_optimum("lade@alpha=1000.0,form=official", WORLD)
    expected = np.log(WORLD.posterior * len(WORLD.class_counts))
    np.testing.assert_allclose(found.logits, expected, atol=0.02)
    assert found.predicted.tolist() == WORLD.bayes.tolist()


def test_equalisation_weighs_a_frequent_label_by_its_chance_to_see_the_rare_class():
    world = FiniteWorld(((4000, 2), (500, 8), (900, 1)))
    logits = population_optimum("equalization", world).logits
    expected = np.log(0.1 * world.posterior[:, 0] / world.posterior[:, 1])
    np.testing.assert_allclose(logits[:, 0] - logits[:, 1], expected, atol=1e-5)


def test_seesaw_rests_on_the_side_that_its_threshold_says():
    world = FiniteWorld(((900, 4), (60, 5), (30, 6), (10, 10)))
    logits = population_optimum("seesaw", world).logits
    threshold = seesaw_log_odds(1000 / 25)
    odds = np.log(world.posterior[:, 0] / world.posterior[:, 1])
    assert ((logits[:, 0] > logits[:, 1]) == (odds > threshold)).all()
    # odds 225, 12, 5 and 1; the threshold is (1 + 40^0.8)/2 = 10.06, the balanced rule's is 40
    assert (logits[:, 0] > logits[:, 1]).tolist() == [True, True, False, False]


def test_the_hinges_risk_is_that_of_a_linear_program():
    world = draw_world(1)
    found = population_optimum("ldam-hinge", world)
    margin, classes = ldam_margins(world.class_counts), len(world.class_counts)
    for logits, posterior in zip(found.logits, world.posterior, strict=True):
        rows, bounds = [], []
        for own in range(classes):
            for other in set(range(classes)) - {own}:
                row = np.zeros(2 * classes)  # logits, then a slack for each label
                row[other], row[own], row[classes + own] = 1, -1, -1
                rows.append(row)
                bounds.append(-margin[own])
        free = [(None, None)] * classes + [(0, None)] * classes
        cost = np.concatenate([np.zeros(classes), posterior])
        least = linprog(cost, A_ub=rows, b_ub=bounds, bounds=free).fun
        top = [max(np.delete(logits, own)) - logits[own] for own in range(classes)]
        assert posterior @ np.maximum(top + margin, 0) == pytest.approx(least, abs=1e-8)


@pytest.mark.parametrize("method", ["cdb", "density-ratio", "ce+crt", "la+lws"])
def test_what_training_itself_finds_has_no_optimum_here(method):
    with pytest.raises(Unreachable, match=r"trained by random batches|found in training"):
        population_optimum(method, WORLD)
