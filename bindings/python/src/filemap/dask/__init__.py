"""Plugins on a Dask cluster: each task runs a plugin on a part of an array, in a sandbox.

Dask schedules, repeats and shows the tasks; this module says what each task runs. A plugin gets the
paths of its files and the rows that are its own as arguments, so it needs nothing of Dask. All
machines of the cluster see the files under the same paths, and have this package.

- `map_windows` and `write_windows`: windows of rows of one `.npy` file.
- `map_partitions_to_store`: one store for each window, and `Stores`, which reads many stores as one
  mapping.
- `write_chunks`: the chunks of a Zarr array, of any store of Zarr.

Install `filemap-wasm[dask]` for the first two, and `filemap-wasm[zarr]` for the last one.
"""

from ._chunks import write_chunks
from ._stores import Stores, map_partitions_to_store
from ._tasks import TaskOptions
from ._windows import map_windows, write_windows

__all__ = [
    "Stores",
    "TaskOptions",
    "map_partitions_to_store",
    "map_windows",
    "write_chunks",
    "write_windows",
]
