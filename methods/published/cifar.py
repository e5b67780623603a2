"""The numbers of long-tailed CIFAR under the protocol of Cao et al., which its recipes have.

Sources: named in each table, with where they were read. Checked by: numbers typed a second time in the
tests; every key is a method that trains, every recipe is one of the setting.
"""

from .table import PublishedTable, Row, Setting

__all__ = ["CLASS_BALANCED", "DDC", "HOW_MANY", "LDAM", "STEPS", "VS", "cifar", "four"]

STEPS = (
    "ResNet-32, 200 epochs, batch 128, SGD 0.1 with momentum 0.9, weight decay 2e-4, warm-up 5 epochs, "
    "a hundredth of the rate after epoch 160 and a ten thousandth after 180, crops and flips"
)
_BEST = (
    "the official code reports the best epoch on the test set; what is measured here is the last"
)
HOW_MANY = "how many runs a published number is a mean of was not found"


def cifar(classes: int, profile: str, factor: int, recipe: bool = True, **known: object) -> Setting:
    """Long-tailed CIFAR; its recipe has the protocol of Cao et al."""
    short = "lt" if profile == "exponential" else "step"
    name = f"cifar{classes}-{short}-{factor}"
    label = f"C{classes}-{short.upper() if short == 'lt' else short}-{factor}"
    return Setting(label, f"cifar{classes}", profile, factor, name if recipe else "", known)


def four(classes: int, **known: object) -> tuple[Setting, ...]:
    """Long tail and step of factors 100 and 10; recipes have the protocol, unless fields are given."""
    kinds = [("exponential", 100), ("exponential", 10), ("step", 100), ("step", 10)]
    return tuple(cifar(classes, *kind, recipe=not known, **known) for kind in kinds)


LDAM = PublishedTable(
    name="ldam",
    title="Long-tailed and step CIFAR of Cao et al., Table 2",
    paper="Cao et al. (NeurIPS 2019)",
    tag="S",
    metric="error",
    protocol=STEPS,
    notes=(_BEST, HOW_MANY),
    settings=(*four(10), *four(100)),
    rows=(
        Row("ERM", "ce", "29.64 13.61 36.70 17.50 61.68 44.30 61.45 45.37"),
        Row("Focal", "focal@gamma=1", "29.62 13.34 36.09 16.36 61.59 44.22 61.43 46.54"),
        Row("LDAM", "", "26.65 13.04 33.42 15.00 60.40 43.09 60.42 43.73"),
        Row("CB RS", "class-balanced-sampling", "29.45 13.21 38.14 15.41 66.56 44.94 66.23 46.92"),
        Row("CB RW", "class-balanced", "27.63 13.46 38.06 16.20 66.01 42.88 78.69 47.52"),
        Row("CB Focal", "", "25.43 12.90 39.73 16.54 63.98 42.01 80.24 49.98"),
        Row("HG-DRS", "", "27.16 14.03 29.93 14.85 - - - -"),
        Row("LDAM-HG-DRS", "", "24.42 12.72 24.53 12.82 - - - -"),
        Row("M-DRW", "", "24.94 13.57 27.67 13.17 59.49 43.78 58.91 44.72"),
        Row("LDAM-DRW", "ldam-drw", "22.97 11.84 23.08 12.19 57.96 41.29 54.64 40.54"),
    ),
)

