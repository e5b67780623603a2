"""Sharpness-aware optimisers: what they step by, by hand; what they leave alone; where one is another."""

import copy

import pytest
import torch
from counterpoise.methods import SeesawLoss
from counterpoise.methods.data import load
from counterpoise.methods.optim import ASAM, CCSAM, SAM, SAMA, ImbSAM, build_optimizer
from counterpoise.methods.results.checkpoint import read_checkpoint, write_checkpoint
from counterpoise.methods.training import Recipe, run
from counterpoise.methods.training.many import are_heads
from counterpoise.methods.training.member import build_member
from counterpoise.methods.training.recipes import recipe_of
from counterpoise.methods.training.step import Batch, take_step
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given
from hypothesis import strategies as st
from lightning_fabric import Fabric
from torch.nn.functional import cross_entropy

FABRIC = Fabric(accelerator="cpu", devices=1)
SHARP = ("sam", "asam", "imbsam", "sam-a", "cc-sam")
COUNTS = (60, 20, 1)


def problem(seed=0):
    """Rows, classes, and a network of one hidden layer whose head is the last."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randn(30, 4, generator=generator, dtype=torch.float64)
    target = torch.tensor([0] * 20 + [1] * 8 + [2] * 2)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = torch.nn.Sequential(
            torch.nn.Linear(4, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3)
        ).double()
    return rows, target, network


class Ask:
    """A closure of cross-entropy, written here anew; it keeps the parameters of every call."""

    def __init__(self, rows, target, network):
        self.rows, self.target, self.network, self.at = rows, target, network, []

    def __call__(self, factors=None):
        self.network.zero_grad()
        self.at.append([p.detach().clone() for p in self.network.parameters()])
        losses = cross_entropy(self.network(self.rows), self.target, reduction="none")
        by = torch.ones_like(losses) if factors is None else factors[self.target]
        loss = (by * losses).sum() / len(losses)
        loss.backward()
        return loss


def optimizer_of(name, network, momentum=0.0, weight_decay=0.0, lr=1.0, **settings):
    return build_optimizer(
        name,
        network.parameters(),
        lr=lr,
        momentum=momentum,
        weight_decay=weight_decay,
        settings=settings,
        class_counts=COUNTS,
        classifier=network[-1],
    )


def after(name, steps=4, **settings):
    rows, target, network = problem()
    optimizer = optimizer_of(name, network, 0.9, 1e-2, 0.1, **settings)
    for _ in range(steps):
        optimizer.step(Ask(rows, target, network))
    return torch.cat([p.detach().reshape(-1) for p in network.parameters()])


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("sam", {"rho": 0}),
        ("asam", {"rho": 0}),
        ("sam-a", {"rho": 0}),
        ("imbsam", {"eta": 0}),
        ("cc-sam", {"flat_ratio": 0}),
    ],
)
def test_without_a_displacement_it_is_the_base_optimiser_bit_for_bit(name, settings):
    assert torch.equal(after(name, **settings), after("sgd"))


@pytest.mark.parametrize("name", ["imbsam", "cc-sam"])
def test_parts_that_are_not_displaced_add_up_to_the_loss(name):
    settings = {"rho": 0} if name == "imbsam" else {"noise_ratio": 0}
    torch.testing.assert_close(after(name, **settings), after("sgd"), rtol=1e-12, atol=1e-14)


def test_a_tail_of_all_classes_is_sam():
    assert torch.equal(after("imbsam", eta=1e6), after("sam"))
    assert not torch.equal(after("sam"), after("sgd"))


numbers = st.floats(-3, 3).map(lambda x: round(x, 3))


@given(
    st.lists(numbers, min_size=9, max_size=9), st.lists(numbers, min_size=3, max_size=3), numbers
)
def test_the_gradient_of_a_quadratic_is_that_uphill(entries, start, rho):
    rho = abs(rho)
    B = torch.tensor(entries, dtype=torch.float64).reshape(3, 3)
    A, theta = B + B.T, torch.tensor(start, dtype=torch.float64)
    moved = [torch.nn.Parameter(theta[:2].clone()), torch.nn.Parameter(theta[2:].clone())]
    optimizer, at = SAM(moved, lr=1.0, rho=rho), []

    def closure():
        optimizer.zero_grad()
        whole = torch.cat(moved)
        at.append(whole.detach().clone())
        loss = whole @ A @ whole / 2
        loss.backward()
        return loss

    optimizer.step(closure)
    uphill = A @ theta
    length = uphill.norm()
    assert torch.equal(at[0], theta)
    displaced = theta + rho * uphill / (length + 1e-12)
    torch.testing.assert_close(theta - torch.cat(moved).detach(), A @ displaced)
    if length > 1e-3:
        torch.testing.assert_close((at[1] - at[0]).norm(), torch.tensor(rho, dtype=torch.float64))


@given(st.lists(st.floats(0.1, 10), min_size=6, max_size=6))
def test_asam_does_not_see_how_parameters_are_scaled(scales):
    c = torch.tensor(scales, dtype=torch.float64)
    theta = torch.linspace(-1, 2, 6, dtype=torch.float64)
    found = []
    for scale in (torch.ones_like(c), c):
        parameter = torch.nn.Parameter(theta / scale)
        optimizer = ASAM([parameter], lr=0.0, rho=0.7)

        def closure(parameter=parameter, scale=scale):
            loss = torch.sin(3 * scale * parameter).sum() + (scale * parameter).prod()
            found.append((scale * parameter).detach())
            loss.backward()
            return loss

        optimizer.step(closure)
    torch.testing.assert_close(found[3], found[1])
    torch.testing.assert_close(
        ((found[1] - theta) / theta).norm(), torch.tensor(0.7, dtype=torch.float64)
    )


@pytest.mark.parametrize("name", SHARP)
def test_a_step_starts_where_the_parameters_were(name):
    rows, target, network = problem()
    ask = Ask(rows, target, network)
    optimizer_of(name, network, lr=0.0).step(ask)
    for first, p in zip(ask.at[0], network.parameters(), strict=True):
        assert torch.equal(first, p)


@pytest.mark.parametrize("name", ["sam", "imbsam"])
def test_what_fails_uphill_leaves_the_parameters_where_they_were(name):
    rows, target, network = problem()
    before = copy.deepcopy(network.state_dict())
    ask, passes = Ask(rows, target, network), []

    def closure(factors=None):
        passes.append(factors)
        if len(passes) == (2 if name == "sam" else 3):
            raise RuntimeError("no memory")
        return ask(factors)

    closure.target = target
    with pytest.raises(RuntimeError, match="no memory"):
        optimizer_of(name, network, rho=1.0).step(closure)
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())


def gradient_at(rows, target, network, weight, moves=()):
    """The gradient of a weighted mean over the batch, the parameters moved; as a list."""
    network = copy.deepcopy(network)
    with torch.no_grad():
        for p, move in zip(network.parameters(), moves, strict=False):
            p.add_(move)
    losses = cross_entropy(network(rows), target, reduction="none")
    mean = (torch.tensor(weight, dtype=torch.float64)[target] * losses).sum() / len(losses)
    return torch.autograd.grad(mean, list(network.parameters()))


def along(gradients, rho):
    length = torch.cat([g.reshape(-1) for g in gradients]).norm()
    return [rho * g / length for g in gradients]


def stepped_by(name, **settings):
    """What a step of rate 1 takes off, parameter by parameter."""
    rows, target, network = problem()
    before = [p.detach().clone() for p in network.parameters()]
    optimizer_of(name, network, **settings).step(Ask(rows, target, network))
    return [old - p.detach() for old, p in zip(before, network.parameters(), strict=True)]


def assert_gradients(found, expected):
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-13)


def test_imbsam_climbs_for_the_tail_and_on_the_tail():
    head = gradient_at(*problem(), (1.0, 1.0, 0.0))  # 20 examples are not fewer than 20
    tail = gradient_at(*problem(), (0.0, 0.0, 1.0))
    sharp = gradient_at(*problem(), (0.0, 0.0, 1.0), along(tail, 0.3))
    expected = [h + s for h, s in zip(head, sharp, strict=True)]
    assert_gradients(stepped_by("imbsam", rho=0.3, eta=20), expected)


def test_sam_a_climbs_by_inverse_frequency_and_descends_on_the_loss():
    uphill = along(gradient_at(*problem(), (1.0, 3.0, 60.0)), 0.3)
    assert_gradients(stepped_by("sam-a", rho=0.3), gradient_at(*problem(), (1.0, 1.0, 1.0), uphill))


def test_sam_a_with_equal_counts_is_sam():
    found = []
    for build in (SAM, lambda *given: SAMA(*given, class_counts=(7, 7, 7))):
        rows, target, network = problem()
        build(network.parameters(), 0.1).step(Ask(rows, target, network))
        found.append(network.state_dict())
    assert all(torch.equal(found[0][key], found[1][key]) for key in found[0])


def test_cc_sam_moves_the_classifier_for_every_class():
    """Against one class after the other through the whole network."""
    r, f = 0.05, 0.4
    rows, target, network = problem()
    theta = torch.cat([p.detach().reshape(-1) for p in network[-1].parameters()])
    plain = gradient_at(rows, target, network, (1.0, 1.0, 1.0))
    flat = [torch.zeros_like(g) for g in plain]
    for label, n in enumerate(COUNTS):
        one = [float(label == other) for other in range(3)]
        share = float((target == label).sum()) / len(target)
        g = [part / share for part in gradient_at(rows, target, network, one)[2:]]
        length = torch.cat([part.reshape(-1) for part in g]).norm()
        P = len(theta)
        radius = r * theta.norm().sqrt() / (length.sqrt() * 2**0.5 * (max(n - 1, 1) * P) ** 0.25)
        moves = [torch.zeros_like(p) for p in network[0].parameters()]
        moves += [radius * P**0.5 * part / length for part in g]
        for total, part in zip(flat, gradient_at(rows, target, network, one, moves), strict=True):
            total += part
    expected = [(1 - f) * p + f * h for p, h in zip(plain, flat, strict=True)]
    assert_gradients(stepped_by("cc-sam", noise_ratio=r, flat_ratio=f), expected)
    assert (flat[0] - plain[0]).norm() > 1e-3 * plain[0].norm()


def test_cc_sam_goes_further_for_rarer_classes():
    head = torch.nn.Linear(5, 4)
    optimizer = CCSAM(head.parameters(), 0.1, class_counts=(100, 10, 2, 1), classifier=head)
    radii = [optimizer.radius(label, 1.0, 1.0) for label in range(4)]
    assert radii[0] < radii[1] < radii[2] == radii[3] < 1


# ---------------------------------------------------------------------------------- in training


def member_of(optimizer, method="ce", **fields):
    data = load("digits")
    recipe = Recipe(methods=(method,), optimizer=optimizer, **fields)
    return build_member(method, 0, data, recipe, FABRIC), Batch(
        data.train_images[::12], data.train_labels[::12]
    )


def test_parts_of_a_batch_add_up_to_its_loss():
    member, batch = member_of("sgd", "ldam-drw")
    constants = member.schedule.stage(39).constants(member.criterion)
    factors = torch.rand(10, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    seen = []

    class Asks:
        zero_grad = staticmethod(member.model.zero_grad)

        def step(self, closure):
            for part in (None, factors, 1 - factors, torch.ones(10)):
                loss = closure(part)
                flat = torch.cat([p.grad.reshape(-1) for p in member.model.parameters()])
                seen.append((float(loss.detach()), flat))

    member.optimizer = Asks()
    passed = take_step(member, 39, batch, constants, FABRIC)
    (whole, g), (one, g1), (other, g2), (again, g3) = seen
    assert float(passed.loss) == whole
    assert (one + other, again) == pytest.approx((whole, whole), rel=1e-5)
    torch.testing.assert_close(g1 + g2, g, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(g3, g)
    assert not torch.allclose(g1, factors.mean().float() * g, rtol=1e-2)


@pytest.mark.parametrize("name", SHARP)
def test_running_means_and_counts_are_those_of_one_pass(name):
    found = []
    for optimizer in ("sgd", name):
        member, batch = member_of(optimizer, model="resnet8")
        member.criterion = SeesawLoss(num_classes=10, reduction="none")
        passed = take_step(member, 0, batch, {}, FABRIC)
        buffers = {key: value.clone() for key, value in member.model.named_buffers()}
        found.append({**buffers, "seen": member.criterion.seen, "loss": passed.loss})
        assert member.criterion.training
    assert any("running_mean" in key for key in found[0])
    assert found[1]["seen"].sum() == len(batch.target)
    assert all(torch.equal(found[0][key], found[1][key]) for key in found[0])


@pytest.mark.parametrize("name", SHARP)
def test_a_member_goes_on_from_what_it_saved_to_the_bit(name, tmp_path):
    made = [member_of(name, "density-ratio", model="resnet8", lr=0.1) for _ in range(2)]
    (whole, batch), (resumed, _) = made
    for epoch in range(3):
        take_step(whole, epoch, batch, {}, FABRIC)
        if epoch == 0:
            write_checkpoint(tmp_path / "c", whole.state_dict())
    resumed.load_state_dict(read_checkpoint(tmp_path / "c"))
    for epoch in (1, 2):
        take_step(resumed, epoch, batch, {}, FABRIC)
    kept, found = (member.model.state_dict() for member in (whole, resumed))
    assert all(torch.equal(kept[key], found[key]) for key in kept)


def members(folder, **fields):
    usual = {"methods": ("drw",), "seeds": 1, "epochs": 4, "defer": 0.5, "batch_size": 128}
    return run(Recipe(**{**usual, **fields}), folder).members


def test_runs_of_one_optimiser_are_those_of_another_in_the_limits(tmp_path):
    made = {
        key: members(tmp_path / str(n), optimizer=key[0], optimizer_settings=dict(key[1:]))
        for n, key in enumerate(
            [
                ("sgd",),
                ("sam",),
                ("imbsam", ("eta", 0.0)),
                ("imbsam", ("eta", 1e4)),
                ("imbsam",),
            ]
        )
    }
    assert made["imbsam", ("eta", 0.0)] == made["sgd",]
    assert made["imbsam", ("eta", 1e4)] == made["sam",]
    assert made["imbsam",] not in (made["sam",], made["sgd",])
    assert members(tmp_path / "a", optimizer="sam-a", imbalance_factor=1.0) == members(
        tmp_path / "b", optimizer="sam", imbalance_factor=1.0
    )


def test_a_second_rho_acts_when_deferred_weights_do(tmp_path):
    plain, late = (
        members(tmp_path / name, optimizer=name, optimizer_settings=settings)[0].history.train_loss
        for name, settings in (("sgd", {}), ("sam", {"rho": 0.0, "deferred_rho": 0.2}))
    )
    assert late[:2] == plain[:2]
    assert late[2] != plain[2]


def test_imbsam_trains_on_a_long_tail_and_in_half_precision(tmp_path):
    usual = {"methods": ("la",), "lr": 0.05, "warmup": 0}
    (made,) = members(tmp_path / "r", epochs=12, batch_size=32, optimizer="imbsam", **usual)
    assert made.balanced_accuracy > 0.6
    for name in ("imbsam", "cc-sam"):
        (half,) = members(tmp_path / name, optimizer=name, precision="bf16", **usual)
        assert half.history.train_loss[-1] < half.history.train_loss[0]


def test_heads_do_not_train_together_under_a_gradient_of_their_joint_length():
    assert not any(are_heads(Recipe(model="linear", optimizer=name)) for name in SHARP)


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("sam", {"rho": -0.1}, r"rho = -0.1: must lie in \[0"),
        ("sam", {"deferred_rho": float("nan")}, "deferred_rho = nan"),
        ("sam", {"eta": 3.0}, "unknown setting of sam 'eta'"),
        ("imbsam", {"class_counts": 3.0}, "unknown setting of imbsam 'class_counts'"),
        ("cc-sam", {"flat_ratio": 1.5}, r"flat_ratio = 1.5: must lie in \[0, 1\]"),
        ("adamw", {"beta2": 1.0}, r"beta2 = 1: must lie in \[0, 1\)"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_the_recipe(name, settings, said):
    with pytest.raises(InputError, match=said):
        Recipe(optimizer=name, optimizer_settings=settings)


def test_another_optimiser_than_the_recipes_leaves_its_settings_behind():
    named = [recipe_of("cifar10-lt-sam", optimizer=name, seeds=1) for name in (None, "sgd", "sam")]
    assert [made.optimizer_settings for made in named] == [{"rho": 0.8}, {}, {}]
    given = recipe_of("cifar10-lt-sam", optimizer_settings={"rho": 0.1, "deferred_rho": 0.5})
    assert (given.optimizer, given.optimizer_settings["deferred_rho"]) == ("sam", 0.5)


def test_what_an_optimiser_needs_and_has_not_is_named():
    chosen = {"lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "settings": {}}
    layer = torch.nn.Linear(2, 2)
    with pytest.raises(InputError, match="'imbsam' needs class counts"):
        build_optimizer("imbsam", layer.parameters(), **chosen)
    with pytest.raises(InputError, match="'cc-sam' needs classifier"):
        build_optimizer("cc-sam", layer.parameters(), class_counts=(1, 2), **chosen)
    with pytest.raises(TypeError, match="needs a closure"):
        ImbSAM(layer.parameters(), 0.1, class_counts=(1, 2)).step()
    with pytest.raises(InputError, match="needs a momentum above 0"):
        Recipe(momentum=0.0, optimizer_settings={"nesterov": True})
