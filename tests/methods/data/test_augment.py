"""Crops and flips of a batch: each image as torchvision would cut it, and reproducible."""

import pytest
import torch
from counterpoise.methods.data.augment import AUGMENTATIONS, augment, crop_and_flip
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.transforms.functional import crop, hflip, pad


@given(data=st.data(), padding=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_each_image_is_cut_as_torchvision_cuts_it(data, padding):
    size, shape = 5, (3, 8, 6)
    images = torch.arange(size * 3 * 8 * 6, dtype=torch.uint8).reshape(size, *shape)
    offset = st.lists(st.integers(0, 2 * padding), min_size=size, max_size=size)
    top, left = data.draw(offset), data.draw(offset)
    mirrored = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    found = crop_and_flip(
        images, padding, torch.tensor(top), torch.tensor(left), torch.tensor(mirrored)
    )
    for image, y, x, flip, cut in zip(images, top, left, mirrored, found, strict=True):
        expected = crop(pad(image, padding), y, x, 8, 6)
        assert torch.equal(cut, hflip(expected) if flip else expected)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_a_generator_repeats_itself(name):
    images = torch.randint(0, 256, (20, 3, 16, 16), dtype=torch.uint8)
    one, again = (augment(images, name, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, again)
    assert one.dtype == torch.uint8
    assert torch.equal(one, images) == (name == "none")


def test_all_offsets_and_both_sides_occur():
    images = torch.zeros(2000, 1, 9, 9, dtype=torch.uint8)
    images[:, :, 4, 3] = 255
    cut = augment(images, "crop-flip", torch.Generator().manual_seed(0))
    rows, columns = (torch.nonzero(cut[:, 0])[:, axis].unique() for axis in (1, 2))
    assert rows.tolist() == list(range(9))
    assert columns.tolist() == list(range(9))
