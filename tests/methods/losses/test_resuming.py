"""A loss under a schedule is saved at any stage and loaded into a module of any stage, by torch's ways."""

import copy
import io
from functools import partial

import pytest
import torch
from counterpoise.methods import (
    ClassBalancedLoss,
    DeferredResampling,
    DeferredReweighting,
    FocalLoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    Stage,
    TruncatedLogitAdjustment,
    Unscheduled,
    VSLoss,
)
from counterpoise.theory.foundation.validation import InputError
from loss_checks import BUILD, COUNTS
from torch import nn

SCHEDULES = {
    "none": Unscheduled(),
    "drw": DeferredReweighting(COUNTS, 2),
    "drs": DeferredResampling(2),
    "tla-adrw": TruncatedLogitAdjustment(COUNTS, 2),
}
EPOCHS = (None, 0, 3)  # as built, in the first stage, in the second
CONSTANTS = (
    "weight",
    "scale",
    "temperature",
    "offset",
    "target_margin",
    "smoothing",
    "rare",
    "seen",
)


class Module(nn.Module):
    """A network with its loss inside, as a LightningModule holds it."""

    def __init__(self, build):
        super().__init__()
        self.body = nn.Linear(4, 3)
        self.inner = nn.ModuleDict({"crit": build()})

    @property
    def crit(self):
        return self.inner["crit"]


def reached(build, schedule, epoch):
    module = Module(build)
    if epoch is not None:
        schedule.stage(epoch).configure(module.crit)
    return module


def through_a_file(state):
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def held(loss):
    return {name: getattr(loss, name) for name in CONSTANTS if hasattr(loss, name)}


def assert_the_same(one, other):
    for name, constant in held(one).items():
        twin = getattr(other, name)
        assert (constant is None) == (twin is None), name
        if constant is not None:
            assert torch.equal(constant, twin), name
            assert twin.dtype == torch.float64
    assert one.state_dict().keys() == other.state_dict().keys()


def schedules_of(name):
    """The schedules whose constants the loss has."""
    for key, schedule in SCHEDULES.items():
        try:
            schedule.stage(0).configure(BUILD[name]())
            yield key
        except InputError:
            pass


PAIRS = [(name, key) for name in BUILD for key in schedules_of(name)]


@pytest.mark.parametrize(("name", "key"), PAIRS)
@pytest.mark.parametrize("before", EPOCHS)
@pytest.mark.parametrize("after", EPOCHS)
def test_a_scheduled_loss_loads_into_one_of_any_stage(name, key, before, after):
    saved = reached(BUILD[name], SCHEDULES[key], before)
    state = through_a_file(saved.state_dict())
    fresh = reached(BUILD[name], SCHEDULES[key], after)
    loaded = fresh.load_state_dict(state, strict=True)
    assert not loaded.missing_keys
    assert not loaded.unexpected_keys
    assert_the_same(saved.crit, fresh.crit)
    if name != "influence":
        logits = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
        target = torch.tensor([0, 1, 2, 2, 1, 0])
        losses = [copy.deepcopy(module.crit).eval() for module in (saved, fresh)]
        values = []
        for loss in losses:
            torch.manual_seed(0)  # equalization draws
            values.append(loss(logits, target))
        assert torch.equal(*values)


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "model.module."])
@pytest.mark.parametrize("epoch", EPOCHS)
@pytest.mark.parametrize(
    "build", [partial(LDAMLoss, COUNTS), MarginSoftmaxLoss], ids=["ldam", "ce"]
)
def test_a_state_whose_keys_were_renamed_by_hand_loads(build, epoch, prefix):
    saved = reached(build, SCHEDULES["drw"], epoch)
    renamed = {prefix + key: value for key, value in saved.state_dict().items()}
    fresh = Module(build)
    fresh.load_state_dict({key.removeprefix(prefix): value for key, value in renamed.items()})
    assert_the_same(saved.crit, fresh.crit)


