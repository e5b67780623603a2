"""Optimisers and learning rates by name."""

import pytest
import torch
from counterpoise.methods.optim import OPTIMIZERS, RATES, build_optimizer, settings_in, settings_of
from counterpoise.methods.optim.muon import Muon, orthogonalised
from counterpoise.methods.training import Recipe, run
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from hypothesis import given
from hypothesis import strategies as st


def build(name, **settings):
    parameter = torch.nn.Parameter(torch.tensor([1.0]))
    return build_optimizer(
        name,
        [parameter],
        lr=0.1,
        momentum=0.8,
        weight_decay=0.01,
        settings=settings,
        class_counts=(9, 1),
    )


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("sgd", {}, {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.01, "nesterov": False}),
        ("sgd", {"nesterov": True}, {"nesterov": True}),
        ("adamw", {}, {"lr": 0.1, "betas": (0.8, 0.999), "weight_decay": 0.01}),
        ("adamw", {"beta2": 0.9}, {"betas": (0.8, 0.9)}),
        ("sam", {}, {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.01, "rho": 0.05}),
        ("sam", {"rho": 0.1, "deferred_rho": 0.2}, {"rho": 0.1, "deferred_rho": 0.2}),
        ("asam", {"rho": 1}, {"rho": 1.0, "deferred_rho": 1.0}),
    ],
)
def test_an_optimiser_is_built_with_its_settings(name, settings, expected):
    (group,) = build(name, **settings).param_groups
    assert {key: group[key] for key in expected} == expected


def test_unknown_optimisers_and_settings_are_answered_with_near_names():
    with pytest.raises(InputError, match="unknown optimizer 'adam'; did you mean adamw"):
        build("adam")
    with pytest.raises(InputError, match="unknown setting of sgd 'nestrov'; did you mean nesterov"):
        build("sgd", nestrov=True)
    with pytest.raises(InputError, match="unknown setting of sgd 'beta2'"):
        Recipe(optimizer_settings={"beta2": 0.9})
    with pytest.raises(InputError, match="unknown optimizer 'adam'"):
        Recipe(optimizer="adam")
    with pytest.raises(InputTypeError, match="eps = 'small'"):
        Recipe(optimizer="adamw", optimizer_settings={"eps": "small"})
    with pytest.raises(InputError, match="plain = 0"):
        Recipe(optimizer="muon", optimizer_settings={"plain": 0})
    with pytest.raises(InputTypeError, match="must map names to numbers"):
        Recipe(optimizer_settings=("nesterov",))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_trains(name, tmp_path):
    settings = {"nesterov": True} if name == "sgd" else {}
    recipe = Recipe(
        methods=("ce",),
        seeds=1,
        epochs=4,
        optimizer=name,
        optimizer_settings=settings,
        lr=0.005,
    )
    loss = run(recipe, tmp_path / "run").members[0].history.train_loss
    assert loss[-1] < loss[0]
    assert Recipe.from_dict(recipe.to_dict()) == recipe


def test_every_optimiser_names_its_settings():
    assert settings_of("sgd") == ["nesterov"]
    assert settings_of("adamw") == ["beta2", "eps"]
    assert settings_of("sam-a") == ["rho", "deferred_rho"]
    assert settings_of("cc-sam") == ["noise_ratio", "flat_ratio"]


def test_settings_as_they_are_typed():
    assert settings_in(["rho=0.1", "eta=2e1", "nesterov=1"]) == {
        "rho": 0.1,
        "eta": 20.0,
        "nesterov": 1.0,
    }
    for word in ("rho", "rho=", "rho=small", "=", "rho=nan"):
        with pytest.raises(InputError, match=r"such as rho=0\.1|must lie in"):
            settings_in([word])


def test_the_cosine_rate_warms_up_and_goes_to_zero():
    rates = [RATES["cosine"](0.4, epoch, 100, 4) for epoch in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[50] == pytest.approx(0.2)
    assert rates[3] == max(rates)
    assert 0 < rates[-1] < 1e-3
    assert RATES["cosine"](0.4, 0, 100, 0) == pytest.approx(0.4)


def test_the_steps_of_the_published_protocol():
    rates = [RATES["steps"](0.1, epoch, 200, 5) for epoch in range(200)]
    assert rates[:5] == pytest.approx([0.02, 0.04, 0.06, 0.08, 0.1])
    assert rates[5:160] == pytest.approx([0.1] * 155)
    assert rates[160:180] == pytest.approx([1e-3] * 20)
    assert rates[180:] == pytest.approx([1e-5] * 20)


def test_tenths_are_taken_where_the_published_steps_are():
    rates = [RATES["tenths"](0.1, epoch, 200, 5) for epoch in range(200)]
    assert rates[:5] == pytest.approx([0.02, 0.04, 0.06, 0.08, 0.1])
    assert rates[5:160] == pytest.approx([0.1] * 155)
    assert rates[160:180] == pytest.approx([1e-2] * 20)
    assert rates[180:] == pytest.approx([1e-3] * 20)


def test_one_cycle_goes_up_and_down_in_straight_lines_batch_by_batch():
    times = [0, 1, 2.5, 5, 12.5, 19.9, 20]
    expected = [0, 0.06, 0.15, 0.3, 0.15, 0.3 * 0.1 / 15, 0]
    found = [RATES["one-cycle"](0.3, time, 20, 5) for time in times]
    assert found == pytest.approx(expected)


@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(0, 2**20),
    st.floats(1e-3, 1e3),
)
def test_an_orthogonalised_matrix_keeps_the_singular_vectors_whatever_its_length(
    m, n, seed, length
):
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(m, n, generator=generator, dtype=torch.float64)
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    found = left.T @ orthogonalised(length * matrix) @ right.T
    scales = found.diagonal()
    assert (found - scales.diag()).abs().max() < 1e-6
    large = values > 0.1 * values.norm()
    assert (scales > 0).all()
    assert 0.6 < scales[large].min() <= scales.max() < 1.3


def test_kernels_keep_their_length_and_other_parameters_step_as_under_nesterovs_momentum():
    kernel = torch.nn.Parameter(torch.randn(4, 3, 3, 3))
    plain, twin = (torch.nn.Parameter(torch.tensor([1.0, -2.0])) for _ in range(2))
    muon = Muon([kernel, plain], lr=0.02, momentum=0.8, weight_decay=0.01, plain=5.0)
    sgd = torch.optim.SGD([twin], lr=0.1, momentum=0.8, weight_decay=0.01, nesterov=True)
    for step in range(4):
        before = kernel.detach() * (2 / kernel.detach().norm())
        for parameter in (plain, twin):
            parameter.grad = parameter.detach() + step
        kernel.grad = torch.randn(4, 3, 3, 3)
        muon.step()
        sgd.step()
        moved = (kernel.detach() - before).reshape(4, -1)
        assert torch.linalg.svdvals(moved).min() > 0.6 * 0.02
        assert torch.linalg.svdvals(moved).max() < 1.3 * 0.02
    torch.testing.assert_close(plain, twin)
