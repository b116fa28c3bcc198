"""`map_partitions_to_store`, and many stores as one mapping."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import zict

from . import _npy
from ._tasks import Program, TaskOptions, job, task_name
from ._windows import Chunks, rows_of, windows_of

if TYPE_CHECKING:
    from dask.delayed import Delayed
    from typing_extensions import Unpack

    from .._run import PathLike


def map_partitions_to_store(
    plugin: PathLike,
    source: PathLike,
    directory: PathLike,
    *,
    chunks: Chunks,
    args: Sequence[str] = (),
    **options: Unpack[TaskOptions],
) -> Delayed:
    """Returns a Dask value: to compute it is to fill one store for each window of rows of `source`.

    A directory has one writing process, so each task has a store of its own: the subdirectory
    `START-STOP` of `directory`, which the task creates. It runs

        PLUGIN source/NAME store START STOP ARGS...

    with the directory of the `.npy` file `source` as `source`, for reading, and the subdirectory as
    `store`. The plugin sets the keys for the rows from START to STOP, without STOP, whatever the
    store contains, so Dask can run a task again. Keys that contain START differ from those of the
    other stores. A second task that opens a store meanwhile fails with `busy`.

    The value is `Stores` of all subdirectories, in the order of the rows. `options` and errors are
    those of `map_windows`.
    """
    source, directory = os.path.abspath(source), os.path.abspath(directory)
    header = _npy.header(source)
    rows = rows_of(windows_of(source, header.shape, header.dtype, chunks)[0])
    program = Program.new(plugin, args, options)
    width = len(str(header.shape[0]))
    tasks, stores = [], []
    for start, stop in rows:
        store = os.path.join(directory, f"{start:0{width}}-{stop:0{width}}")
        granted = program.with_grants(
            dirs_ro={"source": os.path.dirname(source)}, dirs={"store": store}
        )
        words = f"source/{os.path.basename(source)}", "store", str(start), str(stop)
        tasks.append(partial(_fill, granted, store, words))
        stores.append(store)
    return job(task_name(plugin), tasks, partial(Stores, stores))


def _fill(program: Program, store: str, words: tuple[str, ...]) -> None:
    os.makedirs(store, exist_ok=True)
    program.run(*words)


class Stores(Mapping[str, bytes]):
    """Many stores as one mapping from keys to values, for reading.

    It lists the directories when it is created, as `zict.File` does, and reads a value when it is
    asked for it. It can be pickled; the copy lists the directories again.

    Raises `OSError` if a directory cannot be listed, and `ValueError` if two stores have the same
    key.
    """

    def __init__(self, directories: Iterable[PathLike]) -> None:
        self.directories = [os.fspath(directory) for directory in directories]
        self._stores: dict[str, zict.File] = {}
        for directory in self.directories:
            # `zict.File` would create it.
            os.listdir(directory)
            store = zict.File(directory)
            for key in store:
                other = self._stores.setdefault(key, store)
                if other is not store:
                    raise ValueError(
                        f"cannot show `{other.directory}` and `{directory}` as one mapping: both "
                        f"have the key {key!r}; give each store keys of its own"
                    )

    def __getitem__(self, key: str) -> bytes:
        return bytes(self._stores[key][key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._stores)

    def __len__(self) -> int:
        return len(self._stores)

    def __contains__(self, key: object) -> bool:
        return key in self._stores

    def __reduce__(self) -> tuple[Any, ...]:
        return Stores, (self.directories,)

    def __repr__(self) -> str:
        return f"<Stores: {len(self.directories)} directories, {len(self)} keys>"
