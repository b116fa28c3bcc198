"""`filemap.run`: what fails, and the exception that says it."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import filemap
import pytest
from conftest import BACKEND, Run


def test_without_check_the_code_says_how_a_plugin_ended(run: Run) -> None:
    for word, code in (("succeed", 0), ("fail", 1), ("abort", 134), ("panic", 134)):
        assert run("command.wasm", word).returncode == code, word


def test_check_raises_for_a_plugin_that_failed(run: Run, plugins: Path) -> None:
    with pytest.raises(filemap.PluginFailed) as raised:
        run("command.wasm", "fail", check=True)
    error = raised.value
    assert isinstance(error, subprocess.CalledProcessError)
    assert not isinstance(error, filemap.PluginTrapped)
    assert (error.returncode, error.stdout) == (1, "")
    assert error.cmd == [str(plugins / "command.wasm"), "fail"]
    assert str(error).startswith(f"the plugin `{error.cmd[0]}` (fail) failed with code 1:\n")
    assert "it was asked to" in str(error)


def test_check_raises_for_a_plugin_that_trapped(run: Run) -> None:
    with pytest.raises(filemap.PluginTrapped, match="it was asked to") as raised:
        run("command.wasm", "panic", check=True)
    assert isinstance(raised.value, filemap.PluginFailed)
    assert raised.value.returncode == 134


def test_a_plugin_that_runs_too_long_is_ended(run: Run) -> None:
    for word in ("spin", "flood"):
        started = time.monotonic()
        with pytest.raises(filemap.PluginTimeout) as raised:
            run("command.wasm", word, timeout=0.5)
        assert time.monotonic() - started < 30
        error = raised.value
        assert isinstance(error, subprocess.TimeoutExpired)
        assert error.timeout == 0.5
        assert str(error).endswith("was ended: it ran longer than 0.5 s")
        assert "(`--timeout`)" in str(error.stderr)
        assert (word == "flood") == bool(error.stdout)


def test_a_plugin_that_waits_is_ended_too(run: Run) -> None:
    reader, writer = os.pipe()
    try:
        with pytest.raises(filemap.PluginTimeout):
            run("command.wasm", "cat", stdin=reader, timeout=0.5)
    finally:
        os.close(reader)
        os.close(writer)


def test_a_plugin_has_the_memory_that_it_was_given(run: Run) -> None:
    size = 64 << 20
    for limit, answer in ((size // 2, "no memory for"), (size * 2, "got")):
        result = run("command.wasm", "grow", str(size), max_memory=limit, check=True)
        assert result.stdout == f"{answer} {size} bytes\n"


def test_files_that_are_missing_raise_what_open_raises(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileNotFoundError) as missing:
        run("command.wasm", "succeed", dirs=[tmp_path / "missing"])
    assert missing.value.filename == str(tmp_path / "missing")
    with pytest.raises(NotADirectoryError) as file:
        run("command.wasm", "succeed", dirs_ro={"a": tmp_path / "file"})
    assert file.value.filename == str(tmp_path / "file")
    with pytest.raises(FileNotFoundError):
        run(str(tmp_path / "missing.wasm"))
    with pytest.raises(IsADirectoryError):
        run(str(tmp_path))


def test_a_file_that_is_no_component_is_refused(run: Run, tmp_path: Path) -> None:
    for content in (b"", b"print('hello')", b"\0asm\1\0\0\0"):
        (tmp_path / "plugin.wasm").write_bytes(content)
        with pytest.raises(ValueError, match="is not a component: build it for"):
            run(str(tmp_path / "plugin.wasm"))


def test_a_component_that_is_no_program_does_not_start(run: Run, tmp_path: Path) -> None:
    filemap.component(tmp_path / "component.wasm")
    result = run(str(tmp_path / "component.wasm"))
    assert result.returncode == 1
    assert "failed to start" in result.stderr
    assert "wasi:cli/run" in result.stderr
    (tmp_path / "damaged.wasm").write_bytes(b"\0asm\x0d\0\1\0\x0a\xff")
    result = run(str(tmp_path / "damaged.wasm"))
    assert result.returncode == 1
    assert "failed to load" in result.stderr


def test_what_cannot_be_passed_on_is_refused(run: Run, plugins: Path, tmp_path: Path) -> None:
    (tmp_path / "a::b").mkdir()
    refused: list[dict[str, Any]] = [
        {"dirs": tmp_path / "a::b"},
        {"dirs": {"a::b": tmp_path}},
        {"dirs": {"": tmp_path}},
        {"env": {"A=B": "1"}},
        {"env": {"": "1"}},
        {"env": {"A": "\0"}},
        {"timeout": 0},
        {"timeout": float("nan")},
        {"max_memory": -1},
        {"max_memory": 1 << 64},
        {"backend": "fast"},
    ]
    for options in refused:
        with pytest.raises(ValueError):
            filemap.run(plugins / "command.wasm", **{"backend": BACKEND, **options})
    for argument in ("\0", "\udcff"):
        with pytest.raises(ValueError, match="cannot pass the argument"):
            run("command.wasm", "args", argument)
