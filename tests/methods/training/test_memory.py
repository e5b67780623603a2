"""Freed memory stays: page faults of a process of its own."""

import platform
import subprocess
import sys

import pytest

LOOP = """
import resource, sys
import torch
from counterpoise.methods.training.memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
def step():
    parts = [torch.ones(9 * 2**20) for _ in range(2)]  # 36 MiB each: over what glibc ever keeps by itself
    return sum(part[0] for part in parts)
for _ in range(2):  # the heap finds its size: a block more or less is asked for once, whenever that is
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(8):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how):
    run = subprocess.run(
        [sys.executable, "-c", LOOP, how], capture_output=True, text=True, check=True
    )
    return int(run.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_blocks_that_were_freed_are_taken_again_without_page_faults():
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("another C library")
    assert faults("kept") * 10 < faults("freed")
