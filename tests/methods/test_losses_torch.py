"""The losses as citizens of torch: shapes, dtypes, devices, transforms, extremes, errors."""

import copy
import pickle

import pytest
import torch
from counterpoise.methods import (
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
from counterpoise.theory.validation import InputError, InputTypeError
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


@pytest.mark.parametrize("name", ["offset", "scale", "target_margin", "temperature"])
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


@pytest.mark.parametrize("shape", [(3,), (5, 4), (2, 3)])
def test_features_must_belong_to_the_targets(shape):
    with pytest.raises(InputError, match="features has shape"):
        InfluenceBalancedLoss()(*batch(4, 3), torch.ones(shape))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: GLALoss(COUNTS, 1.0), "q = 1"),
        (lambda: GCALoss(COUNTS, 0.5, (1.0, 2.0)), r"rho has shape \(2,\)"),
        (lambda: GCALoss(COUNTS, 0.5, 0.0), "rho = 0"),
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
