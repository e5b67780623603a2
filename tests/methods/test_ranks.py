"""What accumulates under ``torch.distributed``: two processes hold what one holds of their joined batches."""

import json
import os
import subprocess
import sys
from pathlib import Path

import counterpoise
import numpy as np
import pytest
import torch
from counterpoise.methods import ClassAwareSampler, SeesawLoss, class_balanced_sampler
from counterpoise.methods.ranks import summed_over_ranks
from counterpoise.methods.ratios.moments import MomentMatching

STEPS, BATCH = 3, 8
LOOPBACK = {"GLOO_SOCKET_IFNAME": "lo"} if sys.platform == "linux" else {}

TARGET = np.repeat([0, 1, 2], [40, 15, 6])

# One rank of two: its losses, slopes, counts, prototypes and the examples that it draws, as JSON.
RANK = """
import json, sys
import numpy as np
import torch, torch.distributed as dist
from counterpoise.methods import ClassAwareSampler, DensityRatioWeights, SeesawLoss, class_balanced_sampler
rank, store, data = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
torch.set_num_threads(1)
labels = np.repeat([0, 1, 2], [40, 15, 6])
before = class_balanced_sampler(labels)  # made before the processes know of each other
dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=2)
loss, moments = SeesawLoss(3, ignore_index=-1), DensityRatioWeights([50, 10, 5], 2, preset="stable")
values, slopes = [], []
for logits, target, features in data:
    z = torch.tensor(logits, dtype=torch.float64).chunk(2)[rank].requires_grad_()
    y = torch.tensor(target).chunk(2)[rank]
    value = loss(z, y)
    value.backward()
    values.append(value.item())
    slopes.append(z.grad.tolist())
    moments.update(torch.tensor(features, dtype=torch.float64).chunk(2)[rank], y.clamp(min=0))
after = ClassAwareSampler(labels)
before.set_epoch(3), after.set_epoch(3)
drawn = [list(before), list(after), len(before), len(after)]
print(json.dumps([values, slopes, loss.seen.tolist(), moments.prototypes.tolist(), drawn]))
dist.destroy_process_group()
"""


@pytest.fixture(scope="module")
def data():
    generator = torch.Generator().manual_seed(0)
    steps = []
    for step in range(STEPS):
        target = torch.randint(step + 1, (BATCH,), generator=generator)  # the ranks' classes differ
        logits = torch.randn(BATCH, 3, generator=generator, dtype=torch.float64)
        features = torch.randn(BATCH, 2, generator=generator, dtype=torch.float64)
        steps.append([logits.tolist(), target.tolist(), features.tolist()])
    return steps


@pytest.fixture(scope="module")
def ranks(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ranks")
    package = str(Path(counterpoise.__file__).parents[1])
    started = [
        subprocess.Popen(
            [sys.executable, "-c", RANK, str(rank), str(folder / "store"), json.dumps(data)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": package,
                "OMP_NUM_THREADS": "1",
                **LOOPBACK,
            },
        )
        for rank in range(2)
    ]
    answers = []
    for process in started:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        answers.append(json.loads(out.splitlines()[-1]))
    return answers


def test_seesaw_counts_what_one_process_counts_of_the_joined_batches(ranks, data):
    loss = SeesawLoss(3, ignore_index=-1)
    for step, (logits, target, _) in enumerate(data):
        z = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
        value = loss(z, torch.tensor(target))
        value.backward()
        per_rank = [answer[0][step] for answer in ranks]
        assert sum(per_rank) / 2 == pytest.approx(value.item(), rel=1e-12)
        slopes = torch.tensor([answer[1][step] for answer in ranks], dtype=torch.float64)
        torch.testing.assert_close(slopes.flatten(0, 1) / 2, z.grad)
    for answer in ranks:
        assert answer[2] == loss.seen.tolist()
    assert sum(ranks[0][2]) == STEPS * BATCH


def test_prototypes_are_those_of_one_process_on_the_joined_batches(ranks, data):
    moments = MomentMatching(3, 2)
    for _, target, features in data:
        moments.observe(torch.tensor(features, dtype=torch.float64), torch.tensor(target))
    assert ranks[0][3] == ranks[1][3]
    for answer in ranks:
        prototypes = torch.tensor(answer[3], dtype=torch.float64)
        torch.testing.assert_close(prototypes, moments.prototypes)


def test_samplers_share_what_torch_distributed_says(ranks):
    for place, build in enumerate((class_balanced_sampler, ClassAwareSampler)):
        for rank, answer in enumerate(ranks):
            sampler = build(TARGET, rank=rank, num_replicas=2, seed=0)
            sampler.set_epoch(3)
            assert answer[4][place] == list(sampler)
            assert answer[4][place + 2] == len(sampler)


def test_without_other_ranks_nothing_is_summed():
    count = torch.ones(3)
    assert summed_over_ranks(count) is count
