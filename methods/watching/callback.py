"""`BoundWatch` as a callback of Lightning's Trainer, which need not be installed.

With Lightning it is a ``lightning.pytorch.Callback``; without, a class with the same hooks.
Checked by: a stub of the Trainer that calls hooks as Lightning does, against the plain loop.
"""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ...theory.foundation.validation import InputError, InputTypeError
from .bound_watch import BoundWatch

__all__ = ["BoundCallback"]

if TYPE_CHECKING:
    Callback = object
else:

    def _base() -> type:
        """Lightning's Callback, under the name of either package; else a class without hooks."""
        for package, place in (("lightning", "lightning.pytorch"), ("pytorch_lightning",) * 2):
            if find_spec(package) and find_spec(place):
                return import_module(place).Callback
        return object

    Callback = _base()


class BoundCallback(Callback):
    """Watches what ``training_step`` returns beside its loss: ``"logits"`` and ``"target"``.

    And ``"weights"`` and ``"features"`` if they are there: as the arguments of `BoundWatch.see`. Rows so
    far go into Lightning's checkpoints; a scalar of each bound is logged by the module as ``bound/...``.

    Parameters
    ----------
    watch
        What watches; its ``head`` and ``criterion`` are those of the module.

    Examples
    --------
    >>> import torch
    >>> callback = BoundCallback(BoundWatch([30, 10]))
    >>> outputs = {"loss": 0.1, "logits": torch.zeros(2, 2), "target": torch.tensor([0, 1])}
    >>> callback.on_train_batch_end(None, None, outputs, batch=None, batch_idx=0)
    >>> callback.on_train_epoch_end(None, None)
    >>> [row["p_min"] for row in callback.watch.rows]
    [0.5, 0.5]
    """

    def __init__(self, watch: BoundWatch) -> None:
        super().__init__()
        if not isinstance(watch, BoundWatch):
            raise InputTypeError(f"watch = {type(watch).__name__}: must be a BoundWatch")
        self.watch = watch

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """See the batch; `InputError` if its step did not return logits and target."""
        if not isinstance(outputs, Mapping) or not {"logits", "target"} <= set(outputs):
            raise InputError(
                'training_step: must return {"loss": ..., "logits": ..., "target": ...} to be watched'
            )
        given = {name: outputs[name] for name in ("weights", "features") if name in outputs}
        self.watch.see(outputs["logits"], outputs["target"], **given)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """End the watch's epoch, and let the module log the bounds."""
        first = self.watch.end_epoch()[0]
        for name in ("union", "data_dependent", "stratified"):
            if pl_module is not None and first[name] is not None:
                pl_module.log(f"bound/{name}", first[name])

    def state_dict(self) -> dict[str, Any]:
        """For Lightning's checkpoint."""
        return self.watch.state_dict()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """From Lightning's checkpoint."""
        self.watch.load_state_dict(state_dict)
