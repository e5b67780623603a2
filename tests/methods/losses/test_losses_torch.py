"""The losses as citizens of torch: shapes, dtypes, devices, transforms, extremes, errors."""

import copy
import pickle

import numpy as np
import pytest
import torch
from counterpoise.methods import (
    CDTLoss,
    ClassBalancedLoss,
    EqualizationLoss,
    FocalLoss,
    GCALoss,
    GLALoss,
    IMMAXLoss,
    InfluenceBalancedLoss,
    LabelAwareSmoothingLoss,
    LADELoss,
    LDAMHingeLoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    PairwiseMarginLoss,
    SeesawLoss,
    VSLoss,
    margin_softmax_loss,
)
from counterpoise.methods.models import NormedLinear
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from families import sampled
from loss_checks import BUILD, gradient
from torch.nn.functional import cross_entropy

COUNTS = (100, 20, 5)


class InfluenceOfLogits(InfluenceBalancedLoss):
    """Features as large as the logits are many, so that it is called like the others."""

    def forward(self, logits, target):
        return super().forward(logits, target, torch.ones_like(logits))


LOSSES = {
    "ce": MarginSoftmaxLoss(),
    "la": LogitAdjustedLoss(COUNTS),
    "ldam": LDAMLoss(COUNTS),
    "vs": VSLoss(COUNTS, weight=(1.0, 2.0, 3.0)),
    "focal": FocalLoss(),
    "class-balanced": ClassBalancedLoss(COUNTS),
    "pairwise": PairwiseMarginLoss((1.0, 2.0, 3.0), torch.arange(9.0).reshape(3, 3)),
    "batch-mean": LogitAdjustedLoss(COUNTS, weight=(1.0, 2.0, 3.0), normalize="batch"),
    "sigmoid": ClassBalancedLoss(COUNTS, base="sigmoid"),
    "sigmoid-focal": ClassBalancedLoss(COUNTS, base="focal", normalize="batch"),
    "hinge": LDAMHingeLoss(COUNTS),
    "gla": GLALoss(COUNTS, 0.5),
    "gca": GCALoss(COUNTS, 0.5, (1.0, 0.5, 2.0)),
    "immax": IMMAXLoss(COUNTS),
    "smoothing": LabelAwareSmoothingLoss(COUNTS, 0.3, 0.1),
    "influence": InfluenceOfLogits(weight=(1.0, 2.0, 3.0)),
    "lade": LADELoss(COUNTS),
    "equalization": EqualizationLoss(COUNTS, 0.1, 1.0),
    "seesaw": SeesawLoss(3, class_counts=COUNTS),
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


@pytest.mark.parametrize("name", sampled(LOSSES, 3, always=("ce", "gla", "seesaw")))
def test_compiles_to_one_graph(name):
    torch._dynamo.reset()
    loss, (logits, target) = LOSSES[name], batch(4, 3)
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


TRANSFORMS = {
    "hessian": torch.func.hessian,
    "jacfwd of grad": lambda f: torch.func.jacfwd(torch.func.grad(f)),
    "jacrev of grad": lambda f: torch.func.jacrev(torch.func.grad(f)),
    "grad of grad": lambda f: torch.func.grad(lambda z: torch.func.grad(f)(z).square().sum()),
    "hvp": lambda f: lambda z: torch.func.jvp(torch.func.grad(f), (z,), (z.cos(),))[1],
    "grad": torch.func.grad,
    "jvp": lambda f: lambda z: torch.func.jvp(f, (z,), (z.cos(),))[1],
    "vmap of grad": lambda f: lambda z: torch.func.vmap(torch.func.grad(f))(z.expand(2, -1, -1)),
}


@every_loss
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS.keys())
def test_nothing_that_a_transform_made_outlives_it(loss, dtype, transform):
    """The first use is inside; what it made must serve neither a plain call nor another transform."""
    logits, target = batch(4, 3, dtype=dtype)
    used, fresh = pickle.loads(pickle.dumps(loss)), pickle.loads(pickle.dumps(loss))
    inside = transform(lambda z: used(z, target))(logits)
    torch.testing.assert_close(used(logits, target), fresh(logits, target))
    torch.testing.assert_close(
        torch.func.grad(used)(logits, target), gradient(fresh, logits, target)
    )
    torch.testing.assert_close(transform(lambda z: fresh(z, target))(logits), inside)


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "seesaw"])
def test_the_gradient_passes_gradcheck(name):
    """All but Seesaw's, which by design is not the gradient of its value."""
    loss = LOSSES[name]
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


