"""What heads cost together, as a share of one by one; and how long a thousand take, and their memory.

Features are drawn at random, as many and as wide as those of CIFAR-10-LT at factor 100 under
EfficientNet-Lite0; time does not depend on them. Run with ``python -m tests.bench_heads``.
"""

import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from counterpoise.methods.training import Recipe, recipe_of, run
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.many import train_together
from counterpoise.methods.training.member import build_member
from counterpoise.theory.imbalance import exponential_profile
from joblib.externals.loky import get_reusable_executor
from lightning_fabric import Fabric

EPOCHS, SOLO, TOGETHER = 3, 2, (8, 16, 40)
METHODS, SEEDS = 40, 25  # a thousand runs


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        write_features(Path(folder))
        os.environ["COUNTERPOISE_DATA"] = folder
        ratios()
        thousand(Path(folder) / "run")


def write_features(folder: Path) -> None:
    random = np.random.default_rng(0)
    train, test = np.repeat(np.arange(10), 5000), np.repeat(np.arange(10), 1000)
    X, X_test = (
        random.random((len(y), 1280), dtype=np.float32).astype("f2") for y in (train, test)
    )
    (folder / "features").mkdir()
    np.savez(folder / "features" / "cifar10.npz", X=X, y=train, X_test=X_test, y_test=test)


def methods(number: int) -> tuple[str, ...]:
    return tuple(f"la@tau={strength:g}" for strength in np.linspace(0.05, 2, number))


def heads(number: int, **fields: int) -> Recipe:
    return recipe_of("cifar10-lt-heads", methods=methods(number), **fields)


def ratios() -> None:
    """Processor time of a run among many over that of a run alone, for the same epochs."""
    fabric = Fabric(accelerator="cpu", devices=1)
    data = heads(1, seeds=1).dataset(0)
    assert data.class_counts.tolist() == exponential_profile(5000, 10, 100).tolist()

    def seconds(number: int, together: bool) -> float:
        recipe = heads(number, seeds=1, epochs=EPOCHS)
        members = [build_member(m, 0, data, recipe, fabric) for m in recipe.methods]
        start = time.process_time()
        if together:
            train_together(members, data, recipe, fabric)
        else:
            for member in members:
                train(member, data, recipe, fabric, lambda member: None)
        return (time.process_time() - start) / number

    seconds(2, together=True)  # what is allocated once
    alone = seconds(SOLO, together=False)
    print(f"one by one: {alone / EPOCHS * 30:.2f} s of one core for 30 epochs")
    for number in TOGETHER:
        each = seconds(number, together=True)
        print(
            f"{number} together: {each / EPOCHS * 30:.2f} s each, {alone / each:.1f} times as fast"
        )


def thousand(out: Path) -> None:
    recipe, start = heads(METHODS, seeds=SEEDS), time.perf_counter()
    run(recipe, out, jobs=2)
    minutes = (time.perf_counter() - start) / 60
    get_reusable_executor().shutdown(wait=True)  # only of processes that ended is the memory known
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = [resource.getrusage(kind).ru_maxrss / 2**20 for kind in kinds]
    print(
        f"{METHODS * SEEDS} runs of 30 epochs in two processes: {minutes:.1f} minutes, data included"
    )
    print(f"peak memory: {peak[0]:.1f} GiB here, {peak[1]:.1f} GiB in the largest process")


if __name__ == "__main__":
    main()
