"""Post-hoc rules: identities between them, agreement with the theory, and scikit-learn's own checks."""

import numpy as np
import pytest
import torch
from counterpoise.methods.data import load_digits_lt
from counterpoise.methods.models import SmallNet
from counterpoise.methods.posthoc import (
    LearnedWeightScaling,
    LogitAdjustedClassifier,
    NearestClassMean,
    PlugInClassifier,
    PriorCorrectedClassifier,
    ThresholdMovingClassifier,
    adjust_logits,
    adjust_probabilities,
    bbse_prior,
    cost_threshold,
    expected_f_beta_threshold,
    extract_features,
    f_beta_threshold,
    mlls_prior,
    plug_in_threshold,
    retrain_classifier,
    tau_normalized,
    threshold_moving_scores,
    train_head,
)
from counterpoise.theory.adjustment import adjusted_logits
from counterpoise.theory.decision import (
    balanced_scores,
    cost_sensitive_prediction,
    expected_costs,
    power_costs,
)
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import balanced_accuracy_score, f1_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks
from strategies import labelled_logits
from threadpoolctl import threadpool_limits
from torch.nn.functional import cross_entropy


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


@parametrize_with_checks(
    [
        LogitAdjustedClassifier(LogisticRegression(max_iter=1000)),
        ThresholdMovingClassifier(GaussianNB()),
        PlugInClassifier(GaussianNB()),
        PlugInClassifier(measure="f1"),
        PlugInClassifier(DecisionTreeClassifier(max_depth=3, random_state=0), measure="f1"),
        PriorCorrectedClassifier(GaussianNB()),
        PriorCorrectedClassifier(GaussianNB(), method="bbse", cv=2),
    ]
)
def test_they_are_scikit_learn_classifiers(estimator, check):
    check(estimator)


# ----------------------------------------------------------------------- functions of the scores


@given(case=labelled_logits(), tau=st.floats(0, 3))
def test_threshold_moving_with_row_sums_of_a_power_of_the_prior_is_logit_adjustment(case, tau):
    counts, logits, _ = case
    prior = counts / counts.sum()
    moved = threshold_moving_scores(softmax(logits, axis=1), power_costs(prior, tau))
    adjusted = adjust_logits(logits, prior, tau)
    np.testing.assert_allclose(
        np.log(moved / moved.sum(axis=1, keepdims=True)),
        log_softmax(adjusted, axis=1),
        rtol=1e-13,
        atol=1e-13,
    )


@given(case=labelled_logits(), tau=st.floats(0, 3))
def test_adjusting_logits_probabilities_arrays_and_tensors_is_one_thing(case, tau):
    counts, logits, _ = case
    adjusted = adjust_logits(logits, counts, tau)
    np.testing.assert_allclose(adjusted, adjusted_logits(logits, counts, tau), rtol=1e-15)
    tensor = adjust_logits(torch.from_numpy(logits), counts, tau)
    np.testing.assert_allclose(tensor, adjusted, rtol=1e-15)
    expected = softmax(adjusted, axis=1)
    p = softmax(logits, axis=1)
    np.testing.assert_allclose(adjust_probabilities(p, counts, tau), expected, atol=1e-13)
    tensor = adjust_probabilities(torch.from_numpy(p), counts, tau)
    np.testing.assert_allclose(tensor, expected, atol=1e-13)
    cost = power_costs(counts / counts.sum(), tau)
    tensor = threshold_moving_scores(torch.from_numpy(p), cost)
    np.testing.assert_allclose(tensor, threshold_moving_scores(p, cost), rtol=1e-13)


@given(case=labelled_logits(), one=st.floats(0, 2), two=st.floats(0, 2))
def test_adjustments_add_up_and_a_target_prior_undoes_them(case, one, two):
    counts, logits, _ = case
    twice = adjust_logits(adjust_logits(logits, counts, one), counts, two)
    np.testing.assert_allclose(twice, adjust_logits(logits, counts, one + two), atol=1e-12)
    np.testing.assert_allclose(adjust_logits(logits, counts, 0.0), logits)
    same = adjust_logits(logits, counts, target_prior=counts)
    np.testing.assert_allclose(same, logits, atol=1e-12)
    uniform = adjust_logits(logits, counts, target_prior=np.ones(counts.size))
    difference = uniform - adjust_logits(logits, counts)
    np.testing.assert_allclose(difference, difference[:1, :1] + 0 * difference, atol=1e-12)


