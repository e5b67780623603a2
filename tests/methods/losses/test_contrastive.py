"""Contrastive losses against loops over pairs in float64, and the identities between them."""

import math
from functools import partial

import numpy as np
import pytest
import torch
from counterpoise.methods import (
    BalancedContrastiveLoss,
    FeatureQueue,
    KCLLoss,
    LogitAdjustedLoss,
    PaCoLoss,
    ProCoLoss,
    balanced_contrastive_loss,
    k_positive_contrastive_loss,
    parametric_contrastive_loss,
    supervised_contrastive_loss,
)
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from hypothesis import given, settings
from hypothesis import strategies as st
from loss_checks import same
from torch.nn.functional import cross_entropy, normalize

a_few = settings(deadline=None, max_examples=25)


@st.composite
def vectors(draw):
    """Unit vectors (M, D), classes (M,), the number of anchors, a temperature."""
    seed, size = draw(st.integers(0, 9999)), draw(st.integers(2, 9))
    rng = np.random.default_rng(seed)
    embedding = normalize(torch.from_numpy(rng.normal(size=(size, 3))), dim=1)
    target = torch.from_numpy(rng.integers(0, 3, size))
    return embedding, target, draw(st.integers(1, size)), draw(st.floats(0.05, 2))


def by_pairs(embedding, target, anchors, temperature, below=lambda i, k: 1.0):
    """Sums as the papers write them; ``below`` is what vector k weighs in the sum of anchor i."""
    found = []
    for i in range(anchors):
        score = [float(embedding[i] @ other) / temperature for other in embedding]
        others = [k for k in range(len(target)) if k != i]
        total = math.log(sum(below(i, k) * math.exp(score[k]) for k in others))
        alike = [k for k in others if target[k] == target[i]]
        found.append(sum(total - score[k] for k in alike) / max(len(alike), 1))
    return torch.tensor(found, dtype=torch.float64)


def class_mean(target):
    def below(i, k):
        return 1 / sum(1 for j, y in enumerate(target) if y == target[k] and j != i)

    return below


@a_few
@given(vectors())
def test_losses_are_those_of_loops_over_pairs(drawn):
    embedding, target, anchors, temperature = drawn
    same(supervised_contrastive_loss(*drawn), by_pairs(*drawn))
    same(balanced_contrastive_loss(*drawn), by_pairs(*drawn, class_mean(target)))
    everyone = supervised_contrastive_loss(embedding, target, temperature=temperature)
    same(everyone[:anchors], by_pairs(*drawn))


@a_few
@given(vectors(), st.integers(0, 999))
def test_the_order_of_vectors_does_not_matter(drawn, seed):
    embedding, target, _, temperature = drawn
    order = torch.randperm(len(target), generator=torch.Generator().manual_seed(seed))
    for loss in (supervised_contrastive_loss, balanced_contrastive_loss):
        whole = loss(embedding, target, temperature=temperature)
        same(loss(embedding[order], target[order], temperature=temperature), whole[order])


@a_few
@given(st.integers(0, 9999), st.integers(2, 4), st.integers(2, 4))
def test_of_classes_of_one_size_the_balanced_loss_is_the_plain_one_less_a_constant(
    seed, size, classes
):
    rng = np.random.default_rng(seed)
    target = torch.arange(classes).repeat(size)
    embedding = normalize(torch.from_numpy(rng.normal(size=(len(target), 3))), dim=1)
    gap = supervised_contrastive_loss(embedding, target) - balanced_contrastive_loss(
        embedding, target
    )
    assert (gap >= math.log(size - 1) - 1e-9).all()
    assert (gap <= math.log(size) + 1e-9).all()


def test_copies_of_a_class_do_not_crowd_the_balanced_sum():
    embedding = normalize(torch.randn(6, 4, dtype=torch.float64), dim=1)
    target = torch.tensor([0, 0, 1, 1, 2, 2])
    often = torch.cat([embedding, embedding[4:].repeat(5, 1)])
    labels = torch.cat([target, target[4:].repeat(5)])
    same(
        balanced_contrastive_loss(often, labels, anchors=4),
        balanced_contrastive_loss(embedding, target, anchors=4),
    )
    assert (
        supervised_contrastive_loss(often, labels, anchors=4)
        > supervised_contrastive_loss(embedding, target, anchors=4)
    ).all()


@a_few
@given(vectors(), st.floats(0, 1), st.floats(0, 2))
def test_the_parametric_loss_is_one_row_of_classes_and_vectors(drawn, alpha, gamma):
    embedding, target, anchors, temperature = drawn
    logits = torch.from_numpy(np.random.default_rng(1).normal(size=(anchors, 3)))
    found = parametric_contrastive_loss(logits, embedding, target, alpha, gamma, temperature)
    for i in range(anchors):
        others = [k for k in range(len(target)) if k != i]
        score = {k: float(embedding[i] @ embedding[k]) / temperature for k in others}
        total = float(logits[i].exp().sum()) + gamma * sum(math.exp(score[k]) for k in others)
        parts = [(1.0, float(logits[i, target[i]]))]
        parts += [(alpha, score[k]) for k in others if target[k] == target[i]]
        lost = sum(w * (math.log(total) - s) for w, s in parts) / sum(w for w, _ in parts)
        assert float(found[i]) == pytest.approx(lost, rel=1e-9, abs=1e-9)
    alone = parametric_contrastive_loss(logits, embedding, target, 0.0, 0.0, temperature)
    same(alone, cross_entropy(logits, target[:anchors], reduction="none"))
    with_others = parametric_contrastive_loss(logits, embedding, target, 0.0, 1.0, temperature)
    assert (with_others >= alone - 1e-12).all()


