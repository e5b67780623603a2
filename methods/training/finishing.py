"""Members brought to their end: read if finished, else trained from their last checkpoint, and measured.

Each is a file of its own, so that members may be finished in any order and by any number of processes.
Checked by: killing real runs, one process against two, heads together against one by one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from lightning_fabric import Fabric

from ...theory.foundation.validation import InputError
from ..data import Dataset
from .checkpoint import discard, read_checkpoint, write_checkpoint
from .logs import Curve
from .loop import train
from .many import train_together
from .measure import measure
from .member import Member, build_member
from .recipe import Recipe
from .results import History, MemberResult, read_member, write_member
from .timing import Timing, write_timing

__all__ = ["Beside", "finish", "finish_heads", "member_file", "network_file"]

CHECKPOINT_EVERY = 10  # epochs


@dataclass(frozen=True)
class Beside:
    """What a run leaves beside its results, which do not depend on it.

    Attributes
    ----------
    processes
        How many train members at this time, written down with the seconds they took.
    log
        A name of `LOGGERS`, to log training curves by.
    networks
        Whether the networks are kept when their training has ended.
    """

    processes: int = 1
    log: str | None = None
    networks: bool = False


NOTHING = Beside()


def member_file(folder: Path, method: str, seed: int) -> Path:
    """Where the measurements of a member stand."""
    return folder / f"{method}-seed{seed}.json"


def network_file(member: Path) -> Path:
    """Where the network of a member stands, by the member's file, if it was kept."""
    return member.with_suffix(".final.ckpt")


def finish(
    method: str,
    seed: int,
    data: Dataset,
    recipe: Recipe,
    fabric: Fabric,
    folder: Path,
    tell: Callable[[int], None],
    beside: Beside = NOTHING,
) -> MemberResult:
    """The final measurements of a member; ``tell`` is called with its epochs that are done."""
    final = member_file(folder, method, seed)
    checkpoint = final.with_suffix(".ckpt")
    if final.exists():
        discard(checkpoint)
        tell(recipe.epochs)
        return _read(final, method, seed, recipe)
    member = build_member(method, seed, data, recipe, fabric)
    if checkpoint.exists():
        member.load_state_dict(read_checkpoint(checkpoint))

    curve = Curve(beside.log, folder, method, seed)
    curve.add(member.history)

    def after_epoch(member: Member) -> None:
        curve.add(member.history)
        if member.epoch % CHECKPOINT_EVERY == 0 and member.epoch < recipe.epochs:
            write_checkpoint(checkpoint, member.state_dict())
        tell(member.epoch)

    begun, start = member.epoch, perf_counter()
    train(member, data, recipe, fabric, after_epoch)
    seconds = perf_counter() - start
    timing = Timing(method, seed, recipe.epochs - begun, seconds, beside.processes)
    result = _measured(member, data, recipe, final, timing, beside)
    discard(checkpoint)
    return result


def finish_heads(
    seed: int,
    data: Dataset,
    recipe: Recipe,
    fabric: Fabric,
    folder: Path,
    tell: Callable[[str], None],
    beside: Beside = NOTHING,
) -> list[MemberResult]:
    """The final measurements of all members of a seed, heads that are trained together."""
    files = {method: member_file(folder, method, seed) for method in recipe.methods}
    members, seconds = {}, 0.0
    if not all(file.exists() for file in files.values()):
        # all of them, so that those missing are rounded as in a run that was not interrupted
        members = {m: build_member(m, seed, data, recipe, fabric) for m in recipe.methods}
        curves = {m: Curve(beside.log, folder, m, seed) for m in recipe.methods}

        def after_epoch(epoch: int) -> None:
            for method, curve in curves.items():
                curve.add(members[method].history)

        start = perf_counter()
        train_together(list(members.values()), data, recipe, fabric, after_epoch)
        seconds = (perf_counter() - start) / len(members)  # each member's share
    results = []
    for method, file in files.items():
        if file.exists():
            results.append(_read(file, method, seed, recipe))
        else:
            several = len(members)
            timing = Timing(method, seed, recipe.epochs, seconds, beside.processes, several)
            results.append(_measured(members[method], data, recipe, file, timing, beside))
        tell(method)
    return results


def _measured(
    member: Member, data: Dataset, recipe: Recipe, file: Path, timing: Timing, beside: Beside
) -> MemberResult:
    """Measure a member and write its file, last: a member that has one is finished in every part."""
    last = member.schedule.stage(recipe.epochs - 1).constants(member.criterion)
    measured = measure(member.model, member.criterion, data, last)
    history = History.from_columns(member.history)
    result = MemberResult(method=member.method, seed=member.seed, history=history, **vars(measured))
    write_timing(file, timing)
    if beside.networks:
        state = {"model": member.model.state_dict(), "criterion": member.criterion.state_dict()}
        write_checkpoint(network_file(file), state)
    write_member(file, result, recipe.to_dict())
    return result


def _read(file: Path, method: str, seed: int, recipe: Recipe) -> MemberResult:
    result = read_member(file, recipe.to_dict())
    if (result.method, result.seed) != (method, seed):
        raise InputError(f"{file} holds {result.method}, seed {result.seed}: delete it")
    return result
