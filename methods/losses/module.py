"""Losses as modules: constants held exactly, made ready once, and the options that all losses share.

Checked by: states of every stage of a schedule loaded into every other, casts and moves, one compiled
graph, vmap over constants, deep copies, and constants changed in place, loaded or swapped for a call.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, TypedDict, Unpack

import torch
from torch import Tensor, nn
from torch.compiler import is_compiling

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, InputTypeError, as_real, one_of
from ..arguments import named_arguments
from ..registry import Method
from .batch import MISTAKES, class_dim, explain, rows, transforming, working_dtype
from .functional import Constants, every_class, fit, fitted_loss
from .links import Link
from .reducing import (
    IGNORE_INDEX,
    NORMALIZATIONS,
    REDUCTIONS,
    Normalize,
    Reduction,
    as_ignore_index,
    as_label_smoothing,
    reduce_losses,
)
from .soft import by_class_loss

__all__ = ["MarginSoftmaxLoss"]

METHODS = (
    Method(
        name="MarginSoftmaxLoss",
        weight="α",
        margin="β z/ρ_y + Δ − m e_y",
        link="ψ",
        paper="Menon et al. 2021; Kini et al. 2021",
        consistent="β = ρ = 1, m = 0, ψ = −log: only if α π exp(−Δ) is the same for all classes",
        statements=("offset_family.consistent_iff",),
        key="ce",
        balanced=False,
        title="Cross-entropy",
        label="CE",
        colour="grey",
    ),
)

# The argument that the constants of a loss come from: margins alone, or weights as well.
MARGINS = ("scale", "temperature", "offset", "target_margin", "smoothing", "rare", "prior")
COUNTED: Mapping[str, str] = dict.fromkeys(MARGINS, "class_counts")
WEIGHED: Mapping[str, str] = {**COUNTED, "weight": "class_counts"}

# Constants that may be one number for all classes.
SINGLE = ("scale", "influence", "positive_weight", "negative_weight")

LARGEST = torch.finfo(torch.float32).max  # a constant, which most logits meet in float32
LEAST_TEMPERATURE = 1e-30  # logits to 1e8 over it are still numbers in float32


class LossOptions(TypedDict, total=False):
    """Keywords that every loss takes, with the meaning and defaults of `margin_softmax_loss`."""

    weight: ArrayLike | None
    reduction: Reduction
    normalize: Normalize
    ignore_index: int
    label_smoothing: float


def weighted_also(own_weight: ArrayLike, options: LossOptions) -> LossOptions:
    """The options with their class weights, if any, multiplied by the weights of the method itself."""
    own = as_real("weight", own_weight, low=0)
    given = options.get("weight")
    if given is None:
        return {**options, "weight": own}
    given = as_real("weight", given, low=0)
    if given.shape != own.shape:
        raise InputError(f"weight has shape {given.shape}: must match class_counts, {own.shape}")
    return {**options, "weight": own * given}


class ClassLoss(nn.Module):
    """A loss with constants per class: buffers, float64 whatever dtype the module is cast to.

    They are rounded to the logits' dtype at use: ``.half()`` on a model that contains the loss does
    not degrade a margin. Only the device follows ``.to``.
    """

    weight: Tensor | None
    arguments: ClassVar[Mapping[str, str]] = {}  # what errors call the constants of other names
    needs: ClassVar[tuple[str, ...]] = ()  # parts of a network's output that a call takes as well
    # Whether an example's loss is of that example alone, not of others in the batch, of counts or draws:
    # batches can then be joined. A class with a `forward` of its own says so itself.
    by_example: ClassVar[bool] = False
    _version = 2  # of a state: since 2, a constant that it does not hold is one that was absent
    _device: torch.device | None = (
        None  # where the module was moved, if it holds nothing that shows it
    )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" in cls.__dict__:  # a subclass without one is built by its parent's
            cls.__init__ = named_arguments(cls.__init__)

    @named_arguments
    def __init__(
        self,
        *,
        weight: ArrayLike | None = None,
        reduction: Reduction = "mean",
        normalize: Normalize = "weights",
        ignore_index: int = IGNORE_INDEX,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._built: tuple[str, ...] = ()
        self._hold("weight", weight, low=0, high=LARGEST)
        self.reduction: Reduction = one_of("reduction", reduction, REDUCTIONS)  # type: ignore[assignment]
        self.normalize: Normalize = one_of("normalize", normalize, NORMALIZATIONS)  # type: ignore[assignment]
        self.ignore_index = as_ignore_index(ignore_index)
        self.label_smoothing = as_label_smoothing(label_smoothing)

    @staticmethod
    def exact_dtype(device: torch.device | None) -> torch.dtype:
        """The dtype that constants are held in: float64, but on Apple's devices, which have none."""
        return torch.float32 if device is not None and device.type == "mps" else torch.float64

    def extra_repr(self) -> str:
        """What the module holds, for ``print``."""
        held = [f"{name}={tuple(b.shape)}" for name, b in self.named_buffers(recurse=False)]
        return ", ".join([*held, f"reduction={self.reduction!r}"])

    def _hold(self, name: str, value: ArrayLike | None, **bounds: Any) -> None:
        """Register a constant: one number per class, where a scale may be one, an offset a matrix."""
        constant = (
            None if value is None else torch.from_numpy(as_real(name, value, **bounds)).clone()
        )
        if constant is not None:
            self._check_shape(name, constant)
            if name == "weight" and not constant.any():
                raise InputError("weight is 0 for every class: at least one must count")
        self.register_buffer(name, constant)
        self._names += (name,)
        self._built += () if constant is None else (name,)

    def _check_shape(self, name: str, constant: Tensor) -> None:
        """Whether a constant is for classes, and for as many as those held before."""
        shape, called = tuple(constant.shape), self.arguments.get(name, name)
        if name in SINGLE and not shape:
            return
        pairs = name == "offset" and len(shape) == 2 and shape[0] == shape[1]
        if len(shape) != 1 and not pairs:
            wanted = "(C,) or (C, C)" if name == "offset" else "(C,), one number per class"
            raise InputError(f"{called} has shape {shape}: must be {wanted}")
        if not len(constant):
            raise InputError(f"{called} has shape {shape}: must be for at least one class")
        for other, held in self._exact().items():
            if held is not None and held.ndim and len(held) != len(constant):
                before = f"{self.arguments.get(other, other)} has shape {tuple(held.shape)}"
                raise InputError(f"{before}, but {called} is for {len(constant)} classes")

    def _exact(self) -> dict[str, Tensor | None]:
        return {name: getattr(self, name) for name in self._names}

    def _attempt(
        self, step: Callable[[Tensor, Tensor], Tensor], logits: Tensor, target: Tensor
    ) -> Tensor:
        """``step(logits, target)``; if it fails, what is wrong with the batch."""
        constants = {name: c for name, c in self._exact().items() if c is not None and c.ndim}
        try:
            if any(c.shape[0] != logits.shape[class_dim(logits)] for c in constants.values()):
                raise IndexError
            return step(logits, target)
        except MISTAKES:
            explain(logits, target, constants, self.ignore_index, self.arguments)
            raise

    def _over_rows(
        self,
        logits: Tensor,
        target: Tensor,
        losses: Callable[[Tensor, Tensor], Tensor],
        every: Callable[[Tensor], Tensor],
    ) -> Tensor:
        """Reduce ``losses(z, labels)``, a loss per example of logits (N, C) and valid labels (N,).

        ``every(z)``: the losses with each class as the label, (N, C).
        """
        if self._extends(target):
            return self._by_class(logits, target, every)

        def each(logits: Tensor, target: Tensor) -> Tensor:
            found = losses(*rows(logits, target, self.ignore_index)).reshape(target.shape)
            return torch.where(target != self.ignore_index, found, 0.0)

        return reduce_losses(
            self._attempt(each, logits, target),
            target,
            self.weight,
            self.reduction,
            self.normalize,
            self.ignore_index,
        )

    def _extends(self, target: Tensor) -> bool:
        """Whether the loss is more than that of class indices: of soft targets, or smoothed labels."""
        return self.label_smoothing != 0 or getattr(target, "dtype", None) is not torch.int64

    def _by_class(
        self, logits: Tensor, target: Tensor, every: Callable[[Tensor], Tensor]
    ) -> Tensor:
        """The loss of soft targets, or smoothed labels; ``every`` as in `_over_rows`."""

        def reduced(logits: Tensor, target: Tensor) -> Tensor:
            return by_class_loss(
                logits,
                target,
                every,
                weight=self.weight,
                label_smoothing=self.label_smoothing,
                reduction=self.reduction,
                normalize=self.normalize,
                ignore_index=self.ignore_index,
            )

        return self._attempt(reduced, logits, target)

    @property
    def device(self) -> torch.device | None:
        """Where the constants are, or belong once there are any; None if nothing has said so."""
        held = (constant.device for constant in self._exact().values() if constant is not None)
        return next(held, self._device)

    def _load_from_state_dict(
        self,
        state_dict: Mapping[str, Any],
        prefix: str,
        local_metadata: Any,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Take up constants that came or went since the module was built, as schedules make them do.

        One in the state gets a buffer to be loaded into, where there is none of that shape. One that
        is not becomes None, if the state knows this loss; but never a constant that the method
        itself is made of, which is then missing, as of any module.
        """
        knows = (local_metadata or {}).get("version", 1) >= 2 or any(
            prefix + name in state_dict for name in self._names
        )
        for name in self._names:
            loaded, of_method = state_dict.get(prefix + name), name in self.arguments
            if isinstance(loaded, Tensor):
                self._make_room(name, loaded, prefix, error_msgs)
            elif knows and not (of_method and name in self._built):
                setattr(self, name, None)
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )

    def _make_room(self, name: str, loaded: Tensor, prefix: str, errors: list[str]) -> None:
        """A buffer of the loaded constant's shape, if it may have it; else torch says what differs."""
        held = self._buffers[name]
        if held is not None and held.shape == loaded.shape:
            return
        try:
            self._check_shape(name, loaded)
        except InputError as error:
            if held is None:
                errors.append(f"{prefix}{name}: {error}")
            return
        place = self.device or loaded.device
        setattr(self, name, torch.empty(loaded.shape, device=place, dtype=self.exact_dtype(place)))

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        self._device = fn(torch.empty(0, device=self.device)).device
        constants = {name: b for name, b in self._buffers.items() if b is not None}
        for name, constant in constants.items():
            device = fn(torch.empty(0, device=constant.device)).device
            constants[name] = constant.to(device=device, dtype=self.exact_dtype(device))
            self._buffers[name] = None  # so that the base class has nothing to cast
        super()._apply(fn, recurse)
        self._buffers.update(constants)
        return self


class _Ready(NamedTuple):
    """Constants made ready for a dtype, and the state of the exact ones at the time."""

    dtype: torch.dtype
    sources: list[tuple[str, Tensor | None, int]]
    constants: Constants


class MarginSoftmaxLoss(ClassLoss):
    """`margin_softmax_loss` with its constants held as buffers; plain cross-entropy by default.

    Parameters are those of `margin_softmax_loss`. The constants are float64 whatever dtype the
    module is cast to; only the device follows ``.to``. What is made of them for the logits' dtype is
    kept outside the state, and made anew when one was loaded, moved, swapped or changed in place; not
    when changed behind torch's back, through ``.data`` or a NumPy view. Tensors given as constants are
    copied: to learn one, make it a parameter of the module.

    Shape:
        - logits: (N, C), (N, C, d1, ...) or (C,); target: (N,), (N, d1, ...) or (), or as logits.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> MarginSoftmaxLoss(offset=[-0.1, -2.4, -4.7])(logits, target)
    tensor(2.4330)
    >>> MarginSoftmaxLoss(weight=[1.0, 2.0, 4.0], label_smoothing=0.1)(logits, target)
    tensor(1.3160)
    """

    by_example = True
    scale: Tensor | None
    temperature: Tensor | None
    offset: Tensor | None
    target_margin: Tensor | None
    _ready: _Ready | None = None

    def __init__(
        self,
        *,
        scale: ArrayLike | None = None,
        temperature: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        target_margin: ArrayLike | None = None,
        link: Link | None = None,
        **options: Unpack[LossOptions],
    ) -> None:
        super().__init__(**options)
        if not (link is None or callable(link)):
            raise InputTypeError(
                f"link has type {type(link).__name__}: must be a function, or None"
            )
        self._hold("scale", scale, low=0, low_open=True, high=LARGEST)
        self._hold("temperature", temperature, low=LEAST_TEMPERATURE, high=LARGEST)
        self._hold("offset", offset, low=-LARGEST, high=LARGEST)
        self._hold("target_margin", target_margin, low=-LARGEST, high=LARGEST)
        self.link = link

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch; shapes as in `margin_softmax_loss`."""
        # as `_extends`, whose call would be felt here
        if self.label_smoothing or getattr(target, "dtype", None) is not torch.int64:
            return self._by_class(logits, target, self._every)
        return fitted_loss(
            logits,
            target,
            self._constants(logits),
            self.link,
            self.reduction,
            self.normalize,
            self.ignore_index,
        )

    def _every(self, z: Tensor) -> Tensor:
        """The losses of logits (N, C) with each class as the target, without weights; (N, C)."""
        return every_class(z, fit(self._exact(), z.dtype, arguments=self.arguments), self.link)

    def _unweighted(self, logits: Tensor, target: Tensor) -> Tensor:
        """The loss per example of targets none of which is ignored, without weights."""
        constants = self._constants(logits)._replace(weight=None)
        return fitted_loss(
            logits, target, constants, self.link, "none", self.normalize, IGNORE_INDEX
        )

    def _constants(self, logits: Tensor) -> Constants:
        ready = self._ready
        if is_compiling() or type(logits) is not Tensor:
            return fit(self._exact(), working_dtype(logits), arguments=self.arguments)
        if ready is None or (logits.dtype != ready.dtype and working_dtype(logits) != ready.dtype):
            return self._make_ready(working_dtype(logits))
        buffers = self._buffers
        for name, source, version in ready.sources:
            if buffers.get(name) is not source or (
                source is not None and source._version != version
            ):
                return self._make_ready(ready.dtype)
        return ready.constants

    def _make_ready(self, dtype: torch.dtype) -> Constants:
        exact = self._exact()
        held = [c for c in exact.values() if c is not None]
        # What has a history, or may not be differentiated through, must not outlive this call.
        if (
            torch.is_inference_mode_enabled()
            or transforming()
            or any(c.requires_grad or c.is_inference() for c in held)
        ):
            return fit(exact, dtype, arguments=self.arguments)
        constants = fit(exact, dtype, tabulate=True, arguments=self.arguments)
        # Those absent too: `torch.func.functional_call` may put one in their place.
        sources = [(name, c, 0 if c is None else c._version) for name, c in exact.items()]
        self._ready = _Ready(dtype, sources, constants)
        return constants

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name in self.__dict__.get("_names", ()):
            self.__dict__["_ready"] = None  # a constant that was absent may have come

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_ready"}
