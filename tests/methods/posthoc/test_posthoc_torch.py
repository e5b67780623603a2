"""Post-hoc rules on tensors: one compiled graph, vmap over priors and strengths, any precision."""

import numpy as np
import pytest
import torch
from counterpoise.methods.posthoc import (
    NearestClassMean,
    adjust_logits,
    adjust_probabilities,
    extract_features,
    retrain_classifier,
    tau_normalized,
    threshold_moving_scores,
    train_head,
)
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from torch import nn
from torch.func import grad, vmap

PRIOR = [10, 2, 1]
COST = [[0, 1, 2], [1, 0, 1], [3, 1, 0]]
LOGITS = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))


def compiled(function):
    torch._dynamo.reset()
    return torch.compile(function, backend="eager", fullgraph=True)


@pytest.mark.parametrize("given", [list, tuple, np.array, torch.tensor])
@pytest.mark.parametrize("tau", [0.5, torch.tensor(0.5)])
def test_adjustments_compile_into_one_graph(given, tau):
    prior, target = given(PRIOR), given([1.0, 2.0, 3.0])
    for function in (
        lambda z: adjust_logits(z, prior, tau, target_prior=target),
        lambda z: adjust_probabilities(z.softmax(-1), prior, tau, target_prior=target),
    ):
        torch.testing.assert_close(compiled(function)(LOGITS), function(LOGITS))


@pytest.mark.parametrize("given", [list, np.array, torch.tensor])
def test_threshold_moving_compiles_into_one_graph(given):
    cost = given(COST)

    def scores(z):
        return threshold_moving_scores(z.softmax(-1), cost)

    torch.testing.assert_close(compiled(scores)(LOGITS), scores(LOGITS))


@pytest.mark.parametrize("tau", [0.5, torch.tensor(0.5)])
def test_tau_normalisation_compiles_into_one_graph(tau):
    expected = tau_normalized(LOGITS.numpy(), 0.5)
    assert expected.dtype == np.float32
    np.testing.assert_allclose(
        compiled(lambda weight: tau_normalized(weight, tau))(LOGITS), expected, rtol=1e-6
    )


