"""Runs a plugin on four windows of an array, on a Dask cluster of two processes."""

from pathlib import Path

import numpy as np
from distributed import Client
from filemap.dask import map_windows

if __name__ == "__main__":
    for name in ("numbers", "differences"):
        Path(name).mkdir(exist_ok=True)
    np.save("numbers/squares.npy", np.arange(40_000.0).reshape(4_000, 10) ** 2)
    with Client(n_workers=2, threads_per_worker=1) as client:
        differences = map_windows(
            "difference.wasm",
            "numbers/squares.npy",
            "differences/squares.npy",
            chunks=1_000,
            timeout=60,
        )
        print("largest difference:", differences.max().compute())