@given(case=labelled_logits())
def test_at_tau_one_the_prediction_is_the_balanced_bayes_rule(case):
    counts, logits, _ = case
    prior, p = counts / counts.sum(), softmax(logits, axis=1)
    scores = np.sort(balanced_scores(p, prior), axis=1)
    assume((scores[:, -1] > scores[:, -2] * (1 + 1e-9)).all())
    best = balanced_scores(p, prior).argmax(axis=1)
    np.testing.assert_array_equal(adjust_logits(logits, prior).argmax(axis=1), best)
    np.testing.assert_array_equal(adjust_probabilities(p, prior).argmax(axis=1), best)
    cost = power_costs(prior)
    np.testing.assert_array_equal(threshold_moving_scores(p, cost).argmax(axis=1), best)
    np.testing.assert_array_equal(cost_sensitive_prediction(p, cost), best)


def test_probabilities_of_zero_and_one_are_adjusted():
    p = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]])
    expected = [[1, 0, 0], [1 / 21, 20 / 21, 0]]
    np.testing.assert_allclose(adjust_probabilities(p, (100, 5, 1)), expected)
    np.testing.assert_allclose(adjust_probabilities(torch.from_numpy(p), (100, 5, 1)), expected)
    extreme = adjust_probabilities(np.array([0.999, 0.001]), (1, 1e-12), tau=40.0)
    np.testing.assert_allclose(extreme, [0, 1], atol=1e-300)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_tensors_keep_dtype_and_gradient(dtype):
    logits = torch.zeros(2, 3, dtype=dtype, requires_grad=True)
    adjusted = adjust_logits(logits, (4, 2, 1))
    assert adjusted.dtype == dtype
    adjusted.sum().backward()
    assert torch.equal(logits.grad, torch.ones_like(logits))


# ------------------------------------------------------------------------------------ thresholds

binary_samples = st.integers(2, 12).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.int64, n, elements=st.integers(0, 1)),
        hnp.arrays(np.float64, n, elements=st.sampled_from(np.linspace(0, 1, 9))),
    )
)


@given(sample=binary_samples, beta=st.floats(0.2, 5))
def test_no_threshold_has_a_greater_f_beta(sample, beta):
    target, score = sample
    assume(0 < target.sum() < len(target))
    found = f_beta_threshold(target, score, beta)

    def value(cut):
        chosen = score > cut
        hits = (1 + beta**2) * target[chosen].sum()
        return hits / (beta**2 * target.sum() + chosen.sum())

    assert found.value == pytest.approx(max(value(cut) for cut in [-1.0, *score]))
    assert found.value == pytest.approx(value(found.threshold))


@given(
    p=hnp.arrays(np.float64, st.integers(1, 10), elements=st.floats(0.01, 1)),
    beta=st.floats(0.2, 5),
)
def test_the_expected_f_beta_threshold_is_the_best_value_over_one_plus_beta_squared(p, beta):
    found = expected_f_beta_threshold(p, beta)
    assert found.threshold == pytest.approx(found.value / (1 + beta**2))

    def value(chosen):
        hits = (1 + beta**2) * p[chosen].sum()
        return hits / (beta**2 * p.sum() + chosen.sum())

    cuts = [value(p >= cut) for cut in p]
    assert found.value == pytest.approx(max(cuts))
    assert value(p > found.threshold - 1e-12) == pytest.approx(max(cuts))


@given(fp=st.floats(0.01, 100), fn=st.floats(0.01, 100), p=st.floats(0, 1))
def test_the_cost_threshold_is_where_expected_costs_cross(fp, fn, p):
    costs = expected_costs([1 - p, p], [[0, fp], [fn, 0]])
    assume(abs(costs[0] - costs[1]) > 1e-9)
    assert (p > cost_threshold(fp, fn)) == (costs[1] < costs[0])


