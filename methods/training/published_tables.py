"""The numbers of published tables.

Sources: named in each table, with where they were read. Checked by: numbers typed a second time in the
tests; every key is a method that trains, every recipe is one of the setting.
"""

from collections.abc import Mapping

from .published import PublishedTable, Row, Setting

__all__ = ["PUBLISHED", "tables_of"]

_STEPS = (
    "ResNet-32, 200 epochs, batch 128, SGD 0.1 with momentum 0.9, weight decay 2e-4, warm-up 5 epochs, "
    "a hundredth of the rate after epoch 160 and a ten thousandth after 180, crops and flips"
)
_BEST = (
    "the official code reports the best epoch on the test set; what is measured here is the last"
)
_HOW_MANY = "how many runs a published number is a mean of was not found"


def _cifar(
    classes: int, profile: str, factor: int, recipe: bool = True, **known: object
) -> Setting:
    """Long-tailed CIFAR; its recipe has the protocol of Cao et al."""
    short = "lt" if profile == "exponential" else "step"
    name = f"cifar{classes}-{short}-{factor}"
    label = f"C{classes}-{short.upper() if short == 'lt' else short}-{factor}"
    return Setting(label, f"cifar{classes}", profile, factor, name if recipe else "", known)


def _four(classes: int, **known: object) -> tuple[Setting, ...]:
    kinds = [("exponential", 100), ("exponential", 10), ("step", 100), ("step", 10)]
    return tuple(_cifar(classes, *kind, recipe=not known, **known) for kind in kinds)


_LDAM = PublishedTable(
    name="ldam",
    title="Long-tailed and step CIFAR of Cao et al., Table 2",
    paper="Cao et al. (NeurIPS 2019)",
    tag="S",
    metric="error",
    protocol=_STEPS,
    notes=(_BEST, _HOW_MANY),
    settings=(*_four(10), *_four(100)),
    rows=(
        Row("ERM", "ce", "29.64 13.61 36.70 17.50 61.68 44.30 61.45 45.37"),
        Row("Focal", "focal@gamma=1", "29.62 13.34 36.09 16.36 61.59 44.22 61.43 46.54"),
        Row("LDAM", "", "26.65 13.04 33.42 15.00 60.40 43.09 60.42 43.73"),
        Row("CB RS", "", "29.45 13.21 38.14 15.41 66.56 44.94 66.23 46.92"),
        Row("CB RW", "class-balanced", "27.63 13.46 38.06 16.20 66.01 42.88 78.69 47.52"),
        Row("CB Focal", "", "25.43 12.90 39.73 16.54 63.98 42.01 80.24 49.98"),
        Row("HG-DRS", "", "27.16 14.03 29.93 14.85 - - - -"),
        Row("LDAM-HG-DRS", "", "24.42 12.72 24.53 12.82 - - - -"),
        Row("M-DRW", "", "24.94 13.57 27.67 13.17 59.49 43.78 58.91 44.72"),
        Row("LDAM-DRW", "ldam-drw", "22.97 11.84 23.08 12.19 57.96 41.29 54.64 40.54"),
    ),
)

_FACTORS = (200, 100, 50, 20, 10, 1)
_CLASS_BALANCED = PublishedTable(
    name="class-balanced",
    title="Long-tailed CIFAR of Cui et al.",
    paper="Cui et al. (CVPR 2019)",
    tag="S",
    metric="error",
    protocol=_STEPS,
    notes=(
        _HOW_MANY,
        "sigmoid and focal rows have the sigmoid form; class-balanced is the best of losses, beta and "
        "gamma for each cell, and has a key where that is softmax with beta 0.9999",
    ),
    settings=tuple(_cifar(c, "exponential", factor) for c in (10, 100) for factor in _FACTORS),
    rows=(
        Row("Softmax", "ce", "34.32 29.64 25.19 17.77 13.61 6.61 65.16 61.68 56.15 48.86 44.29 29.07"),
        Row("Sigmoid", "", "34.51 29.55 23.84 16.40 12.97 6.36 64.39 61.22 55.85 48.57 44.73 28.39"),
        Row("Focal, gamma 0.5", "", "36.00 29.77 23.28 17.11 13.19 6.75 65.00 61.31 55.88 48.90 44.30 28.55"),
        Row("Focal, gamma 1", "", "34.71 29.62 23.29 17.24 13.34 6.60 64.38 61.59 55.68 48.05 44.22 28.85"),
        Row("Focal, gamma 2", "", "35.12 30.41 23.48 16.77 13.68 6.61 65.25 61.61 56.30 48.98 45.00 28.52"),
        Row(
            "Class-balanced, best", ("class-balanced", "", "", "class-balanced", *[""] * 8),
            "31.11 25.43 20.73 15.64 12.51 6.36 63.77 60.40 54.68 47.41 42.01 28.39",
        ),
    ),
)  # fmt: skip

