"""Recipes by name: the protocols of published tables and of systems (`.systems`), and smaller ones.

A recipe is of one data set, one profile and one imbalance factor; `counterpoise.methods.training.PUBLISHED`
says which tables have a column for it. Sources: each recipe says whose protocol it is and what differs.
Checked by: every recipe is one, those of systems train, and the published counts and schedules.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ....theory.foundation.columns import columns
from ....theory.foundation.validation import one_of
from ...published.tables import tables_of
from ..recipe import NamedRecipe, Recipe
from ..run import resumed
from .systems import SYSTEMS

__all__ = ["RECIPES", "NamedRecipe", "chosen_recipe", "listed", "recipe_of"]


_LDAM_DRW: dict[str, Any] = {  # Cao et al. (NeurIPS 2019): 200 epochs, steps at 160 and 180
    "model": "resnet32",
    "epochs": 200,
    "batch_size": 128,
    "lr": 0.1,
    "weight_decay": 2e-4,
    "warmup": 5,
    "rate": "steps",
    "seeds": 3,
    "methods": ("ce", "la", "ldam-drw", "vs", "class-balanced", "tla-adrw"),
}
_DECOUPLED: dict[str, Any] = {  # Kang et al. (ICLR 2020), first stage
    "epochs": 90,
    "batch_size": 512,
    "lr": 0.2,
    "warmup": 0,
    "rate": "cosine",
    "seeds": 1,
    "methods": ("ce", "ce+ncm", "ce+crt", "ce+tau-norm", "ce+lws"),
}
_FAST: dict[str, Any] = {  # ours; chosen on held out training images, under another seed
    "model": "fast-resnet",
    "optimizer": "sgd",
    "optimizer_settings": {"nesterov": True},
    "precision": "bf16",
    "epochs": 16,
    "batch_size": 32,
    "lr": 0.1,
    "weight_decay": 5e-4,
    "warmup": 5,
    "rate": "one-cycle",
    "flip_test": True,
    "curve_points": 1,
    "seeds": 3,
    "methods": ("ce", "la", "ldam-drw", "vs", "class-balanced"),
}
_HEADS: dict[str, Any] = {  # ours: linear heads over stored features
    "model": "linear",
    "epochs": 30,
    "batch_size": 128,
    "lr": 0.05,
    "weight_decay": 5e-4,
    "warmup": 3,
    "rate": "one-cycle",
    "seeds": 20,
}


_META: dict[str, Any] = {  # ours: after the two experiments of Shu et al. (NeurIPS 2019)
    "data": "digits",
    "batch_size": 32,
    "validation": 5,
    "curve_points": 1,
    "seeds": 6,
}
_CE_AND_META = ("ce", "ce@validation=true", "meta-weight-net")
_EXPERTS: dict[str, Any] = {  # ours: small networks for several heads
    "data": "digits",
    "imbalance_factor": 20,
    "batch_size": 32,
    "epochs": 25,
    "curve_points": 1,
    "seeds": 6,
}
# Ours, after Sinha et al. (ACCV 2020), who hold out 25 images of each class.
_DIFFICULTY: dict[str, Any] = {
    "subset": "seeded",
    "validation": 25,
    "curve_points": 1,
    "seeds": 5,
    "methods": ("ce", "ce@validation=true", "cdb", "cdb@mean=weights", "la"),
}
# Ours, after Kang, Zhang, Zhong and Park et al.
_DECOUPLED_SMALL: dict[str, Any] = {
    "defer": 0.5,
    "rate": "cosine",
    "lr": 0.05,
    "warmup": 1,
    "weight_decay": 5e-4,
    "curve_points": 1,
}


def _cifar(classes: int, profile: str, factor: int) -> NamedRecipe:
    kind = "long-tailed" if profile == "exponential" else "step"
    return NamedRecipe(
        f"CIFAR-{classes}, {kind}, factor {factor}, as in Cao et al. (NeurIPS 2019): ResNet-32, 200 epochs",
        {"data": f"cifar{classes}", "profile": profile, "imbalance_factor": factor, **_LDAM_DRW},
    )


_CIFAR = {
    f"cifar{classes}-{short}-{factor}": _cifar(classes, profile, factor)
    for classes in (10, 100)
    for short, profile, factors in (
        ("lt", "exponential", (200, 100, 50, 20, 10, 1)),
        ("step", "step", (100, 10)),
    )
    for factor in factors
}

RECIPES: Mapping[str, NamedRecipe] = {
    "digits": NamedRecipe("Long-tailed digits, a small network; about a minute", {}),
    "digits-meta-imbalance": NamedRecipe(
        "Long-tailed digits, factor 20: weights learnt by a look ahead on five images of each class",
        {
            **_META,
            "imbalance_factor": 20,
            "epochs": 25,
            "methods": (*_CE_AND_META, "la", "la@validation=true"),
        },
    ),
    "digits-meta-noise": NamedRecipe(
        "Balanced digits, two in five training labels wrong: weights learnt by a look ahead",
        {
            **_META,
            "imbalance_factor": 1,
            "label_noise": 0.4,
            "batch_size": 64,
            "epochs": 20,
            "methods": _CE_AND_META,
        },
    ),
    "digits-meta-sampler": NamedRecipe(
        "Long-tailed digits, factor 20: rates of the classes learnt by a look ahead, and left as they are",
        {
            **_META,
            "imbalance_factor": 20,
            "epochs": 25,
            "methods": (
                "ce",
                "balanced-softmax",
                "balanced-softmax@validation=true",
                "meta-softmax",
                "meta-softmax@lr=0",
            ),
        },
    ),
    "digits-experts": NamedRecipe(
        "Long-tailed digits, factor 20: several experts, and contrasts of embeddings, with their controls",
        {
            **_EXPERTS,
            "methods": (
                "ce",
                "la",
                "balpoe",
                "balpoe@spread=0",
                "balpoe@tau=0",
                "sade",
                "ride",
                "ride@diversity=0",
                "balanced-contrastive",
                "balanced-contrastive@balanced=false",
                "balanced-contrastive@contrast=0",
                "paco",
            ),
        },
    ),
    "digits-experts-single": NamedRecipe(
        "The same, one loss on the mean of three branches: networks of the experts' size",
        {**_EXPERTS, "head": "experts", "methods": ("ce", "la")},
    ),
    "digits-experts-proco": NamedRecipe(
        "The same protocol for ProCo, to be held against the first's methods",
        {**_EXPERTS, "methods": ("proco",)},
    ),
    "digits-experts-queue": NamedRecipe(
        "The same protocol for contrasts with a queue that fits the data: KCL, its control and PaCo",
        {
            **_EXPERTS,
            "methods": ("kcl@queue=64", "kcl@k=1000,queue=64", "paco@queue=64"),
        },
    ),
    "digits-mislas": NamedRecipe(
        "Long-tailed digits, factor 20, a small ResNet: MiSLAS with and without shifted normalisation",
        {
            **_DECOUPLED_SMALL,
            "data": "digits",
            "model": "resnet8",
            "imbalance_factor": 20,
            "batch_size": 32,
            "epochs": 8,
            "seeds": 5,
            "methods": (
                "ce",
                "ce+la",
                "ce+crt",
                "mixup",
                "mixup+la",
                "mixup+crt",
                "mixup+mislas",
                "mixup+mislas@shift=false",
            ),
        },
    ),
    **{
        f"fashion-tops-{factor}": NamedRecipe(
            f"T-shirts against shirts, factor {factor}: weights by difficulty (Sinha et al., ACCV 2020)",
            {
                **_DIFFICULTY,
                "data": "fashion-tops",
                "imbalance_factor": factor,
                "epochs": 4,
                "batch_size": 32,
                "lr": 0.05,
                "weight_decay": 5e-4,
                "warmup": 1,
                "rate": "one-cycle",
            },
        )
        for factor in (10, 30, 100)
    },
    **{
        f"fashion-tops-slow-{factor}": NamedRecipe(
            f"The same at a sixteenth of the rate, four times as long, factor {factor}",
            {
                **_DIFFICULTY,
                "data": "fashion-tops",
                "imbalance_factor": factor,
                "epochs": 16,
                "batch_size": 32,
                "lr": 0.003,
                "weight_decay": 5e-4,
                "warmup": 1,
                "rate": "one-cycle",
            },
        )
        for factor in (10, 30, 100)
    },
    **_CIFAR,
    **SYSTEMS,
    "cifar10-lt-jpeg": NamedRecipe(
        "cifar10-lt-100 from the JPEG copy of CIFAR-10", {"data": "cifar10-jpeg", **_LDAM_DRW}
    ),
    "cifar10-lt-sam": NamedRecipe(
        "The protocol of cifar10-lt-100 with SAM as in Rangwani et al. (NeurIPS 2022), LDAM-DRW",
        {
            "data": "cifar10",
            **_LDAM_DRW,
            "methods": ("ldam-drw",),
            "optimizer": "sam",
            "optimizer_settings": {"rho": 0.8},
        },
    ),
    "cifar10-lt-fast": NamedRecipe(
        "CIFAR-10-LT from the JPEG copy, nine layers, 16 epochs of small batches in bfloat16",
        {"data": "cifar10-jpeg", **_FAST},
    ),
    "cifar10-lt-heads": NamedRecipe(
        "CIFAR-10-LT, linear heads over stored features (counterpoise features)",
        {"data": "cifar10-features", **_HEADS},
    ),
    "cifar10-heads-cdb": NamedRecipe(
        "CIFAR-10-LT, factor 100, linear heads over stored features: weights by difficulty",
        {
            "data": "cifar10-features",
            **_HEADS,
            **_DIFFICULTY,
            "epochs": 10,
            "batch_size": 512,
            "lr": 0.2,
        },
    ),
    "cifar10-mlp-decoupled": NamedRecipe(
        "CIFAR-10-LT, factor 100, two hidden layers over stored features: second stages and their controls",
        {
            **_DECOUPLED_SMALL,
            "data": "cifar10-features",
            "subset": "seeded",
            "model": "mlp",
            "batch_size": 512,
            "lr": 0.2,
            "epochs": 10,
            "seeds": 5,
            "methods": (
                "ce",
                "la",
                "ce+la",
                "ce+crt",
                "ce+crt@balanced=false,epochs=40",  # as many steps: class-aware epochs are four times as long
                "ce+lws",
                "ce+lws@balanced=false,epochs=20",
                "ce+tau-norm",
                "ce+ncm",
                "ce+disalign",
                "ce+disalign@rho=1.0",
                "ce+disalign@rho=0.0",
                "mixup",
                "mixup+la",
                "mixup+crt",
                "mixup+mislas",
                "mixup+mislas@head=0.0",
                "influence-deferred@alpha=10",
                "influence-balanced@alpha=10",
            ),
        },
    ),
    "cifar10-heads-meta-imbalance": NamedRecipe(
        "CIFAR-10-LT, factor 100, linear heads over stored features: weights learnt by a look ahead",
        {
            "data": "cifar10-features",
            **_HEADS,
            "epochs": 10,
            "validation": 10,
            "curve_points": 1,
            "seeds": 5,
            "methods": (*_CE_AND_META, "la", "la@validation=true"),
        },
    ),
    "cifar10-heads-meta-noise": NamedRecipe(
        "CIFAR-10, two in five training labels wrong, linear heads: weights learnt by a look ahead",
        {
            "data": "cifar10-features",
            **_HEADS,
            "imbalance_factor": 1,
            "label_noise": 0.4,
            "epochs": 3,
            "warmup": 1,
            "validation": 100,
            "curve_points": 1,
            "seeds": 5,
            "methods": _CE_AND_META,
        },
    ),
    "trees": NamedRecipe(
        "Leaf and wood of drawn trees, 20 points to 1, after SOUL: a small network for clouds of points",
        {
            "data": "trees",
            "imbalance_factor": 20,
            "optimizer": "adamw",
            "epochs": 12,
            "batch_size": 8,
            "lr": 3e-3,
            "weight_decay": 1e-3,
            "warmup": 1,
            "curve_points": 1,
            "methods": ("ce", "soul", "focal", "inverse-frequency", "ce+la"),
        },
    ),
    "fashion-lt": NamedRecipe(
        "Fashion-MNIST-LT, two convolutions at 28x28",
        {
            "data": "fashion-mnist",
            "model": "grey",
            "epochs": 30,
            "batch_size": 128,
            "lr": 0.1,
            "weight_decay": 5e-4,
            "warmup": 3,
            "rate": "one-cycle",
            "precision": "float32",
            "seeds": 10,
        },
    ),
    "shuttle": NamedRecipe(
        "Statlog Shuttle, its own tail of factor 4,559, two hidden layers",
        {
            "data": "shuttle",
            "model": "mlp",
            "epochs": 20,
            "batch_size": 256,
            "lr": 0.01,
            "weight_decay": 1e-4,
            "rate": "one-cycle",
            "warmup": 2,
            "seeds": 10,
        },
    ),
    "imagenet-lt-resnext50": NamedRecipe(
        "ImageNet-LT as in Kang et al. (ICLR 2020), without their crops: ResNeXt-50, 90 epochs",
        {"data": "imagenet-lt", "model": "resnext50", "weight_decay": 5e-4, **_DECOUPLED},
    ),
    "inaturalist18-resnet50": NamedRecipe(
        "iNaturalist 2018 as in Kang et al. (ICLR 2020), without their crops: ResNet-50, 90 epochs",
        {"data": "inaturalist18", "model": "resnet50", "weight_decay": 1e-4, **_DECOUPLED},
    ),
    "inaturalist18-resnet50-200": NamedRecipe(
        "The same for 200 epochs",
        {
            "data": "inaturalist18",
            "model": "resnet50",
            "weight_decay": 1e-4,
            **_DECOUPLED,
            "epochs": 200,
        },
    ),
}


def recipe_of(name: str, **options: Any) -> Recipe:
    """The recipe of a name, with what is given in place of its fields; None is not given.

    >>> recipe_of("cifar10-lt-fast", methods=("ce", "la"), epochs=None).epochs
    16
    """
    return Recipe.given(**_fields(name, options))


def chosen_recipe(
    resumed_from: str | Path | None,
    name: str | None,
    *,
    methods: Sequence[str] | None = None,
    tau: Sequence[float] = (),
    **options: Any,
) -> Recipe:
    """The recipe that a command asks for: of a run to go on with, of a name, or the default, with options.

    Parameters
    ----------
    resumed_from
        The folder of a run to go on with; its recipe counts, and options must not differ from it.
    tau
        Strengths of ``la`` that are trained besides the methods.

    >>> chosen_recipe(None, "fashion-lt", methods=["ce"], tau=[0.5], seeds=2).methods
    ('ce', 'la@tau=0.5')
    """
    fields = _fields(name, options)
    if methods or tau:
        known = methods or fields.get("methods") or Recipe().methods
        fields["methods"] = tuple(dict.fromkeys([*known, *(f"la@tau={value:g}" for value in tau)]))
    return Recipe.given(**fields) if resumed_from is None else resumed(resumed_from, **fields)


def _fields(name: str | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a named recipe with what is given in their place; settings go with their optimiser."""
    fields = {**RECIPES[one_of("recipe", name, RECIPES)].fields} if name else {}
    given = {key: value for key, value in options.items() if value is not None}
    if "optimizer" in given:
        fields.pop("optimizer_settings", None)
    return fields | given


def listed() -> str:
    """The names with what they are for, and the published tables that have a column for them."""
    rows = [(name, ", ".join(tables_of(name)) or "-", own.title) for name, own in RECIPES.items()]
    return columns(rows, ("recipe", "published tables", "protocol"))