def test_the_plug_in_threshold_is_the_share_of_positives_and_logit_adjustment_at_two_classes():
    target = np.array([0] * 8 + [1] * 2)
    assert plug_in_threshold(target) == 0.2
    eta = np.linspace(0.001, 0.999, 500)
    adjusted = adjust_logits(np.log(np.stack([1 - eta, eta], axis=1)), (8, 2))
    np.testing.assert_array_equal(eta > plug_in_threshold(target), adjusted.argmax(axis=1) == 1)


# ---------------------------------------------------------------------------------- label shift


def test_both_estimates_recover_the_prior_of_a_sampled_world():
    rng = np.random.default_rng(0)
    means = np.array([[0, 0], [2, 0], [0, 2]])
    old, new = np.array([0.7, 0.2, 0.1]), np.array([0.2, 0.3, 0.5])

    def draw(prior, size):
        y = rng.choice(3, size=size, p=prior)
        return rng.normal(means[y], 1.0), y

    def posterior(X):
        return softmax(X @ means.T - (means**2).sum(axis=1) / 2 + np.log(old), axis=1)

    (X, y), (new_X, new_y) = draw(old, 40_000), draw(new, 40_000)
    by_likelihood = mlls_prior(posterior(new_X), old)
    answers = posterior(X).argmax(axis=1), posterior(new_X).argmax(axis=1)
    by_confusion = bbse_prior(y, *answers, 3)
    np.testing.assert_allclose(by_likelihood, new, atol=0.015)
    np.testing.assert_allclose(by_confusion, new, atol=0.03)
    corrected = adjust_probabilities(posterior(new_X), old, target_prior=by_likelihood)
    assert (corrected.argmax(1) == new_y).mean() > (answers[1] == new_y).mean() + 0.05


def test_bbse_is_exact_without_noise_and_has_no_negative_shares():
    target = np.repeat([0, 0, 1, 1], [3, 1, 1, 3])
    predicted = np.repeat([0, 1, 0, 1], [3, 1, 1, 3])
    new = np.repeat([0, 1], [30, 50])  # 3/4 q + 1/4 (1 - q) = 3/8 at q = 1/4
    np.testing.assert_allclose(bbse_prior(target, predicted, new, 2), [0.25, 0.75])
    np.testing.assert_allclose(bbse_prior(target, predicted, np.ones(5), 2), [0, 1])


# ---------------------------------------------------------------------------------------- heads


@given(
    weight=hnp.arrays(np.float64, (3, 4), elements=st.floats(-10, 10, width=16)),
    tau=st.floats(0, 2),
)
def test_tau_normalisation_has_its_special_cases(weight, tau):
    np.testing.assert_array_equal(tau_normalized(weight, 0.0), weight)
    lengths = np.linalg.norm(tau_normalized(weight, 1.0), axis=1)
    np.testing.assert_allclose(lengths[weight.any(axis=1)], 1.0)
    tensor = tau_normalized(torch.from_numpy(weight), tau)
    np.testing.assert_allclose(tensor, tau_normalized(weight, tau), rtol=1e-12)
    features = np.random.default_rng(0).normal(size=(5, 4))
    one, two = (features @ tau_normalized(w, tau).T for w in (weight, 8 * weight))
    np.testing.assert_allclose(two, one * 8 ** (1 - tau), rtol=1e-10, atol=1e-10)


def test_tau_normalisation_is_not_logit_adjustment():
    """Two rows of equal length: normalising changes nothing, whatever the prior."""
    weight = np.array([[3.0, 4.0], [5.0, 0.0]])
    logits = np.array([[1.0, 0.2]]) @ weight.T
    normalised = np.array([[1.0, 0.2]]) @ tau_normalized(weight).T
    assert normalised.argmax() == logits.argmax() == 1
    assert adjust_logits(logits, (1, 100)).argmax() == 0


def blobs(counts=(60, 12, 6), seed=0):
    generator = torch.Generator().manual_seed(seed)
    target = torch.repeat_interleave(torch.arange(3), torch.tensor(counts))
    centres = torch.tensor([[2.0, 0.0], [0.0, 2.0], [-2.0, -2.0]])
    return centres[target] + torch.randn(len(target), 2, generator=generator), target


