"""`filemap.dask.map_windows` and `write_windows`: what they compute, and how Dask sees it."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import filemap
import filemap.dask
import numpy as np
import pytest
from dask.utils import key_split
from distributed import Client
from filemap.dask import _npy
from numpy.typing import NDArray

ROWS = 103


@pytest.fixture
def numbers(tmp_path: Path) -> NDArray[Any]:
    """The elements of the file `source.npy`."""
    numbers = np.random.default_rng(0).normal(size=(ROWS, 7))
    np.save(tmp_path / "source.npy", numbers)
    (tmp_path / "out").mkdir()
    return numbers


def differences(numbers: NDArray[Any]) -> NDArray[Any]:
    return np.diff(numbers, axis=0, prepend=np.zeros((1, numbers.shape[1])))


@pytest.mark.parametrize("plugin", ["difference.wasm", "difference-python.wasm"])
def test_the_result_has_the_bytes_of_numpy(
    client: Client, plugins: Path, tmp_path: Path, numbers: NDArray[Any], plugin: str
) -> None:
    out = tmp_path / "out/out.npy"
    array = filemap.dask.map_windows(plugins / plugin, tmp_path / "source.npy", out, chunks=25)
    assert array.chunks == ((25, 25, 25, 25, 3), (7,))
    assert (array.dtype, array.shape) == (numbers.dtype, numbers.shape)
    result = array.compute()
    assert type(result) is np.ndarray
    assert result.tobytes() == differences(numbers).tobytes()
    assert np.load(out).tobytes() == result.tobytes()
    assert array.sum(axis=0).compute() == pytest.approx(numbers[-1])


def test_a_job_that_only_writes_returns_the_path(
    client: Client,
    plugins: Path,
    tmp_path: Path,
    numbers: NDArray[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The workers are not in this directory.
    monkeypatch.chdir(tmp_path)
    plugin = os.path.relpath(plugins / "difference.wasm")
    for options in ({}, {"map": True}, {"backend": "portable"}):
        job = filemap.dask.write_windows(
            plugin, "source.npy", "out/out.npy", chunks=(60, 43), **options
        )
        assert not np.load("out/out.npy").any()
        assert job.compute() == str(tmp_path / "out/out.npy")
        assert np.load("out/out.npy").tobytes() == differences(numbers).tobytes()


def test_without_a_cluster_dask_runs_the_tasks_in_threads(
    plugins: Path, tmp_path: Path, numbers: NDArray[Any]
) -> None:
    array = filemap.dask.map_windows(
        plugins / "difference.wasm", tmp_path / "source.npy", tmp_path / "out/out.npy", chunks=50
    )
    assert array.compute(scheduler="threads").tobytes() == differences(numbers).tobytes()


def test_only_the_windows_that_are_needed_are_computed(
    client: Client, plugins: Path, tmp_path: Path, numbers: NDArray[Any]
) -> None:
    out = tmp_path / "out/out.npy"
    array = filemap.dask.map_windows(
        plugins / "difference.wasm", tmp_path / "source.npy", out, chunks=20
    )
    expected = differences(numbers)
    assert array[30:40].compute().tobytes() == expected[30:40].tobytes()
    assert np.load(out)[20:40].tobytes() == expected[20:40].tobytes()
    assert not np.load(out)[:20].any() and not np.load(out)[40:].any()


def test_the_elements_are_not_a_part_of_the_graph(plugins: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "source.npy", np.zeros((1 << 10, 1 << 10)))
    (tmp_path / "out").mkdir()
    array = filemap.dask.map_windows(
        plugins / "difference.wasm", tmp_path / "source.npy", tmp_path / "out/out.npy", chunks=256
    )
    graph = dict(array.__dask_graph__())
    assert len(pickle.dumps(graph)) < 10_000


def test_dtype_and_shape_may_differ_from_those_of_the_source(
    client: Client, plugins: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "source.npy", np.arange(12, dtype="<i8"))
    (tmp_path / "out").mkdir()
    out = tmp_path / "out/out.npy"
    job = filemap.dask.map_windows(
        plugins / "command.wasm",
        tmp_path / "source.npy",
        out,
        chunks=2,
        dtype=[("x", "<f4"), ("y", "<i2")],
        shape=(4, 5, 6),
    )
    header = np.load(out, mmap_mode="r")
    assert header.dtype == job.dtype == np.dtype([("x", "<f4"), ("y", "<i2")])
    assert header.shape == job.shape == (4, 5, 6)
    assert job.chunks == ((2, 2), (5,), (6,))


def test_an_array_without_rows_needs_no_plugin(
    client: Client, plugins: Path, tmp_path: Path, numbers: NDArray[Any]
) -> None:
    arguments = (plugins / "command.wasm", tmp_path / "source.npy", tmp_path / "out/out.npy")
    assert filemap.dask.map_windows(*arguments, chunks=5, shape=(0, 7)).compute().shape == (0, 7)
    filemap.dask.write_windows(*arguments, chunks=5, shape=(0, 7)).compute()


def test_programs_that_have_the_old_file_open_keep_it(
    plugins: Path, tmp_path: Path, numbers: NDArray[Any]
) -> None:
    out = tmp_path / "out/out.npy"
    np.save(out, numbers)
    old = np.load(out, mmap_mode="r")
    filemap.dask.write_windows(
        plugins / "difference.wasm", tmp_path / "source.npy", out, chunks=9
    )
    assert old.tobytes() == numbers.tobytes()
    assert os.listdir(tmp_path / "out") == ["out.npy"]
    assert out.stat().st_blocks * 512 >= numbers.nbytes


def test_tasks_have_the_name_of_the_plugin(
    client: Client, plugins: Path, tmp_path: Path, numbers: NDArray[Any]
) -> None:
    source, out = tmp_path / "source.npy", tmp_path / "out/out.npy"
    arguments = (plugins / "difference.wasm", source, out)
    array = filemap.dask.map_windows(*arguments, chunks=50)
    job = filemap.dask.write_windows(*arguments, chunks=50)
    # Also if another task takes what the plugin has computed.
    client.compute([array.sum(), array[5:60, 3] * 2, job], sync=True)

    def counts(dask_scheduler: Any) -> dict[str, int]:
        prefixes = dask_scheduler.task_prefixes
        return {name: prefixes[name].state_counts["memory"] for name in prefixes}

    before = client.run_on_scheduler(counts)
    client.compute(array.sum(), sync=True)
    after = client.run_on_scheduler(counts)
    assert after["difference"] - before["difference"] == 3
    assert {key_split(key) for key in job.__dask_graph__()} == {"difference"}
    for name, shown in (("slope-2.wasm", "slope_2"), ("2d.wasm", "plugin_2d")):
        os.symlink(plugins / "difference.wasm", tmp_path / name)
        array = filemap.dask.map_windows(tmp_path / name, source, out, chunks=50)
        keys = [key_split(key) for key in array.__dask_graph__()]
        assert keys.count(shown) == 3


def test_a_second_call_runs_the_plugin_again(
    client: Client, plugins: Path, tmp_path: Path, numbers: NDArray[Any]
) -> None:
    arguments = (plugins / "difference.wasm", tmp_path / "source.npy", tmp_path / "out/out.npy")
    first = filemap.dask.map_windows(*arguments, chunks=50).persist()
    np.save(tmp_path / "source.npy", numbers * 2)
    second = filemap.dask.map_windows(*arguments, chunks=50).compute()
    assert second.tobytes() == differences(numbers * 2).tobytes()
    del first


def test_what_cannot_be_is_said_before_a_task_runs(
    plugins: Path, tmp_path: Path, numbers: NDArray[Any]
) -> None:
    plugin, source, out = plugins / "difference.wasm", tmp_path / "source.npy", tmp_path / "out/o"
    np.save(tmp_path / "scalar.npy", np.float64(1))
    call: Any = filemap.dask.map_windows
    with pytest.raises(ValueError, match="it is also the source"):
        call(plugin, source, source, chunks=5)
    with pytest.raises(ValueError, match="cannot divide `.*scalar.npy` into rows|`.*/o` into rows"):
        call(plugin, tmp_path / "scalar.npy", out, chunks=5)
    with pytest.raises(ValueError, match="cannot grant a directory as 'source'"):
        call(plugin, source, out, chunks=5, dirs_ro={"source": tmp_path})
    with pytest.raises(ValueError, match="is not a component"):
        call(source, source, out, chunks=5)
    with pytest.raises(ValueError):
        call(plugin, source, out, chunks=(5, 6))
    for arguments in (("missing.wasm", source, out), (plugin, "missing", out)):
        with pytest.raises(FileNotFoundError):
            call(*arguments, chunks=5)
    with pytest.raises(FileNotFoundError):
        call(plugin, source, tmp_path / "missing/out.npy", chunks=5)
    assert os.listdir(tmp_path / "out") == []


def test_a_file_that_was_cut_is_an_error_and_no_signal(tmp_path: Path) -> None:
    path = str(tmp_path / "out.npy")
    _npy.create(path, "<f8", (5, 3))
    header = _npy.header(path)
    assert _npy.read_rows(header, 2, 5, None).shape == (3, 3)
    os.truncate(path, header.offset + 100)
    assert _npy.read_rows(header, 0, 4, None).shape == (4, 3)
    with pytest.raises(EOFError, match="cannot read the rows 2 to 5 of `.*out.npy`"):
        _npy.read_rows(header, 2, 5, None)


def test_the_program_of_the_page_prints_what_the_page_says(plugins: Path, tmp_path: Path) -> None:
    shutil.copy(plugins / "difference.wasm", tmp_path)
    program = Path(__file__).parents[1] / "examples/differences.py"
    result = subprocess.run(
        [sys.executable, program], cwd=tmp_path, check=True, stdout=subprocess.PIPE, text=True
    )
    page = program.parents[3] / "docs/cluster.md"
    assert f"It prints `{result.stdout.strip()}`." in page.read_text("utf-8")