@pytest.mark.parametrize(
    "build",
    [
        *(
            LogitAdjustedLoss,
            LDAMLoss,
            VSLoss,
            ClassBalancedLoss,
            LDAMHingeLoss,
            IMMAXLoss,
            LADELoss,
        ),
        lambda n: GLALoss(n, 0.5),
        lambda n: GCALoss(n, 0.5),
        lambda n: LabelAwareSmoothingLoss(n, 0.4, 0.1),
        lambda n: EqualizationLoss(n, gamma=1.0),
        lambda n: SeesawLoss(3, class_counts=n),
    ],
)
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
def test_an_ignored_row_may_hold_anything(loss):
    logits, target = batch(4, 3)
    target[1] = loss.ignore_index
    expected = loss(logits, target)
    logits[1] = torch.nan
    torch.testing.assert_close(loss(logits, target), expected)


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "smoothing"])
def test_a_masked_class_leaves_the_loss_and_its_gradient_finite(name):
    logits, target = torch.randn(4, 3), torch.tensor([0, 1, 2, 0])
    logits[0, 2] = logits[3, 1] = -torch.inf
    value = LOSSES[name](logits.requires_grad_(), target)
    value.backward()
    assert value.isfinite()
    assert logits.grad.isfinite().all()


def test_a_masked_class_is_infinitely_wrong_only_where_the_label_is_smoothed():
    loss = LabelAwareSmoothingLoss(COUNTS, 0.3, 0.0, reduction="none")
    logits = torch.tensor([[1.0, 2.0, -torch.inf], [-torch.inf, 2.0, 1.0]], requires_grad=True)
    values = loss(logits, torch.tensor([0, 2]))
    values[1].backward()
    torch.testing.assert_close(values[1], cross_entropy(logits[1], torch.tensor(2)))
    assert values[0] == torch.inf
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("form", ["paper", "official"])
def test_a_class_masked_throughout_the_batch_is_no_part_of_lade(form):
    logits, target = batch(6, 3)
    target = target.clamp(max=1)
    logits[:, 2] = -torch.inf
    value = LADELoss(COUNTS, form=form)(logits.requires_grad_(), target)
    value.backward()
    assert value.isfinite()
    assert logits.grad.isfinite().all()
    assert (logits.grad[:, 2] == 0).all()


@every_loss
def test_an_empty_batch_sums_to_zero(loss):
    total = copy.deepcopy(loss)
    total.reduction = "sum"
    logits = torch.zeros(0, 3, requires_grad=True)
    value = total(logits, torch.zeros(0, dtype=torch.int64))
    value.backward()
    assert value == 0


@every_loss
@pytest.mark.parametrize("cast", ["half", "bfloat16", "float", "double"])
def test_casting_the_module_does_not_touch_its_constants(loss, cast):
    before = loss.state_dict()
    after = getattr(copy.deepcopy(loss), cast)().state_dict()
    assert list(after) == list(before)
    for name, constant in after.items():
        assert constant.dtype == torch.float64
        assert torch.equal(constant, before[name])


def of_its_own(loss, logits, target):
    """The value that the loss must have: from a new module with the same constants."""
    fresh = pickle.loads(pickle.dumps(loss))
    return fresh(logits, target)


@every_loss
def test_constants_changed_in_place_count_at_once(loss):
    loss, (logits, target) = copy.deepcopy(loss), batch(4, 3)
    loss(logits, target)
    for constant in loss.buffers():
        constant.mul_(0.5)
    assert torch.equal(loss(logits, target), of_its_own(loss, logits, target))


@every_loss
def test_loaded_constants_count_at_once(loss):
    loss, (logits, target) = copy.deepcopy(loss), batch(4, 3)
    loss(logits, target)
    loss.load_state_dict({name: 0.5 * c for name, c in loss.state_dict().items()})
    assert torch.equal(loss(logits, target), of_its_own(loss, logits, target))


@every_loss
def test_assigned_constants_count_at_once(loss):
    loss, (logits, target) = copy.deepcopy(loss), batch(4, 3)
    loss(logits, target)
    for name, constant in list(loss.named_buffers()):
        setattr(loss, name, 0.5 * constant)
    assert torch.equal(loss(logits, target), of_its_own(loss, logits, target))


@every_loss
def test_every_dtype_meets_constants_of_its_own(loss):
    loss, (logits, target) = copy.deepcopy(loss), batch(4, 3, dtype=torch.float64)
    for dtype in (torch.float64, torch.bfloat16, torch.float32, torch.float64, torch.float32):
        z = logits.to(dtype)
        assert torch.equal(loss(z, target), of_its_own(loss, z, target))


