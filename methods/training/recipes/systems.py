"""Recipes of systems: the protocols of their authors, for a GPU, and what differs here.

Sources: the settings are those of the authors' code, whose papers the titles name; networks and heads are
ours, and what else is not theirs stands after "but". A paper whose settings were not found has no recipe.
Checked by: members that are built and take a step; epochs at which rates fall and second stages begin.
"""

from collections.abc import Mapping
from typing import Any

from ..recipe import NamedRecipe

__all__ = ["SYSTEMS"]

_NESTEROV: dict[str, Any] = {"optimizer": "sgd", "optimizer_settings": {"nesterov": True}}
_RESNET32: dict[str, Any] = {
    "model": "resnet32",
    "epochs": 200,
    "batch_size": 128,
    "lr": 0.1,
    "warmup": 5,
    "seeds": 3,
}
_EXPERTS: dict[str, Any] = {
    "data": "cifar100",
    **_RESNET32,
    **_NESTEROV,
    "weight_decay": 5e-4,
}


def _influence(classes: int) -> NamedRecipe:
    return NamedRecipe(
        f"CIFAR-{classes}-LT, factor 100, cross-entropy and from epoch 100 on influence as in Park et al. "
        "(ICCV 2021), but alpha is divided by 100 there and not the rate",
        {
            "data": f"cifar{classes}",
            **_RESNET32,
            "weight_decay": 2e-4,
            "rate": "steps",
            "defer": 0.5,
            "methods": ("ce", "influence-deferred@alpha=10"),
        },
    )


SYSTEMS: Mapping[str, NamedRecipe] = {
    "cifar10-lt-meta-weight-net": NamedRecipe(
        "CIFAR-10-LT, factor 100, ten meta images of each class, 100 epochs as in Shu et al. (NeurIPS 2019), "
        "but V is learnt by Adam at 1e-3, not by SGD at 1e-5",
        {
            "data": "cifar10",
            **_RESNET32,
            **_NESTEROV,
            "epochs": 100,
            "batch_size": 100,
            "weight_decay": 5e-4,
            "warmup": 0,
            "rate": "tenths",
            "validation": 10,
            "methods": ("ce", "ce@validation=true", "meta-weight-net"),
        },
    ),
    "cifar100-lt-cdb": NamedRecipe(
        "CIFAR-100-LT, factor 100, 25 validation images of each class, 240 epochs as in Sinha et al. (ACCV "
        "2020), but the rate falls after epochs 192 and 216, theirs after 160 and 210",
        {
            "data": "cifar100",
            **_RESNET32,
            "epochs": 240,
            "batch_size": 32,
            "weight_decay": 5e-4,
            "warmup": 0,
            "rate": "steps",
            "validation": 25,
            "methods": ("ce", "cdb@tau=cifar", "cdb"),
        },
    ),
    "cifar10-lt-influence": _influence(10),
    "cifar100-lt-influence": _influence(100),
    "cifar10-lt-mislas": NamedRecipe(
        "CIFAR-10-LT, factor 100, 200 epochs with mixup and 10 for a scaled head as in Zhong et al. (CVPR "
        "2021), but the second stage sees images as they are, without crops and flips",
        {
            "data": "cifar10",
            **_RESNET32,
            "weight_decay": 5e-4,  # as their README advises; their files have 2e-4
            "rate": "tenths",
            "methods": ("ce", "mixup", "mixup+crt", "mixup+lws", "mixup+mislas@shift=false"),
        },
    ),
    "cifar100-lt-experts": NamedRecipe(
        "CIFAR-100-LT, factor 100, 200 epochs as in SADE (Zhang et al., NeurIPS 2022) and BalPoE (Aimar et "
        "al., CVPR 2023), but an expert is a hidden layer on the body, not a last stage, and has no cosines",
        {
            **_EXPERTS,
            "rate": "tenths",
            "methods": ("la", "sade", "balpoe", "balpoe@mixup=0.4"),
        },
    ),
    "cifar100-lt-ride": NamedRecipe(
        "CIFAR-100-LT, factor 100, 200 epochs as in RIDE (Wang et al., ICLR 2021), but an expert is a hidden "
        "layer on the body, not a last stage, and nothing is routed or distilled",
        {
            **_EXPERTS,
            "rate": "steps",
            "methods": ("ldam-drw", "ride@diversity=-0.45", "ride@diversity=0"),
        },
    ),
    "cifar100-lt-paco": NamedRecipe(
        "CIFAR-100-LT, factor 100, 400 epochs as in PaCo (Cui et al., ICCV 2021), but one view of crops and "
        "flips, no second network, and embeddings of 64 numbers, theirs 32",
        {
            "data": "cifar100",
            **_RESNET32,
            "epochs": 400,
            "lr": 0.05,
            "weight_decay": 5e-4,
            "warmup": 10,
            "rate": "tenths",
            "methods": ("la", "paco@alpha=0.01,temperature=0.05"),
        },
    ),
    "imagenet-lt-balanced-contrastive": NamedRecipe(
        "ImageNet-LT, ResNet-50, 90 epochs as in Zhu et al. (CVPR 2022, BCL), but one view without crops, a "
        "linear last layer, and embeddings of 64 numbers, theirs 1,024",
        {
            "data": "imagenet-lt",
            "model": "resnet50",
            "epochs": 90,
            "batch_size": 256,
            "lr": 0.1,
            "weight_decay": 5e-4,
            "warmup": 0,
            "rate": "cosine",
            "seeds": 1,
            "methods": ("la", "balanced-contrastive@temperature=0.07"),
        },
    ),
}
"""By name, as `counterpoise.methods.training.RECIPES` holds them among others."""
