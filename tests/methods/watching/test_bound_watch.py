"""A watch says what the theory says of the same logits; the callback, what the plain loop says."""

import copy
import io
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from counterpoise.methods import (
    BoundCallback,
    BoundWatch,
    FocalLoss,
    GCALoss,
    LogitAdjustedLoss,
    NormedLinear,
    VSLoss,
)
from counterpoise.methods.watching.bound_watch import KEPT
from counterpoise.methods.watching.last_layer import head_norm, squared_lengths
from counterpoise.theory.bounds import norm_ball, rdr_curve, vs_certificate
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from torch import nn

COUNTS = [60, 25, 9]
TARGET = torch.repeat_interleave(torch.arange(3), torch.tensor(COUNTS))


def sample(seed=0, shift=2.0):
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(TARGET), 4, generator=generator, dtype=torch.float64)
    return features + shift * nn.functional.one_hot(TARGET, 4)


def head_of(kind=nn.Linear, seed=0):
    torch.manual_seed(seed)
    return kind(4, 3).double()


def watched(criterion, head=None, batches=1, weights=None, **options):
    head = head_of() if head is None else head
    watch, features = BoundWatch(COUNTS, criterion, head=head, **options), sample()
    order = torch.randperm(len(TARGET), generator=torch.Generator().manual_seed(1))
    for index in order.chunk(batches):
        given = None if weights is None else weights[index]
        watch.see(head(features[index]), TARGET[index], given, features[index])
    return watch.end_epoch(), head(features).detach().numpy(), head, features


def column(rows, name):
    return np.array([row[name] for row in rows], dtype=float)


@pytest.mark.parametrize("criterion", [None, LogitAdjustedLoss(COUNTS), VSLoss(COUNTS)])
@pytest.mark.parametrize("batches", [1, 7])
def test_the_stratified_bound_is_the_certificate_of_the_whole_sample(criterion, batches):
    rows, logits, head, features = watched(criterion, batches=batches)
    radii = [((features[y == TARGET] ** 2).sum(1) + 1).mean().sqrt().item() for y in range(3)]
    norm = np.sqrt(sum((part**2).sum().item() for part in head.parameters()))
    held = {}
    if criterion is not None:
        held = {"offset": criterion.offset.numpy()}
        held |= {} if criterion.scale is None else {"scale": criterion.scale.numpy()}
    exact = vs_certificate(logits, TARGET.numpy(), norm_ball(norm, radii), **held)
    np.testing.assert_allclose(column(rows, "stratified"), float(exact.total), rtol=1e-6)
    np.testing.assert_allclose(column(rows, "radius"), radii, rtol=1e-6)
    assert len(set(column(rows, "data_dependent"))) == 1
    assert rows[0]["stratified"] <= min(rows[0]["union"], rows[0]["data_dependent"])


def test_class_terms_add_up_to_the_union_and_curves_are_the_theory_s():
    rows, *_ = watched(nn.CrossEntropyLoss())
    terms = sum(column(rows, f"union_{part}") for part in ("risk", "complexity", "deviation"))
    assert terms.sum() == pytest.approx(rows[0]["union"], rel=1e-12)
    for kind in ("min", "q05", "mean"):
        curve = rdr_curve(COUNTS, column(rows, f"p_{kind}"))
        np.testing.assert_array_equal(column(rows, f"curve_{kind}"), curve)
    assert (column(rows, "lipschitz") == np.sqrt(2) * (1 - column(rows, "p_min"))).all()


def test_weights_move_the_weighted_bound_alone_and_not_by_their_scale():
    inverse = 1 / torch.tensor(COUNTS, dtype=torch.float64)
    plain, *_ = watched(LogitAdjustedLoss(COUNTS))
    weighed, *_ = watched(LogitAdjustedLoss(COUNTS, weight=inverse))
    by_example, *_ = watched(LogitAdjustedLoss(COUNTS), weights=7 * inverse[TARGET])
    for rows in (weighed, by_example):
        assert rows[0]["stratified"] == plain[0]["stratified"]
        assert rows[0]["weighted"] < plain[0]["weighted"]
    assert weighed[0]["weighted"] == pytest.approx(by_example[0]["weighted"], rel=1e-12)
    assert plain[0]["weighted"] == pytest.approx(plain[0]["data_dependent"], rel=1e-12)
    np.testing.assert_allclose(7 * column(weighed, "weight"), column(by_example, "weight"))


def test_a_temperature_divides_the_local_constant():
    rho = np.array([1.0, 2.0, 4.0])
    rows, *_ = watched(GCALoss(COUNTS, q=0.0, rho=rho))
    alpha = column(rows, "weight")
    expected = alpha * np.sqrt(2) * (1 - column(rows, "p_min")) / rho
    np.testing.assert_allclose(column(rows, "lipschitz"), expected)


@pytest.mark.parametrize("kind", [nn.Linear, NormedLinear])
def test_logits_are_no_longer_than_norm_times_length(kind):
    head, features = head_of(kind), sample()
    lengths = head(features).norm(dim=1)
    assert (
        lengths <= head_norm(head) * squared_lengths(head, features.norm(dim=1)).sqrt() * (1 + 1e-6)
    ).all()


