"""Members brought to their end: read if finished, else trained from their last checkpoint, and measured.

Each is a file of its own, so that members may be finished in any order and by any number of processes.
One that diverged has a file that says so, and is not trained again: the same recipe fails the same way.
Checked by: killing real runs, one process against two, heads together against one by one, divergence.
"""

from collections.abc import Callable
from pathlib import Path

from lightning_fabric import Fabric

from ...theory.foundation.validation import InputError
from ..data import Dataset
from .checkpoint import discard, read_checkpoint, write_checkpoint
from .divergence import Diverged, FailedMember
from .loop import train
from .many import train_together
from .measure import measure
from .member import Member, build_member
from .recipe import Recipe
from .results import (
    History,
    MemberResult,
    read_failed,
    read_member,
    write_failed,
    write_member,
)

__all__ = ["Finished", "finish", "finish_heads", "member_file"]

CHECKPOINT_EVERY = 10  # epochs
FAILED = ".failed.json"
Finished = MemberResult | FailedMember


def member_file(folder: Path, method: str, seed: int) -> Path:
    """Where the measurements of a member stand."""
    return folder / f"{method}-seed{seed}.json"


def finish(
    method: str,
    seed: int,
    data: Dataset,
    recipe: Recipe,
    fabric: Fabric,
    folder: Path,
    tell: Callable[[int], None],
) -> Finished:
    """The final measurements of a member, or that it diverged; ``tell`` is told its epochs that are done."""
    final = member_file(folder, method, seed)
    checkpoint = final.with_suffix(".ckpt")
    first = fabric.is_global_zero  # reads and writes for all ranks
    if found := fabric.broadcast(_found(final, method, seed, recipe) if first else None):
        discard(checkpoint)
        tell(recipe.epochs)
        return found
    member = build_member(method, seed, data, recipe, fabric)
    state = read_checkpoint(checkpoint) if first and checkpoint.exists() else None
    if (state := fabric.broadcast(state)) is not None:
        member.load_state_dict(state)

    def after_epoch(member: Member) -> None:
        if first and member.epoch % CHECKPOINT_EVERY == 0 and member.epoch < recipe.epochs:
            write_checkpoint(checkpoint, member.state_dict())
        tell(member.epoch)

    why = ""
    try:
        train(member, data, recipe, fabric, after_epoch)
    except Diverged as diverged:
        why = str(diverged)
        tell(recipe.epochs)
    result = _ended(member, data, recipe, why)
    if first:
        _write(result, recipe, final)
        discard(checkpoint)
    return result


def finish_heads(
    seed: int,
    data: Dataset,
    recipe: Recipe,
    fabric: Fabric,
    folder: Path,
    tell: Callable[[str], None],
) -> list[Finished]:
    """The final measurements of all members of a seed, heads that are trained together."""
    files = {method: member_file(folder, method, seed) for method in recipe.methods}
    found = {method: _found(file, method, seed, recipe) for method, file in files.items()}
    members, diverged = {}, {}
    if not all(found.values()):
        # all of them, so that those missing are rounded as in a run that was not interrupted
        members = {m: build_member(m, seed, data, recipe, fabric) for m in recipe.methods}
        diverged = train_together(list(members.values()), data, recipe, fabric)
    results = []
    for method, file in files.items():
        result = found[method]
        if result is None:
            result = _ended(members[method], data, recipe, diverged.get(method, ""))
            _write(result, recipe, file)
        results.append(result)
        tell(method)
    return results


def _ended(member: Member, data: Dataset, recipe: Recipe, why: str) -> Finished:
    """The measurements of a trained member; or why it diverged, which may show only now."""
    if not why:
        try:
            return _measured(member, data, recipe)
        except Diverged as diverged:
            why = str(diverged)
    epoch = min(member.epoch + 1, recipe.epochs)
    return FailedMember(method=member.method, seed=member.seed, epoch=epoch, why=why)


def _measured(member: Member, data: Dataset, recipe: Recipe) -> MemberResult:
    last = member.schedule.stage(recipe.epochs - 1).constants(member.criterion)
    measured = measure(member.model, member.criterion, data, last)
    history = History.from_columns(member.history)
    return MemberResult(method=member.method, seed=member.seed, history=history, **vars(measured))


def _write(result: Finished, recipe: Recipe, final: Path) -> None:
    if isinstance(result, FailedMember):
        write_failed(final.with_suffix(FAILED), result, recipe.to_dict())
    else:
        write_member(final, result, recipe.to_dict())


def _found(final: Path, method: str, seed: int, recipe: Recipe) -> Finished | None:
    """What became of a member, if it was brought to its end before."""
    failed = final.with_suffix(FAILED)
    if final.exists():
        file, result = final, read_member(final, recipe.to_dict())
    elif failed.exists():
        file, result = failed, read_failed(failed, recipe.to_dict())
    else:
        return None
    if (result.method, result.seed) != (method, seed):
        raise InputError(f"{file} holds {result.method}, seed {result.seed}: delete it")
    return result
