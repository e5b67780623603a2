"""Carry out a recipe: every method under every seed, in files that survive being killed.

A run that was interrupted, at whatever moment, and resumed leaves the same results.json, byte for
byte, as one that was not. Checked by: killing real runs, and damaging their files.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from ...theory.foundation.files import output_folder
from ...theory.foundation.validation import InputError, one_of
from ..data import Dataset, load
from .checkpoint import discard, read_checkpoint, write_checkpoint
from .loop import train
from .measure import measure
from .member import Member, build_member
from .recipe import PRECISIONS, Recipe
from .records import read_json, write_json
from .results import (
    RESULTS,
    History,
    MemberResult,
    RunResults,
    load_results,
    read_member,
    write_member,
    write_results,
)
from .summary import summarise

__all__ = ["Progress", "check_accelerator", "resumed", "run"]

CHECKPOINT_EVERY = 10  # epochs
RECIPE = "recipe.json"
ACCELERATORS = ("auto", "cpu", "cuda")


@dataclass(frozen=True)
class Progress:
    """Where a run stands, after an epoch: members done before this one, and this one's epochs.

    Examples
    --------
    >>> now = Progress("la", seed=0, done=1, members=4, epoch=10, epochs=40)
    >>> now.epochs_done, now.all_epochs
    (50, 160)
    """

    method: str
    seed: int
    done: int
    members: int
    epoch: int
    epochs: int

    @property
    def epochs_done(self) -> int:
        """Epochs of all members behind us; at the very end it is all of them."""
        return self.done * self.epochs + self.epoch

    @property
    def all_epochs(self) -> int:
        """Epochs of all members together."""
        return self.members * self.epochs


def run(
    recipe: Recipe,
    out: str | Path,
    *,
    resume: bool = False,
    accelerator: str = "cpu",
    progress: Callable[[Progress], None] | None = None,
) -> RunResults:
    """Train all members of a recipe and return what stands in ``out/results.json``.

    Parameters
    ----------
    out
        Folder for recipe.json, one file a member, and results.json; made if missing.
    resume
        Take up the run in ``out`` where it stopped. Without it, a folder with a run is refused.
    accelerator
        "cpu" (bitwise reproducible on one machine), "cuda", or "auto", cuda if there is one.
    progress
        Called after every epoch, and for a member that is finished already.

    Raises
    ------
    InputError
        If the folder holds a run and ``resume`` is False, or another recipe's run; if a file in it
        is damaged or cannot be written; if the accelerator is not there.

    Examples
    --------
    >>> import tempfile
    >>> recipe = Recipe(methods=("ce", "la"), seeds=1, epochs=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(recipe, folder)
    >>> [(row.method, 0 < row.balanced_accuracy < 1) for row in results.summary]
    [('ce', True), ('la', True)]
    """
    fabric = _fabric(accelerator, PRECISIONS[recipe.precision])
    out, first = Path(out), _data(recipe, 0)  # what cannot be loaded leaves no folder
    _open_folder(out, recipe, resume)
    members: list[MemberResult] = []
    size = recipe.seeds * len(recipe.methods)
    with _one_thread(fabric):
        for seed in range(recipe.seeds):
            data = (_data(recipe, seed) if seed else first).to(fabric.device)
            for method in recipe.methods:
                here = Progress(method, seed, len(members), size, 0, recipe.epochs)
                tell = partial(_tell, progress, here)
                members.append(_finish(method, seed, data, recipe, fabric, out / "members", tell))
    results = RunResults(
        recipe=recipe.to_dict(),
        class_counts=tuple(first.class_counts.tolist()),
        class_names=tuple(first.class_names),
        members=tuple(members),
        summary=summarise(members, recipe.methods),
    )
    write_results(out, results)
    return results


def resumed(out: str | Path, **options: Any) -> Recipe:
    """The recipe of the run in a folder, to go on with; without a run there, that of the options.

    Parameters
    ----------
    options
        Fields of a `Recipe`; None stands for what is not asked for.

    Raises
    ------
    InputError
        If an option differs from what the run in the folder has, or its recipe.json is damaged.

    Examples
    --------
    >>> resumed("folder-without-a-run", seeds=3, epochs=None).seeds
    3
    """
    path = Path(out) / RECIPE
    if not path.exists():
        return Recipe.given(**options)
    content = read_json(path)
    if not isinstance(content, dict):
        raise InputError(f"{path} is damaged: it holds no recipe; delete it")
    recipe = Recipe.from_dict(content)
    for name, value in options.items():
        if value is None:
            continue
        asked = Recipe.from_dict({**content, "validation": None, name: value})
        if getattr(asked, name) != getattr(recipe, name):
            theirs = recipe.to_dict()[name]
            raise InputError(
                f"{name} = {value!r}: the run in {out} has {theirs!r}; leave the option out to go on "
                "with it, or choose another folder"
            )
    return recipe


def _tell(progress: Callable[[Progress], None] | None, here: Progress, epoch: int) -> None:
    if progress is not None:
        progress(replace(here, epoch=epoch))


def _finish(
    method: str,
    seed: int,
    data: Dataset,
    recipe: Recipe,
    fabric: Fabric,
    folder: Path,
    tell: Callable[[int], None],
) -> MemberResult:
    """The final measurements of a member: read if they stand there, else trained to the end."""
    final = folder / f"{method}-seed{seed}.json"
    checkpoint = final.with_suffix(".ckpt")
    if final.exists():
        result = read_member(final, recipe.to_dict())
        if (result.method, result.seed) != (method, seed):
            raise InputError(f"{final} holds {result.method}, seed {result.seed}: delete it")
        discard(checkpoint)
        tell(recipe.epochs)
        return result

    member = build_member(method, seed, data, recipe, fabric)
    if checkpoint.exists():
        member.load_state_dict(read_checkpoint(checkpoint))

    def after_epoch(member: Member) -> None:
        if member.epoch % CHECKPOINT_EVERY == 0 and member.epoch < recipe.epochs:
            write_checkpoint(checkpoint, member.state_dict())
        tell(member.epoch)

    train(member, data, recipe, fabric, after_epoch)
    last = member.schedule.stage(recipe.epochs - 1).constants(member.criterion)
    measured = measure(member.model, member.criterion, data, last)
    history = History.from_columns(member.history)
    result = MemberResult(method=method, seed=seed, history=history, **vars(measured))
    write_member(final, result, recipe.to_dict())
    discard(checkpoint)
    return result


def _open_folder(out: Path, recipe: Recipe, resume: bool) -> None:
    path = out / RECIPE
    written = [file for file in (path, out / RESULTS, out / "members") if file.exists()]
    if written and not resume:
        raise InputError(f"{out} already holds a run: pass resume, or choose another folder")
    output_folder(out / "members")
    for leftover in out.rglob(".*.part"):  # left behind by a write that was killed
        leftover.unlink(missing_ok=True)
    if path.exists():
        content = read_json(path)
        ours = recipe.to_dict()
        if content != ours:
            theirs = content if isinstance(content, dict) else {}
            name = next((name for name in ours if theirs.get(name) != ours[name]), "recipe")
            raise InputError(
                f"{path} has {name} = {theirs.get(name)!r}, this recipe {ours.get(name)!r}: "
                "resume with the same recipe, or choose another folder"
            )
    if (out / RESULTS).exists():
        load_results(out)
    write_json(path, recipe.to_dict())


def _data(recipe: Recipe, seed: int) -> Dataset:
    return load(
        recipe.data,
        recipe.imbalance_factor,
        seed,
        recipe.validation or 0,
        profile=recipe.profile,
        subset=recipe.subset,
        label_noise=recipe.label_noise,
        label=recipe.label,
    )


def check_accelerator(accelerator: str) -> None:
    """Refuse what cannot train here.

    Raises
    ------
    InputError
        If the accelerator is none, or is not there.
    """
    one_of("accelerator", accelerator, ACCELERATORS)
    if accelerator == "cuda" and not torch.cuda.is_available():
        raise InputError("accelerator = 'cuda': no CUDA device is available; use 'cpu' or 'auto'")


def _fabric(accelerator: str, precision: Any) -> Fabric:
    check_accelerator(accelerator)
    on_cuda = torch.cuda.is_available() and accelerator != "cpu"
    return Fabric(accelerator="cuda" if on_cuda else "cpu", devices=1, precision=precision)


@contextmanager
def _one_thread(fabric: Fabric) -> Iterator[None]:
    """On the CPU, one thread: sums are then always taken in the same order."""
    threads = torch.get_num_threads()
    if fabric.device.type == "cpu":
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
