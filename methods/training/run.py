"""Carry out a recipe: every method under every seed, in files that survive being killed.

A run that was interrupted, at whatever moment, and resumed leaves the same results.json, byte for
byte, as one that was not. Checked by: killing real runs, and damaging their files.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from joblib import delayed

from ...theory.foundation.processes import in_processes
from ...theory.foundation.validation import InputError, as_whole
from ..data import Dataset
from ..registry import base_of, method_of
from ..results.failed import FailedMember
from ..results.prediction_file import check_foretold
from ..results.run_results import RESULTS, MemberResult, RunResults, write_results
from ..results.summary import grouped, summarise
from ..results.tidy import write_tables
from ..results.timing import write_timings
from .devices import alone, check_accelerator, launched, settled
from .finishing import Beside, Finished, finish, finish_heads, member_file
from .logs import check_log
from .many import SEEDS, are_heads
from .member import build_network
from .opening import open_folder, resumed
from .recipe import PRECISIONS, Recipe
from .second import families
from .watched import check_watch, write_bound

if TYPE_CHECKING:
    from lightning_fabric import Fabric

__all__ = ["Progress", "check_accelerator", "resumed", "run"]


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
    log: str | None = None,
    keep_networks: bool = False,
    watch: str | None = None,
    first_seeds: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> RunResults:
    """Train all members of a recipe and return what stands in ``out/results.json``.

    Parameters
    ----------
    out
        Folder for recipe.json, environment.json (what trains it), one file a member, and results.json;
        made if missing.
    resume
        Take up the run in ``out`` where it stopped. Without it, a folder with a run is refused.
    accelerator
        "cpu" (bitwise reproducible on one machine), "cuda", or "auto", cuda if there is one.
    jobs
        Processes of one thread each, on the CPU; the results are the same for any number. Heads that
        train together, those of five seeds, are the work of one. Not under torchrun.
    log
        "csv" or "tensorboard": the curve of every member is written to ``out/logs`` while it trains, a
        point whenever one is recorded. None: curves stand in the results alone.
    keep_networks
        Keep the networks as they are at the end, in ``out/members``, as `sharpness` needs them.
    watch
        "bound": at every recorded epoch the table ``out/bound.csv`` (`load_bound`) gets a row a class of
        what `counterpoise.methods.BoundWatch` sees in it; no result changes. A member that was finished
        without it has none.
    first_seeds
        Train all methods under so many of the seeds, for now: the results are theirs until the run is
        taken up.
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
    fabric = launched(accelerator, PRECISIONS[recipe.precision])
    beside = Beside(
        as_whole("jobs", jobs, 1), check_log(log), keep_networks, watch=check_watch(watch)
    )
    seeds = recipe.seeds
    if first_seeds is not None:
        seeds = as_whole("first_seeds", first_seeds, 1, recipe.seeds)
    return _run(fabric.broadcast(recipe), Path(out), resume, fabric, beside, seeds, progress)


def _run(
    recipe: Recipe,
    out: Path,
    resume: bool,
    fabric: "Fabric",
    beside: Beside,
    seeds: int,
    progress: Callable[[Progress], None] | None,
) -> RunResults:
    if beside.processes > 1 and fabric.world_size > 1:
        raise InputError(
            f"jobs = {beside.processes}: under torchrun all {fabric.world_size} processes train one member"
        )
    first = recipe.dataset(0)  # what cannot be loaded, or trained here, leaves no folder
    if fabric.world_size > 1:
        if "cc-sam" in (recipe.optimizer, *(method_of(m).optimizer for m in recipe.methods)):
            raise InputError(
                "optimizer = 'cc-sam': its class gradients are of one process; not under torchrun"
            )
        if ahead := [method for method in recipe.methods if method_of(method).looks_ahead]:
            raise InputError(
                f"method = {ahead[0]!r}: its weights are learnt in one process; not under torchrun"
            )
        if first.train_labels.ndim > 1:
            raise InputError(
                f"data = {recipe.data!r}: clouds train in one process; not under torchrun"
            )
        build_network(base_of(recipe.methods[0]), 0, first, recipe, fabric)
    under = open_folder(out, recipe, first, resume) if fabric.is_global_zero else None
    beside = replace(beside, foretold=fabric.broadcast(under))
    work = _work(recipe, seeds, fabric.world_size)
    if beside.processes > 1:
        found = _in_processes(recipe, work, out / "members", beside, progress)
    else:
        with settled(fabric, recipe.precision):
            found = _in_turn(recipe, work, first, fabric, out / "members", progress, beside)
    found.sort(key=lambda member: (member.seed, recipe.methods.index(member.method)))
    counts = tuple(first.class_counts.tolist())
    members = grouped([one for one in found if isinstance(one, MemberResult)], counts)
    results = RunResults(
        recipe=recipe.to_dict(),
        class_counts=counts,
        class_names=tuple(first.class_names),
        members=tuple(members),
        summary=summarise(members, recipe.methods),
        prediction_sha256=beside.foretold,
        failed=tuple(member for member in found if isinstance(member, FailedMember)),
    )
    if fabric.is_global_zero:
        check_foretold(out / RESULTS, beside.foretold)  # as it was when training began
        write_results(out, results)
        write_tables(out, results)
        files = [member_file(out / "members", m.method, m.seed) for m in members]
        write_timings(out, files)
        write_bound(out, files)
    return results


