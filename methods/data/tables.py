"""Rows of numbers with a label: the Statlog Shuttle set, and a user's own CSV, Parquet, ``.npz`` or ``.mat``.

Checked by: files of each kind, missing values and labels, and splits that keep the shares.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...theory.foundation.validation import InputError, one_of
from .places import decoding, find_data
from .set_apart import set_apart
from .source import Part, Source

__all__ = ["read_cifar10_features", "read_rows", "read_shuttle", "read_table", "split_source"]

LABELS = {".npz": "y", ".mat": "Y"}
"""Kinds of file that hold arrays, and what the labels are called in them unless a user says."""
CODED = ("string", "categorical", "boolean", "mixed-integer", "empty")
"""Kinds of columns without numbers that may be words, holes among them."""
READERS = {".csv": "read_csv", ".tsv": "read_table", ".parquet": "read_parquet"}


def read_shuttle(data_dir: str | Path | None = None) -> Source:
    """Statlog Shuttle (UCI): 58,000 rows of 9 sensor values, seven classes of 45,586 down to 10."""
    how = "a file with keys X (58000, 9), y, class_names"
    path = find_data("shuttle", ["tabular/shuttle.npz", "shuttle.npz"], how, data_dir)
    return read_table(path, title="Shuttle")


def read_cifar10_features(data_dir: str | Path | None = None) -> Source:
    """Features of all of CIFAR-10, as ``counterpoise features`` stores them; standardised."""
    how = "store them by: counterpoise features --data cifar10-jpeg --out DATA/features/cifar10.npz"
    path = find_data("cifar10-features", ["features/cifar10.npz"], how, data_dir)
    return read_table(path, title="CIFAR-10 (stored features)")


def read_table(path: str | Path, label: str | None = None, title: str | None = None) -> Source:
    """A table with one row an example, split into training and test rows with the same class shares.

    Parameters
    ----------
    path
        CSV or Parquet with a column of labels, other columns of text coded as one of a few; or ``.npz``
        with arrays ``X`` (N, ...) and ``y`` (N,), which may hold ``X_test`` and ``y_test`` beside them and
        ``class_names``; or a MATLAB file (``.mat``, before version 7.3) with ``X`` and ``Y``.
    label
        The column that holds the labels; of ``.npz`` and ``.mat`` the name of the array, ``y`` and ``Y``
        unless given.

    Raises
    ------
    InputError
        If the file cannot be read, lacks the label, or holds anything but finite numbers.
    """
    path = Path(path)
    name = title or path.stem
    if path.suffix in LABELS:
        return _from_arrays(path, label or LABELS[path.suffix], name)
    examples, codes, class_names = _tabulated(path, label)
    return split_source(examples, codes, class_names, name)


def split_source(
    examples: NDArray[Any], labels: NDArray[np.int64], class_names: tuple[str, ...], title: str
) -> Source:
    """A source of examples that come without a test set: a quarter of each class is set apart, seed 0.

    Rows are standardised by mean and deviation of the training rows.

    Raises
    ------
    InputError
        As `set_apart`.
    """
    parts = set_apart(labels, class_names, title)
    return _source(
        examples,
        labels,
        examples,
        labels,
        class_names,
        title,
        parts,
    )


def read_rows(
    path: str | Path, label: str | None = None
) -> tuple[NDArray[Any], NDArray[np.int64], tuple[str, ...]]:
    """Examples, class indices and class names of a file of `read_table`, as they are: neither split nor
    standardised, and without an ``X_test``.

    Raises
    ------
    InputError
        As `read_table`; a class may have one example.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/mine.npz", X=np.eye(3), y=["a", "b", "b"])
    ...     rows, labels, class_names = read_rows(f"{folder}/mine.npz")
    >>> rows.shape, labels.tolist(), class_names
    ((3, 3), [0, 1, 1], ('a', 'b'))
    """
    path = Path(path)
    if path.suffix in LABELS:
        return _labelled(path, _held(path), label or LABELS[path.suffix])
    return _tabulated(path, label)


def _tabulated(
    path: Path, label: str | None
) -> tuple[NDArray[Any], NDArray[np.int64], tuple[str, ...]]:
    """Examples, class indices and class names of a table."""
    one_of("kind of table", path.suffix, [*READERS, *LABELS])
    import pandas

    if path.suffix == ".parquet" and not any(map(find_spec, ("pyarrow", "fastparquet"))):
        raise InputError(f'{path}: Parquet is read by an extra, pip install ".[parquet]"')
    with decoding(path):
        table = getattr(pandas, READERS[path.suffix])(path)
    stripped = [str(column).strip() for column in table.columns]
    if len(set(stripped)) == len(stripped):
        table.columns = stripped
    if label is None:
        raise InputError(f"{path}: say by --label which column holds the labels")
    one_of(f"column of {path.name}", label, [str(column) for column in table.columns])
    if table[label].isna().any():
        where = int(table[label].isna().to_numpy().argmax())
        raise InputError(
            f"{path}: row {where} has no label in column {label!r}: fill or drop it; a class may not be "
            "called NA, NaN, null or None"
        )
    names, codes = np.unique(table[label].to_numpy().astype(str), return_inverse=True)
    rows = _coded(path, table.drop(columns=label))
    return _rows(path, rows), codes, tuple(map(str, names))


def _coded(path: Path, features: Any) -> NDArray[Any]:
    """Columns of numbers as they are; of text, a column of zeros and ones for each word.

    Words among numbers are taken for slips, unless at least half of a column are words.
    """
    import pandas

    if not features.size:
        raise InputError(
            f"{path} has {len(features)} rows and {features.shape[1]} columns beside the label: must have "
            "one of each at least"
        )
    for column in features.columns:
        values = features[column]
        if pandas.api.types.is_numeric_dtype(values):
            continue
        if (kind := pandas.api.types.infer_dtype(values)) not in CODED:
            raise InputError(
                f"{path}: column {column!r} holds values of kind {kind}: must be numbers or text"
            )
        if values.isna().any():
            where = int(values.isna().to_numpy().argmax())
            raise InputError(
                f"{path}: row {where} holds nothing in column {column!r}: fill or drop it first"
            )
        numbers = pandas.to_numeric(values.astype(str), errors="coerce").isna().to_numpy()
        if numbers.mean() < 0.5:
            where = int(numbers.argmax())
            raise InputError(
                f"{path}: row {where} holds {values.iloc[where]!r} in column {column!r}, which holds numbers "
                "elsewhere: write a number there, or words in all rows"
            )
    return pandas.get_dummies(features, dtype=float).astype(float).to_numpy()


def _held(path: Path) -> dict[str, Any]:
    """The arrays of a file by name."""
    with decoding(path):
        if path.suffix == ".mat":
            from scipy.io import loadmat  # slow to import

            with path.open("rb") as file:
                held = loadmat(file)
            return {key: value for key, value in held.items() if not key.startswith("__")}
        with np.load(path) as file:
            return {key: file[key] for key in file.files}


def _labelled(
    path: Path, held: dict[str, Any], label: str
) -> tuple[NDArray[Any], NDArray[np.int64], tuple[str, ...]]:
    for key in ("X", label):
        if key not in held:
            raise InputError(
                f"{path} has no array {key!r} among {', '.join(sorted(held)) or 'none'}: must hold the "
                f"examples as X and their classes as {label}, and may hold X_test and {label}_test"
            )
    stated = held.get("class_names")
    names, codes = np.unique(held[label].ravel(), return_inverse=True)
    if stated is not None and len(stated) == len(names):
        names = stated
    examples = _rows(path, held["X"])
    if len(examples) != len(codes):
        raise InputError(f"{path}: X has {len(examples)} rows, {label} has {len(codes)}")
    return examples, codes, tuple(str(name) for name in names)


def _from_arrays(path: Path, label: str, title: str) -> Source:
    held = _held(path)
    examples, codes, class_names = _labelled(path, held, label)
    if "X_test" not in held:
        return split_source(examples, codes, class_names, title)
    one_of(f"array of {path.name}", f"{label}_test", held)
    known, test_labels = np.unique(held[label]), held[f"{label}_test"].ravel()
    strange = ~np.isin(test_labels, known)
    if strange.any():
        raise InputError(f"{path}: {label}_test holds {test_labels[strange][0]}, {label} does not")
    test_examples = _rows(path, held["X_test"])
    if len(test_examples) != len(test_labels) or test_examples.shape[1:] != examples.shape[1:]:
        raise InputError(
            f"{path}: X_test has shape {test_examples.shape}, for {len(test_labels)} labels and X of "
            f"shape {examples.shape}"
        )
    tests = np.searchsorted(known, test_labels)
    return _source(examples, codes, test_examples, tests, class_names, title)


def _source(
    examples: NDArray[Any],
    labels: NDArray[np.int64],
    test_examples: NDArray[Any],
    test_labels: NDArray[np.int64],
    class_names: tuple[str, ...],
    title: str,
    rows: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> Source:
    train, test = rows or (np.arange(len(labels)), np.arange(len(test_labels)))
    examples, test_examples = examples[train], test_examples[test]
    if examples.ndim == 2:
        centre, spread = examples.mean(axis=0), examples.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        examples, test_examples = ((x - centre) / spread for x in (examples, test_examples))
    parts = [
        Part(torch.from_numpy(y).long(), _as_tensor(x).__getitem__)
        for x, y in ((examples, labels[train]), (test_examples, test_labels[test]))
    ]
    return Source(title, class_names, parts[0], parts[1])


def _as_tensor(examples: NDArray[Any]) -> torch.Tensor:
    """Rows as float32; images, channels last or missing, as (N, C, H, W) in their dtype if uint8."""
    if examples.ndim == 2:
        return torch.from_numpy(np.ascontiguousarray(examples, dtype=np.float32))
    if examples.ndim == 3:
        examples = examples[:, None]
    elif examples.shape[-1] in (1, 3) and examples.shape[1] not in (1, 3):
        examples = np.moveaxis(examples, -1, 1)
    kept = examples.dtype == np.uint8
    return torch.from_numpy(np.ascontiguousarray(examples, dtype=np.uint8 if kept else np.float32))


def _rows(path: Path, values: NDArray[Any]) -> NDArray[Any]:
    if values.ndim not in (2, 3, 4) or values.dtype.kind not in "iuf":
        raise InputError(
            f"{path}: examples have shape {values.shape} and type {values.dtype}: must be numbers, rows "
            "(N, d) or images (N, H, W), (N, H, W, C) or (N, C, H, W)"
        )
    if values.dtype == np.uint8 and values.ndim > 2:
        return values
    values = values.astype(np.float64 if values.itemsize > 2 else np.float32)
    if not np.isfinite(values).all():
        where = np.argwhere(~np.isfinite(values))[0]
        raise InputError(
            f"{path}: row {where[0]} holds {values[tuple(where)]}: fill or drop it first"
        )
    return values
