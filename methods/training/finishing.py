"""Members brought to their end: read if finished, else trained from their last checkpoint, and measured.

Each is a file of its own, so that members may be finished in any order and by any number of processes.
Checked by: killing real runs, one process against two, heads together against one by one.
"""

from collections.abc import Callable
from pathlib import Path

from lightning_fabric import Fabric

from ...theory.foundation.validation import InputError
from ..data import Dataset
from .checkpoint import discard, read_checkpoint, write_checkpoint
from .loop import train
from .many import train_together
from .measure import measure
from .member import Member, build_member
from .recipe import Recipe
from .results import History, MemberResult, read_member, write_member

__all__ = ["finish", "finish_heads", "member_file"]

CHECKPOINT_EVERY = 10  # epochs


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

    def after_epoch(member: Member) -> None:
        if member.epoch % CHECKPOINT_EVERY == 0 and member.epoch < recipe.epochs:
            write_checkpoint(checkpoint, member.state_dict())
        tell(member.epoch)

    train(member, data, recipe, fabric, after_epoch)
    result = _measured(member, data, recipe, final)
    discard(checkpoint)
    return result


def finish_heads(
    seed: int,
    data: Dataset,
    recipe: Recipe,
    fabric: Fabric,
    folder: Path,
    tell: Callable[[str], None],
) -> list[MemberResult]:
    """The final measurements of all members of a seed, heads that are trained together."""
    files = {method: member_file(folder, method, seed) for method in recipe.methods}
    members = {}
    if not all(file.exists() for file in files.values()):
        # all of them, so that those missing are rounded as in a run that was not interrupted
        members = {m: build_member(m, seed, data, recipe, fabric) for m in recipe.methods}
        train_together(list(members.values()), data, recipe, fabric)
    results = []
    for method, file in files.items():
        if file.exists():
            results.append(_read(file, method, seed, recipe))
        else:
            results.append(_measured(members[method], data, recipe, file))
        tell(method)
    return results


def _measured(member: Member, data: Dataset, recipe: Recipe, file: Path) -> MemberResult:
    last = member.schedule.stage(recipe.epochs - 1).constants(member.criterion)
    measured = measure(member.predictor, member.criterion, data, last)
    history = History.from_columns(member.history)
    result = MemberResult(method=member.method, seed=member.seed, history=history, **vars(measured))
    write_member(file, result, recipe.to_dict())
    return result


def _read(file: Path, method: str, seed: int, recipe: Recipe) -> MemberResult:
    result = read_member(file, recipe.to_dict())
    if (result.method, result.seed) != (method, seed):
        raise InputError(f"{file} holds {result.method}, seed {result.seed}: delete it")
    return result
