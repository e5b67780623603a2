"""A sweep on a Dask cluster: a real scheduler, two worker processes, one of them killed."""

import gc
import os
import signal

import pytest
import xarray as xr
from counterpoise.cli import app
from counterpoise.simulations import regime_sweep
from counterpoise.theory.foundation.validation import InputError
from typer.testing import CliRunner

distributed = pytest.importorskip("distributed")
GRID = ([1.0, 5.0, 25.0, 125.0], [1.0, 3.0, 9.0], [1.0, 2.0])
DRAWS = 5000

pytestmark = pytest.mark.xdist_group("cluster")  # one cluster for all


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        yield cluster


def test_a_killed_worker_loses_nothing(cluster, tmp_path):
    workers = list(cluster.workers.values())
    killed = []

    def kill_one(done, total):
        if done == 3 and not killed:
            killed.append(workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    address = cluster.scheduler_address
    on_cluster = regime_sweep(*GRID, draws=DRAWS, n_jobs=address, progress=kill_one)
    assert killed
    xr.testing.assert_identical(on_cluster, regime_sweep(*GRID, draws=DRAWS))


def test_the_command_writes_the_same_file(cluster, tmp_path):
    small = ["--eta", "1,10", "--kappa", "1,3", "--separability", "2", "--draws", "50"]
    for name, option in (
        ("one", ["--jobs", "1"]),
        ("dask", ["--scheduler", cluster.scheduler_address]),
    ):
        ended = CliRunner().invoke(
            app, ["simulate", *small, *option, "--out", str(tmp_path / name)]
        )
        assert ended.exit_code == 0, ended.output
    files = {(tmp_path / name / "simulation.nc").read_bytes() for name in ("one", "dask")}
    assert len(files) == 1


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", ""])
def test_no_scheduler_is_one_clear_line(address, monkeypatch):
    monkeypatch.setattr("counterpoise.simulations.cluster.SECONDS", "1s")
    with pytest.raises(InputError, match="no Dask scheduler answers") as error:
        regime_sweep([1.0], [1.0], [1.0], draws=2, n_jobs=address)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:9", "nowhere", "tcp://nowhere:1:2", "bell://x:1"]
)
def test_a_client_that_failed_is_gone(address, monkeypatch):
    """Left for later, its end waits, on the thread of a loop that starts, for that start."""
    monkeypatch.setattr("counterpoise.simulations.cluster.SECONDS", "1s")
    gc.disable()
    try:
        with pytest.raises(InputError, match="no Dask scheduler answers"):
            regime_sweep([1.0], [1.0], [1.0], draws=2, n_jobs=address)
        assert not [one for one in gc.get_objects() if type(one) is distributed.Client]
    finally:
        gc.enable()


def test_a_loop_that_does_not_start_is_one_clear_line(monkeypatch):
    def full(*_, **__):
        raise AssertionError

    monkeypatch.setattr(distributed, "Client", full)
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        regime_sweep([1.0], [1.0], [1.0], draws=2, n_jobs="tcp://127.0.0.1:9")


def test_a_scheduler_without_workers_says_so():
    empty = distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=":0")
    with empty, pytest.raises(InputError, match="no worker"):
        regime_sweep([1.0], [1.0], [1.0], draws=2, n_jobs=empty.scheduler_address)


def test_a_cell_that_fails_says_what_it_says_here(cluster):
    with pytest.raises(InputError, match="eta"):
        regime_sweep([1e300], [1.0], [1.0], draws=2, n_jobs=cluster.scheduler_address)