@every_loss
def test_it_trains_after_its_first_use_in_inference_mode(loss):
    loss, (logits, target) = copy.deepcopy(loss), batch(4, 3)
    with torch.inference_mode():
        loss(logits, target)
    loss(logits.requires_grad_(), target).backward()
    assert logits.grad.isfinite().all()


@every_loss
def test_one_call_over_a_batch_of_constants_is_one_call_for_each(loss):
    loss, (logits, target) = copy.deepcopy(loss), batch(4, 3)
    before = loss(logits, target)
    sets = {name: torch.stack([c, 0.5 * c, 2.0 * c]) for name, c in loss.state_dict().items()}
    if not sets:
        return

    def of(constants):
        return torch.func.functional_call(loss, constants, (logits, target))

    together = torch.func.vmap(of)(sets)
    alone = [of({name: c[k] for name, c in sets.items()}) for k in range(3)]
    torch.testing.assert_close(together, torch.stack(alone))
    assert torch.equal(loss(logits, target), before)
    assert torch.equal(copy.deepcopy(loss)(logits, target), before)


@pytest.mark.parametrize("name", ["weight", "offset", "scale", "target_margin", "temperature"])
def test_a_constant_that_a_loss_has_not_is_used_in_the_call_it_is_given_for(name):
    loss, (logits, target) = MarginSoftmaxLoss(), batch(8, 3)
    constant = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    before = loss(logits, target)
    for _ in range(2):
        given = torch.func.functional_call(loss, {name: constant}, (logits, target))
        assert torch.equal(given, MarginSoftmaxLoss(**{name: constant})(logits, target))
        assert torch.equal(loss(logits, target), before)


@pytest.mark.parametrize("name", ["weight", "offset", "scale", "target_margin", "temperature"])
def test_a_constant_made_a_parameter_is_learnt(name):
    constants = {"offset": (0.1, 0.2, 0.3), "scale": (1.0, 2.0, 3.0)}
    loss = MarginSoftmaxLoss(
        **{"temperature": (1.0, 2.0, 3.0), "target_margin": (0.1, 0.2, 0.3), **constants}
    )
    logits, target = batch(8, 3)
    loss(logits, target)
    delattr(loss, name)
    setattr(loss, name, torch.nn.Parameter(torch.ones(3, dtype=torch.float64)))
    for _ in range(2):  # a graph kept from the first would fail the second time
        loss.zero_grad()
        loss(logits, target).backward()
        assert getattr(loss, name).grad.abs().sum() > 0


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_weight_is_learnt_by_autograd_and_by_transforms(reduction):
    logits, target = batch(8, 3, dtype=torch.float64)
    weight = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)

    def value(weight, logits=logits):
        return margin_softmax_loss(logits, target, weight=weight, reduction=reduction)

    own = cross_entropy(logits, target, reduction="none")
    total = (weight[target] * own).sum()
    norm = weight[target].sum() if reduction == "mean" else torch.tensor(1.0)
    per_class = torch.stack([own[target == c].sum() for c in range(3)])
    count = torch.bincount(target, minlength=3) if reduction == "mean" else 0.0
    expected = per_class / norm - total / norm**2 * count
    (by_autograd,) = torch.autograd.grad(value(leaf := weight.clone().requires_grad_()), leaf)
    torch.testing.assert_close(by_autograd, expected)
    torch.testing.assert_close(torch.func.grad(value)(weight), expected)
    torch.testing.assert_close(torch.func.jacfwd(value)(weight), expected)
    loss = MarginSoftmaxLoss(weight=weight, reduction=reduction)

    def called(weight):
        return torch.func.functional_call(loss, {"weight": weight}, (logits, target))

    torch.testing.assert_close(torch.func.grad(called)(weight), expected)
    torch.testing.assert_close(called(weight), value(weight))
    slopes = torch.func.jacrev(torch.func.grad(value, argnums=1))(weight, logits)
    assert slopes.isfinite().all()
    assert slopes.abs().sum() > 0


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