@a_few
@given(vectors(), st.integers(0, 99))
def test_of_k_positives_many_are_all_and_one_is_one_of_them(drawn, seed):
    embedding, target, anchors, temperature = drawn
    generator = torch.Generator().manual_seed(seed)
    all_of_them = k_positive_contrastive_loss(
        embedding, target, anchors=anchors, k=99, temperature=temperature, generator=generator
    )
    same(all_of_them, supervised_contrastive_loss(*drawn))
    one = k_positive_contrastive_loss(
        embedding, target, anchors=anchors, k=1, temperature=temperature, generator=generator
    )
    pairs = supervised_contrastive_loss(
        embedding, torch.arange(len(target)), anchors=anchors, temperature=temperature
    )
    assert (pairs == 0).all()  # nobody has another of the class
    for i in range(anchors):
        alone = []
        for k in range(len(target)):
            if k != i and target[k] == target[i]:
                labels = torch.arange(len(target)) + 9
                labels[k] = labels[i]
                alone.append(
                    float(supervised_contrastive_loss(embedding, labels, anchors, temperature)[i])
                )
        expected = alone or [0.0]
        assert min(abs(float(one[i]) - own) for own in expected) < 1e-9


def test_the_own_view_is_always_a_positive():
    embedding = normalize(torch.randn(20, 4, dtype=torch.float64), dim=1)
    target = torch.zeros(20, dtype=torch.int64)
    own = torch.arange(10, 20)
    found = k_positive_contrastive_loss(embedding, target, own, anchors=10, k=0, temperature=0.5)
    labels = torch.cat([torch.arange(10), torch.arange(10)])
    same(found, supervised_contrastive_loss(embedding, labels, anchors=10, temperature=0.5))


def test_vectors_that_are_none_count_for_nothing():
    embedding = normalize(torch.randn(6, 4, dtype=torch.float64), dim=1)
    target = torch.tensor([0, 0, 1, 1, -1, -1])
    for loss in (supervised_contrastive_loss, balanced_contrastive_loss):
        same(loss(embedding, target, anchors=4), loss(embedding[:4], target[:4]))


def test_gradients_are_those_of_differences():
    target = torch.tensor([0, 0, 1, 1, 2])
    start = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    logits = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    for loss in (supervised_contrastive_loss, balanced_contrastive_loss):
        assert torch.autograd.gradcheck(
            lambda x, loss=loss: loss(normalize(x, dim=1), target).sum(), start
        )
    for gamma in (0.0, 1.0):
        assert torch.autograd.gradcheck(
            lambda z, x, gamma=gamma: parametric_contrastive_loss(
                z, normalize(x, dim=1), target, gamma=gamma
            ).sum(),
            (logits, start),
        )


def batch(size=6, classes=3, width=4):
    generator = torch.Generator().manual_seed(3)
    logits = torch.randn(size, classes, generator=generator, dtype=torch.float64)
    embedding, prototypes = (
        normalize(torch.randn(n, width, generator=generator, dtype=torch.float64), dim=1)
        for n in (size, classes)
    )
    return logits, torch.arange(size) % classes, embedding, prototypes.expand(size, -1, -1)


@pytest.mark.parametrize("balanced", [True, False])
def test_balanced_contrast_is_added_to_logit_adjustment(balanced):
    logits, target, embedding, prototypes = batch()
    counts = (50, 10, 2)
    adjusted = LogitAdjustedLoss(counts)(logits, target)
    none = BalancedContrastiveLoss(counts, contrast=0.0, balanced=balanced)
    same(none(logits, target, embedding, prototypes), adjusted)
    loss = balanced_contrastive_loss if balanced else supervised_contrastive_loss
    contrast = loss(
        torch.cat([embedding, prototypes[0]]), torch.cat([target, torch.arange(3)]), anchors=6
    )
    whole = BalancedContrastiveLoss(counts, contrast=0.5, balanced=balanced)
    same(whole(logits, target, embedding, prototypes), adjusted + 0.5 * contrast.mean())
    half = torch.where(torch.arange(6) < 3, target, -100)
    kept = whole(logits[:3], target[:3], embedding[:3], prototypes[:3])
    same(whole(logits, half, embedding, prototypes), kept)


