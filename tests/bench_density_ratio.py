"""What density-ratio weights cost: beside a loop over the classes, and beside the network's step.

The loops are written from the equations, in float64 as the weights are: for every class in turn its
samples, their Gram matrix and its inverse; then at once or, as public ports do it, for every sample in
turn its weight. A step is weights and the update of the prototypes. Rounds are interleaved; the ratios
are of medians. Beside the step stands what a watch of the bound adds to it, and beside the search over widths
and ridges that of the package ``densratio``.
Run with ``python -m tests.bench_density_ratio``.
"""

import statistics
import time

import numpy as np
import torch
from counterpoise.methods import ULSIF, BoundWatch, DensityRatioWeights
from counterpoise.methods.models import build_model
from counterpoise.methods.training.memory import keep_freed_memory
from counterpoise.theory.imbalance import exponential_profile
from densratio import densratio
from torch import Tensor

SHAPES = {(128, 64, 10): 150, (128, 64, 100): 60, (256, 512, 1000): 20}
"""Batch, features, classes; and rounds."""
SIZES = (1000, 5000)
GRID = 10.0 ** np.arange(-3, 10)


class Loop:
    """Density-ratio weights class by class."""

    def __init__(self, counts: np.ndarray, num_features: int, by_sample: bool) -> None:
        self.by_sample = by_sample
        self.counts = torch.from_numpy(counts)
        self.prototypes = torch.zeros(len(counts), num_features, dtype=torch.float64)
        self.seen = [False] * len(counts)

    def weights(self, features: Tensor, target: Tensor) -> Tensor:
        features = features.double()
        raw, left = torch.zeros(len(target), dtype=torch.float64), {}
        for label in range(len(self.counts)):
            members = target == label
            size = int(members.sum())
            if size == 0:
                continue
            phi = features[members]
            ratio = torch.ones(size, dtype=torch.float64)
            if self.seen[label]:
                gram = phi @ phi.T
                penalty = 1e-2 * gram.trace() / size * torch.eye(size, dtype=torch.float64)
                shift = phi @ (self.prototypes[label] - phi.mean(dim=0))
                ratio = 1 + size * torch.linalg.inv(gram + penalty) @ shift
            ratio = ratio.clamp(min=1e-9) * self.counts.sum() / self.counts[label]
            if not self.by_sample:
                raw[members] = ratio
                continue
            left[label] = ratio.tolist()
        for place in range(len(target) if self.by_sample else 0):
            raw[place] = left[int(target[place].item())].pop(0)
        return (raw / raw.mean()).float()

    def update(self, features: Tensor, target: Tensor) -> None:
        features = features.double()
        for label in range(len(self.counts)):
            members = target == label
            if not members.any():
                continue
            mean = features[members].mean(dim=0)
            if self.seen[label]:
                mean = 0.9 * self.prototypes[label] + 0.1 * mean
            self.prototypes[label] = mean
            self.seen[label] = True


def main() -> None:
    torch.set_num_threads(1)
    keep_freed_memory()
    print(
        "weights and update of one batch, milliseconds (medians of interleaved rounds, one thread)"
    )
    print(f"{'batch, features, classes':26}{'port':>8}{'loop':>8}{'ours':>11}{'times':>13}")
    for shape in SHAPES:
        port, loop, solve = measure(*shape)
        times = f"{port / solve:.1f}, {loop / solve:.1f}"
        print(f"{shape!s:26}{port:8.2f}{loop:8.2f}{solve:11.2f}{times:>13}")
    solve, network = measure_network(*next(iter(SHAPES)))
    print(
        f"a ResNet-32's step on as many images {network:.0f} ms: {100 * solve / network:.2f} % of it"
    )

    watch = measure_watch(*next(iter(SHAPES)))
    print(
        f"watching the bound {watch:.3f} ms a step, an epoch's end included: {100 * watch / network:.2f} %"
    )

    print("\nuLSIF, 13 widths and 13 ridges, seconds (one run)")
    print(f"{'examples':26}{'densratio':>11}{'ours':>8}{'times':>8}")
    for size in SIZES:
        package, ours = measure_search(size)
        print(f"{size:<26}{package:11.2f}{ours:8.2f}{package / ours:8.1f}")


