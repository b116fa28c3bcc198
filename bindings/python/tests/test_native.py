"""The native backend: the limits of `filemap run`, files in memory, and how it is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import filemap
import pytest
from conftest import Run


@pytest.fixture
def grants(dem: Path, tmp_path: Path) -> dict[str, Any]:
    return {"dirs": {"results": tmp_path}, "dirs_ro": {"dem": dem}}


@pytest.mark.parametrize(
    "limit", ["handles", "files", "mapped", "index", "dtypes", "stored_keys", "stored_bytes"]
)
def test_a_plugin_that_exceeds_a_limit_gets_an_error(
    run: Run, grants: dict[str, Any], limit: str
) -> None:
    result = run("terrain.wasm", **grants, **{f"max_{limit}": 0})
    assert result.returncode == 1
    assert f"the limit `max_{limit}` is 0 " in result.stderr


def test_limits_that_suffice_change_nothing(run: Run, grants: dict[str, Any]) -> None:
    names = ["memory", "handles", "files", "mapped", "private", "index", "dtypes", "windows"]
    names += ["stored_bytes", "stored_keys", "file_size", "resources", "descriptors"]
    limits = {f"max_{name}": 1 << 30 for name in names}
    run("terrain.wasm", **grants, **limits, fuel=1 << 40, map=True, timeout=600, check=True)


def test_a_plugin_that_has_used_up_its_fuel_is_ended(run: Run) -> None:
    result = run("command.wasm", "spin", fuel=1_000_000)
    assert result.returncode == 125
    assert "the limit `--fuel` is 1000000" in result.stderr
    with pytest.raises(filemap.PluginFailed, match="`--fuel`"):
        run("command.wasm", "spin", fuel=1_000_000, check=True)


def test_the_native_backend_is_the_default(plugins: Path, grants: dict[str, Any]) -> None:
    for backend, locked in ((None, True), ("portable", False)):
        result = filemap.run(
            plugins / "terrain.wasm",
            **{"backend": backend, "text": True, "stdout": -1, "check": True, **grants},
        )
        # WASI has no locks, and the description of the store says so.
        assert ("not locked" in result.stdout) != locked