_DDC = PublishedTable(
    name="ddc",
    title="Long-tailed and step CIFAR of Wang et al., 200 epochs, weight decay 2e-4",
    paper="Wang et al. (NeurIPS 2023)",
    tag="R",
    metric="accuracy",
    protocol=_STEPS,
    notes=(_HOW_MANY, "the settings of VS and TLA+ADRW were tuned by data set; here they are one"),
    settings=(*_four(100), *_four(10)),
    rows=(
        Row("CE", "ce", "38.06 56.73 38.74 54.50 71.25 86.74 64.81 85.43"),
        Row("LDAM+DRW", "ldam-drw", "42.73 57.75 46.01 56.84 77.97 87.96 78.27 87.65"),
        Row("VS", "vs", "42.67 58.50 46.74 59.97 80.29 88.74 80.19 89.13"),
        Row("TLA+ADRW", "tla-adrw", "43.20±.05 58.90 47.60 60.12 80.81±.05 88.86 80.78 89.24"),
    ),
)

_SAM_LONG = {"model": "resnet32", "epochs": 400, "optimizer": "sam"}
_DDC_SAM = PublishedTable(
    name="ddc-sam",
    title="Long-tailed and step CIFAR of Wang et al., 400 epochs with SAM and stronger augmentation",
    paper="Wang et al. (NeurIPS 2023)",
    tag="R",
    metric="accuracy",
    protocol="ResNet-32, 400 epochs, SAM, the AutoAugment policy of CIFAR-10 and Cutout",
    notes=(_HOW_MANY, "no recipe has its augmentation"),
    settings=(*_four(100, **_SAM_LONG), *_four(10, **_SAM_LONG)),
    rows=(
        Row("CE", "ce", "45.70 63.11 41.98 59.26 79.75 90.79 70.13 88.63"),
        Row("LDAM+DRW", "ldam-drw", "50.67 61.55 50.62 60.08 86.15 91.17 84.48 91.20"),
        Row("VS", "vs", "52.09 65.23 49.77 64.28 86.29 91.75 85.04 91.68"),
        Row("TLA+ADRW", "tla-adrw", "53.05 65.59 51.69 64.98 86.42 91.82 85.55 91.80"),
    ),
)

_VS = PublishedTable(
    name="vs",
    title="Long-tailed and step CIFAR of Kini et al., factor 100",
    paper="Kini et al. (NeurIPS 2021)",
    tag="2",
    metric="accuracy",
    protocol=_STEPS,
    notes=(
        "means of three runs or more",
        "LA, CDT and VS were tuned by data set; only the settings of VS on C10-LT-100 were found",
    ),
    settings=tuple(_cifar(c, kind, 100) for c in (10, 100) for kind in ("exponential", "step")),
    rows=(
        Row("CE", "ce", "71.94 62.69 38.82 39.49"),
        Row("weighted CE", "", "72.6 67.3 40.5 40.1"),
        Row("LDAM-DRW", "ldam-drw", "77.03 76.92 42.04 45.36"),
        Row("LA", "la", "80.81 78.23 42.87 45.69"),
        Row("CDT", "cdt", "79.55 73.26 42.57 44.12"),
        Row("VS", ("vs@gamma=0.2,tau=1.2", "vs", "vs", "vs"), "80.82 79.10 43.52 46.53"),
    ),
)