class Adjusted(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("prior", torch.tensor(PRIOR))

    def forward(self, logits):
        return adjust_logits(logits, self.prior)


def test_a_module_with_the_prior_in_a_buffer_compiles():
    expected = adjust_logits(LOGITS, PRIOR)
    torch.testing.assert_close(compiled(Adjusted())(LOGITS), expected)


@pytest.mark.parametrize("of_prior", [adjust_logits, adjust_probabilities])
def test_vmap_over_priors_and_strengths(of_prior):
    priors, taus = torch.rand(5, 3) + 0.1, torch.linspace(0, 2, 5)
    scores = LOGITS.softmax(-1)
    for together, each in (
        (vmap(lambda p: of_prior(scores, p))(priors), [(p, 1.0) for p in priors.numpy()]),
        (vmap(lambda tau: of_prior(scores, PRIOR, tau))(taus), [(PRIOR, t) for t in taus.tolist()]),
        (
            vmap(lambda p, t: of_prior(scores, p, t))(priors, taus),
            list(zip(priors, taus, strict=True)),
        ),
    ):
        for found, (prior, tau) in zip(together, each, strict=True):
            torch.testing.assert_close(found, of_prior(scores, prior, tau))
    found = vmap(lambda q: of_prior(scores, PRIOR, target_prior=q))(priors)
    torch.testing.assert_close(found[0], of_prior(scores, PRIOR, target_prior=priors[0]))


def test_vmap_over_costs_and_over_strengths_of_normalisation():
    costs, scores = (
        torch.tensor([COST, COST]) * torch.tensor([1, 2])[:, None, None],
        LOGITS.softmax(-1),
    )
    found = vmap(lambda cost: threshold_moving_scores(scores, cost))(costs)
    torch.testing.assert_close(found[1], 2 * threshold_moving_scores(scores, COST))
    found = vmap(lambda tau: tau_normalized(LOGITS, tau))(torch.tensor([0.0, 1.0]))
    torch.testing.assert_close(found[0], LOGITS)
    torch.testing.assert_close(found[1], tau_normalized(LOGITS))


def test_gradients_flow_to_logits_and_to_the_prior():
    def loss(z, prior):
        return adjust_probabilities(adjust_logits(z, prior).softmax(-1), prior)[:, 0].sum()

    by_transform = grad(loss)(LOGITS, torch.tensor(PRIOR))
    logits = LOGITS.clone().requires_grad_()
    loss(logits, PRIOR).backward()
    torch.testing.assert_close(logits.grad, by_transform)
    prior = torch.tensor(PRIOR, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda p: adjust_logits(LOGITS.double(), p, 0.7), prior)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_stays_and_is_computed_in_single(dtype):
    p = LOGITS.softmax(-1).to(dtype)
    found = adjust_probabilities(p, PRIOR)
    assert found.dtype == dtype
    torch.testing.assert_close(found, adjust_probabilities(p.float(), PRIOR).to(dtype))


def test_probabilities_may_pass_one_by_the_rounding_of_their_own_precision():
    p = np.array([[1.0000001, 0.0]], np.float32)
    for given in (p, torch.from_numpy(p)):
        np.testing.assert_array_equal(adjust_probabilities(given, (1, 1)), [[1, 0]])
        np.testing.assert_array_equal(threshold_moving_scores(given, 1 - np.eye(2)), [[1, 0]])
    for given in (p.astype(np.float64), np.array([[1.00001, 0]], np.float32)):
        for refused in (given, torch.from_numpy(given)):
            with pytest.raises(InputError, match=r"probabilities = 1\.?0*.*: must lie in \[0, 1\]"):
                adjust_probabilities(refused, (1, 1))


# ---------------------------------------------------------------------------------------- heads

TARGET = torch.arange(60) % 3
FEATURES = torch.randn(60, 4, generator=torch.Generator().manual_seed(1)) + TARGET[:, None]


@pytest.mark.parametrize("metric", ["euclidean", "centred", "cosine"])
def test_nearest_class_mean_takes_maps_sequences_and_vmap(metric):
    rule = NearestClassMean(FEATURES, TARGET, metric)
    expected = rule(FEATURES)
    torch.testing.assert_close(rule(FEATURES[0]), expected[0])
    maps, sequences = FEATURES.reshape(10, 6, 4).movedim(2, 1), FEATURES.reshape(5, 2, 6, 4)
    torch.testing.assert_close(rule(maps), expected.reshape(10, 6, 3).movedim(2, 1))
    last = NearestClassMean(FEATURES, TARGET, metric, dim=-1)
    torch.testing.assert_close(last(sequences), expected.reshape(5, 2, 6, 3))
    torch.testing.assert_close(vmap(rule)(FEATURES), expected)
    torch.testing.assert_close(compiled(rule)(FEATURES), expected)
    assert rule(FEATURES[:0]).shape == (0, 3)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("metric", ["euclidean", "centred", "cosine"])
def test_nearest_class_mean_of_half_precision_features_is_computed_in_single(metric, dtype):
    features = FEATURES.to(dtype)
    found = NearestClassMean(features, TARGET.int(), metric)(features)
    assert found.dtype == torch.float32
    torch.testing.assert_close(
        found, NearestClassMean(features.float(), TARGET, metric)(features.float())
    )


def test_small_distances_between_large_features_keep_their_digits():
    features = torch.tensor([[1e4, 0.0], [1e4 + 0.125, 0.0]])
    found = NearestClassMean(features, torch.arange(2))(features)
    assert found.tolist() == [[0.0, -(0.125**2)], [-(0.125**2), 0.0]]


def test_training_a_head_reads_whole_numbers_of_any_type():
    heads = [
        retrain_classifier(
            FEATURES, target, epochs=epochs, generator=torch.Generator().manual_seed(0)
        )
        for target, epochs in ((TARGET, 2), (TARGET.int(), 2.0), (TARGET.byte(), 2))
    ]
    for head in heads[1:]:
        assert torch.equal(head.weight, heads[0].weight)


def body_of_one_row(rows):
    return extract_features(nn.Identity(), FEATURES, batch_size=rows)


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (
            lambda: adjust_logits(LOGITS, torch.tensor([1.0, 0.0, 1.0])),
            InputError,
            "class_prior = 0",
        ),
        (lambda: adjust_logits(LOGITS, torch.ones(1, 3)), InputError, r"\(K,\)"),
        (lambda: adjust_logits(LOGITS, torch.ones(2)), InputError, "the 2 classes"),
        (lambda: adjust_logits(LOGITS, PRIOR, torch.ones(2)), InputError, "tau has shape"),
        (lambda: adjust_logits(LOGITS, PRIOR, torch.tensor(torch.nan)), InputError, "tau = nan"),
        (
            lambda: adjust_logits(LOGITS, PRIOR, target_prior=torch.ones(2)),
            InputError,
            "must match class_prior",
        ),
        (lambda: adjust_probabilities(LOGITS - 9, PRIOR), InputError, "probabilities = -"),
        (lambda: adjust_probabilities(TARGET[:3], PRIOR), InputTypeError, "floating-point"),
        (lambda: threshold_moving_scores(LOGITS + 9, COST), InputError, "probabilities = "),
        (lambda: threshold_moving_scores(torch.ones(3), torch.eye(3)), InputError, "diagonal"),
        (lambda: threshold_moving_scores(torch.ones(3), torch.ones(3)), InputError, r"\(K, K\)"),
        (lambda: threshold_moving_scores(torch.ones(2), -torch.eye(2)), InputError, "cost = -1"),
        (lambda: tau_normalized([["a", 1]]), InputTypeError, "weight = "),
        (lambda: tau_normalized(torch.ones(3)), InputError, r"\(K, D\)"),
        (lambda: tau_normalized(torch.ones(2, 2).long()), InputTypeError, "floating-point"),
        (lambda: NearestClassMean(FEATURES, TARGET - 1), InputError, "target = -1"),
        (lambda: NearestClassMean(FEATURES, TARGET.float()), InputTypeError, "target has type"),
        (lambda: NearestClassMean(FEATURES.long(), TARGET), InputTypeError, "features has type"),
        (lambda: NearestClassMean(FEATURES, TARGET)(FEATURES[:, :2]), InputError, "the 4 features"),
        (lambda: retrain_classifier(FEATURES, TARGET[:50]), InputError, "target \\(50,\\)"),
        (lambda: retrain_classifier(FEATURES, TARGET, num_classes=2), InputError, "give 3"),
        (lambda: retrain_classifier(FEATURES, TARGET.float()), InputTypeError, "target has type"),
        (lambda: train_head(nn.Linear(4, 3), FEATURES, TARGET[:50]), InputError, "target"),
        (lambda: train_head(nn.Linear(4, 3), FEATURES, TARGET, epochs=1.5), InputError, "epochs"),
        (lambda: train_head(nn.Linear(4, 2), FEATURES, TARGET), InputError, "has 2 classes"),
        (lambda: body_of_one_row(0), InputError, "batch_size = 0"),
    ],
)
def test_bad_input_is_refused_with_its_mend(build, error, message):
    with pytest.raises(error, match=message):
        build()


def test_a_list_of_weights_is_an_array_of_them():
    np.testing.assert_allclose(tau_normalized([[3, 4], [0, 0]]), [[0.6, 0.8], [0, 0]])
