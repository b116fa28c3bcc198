"""`filemap.dask.map_partitions_to_store`, and many stores as one mapping."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import filemap
import filemap.dask
import numpy as np
import pytest
import zict
from conftest import Run, wait_until
from distributed import Client
from filemap.dask import Stores


@pytest.fixture
def job(plugins: Path, tmp_path: Path) -> tuple[Any, ...]:
    np.save(tmp_path / "source.npy", np.zeros((250, 2), "<i4"))
    return (plugins / "cluster.wasm", tmp_path / "source.npy", tmp_path / "stores")


def test_each_partition_has_a_store_that_zict_reads(
    client: Client, job: tuple[Any, ...], tmp_path: Path
) -> None:
    stores = filemap.dask.map_partitions_to_store(*job, chunks=100, args=["keep"]).compute()
    expected = {"rows from 0": b"to 100", "rows from 100": b"to 200", "rows from 200": b"to 250"}
    assert dict(stores) == expected
    names = ["000-100", "100-200", "200-250"]
    assert stores.directories == [str(tmp_path / "stores" / name) for name in names]
    assert bytes(zict.File(tmp_path / "stores/100-200")["rows from 100"]) == b"to 200"
    # A second run finds the stores of the first one.
    again = filemap.dask.map_partitions_to_store(*job, chunks=100, args=["keep"]).compute()
    assert dict(again) == expected


def test_a_plugin_reads_many_stores(client: Client, job: tuple[Any, ...], run: Run) -> None:
    filemap.dask.map_partitions_to_store(*job, chunks=100, args=["keep"]).compute()
    result = run("lock.wasm", dirs_ro={"stores": job[2]}, input="read stores/200-250\nget rows\n")
    assert result.stdout.splitlines() == ["<File: stores/200-250, 1 elements>", "none"]


def test_two_tasks_on_one_directory_are_not_both_let_in(
    client: Client, job: tuple[Any, ...], tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    marker.mkdir()

    def compute(word: str) -> Any:
        stores = filemap.dask.map_partitions_to_store(
            *job, chunks=250, args=[word], dirs={"marker": marker}
        )
        return client.compute(stores)

    holding = compute("hold")
    wait_until((marker / "held").exists)
    with pytest.raises(filemap.PluginFailed, match=r"Busy\(.*another process has it open"):
        compute("keep").result()
    (marker / "release").touch()
    assert dict(holding.result()) == {"rows from 0": b"to 250"}
    assert dict(compute("keep").result()) == {"rows from 0": b"to 250"}


def test_many_stores_are_one_mapping(tmp_path: Path) -> None:
    for number in range(3):
        store = zict.File(tmp_path / str(number))
        store.update({f"a/{number}": b"x" * number, f"ä {number}": b""})
    stores = Stores(sorted(tmp_path.iterdir()))
    assert len(stores) == 6 and stores["a/2"] == b"xx" and type(stores["a/2"]) is bytes
    assert sorted(stores) == ["a/0", "a/1", "a/2", "ä 0", "ä 1", "ä 2"]
    assert "a/1" in stores and "a/3" not in stores and stores.get("a/3") is None
    assert repr(stores) == "<Stores: 3 directories, 6 keys>"
    copy = pickle.loads(pickle.dumps(stores))
    assert dict(copy) == dict(stores) and type(copy) is Stores
    assert dict(Stores([])) == {}


def test_a_key_of_two_stores_is_an_error(tmp_path: Path) -> None:
    for name in ("a", "b"):
        zict.File(tmp_path / name)["best"] = name.encode()
    with pytest.raises(ValueError, match="both have the key 'best'"):
        Stores([tmp_path / "a", tmp_path / "b"])


def test_a_directory_that_is_missing_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Stores([tmp_path / "missing"])
    assert list(tmp_path.iterdir()) == []
