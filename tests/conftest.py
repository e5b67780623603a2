"""Shared machines: no deadlines, which say nothing about correctness, and one thread a worker, of BLAS too.

A test says the same whatever ran before it: each begins with the same global seeds. Hypothesis draws new
examples in each run, 40 where a test names no number, 100 with ``--whole``; the same ones in each run under
``--hypothesis-profile=reproducible``.
Tests that share what a module makes once run in one worker, so that it is made once. What is marked `whole`
runs with ``--whole`` alone: the rest of a family of which a fixed sample runs always, and a minute's work.
"""

import os
import random

# Before NumPy: threads of several workers wait for each other, and whoever waits is busy.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest
import torch
from hypothesis import settings

torch.set_num_threads(1)


@pytest.hookimpl(tryfirst=True)  # before hypothesis loads the profile that is named
def pytest_configure(config):
    usual = {"deadline": None, "max_examples": 100 if config.getoption("whole") else 40}
    settings.register_profile("no deadline", **usual)
    settings.register_profile("reproducible", **usual, derandomize=True)
    settings.load_profile("no deadline")


@pytest.hookimpl(tryfirst=True)  # before fixtures are made
def pytest_runtest_setup():
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002  scikit-learn's default
    torch.default_generator.manual_seed(0)  # manual_seed formats a stack each time


def pytest_addoption(parser):
    parser.addoption(
        "--whole", action="store_true", help="whole families, not a fixed sample of each"
    )


@pytest.hookimpl(tryfirst=True)  # before the marks are read
def pytest_collection_modifyitems(config, items):
    left = [item for item in items if item.get_closest_marker("whole")]
    if left and not config.getoption("whole"):
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        makes = any(found[-1].scope == "module" for found in fixtures)
        if makes and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