Work = tuple[tuple[int, ...], tuple[str, ...]]
"""Seeds and methods that one call finishes: of one training, or of heads that train together."""


def _work(recipe: Recipe, seeds: int, ranks: int) -> list[Work]:
    """All calls of the first seeds; results do not depend on how many processes share them."""
    if are_heads(recipe) and ranks == 1:
        groups = (range(at, min(at + SEEDS, seeds)) for at in range(0, seeds, SEEDS))
        return [(tuple(group), recipe.methods) for group in groups]
    return [((seed,), methods) for seed in range(seeds) for methods in families(recipe.methods)]


def _members(work: Sequence[Work]) -> int:
    return sum(len(seeds) * len(methods) for seeds, methods in work)


def _in_turn(
    recipe: Recipe,
    work: Sequence[Work],
    first: Dataset,
    fabric: "Fabric",
    folder: Path,
    progress: Callable[[Progress], None] | None,
    beside: Beside,
) -> list[Finished]:
    """All members, one call after the other; data are drawn once a seed."""
    found: list[Finished] = []
    size, data = _members(work), {0: first.to(fabric.device)}
    for seeds, methods in work:
        data = {seed: own for seed, own in data.items() if seed in seeds}
        data |= {s: recipe.dataset(s).to(fabric.device) for s in seeds if s not in data}
        here = Progress(methods[0], seeds[0], len(found), size, 0, recipe.epochs)
        found += _finish(
            recipe, methods, data, fabric, folder, partial(_tell, progress, here), beside
        )
        if len(seeds) * len(methods) > 1:
            here = replace(here, method=methods[-1], seed=seeds[-1], done=len(found) - 1)
            _tell(progress, here, recipe.epochs)
    return found


def _finish(
    recipe: Recipe,
    methods: Sequence[str],
    data: Mapping[int, Dataset],
    fabric: "Fabric",
    folder: Path,
    tell: Callable[[int], None],
    beside: Beside,
) -> list[Finished]:
    """The members of these methods and of the seeds that there are data of."""
    if are_heads(recipe) and fabric.world_size == 1:
        found = finish_heads(data, recipe, fabric, folder, beside)
        tell(recipe.epochs)
        return found
    ((seed, own),) = data.items()
    return finish(methods, seed, own, recipe, fabric, folder, tell, beside)


def _in_processes(
    recipe: Recipe,
    work: Sequence[Work],
    folder: Path,
    beside: Beside,
    progress: Callable[[Progress], None] | None,
) -> list[Finished]:
    """All members, in processes of one thread; the results do not depend on how many."""
    size = _members(work)
    found: list[Finished] = []
    calls = (delayed(_alone)(recipe, seeds, methods, folder, beside) for seeds, methods in work)
    for (seeds, methods), several in zip(work, in_processes(calls, beside.processes), strict=True):
        found += several
        here = Progress(methods[-1], seeds[-1], len(found) - 1, size, 0, recipe.epochs)
        _tell(progress, here, recipe.epochs)
    return found


def _alone(
    recipe: Recipe, seeds: Sequence[int], methods: Sequence[str], folder: Path, beside: Beside
) -> list[Finished]:
    """What a worker process does: a call's members from the data on."""
    fabric = alone("cpu", PRECISIONS[recipe.precision])
    with settled(fabric, recipe.precision):
        data = {seed: recipe.dataset(seed) for seed in seeds}
        return _finish(recipe, methods, data, fabric, folder, lambda epoch: None, beside)


def _tell(progress: Callable[[Progress], None] | None, here: Progress, epoch: int) -> None:
    if progress is not None:
        progress(replace(here, epoch=epoch))
