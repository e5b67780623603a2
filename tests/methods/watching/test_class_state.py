"""The state that batches leave is that of all of them, and its numbers are those of plain loops."""

import numpy as np
import pytest
import torch
from counterpoise.methods import LDAMLoss, LogitAdjustedLoss, MarginSoftmaxLoss, VSLoss
from counterpoise.methods.watching.adjustment import in_use
from counterpoise.methods.watching.class_state import (
    LEAST,
    QUANTILE_ERROR,
    class_state,
    merged,
    probability_quantile,
)
from counterpoise.theory.vector_scaling import minimal_logit, minimal_probability
from hypothesis import given, settings
from hypothesis import strategies as st

COUNTS = [90, 30, 10]
LOSSES = (MarginSoftmaxLoss(), LogitAdjustedLoss(COUNTS), VSLoss(COUNTS), LDAMLoss(COUNTS))


def batch(seed, size, spread):
    generator = torch.Generator().manual_seed(seed)
    logits = spread * torch.randn(size, 3, generator=generator, dtype=torch.float64)
    target = torch.randint(0, 3, (size,), generator=generator)
    return logits, target, *torch.rand(2, size, generator=generator, dtype=torch.float64)


batches = st.builds(
    batch, st.integers(0, 2**20), st.integers(1, 200), st.sampled_from([0.01, 1.0, 10.0, 100.0])
)


@settings(max_examples=25)
@given(batches, st.sampled_from(LOSSES), st.lists(st.integers(1, 50), min_size=1, max_size=5))
def test_the_state_of_a_whole_is_that_of_its_parts_in_any_order(examples, criterion, sizes):
    held, size = in_use(criterion), len(examples[0])
    ends = sorted({min(end, size) for end in np.cumsum(sizes).tolist()} | {size})
    parts = [
        class_state(*(part[a:b] for part in examples[:2]), held, *(p[a:b] for p in examples[2:]))
        for a, b in zip([0, *ends[:-1]], ends, strict=True)
    ]
    whole = class_state(*examples[:2], held, *examples[2:])
    forwards, backwards = parts[0], parts[-1]
    for other in parts[1:]:
        forwards = merged(forwards, other)
    for other in parts[-2::-1]:
        backwards = merged(backwards, other)
    for joined in (forwards, backwards):
        for name, ours, own in zip(whole._fields, joined, whole, strict=True):
            if name in (*LEAST, "seen", "correct", "odds"):
                assert torch.equal(ours, own), name
            else:
                torch.testing.assert_close(ours, own, rtol=1e-12, atol=1e-12, msg=name)


@settings(max_examples=60)
@given(batches, st.sampled_from(LOSSES[:3]))
def test_least_probabilities_and_logits_are_the_theory_s(examples, criterion):
    logits, target = (torch.cat([part, end]) for part, end in zip(
        examples[:2], (torch.zeros(3, 3, dtype=torch.float64), torch.arange(3)), strict=True
    ))  # fmt: skip
    held = in_use(criterion)
    state = class_state(logits, target, held)
    scale, offset = (
        neutral if held[name] is None else held[name].numpy()
        for name, neutral in (("scale", 1.0), ("offset", 0.0))
    )
    least = minimal_probability(logits.numpy(), target.numpy(), scale, offset)
    np.testing.assert_allclose(state.log_probability.exp().numpy(), least, rtol=1e-9, atol=1e-300)
    assert (state.logit.numpy() == minimal_logit(logits.numpy(), target.numpy())).all()


@settings(max_examples=15)
@given(batches, st.sampled_from(LOSSES))
def test_sums_are_those_of_a_loop_over_examples(examples, criterion):
    logits, target, weights, squares = examples
    state = class_state(logits, target, in_use(criterion), weights, squares)
    for label in range(3):
        own = [i for i in range(len(target)) if target[i] == label]
        assert state.seen[label] == len(own)
        losses = [criterion(logits[i : i + 1], target[i : i + 1]).item() for i in own]
        margins = [
            (logits[i, label] - max(z for j, z in enumerate(logits[i]) if j != label)).item()
            for i in own
        ]
        expected = {
            "losses": sum(losses),
            "halved": sum(min(loss, np.log(2)) for loss in losses),
            "probabilities": sum(np.exp(-loss) for loss in losses),
            "margins": sum(margins),
            "correct": sum(logits[i].argmax() == label for i in own),
            "weights": weights[own].sum(),
            "squares": squares[own].sum(),
            "margin": min(margins, default=np.inf),
        }
        for name, value in expected.items():
            ours = getattr(state, name)[label].item()
            assert ours == pytest.approx(float(value), rel=1e-9, abs=1e-9), name


@settings(max_examples=100)
@given(batches, st.sampled_from([0.01, 0.05, 0.5, 1.0]))
def test_a_quantile_is_within_its_bound_of_the_order_statistic(examples, share):
    logits, target = examples[:2]
    state = class_state(logits, target, {})
    found = probability_quantile(state, share)
    probability = logits.softmax(dim=1)[torch.arange(len(target)), target].numpy()
    for label in range(3):
        own = probability[target.numpy() == label]
        if not own.size:
            assert np.isnan(found[label])
            continue
        exact = np.quantile(own, share, method="inverted_cdf")
        assert abs(found[label] - exact) <= 1 / 256 + 1e-12
        assert found[label] >= own.min() * (1 - 1e-12)
        if 2e-7 < exact < 1 - 2e-7:
            odds = [np.log(p / (1 - p)) for p in (found[label], exact)]
            assert abs(odds[0] - odds[1]) <= QUANTILE_ERROR + 1e-6
        else:
            assert abs(found[label] - exact) <= 1.2e-7
