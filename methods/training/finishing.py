"""Members brought to their end: read if finished, else trained from their last checkpoint, and measured.

Each is a file of its own, so that members may be finished in any order and by any number of processes.
Members that are made of one training, ``ce`` and ``ce+la``, are finished together.
One that diverged has a file that says so, and is not trained again: the same recipe fails the same way.
Checked by: killing real runs, one process against two, heads together against one by one, divergence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ...theory.foundation.validation import InputError
from ..data import Dataset
from ..protocols import FirstStage
from ..registry import base_of, method_of
from ..results.checkpoint import discard, read_checkpoint, write_checkpoint
from ..results.failed import FailedMember
from ..results.prediction_file import FORETOLD
from ..results.run_results import (
    History,
    MemberResult,
    read_failed,
    read_member,
    recipe_digest,
    write_failed,
    write_member,
)
from ..results.timing import Timing, write_timing
from .divergence import Diverged
from .logs import Curve
from .loop import train
from .many import train_together
from .measure import measure
from .member import Member, build_member
from .recipe import Recipe
from .second import bases, check_head, first_stage, restaged
from .watched import begin, write_watched

if TYPE_CHECKING:
    from lightning_fabric import Fabric

__all__ = ["Beside", "Finished", "finish", "finish_heads", "member_file", "network_file"]

CHECKPOINT_EVERY = 10  # epochs
FAILED = ".failed.json"
UNDER = "recipe_sha256"  # in a checkpoint
Finished = MemberResult | FailedMember


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
    foretold
        SHA-256 of the prediction that they are trained under; files of members name it too.
    watch
        A name of `WATCHES`, or None.
    """

    processes: int = 1
    log: str | None = None
    networks: bool = False
    foretold: str | None = None
    watch: str | None = None

    def identity(self, recipe: Recipe) -> dict[str, Any]:
        """What a member's file must have been trained under: the recipe, and the prediction if any."""
        seal = {} if self.foretold is None else {FORETOLD: self.foretold}
        return {**recipe.to_dict(), **seal}


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
    fabric: "Fabric",
    folder: Path,
    tell: Callable[[int], None],
    beside: Beside = NOTHING,
) -> list[Finished]:
    """The final measurements of the members made of one training, or that it diverged.

    ``tell`` is called with its epochs that are done.
    """
    base = base_of(methods[0])
    files = {method: member_file(folder, method, seed) for method in methods}
    checkpoint = member_file(folder, base, seed).with_suffix(".ckpt")
    first = fabric.is_global_zero  # reads and writes for all ranks
    found = fabric.broadcast(_all_found(files, seed, beside.identity(recipe)) if first else {})
    if len(found) == len(methods):
        discard(checkpoint)
        tell(recipe.epochs)
        return list(found.values())
    if method_of(base).trains_on_validation:
        data = data.with_validation()
    member = build_member(base, seed, data, recipe, fabric)
    begin(member, data.class_counts, beside.watch if first else None)
    for method in methods:
        check_head(method, member.model)
    under = recipe_digest(beside.identity(recipe))
    state = _begun(checkpoint, under) if first and checkpoint.exists() else None
    if (state := fabric.broadcast(state)) is not None:
        member.load_state_dict(state)

    curve = Curve(beside.log if first else None, folder, base, seed)
    curve.add(member.history)

    def after_epoch(member: Member) -> None:
        curve.add(member.history)
        if first and member.epoch % CHECKPOINT_EVERY == 0 and member.epoch < recipe.epochs:
            write_checkpoint(checkpoint, {**member.state_dict(), UNDER: under})
        tell(member.epoch)

    begun, start, why = member.epoch, perf_counter(), ""
    try:
        train(member, data, recipe, fabric, after_epoch)
    except Diverged as diverged:
        why = str(diverged)
        tell(recipe.epochs)
    timing = Timing(base, seed, recipe.epochs - begun, perf_counter() - start, beside.processes)
    if first and len(methods) > 1 and not why:  # a kill among their measurements costs no training
        write_checkpoint(checkpoint, {**member.state_dict(), UNDER: under})
    trained, broken = {base: member}, {base: why} if why else {}
    results = _all_ended(files, found, trained, broken, data, recipe, timing, beside, first)
    if first:
        discard(checkpoint)
    return results