def test_the_state_of_a_parent_wrapped_for_several_devices_loads():
    class Wrapped(nn.Module):
        def __init__(self, module):
            super().__init__()
            self.module = module

    saved = Wrapped(reached(MarginSoftmaxLoss, SCHEDULES["drw"], 3))
    fresh = Wrapped(reached(MarginSoftmaxLoss, SCHEDULES["drw"], None))
    fresh.load_state_dict(through_a_file(saved.state_dict()))
    assert_the_same(saved.module.crit, fresh.module.crit)


def test_a_weight_that_was_given_goes_where_the_state_has_none():
    fresh = FocalLoss(weight=(1.0, 2.0, 3.0))
    fresh.load_state_dict(through_a_file(FocalLoss().state_dict()))
    assert fresh.weight is None
    later = LDAMLoss(COUNTS, weight=(1.0, 2.0, 3.0))
    later.load_state_dict(dict(LDAMLoss(COUNTS).state_dict()))
    assert later.weight is None


@pytest.mark.parametrize(
    ("fresh", "foreign"),
    [
        (LogitAdjustedLoss(COUNTS), {}),
        (LogitAdjustedLoss(COUNTS), MarginSoftmaxLoss().state_dict()),
        (LDAMLoss(COUNTS), MarginSoftmaxLoss().state_dict()),
        (ClassBalancedLoss(COUNTS), MarginSoftmaxLoss().state_dict()),
        (FocalLoss(weight=(1.0, 2.0, 3.0)), nn.CrossEntropyLoss().state_dict()),
        (FocalLoss(weight=(1.0, 2.0, 3.0)), {}),
    ],
)
def test_what_a_method_is_made_of_never_goes_silently(fresh, foreign):
    before = {name: constant.clone() for name, constant in fresh.state_dict().items()}
    with pytest.raises(RuntimeError, match="Missing key"):
        fresh.load_state_dict(foreign)
    assert all(torch.equal(before[name], c) for name, c in fresh.state_dict().items())


def test_a_state_that_is_not_strict_and_knows_nothing_of_the_loss_changes_nothing():
    module = reached(partial(VSLoss, COUNTS, weight=(1.0, 2.0, 3.0)), SCHEDULES["none"], 0)
    late = reached(MarginSoftmaxLoss, SCHEDULES["drw"], 3)
    for fresh in (module, late):
        before = copy.deepcopy(fresh.crit)
        body = {k: v for k, v in fresh.state_dict().items() if k.startswith("body")}
        fresh.load_state_dict(body, strict=False)
        assert_the_same(before, fresh.crit)


def test_one_scale_gives_way_to_one_per_class_and_back():
    one, many = LDAMLoss(COUNTS), LDAMLoss(COUNTS)
    Stage(scale=torch.tensor([1.0, 2.0, 3.0])).configure(many)
    early, late = through_a_file(one.state_dict()), through_a_file(many.state_dict())
    one.load_state_dict(late)
    many.load_state_dict(early)
    assert one.scale.tolist() == [1, 2, 3]
    assert many.scale == 30


@pytest.mark.parametrize("build", [partial(LDAMLoss, COUNTS), MarginSoftmaxLoss])
def test_constants_for_other_classes_are_refused(build):
    state = build().state_dict()
    state["weight"] = torch.ones(4)
    fresh = build()
    if build is MarginSoftmaxLoss:
        fresh.offset = torch.zeros(3, dtype=torch.float64)
        state["offset"] = torch.zeros(3)
    with pytest.raises(RuntimeError, match=r"weight.*4"):
        fresh.load_state_dict(state)


def test_a_loaded_weight_is_on_the_device_the_loss_was_moved_to():
    saved = MarginSoftmaxLoss()
    SCHEDULES["drw"].stage(3).configure(saved)
    moved = MarginSoftmaxLoss().to("meta")
    assert SCHEDULES["drw"].stage(3).constants(moved)["weight"].device.type == "meta"
    moved.load_state_dict(saved.state_dict(), assign=True)
    assert torch.equal(moved.weight, saved.weight)
