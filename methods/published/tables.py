"""The published tables by name, with the numbers of other protocols than that of Cao et al.

Sources: named in each table, with where they were read. Checked by: numbers typed a second time in the
tests; every key is a method that trains, every recipe is one of the setting.
"""

from collections.abc import Mapping

from .cifar import CLASS_BALANCED, DDC, HOW_MANY, LDAM, STEPS, VS, cifar, four
from .rdr import RDR, RDR_ABLATION, RDR_LONG_TAILS, RDR_SAM
from .table import PublishedTable, Row, Setting

__all__ = ["PUBLISHED", "tables_of"]

_SAM_LONG = {"model": "resnet32", "epochs": 400, "optimizer": "sam"}
_DDC_SAM = PublishedTable(
    name="ddc-sam",
    title="Long-tailed and step CIFAR of Wang et al., 400 epochs with SAM and stronger augmentation",
    paper="Wang et al. (NeurIPS 2023)",
    tag="R",
    metric="accuracy",
    protocol="ResNet-32, 400 epochs, SAM, the AutoAugment policy of CIFAR-10 and Cutout",
    notes=(HOW_MANY, "no recipe has its augmentation"),
    settings=(*four(100, **_SAM_LONG), *four(10, **_SAM_LONG)),
    rows=(
        Row("CE", "ce", "45.70 63.11 41.98 59.26 79.75 90.79 70.13 88.63"),
        Row("LDAM+DRW", "ldam-drw", "50.67 61.55 50.62 60.08 86.15 91.17 84.48 91.20"),
        Row("VS", "vs", "52.09 65.23 49.77 64.28 86.29 91.75 85.04 91.68"),
        Row("TLA+ADRW", "tla-adrw", "53.05 65.59 51.69 64.98 86.42 91.82 85.55 91.80"),
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
    notes=(HOW_MANY, "no recipe has its network, crops and rates"),
    settings=(
        cifar(10, "exponential", 100, False, epochs=1241, warmup=20, **_ODD),
        cifar(100, "exponential", 100, False, epochs=1419, warmup=22, **_ODD),
    ),
    rows=(
        Row("ERM", "ce", "71.36 39.87"),
        Row("Logit adjustment post-hoc", "ce+la", "77.32 44.07"),
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
    notes=(HOW_MANY,),
    settings=(cifar(10, "exponential", 200, False), cifar(100, "exponential", 200, False)),
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
    notes=(HOW_MANY, "recipes here take images scaled to 224, without crops, flips and jitter"),
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
        Row("NCM", "ce+ncm", "47.3 - -"),
        Row("cRT", "ce+crt", "49.6 65.2 68.2"),
        Row("tau-normalized", "ce+tau-norm", "49.4 65.6 69.3"),
        Row("LWS", "ce+lws", "49.9 65.9 69.5"),
        Row("Class-balanced sampling", "class-balanced-sampling", "45.1 - -"),
        Row("Square-root sampling", "square-root-sampling", "46.8 - -"),
        Row("Progressively-balanced sampling", "progressive-sampling", "47.2 - -"),
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
    protocol=f"{STEPS}; SAM with rho by method and data set, C10: 0.5 and 0.8, C100: 0.8 and 0.8",
    notes=(HOW_MANY,),
    settings=(
        cifar(10, "exponential", 100, False, **_SAM),
        cifar(100, "exponential", 100, False, **_SAM),
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
    notes=(HOW_MANY,),
    settings=tuple(
        cifar(c, "exponential", factor, model="resnet32") for c in (10, 100) for factor in (100, 50)
    ),
    rows=(
        Row("CE", "ce", "29.64 25.19 61.68 56.15"),
        Row("Cost-sensitive CE", "inverse-frequency", "31.70 23.20 67.73 63.49"),
        Row("CB-CE", "class-balanced", "29.52 22.52 61.03 56.22"),
        Row("Focal", "focal", "28.44 22.09 62.78 58.21"),
        Row("CB-focal", "", "24.80 21.01 61.44 57.63"),
        Row("LDAM", "", "26.34 20.99 61.12 56.41"),
        Row("CDT", "cdt@gamma=0.2", "22.90 18.19 60.41 55.17"),
        Row("Balanced softmax", "balanced-softmax", "22.46 18.89 57.01 53.45"),
        Row("SEQL", "equalization", "- - 59.51 55.19"),
        Row("Label smoothing", "", "27.19 23.43 61.56 57.66"),
        Row("Label-aware smoothing", "label-aware-smoothing", "27.49 22.04 62.32 56.22"),
        Row("CE-DRW, cost-sensitive", "", "25.18 20.18 58.38 53.20"),
        Row("LDAM-DRW", "ldam-drw", "22.27 18.40 57.53 52.71"),
        Row("CDT-DRW", "", "22.45 18.73 57.78 53.20"),
        Row("Balanced softmax-DRW", "", "22.83 19.16 58.18 53.51"),
        Row("IB-DRW", "", "23.34 19.08 59.21 54.54"),
        Row("CE-DRS", "drs", "24.93 19.27 59.36 54.58"),
        Row("tau-normalized", "ce+tau-norm", "27.30 20.22 59.04 54.31"),
        Row("cRT", "ce+crt", "25.01 19.83 59.74 54.64"),
        Row("LWS", "ce+lws", "27.37 21.34 59.84 54.79"),
        Row("Class-balanced sampling", "class-balanced-sampling", "27.55 21.92 64.76 60.54"),
        Row("Square-root sampling", "square-root-sampling", "28.58 22.32 63.21 58.87"),
        Row("Progressively-balanced sampling", "progressive-sampling", "28.02 21.43 60.96 56.88"),
    ),
)

PUBLISHED: Mapping[str, PublishedTable] = {
    table.name: table
    for table in (
        LDAM, CLASS_BALANCED, DDC, _DDC_SAM, VS, _LOGIT_ADJUSTMENT, _BALANCED_SOFTMAX, _SADDLE,
        _DECOUPLING, _BAG, RDR, RDR_SAM, RDR_ABLATION, RDR_LONG_TAILS,
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
