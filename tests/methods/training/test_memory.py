"""Freed memory stays: page faults of a process of its own."""

import platform
import subprocess
import sys

import pytest

LOOP = """
import resource
import torch
from counterpoise.methods.training.memory import keep_freed_memory
def step():
    parts = [torch.ones(9 * 2**20) for _ in range(2)]  # 36 MiB each: over what glibc ever keeps by itself
    return sum(part[0] for part in parts)
def faults():
    for _ in range(2):  # the heap finds its size: a block more or less is asked for once, whenever that is
        step()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(8):
        step()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
freed = faults()
keep_freed_memory()
print(freed, faults())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_blocks_that_were_freed_are_taken_again_without_page_faults():
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("another C library")
    run = subprocess.run([sys.executable, "-c", LOOP], capture_output=True, text=True, check=True)
    freed, kept = map(int, run.stdout.split())
    assert kept * 10 < freed
