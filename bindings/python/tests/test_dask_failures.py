"""`filemap.dask`: plugins that fail, and workers that die."""

from __future__ import annotations

import os
import pickle
import signal
from pathlib import Path
from typing import Any

import filemap
import filemap.dask
import numpy as np
import pytest
from conftest import wait_until
from dask.base import annotate
from distributed import Client
from numpy.typing import NDArray

ROWS = 40


class Job:
    """The arguments of jobs that double `source.npy`, and a directory `marker` for the plugin."""

    def __init__(self, plugins: Path, folder: Path) -> None:
        self.source: NDArray[Any] = np.arange(ROWS * 3, dtype="<i4").reshape(ROWS, 3)
        np.save(folder / "source.npy", self.source)
        self.out, self.marker = folder / "out/out.npy", folder / "marker"
        for directory in ("out", "marker"):
            (folder / directory).mkdir()
        self.files = (plugins / "cluster.wasm", folder / "source.npy")
        self.plugins = plugins

    def array(self, *words: str, chunks: int = 20, **options: Any) -> Any:
        options = {"dirs": {"marker": self.marker}, **options}
        return filemap.dask.map_windows(
            *self.files, self.out, chunks=chunks, args=words, **options
        )

    def is_right(self, result: NDArray[Any]) -> bool:
        expected = (self.source * 2).tobytes()
        return result.tobytes() == expected and np.load(self.out).tobytes() == expected


@pytest.fixture
def job(plugins: Path, tmp_path: Path) -> Job:
    return Job(plugins, tmp_path)


def worker_of(client: Client, key: Any) -> tuple[str, int]:
    """Returns the address and the process of the worker that runs a task."""
    found = [worker for worker, keys in client.processing().items() if key in keys]
    assert len(found) == 1, found
    return found[0], client.run(os.getpid, workers=found)[found[0]]


def test_a_trap_fails_its_task_with_its_text_and_the_cluster_lives(
    client: Client, job: Job
) -> None:
    workers = client.run(os.getpid)
    future = client.compute(job.array("trap"))
    with pytest.raises(filemap.PluginTrapped) as raised:
        future.result()
    assert "row 20 is too steep" in str(raised.value)
    assert "row 20 is too steep" in str(raised.value.stderr)
    assert raised.value.cmd[3:] == ["20", "40", "trap"]
    assert "(source/source.npy out/out.npy 20 40 trap) trapped" in str(raised.value)
    # The same processes go on.
    assert job.is_right(job.array().compute())
    assert client.run(os.getpid) == workers


def test_a_plugin_that_fails_is_an_exception_with_its_text(client: Client, job: Job) -> None:
    with pytest.raises(filemap.PluginFailed, match="it was asked to") as raised:
        job.array("fail").compute()
    assert not isinstance(raised.value, filemap.PluginTrapped)


def test_time_and_limits_are_those_of_a_task(client: Client, job: Job) -> None:
    with pytest.raises(filemap.PluginTimeout, match="it ran longer than 0.5 s"):
        job.array("spin", timeout=0.5).compute()
    with pytest.raises(filemap.PluginFailed, match="the limit `max_handles` is 0"):
        job.array(max_handles=0).compute()
    assert job.is_right(job.array(timeout=600, max_handles=10, max_threads=2).compute())


def test_exceptions_survive_the_way_to_the_client() -> None:
    for error in (
        filemap.PluginTrapped(134, ["a.wasm", "1"], "out", "too steep"),
        filemap.PluginTimeout(["a.wasm", "1"], 2.5, "out", "ended"),
    ):
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


def test_dask_repeats_a_task_that_failed(client: Client, job: Job) -> None:
    with pytest.raises(filemap.PluginFailed, match="this time only"):
        job.array("fail-once").compute()
    (job.marker / "failed").rmdir()
    future = client.compute(job.array("fail-once"), retries=1)
    assert job.is_right(future.result())
    (job.marker / "failed").rmdir()
    with annotate(retries=1):
        writing = filemap.dask.write_windows(
            *job.files, job.out, chunks=20, args=["fail-once"], dirs={"marker": job.marker}
        )
    client.compute(writing).result()
    assert job.is_right(np.load(job.out))


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(client: Client, job: Job) -> None:
    array = job.array("half")
    future = client.compute(array)
    wait_until((job.marker / "half").exists)
    # Half of the first window is written, and the plugin waits.
    assert np.load(job.out)[:10].tobytes() == (job.source[:10] * 2).tobytes()
    assert not np.load(job.out)[10:20].any()
    keys = map(str, array.__dask_graph__())
    key = next(key for key in keys if key.startswith("cluster-") and key.endswith("-0"))
    _, process = worker_of(client, key)
    os.kill(process, signal.SIGKILL)
    assert job.is_right(future.result())
    client.wait_for_workers(2)
    assert process not in client.run(os.getpid).values()


def test_the_plugin_of_a_killed_worker_lets_its_store_go(
    client: Client, job: Job, tmp_path: Path
) -> None:
    held, release = job.marker / "held", job.marker / "release"
    stores = filemap.dask.map_partitions_to_store(
        *job.files, tmp_path / "stores", chunks=ROWS, args=["hold"], dirs={"marker": job.marker}
    )
    future = client.compute(stores)
    wait_until(held.exists)
    (key,) = [key for key in stores.__dask_graph__() if not str(key).endswith("-done")]
    _, process = worker_of(client, key)
    held.rmdir()
    os.kill(process, signal.SIGKILL)
    # The task that runs again has opened the store, which is no longer `busy`.
    wait_until(lambda: held.exists() or future.status == "error")
    release.touch()
    assert dict(future.result()) == {"rows from 0": b"to 40"}
    client.wait_for_workers(2)
