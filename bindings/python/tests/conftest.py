"""What the tests share. `tests/languages/python_host.rs` of the repository runs them.

Environment variables:
    FILEMAP_TEST_BACKEND  the backend that the tests run with
    FILEMAP_TEST_PLUGINS  a folder with `terrain.wasm`, `plugged.wasm` (the same, plugged),
                          `command.wasm`, a program that does not import `filemap:data`, and for
                          the tests of `filemap.dask` `cluster.wasm`, `lock.wasm`, and the examples
                          `difference.wasm`, `difference-python.wasm` and `halve.wasm`
    FILEMAP_TEST_DEM      the folder of the elevation model
    FILEMAP_COMMAND       the command `filemap`, to compare with
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import filemap
import pytest
from distributed import Client, LocalCluster

BACKEND: Any = os.environ["FILEMAP_TEST_BACKEND"]

# The tests of the other backend. A cluster does the same with both.
collect_ignore_glob = (
    ["test_portable.py"] if BACKEND == "native" else ["test_native.py", "test_dask_*.py"]
)


@pytest.fixture
def plugins() -> Path:
    return Path(os.environ["FILEMAP_TEST_PLUGINS"])


@pytest.fixture
def dem() -> Path:
    return Path(os.environ["FILEMAP_TEST_DEM"])


@pytest.fixture
def command() -> str:
    return os.environ["FILEMAP_COMMAND"]


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(plugins: Path) -> Run:
    """Runs a program of the folder of plugins and captures its output as text."""

    def run(name: str, *args: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return filemap.run(
            plugins / name,
            args=args,
            capture_output=True,
            text=True,
            backend=BACKEND,
            **options,
        )

    return run


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    """A client of a cluster of two worker processes."""
    options: dict[str, Any] = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        yield client


def wait_until(condition: Callable[[], object]) -> None:
    """Waits for what another process does, and fails if it hangs."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "the other process does not get on"
        time.sleep(0.01)
