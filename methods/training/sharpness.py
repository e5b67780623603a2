"""How sharp a minimum is for whom: extreme eigenvalues and trace of the loss's Hessian, by class group.

Of the training loss over a group's examples, as the last stage weighs and adjusts them, in all parameters
of a stored network, which is in evaluation mode: normalisation is by running means. Eigenvalues are
Lanczos's (SciPy's ARPACK) over Hessian-vector products, the trace is Hutchinson's. By-class spectra: Rangwani
et al. (NeurIPS 2022). Checked by: the exact Hessian of small networks.
"""

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh
from torch import Tensor

from ...theory.decision.balanced_error import class_groups
from ...theory.foundation.validation import InputError, as_whole
from ..data import Dataset
from ..results.records import write_csv
from ..results.run_results import load_results
from .devices import alone
from .kept import kept_member, kept_network
from .member import Member
from .recipe import Recipe
from .step import Batch, batch_loss, divides_by_weights

__all__ = ["Sharpness", "sharpness"]

SHARPNESS = "sharpness.csv"
BATCH = 512
MOST_CLASSES = 10  # of which each is a group of its own
TOLERANCE = 1e-4  # of an eigenvalue, relative to the largest in size


@dataclass(frozen=True)
class Sharpness:
    """The Hessian of a member's training loss over a group of classes.

    Attributes
    ----------
    group
        ``"all"``, ``"many"``, ``"medium"``, ``"few"``, or a class's name after ``"class "``.
    examples
        Those that the loss is a mean over.
    largest, smallest
        Eigenvalues.
    trace, trace_error
        An estimate, and its standard error over the random vectors.

    >>> Sharpness("ce", 0, "few", 20, 3.5, -0.25, 8.0, 0.5).largest
    3.5
    """

    method: str
    seed: int
    group: str
    examples: int
    largest: float
    smallest: float
    trace: float
    trace_error: float


