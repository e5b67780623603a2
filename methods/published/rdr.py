"""The numbers of Luo et al. for density-ratio weights, with and without sharpness-aware steps.

Source: Luo et al., "Revive Re-weighting in Imbalanced Learning by Density Ratio Estimation" (NeurIPS 2024),
Tables 1, 2, 5 and 7, the accuracies over all classes. Checked by: numbers typed a second time in the tests.
"""

from .table import PublishedTable, Row, Setting

__all__ = ["RDR", "RDR_ABLATION", "RDR_LONG_TAILS", "RDR_SAM"]

_PAPER = "Luo et al. (NeurIPS 2024)"
_PROTOCOL = (
    "ResNet-32, 200 epochs, batch 128, SGD 0.1 with momentum 0.9, cosine to 0, weight decay 2e-4; the epoch "
    "at which weights begin is not printed"
)
_NOTES = (
    "the exponents of density ratios with logit adjustment are not printed; here they are 1/2 and 1/2, "
    "which keep the rule consistent",
    "how many runs, and which augmentation, is not printed",
)
_CIFAR = {
    "model": "resnet32", "epochs": 200, "batch_size": 128, "lr": 0.1, "weight_decay": 2e-4,
    "rate": "cosine",
}  # fmt: skip
_BOTH = "density-ratio@gamma=0.5,tau=0.5"


def _cifar(classes: int, factor: int, optimizer: str = "") -> Setting:
    label = f"C{classes}-LT-{factor}" + (f", {optimizer}" if optimizer else "")
    protocol = _CIFAR | ({"optimizer": optimizer} if optimizer else {})
    return Setting(label, f"cifar{classes}", "exponential", factor, protocol=protocol)


_LARGE = tuple(
    Setting(name, data, "as-is", None, protocol={
        "model": model, "batch_size": 256, "lr": 0.1, "weight_decay": 2e-4, "rate": "cosine",
    })
    for name, data, model in (
        ("ImageNet-LT", "imagenet-lt", "resnet50"), ("Places-LT", "places-lt", "resnet152"),
    )
)  # fmt: skip
_PAIRS = ((10, 10), (10, 100), (100, 10), (100, 100))

RDR = PublishedTable(
    name="rdr",
    title="Density ratios of Luo et al., Table 1",
    paper=_PAPER,
    tag="S",
    metric="accuracy",
    protocol=_PROTOCOL,
    notes=(*_NOTES, "the paper's other tables differ from this one by up to .9, on Places-LT by 4"),
    settings=(*(_cifar(*pair) for pair in _PAIRS), *_LARGE),
    rows=(
        Row("CE", "ce", "88.9±.4 75.6±.8 59.3±.7 42.7±.3 43.2±.1 29.3±.2"),
        Row("Focal", "focal", "89.0±.3 76.0±.1 59.7±.5 43.0±.6 43.8±.8 29.5±.2"),
        Row("CB", "class-balanced", "89.0±.4 76.7±.8 60.4±.6 43.5±1.2 43.8±.1 32.5±.3"),
        Row("LA", "la", "89.2±.3 82.2±.7 62.3±.5 48.2±.4 47.9±.4 37.5±.2"),
        Row("RDR+CE", "density-ratio", "89.9±.1 81.9±.1 62.3±.4 48.5±.4 45.2±.1 39.4±.2"),
        Row("RDR+LA", _BOTH, "90.2±.4 83.4±.3 62.9±.2 49.4±.3 48.1±.3 39.5±.1"),
    ),
)

RDR_SAM = PublishedTable(
    name="rdr-sam",
    title="Density ratios of Luo et al. with sharpness-aware steps, Table 2",
    paper=_PAPER,
    tag="S",
    metric="accuracy",
    protocol=f"{_PROTOCOL}; SAM and its kin, with a radius that is not printed",
    notes=(*_NOTES, "C10-LT-10, sam, CE is printed 89.3; the groups of the same row imply 89.05"),
    settings=tuple(
        _cifar(*pair, optimizer)
        for optimizer in ("sam", "imbsam", "cc-sam")
        for pair in ((10, 100), (10, 10), (100, 100), (100, 10))
    ),
    rows=(
        Row("CE", "ce", "76.4 89.3 41.5 60.8 78.3 89.0 44.3 61.7 81.4 88.5 48.0 59.0"),
        Row("LA", "la", "83.3 89.9 49.2 62.3 82.5 89.1 48.4 61.2 81.0 87.4 45.8 57.1"),
        Row("RDR+CE", "density-ratio", "83.6 90.5 49.3 62.8 - - - - - - - -"),
        Row("RDR+LA", _BOTH, "84.1 90.4 49.6 63.2 - - - - - - - -"),
    ),
)

RDR_ABLATION = PublishedTable(
    name="rdr-ablation",
    title="Density ratios beside inverse frequency, of Luo et al., Table 5",
    paper=_PAPER,
    tag="S",
    metric="accuracy",
    protocol=_PROTOCOL,
    notes=(*_NOTES, "the rows of CIFAR; whether 1/n is deferred is not printed"),
    settings=tuple(
        _cifar(*pair, optimizer)
        for optimizer in ("", "sam")
        for pair in ((10, 100), (10, 10), (100, 100), (100, 10))
    ),
    rows=(
        Row("CE", "ce", "75.61 88.86 42.66 60.17 76.44 89.33 41.46 60.82"),
        Row("1/n", "inverse-frequency", "77.78 89.50 44.21 61.89 80.98 90.22 44.82 61.43"),
        Row("RDR", "density-ratio", "81.87 89.94 48.54 62.28 82.88 90.52 49.30 62.80"),
        Row("LA", "la", "82.15 89.17 48.34 62.27 83.37 89.89 49.21 62.34"),
        Row("LA, 1/n", "", "82.27 89.27 48.55 62.26 82.71 90.25 47.36 61.88"),
        Row("LA, RDR", _BOTH, "83.44 90.21 49.35 62.88 83.56 90.41 49.63 63.06"),
    ),
)

RDR_LONG_TAILS = PublishedTable(
    name="rdr-long-tails",
    title="Density ratios of Luo et al. at factors 500 and 200, Table 7",
    paper=_PAPER,
    tag="S",
    metric="accuracy",
    protocol=_PROTOCOL,
    notes=_NOTES,
    settings=tuple(
        _cifar(classes, factor, optimizer)
        for optimizer in ("", "sam")
        for factor in (500, 200)
        for classes in (10, 100)
    ),
    rows=(
        Row("CE", "ce", "60.1 34.1 68.6 37.9 60.4 34.5 69.9 39.0"),
        Row("RDR+CE", "density-ratio", "69.7 39.0 76.7 43.1 71.1 40.0 80.0 44.8"),
        Row("LA", "la", "73.9 38.8 76.7 44.0 74.9 39.6 80.2 44.2"),
        Row("RDR+LA", _BOTH, "75.8 40.1 80.8 45.0 76.4 40.6 81.6 45.1"),
    ),
)
