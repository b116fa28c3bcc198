"""`filemap.dask.write_chunks`: the real Zarr on both sides, on a disk and on S3."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import filemap.dask
import numpy as np
import pytest
import s3fs
import zarr
from distributed import Client
from moto.server import ThreadedMotoServer
from zarr.codecs import BytesCodec

SHAPE, CHUNKS = (10, 7), (4, 3)

# How an array is stored.
KINDS: dict[str, dict[str, Any]] = {
    "raw": {"compressors": None},
    "raw, big-endian": {"compressors": None, "serializer": BytesCodec(endian="big")},
    "raw, keys with dots": {
        "compressors": None,
        "chunk_key_encoding": {"name": "v2", "separator": "."},
    },
    "compressed": {},
    "in shards": {"compressors": None, "chunks": (2, 3), "shards": CHUNKS},
    "of Zarr 2": {"zarr_format": 2},
}


def create(store: str, kind: str, dtype: str, **options: Any) -> zarr.Array[Any]:
    settings = {"chunks": CHUNKS, "fill_value": 6, **KINDS[kind], **options}
    return zarr.create_array(store=store, shape=SHAPE, dtype=dtype, **settings)


def check(source: zarr.Array[Any], out: zarr.Array[Any], plugins: Path, **options: Any) -> None:
    """Halves `source`, of which the last chunk is not written, so that it has the fill value."""
    numbers = np.arange(70, dtype="<i4").reshape(SHAPE)
    numbers[8:, 6:] = 6
    source[...] = numbers
    job = filemap.dask.write_chunks(plugins / "halve.wasm", source, out, **options)
    assert job.compute() is None
    # As another program sees it.
    found = zarr.open_array(out.store, mode="r")[...]
    assert isinstance(found, np.ndarray)
    assert found.astype("<f8").tobytes() == (numbers / 2).tobytes()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "raw, big-endian"])
def test_each_kind_of_chunks_goes_in_and_out(
    client: Client, plugins: Path, tmp_path: Path, kind: str
) -> None:
    source = create(str(tmp_path / "source"), kind, "<i4")
    out = create(str(tmp_path / "out"), kind, "<f8")
    check(source, out, plugins, scratch=tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["out", "source"]


def test_raw_chunks_are_mapped_as_they_are(
    client: Client, plugins: Path, tmp_path: Path
) -> None:
    source = create(str(tmp_path / "source"), "raw", "<i4")
    out = create(str(tmp_path / "out"), "raw", "<f8")
    source[...] = np.arange(100, 170).reshape(SHAPE)
    # There is no place for a copy.
    job = filemap.dask.write_chunks(
        plugins / "halve.wasm", source, out, scratch=tmp_path / "missing"
    )
    job.compute()
    chunk = np.fromfile(tmp_path / "out/c/1/2", "<f8").reshape(CHUNKS)
    assert chunk[:, 0].tolist() == [67.0, 70.5, 74.0, 77.5]
    assert np.array_equal(np.asarray(out[...]), np.arange(100, 170).reshape(SHAPE) / 2)
    # No litter of the tasks.
    assert sorted(os.listdir(tmp_path / "out/c/1")) == ["0", "1", "2"]


def test_a_plugin_is_told_the_byte_order(client: Client, plugins: Path, tmp_path: Path) -> None:
    source = create(str(tmp_path / "source"), "raw, big-endian", "i4")
    out = create(str(tmp_path / "out"), "raw", "<f8")
    source[...] = 7
    job = filemap.dask.write_chunks(plugins / "halve.wasm", source, out)
    with pytest.raises(filemap.PluginFailed) as raised:
        job.compute()
    assert raised.value.cmd[3:] == ["4,3", ">i4", "<f8"]


@pytest.mark.parametrize("kind", ["raw", "compressed"])
def test_arrays_on_s3_go_over_scratch(
    client: Client, plugins: Path, tmp_path: Path, s3: dict[str, Any], kind: str
) -> None:
    source = create(f"s3://bucket/{kind}/source", kind, "<i4", storage_options=s3)
    out = create(f"s3://bucket/{kind}/out", kind, "<f8", storage_options=s3)
    check(source, out, plugins, scratch=tmp_path)
    assert os.listdir(tmp_path) == []
    # From S3 to the disk.
    check(source, create(str(tmp_path / "local"), "raw", "<f8"), plugins)


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, Any]]:
    """The options of s3fs for a server of moto, which has a bucket `bucket`."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        options: dict[str, Any] = {
            "key": "test",
            "secret": "test",
            "endpoint_url": f"http://{host}:{port}",
            "client_kwargs": {"region_name": "eu-west-1"},
        }
        s3fs.S3FileSystem(**options).mkdir("bucket")
        yield options
    finally:
        server.stop()


def test_arrays_that_differ_are_refused(plugins: Path, tmp_path: Path) -> None:
    source = create(str(tmp_path / "source"), "raw", "<i4")
    out = create(str(tmp_path / "out"), "raw", "<f8", chunks=(5, 3))
    with pytest.raises(ValueError, match="create both alike"):
        filemap.dask.write_chunks(plugins / "halve.wasm", source, out)
