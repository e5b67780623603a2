"""Carry out a recipe: every method under every seed, in files that survive being killed.

A run that was interrupted, at whatever moment, and resumed leaves the same results.json, byte for
byte, as one that was not. Checked by: killing real runs, and damaging their files.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from joblib import delayed
from lightning_fabric import Fabric

from ...theory.foundation.files import output_folder
from ...theory.foundation.processes import in_processes
from ...theory.foundation.validation import InputError, as_whole, one_of
from ..data import Dataset, load
from .finishing import finish, finish_heads
from .many import are_heads
from .recipe import PRECISIONS, Recipe
from .records import read_json, write_json
from .results import (
    RESULTS,
    MemberResult,
    RunResults,
    load_results,
    write_results,
)
from .summary import summarise

__all__ = ["Progress", "check_accelerator", "resumed", "run"]

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
    jobs: int = 1,
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
    jobs
        Processes of one thread each, on the CPU; the results are the same for any number.
    progress
        Called after every epoch, and for a member that is finished already; with several processes, and
        for heads that train together, after the last epoch only.

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
    work = _work(recipe)
    if as_whole("jobs", jobs, 1) > 1:
        members = _in_processes(recipe, work, out / "members", jobs, progress)
    else:
        with _settled(fabric, recipe):
            members = _in_turn(recipe, work, first, fabric, out / "members", progress)
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


Work = tuple[int, tuple[str, ...]]
"""A seed with the methods that one call finishes: one, or of heads that train together all."""


def _work(recipe: Recipe) -> list[Work]:
    if are_heads(recipe):
        return [(seed, recipe.methods) for seed in range(recipe.seeds)]
    return [(seed, (method,)) for seed in range(recipe.seeds) for method in recipe.methods]


def _in_turn(
    recipe: Recipe,
    work: Sequence[Work],
    first: Dataset,
    fabric: Fabric,
    folder: Path,
    progress: Callable[[Progress], None] | None,
) -> list[MemberResult]:
    """All members, one call after the other; data are drawn once a seed."""
    found: list[MemberResult] = []
    size, drawn, data = recipe.seeds * len(recipe.methods), 0, first.to(fabric.device)
    for seed, methods in work:
        if seed != drawn:
            drawn, data = seed, _data(recipe, seed).to(fabric.device)
        here = Progress(methods[0], seed, len(found), size, 0, recipe.epochs)
        found += _finish(
            recipe, seed, methods, data, fabric, folder, partial(_tell, progress, here)
        )
    return found


def _finish(
    recipe: Recipe,
    seed: int,
    methods: Sequence[str],
    data: Dataset,
    fabric: Fabric,
    folder: Path,
    tell: Callable[[int], None],
) -> list[MemberResult]:
    if are_heads(recipe):
        found = finish_heads(seed, data, recipe, fabric, folder, lambda method: None)
        tell(recipe.epochs)
        return found
    return [finish(method, seed, data, recipe, fabric, folder, tell) for method in methods]


def _in_processes(
    recipe: Recipe,
    work: Sequence[Work],
    folder: Path,
    jobs: int,
    progress: Callable[[Progress], None] | None,
) -> list[MemberResult]:
    """All members, in processes of one thread; the results do not depend on how many."""
    size, found = recipe.seeds * len(recipe.methods), []
    calls = (delayed(_alone)(recipe, seed, methods, folder) for seed, methods in work)
    for (seed, methods), several in zip(work, in_processes(calls, jobs), strict=True):
        here = Progress(methods[-1], seed, len(found), size, 0, recipe.epochs)
        found += several
        _tell(progress, here, recipe.epochs)
    return found


def _alone(recipe: Recipe, seed: int, methods: Sequence[str], folder: Path) -> list[MemberResult]:
    """What a worker process does: a call's members from the data on."""
    fabric = _fabric("cpu", PRECISIONS[recipe.precision])
    with _settled(fabric, recipe):
        return _finish(
            recipe, seed, methods, _data(recipe, seed), fabric, folder, lambda epoch: None
        )


def _tell(progress: Callable[[Progress], None] | None, here: Progress, epoch: int) -> None:
    if progress is not None:
        progress(replace(here, epoch=epoch))


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
    data = load(
        recipe.data,
        recipe.imbalance_factor,
        seed,
        recipe.validation or 0,
        profile=recipe.profile,
        subset=recipe.subset,
        label_noise=recipe.label_noise,
        label=recipe.label,
    )
    data = replace(data, augmentation=recipe.augmentation or data.augmentation)
    _check_images(recipe, data)
    return data


def _check_images(recipe: Recipe, data: Dataset) -> None:
    """What is done to images, on data that are none, or are too small for it."""
    asked = {
        "flip_test": recipe.flip_test,
        "augmentation": data.augmentation != "none" and data.augmentation,
        "window": recipe.window,
    }
    if len(data.image_shape) != 3:
        for name, value in asked.items():
            if value:
                raise InputError(f"{name} = {value!r}: {recipe.data} has rows, not images")
    elif recipe.window is not None and recipe.window > min(data.image_shape[1:]):
        raise InputError(
            f"window = {recipe.window}: images of {recipe.data} have shape {data.image_shape}"
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
def _settled(fabric: Fabric, recipe: Recipe) -> Iterator[None]:
    """On the CPU, one thread: sums are then always taken in the same order. And the recipe's precision."""
    threads, dtype = torch.get_num_threads(), torch.get_default_dtype()
    if fabric.device.type == "cpu":
        torch.set_num_threads(1)
    if recipe.precision == "float64":
        torch.set_default_dtype(torch.float64)  # Fabric hands outputs on in the default
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_default_dtype(dtype)