def test_what_was_not_seen_is_empty():
    watch = BoundWatch(COUNTS, FocalLoss())
    watch.see(torch.zeros(2, 3), torch.tensor([0, 1]))
    rows = watch.end_epoch()
    assert rows[2]["p_min"] is rows[2]["curve_mean"] is rows[0]["union"] is None
    assert rows[0]["p_min"] == pytest.approx(1 / 3)
    assert watch.table().loc[2, ["p_min", "norm"]].isna().all()


def test_numbers_that_are_not_finite_are_empty_cells_and_stop_no_training():
    watch, head = BoundWatch(COUNTS, head=head_of()), head_of()
    features = sample()
    logits = head(features).detach()
    logits[0] = torch.nan
    watch.see(logits, TARGET, features=features)
    rows = watch.end_epoch()
    assert rows[0]["p_mean"] is rows[0]["stratified"] is None
    assert rows[1]["p_mean"] > 0


def test_a_state_goes_on_where_it_was_taken_and_epochs_may_be_numbered():
    criterion, head, features = LogitAdjustedLoss(COUNTS), head_of(), sample()
    watches = [BoundWatch(COUNTS, criterion, head=head) for _ in range(2)]
    for watch in watches:
        watch.see(head(features), TARGET, features=features)
        watch.end_epoch(epoch=5)
    file = io.BytesIO()
    torch.save(watches[0].state_dict(), file)
    file.seek(0)
    watches[0].see(head(features), TARGET)  # of an epoch that was broken off
    watches[0].load_state_dict(torch.load(file, weights_only=True))
    for watch in watches:
        watch.see(2 * head(features), TARGET, features=features)
        watch.end_epoch()
    assert watches[0].rows == watches[1].rows
    assert watches[0].rows[-1]["epoch"] == 6


def test_many_batches_are_looked_at_before_the_epoch_ends():
    size = KEPT // 3 // 4 + 1
    logits = torch.randn(size, 3, generator=torch.Generator().manual_seed(0))
    target = torch.arange(size) % 3
    watch = BoundWatch(COUNTS)
    for sign in (1, -1, 1, -1, 1):
        watch.see(sign * logits, target)
    rows = watch.end_epoch()
    p = torch.cat([logits.double(), -logits.double()]).softmax(dim=1)[:, 0]
    assert rows[0]["seen"] == 5 * len(target[target == 0])
    assert rows[0]["p_min"] == pytest.approx(p[torch.cat([target, target]) == 0].min().item())


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ((torch.zeros(2, 4), torch.tensor([0, 1])), InputError, r"must be \(B, 3\)"),
        ((torch.zeros(2, 3), torch.zeros(2, 3)), InputTypeError, "class indices, int64"),
        ((torch.zeros(2, 3), torch.tensor([0])), InputError, r"must be \(2,\)"),
        ((torch.zeros(1, 3), torch.tensor([0]), torch.ones(2)), InputError, "weights have shape"),
        ((torch.zeros(1, 3), torch.tensor([0]), None, torch.ones(3)), InputError, "features have"),
        ((torch.zeros(1, 3), torch.tensor([3])), InputError, "must be classes, 0 to 2"),
    ],
)
def test_a_batch_that_does_not_fit_is_refused(arguments, kind, words):
    watch = BoundWatch(COUNTS)
    with pytest.raises(kind, match=words):
        watch.see(*arguments) or watch.end_epoch()


def test_a_watch_that_could_not_speak_is_refused():
    with pytest.raises(InputTypeError, match=r"must be nn\.Linear or a cosine head"):
        BoundWatch(COUNTS, head=nn.Conv2d(1, 3, 1))
    with pytest.raises(InputError, match="call see after each"):
        BoundWatch(COUNTS).end_epoch()
    with pytest.raises(InputError, match="two at least"):
        BoundWatch([5])
    with pytest.raises(InputTypeError, match="must be a BoundWatch"):
        BoundCallback(None)


class Trainer:
    """Calls the hooks of a callback as Lightning's does in an epoch of automatic optimisation."""

    def fit(self, module, batches, callback, epochs):
        for _ in range(epochs):
            for index, batch in enumerate(batches):
                outputs = module.training_step(batch, index)
                callback.on_train_batch_end(self, module, outputs, batch, index)
            callback.on_train_epoch_end(self, module)


def test_the_callback_sees_what_a_plain_loop_sees():
    head, features, logged = head_of(), sample(), {}
    batches = list(zip(features.split(20), TARGET.split(20), strict=True))

    def step(batch, batch_idx):
        return {"loss": 0.0, "logits": head(batch[0]), "target": batch[1], "features": batch[0]}

    module = SimpleNamespace(training_step=step, log=logged.__setitem__)
    ours, plain = (BoundWatch(COUNTS, head=head) for _ in range(2))
    callback = BoundCallback(ours)
    Trainer().fit(module, batches, callback, epochs=2)
    for _ in range(2):
        for x, y in batches:
            plain.see(head(x), y, features=x)
        plain.end_epoch()
    assert ours.rows == plain.rows
    assert logged["bound/stratified"] == plain.rows[0]["stratified"]
    again = BoundCallback(BoundWatch(COUNTS, head=head))
    again.load_state_dict(copy.deepcopy(callback.state_dict()))
    assert again.watch.rows == plain.rows
    with pytest.raises(InputError, match="training_step: must return"):
        callback.on_train_batch_end(None, None, torch.tensor(0.0), batches[0], 0)
