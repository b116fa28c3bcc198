"""`filemap.plug`, `component` and `wit` give what the command `filemap` gives."""

from __future__ import annotations

import subprocess
from pathlib import Path

import filemap
import pytest


def test_plug_returns_what_the_command_writes(plugins: Path, tmp_path: Path) -> None:
    output = tmp_path / "plugged.wasm"
    plugged = filemap.plug(plugins / "terrain.wasm", output)
    assert plugged == (plugins / "plugged.wasm").read_bytes() == output.read_bytes()
    portably = filemap.plug(plugins / "terrain.wasm", backend="portable")
    assert portably == plugged


def test_plug_says_why_it_cannot(plugins: Path, tmp_path: Path) -> None:
    for name in ("command.wasm", "plugged.wasm"):
        with pytest.raises(
            filemap.CommandFailed,
            match=f"^failed to plug `.*{name}`: it imports neither `filemap:data` nor "
            "`wasi:keyvalue@0.2.0-draft`, so it needs no provider$",
        ):
            filemap.plug(plugins / name)
    (tmp_path / "text.wasm").write_text("hello")
    with pytest.raises(ValueError, match="is not a component"):
        filemap.plug(tmp_path / "text.wasm")
    with pytest.raises(FileNotFoundError):
        filemap.plug(tmp_path / "missing.wasm")
    with pytest.raises(FileNotFoundError):
        filemap.plug(plugins / "terrain.wasm", tmp_path / "missing" / "plugged.wasm")


def test_component_returns_what_the_command_writes(command: str, tmp_path: Path) -> None:
    subprocess.run([command, "component", "-o", tmp_path / "command.wasm"], check=True)
    component = filemap.component(tmp_path / "module.wasm")
    assert component == (tmp_path / "command.wasm").read_bytes()
    assert component == (tmp_path / "module.wasm").read_bytes()


def test_wit_returns_and_writes_what_the_command_does(command: str, tmp_path: Path) -> None:
    printed = subprocess.run([command, "wit"], check=True, capture_output=True).stdout
    subprocess.run([command, "wit", "-o", tmp_path / "command"], check=True)
    assert filemap.wit(tmp_path / "module").encode() == printed
    assert filemap.wit().encode() == printed
    assert contents(tmp_path / "module") == contents(tmp_path / "command")


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