_ODD = {
    "lr": 0.1, "batch_size": 128, "weight_decay": 2e-4, "optimizer_settings": {"nesterov": True},
}  # fmt: skip
_LOGIT_ADJUSTMENT = PublishedTable(
    name="logit-adjustment",
    title="Long-tailed CIFAR of Menon et al., factor 100",
    paper="Menon et al. (ICLR 2021)",
    tag="R",
    metric="accuracy",
    protocol="a ResNet-32 of its own, Nesterov SGD 0.1, batch 128, C10 1241 epochs with tenths of the rate "
    "at 604, 926, 1128; C100 1419 epochs with tenths at 691, 1059, 1290; crops of 2 pixels",
    notes=(_HOW_MANY, "no recipe has its network, crops and rates"),
    settings=(
        _cifar(10, "exponential", 100, False, epochs=1241, warmup=20, **_ODD),
        _cifar(100, "exponential", 100, False, epochs=1419, warmup=22, **_ODD),
    ),
    rows=(
        Row("ERM", "ce", "71.36 39.87"),
        Row("Logit adjustment post-hoc", "", "77.32 44.07"),
        Row("Logit-adjusted loss", "la", "77.89 44.06"),
    ),
)

_BALANCED_SOFTMAX = PublishedTable(
    name="balanced-softmax",
    title="Long-tailed CIFAR of Ren et al., factor 200",
    paper="Ren et al. (NeurIPS 2020)",
    tag="R",
    metric="accuracy",
    protocol="not found",
    notes=(_HOW_MANY,),
    settings=(_cifar(10, "exponential", 200, False), _cifar(100, "exponential", 200, False)),
    rows=(
        Row("Softmax", "ce", "74.0 41.2"),
        Row("Balanced softmax", "balanced-softmax", "79.8 46.7"),
        Row("Balanced softmax, decoupled", "", "81.8 47.2"),
        Row("BALMS", "", "82.2 48.0"),
    ),
)

_IMAGENET = Setting(
    "ImageNet-LT, ResNeXt-50", "imagenet-lt", "as-is", None, "imagenet-lt-resnext50"
)
_INATURALIST = Setting(
    "iNaturalist 2018, ResNet-50", "inaturalist18", "as-is", None, "inaturalist18-resnet50"
)
_DECOUPLING = PublishedTable(
    name="decoupling",
    title="ImageNet-LT and iNaturalist 2018 of Kang et al.",
    paper="Kang et al. (ICLR 2020)",
    tag="R",
    metric="accuracy",
    protocol="SGD 0.2 with momentum 0.9, batch 512, cosine to 0; ImageNet-LT: ResNeXt-50, 90 epochs, weight "
    "decay 5e-4; iNaturalist: ResNet-50, 90 or 200 epochs, weight decay 1e-4; random resized crops of 224, "
    "flips, colour jitter",
    notes=(_HOW_MANY, "recipes here take images scaled to 224, without crops, flips and jitter"),
    settings=(
        _IMAGENET,
        _INATURALIST,
        Setting(
            "iNaturalist 2018, 200 epochs", "inaturalist18", "as-is", None,
            "inaturalist18-resnet50-200", tag="2",
        ),
    ),
    rows=(
        Row("Joint", "ce", "44.4 61.7 -"),
        Row("NCM", "", "47.3 - -"),
        Row("cRT", "", "49.6 65.2 68.2"),
        Row("tau-normalized", "", "49.4 65.6 69.3"),
        Row("LWS", "", "49.9 65.9 69.5"),
        Row("Class-balanced sampling", "", "45.1 - -"),
        Row("Square-root sampling", "", "46.8 - -"),
        Row("Progressively-balanced sampling", "", "47.2 - -"),
    ),
)  # fmt: skip

