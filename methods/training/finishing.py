"""Members brought to their end: read if finished, else trained from their last checkpoint, and measured.

Each is a file of its own, so that members may be finished in any order and by any number of processes.
Members that are made of one training, ``ce`` and ``ce+la``, are finished together.
Checked by: killing real runs, one process against two, heads together against one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lightning_fabric import Fabric

from ...theory.foundation.validation import InputError
from ..data import Dataset
from ..protocols import FirstStage
from ..registry import base_of
from .checkpoint import discard, read_checkpoint, write_checkpoint
from .loop import train
from .many import train_together
from .measure import measure
from .member import Member, build_member
from .recipe import Recipe
from .results import History, MemberResult, read_member, write_member
from .second import bases, check_head, first_stage, restaged

__all__ = ["finish", "finish_heads", "member_file"]

CHECKPOINT_EVERY = 10  # epochs


def member_file(folder: Path, method: str, seed: int) -> Path:
    """Where the measurements of a member stand."""
    return folder / f"{method}-seed{seed}.json"


def finish(
    methods: Sequence[str],
    seed: int,
    data: Dataset,
    recipe: Recipe,
    fabric: Fabric,
    folder: Path,
    tell: Callable[[int], None],
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

    def after_epoch(member: Member) -> None:
        if member.epoch % CHECKPOINT_EVERY == 0 and member.epoch < recipe.epochs:
            write_checkpoint(checkpoint, member.state_dict())
        tell(member.epoch)

    train(member, data, recipe, fabric, after_epoch)
    if len(methods) > 1:  # a kill among their measurements costs no training
        write_checkpoint(checkpoint, member.state_dict())
    results = _all_measured(seed, files, {base: member}, data, recipe, lambda method: None)
    discard(checkpoint)
    return results


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
        members = {
            base: build_member(base, seed, data, recipe, fabric) for base in bases(recipe.methods)
        }
        for method in recipe.methods:
            check_head(method, members[base_of(method)].model)
        train_together(list(members.values()), data, recipe, fabric)
    return _all_measured(seed, files, members, data, recipe, tell)


def _all_measured(
    seed: int,
    files: Mapping[str, Path],
    members: Mapping[str, Member],
    data: Dataset,
    recipe: Recipe,
    tell: Callable[[str], None],
) -> list[MemberResult]:
    """The results of methods: read, or measured on what was trained for them, by its method."""
    stages: dict[str, FirstStage] = {}
    results = []
    for method, file in files.items():
        base = base_of(method)
        if file.exists():
            results.append(_read(file, method, seed, recipe))
        elif method == base:
            results.append(_measured(members[base], data, recipe, file))
        else:
            if base not in stages:
                stages[base] = first_stage(members[base], data, recipe)
            derived = restaged(method, members[base], recipe, stages[base])
            results.append(_measured(derived, data, recipe, file))
        tell(method)
    return results


def _measured(member: Member, data: Dataset, recipe: Recipe, file: Path) -> MemberResult:
    last = member.schedule.stage(recipe.epochs - 1).constants(member.criterion)
    measured = measure(member.model, member.criterion, data, last)
    history = History.from_columns(member.history)
    result = MemberResult(method=member.method, seed=member.seed, history=history, **vars(measured))
    write_member(file, result, recipe.to_dict())
    return result


def _read(file: Path, method: str, seed: int, recipe: Recipe) -> MemberResult:
    result = read_member(file, recipe.to_dict())
    if (result.method, result.seed) != (method, seed):
        raise InputError(f"{file} holds {result.method}, seed {result.seed}: delete it")
    return result
