"""From a published data set to one a run uses: profile, subset, validation split, label noise.

Source: the construction of long-tailed CIFAR (Cui et al., CVPR 2019; Cao et al., NeurIPS 2019); validation
images are removed first, as by Sinha et al. (ACCV 2020). Checked by: published counts and subset hashes,
disjoint splits, and noise of the rate asked for.
"""

import torch
from torch import Tensor

from ...theory.foundation.validation import InputError, as_number, as_whole, one_of
from ...theory.imbalance import exponential_profile, step_profile
from .dataset import Dataset, Split
from .long_tailed import canonical_indices, indices_hash, long_tailed_indices
from .noise import noisy_labels
from .source import Source

__all__ = ["PROFILES", "SUBSETS", "assemble"]

PROFILES = {"exponential": exponential_profile, "step": step_profile, "as-is": None}
"""How class counts fall; ``as-is`` keeps a tail that is there."""
SUBSETS = ("canonical", "seeded")
"""The field's choice of images, the same for every seed; or a new one for each."""


def assemble(
    source: Source,
    name: str,
    *,
    imbalance_factor: float = 100.0,
    profile: str = "exponential",
    subset: str = "canonical",
    seed: int = 0,
    validation: int = 0,
    label_noise: float = 0.0,
    augmentation: str = "none",
) -> Dataset:
    """The data set of a run.

    Parameters
    ----------
    imbalance_factor, profile
        Class counts: the first class keeps all that the smallest class of the source has.
    subset
        ``"canonical"``: see `canonical_indices`; ``"seeded"``: another for every seed.
    validation
        Training examples per class that are set apart, before the profile is cut; of a tail that is kept
        at most a fifth of a class.
    label_noise
        Share of training labels that are replaced by another class, drawn uniformly.

    Raises
    ------
    InputError
        If an argument is out of range, or a class would be left empty.

    >>> from .source import Part
    >>> part = Part(torch.arange(2).repeat_interleave(20), torch.eye(40).__getitem__)
    >>> data = assemble(Source("mine", ("a", "b"), part, part), "mine", imbalance_factor=10)
    >>> data.class_counts.tolist()
    [20, 2]
    """
    one_of("profile", profile, PROFILES)
    one_of("subset", subset, SUBSETS)
    noise = as_number("label_noise", label_noise, low=0, high=1, high_open=True)
    size, classes = as_whole("validation", validation, 0), len(source.class_names)
    _check_labels(source)
    labels, generator = source.train.labels, torch.Generator().manual_seed(seed)
    available = torch.bincount(labels, minlength=classes)
    held = _held_out(available, size, profile, source.class_names)
    apart = long_tailed_indices(labels, held.numpy(), torch.Generator().manual_seed(seed))
    free = torch.ones(len(labels), dtype=torch.bool)
    free[apart] = False
    pool = torch.nonzero(free).flatten()
    make = PROFILES[profile]
    if make is None:
        chosen = pool
    else:
        counts = make(int((available - held).min()), classes, imbalance_factor)
        draw = canonical_indices if subset == "canonical" else long_tailed_indices
        which = 0 if subset == "canonical" else generator
        chosen = pool[draw(labels[pool], counts, which)]  # type: ignore[operator]
    kept = noisy_labels(labels[chosen], classes, noise, generator)
    test = torch.arange(len(source.test.labels))
    return Dataset(
        name=name,
        class_names=source.class_names,
        class_counts=torch.bincount(kept, minlength=classes),
        train_images=source.train.read(chosen),
        train_labels=kept,
        test_images=source.test.read(test),
        test_labels=source.test.labels,
        validation=Split(source.train.read(apart), labels[apart]) if size else None,
        title=source.title,
        mean=source.mean,
        std=source.std,
        augmentation=augmentation,
        subset="" if make is None else indices_hash(chosen),
    )


def _check_labels(source: Source) -> None:
    classes = len(source.class_names)
    for name, part in (("training", source.train), ("test", source.test)):
        if len(part.labels) and not 0 <= part.labels.min() <= part.labels.max() < classes:
            raise InputError(
                f"{source.title}: {name} labels go from {part.labels.min()} to {part.labels.max()}, and "
                f"there are {classes} classes: is a file damaged?"
            )


def _held_out(available: Tensor, size: int, profile: str, class_names: tuple[str, ...]) -> Tensor:
    """Validation examples per class."""
    if PROFILES[profile] is None and size:
        if available.min() < 2:
            raise InputError(
                f"validation = {size}: class {class_names[int(available.argmin())]!r} has "
                f"{int(available.min())} training examples; a class needs two, one to learn from and one to "
                "validate on"
            )
        return torch.minimum(torch.full_like(available, size), (available // 5).clamp(min=1))
    if size >= int(available.min()):
        raise InputError(
            f"validation = {size}: must be below {int(available.min())}, the smallest class's examples"
        )
    return torch.full_like(available, size)