def measure(batch: int, num_features: int, classes: int) -> list[float]:
    generator = torch.Generator().manual_seed(0)
    counts = exponential_profile(5000, classes, 100)
    share = torch.from_numpy(counts / counts.sum())
    contenders = [
        Loop(counts, num_features, by_sample=True),
        Loop(counts, num_features, by_sample=False),
        DensityRatioWeights(counts, num_features),
    ]
    times: list[list[float]] = [[] for _ in contenders]
    for _ in range(SHAPES[batch, num_features, classes]):
        features = torch.rand(batch, num_features, generator=generator)
        target = torch.multinomial(share, batch, replacement=True, generator=generator)
        answers = []
        for contender, spent in zip(contenders, times, strict=True):
            start = time.perf_counter()
            answers.append(step(contender, features, target))
            spent.append(time.perf_counter() - start)
        for answer in answers[1:]:
            torch.testing.assert_close(answer, answers[0], rtol=1e-4, atol=1e-4)
    return [1e3 * statistics.median(spent) for spent in times]


def measure_network(
    batch: int, num_features: int, classes: int, rounds: int = 6
) -> tuple[float, float]:
    """The weights' step and a ResNet-32's, interleaved; milliseconds."""
    network = build_model("resnet32", (3, 32, 32), classes)
    optimiser = torch.optim.SGD(network.parameters(), lr=1e-3, momentum=0.9)
    rdr = DensityRatioWeights(exponential_profile(5000, classes, 100), num_features)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        images, target = torch.randn(batch, 3, 32, 32), torch.randint(classes, (batch,))
        begun = time.perf_counter()
        logits, features = network(images)
        loss = torch.nn.functional.cross_entropy(logits, target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        between = time.perf_counter()
        step(rdr, features.detach(), target)
        times[1].append(between - begun)
        times[0].append(time.perf_counter() - between)
    return 1e3 * statistics.median(times[0]), 1e3 * statistics.median(times[1])


def measure_watch(batch: int, num_features: int, classes: int, rounds: int = 7) -> float:
    """What a watch adds to a step, of epochs as long as those of CIFAR-10-LT; milliseconds."""
    counts, head = exponential_profile(5000, classes, 100), torch.nn.Linear(num_features, classes)
    watch = BoundWatch(counts, torch.nn.CrossEntropyLoss(), head=head)
    steps, spent = round(counts.sum() / batch), []
    features, target = torch.rand(batch, num_features), torch.randint(classes, (batch,))
    logits = head(features).detach()
    for _ in range(rounds):
        begun = time.perf_counter()
        for _ in range(steps):
            watch.see(logits, target, features=features)
        watch.end_epoch()
        spent.append((time.perf_counter() - begun) / steps)
    return 1e3 * statistics.median(spent)


def step(contender: Loop | DensityRatioWeights, features: Tensor, target: Tensor) -> Tensor:
    if isinstance(contender, Loop):
        weights = contender.weights(features, target)
    else:
        weights = contender(features, target)
    contender.update(features, target)
    return weights


def measure_search(size: int) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    above, below = rng.normal(0.5, 0.8, (size, 5)), rng.normal(0, 1, (size, 5))
    seconds = []
    for search in (
        lambda: densratio(above, below, sigma_range=GRID, lambda_range=GRID, verbose=False),
        lambda: ULSIF(width=GRID, ridge=GRID).fit(above, below),
    ):
        start = time.perf_counter()
        search()
        seconds.append(time.perf_counter() - start)
    return seconds[0], seconds[1]


if __name__ == "__main__":
    main()