def test_learned_weight_scaling_starts_as_the_head_and_trains_its_factor_alone():
    features, target = blobs()
    head = torch.nn.Linear(2, 3)
    before = {name: value.clone() for name, value in head.state_dict().items()}
    scaled = LearnedWeightScaling(head, 3)
    assert torch.equal(scaled(features), head(features))
    train_head(scaled, features, target, epochs=2, generator=torch.Generator().manual_seed(0))
    assert all(torch.equal(before[name], value) for name, value in head.state_dict().items())
    assert not torch.equal(scaled.factor, torch.ones(3))
    torch.testing.assert_close(scaled(features), head(features) * scaled.factor)
    restored = LearnedWeightScaling(torch.nn.Linear(2, 3), 3)
    restored.load_state_dict(scaled.state_dict())
    assert torch.equal(restored(features), scaled(features))


def test_nearest_class_mean_is_scikit_learns_and_one_nearest_neighbour_for_single_examples():
    features, target = blobs()
    ours = NearestClassMean(features, target)(features).argmax(dim=1)
    theirs = NearestCentroid().fit(features, target).predict(features)
    np.testing.assert_array_equal(ours, theirs)
    single, label = features[[0, 65, 75]], torch.arange(3)
    neighbour = KNeighborsClassifier(1).fit(single, label).predict(features)
    np.testing.assert_array_equal(
        NearestClassMean(single, label)(features).argmax(dim=1), neighbour
    )


def test_the_metrics_of_nearest_class_mean():
    features, target = (part.double() if part.is_floating_point() else part for part in blobs())
    unit = torch.nn.functional.normalize
    cosine = NearestClassMean(features, target, "cosine")
    means = torch.stack([unit(features)[target == y].mean(dim=0) for y in range(3)])
    torch.testing.assert_close(cosine(features), unit(features) @ unit(means).T)
    torch.testing.assert_close(cosine(7 * features), cosine(features))
    centred = NearestClassMean(features, target, "centred")
    own = unit(features - features.mean(dim=0))
    means = torch.stack([own[target == y].mean(dim=0) for y in range(3)])
    torch.testing.assert_close(centred(features), -((own[:, None] - means) ** 2).sum(dim=2))
    restored = NearestClassMean(features + 1, target, "centred")
    restored.load_state_dict(centred.state_dict())
    assert torch.equal(restored(features), centred(features))


def test_extracting_features_leaves_the_body_as_it_was():
    body = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU())
    body[1].eval()
    before = {name: value.clone() for name, value in body.state_dict().items()}
    inputs = torch.randn(10, 2)
    features = extract_features(body, inputs, batch_size=3)
    assert [module.training for module in body.modules()] == [True, True, False, True]
    assert all(torch.equal(before[name], value) for name, value in body.state_dict().items())
    assert not features.requires_grad
    torch.testing.assert_close(features, body.eval()(inputs))


def test_a_retrained_classifier_is_balanced_repeatable_and_leaves_torchs_generator_alone():
    features, target = blobs((200, 12, 6))
    state = torch.get_rng_state()
    heads = [
        retrain_classifier(features, target, epochs=5, generator=torch.Generator().manual_seed(1))
        for _ in range(2)
    ]
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(heads[0].weight, heads[1].weight)
    test, labels = blobs((300, 300, 300), seed=9)
    accuracy = balanced_accuracy_score(labels, heads[0](test).argmax(dim=1))
    assert accuracy > 0.9


def trained_on_digits(seed):
    data = load_digits_lt(50.0, seed)
    generator = torch.Generator().manual_seed(seed)
    model = SmallNet(10, "linear", generator)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-3)
    for _ in range(20):
        for batch in torch.randperm(len(data.train_labels), generator=generator).split(32):
            optimizer.zero_grad()
            cross_entropy(model(data.train_images[batch])[0], data.train_labels[batch]).backward()
            optimizer.step()
    return data, model, generator