_SAM = {
    "model": "resnet32", "epochs": 200, "batch_size": 128, "lr": 0.1, "weight_decay": 2e-4, "warmup": 5,
    "rate": "steps", "optimizer": "sam",
}  # fmt: skip
_SADDLE = PublishedTable(
    name="sam-drw",
    title="Deferred re-weighting with SAM",
    paper="Rangwani et al. (NeurIPS 2022)",
    tag="R",
    metric="accuracy",
    protocol=f"{_STEPS}; SAM with rho by method and data set, C10: 0.5 and 0.8, C100: 0.8 and 0.8",
    notes=(_HOW_MANY,),
    settings=(
        _cifar(10, "exponential", 100, False, **_SAM),
        _cifar(100, "exponential", 100, False, **_SAM),
        Setting("ImageNet-LT, ResNet-50", "imagenet-lt", "as-is", None,
                protocol={"model": "resnet50", "optimizer": "sam"}),
        Setting("iNaturalist 2018, ResNet-50", "inaturalist18", "as-is", None,
                protocol={"model": "resnet50", "optimizer": "sam"}),
    ),
    rows=(
        Row("CE-DRW-SAM", "drw", "80.6 44.6 47.1 65.3"),
        Row("LDAM-DRW-SAM", "ldam-drw", "81.9 45.4 53.1 70.1"),
    ),
)  # fmt: skip

_BAG = PublishedTable(
    name="bag-of-tricks",
    title="Long-tailed CIFAR, many methods in one code base",
    paper="Zhang et al. (AAAI 2021), BagofTricks-LT",
    tag="B",
    metric="error",
    protocol="ResNet-32; the rest was not found, and recipes here have that of Cao et al.",
    notes=(_HOW_MANY,),
    settings=tuple(
        _cifar(c, "exponential", factor, model="resnet32")
        for c in (10, 100)
        for factor in (100, 50)
    ),
    rows=(
        Row("CE", "ce", "29.64 25.19 61.68 56.15"),
        Row("Cost-sensitive CE", "", "31.70 23.20 67.73 63.49"),
        Row("CB-CE", "class-balanced", "29.52 22.52 61.03 56.22"),
        Row("Focal", "focal", "28.44 22.09 62.78 58.21"),
        Row("CB-focal", "", "24.80 21.01 61.44 57.63"),
        Row("LDAM", "", "26.34 20.99 61.12 56.41"),
        Row("CDT", "cdt@gamma=0.2", "22.90 18.19 60.41 55.17"),
        Row("Balanced softmax", "balanced-softmax", "22.46 18.89 57.01 53.45"),
        Row("SEQL", "", "- - 59.51 55.19"),
        Row("Label smoothing", "", "27.19 23.43 61.56 57.66"),
        Row("Label-aware smoothing", "label-aware-smoothing", "27.49 22.04 62.32 56.22"),
        Row("CE-DRW, cost-sensitive", "", "25.18 20.18 58.38 53.20"),
        Row("LDAM-DRW", "ldam-drw", "22.27 18.40 57.53 52.71"),
        Row("CDT-DRW", "", "22.45 18.73 57.78 53.20"),
        Row("Balanced softmax-DRW", "", "22.83 19.16 58.18 53.51"),
        Row("IB-DRW", "", "23.34 19.08 59.21 54.54"),
        Row("CE-DRS", "drs", "24.93 19.27 59.36 54.58"),
        Row("tau-normalized", "", "27.30 20.22 59.04 54.31"),
        Row("cRT", "", "25.01 19.83 59.74 54.64"),
        Row("LWS", "", "27.37 21.34 59.84 54.79"),
        Row("Class-balanced sampling", "", "27.55 21.92 64.76 60.54"),
        Row("Square-root sampling", "", "28.58 22.32 63.21 58.87"),
        Row("Progressively-balanced sampling", "", "28.02 21.43 60.96 56.88"),
    ),
)

PUBLISHED: Mapping[str, PublishedTable] = {
    table.name: table
    for table in (
        _LDAM, _CLASS_BALANCED, _DDC, _DDC_SAM, _VS, _LOGIT_ADJUSTMENT, _BALANCED_SOFTMAX, _SADDLE,
        _DECOUPLING, _BAG,
    )
}  # fmt: skip
"""By the name that ``counterpoise table`` takes."""


def tables_of(recipe: str) -> list[str]:
    """The published tables that a recipe of that name has a column of.

    >>> tables_of("cifar10-step-10")
    ['ldam', 'ddc']
    """
    return [
        table.name
        for table in PUBLISHED.values()
        if any(setting.recipe == recipe for setting in table.settings)
    ]
