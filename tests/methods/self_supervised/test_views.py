"""Views held against torchvision's functions, image by image; strengths of nothing."""

import math

import pytest
import torch
from counterpoise.methods.self_supervised import OPERATIONS, contrast_view, strengthened
from counterpoise.methods.self_supervised import views as module
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as tv

BILINEAR = {"interpolation": InterpolationMode.BILINEAR}


def images(channels=3, size=3, height=9, width=9):
    return torch.rand(size, channels, height, width, generator=torch.Generator().manual_seed(0))


def affine(image, **changes):
    return tv.affine(
        image, **{"angle": 0.0, "translate": [0, 0], "scale": 1.0, "shear": [0.0, 0.0], **changes, **BILINEAR}
    )  # fmt: skip


THEIRS = {
    "rotate": lambda image, a: tv.rotate(image, -60 * a, **BILINEAR),
    "shear-x": lambda image, a: affine(image, shear=[math.degrees(math.atan(0.6 * a)), 0.0]),
    "translate-x": lambda image, a: affine(image, translate=[-0.66 * a * 9, 0]),
    "translate-y": lambda image, a: affine(image, translate=[0, -0.66 * a * 9]),
    "brightness": lambda image, a: tv.adjust_brightness(image, 1 + 0.9 * a),
    "contrast": lambda image, a: tv.adjust_contrast(image, 1 + 0.9 * a),
    "solarize": lambda image, a: tv.solarize(image, 1 - abs(a)),
}


@pytest.mark.parametrize("name", THEIRS)
@pytest.mark.parametrize("channels", [1, 3])
def test_an_operation_is_torchvisions(name, channels):
    amounts = torch.tensor([-1.0, 0.4, 0.75])
    found = OPERATIONS[name](images(channels), amounts)
    either = [
        [
            THEIRS[name](image, sign * float(a))
            for image, a in zip(images(channels), amounts, strict=True)
        ]
        for sign in (1, -1)
    ]  # the senses of their turns are not ours: which does not matter, as signs are drawn
    signs = (1,) if name in ("brightness", "contrast", "solarize") else (1, -1)
    assert any(torch.allclose(found, torch.stack(own), atol=1e-4) for own in either[: len(signs)])


def test_saturation_and_posterizing_are_torchvisions():
    given_images = images()
    found = module.saturation(given_images, torch.tensor([-1.0, 0.3, 0.0]))
    for own, image, factor in zip(found, given_images, (0.0, 1.3, 1.0), strict=True):
        assert torch.allclose(own, tv.adjust_saturation(image, factor), atol=1e-3)
    bytes_ = (255 * given_images).round().to(torch.uint8)
    found = module.posterize(bytes_ / 255, torch.tensor([1.0, 0.5, 0.25]))
    for own, image, bits in zip(found, bytes_, (4, 6, 7), strict=True):
        assert torch.equal((own * 255).round().to(torch.uint8), tv.posterize(image, bits))


@pytest.mark.parametrize("name", OPERATIONS)
@settings(deadline=None, max_examples=10)
@given(amount=st.floats(-1, 1))
def test_an_operation_keeps_to_the_unit_interval_and_nothing_changes_nothing(name, amount):
    wide = images(height=7, width=12)
    found = OPERATIONS[name](wide, torch.full((3,), amount))
    assert ((found >= 0) & (found <= 1)).all()
    assert found.shape == wide.shape
    still = OPERATIONS[name](wide, torch.zeros(3))
    assert torch.allclose(still, wide, atol=1 / 255 + 1e-6 if name == "posterize" else 1e-5)


def test_of_strength_nothing_a_view_is_plain_and_of_one_it_is_changed():
    plain, generator = images(size=200), torch.Generator().manual_seed(1)
    strength = torch.cat([torch.zeros(100), torch.ones(100)])
    found = strengthened(plain, strength, generator, operations=2, least=5)
    assert torch.equal(found[:100], plain[:100])
    assert (found[100:] != plain[100:]).flatten(1).any(dim=1).float().mean() > 0.95
    half = strengthened(plain, torch.full((200,), 0.5), torch.Generator().manual_seed(1))
    share = (half != plain).flatten(1).any(dim=1).float().mean()
    assert 0.35 < share < 0.65  # applied with probability M


@pytest.mark.parametrize("least", [0.0, 10.0])
def test_the_level_of_an_image_grows_with_its_own_strength(least):
    """A view that is changed is one operation of it at the level ``least + (30 - least) M``, either way."""
    plain, strength = images(size=60), torch.tensor([0.25, 0.6, 1.0]).repeat(20)
    found = strengthened(plain, strength, torch.Generator().manual_seed(1), least=least)
    level = (least + (30 - least) * strength) / 30
    every = [change(plain, way * level) for change in OPERATIONS.values() for way in (1, -1)]
    apart = (torch.stack(every) - found).abs().flatten(2).amax(dim=2)
    changed = (found != plain).flatten(1).any(dim=1)
    assert (apart.amin(dim=0)[changed] < 1e-5).all()
    assert all(int(changed[strength == own].sum()) >= 3 for own in (0.25, 0.6, 1.0))


def test_a_draw_lowers_the_level():
    plain = images(size=200)
    apart = [
        (
            strengthened(plain, torch.ones(200), torch.Generator().manual_seed(2), drawn=drawn)
            - plain
        )
        .abs()
        .mean()
        for drawn in (False, True)
    ]
    assert apart[1] < apart[0]


@pytest.mark.parametrize("strength", [torch.tensor([0.0, 1.1, 0.0]), torch.zeros(2)])
def test_strengths_that_are_none_are_refused(strength):
    with pytest.raises(InputError, match=r"must be 3 numbers in \[0, 1\]"):
        strengthened(images(), strength, torch.Generator())


def test_views_are_seeded_and_differ_by_image():
    same = images(size=1).expand(4, -1, -1, -1)
    first, again = (contrast_view(same, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, again)
    assert len({tuple(view.flatten().tolist()) for view in first}) == 4
    assert ((first >= 0) & (first <= 1)).all()


def test_a_crop_of_all_without_jitter_is_the_image_or_its_mirror():
    """A crop keeps the whole area, and where its shape would leave the image it is cut to it."""
    grey = torch.linspace(0, 1, 8).expand(50, 1, 8, 8).contiguous()
    found = contrast_view(grey, torch.Generator().manual_seed(4), least_area=1.0, jitter=0.0)
    row = found.mean(dim=2)[:, 0]
    rising = row[:, -1] > row[:, 0]
    assert 10 < int(rising.sum()) < 40  # mirrored by half
    assert torch.allclose(found.std(dim=2), torch.zeros(50, 1, 8), atol=1e-5)  # no turn