def sharpness(
    folder: str | Path,
    *,
    examples: int = 1024,
    vectors: int = 32,
    seed: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> list[Sharpness]:
    """The sharpness of every network that a run kept, by group of classes, as sharpness.csv has it.

    Parameters
    ----------
    folder
        Of a finished run with ``keep_networks``.
    examples
        At most so many of a group's training examples are used, drawn at random.
    vectors
        Random vectors of the trace's estimate.
    seed
        Of examples and vectors.
    progress
        Called with the numbers of networks done and in all.

    Raises
    ------
    InputError
        If the folder has no finished run, or no network was kept.

    Examples
    --------
    >>> import tempfile
    >>> from counterpoise.methods.training import Recipe, run
    >>> recipe = Recipe(methods=("ce",), seeds=1, epochs=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(recipe, folder, keep_networks=True)
    ...     rows = sharpness(folder, examples=32, vectors=2)
    >>> rows[0].group, rows[0].largest > rows[0].smallest
    ('all', True)
    """
    folder, examples = Path(folder), as_whole("examples", examples, 1)
    vectors = as_whole("vectors", vectors, 2)
    results = load_results(folder)
    recipe = Recipe.from_dict(results.recipe)
    named = [(member.method, member.seed) for member in results.members]
    kept = [(m, s) for m, s in named if kept_network(folder, m, s).exists()]
    if not kept:
        raise InputError(f"{folder} keeps no networks: train with --keep-checkpoints")
    fabric = alone("cpu", _precision(recipe))
    rows: list[Sharpness] = []
    drawn: dict[int, Dataset] = {}
    for number, (method, of) in enumerate(kept):
        if of not in drawn:
            drawn = {of: recipe.dataset(of)}
        member = kept_member(folder, method, of, drawn[of], recipe, fabric)
        rows += _of_member(member, drawn[of], recipe, examples, vectors, seed)
        if progress is not None:
            progress(number + 1, len(kept))
    write_csv(
        folder / SHARPNESS,
        [field.name for field in fields(Sharpness)],
        [astuple(row) for row in rows],
    )
    return rows


def _precision(recipe: Recipe) -> Any:
    """Full precision: half of it would drown the small eigenvalues."""
    return "64-true" if recipe.precision == "float64" else "32-true"


def _of_member(
    member: Member, data: Dataset, recipe: Recipe, examples: int, vectors: int, seed: int
) -> Iterator[Sharpness]:
    for name, classes in _groups(data):
        random = np.random.default_rng(seed)
        of_group = np.flatnonzero(np.isin(data.train_labels.numpy(), classes))
        if len(of_group) > examples:
            of_group = np.sort(random.choice(of_group, examples, replace=False))
        product = hessian_product(member, data, recipe, torch.from_numpy(of_group))
        size = sum(p.numel() for p in _parameters(member))
        ends = extreme_eigenvalues(product, size, random)
        trace = trace_estimate(product, size, vectors, random)
        yield Sharpness(member.method, member.seed, name, len(of_group), *ends, *trace)


def _groups(data: Dataset) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Names and classes of the groups that have any."""
    classes = len(data.class_counts)
    yield "all", np.arange(classes)
    for name, members in class_groups(data.class_counts.numpy()).items():
        if members.any():
            yield name, np.flatnonzero(members)
    if classes <= MOST_CLASSES:
        for index, name in enumerate(data.class_names):
            yield f"class {name}", np.array([index])


Product = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def hessian_product(member: Member, data: Dataset, recipe: Recipe, chosen: Tensor) -> Product:
    """The Hessian of the mean training loss over chosen examples, times a vector (P,)."""
    member.model.eval()
    member.criterion.eval()
    parameters = _parameters(member)
    constants = member.schedule.stage(recipe.epochs - 1).constants(member.criterion)
    by_weights = divides_by_weights(member.criterion)

    def product(vector: NDArray[np.float64]) -> NDArray[np.float64]:
        sizes = [parameter.numel() for parameter in parameters]
        pieces = torch.from_numpy(np.ravel(vector)).to(parameters[0]).split(sizes)
        along = [v.view_as(p) for v, p in zip(pieces, parameters, strict=True)]
        found, divisor = np.zeros(sum(sizes)), 0.0
        for index in chosen.split(BATCH):
            batch = Batch(data.prepared(data.train_images[index]), data.train_labels[index])
            passed = batch_loss(member.model, member.criterion, batch, constants, _alike)
            share = float(passed.shares.sum()) if by_weights else float(len(index))
            gradients = torch.autograd.grad(passed.loss, parameters, create_graph=True)
            slope = sum((g * v).sum() for g, v in zip(gradients, along, strict=True))
            second = torch.autograd.grad(slope, parameters, allow_unused=True)  # type: ignore[arg-type]
            rows = [
                (torch.zeros_like(p) if h is None else h).flatten()
                for h, p in zip(second, parameters, strict=True)
            ]
            found += share * torch.cat(rows).double().numpy()
            divisor += share
        return found / divisor

    return product


def extreme_eigenvalues(
    product: Product, size: int, random: np.random.Generator
) -> tuple[float, float]:
    """The largest and the smallest eigenvalue of a symmetric matrix, exact to a share of the larger in size.

    The one of largest size comes first; the other end is that of the matrix less it, so that an end at
    zero is found as surely.
    """
    start = random.standard_normal(size)
    if not product(start).any():
        return 0.0, 0.0
    first = _largest_in_size(product, size, start)
    other = first + _largest_in_size(lambda v: product(v) - first * np.ravel(v), size, start)
    return max(first, other), min(first, other)


def _largest_in_size(product: Product, size: int, start: NDArray[np.float64]) -> float:
    operator = LinearOperator((size, size), matvec=product, dtype=np.float64)  # type: ignore[call-arg]
    options: Any = {"tol": TOLERANCE}  # which SciPy's stubs take for a whole number
    found = eigsh(operator, k=1, which="LM", v0=start, return_eigenvectors=False, **options)
    return float(found[0])


def trace_estimate(
    product: Product, size: int, vectors: int, random: np.random.Generator
) -> tuple[float, float]:
    """Hutchinson's estimate of a trace from random signs, and its standard error."""
    signs = (random.choice((-1.0, 1.0), size) for _ in range(vectors))
    found = np.array([sign @ product(sign) for sign in signs])
    return float(found.mean()), float(found.std(ddof=1) / np.sqrt(vectors))


def _parameters(member: Member) -> list[Tensor]:
    return [p for p in member.model.parameters() if p.requires_grad]


def _alike(features: Tensor, target: Tensor) -> Tensor:
    return torch.ones(len(target), dtype=features.dtype)
