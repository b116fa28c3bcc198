"""The portable backend: what it does not have, and how it is chosen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import filemap
import pytest
from conftest import Run


def test_the_portable_backend_says_what_it_does_not_have(run: Run) -> None:
    with pytest.raises(filemap.Unsupported, match="`map` needs the native backend"):
        run("command.wasm", "succeed", map=True)
    for limit in ("handles", "files", "mapped", "private", "index", "dtypes", "windows"):
        with pytest.raises(filemap.Unsupported, match=f"`max_{limit}` needs the native backend"):
            run("command.wasm", "succeed", **{f"max_{limit}": 1})


def test_the_portable_backend_is_the_default_if_there_is_no_command(
    plugins: Path, dem: Path, tmp_path: Path
) -> None:
    grants: dict[str, Any] = {"dirs": {"results": tmp_path}, "dirs_ro": {"dem": dem}}
    result = filemap.run(plugins / "terrain.wasm", capture_output=True, check=True, **grants)
    # WASI has no locks, and the description of the store says so.
    assert b"not locked" in result.stdout
    for call in (filemap.run, filemap.plug):
        with pytest.raises(filemap.BackendMissing, match="needs Linux"):
            call(plugins / "terrain.wasm", backend="native")


def test_without_wasmtime_the_error_says_what_to_install(
    plugins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "wasmtime", None)
    for call in (filemap.run, filemap.plug):
        with pytest.raises(filemap.BackendMissing, match=r"pip install 'filemap-wasm\[portable\]'"):
            call(plugins / "terrain.wasm")
