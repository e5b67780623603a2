"""A network for clouds of points: what it does not see, and its way from centres back to points."""

import torch
from counterpoise.methods.models.named import build_model, model_for
from counterpoise.methods.models.point_net import _balls, _between

SHAPE, CENTRES = (5, 64), 16
CLOUDS = torch.rand(2, *SHAPE, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def answered(clouds):
    model = build_model(model_for(SHAPE), SHAPE, 2, generator=torch.Generator().manual_seed(1))
    return model.double().eval()(clouds)[0].view(2, -1, 2)


def test_points_that_are_no_centres_may_stand_in_any_order():
    order = torch.cat([torch.arange(CENTRES), CENTRES + torch.randperm(SHAPE[1] - CENTRES)])
    torch.testing.assert_close(answered(CLOUDS[:, :, order]), answered(CLOUDS)[:, order])


def test_clouds_are_seen_singly():
    changed = CLOUDS.clone()
    changed[1] += 0.1
    assert torch.equal(answered(changed)[0], answered(CLOUDS)[0])


def test_interpolation_is_exact_at_a_centre_and_between_its_neighbours():
    place = CLOUDS[:, :3].transpose(1, 2)
    features = torch.rand(2, CENTRES, 4, dtype=torch.float64)
    found = _between(place, place[:, :CENTRES], features)
    torch.testing.assert_close(found[:, :CENTRES], features, atol=1e-4, rtol=0)
    middle = place[:, :2].mean(dim=1, keepdim=True)
    of_two = _between(middle, place[:, :2], features[:, :2])
    torch.testing.assert_close(of_two, features[:, :2].mean(dim=1, keepdim=True))


def test_a_ball_holds_what_is_near_and_its_centre_for_what_is_missing():
    place = torch.tensor([[[0.0, 0, 0], [0.05, 0, 0], [0.9, 0, 0]]])
    found = _balls(place[:, :1], place, place, radius=0.1)
    torch.testing.assert_close(found[0, 0, :, 3], torch.tensor([0.0, 0.05, 0.0]))
    torch.testing.assert_close(found[0, 0, :, 0], torch.tensor([0.0, 0.5, 0.0]))
