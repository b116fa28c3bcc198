#!/usr/bin/env python3
"""Measures the relief of a large elevation model on Dask: the plugin on one and on two processes,
and numpy with the same arithmetic in `dask.array.map_blocks`.

`cargo xtask cluster --measure` runs it. The files are in the page cache, and each job has run once
before it is measured. A job is the median of several rounds, in which the jobs take turns.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import dask.array as da
import numpy as np
from cluster import make_model, windows
from dask.base import compute
from distributed import Client, LocalCluster
from filemap.dask import write_windows
from numpy.lib.format import open_memmap

# Metres, as in `examples/terrain/src/survey.rs`.
CELL_HEIGHT, CELL_WIDTH = 92.666_666_666_666_67, 74.404_462_902_851_26
AZIMUTH, ALTITUDE = np.radians(315.0), np.radians(45.0)
ROUNDS = 5


def hillshade(elevations: Any) -> Any:
    """Returns the pixels of some rows, and of the rows at both ends."""
    south, east = np.gradient(elevations.astype(np.float64), CELL_HEIGHT, CELL_WIDTH)
    flat = np.cos(ALTITUDE)
    sun_east, sun_south = flat * np.sin(AZIMUTH), -flat * np.cos(AZIMUTH)
    length = np.sqrt(1.0 + east * east + south * south)
    light = (np.sin(ALTITUDE) - sun_east * east - sun_south * south) / length
    # Light is not negative, so this rounds as Rust does: halves away from zero.
    return np.floor(np.clip(light, 0.0, 1.0) * 255.0 + 0.5).astype("|u1")


def numpy_window(model: str, out: str, columns: int, block_info: Any = None) -> Any:
    """Writes a window, as the plugin does, and returns nothing to speak of."""
    start, stop = block_info[None]["array-location"][0]
    elevations = np.load(model, mmap_mode="r")
    first, last = max(start - 1, 0), min(stop + 1, len(elevations))
    pixels = hillshade(elevations[first:last])
    np.load(out, mmap_mode="r+")[start:stop] = pixels[start - first : stop - first]
    return np.zeros((stop - start, 1), "|u1")


def with_numpy(model: Path, out: Path) -> Any:
    """Returns the job of numpy."""
    rows, columns = np.load(model, mmap_mode="r").shape
    open_memmap(out, "w+", "|u1", (rows, columns))
    lengths = da.core.normalize_chunks((windows(model), 1), (rows, 1))
    function = partial(numpy_window, str(model), str(out), columns)
    meta = np.empty((0, 0), "|u1")
    return da.map_blocks(function, chunks=lengths, dtype="|u1", meta=meta).sum()


def with_plugin(plugin: Path, model: Path, out: Path) -> Any:
    """Returns the job of the plugin."""
    return write_windows(plugin, model, out, chunks=windows(model), dtype="|u1", map=True)


def main() -> None:
    """Measures, and prints medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plugins", type=Path, help="the folder of the plugins")
    parser.add_argument("folder", type=Path, help="where the data and the results go")
    options = parser.parse_args()
    folder = options.folder.resolve()
    model = make_model(folder / "model", (15, 13))
    out = folder / "measured"
    out.mkdir(exist_ok=True)
    plugin = partial(with_plugin, options.plugins.resolve() / "relief.wasm", model)
    jobs: list[tuple[str, int, Callable[[Path], Any]]] = [
        ("plugin, one worker", 1, plugin),
        ("plugin, two workers", 2, plugin),
        ("numpy, one worker", 1, partial(with_numpy, model)),
        ("numpy, two workers", 2, partial(with_numpy, model)),
    ]
    clusters = {
        count: LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=None)
        for count in (1, 2)
    }
    seconds: dict[str, list[float]] = {name: [] for name, _, _ in jobs}
    for number in range(ROUNDS + 1):
        for name, count, job in jobs:
            with Client(clusters[count]) as client:
                task = job(out / f"{name}.npy")
                started = time.perf_counter()
                compute(task, scheduler=client)
                if number:
                    seconds[name].append(time.perf_counter() - started)
    for cluster in clusters.values():
        cluster.close()

    results = [np.load(out / f"{name}.npy") for name in seconds]
    differing = [int((result != results[0]).sum()) for result in results]
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    for (name, median), pixels in zip(medians.items(), differing, strict=True):
        spread = (max(seconds[name]) - min(seconds[name])) / median
        print(f"{name:20} {median:6.3f} s, spread {spread:.0%}; {pixels} pixels differ")
    ratio = medians["plugin, two workers"] / medians["plugin, one worker"]
    print(f"plugin, two workers / one worker: {ratio:.2f}")
    for count in ("one worker", "two workers"):
        ratio = medians[f"numpy, {count}"] / medians[f"plugin, {count}"]
        print(f"numpy / plugin, {count}: {ratio:.2f}")


if __name__ == "__main__":
    main()
