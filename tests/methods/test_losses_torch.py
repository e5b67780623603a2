"""The losses as citizens of torch: shapes, dtypes, devices, transforms, extremes, errors."""

import copy

import pytest
import torch
from counterpoise.methods import (
    ClassBalancedLoss,
    FocalLoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    VSLoss,
    margin_softmax_loss,
)
from counterpoise.theory.validation import InputError, InputTypeError
from torch.nn.functional import cross_entropy

COUNTS = (100, 20, 5)
LOSSES = {
    "ce": MarginSoftmaxLoss(),
    "la": LogitAdjustedLoss(COUNTS),
    "ldam": LDAMLoss(COUNTS),
    "vs": VSLoss(COUNTS, weight=(1.0, 2.0, 3.0)),
    "focal": FocalLoss(),
    "class-balanced": ClassBalancedLoss(COUNTS),
    "pairwise": MarginSoftmaxLoss(offset=torch.arange(9.0).reshape(3, 3)),
}
every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES.keys())


def batch(*shape, dtype=torch.float32, seed=0):
    """Logits of the given shape, classes in dimension 1 (0 if it is a vector), and targets."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)
    dim = min(1, len(shape) - 1)
    return logits, torch.randint(3, shape[:dim] + shape[dim + 1 :], generator=generator)


@every_loss
@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 3, 4), (2, 3, 4, 2)])
def test_every_shape_is_the_flat_batch_rearranged(loss, shape):
    logits, target = batch(*shape, dtype=torch.float64)
    per_example = copy.deepcopy(loss)
    per_example.reduction = "none"
    flat = logits.unsqueeze(0) if logits.ndim == 1 else logits.movedim(1, -1).reshape(-1, 3)
    expected = per_example(flat, target.flatten()).reshape(target.shape)
    torch.testing.assert_close(per_example(logits, target), expected)


@every_loss
def test_compiles_to_one_graph(loss):
    torch._dynamo.reset()
    logits, target = batch(4, 3)
    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager")
    eager, traced = (x.clone().requires_grad_() for x in (logits, logits))
    loss(eager, target).backward()
    compiled(traced, target).backward()
    torch.testing.assert_close(traced.grad, eager.grad)


@every_loss
def test_per_example_gradients_by_vmap_are_those_one_by_one(loss):
    logits, target = batch(4, 3)
    together = torch.func.vmap(torch.func.grad(loss))(logits, target)
    alone = torch.stack([torch.func.grad(loss)(z, y) for z, y in zip(logits, target, strict=True)])
    torch.testing.assert_close(together, alone)


@every_loss
def test_members_trained_along_a_batch_axis_see_their_own_loss(loss):
    logits, target = batch(6, 4, 3)[0], batch(4, 3)[1]
    together = torch.func.vmap(loss, in_dims=(0, None))(logits, target)
    torch.testing.assert_close(together, torch.stack([loss(z, target) for z in logits]))


@every_loss
def test_the_gradient_passes_gradcheck(loss):
    logits, target = batch(4, 3, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda z: loss(z, target), logits.requires_grad_())


@every_loss
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_logits_are_computed_in_float32(loss, dtype):
    logits, target = batch(4, 3, dtype=dtype)
    torch.testing.assert_close(loss(logits, target), loss(logits.float(), target))


@every_loss
def test_autocast_gives_a_finite_float32_loss(loss):
    logits, target = batch(4, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        value = loss(logits @ torch.eye(3), target)
    assert value.dtype == torch.float32
    assert value.isfinite()


@every_loss
@pytest.mark.parametrize("size", [1e4, -1e4])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_huge_logits_give_finite_losses_and_gradients(loss, size, dtype):
    logits = (size * torch.eye(3)).to(dtype).repeat(3, 1).requires_grad_()
    value = loss(logits, torch.arange(3).repeat_interleave(3))
    value.backward()
    assert value.isfinite()
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("build", [LogitAdjustedLoss, LDAMLoss, VSLoss, ClassBalancedLoss])
def test_extreme_counts_give_finite_losses_and_gradients(build):
    logits, target = batch(8, 3)
    value = build((10**9, 10**4, 1))(logits.requires_grad_(), target)
    value.backward()
    assert value.isfinite()
    assert logits.grad.isfinite().all()


@every_loss
def test_a_batch_of_one_class_is_finite(loss):
    logits, _ = batch(4, 3)
    assert loss(logits, torch.full((4,), 2)).isfinite()


@every_loss
def test_ignored_targets_count_for_nothing(loss):
    logits, target = batch(6, 3)
    target[2:4] = loss.ignore_index
    kept = target != loss.ignore_index
    torch.testing.assert_close(loss(logits, target), loss(logits[kept], target[kept]))


@every_loss
def test_a_wholly_ignored_batch_sums_to_zero(loss):
    total = copy.deepcopy(loss)
    total.reduction = "sum"
    logits, target = batch(4, 3)
    assert total(logits, torch.full_like(target, loss.ignore_index)) == 0


@every_loss
@pytest.mark.parametrize("cast", ["half", "bfloat16", "float", "double"])
def test_casting_the_module_does_not_touch_its_constants(loss, cast):
    before = loss.state_dict()
    after = getattr(copy.deepcopy(loss), cast)().state_dict()
    assert list(after) == list(before)
    for name, constant in after.items():
        assert constant.dtype == torch.float64
        assert torch.equal(constant, before[name])


@every_loss
def test_the_constants_follow_the_device(loss):
    moved = copy.deepcopy(loss).to("meta")
    assert all(constant.device.type == "meta" for constant in moved.buffers())


def test_a_loss_inside_a_model_is_saved_and_restored_with_it():
    model = torch.nn.ModuleDict({"criterion": VSLoss(COUNTS)})
    other = torch.nn.ModuleDict({"criterion": VSLoss((1, 2, 3))})
    other.load_state_dict(model.state_dict())
    logits, target = batch(4, 3)
    assert torch.equal(other["criterion"](logits, target), model["criterion"](logits, target))


def test_print_says_what_the_loss_holds():
    text = repr(LDAMLoss(COUNTS))
    assert text == "LDAMLoss(scale=(), target_margin=(3,), reduction='mean')"


def test_the_functional_learns_its_constants():
    logits, target = batch(4, 3)
    offset = torch.zeros(3, requires_grad=True)
    margin_softmax_loss(logits, target, offset=offset).backward()
    assert offset.grad.abs().sum() > 0


def test_the_plain_functional_is_cross_entropy():
    logits, target = batch(4, 3)
    assert torch.equal(margin_softmax_loss(logits, target), cross_entropy(logits, target))


@every_loss
@pytest.mark.parametrize("wrong", [3, -1, 10**6])
def test_a_target_out_of_range_is_named(loss, wrong):
    logits, target = batch(4, 3)
    target[2] = wrong
    with pytest.raises(InputError, match=rf"target contains {wrong}.*\[0, 2\]"):
        loss(logits, target)


@pytest.mark.parametrize("name", ["la", "ldam", "vs", "class-balanced", "pairwise"])
def test_logits_of_another_number_of_classes_are_refused(name):
    logits, _ = batch(4, 5)
    with pytest.raises(InputError, match=r"5 classes in dimension 1"):
        LOSSES[name](logits, torch.zeros(4, dtype=torch.int64))


@pytest.mark.parametrize("name", ["weight", "scale", "target_margin"])
def test_only_the_offset_may_be_a_matrix(name):
    with pytest.raises(InputError, match=rf"{name} of shape \(3, 3\) does not fit"):
        margin_softmax_loss(*batch(4, 3), **{name: torch.ones(3, 3)})


@pytest.mark.parametrize(
    ("logits", "target", "error", "message"),
    [
        (torch.zeros(()), torch.tensor(0), InputError, "logits has shape"),
        (torch.zeros(2, 3), torch.zeros(3).long(), InputError, r"target has shape \(3,\)"),
        (torch.zeros(2, 3), torch.zeros(2, 3).long(), InputError, r"it must be \(2,\)"),
        (torch.zeros(2, 3).long(), torch.zeros(2).long(), InputTypeError, "floating-point"),
        ([[0.0, 1.0]], torch.zeros(1).long(), InputTypeError, "logits has type list"),
        (torch.zeros(2, 3), torch.zeros(2), InputTypeError, r"dtype torch\.int64"),
        (torch.zeros(2, 3), torch.zeros(2, 3), InputTypeError, "class indices"),
        (torch.zeros(2, 3), [0, 1], InputTypeError, "target has type list"),
    ],
)
def test_a_malformed_batch_is_refused_with_its_mend(logits, target, error, message):
    with pytest.raises(error, match=message):
        margin_softmax_loss(logits, target)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: LDAMLoss(COUNTS, scale=0.0), "scale = 0"),
        (lambda: LDAMLoss(COUNTS, max_margin=-0.1), "max_margin"),
        (lambda: FocalLoss(-1.0), "gamma = -1"),
        (lambda: VSLoss(COUNTS, gamma=float("nan")), "gamma = nan"),
        (lambda: ClassBalancedLoss(COUNTS, beta=1.0), "beta = 1"),
        (lambda: LogitAdjustedLoss((5, 0)), r"class_counts\[1\] = 0"),
        (lambda: LogitAdjustedLoss(COUNTS, weight=(1, -1, 1)), "weight = -1"),
        (lambda: FocalLoss(reduction="average"), "unknown reduction 'average'"),
        (lambda: FocalLoss(reduction="means"), "did you mean mean"),
    ],
)
def test_a_parameter_out_of_range_is_refused(build, message):
    with pytest.raises(InputError, match=message):
        build()


def test_an_unknown_reduction_of_the_functional_is_refused():
    with pytest.raises(InputError, match="unknown reduction"):
        margin_softmax_loss(*batch(4, 3), reduction="max")