_CB = "class-balanced-loss"
_FACTORS = (200, 100, 50, 20, 10, 1)
CLASS_BALANCED = PublishedTable(
    name="class-balanced",
    title="Long-tailed CIFAR of Cui et al.",
    paper="Cui et al. (CVPR 2019)",
    tag="S",
    metric="error",
    protocol=STEPS,
    notes=(
        HOW_MANY,
        "sigmoid and focal rows have the sigmoid form, and start there from a bias of -log(K - 1); "
        "class-balanced is the best of losses, beta and gamma for each cell",
    ),
    settings=tuple(cifar(c, "exponential", factor) for c in (10, 100) for factor in _FACTORS),
    rows=(
        Row(
            "Softmax",
            "ce",
            "34.32 29.64 25.19 17.77 13.61 6.61 65.16 61.68 56.15 48.86 44.29 29.07",
        ),
        Row(
            "Sigmoid",
            f"{_CB}@base=sigmoid,beta=0",
            "34.51 29.55 23.84 16.40 12.97 6.36 64.39 61.22 55.85 48.57 44.73 28.39",
        ),
        Row(
            "Focal, gamma 0.5",
            f"{_CB}@beta=0,gamma=0.5",
            "36.00 29.77 23.28 17.11 13.19 6.75 65.00 61.31 55.88 48.90 44.30 28.55",
        ),
        Row(
            "Focal, gamma 1",
            f"{_CB}@beta=0,gamma=1",
            "34.71 29.62 23.29 17.24 13.34 6.60 64.38 61.59 55.68 48.05 44.22 28.85",
        ),
        Row(
            "Focal, gamma 2",
            f"{_CB}@beta=0,gamma=2",
            "35.12 30.41 23.48 16.77 13.68 6.61 65.25 61.61 56.30 48.98 45.00 28.52",
        ),
        Row(
            "Class-balanced, best",
            (  # as chosen for each column
                "class-balanced",
                f"{_CB}@gamma=1",
                f"{_CB}@gamma=2",
                "class-balanced",
                f"{_CB}@base=sigmoid",
                "",
                f"{_CB}@beta=0.9,gamma=1",
                f"{_CB}@beta=0.9,gamma=1",
                f"{_CB}@base=sigmoid,beta=0.99",
                f"{_CB}@beta=0.99,gamma=0.5",
                f"{_CB}@beta=0.999,gamma=0.5",
                "",
            ),
            "31.11 25.43 20.73 15.64 12.51 6.36 63.77 60.40 54.68 47.41 42.01 28.39",
        ),
    ),
)

DDC = PublishedTable(
    name="ddc",
    title="Long-tailed and step CIFAR of Wang et al., 200 epochs, weight decay 2e-4",
    paper="Wang et al. (NeurIPS 2023)",
    tag="R",
    metric="accuracy",
    protocol=STEPS,
    notes=(HOW_MANY, "the settings of VS and TLA+ADRW were tuned by data set; here they are one"),
    settings=(*four(100), *four(10)),
    rows=(
        Row("CE", "ce", "38.06 56.73 38.74 54.50 71.25 86.74 64.81 85.43"),
        Row("LDAM+DRW", "ldam-drw", "42.73 57.75 46.01 56.84 77.97 87.96 78.27 87.65"),
        Row("VS", "vs", "42.67 58.50 46.74 59.97 80.29 88.74 80.19 89.13"),
        Row("TLA+ADRW", "tla-adrw", "43.20±.05 58.90 47.60 60.12 80.81±.05 88.86 80.78 89.24"),
    ),
)

VS = PublishedTable(
    name="vs",
    title="Long-tailed and step CIFAR of Kini et al., factor 100",
    paper="Kini et al. (NeurIPS 2021)",
    tag="2",
    metric="accuracy",
    protocol=STEPS,
    notes=(
        "means of three runs or more",
        "LA, CDT and VS were tuned by data set; only the settings of VS on C10-LT-100 were found",
    ),
    settings=tuple(cifar(c, kind, 100) for c in (10, 100) for kind in ("exponential", "step")),
    rows=(
        Row("CE", "ce", "71.94 62.69 38.82 39.49"),
        Row("weighted CE", "", "72.6 67.3 40.5 40.1"),
        Row("LDAM-DRW", "ldam-drw", "77.03 76.92 42.04 45.36"),
        Row("LA", "la", "80.81 78.23 42.87 45.69"),
        Row("CDT", "cdt", "79.55 73.26 42.57 44.12"),
        Row("VS", ("vs@gamma=0.2,tau=1.2", "vs", "vs", "vs"), "80.82 79.10 43.52 46.53"),
    ),
)
