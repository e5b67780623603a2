"""Training curves as they are drawn, by Lightning Fabric's loggers: a folder a member in ``logs/``.

A resumed member's curve begins with the points that its checkpoint holds, so it is whole. Checked by: logs
of real runs, resumed ones among them, against the curves of their results.
"""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...theory.foundation.validation import InputError, one_of

if TYPE_CHECKING:
    from lightning_fabric.loggers.logger import Logger

__all__ = ["LOGGERS", "Curve", "check_log"]

LOGGERS = ("csv", "tensorboard")
WRITTEN = ("metrics.csv", "events.out.tfevents.*")


def check_log(log: str | None) -> str | None:
    """A name of `LOGGERS` or None; `InputError` says which package one needs that is not there."""
    if log is None:
        return None
    one_of("log", log, LOGGERS)
    if log == "tensorboard" and not any(map(find_spec, ("tensorboard", "tensorboardX"))):
        raise InputError("log = 'tensorboard': needs a package: pip install tensorboard")
    return log


class Curve:
    """The curve of a member, which goes to its log as it grows; nowhere without a logger."""

    def __init__(self, log: str | None, members: Path, method: str, seed: int) -> None:
        self.logged = 0
        self.logger = None if log is None else _logger(log, members, f"{method}-seed{seed}")

    def add(self, history: Mapping[str, Sequence[Any]]) -> None:
        """Log the points that are new."""
        if self.logger is None:
            return
        for point in range(self.logged, len(history["epoch"])):
            values = {name: history[name][point] for name in ("train_loss", "balanced_accuracy")}
            self.logger.log_metrics(values, step=history["epoch"][point])
        if len(history["epoch"]) > self.logged:
            self.logged = len(history["epoch"])
            self.logger.save()


def _logger(log: str, members: Path, name: str) -> "Logger":
    from lightning_fabric.loggers.csv_logs import CSVLogger
    from lightning_fabric.loggers.tensorboard import TensorBoardLogger

    folder = members.parent / "logs"
    for pattern in WRITTEN:  # of an earlier sitting
        for file in (folder / name).glob(pattern):
            file.unlink()
    return {"csv": CSVLogger, "tensorboard": TensorBoardLogger}[log](folder, name=name, version="")