@torch.no_grad()
def digits_accuracies(seed):
    """Balanced accuracy of one network trained with cross-entropy, under each of the rules."""
    with torch.enable_grad():
        data, model, generator = trained_on_digits(seed)
    features = extract_features(model.body, data.train_images)
    test, labels = extract_features(model.body, data.test_images), data.train_labels
    scaled = LearnedWeightScaling(model.head, 10)
    with torch.enable_grad():
        train_head(scaled, features, labels, epochs=5, generator=generator)
        head = retrain_classifier(features, labels, lr=0.1, generator=generator)
    scores = {
        "plain": model.head(test),
        "logit adjustment": adjust_logits(model.head(test), data.class_counts.numpy()),
        "tau-normalised": test @ tau_normalized(model.head.weight).T,
        "class means": NearestClassMean(features, labels)(test),
        "scaled": scaled(test),
        "re-trained": head(test),
    }
    return {
        name: balanced_accuracy_score(data.test_labels, score.argmax(dim=1))
        for name, score in scores.items()
    }


def test_each_rule_improves_a_network_trained_on_long_tailed_digits():
    found = [digits_accuracies(seed) for seed in range(4)]
    mean = {name: float(np.mean([run[name] for run in found])) for name in found[0]}
    print({name: round(value, 3) for name, value in mean.items()})
    plain = mean.pop("plain")
    assert min(mean.values()) > plain + 0.01


# ----------------------------------------------------------------------------------- estimators


def world(seed, size=4000, share=0.05):
    rng = np.random.default_rng(seed)
    y = (rng.random(size) < share).astype(int)
    return rng.normal(y[:, None] * [1.5, 0.5], 1.0), np.array(["no", "yes"])[y]


def test_the_rules_of_two_classes_agree_and_beat_the_plain_classifier():
    X, y = world(0)
    test_X, test_y = world(1, share=0.5)
    plain = LogisticRegression().fit(X, y).predict(test_X)
    answers = [
        rule.fit(X, y).predict(test_X)
        for rule in (
            LogitAdjustedClassifier(),
            ThresholdMovingClassifier(),
            ThresholdMovingClassifier(rule="expected_cost"),
            PlugInClassifier(),
        )
    ]
    for answer in answers[1:]:
        np.testing.assert_array_equal(answer, answers[0])
    gain = balanced_accuracy_score(test_y, answers[0]) - balanced_accuracy_score(test_y, plain)
    assert gain > 0.15


def test_the_f1_rule_has_a_better_f1():
    X, y = world(0)
    test_X, test_y = world(2)
    rule = PlugInClassifier(measure="f1").fit(X, y)
    assert rule.threshold_ < 0.5
    plain = f1_score(test_y, LogisticRegression().fit(X, y).predict(test_X), pos_label="yes")
    assert f1_score(test_y, rule.predict(test_X), pos_label="yes") > plain + 0.1


def test_a_cost_matrix_decides():
    X, y = world(0)
    cost = [[0, 1], [4, 0]]
    rule = ThresholdMovingClassifier(cost=cost, rule="expected_cost").fit(X, y)
    p = LogisticRegression().fit(X, y).predict_proba(X)[:, 1]
    np.testing.assert_array_equal(rule.predict(X) == "yes", p > cost_threshold(1, 4))
    assert rule.cost_.tolist() == cost


def test_threshold_moving_and_expected_cost_differ_for_three_classes_with_uneven_rows():
    X, y = (part.numpy() for part in blobs())
    cost = [[0, 10, 0], [1, 0, 1], [1, 1, 0]]
    moving, expected = (
        ThresholdMovingClassifier(GaussianNB(), cost, rule).fit(X, y)
        for rule in ("row_sums", "expected_cost")
    )
    p = GaussianNB().fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(moving.predict(X), (p * [10, 2, 2]).argmax(axis=1))
    np.testing.assert_array_equal(expected.predict(X), cost_sensitive_prediction(p, cost))
    assert (moving.predict(X) != expected.predict(X)).any()


@pytest.mark.parametrize("method", ["mlls", "bbse"])
def test_a_classifier_adapts_to_a_new_prior(method):
    X, y = world(0)
    new_X, new_y = world(3, share=0.6)
    rule = PriorCorrectedClassifier(method=method).fit(X, y)
    plain = LogisticRegression().fit(X, y)
    np.testing.assert_allclose(rule.predict_proba(X), plain.predict_proba(X), rtol=1e-9)
    before = (rule.predict(new_X) == new_y).mean()
    rule.adapt(new_X)
    assert rule.target_prior_[1] == pytest.approx(0.6, abs=0.1)
    assert (rule.predict(new_X) == new_y).mean() > before + 0.2
    np.testing.assert_allclose(rule.predict_proba(new_X).sum(axis=1), 1)


