#!/usr/bin/env python3
"""Shades a large elevation model and searches 2 million embeddings on a Dask cluster of two
processes, and compares the results with those of the same work in one process, byte for byte.

`cargo xtask cluster` builds what this script needs and runs it. The folder of the plugins has
`relief.wasm`, `nearest.wasm`, `terrain.wasm` and `search.wasm`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filemap
import numpy as np
import zict
from dask.delayed import delayed
from distributed import Client, LocalCluster
from filemap.dask import Stores, map_partitions_to_store, write_windows

EXAMPLES = Path(__file__).resolve().parents[1]
QUERIES = ["w1", "w2 w3", "w4 w5 w6"]
# Windows of each job: some for each worker, so that a slow one delays the end by little.
WINDOWS = 8


def make_model(folder: Path, tiles: tuple[int, int]) -> Path:
    """Tiles the model of the example `terrain`, mirrored, so that there are no seams."""
    tile = np.load(EXAMPLES / "terrain/data/jacksboro.npy").astype("<f4")
    pads = [(0, (count - 1) * length) for count, length in zip(tiles, tile.shape, strict=True)]
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "model.npy", np.pad(tile, pads, "symmetric"))
    return folder / "model.npy"


def make_embeddings(folder: Path, rows: int) -> Path:
    """Makes random embeddings, unless an earlier run has done so."""
    matrix = folder / "embeddings.npy"
    made = (folder / "labels/words#0").exists()
    if not made or np.load(matrix, mmap_mode="r").shape[0] != rows:
        make = EXAMPLES / "search/data/make.py"
        command = [sys.executable, make, "--synthetic", str(rows), "--into", folder]
        subprocess.run(command, check=True)
    return matrix


def windows(path: Path) -> int:
    """Returns the number of rows of a window."""
    rows: int = np.load(path, mmap_mode="r").shape[0]
    return -(-rows // WINDOWS)


def relief(client: Client, plugins: Path, model: Path, folder: Path) -> Path:
    """Shades the model on the cluster, a window of rows in each task, and draws the picture."""
    folder.mkdir(exist_ok=True)
    pixels = write_windows(
        plugins / "relief.wasm",
        model,
        folder / "relief.npy",
        chunks=windows(model),
        dtype="|u1",
        timeout=600,
        map=True,
    )
    # One more task, which waits for the others.
    picture = delayed(draw)(pixels, plugins / "relief.wasm")
    client.compute(picture).result()
    return folder / "relief.png"


def draw(pixels: str, plugin: Path) -> None:
    """Makes the picture of an array, beside it."""
    args = ["picture", "relief/relief.npy", "relief/relief.png"]
    filemap.run(plugin, args=args, dirs={"relief": Path(pixels).parent}, check=True)


def search(client: Client, plugins: Path, matrix: Path, folder: Path) -> list[str]:
    """Answers the queries on the cluster, with a store for each window of rows."""
    words = bytes(zict.File(matrix.parent / "labels")["words"]).decode().splitlines()
    jobs = [
        map_partitions_to_store(
            plugins / "nearest.wasm",
            matrix,
            folder / query.replace(" ", "-"),
            chunks=windows(matrix),
            args=[str(words.index(word)) for word in query.split()],
            timeout=600,
            map=True,
        )
        for query in QUERIES
    ]
    return [best(stores, words) for stores in client.compute(jobs, sync=True)]


def best(stores: Stores, words: list[str]) -> str:
    """Returns the ten best of all stores, as the plugin `search` prints them."""
    lines = [line.split() for value in stores.values() for line in value.decode().splitlines()]
    found = sorted((-np.float32(score), int(row)) for score, row in lines)
    return "".join(f"{-score:.5f}  {words[row]}\n" for score, row in found[:10])


def alone(plugins: Path, model: Path, matrix: Path, folder: Path) -> tuple[bytes, list[str]]:
    """Returns the picture and the answers of the plugins `terrain` and `search`, without Dask."""
    folder.mkdir(exist_ok=True)
    filemap.run(
        plugins / "terrain.wasm",
        args=["model/model.npy", "results"],
        dirs={"results": folder},
        dirs_ro={"model": model.parent},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    answers = [
        filemap.run(
            plugins / "search.wasm",
            args=query.split(),
            dirs_ro={"data": matrix.parent},
            map=True,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for query in QUERIES
    ]
    return bytes(zict.File(folder)["hillshade.png"]), answers


@contextmanager
def step(text: str) -> Iterator[None]:
    """Prints what is done, and how long it took."""
    print(f"{text} ...", end="", flush=True)
    started = time.monotonic()
    yield
    print(f" {time.monotonic() - started:.1f} s")


def main() -> None:
    """Runs both jobs on a cluster and without one, and compares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plugins", type=Path, help="the folder of the plugins")
    parser.add_argument("folder", type=Path, help="where the data and the results go")
    parser.add_argument("--tiles", type=int, nargs=2, default=(15, 13), metavar="N")
    parser.add_argument("--embeddings", type=int, default=2_000_000, metavar="ROWS")
    options = parser.parse_args()
    plugins, folder = options.plugins.resolve(), options.folder.resolve()

    with step("making the elevation model"):
        model = make_model(folder / "model", tuple(options.tiles))
    with step(f"making {options.embeddings} embeddings"):
        matrix = make_embeddings(folder / "embeddings", options.embeddings)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        with step("relief, on two processes"):
            picture = relief(client, plugins, model, folder / "relief")
        with step(f"{len(QUERIES)} searches, on two processes"):
            answers = search(client, plugins, matrix, folder / "nearest")
    with step("the same without Dask"):
        expected_picture, expected_answers = alone(plugins, model, matrix, folder / "alone")

    print(f"\nmost similar to {QUERIES[-1]}:\n{answers[-1]}")
    if picture.read_bytes() != expected_picture or answers != expected_answers:
        sys.exit("the cluster has other results than one process")
    print("picture and answers equal those of one process, byte for byte")
    print(f"picture: {picture}")


if __name__ == "__main__":
    main()
