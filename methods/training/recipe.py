"""What is trained, said completely: two runs of one recipe give the same results, file for file.

The device is not part of it. Checked by: the round trip through JSON, and one clear error for every
field that is out of range.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, NamedTuple

from ...theory.foundation.validation import (
    InputError,
    InputTypeError,
    as_number,
    as_real,
    as_whole,
    one_of,
)
from ..data import PROFILES, SUBSETS, Dataset, load, validation_of
from ..data.augment import AUGMENTATIONS
from ..models.heads import HEADS
from ..models.named import MODELS
from ..optim import RATES, check_settings
from ..registry import method_of
from .refused import check_pairs

__all__ = ["PRECISIONS", "NamedRecipe", "Recipe"]

PRECISIONS = {"float32": "32-true", "bf16": "bf16-mixed", "float64": "64-true"}
"""Names of a recipe, and Fabric's for them."""


_REAL = (
    "imbalance_factor", "lr", "momentum", "weight_decay", "defer", "label_noise", "window_until",
    "average",
)  # fmt: skip

_LATER = ("augmentation", "window", "window_until", "average", "flip_test", "curve_points")
"""Fields that came after results were stored: left out at their default, so that those keep their hash."""


@dataclass(frozen=True)
class Recipe:
    """A comparison of methods over paired seeds, under one optimiser: all by name.

    The default optimiser was chosen on other seeds (100 to 107) than the default ones, by the mean
    balanced accuracy of four methods (CE, LA, LDAM-DRW, VS) together.

    Parameters
    ----------
    data
        Name of the data set, see `counterpoise.methods.data.DATASETS`; or a path to the user's own.
    imbalance_factor
        Size of the largest training class over that of the smallest.
    validation
        Examples of each class that are held out for validation: difficulty weights learn from them and
        training curves are drawn on them. Without any, as by default unless one of the methods needs
        them, curves are drawn on the test set, from which nothing is learnt or chosen. They come out of
        the training images, whose counts are then those of what is left (the canonical subset of fewer);
        of the digits out of the test set, which has as many fewer.
    model, head
        Names from `counterpoise.methods.MODELS` (by default the one for images of that shape) or
        ``module:function`` of the user's, and from `counterpoise.methods.HEADS`; a head for all
        methods, or by default each method's.
    methods
        Names from `counterpoise.methods.training.METHODS`, perhaps with settings, ``la@tau=0.5`` or
        ``ce@validation=true``, and with what is done after training, ``ce+crt``: see
        `counterpoise.methods.registry.method_of`.
    seeds
        How many; seed s draws the data subset, the initial weights and the batch order of every
        method alike.
    optimizer, optimizer_settings
        A name from `counterpoise.methods.optim.OPTIMIZERS` for all methods, or by default each method's
        (stochastic gradient descent); and what it is told beyond rate, momentum and decay, such as
        ``{"rho": 0.1, "deferred_rho": 0.5}`` for ``"sam"``, before and after deferred weights act.
    epochs, batch_size, lr, momentum, weight_decay
        Of the optimiser.
    rate, warmup
        How the rate changes, a name from `counterpoise.methods.optim.RATES`; epochs of warm-up.
    profile, subset, label_noise, label
        How the training set is drawn, see `counterpoise.methods.data.load`.
    augmentation
        A name of `counterpoise.methods.data.augment.AUGMENTATIONS`, or by default the data set's.
    window, window_until
        Pixels each way of the windows that training images are cut to in the first epochs, up to a
        share of all; None, the default: images are seen whole. A smaller window costs less.
    average
        Decay per step of an exponential average of the weights; the average is what is tested. 0, the
        default: none, the weights themselves are.
    flip_test
        Whether the logits of an image are averaged with those of its mirror image wherever accuracy
        is measured.
    curve_points
        Points of the training curve, at most; each costs a pass over the images it is drawn on.
    precision
        ``"float32"``, ``"bf16"`` (autocast) or ``"float64"``.
    defer
        Fraction of the epochs after which deferred weights act (0.8, as in LDAM-DRW).

    Examples
    --------
    >>> recipe = Recipe(methods=("ce", "la"), seeds=3)
    >>> recipe.data, recipe.imbalance_factor, recipe.epochs
    ('digits', 100.0, 40)
    >>> Recipe.from_dict(recipe.to_dict()) == recipe
    True
    """

    data: str = "digits"
    imbalance_factor: float = 100.0
    methods: tuple[str, ...] = ("ce", "la", "ldam-drw", "vs", "class-balanced", "density-ratio")
    seeds: int = 5
    epochs: int = 40
    batch_size: int = 16
    lr: float = 0.02
    momentum: float = 0.9
    weight_decay: float = 5e-3
    warmup: int = 5
    defer: float = 0.8
    validation: int | None = None
    model: str | None = None
    head: str | None = None
    optimizer: str | None = None
    optimizer_settings: Mapping[str, float] = field(default_factory=dict, hash=False)
    rate: str = "cosine"
    profile: str | None = None
    subset: str = "canonical"
    label_noise: float = 0.0
    label: str | None = None
    precision: str = "float32"
    augmentation: str | None = None
    window: int | None = None
    window_until: float = 0.7
    average: float = 0.0
    flip_test: bool = False
    curve_points: int = 20

    def __post_init__(self) -> None:
        validation_of(self.data)  # which refuses what is no data set
        for name, value, known in (
            ("model", None if ":" in (self.model or "") else self.model, MODELS),
            ("profile", self.profile, PROFILES),
            ("augmentation", self.augmentation, AUGMENTATIONS),
        ):
            if value is not None:
                one_of(name, value, known)
        one_of("rate", self.rate, RATES)
        one_of("subset", self.subset, SUBSETS)
        one_of("precision", self.precision, PRECISIONS)
        if self.head is not None:
            one_of("head", self.head, HEADS)
        self._check_methods()
        self._check_numbers()
        self._check_settings()
        self._check_validation()
        check_pairs(self)

    def _check_methods(self) -> None:
        if isinstance(self.methods, str):
            raise InputTypeError(f"methods = {self.methods!r}: must be a sequence of names")
        object.__setattr__(self, "methods", tuple(self.methods))
        if not self.methods:
            raise InputError("methods is empty: name at least one method")
        for name in self.methods:
            method_of(name)
        if len(set(self.methods)) < len(self.methods):
            raise InputError(f"methods = {', '.join(self.methods)}: a name occurs twice")

    def _check_numbers(self) -> None:
        for name, low in (
            ("seeds", 1),
            ("epochs", 1),
            ("batch_size", 1),
            ("warmup", 0),
            ("curve_points", 1),
        ):
            object.__setattr__(self, name, as_whole(name, getattr(self, name), low))
        as_real("imbalance_factor", self.imbalance_factor, low=1)
        as_real("lr", self.lr, low=0, low_open=True)
        as_real("momentum", self.momentum, low=0, high=1, high_open=True)
        as_real("weight_decay", self.weight_decay, low=0)
        as_real("defer", self.defer, low=0, high=1)
        as_real("label_noise", self.label_noise, low=0, high=1, high_open=True)
        as_real("window_until", self.window_until, low=0, high=1)
        if self.window is not None:
            object.__setattr__(self, "window", as_whole("window", self.window, 8))
        as_real("average", self.average, low=0, high=1, high_open=True)
        for name in _REAL:
            object.__setattr__(self, name, float(getattr(self, name)))
        if not isinstance(self.flip_test, bool):
            raise InputTypeError(f"flip_test = {self.flip_test!r}: must be True or False")

    def _check_settings(self) -> None:
        if not isinstance(self.optimizer_settings, Mapping):
            raise InputTypeError(
                f"optimizer_settings = {self.optimizer_settings!r}: must map names to numbers"
            )
        for setting, value in self.optimizer_settings.items():
            if not isinstance(value, bool):  # a switch, or a number
                as_number(setting, value)
        for name in {self.optimizer or method_of(method).optimizer for method in self.methods}:
            check_settings(name, self.optimizer_settings, self.momentum)
        object.__setattr__(self, "optimizer_settings", dict(self.optimizer_settings))

    def _check_validation(self) -> None:
        needing = [name for name in self.methods if method_of(name).needs_validation]
        size = self.validation
        if size is None:
            size = validation_of(self.data) if needing else 0
        object.__setattr__(self, "validation", as_whole("validation", size, 0))
        if needing and not self.validation:
            raise InputError(f"validation = 0: {needing[0]} learns from a validation split")

    @property
    def defer_epoch(self) -> int:
        """The first epoch, counted from 0, in which deferred weights act."""
        return int(self.defer * self.epochs)

    def dataset(self, seed: int) -> Dataset:
        """The data of a seed; `InputError` if they cannot be loaded, or are none that the recipe is for."""
        data = load(
            self.data,
            self.imbalance_factor,
            seed,
            self.validation or 0,
            profile=self.profile,
            subset=self.subset,
            label_noise=self.label_noise,
            label=self.label,
        )
        data = replace(data, augmentation=self.augmentation or data.augmentation)
        tested = data.test_labels.flatten().bincount(minlength=len(data.class_names))
        if (tested == 0).any():
            missing = data.class_names[int(tested.argmin())]
            raise InputError(f"{self.data}: class {missing!r} is missing from the test set")
        self._check_images(data)
        return data

    def _check_images(self, data: Dataset) -> None:
        """What is done to images, on data that are none, or are too small for it."""
        asked = {
            "flip_test": self.flip_test,
            "augmentation": data.augmentation != "none" and data.augmentation,
            "window": self.window,
            "method": next((name for name in self.methods if method_of(name).joint), None),
        }
        if len(data.image_shape) != 3:
            for name, value in asked.items():
                if value:
                    raise InputError(f"{name} = {value!r}: {self.data} has no images")
        elif self.window is not None and self.window > min(data.image_shape[1:]):
            raise InputError(
                f"window = {self.window}: images of {self.data} have shape {data.image_shape}"
            )

    def window_at(self, epoch: int) -> int | None:
        """Pixels of the training windows in an epoch, counted from 0; None where images are whole.

        >>> recipe = Recipe(data="cifar10", epochs=10, window=24, window_until=0.7)
        >>> recipe.window_at(6), recipe.window_at(7)
        (24, None)
        """
        return self.window if epoch < int(self.window_until * self.epochs + 1e-9) else None

    def to_dict(self) -> dict[str, Any]:
        """The recipe as JSON can hold it; fields of `_LATER` only where they are not their default."""
        content = {**asdict(self), "methods": list(self.methods)}
        default = {own.name: own.default for own in fields(self)}
        return {k: v for k, v in content.items() if k not in _LATER or v != default[k]}

    @classmethod
    def given(cls, **options: Any) -> "Recipe":
        """A recipe of the options that are given; one that is None takes its default."""
        return cls(**{name: value for name, value in options.items() if value is not None})

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Recipe":
        """The recipe that `to_dict` wrote; a missing field takes its default."""
        known = [known.name for known in fields(cls)]
        for name in content:
            one_of("recipe field", name, known)
        return cls(**content)


class NamedRecipe(NamedTuple):
    """What a recipe is for, and its fields.

    >>> Recipe(**NamedRecipe("A minute of digits", {"epochs": 2}).fields).epochs
    2
    """

    title: str
    fields: Mapping[str, Any]
