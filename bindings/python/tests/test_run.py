"""`filemap.run`: what goes into a plugin and what comes out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import filemap
import numpy as np
import pytest
import zict
from conftest import Run


@pytest.mark.parametrize("plugin", ["terrain.wasm", "plugged.wasm"])
def test_zict_and_numpy_read_what_a_plugin_leaves(
    run: Run, dem: Path, tmp_path: Path, plugin: str
) -> None:
    options: dict[str, Any] = {
        "dirs": {"results": tmp_path},
        "dirs_ro": {"dem": dem},
        "check": True,
    }
    first = run(plugin, **options)
    assert "results  computed" in first.stdout
    store = zict.File(str(tmp_path))
    statistics = json.loads(bytes(store["stats.json"]))
    elevations = np.load(dem / "jacksboro.npy", mmap_mode="r")
    assert statistics["basis"]["shape"] == list(elevations.shape)
    slope = np.frombuffer(store["slope"], "<f4").reshape(elevations.shape)
    assert float(slope.max()) == pytest.approx(statistics["slope"]["max"], rel=1e-6)
    assert elevations[297, 219] == elevations.max()
    assert statistics["highest"] == {"row": 297, "column": 219}

    second = run(plugin, **options)
    assert "results  found in the store" in second.stdout


def test_the_result_is_that_of_subprocess(run: Run, plugins: Path) -> None:
    result = run("command.wasm", "args", "--dir", "--", "-x", "größe", "")
    assert isinstance(result, subprocess.CompletedProcess)
    assert result.stdout == '["--dir", "--", "-x", "größe", ""]\n'
    assert (result.stderr, result.returncode) == ("", 0)
    plugin = str(plugins / "command.wasm")
    assert result.args == [plugin, "args", "--dir", "--", "-x", "größe", ""]
    result.check_returncode()


def test_without_text_the_output_is_bytes(plugins: Path, tmp_path: Path) -> None:
    content = bytes(range(256)) * 1000
    result = filemap.run(
        plugins / "command.wasm", args=["cat"], input=content, capture_output=True
    )
    assert result.stdout == content
    with open(tmp_path / "out", "wb") as file:
        filemap.run(plugins / "command.wasm", args=["cat"], input=content, stdout=file)
    assert (tmp_path / "out").read_bytes() == content
    with open(tmp_path / "out", "rb") as file:
        result = filemap.run(
            plugins / "command.wasm", args=["cat"], stdin=file, stdout=subprocess.PIPE
        )
    assert result.stdout == content and result.stderr is None


def test_text_goes_in_and_comes_out(run: Run) -> None:
    assert run("command.wasm", "cat", input="Größe\n").stdout == "Größe\n"
    assert run("command.wasm", "complain").stderr == "it is raining\n"


def test_a_plugin_gets_the_given_variables_and_no_others(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "1")
    assert run("command.wasm", "env").stdout == "[]\n"
    result = run("command.wasm", "env", env={"A": "1=2", "B": ""})
    assert result.stdout == '[("A", "1=2"), ("B", "")]\n'


def test_directories_are_a_path_or_paths_or_a_mapping(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        Path(name).mkdir()
        Path(name, "text").write_text(name)
    for dirs in ("a", Path("a"), ["a"], [Path("b"), "a"], {"a": tmp_path / "a"}, {"a": "a"}):
        for option in ("dirs", "dirs_ro"):
            result = run("command.wasm", "read", "a/text", check=True, **{option: dirs})
            assert result.stdout == "a", (option, dirs)
    assert run("command.wasm", "read", "b/text", dirs="a").returncode == 1


def test_a_directory_for_reading_is_not_written(run: Run, tmp_path: Path) -> None:
    arguments = ("command.wasm", "write", "d/new", "text")
    assert run(*arguments, dirs_ro={"d": tmp_path}).returncode == 1
    assert list(tmp_path.iterdir()) == []
    run(*arguments, dirs={"d": tmp_path}, check=True)
    assert (tmp_path / "new").read_text() == "text"