def test_sample_weights_count_in_the_prior():
    X, y = world(0, 300)
    weight = np.where(y == "yes", 3.0, 1.0)
    rule = LogitAdjustedClassifier().fit(X, y, sample_weight=weight)
    share = weight[y == "yes"].sum() / weight.sum()
    np.testing.assert_allclose(rule.class_prior_, [1 - share, share])


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: adjust_logits(np.ones((2, 3)), (1, 2)), InputError, "the 2 classes"),
        (lambda: adjust_logits(torch.ones(2, 3), (1, 2)), InputError, "the 2 classes"),
        (lambda: adjust_logits(torch.ones(2, 2).long(), (1, 2)), InputTypeError, "floating-point"),
        (lambda: adjust_logits(np.ones(2), (1, 0)), InputError, "class_prior = 0"),
        (lambda: adjust_logits(np.ones(2), 0.5), InputError, "class_prior has shape"),
        (
            lambda: adjust_logits(np.ones(2), (1, 1), target_prior=(1, 1, 1)),
            InputError,
            "must match class_prior",
        ),
        (lambda: adjust_probabilities(np.array([2.0, 0.0]), (1, 1)), InputError, "probabilities"),
        (lambda: threshold_moving_scores(torch.ones(3), np.eye(3)), InputError, "diagonal"),
        (
            lambda: threshold_moving_scores(torch.ones(3), [[0, 1], [1, 0]]),
            InputError,
            "the 2 classes",
        ),
        (lambda: plug_in_threshold([1, 1]), InputError, "must be labels 0 and 1"),
        (lambda: cost_threshold(0.0), InputError, "false_positive = 0"),
        (lambda: f_beta_threshold([0, 1], [0.5]), InputError, "must match target"),
        (lambda: expected_f_beta_threshold([0.0, 0.0]), InputError, "not all zero"),
        (lambda: bbse_prior([0, 1], [0, 0], [0, 1], 2), InputError, "singular"),
        (lambda: bbse_prior([0, 2], [0, 0], [0, 1], 2), InputError, "target = 2"),
        (lambda: bbse_prior([0, 1], [0], [0, 1], 2), InputError, "must match target"),
        (lambda: bbse_prior([0, 0.5], [0, 1], [0, 1], 2), InputError, "class indices"),
        (lambda: tau_normalized(np.ones(3)), InputError, r"must be \(K, D\)"),
        (lambda: NearestClassMean(torch.ones(2, 2), torch.tensor([0, 2])), InputError, "class 1"),
        (lambda: NearestClassMean(torch.ones(2, 2), torch.tensor([0])), InputError, r"\(N, D\)"),
        (
            lambda: NearestClassMean(torch.ones(1, 2), torch.tensor([0]), "manhattan"),
            InputError,
            "metric",
        ),
        (lambda: power_costs([1.0]), InputError, "K >= 2"),
        (
            lambda: LogitAdjustedClassifier(RidgeClassifier()).fit(*world(0, 50)),
            InputError,
            "no predict_proba",
        ),
        (
            lambda: ThresholdMovingClassifier(cost=np.eye(2)).fit(*world(0, 50)),
            InputError,
            "diagonal",
        ),
        (lambda: ThresholdMovingClassifier(rule="sum").fit(*world(0, 50)), InputError, "rule"),
        (lambda: PlugInClassifier(measure="auc").fit(*world(0, 50)), InputError, "measure"),
        (lambda: PriorCorrectedClassifier(method="em").fit(*world(0, 50)), InputError, "method"),
        (
            lambda: PlugInClassifier().fit(*(part.numpy() for part in blobs())),
            InputError,
            "Only binary classification is supported",
        ),
    ],
)
def test_bad_input_is_refused_with_its_mend(build, error, message):
    with pytest.raises(error, match=message):
        build()