@pytest.mark.parametrize("name", [name for name in LOSSES if name not in ("ce", "focal")])
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
        (torch.zeros(2, 3), torch.zeros(2, 3), InputError, "probabilities, of sum 1"),
        (torch.zeros(2, 3), torch.zeros(2, 3).bool(), InputTypeError, "class indices"),
        (torch.zeros(2, 3), torch.full((2, 3), torch.nan), InputError, "with sum nan"),
        (torch.zeros(2, 3), torch.tensor([[0.0, 2.0, -1.0]] * 2), InputError, "from -1 to 2"),
        (torch.zeros(2, 3), torch.tensor([[1.0, 1.0, 0.0]] * 2), InputError, "multi-label"),
        (torch.zeros(2, 3), torch.zeros(2, 4), InputTypeError, "or probabilities of the logits"),
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


@pytest.mark.parametrize("options", [{}, {"link": torch.neg}, {"normalize": "batch"}])
@pytest.mark.parametrize("classes", [2, 4])
def test_a_weight_for_other_classes_is_refused(options, classes):
    with pytest.raises(InputError, match=rf"weight of shape \({classes},\) does not fit"):
        margin_softmax_loss(*batch(4, 3), weight=torch.ones(classes), **options)


def test_an_unknown_reduction_of_the_functional_is_refused():
    with pytest.raises(InputError, match="unknown reduction"):
        margin_softmax_loss(*batch(4, 3), reduction="max")


def test_margins_of_many_classes_are_those_of_few():
    """Few classes are tabulated by pairs; the value does not show it."""
    counts = torch.arange(1, 301).numpy()
    logits = torch.randn(16, 300, generator=torch.Generator().manual_seed(0))
    target = torch.arange(16)
    loss = LDAMLoss(counts[:250])
    expected = margin_softmax_loss(
        logits[:, :250], target, scale=loss.scale, target_margin=loss.target_margin
    )
    torch.testing.assert_close(loss(logits[:, :250], target), expected)
    assert LDAMLoss(counts)(logits, target).isfinite()


def test_large_batches_take_one_pass_to_the_same_value():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(200, 1000, generator=generator, dtype=torch.float64)
    target = torch.randint(1000, (200,), generator=generator)
    loss = VSLoss(torch.arange(1, 1001).numpy(), reduction="none")
    in_parts = torch.cat([loss(logits[i : i + 50], target[i : i + 50]) for i in range(0, 200, 50)])
    torch.testing.assert_close(loss(logits, target), in_parts, rtol=1e-13, atol=1e-13)


def test_the_batch_mean_divides_by_the_number_of_targets():
    logits, target = batch(6, 3)
    target[1] = -100
    weight = torch.tensor([1.0, 2.0, 3.0])
    total = cross_entropy(logits, target, weight=weight, reduction="sum")
    value = margin_softmax_loss(logits, target, weight=weight, normalize="batch")
    torch.testing.assert_close(value, total / 5)


@every_loss
def test_the_two_means_differ_by_the_mean_weight_only(loss):
    logits, target = batch(6, 3)
    if loss.weight is None:
        return
    by_weights, by_batch = copy.deepcopy(loss), copy.deepcopy(loss)
    by_weights.normalize, by_batch.normalize = "weights", "batch"
    mean_weight = loss.weight[target].mean().float()
    torch.testing.assert_close(by_batch(logits, target), mean_weight * by_weights(logits, target))


def test_an_unknown_normalisation_is_refused():
    with pytest.raises(InputError, match="unknown normalize 'weight'; did you mean weights"):
        LogitAdjustedLoss(COUNTS, normalize="weight")
    with pytest.raises(InputError, match="unknown normalize"):
        margin_softmax_loss(*batch(4, 3), normalize="max")


def test_seesaw_counts_what_it_sees_in_training_only():
    loss = SeesawLoss(3)
    logits, target = torch.zeros(5, 3), torch.tensor([0, 0, 2, -100, 0])
    loss(logits, target)
    assert loss.seen.tolist() == [3, 0, 1]
    loss.eval()(logits, target)
    assert loss.seen.tolist() == [3, 0, 1]
    restored = SeesawLoss(3)
    restored.load_state_dict(loss.state_dict())
    assert restored.seen.tolist() == [3, 0, 1]
    assert loss.half().seen.dtype == torch.float64


def test_seesaw_that_counts_compiles_to_one_graph():
    torch._dynamo.reset()
    loss, (logits, target) = SeesawLoss(3), batch(4, 3)
    other = copy.deepcopy(loss)
    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager")
    for _ in range(2):
        torch.testing.assert_close(compiled(logits, target), other(logits, target))
    assert torch.equal(loss.seen, other.seen)


