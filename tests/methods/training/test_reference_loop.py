"""An epoch on images against a loop written plainly: torchvision's crops, torch's loss and optimiser."""

import pytest
import torch
from counterpoise.methods.data import Part, Source, assemble
from counterpoise.methods.models.named import build_model
from counterpoise.methods.training import Recipe
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.member import build_member
from lightning_fabric import Fabric
from torch.nn.functional import cross_entropy
from torchvision.transforms.functional import crop, hflip, pad

CLASSES, MEAN, STD = 3, (0.4, 0.5, 0.6), (0.2, 0.25, 0.3)


def images(per_class, seed):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(CLASSES).repeat_interleave(per_class)
    pixels = torch.randint(0, 256, (len(labels), 3, 12, 12), dtype=torch.uint8, generator=generator)
    return Part(labels, pixels.__getitem__)


@pytest.fixture
def double_precision():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def test_an_epoch_is_that_of_a_plain_loop(double_precision):
    source = Source("noise", tuple("abc"), images(40, 0), images(5, 1), MEAN, STD)
    data = assemble(source, "noise", imbalance_factor=8, augmentation="crop-flip")
    recipe = Recipe(
        methods=("la",), epochs=2, batch_size=16, lr=0.1, momentum=0.9, weight_decay=1e-3,
        model="resnet8", rate="one-cycle", warmup=1, precision="float64",
    )  # fmt: skip
    fabric = Fabric(accelerator="cpu", precision="64-true")
    member = build_member("la", 7, data, recipe, fabric)
    train(member, data, recipe, fabric, lambda member: None)

    network = build_model(
        "resnet8", (3, 12, 12), CLASSES, "linear", torch.Generator().manual_seed(7)
    )
    network.double().train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3)
    order, drawn = (torch.Generator().manual_seed(7) for _ in range(2))
    prior = data.class_counts / data.class_counts.sum()
    mean, std = (torch.tensor(x)[:, None, None] for x in (MEAN, STD))
    for epoch in range(2):
        batches = torch.randperm(len(data.train_labels), generator=order).split(16)
        for number, index in enumerate(batches):
            time = epoch + number / len(batches)
            optimizer.param_groups[0]["lr"] = 0.1 * min(time, 2 - time)
            top, left = torch.randint(0, 9, (2, len(index)), generator=drawn)
            flipped = torch.rand(len(index), generator=drawn, dtype=torch.float32) < 0.5
            seen = []
            for image, y, x, flip in zip(data.train_images[index], top, left, flipped, strict=True):
                cut = crop(pad(image, 4), int(y), int(x), 12, 12)
                seen.append((hflip(cut) if flip else cut).double() / 255)
            batch = (torch.stack(seen) - mean) / std
            loss = cross_entropy(network(batch)[0] + prior.log(), data.train_labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    for one, other in zip(network.parameters(), member.model.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-6)