def test_paco_without_vectors_is_logit_adjustment_and_its_queue_is_of_the_past():
    logits, target, embedding, _ = batch()
    counts = (50, 10, 2)
    none = PaCoLoss(counts, alpha=0.0, gamma=0.0, queue=0, width=4)
    same(none(logits, target, embedding), LogitAdjustedLoss(counts)(logits, target))
    loss = PaCoLoss(counts, queue=8, width=4).double()
    first = loss(logits, target, embedding)
    second = loss(logits, target, embedding)
    offset = torch.tensor(np.log(np.array(counts) / 62))
    seen = parametric_contrastive_loss(
        logits + offset, embedding.repeat(2, 1), target.repeat(2)
    ).mean()
    same(first, parametric_contrastive_loss(logits + offset, embedding, target).mean())
    same(second, seen)
    held = loss.queue.target.clone()
    loss.eval()
    loss(logits, target, embedding)
    assert torch.equal(loss.queue.target, held)


def test_kcl_without_positives_is_logit_adjustment_and_with_all_the_supervised_contrast():
    logits, target, embedding, _ = batch()
    counts = (50, 10, 2)
    adjusted = LogitAdjustedLoss(counts)(logits, target)
    for none in ({"k": 0}, {"contrast": 0.0}):
        same(
            KCLLoss(counts, queue=8, width=4, **none).double()(logits, target, embedding), adjusted
        )
    loss = KCLLoss(counts, contrast=0.5, k=99, temperature=0.3, queue=8, width=4).double()
    alone = supervised_contrastive_loss(embedding, target, temperature=0.3)
    same(loss(logits, target, embedding), adjusted + 0.5 * alone.mean())
    twice = supervised_contrastive_loss(
        embedding.repeat(2, 1), target.repeat(2), anchors=6, temperature=0.3
    )
    same(loss(logits, target, embedding), adjusted + 0.5 * twice.mean())


def test_kcl_draws_as_many_positives_for_every_class_from_its_generator():
    logits, _, embedding, _ = batch(12)
    target = torch.tensor([0] * 9 + [1] * 2 + [2])
    made = {"class_counts": (50, 10, 2), "k": 2, "queue": 0, "width": 4, "reduction": "none"}
    first, same_seed, other = (
        KCLLoss(**made, generator=torch.Generator().manual_seed(seed)).double()
        for seed in (1, 1, 2)
    )
    found = first(logits, target, embedding)
    assert torch.equal(found, same_seed(logits, target, embedding))
    differs = found != other(logits, target, embedding)
    assert differs[:9].any()
    assert not differs[9:].any()  # one other of the class, or none
    expected = k_positive_contrastive_loss(
        embedding, target, k=2, generator=torch.Generator().manual_seed(1)
    )
    adjusted = LogitAdjustedLoss((50, 10, 2), reduction="none")(logits, target)
    same(found, adjusted + 0.35 * expected)


@given(st.lists(st.integers(0, 7), max_size=6), st.integers(0, 6))
def test_a_queue_holds_the_latest(sizes, size):
    queue, kept = FeatureQueue(size, 1), []
    for number, many in enumerate(sizes):
        queue.put(torch.full((many, 1), float(number)), torch.full((many,), number))
        kept = [*kept, *[number] * many][
            len(kept) + many - size if len(kept) + many > size else 0 :
        ]
    vectors, target = queue.held(torch.zeros(0))
    held = target[target >= 0]
    assert sorted(held.tolist()) == sorted(kept)
    assert torch.equal(vectors[target >= 0, 0], held.float())


def test_shapes_are_told():
    with pytest.raises(InputError, match="embedding has shape"):
        supervised_contrastive_loss(torch.ones(3, 2), torch.zeros(2, dtype=torch.int64))


@pytest.mark.parametrize("made", [PaCoLoss, partial(KCLLoss, k=99)])
def test_a_second_look_at_a_batch_does_not_meet_the_batch_itself(made):
    loss = made([50, 5, 5], width=2, queue=8, reduction="none")
    batch = [(torch.randn(4, 3), torch.tensor([0, 1, 2, 0]), normalize(torch.randn(4, 2), dim=1))]
    batch.append((torch.randn(3, 3), torch.tensor([2, 1, 0]), normalize(torch.randn(3, 2), dim=1)))
    loss(*batch[0])
    first = loss(*batch[1])
    torch.testing.assert_close(
        loss.eval()(*batch[1]), first
    )  # against the first batch alone, again


def test_an_anchor_without_a_class_has_no_loss():
    found = parametric_contrastive_loss(
        torch.randn(2, 3), normalize(torch.randn(2, 4), dim=1), torch.tensor([-1, 1])
    )
    assert found[0] == 0
    assert found[1] > 0


@pytest.mark.parametrize("loss", [made([9, 1], width=2) for made in (KCLLoss, PaCoLoss, ProCoLoss)])
def test_targets_and_widths_that_do_not_fit_are_said(loss):
    logits, target, embedding = torch.zeros(3, 2), torch.tensor([0, 1, 0]), torch.ones(3, 2)
    with pytest.raises(InputTypeError, match="class indices"):
        loss(logits, torch.full((3, 2), 0.5), embedding)
    with pytest.raises(InputError, match=r"embedding has shape \(3, 4\)"):
        loss(logits, target, torch.ones(3, 4))