def test_equalization_draws_are_reproducible_and_compile():
    torch._dynamo.reset()
    logits, target = batch(64, 3)

    def value(seed):
        generator = torch.Generator().manual_seed(seed)
        return EqualizationLoss(COUNTS, 0.3, 0.5, generator)(logits, target)

    assert value(0) == value(0) != value(1)
    loss = torch.compile(EqualizationLoss(COUNTS, 0.3, 0.5), fullgraph=True, backend="aot_eager")
    assert loss(logits, target).isfinite()


@pytest.mark.parametrize("size", [1.0, 100.0, 1e4])
def test_ldam_on_unnormalised_logits_is_finite_and_steep(size):
    """The mistake behind 'LDAM gives nan': a plain linear layer, and scale 30."""
    features = size * batch(64, 8)[0]
    target = batch(64, 3)[1]
    plain = torch.nn.Linear(8, 3)
    cosine = NormedLinear(8, 3, torch.Generator().manual_seed(0))
    slopes = []
    for head in (plain, cosine):
        loss = LDAMLoss(COUNTS)(head(features), target)
        loss.backward()
        assert loss.isfinite()
        assert head.weight.grad.isfinite().all()
        slopes.append(head.weight.grad.norm())
    if size > 1:
        assert slopes[0] > size * slopes[1]


@pytest.mark.parametrize("shape", [(3,), (4,), (5, 4), (2, 3), (4, 3, 1), ()])
def test_features_must_belong_to_the_targets(shape):
    with pytest.raises(InputError, match=r"features has shape .* it must be \(4, D\)"):
        InfluenceBalancedLoss()(*batch(4, 3), torch.ones(shape))


@pytest.mark.parametrize("features", [None, np.ones((4, 3)), torch.ones(4, 3).long()])
def test_features_must_be_a_tensor(features):
    with pytest.raises(InputTypeError, match=r"features has type .*: must be a floating-point"):
        InfluenceBalancedLoss()(*batch(4, 3), features)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_features_of_half_precision_may_sum_to_more_than_it_holds(dtype):
    logits, target = batch(4, 3)
    features = torch.full((4, 512), 300.0)
    loss = InfluenceBalancedLoss()
    torch.testing.assert_close(
        loss(logits, target, features.to(dtype)), loss(logits, target, features), rtol=1e-2, atol=0
    )


OF_ANY_CLASSES = ("ce", "focal", "influence")
every_build = pytest.mark.parametrize("build", BUILD.values(), ids=BUILD.keys())


@pytest.mark.parametrize("name", [name for name in BUILD if name not in OF_ANY_CLASSES])
def test_a_weight_for_other_classes_is_refused_when_it_is_given(name):
    with pytest.raises(InputError, match=r"weight has shape \(2,\).*(3,|3 classes)"):
        BUILD[name](weight=(1.0, 2.0))


@every_build
@pytest.mark.parametrize("weight", [2.0, ((1.0, 2.0, 3.0),) * 3])
def test_a_weight_is_one_number_per_class(build, weight):
    with pytest.raises(InputError, match="weight has shape"):
        build(weight=weight)


@every_build
@pytest.mark.parametrize("value", ["a", None, 1.5, True])
def test_an_ignored_index_must_be_a_whole_number(build, value):
    with pytest.raises(InputTypeError, match=r"ignore_index = .*: must be one whole number"):
        build(ignore_index=value)


def test_the_functional_checks_the_ignored_index_too():
    assert margin_softmax_loss(*batch(4, 3), ignore_index=np.int64(-1)).isfinite()
    with pytest.raises(InputTypeError, match="ignore_index = 'a'"):
        margin_softmax_loss(*batch(4, 3), ignore_index="a")


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        *((name, "class_counts") for name in ("la", "vs", "ldam", "hinge", "class-balanced")),
        *((name, "class_counts") for name in ("gla", "gca", "immax", "lade", "smoothing")),
        ("equalization", "class_counts"),
        ("pairwise", "delta"),
        ("seesaw", "num_classes"),
        ("scale", "scale"),
    ],
)
def test_logits_that_do_not_fit_are_told_of_the_argument_that_says_so(name, argument):
    with pytest.raises(InputError, match=rf"5 classes in dimension 1: {argument} of shape"):
        BUILD[name]()(batch(4, 5)[0], torch.zeros(4, dtype=torch.int64))


@every_build
@pytest.mark.parametrize("like", [torch.bfloat16, torch.float16, "grad"])
def test_constants_may_be_tensors_of_any_kind(build, like):
    weight = torch.tensor([1.0, 2.0, 4.0])
    given = weight.clone().requires_grad_() if like == "grad" else weight.to(like)
    ours, theirs = build(weight=given).weight, build(weight=(1.0, 2.0, 4.0)).weight
    assert torch.equal(ours, theirs)
    assert not ours.requires_grad


