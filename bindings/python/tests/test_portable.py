"""The portable backend: what it does not have, and how it is chosen."""

from __future__ import annotations

import contextlib
import os
import pty
import sys
from pathlib import Path
from typing import Any

import filemap
import pytest
from conftest import Run


def test_the_portable_backend_says_what_it_does_not_have(run: Run) -> None:
    with pytest.raises(filemap.Unsupported, match="`map` needs the native backend"):
        run("command.wasm", "succeed", map=True)
    limits = ["handles", "files", "mapped", "private", "index", "dtypes", "windows"]
    limits += ["stored_bytes", "stored_keys", "file_size", "resources", "descriptors"]
    for name in ["fuel", *(f"max_{limit}" for limit in limits)]:
        with pytest.raises(filemap.Unsupported, match=f"`{name}` needs the native backend"):
            run("command.wasm", "succeed", **{name: 1})


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


def test_a_terminal_shows_that_a_plugin_is_compiled(plugins: Path) -> None:
    terminal, program = pty.openpty()
    filemap.run(plugins / "command.wasm", args=["complain"], stderr=program, check=True)
    os.close(program)
    shown = b""
    # At the end of what was written, Linux reports EIO.
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 4096):
            shown += piece
    os.close(terminal)
    message = f"compiling `{plugins / 'command.wasm'}` for the cache"
    assert shown.decode() == f"{message}\r\x1b[Kit is raining\r\n"
