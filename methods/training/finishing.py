"""Members brought to their end: read if finished, else trained from their last checkpoint, and measured.

Each is a file of its own, so that members may be finished in any order and by any number of processes.
Members that are made of one training, ``ce`` and ``ce+la``, are finished together.
Checked by: killing real runs, one process against two, heads together against one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from lightning_fabric import Fabric

from ...theory.foundation.validation import InputError
from ..data import Dataset
from ..protocols import FirstStage
from ..registry import base_of
from .checkpoint import discard, read_checkpoint, write_checkpoint
from .logs import Curve
from .loop import train
from .many import train_together
from .measure import measure
from .member import Member, build_member
from .recipe import Recipe
from .results import History, MemberResult, read_member, write_member
from .second import bases, check_head, first_stage, restaged
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
    methods: Sequence[str],
    seed: int,
    data: Dataset,
    recipe: Recipe,
    fabric: Fabric,
    folder: Path,
    tell: Callable[[int], None],
    beside: Beside = NOTHING,
) -> list[MemberResult]:
    """The final measurements of the members made of one training.

    ``tell`` is called with its epochs that are done.
    """
    base = base_of(methods[0])
    files = {method: member_file(folder, method, seed) for method in methods}
    checkpoint = member_file(folder, base, seed).with_suffix(".ckpt")
    if all(file.exists() for file in files.values()):
        discard(checkpoint)
        tell(recipe.epochs)
        return [_read(file, method, seed, recipe) for method, file in files.items()]
    member = build_member(base, seed, data, recipe, fabric)
    for method in methods:
        check_head(method, member.model)
    if checkpoint.exists():
        member.load_state_dict(read_checkpoint(checkpoint))

    curve = Curve(beside.log, folder, base, seed)
    curve.add(member.history)

    def after_epoch(member: Member) -> None:
        curve.add(member.history)
        if member.epoch % CHECKPOINT_EVERY == 0 and member.epoch < recipe.epochs:
            write_checkpoint(checkpoint, member.state_dict())
        tell(member.epoch)

    begun, start = member.epoch, perf_counter()
    train(member, data, recipe, fabric, after_epoch)
    timing = Timing(base, seed, recipe.epochs - begun, perf_counter() - start, beside.processes)
    if len(methods) > 1:  # a kill among their measurements costs no training
        write_checkpoint(checkpoint, member.state_dict())
    results = _all_measured(files, {base: member}, data, recipe, timing, beside)
    discard(checkpoint)
    return results


def finish_heads(
    seed: int,
    data: Dataset,
    recipe: Recipe,
    fabric: Fabric,
    folder: Path,
    beside: Beside = NOTHING,
) -> list[MemberResult]:
    """The final measurements of all members of a seed, heads that are trained together."""
    files = {method: member_file(folder, method, seed) for method in recipe.methods}
    members: dict[str, Member] = {}
    seconds = 0.0
    if not all(file.exists() for file in files.values()):
        # all of them, so that those missing are rounded as in a run that was not interrupted
        members = {
            base: build_member(base, seed, data, recipe, fabric) for base in bases(recipe.methods)
        }
        for method in recipe.methods:
            check_head(method, members[base_of(method)].model)
        curves = {base: Curve(beside.log, folder, base, seed) for base in members}

        def after_epoch(epoch: int) -> None:
            for method, curve in curves.items():
                curve.add(members[method].history)

        start = perf_counter()
        train_together(list(members.values()), data, recipe, fabric, after_epoch)
        seconds = (perf_counter() - start) / len(members)  # each member's share
    timing = Timing("", seed, recipe.epochs, seconds, beside.processes, len(members))
    return _all_measured(files, members, data, recipe, timing, beside)


def _all_measured(
    files: Mapping[str, Path],
    members: Mapping[str, Member],
    data: Dataset,
    recipe: Recipe,
    timing: Timing,
    beside: Beside,
) -> list[MemberResult]:
    """The results of methods: read, or measured on what was trained for them, by its method."""
    stages: dict[str, FirstStage] = {}
    results = []
    for method, file in files.items():
        base = base_of(method)
        if file.exists():
            results.append(_read(file, method, timing.seed, recipe))
            continue
        member = members[base]
        if method != base:
            if base not in stages:
                stages[base] = first_stage(member, data, recipe)
            member = restaged(method, member, recipe, stages[base])
        took = replace(timing, method=method)
        results.append(_measured(member, data, recipe, file, took, beside))
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