@pytest.mark.parametrize(
    "build",
    [
        *(LogitAdjustedLoss, LDAMLoss, VSLoss, ClassBalancedLoss, LDAMHingeLoss, IMMAXLoss),
        *(LADELoss, EqualizationLoss, lambda n: SeesawLoss(3, class_counts=n)),
        lambda n: GLALoss(n, 0.5),
        lambda n: GCALoss(n, 0.5),
        lambda n: LabelAwareSmoothingLoss(n, 0.3, 0.1),
    ],
)
def test_class_counts_may_be_a_tensor(build):
    expected = build(COUNTS).state_dict()
    for counts in (torch.tensor(COUNTS), torch.tensor([100.0, 20.0, 5.0], requires_grad=True)):
        held = build(counts).state_dict()
        assert all(torch.equal(held[name], constant) for name, constant in expected.items())


@pytest.mark.parametrize(
    "build",
    [
        *(LogitAdjustedLoss, LDAMLoss, VSLoss, CDTLoss, ClassBalancedLoss, IMMAXLoss, LADELoss),
        *(EqualizationLoss, LDAMHingeLoss, lambda n: SeesawLoss(1, class_counts=n)),
        lambda n: GLALoss(n, 0.5),
        lambda n: GCALoss(n, 0.5),
        lambda n: LabelAwareSmoothingLoss(n, 0.3, 0.1),
    ],
)
def test_one_class_is_no_mistake(build):
    value = build((7,))(torch.randn(4, 1), torch.zeros(4, dtype=torch.int64))
    assert value.isfinite()


@pytest.mark.parametrize("wrap", [torch.func.grad, torch.func.vmap])
def test_seesaw_that_counts_says_that_transforms_need_fixed_counts(wrap):
    loss, (logits, target) = SeesawLoss(3), batch(4, 3)
    with pytest.raises(InputError, match=r"class_counts = None: .* call \.eval"):
        wrap(loss)(logits, target)
    assert wrap(loss.eval())(logits, target).isfinite().all()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: GLALoss(COUNTS, 1.0), "q = 1"),
        (lambda: GCALoss(COUNTS, 0.5, (1.0, 2.0)), r"rho has shape \(2,\)"),
        (lambda: GCALoss(COUNTS, 0.5, 0.0), "rho = 0"),
        (lambda: GCALoss(COUNTS, 0.5, 1e-300), "rho = 1e-300"),
        (lambda: IMMAXLoss((1e300, 1, 1)), "class_counts, .* give margins from 3e-100 to 3"),
        (lambda: FocalLoss(weight=(1e300, 1.0)), r"weight = 1e\+300"),
        (lambda: MarginSoftmaxLoss(scale=(1.0, 2.0), offset=(1.0,)), "but offset is for 1 classes"),
        (lambda: MarginSoftmaxLoss(offset=np.ones((2, 3))), r"must be \(C,\) or \(C, C\)"),
        (lambda: GCALoss(COUNTS, 0.5, weight=(1.0, 2.0)), r"weight has shape \(2,\)"),
        (lambda: IMMAXLoss(COUNTS, 0.0), "mean_margin = 0"),
        (lambda: ClassBalancedLoss(COUNTS, base="sigmod"), "did you mean sigmoid"),
        (lambda: LabelAwareSmoothingLoss(COUNTS, 1.0, 0.1), "head = 1"),
        (lambda: LabelAwareSmoothingLoss(COUNTS, 0.3, 0.1, "concav"), "did you mean concave"),
        (lambda: LabelAwareSmoothingLoss(COUNTS, 0.3, 0.1, form="code"), "unknown form"),
        (lambda: InfluenceBalancedLoss(0.0), "alpha = 0"),
        (lambda: LADELoss(COUNTS, -0.1), "remine_lambda"),
        (lambda: EqualizationLoss(COUNTS, gamma=1.5), r"gamma = 1\.5"),
        (lambda: SeesawLoss(3, class_counts=(1, 2)), "2 entries: num_classes is 3"),
        (lambda: SeesawLoss(3, epsilon=0.0), "epsilon = 0"),
        (lambda: PairwiseMarginLoss(None, (1.0, 2.0)), r"delta has shape \(2,\)"),
    ],
)
def test_a_parameter_of_the_further_losses_out_of_range_is_refused(build, message):
    with pytest.raises(InputError, match=message):
        build()
