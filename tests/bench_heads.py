"""What heads cost together, as a share of one by one, under one seed and several; and a thousand of them.

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
from counterpoise.methods.training import METHODS, Recipe, recipe_of, run
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.many import SEEDS, are_heads, train_together
from counterpoise.methods.training.member import build_member
from counterpoise.methods.training.memory import keep_freed_memory
from counterpoise.theory.imbalance import exponential_profile
from joblib.externals.loky import get_reusable_executor
from lightning_fabric import Fabric

EPOCHS, SOLO, TOGETHER = 3, 2, (8, 16, 40)
STRENGTHS, RUNS = 40, 25  # a thousand runs
ALL = tuple(
    key
    for key, row in METHODS.items()
    if not row.needs_validation and are_heads(recipe_of("cifar10-lt-heads", methods=(key,)))
)
REPEATED = 2


def main() -> None:
    torch.set_num_threads(1)
    keep_freed_memory()  # as a run does
    with tempfile.TemporaryDirectory() as folder:
        write_features(Path(folder))
        os.environ["COUNTERPOISE_DATA"] = folder
        ratios()
        for called, names in (
            ("the recipe's", recipe_of("cifar10-lt-heads").methods),
            ("all", ALL),
        ):
            steps(called, names)
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
    data = {0: heads(1, seeds=1).dataset(0)}
    assert data[0].class_counts.tolist() == exponential_profile(5000, 10, 100).tolist()

    def seconds(number: int, together: bool) -> float:
        recipe = heads(number, seeds=1, epochs=EPOCHS)
        members = [build_member(m, 0, data[0], recipe, fabric) for m in recipe.methods]
        start = time.process_time()
        if together:
            train_together(members, data, recipe, fabric)
        else:
            for member in members:
                train(member, data[0], recipe, fabric, lambda member: None)
        return (time.process_time() - start) / number

    seconds(2, together=True)  # what is allocated once
    alone = seconds(SOLO, together=False)
    print(f"one by one: {alone / EPOCHS * 30:.2f} s of one core for 30 epochs")
    for number in TOGETHER:
        each = seconds(number, together=True)
        print(
            f"{number} together: {each / EPOCHS * 30:.2f} s each, {alone / each:.1f} times as fast"
        )


def steps(called: str, names: tuple[str, ...]) -> None:
    """Processor time of a step of heads of these methods, of one seed and of several together."""
    fabric = Fabric(accelerator="cpu", devices=1)
    recipe = recipe_of("cifar10-lt-heads", methods=names, seeds=SEEDS, epochs=1)
    data = {seed: recipe.dataset(seed) for seed in range(SEEDS)}
    count = -(-len(data[0].train_labels) // recipe.batch_size)

    def milliseconds(seeds: int) -> float:
        """A seed's share of a step; the least of some runs, as the machine has other work."""
        split, found = {seed: data[seed] for seed in range(seeds)}, []
        for _ in range(REPEATED):
            members = [build_member(m, s, split[s], recipe, fabric) for s in split for m in names]
            start = time.process_time()
            train_together(members, split, recipe, fabric)
            found.append((time.process_time() - start) / count / seeds * 1e3)
        return min(found)

    one, several = milliseconds(1), milliseconds(SEEDS)
    print(
        f"a step of {called} {len(names)} methods: {one:.1f} ms for one seed, {several:.1f} ms each of "
        f"{SEEDS} together ({several * SEEDS:.1f} ms), {one / several:.1f} times as fast"
    )


def thousand(out: Path) -> None:
    recipe, start = heads(STRENGTHS, seeds=RUNS), time.perf_counter()
    run(recipe, out, jobs=2)
    minutes = (time.perf_counter() - start) / 60
    get_reusable_executor().shutdown(wait=True)  # only of processes that ended is the memory known
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = [resource.getrusage(kind).ru_maxrss / 2**20 for kind in kinds]
    print(
        f"{STRENGTHS * RUNS} runs of 30 epochs in two processes: {minutes:.1f} minutes, data included"
    )
    print(f"peak memory: {peak[0]:.1f} GiB here, {peak[1]:.1f} GiB in the largest process")


if __name__ == "__main__":
    main()
