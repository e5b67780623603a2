"""Shared machines: no deadlines, which say nothing about correctness, and one thread a worker.

Tests that share what a module makes once run in one worker, so that it is made once.
"""

import pytest
import torch
from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
torch.set_num_threads(1)


@pytest.hookimpl(tryfirst=True)  # before the marks are read
def pytest_collection_modifyitems(items):
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        makes = any(found[-1].scope == "module" for found in fixtures)
        if makes and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
