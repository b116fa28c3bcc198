"""What the tests share. `tests/languages/python_host.rs` of the repository runs them.

Environment variables:
    FILEMAP_TEST_BACKEND  the backend that the tests run with
    FILEMAP_TEST_PLUGINS  a folder with `terrain.wasm`, `plugged.wasm` (the same, plugged) and
                          `command.wasm`, a program that does not import `filemap:data`
    FILEMAP_TEST_DEM      the folder of the elevation model
    FILEMAP_COMMAND       the command `filemap`, to compare with
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filemap
import pytest

BACKEND: Any = os.environ["FILEMAP_TEST_BACKEND"]

# The tests of the other backend.
collect_ignore = ["test_portable.py" if BACKEND == "native" else "test_native.py"]


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