def finish_heads(
    data: Mapping[int, Dataset],
    recipe: Recipe,
    fabric: "Fabric",
    folder: Path,
    beside: Beside = NOTHING,
) -> list[Finished]:
    """The final measurements of all members of some seeds, heads that are trained together."""
    files = {s: {m: member_file(folder, m, s) for m in recipe.methods} for s in data}
    found = {s: _all_found(files[s], s, beside.identity(recipe)) for s in data}
    members: list[Member] = []
    broken: Mapping[tuple[int, str], str] = {}
    seconds = 0.0
    if any(len(found[seed]) < len(files[seed]) for seed in data):
        # all of them, so that those missing are rounded as in a run that was not interrupted
        members = [
            _begun_head(b, s, data[s], recipe, fabric, beside)
            for s in data
            for b in bases(recipe.methods)
        ]
        curves = [Curve(beside.log, folder, member.method, member.seed) for member in members]

        def after_epoch(epoch: int) -> None:
            for member, curve in zip(members, curves, strict=True):
                curve.add(member.history)

        start = perf_counter()
        broken = train_together(members, data, recipe, fabric, after_epoch)
        seconds = (perf_counter() - start) / len(members)  # each member's share
    results: list[Finished] = []
    for seed, own in data.items():
        trained = {member.method: member for member in members if member.seed == seed}
        why = {method: words for (of, method), words in broken.items() if of == seed}
        timing = Timing("", seed, recipe.epochs, seconds, beside.processes, len(members))
        results += _all_ended(files[seed], found[seed], trained, why, own, recipe, timing, beside)
    return results


def _begun_head(
    base: str, seed: int, data: Dataset, recipe: Recipe, fabric: "Fabric", beside: Beside
) -> Member:
    """A member that is to be trained, with a head that all that is made of it can read."""
    member = build_member(base, seed, data, recipe, fabric)
    for method in recipe.methods:
        if base_of(method) == base:
            check_head(method, member.model)
    begin(member, data.class_counts, beside.watch)
    return member


def _all_ended(
    files: Mapping[str, Path],
    found: Mapping[str, Finished],
    trained: Mapping[str, Member],
    broken: Mapping[str, str],
    data: Dataset,
    recipe: Recipe,
    timing: Timing,
    beside: Beside,
    writes: bool = True,
) -> list[Finished]:
    """What becomes of methods: found, or measured on what was trained for them, by its method.

    ``broken`` says why trainings diverged; what is made of one has diverged with it.
    """
    stages: dict[str, FirstStage] = {}
    results: list[Finished] = []
    for method, file in files.items():
        if method in found:
            results.append(found[method])
            continue
        base = base_of(method)
        member, why = trained[base], broken.get(base, "")
        if method != base and not why:
            if base not in stages:
                stages[base] = first_stage(member, data, recipe)
            member = restaged(method, member, recipe, stages[base])
        result = _ended(method, member, data, recipe, why)
        if writes:
            _write(result, member, recipe, file, replace(timing, method=method), beside)
        results.append(result)
    return results


def _ended(method: str, member: Member, data: Dataset, recipe: Recipe, why: str) -> Finished:
    """The measurements of a trained member; or why it diverged, which may show only now."""
    if not why:
        try:
            return _measured(member, data, recipe)
        except Diverged as diverged:
            why = str(diverged)
    epoch = min(member.epoch + 1, recipe.epochs)
    return FailedMember(method=method, seed=member.seed, epoch=epoch, why=why)


def _measured(member: Member, data: Dataset, recipe: Recipe) -> MemberResult:
    last = member.schedule.stage(recipe.epochs - 1).constants(member.criterion)
    measured = measure(member.predictor, member.criterion, data, last)
    history = History.from_columns(member.history)
    return MemberResult(method=member.method, seed=member.seed, history=history, **vars(measured))


def _write(
    result: Finished, member: Member, recipe: Recipe, file: Path, timing: Timing, beside: Beside
) -> None:
    """Write a member's file, last: a member that has one is finished in every part."""
    if isinstance(result, FailedMember):
        write_failed(file.with_suffix(FAILED), result, beside.identity(recipe))
        return
    write_timing(file, timing)
    if result.method == base_of(result.method):
        write_watched(file, member)
    if beside.networks:
        parts = {"model": member.model, "criterion": member.criterion, "source": member.source}
        state = {name: part.state_dict() for name, part in parts.items()}
        write_checkpoint(network_file(file), state)
    write_member(file, result, beside.identity(recipe))


def _begun(checkpoint: Path, under: str) -> dict[str, Any]:
    """The state of a training that was begun under this recipe and prediction."""
    state = read_checkpoint(checkpoint)
    if state.pop(UNDER, None) != under:
        raise InputError(f"{checkpoint} was begun under another recipe or prediction: delete it")
    return state


def _all_found(
    files: Mapping[str, Path], seed: int, under: Mapping[str, Any]
) -> dict[str, Finished]:
    """What became of those methods that were brought to their end before."""
    found = {method: _found(file, method, seed, under) for method, file in files.items()}
    return {method: result for method, result in found.items() if result is not None}


def _found(file: Path, method: str, seed: int, under: Mapping[str, Any]) -> Finished | None:
    failed = file.with_suffix(FAILED)
    if file.exists():
        result: Finished = read_member(file, under)
    elif failed.exists():
        file, result = failed, read_failed(failed, under)
    else:
        return None
    if (result.method, result.seed) != (method, seed):
        raise InputError(f"{file} holds {result.method}, seed {result.seed}: delete it")
    return result
