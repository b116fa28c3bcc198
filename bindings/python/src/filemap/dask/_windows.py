"""`map_windows` and `write_windows`: a plugin on windows of rows of one array."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Union

import dask.array as da
import numpy as np
from dask.delayed import delayed

from . import _npy
from ._tasks import Program, TaskOptions, job, task_name, task_values

if TYPE_CHECKING:
    from dask.delayed import Delayed
    from numpy.typing import DTypeLike
    from typing_extensions import Unpack

    from .._run import PathLike

Chunks = Union[int, str, Sequence[int]]
"""Rows of a window: a number, `"auto"`, or the numbers of all windows, as in `dask.array`."""


def map_windows(
    plugin: PathLike,
    source: PathLike,
    out: PathLike,
    *,
    chunks: Chunks,
    dtype: DTypeLike | None = None,
    shape: Sequence[int] | None = None,
    args: Sequence[str] = (),
    **options: Unpack[TaskOptions],
) -> da.Array:
    """Returns a Dask array whose chunks a plugin computes: the windows of rows of the file `out`.

    The file `out` is created by this call, full of zeroes, in place of one that exists. Its `dtype`
    and `shape` are by default those of the `.npy` file `source`. There is one task for each window
    of `chunks` rows. It runs

        PLUGIN source/NAME out/NAME START STOP ARGS...

    with the directory of `source` as `source`, for reading, and the directory of `out` as `out`.
    The plugin opens `out` in the mode `r+` and writes the rows from START to STOP, without STOP,
    and no others. It does so whatever these rows contain, so Dask can run a task again that was
    interrupted. A chunk is read from the file, by its path, after its task has run.

    `options` are those of `filemap.run` and hold for each task: `timeout` and the limits, `map`,
    `env`, and further directories. The tasks have the plugin's name. They raise what `filemap.run`
    raises, with the plugin's text, such as `PluginTrapped`. Retries are those of Dask:
    `client.compute(array, retries=2)`.

    Raises `OSError` and `ValueError` if a file cannot be opened or created.
    """
    windows = _Windows.new(plugin, source, out, chunks, dtype, shape, args, options)
    rows = rows_of(windows.chunks[0])
    if not rows:
        empty: da.Array = da.zeros(windows.shape, windows.dtype)
        return empty
    name = task_name(plugin)
    written = task_values(name, [partial(windows.write, *window) for window in rows])
    # Dask joins a task with the one that takes its result, under the name of the latter, unless
    # that one takes two results. So the plugin's tasks keep their name.
    header = delayed(_npy.header, pure=False)(windows.out, dask_key_name=f"open-{name}")
    parts = [
        da.from_delayed(
            delayed(_npy.read_rows, pure=False)(header, start, stop, after),
            (stop - start, *windows.shape[1:]),
            windows.dtype,
        )
        for (start, stop), after in zip(rows, written, strict=True)
    ]
    array: da.Array = da.concatenate(parts)
    return array


def write_windows(
    plugin: PathLike,
    source: PathLike,
    out: PathLike,
    *,
    chunks: Chunks,
    dtype: DTypeLike | None = None,
    shape: Sequence[int] | None = None,
    args: Sequence[str] = (),
    **options: Unpack[TaskOptions],
) -> Delayed:
    """Returns a Dask value: to compute it is to run the tasks of `map_windows`, which only write.

    Nothing of the array passes through Dask. The value is the absolute path of `out`.
    """
    windows = _Windows.new(plugin, source, out, chunks, dtype, shape, args, options)
    tasks = [partial(windows.write, *window) for window in rows_of(windows.chunks[0])]
    return job(task_name(plugin), tasks, partial(str, windows.out))


@dataclass(frozen=True)
class _Windows:
    """A plugin, the file that it writes, and the lengths of its windows along each axis."""

    program: Program
    source: str
    out: str
    dtype: np.dtype[Any]
    chunks: tuple[tuple[int, ...], ...]

    @classmethod
    def new(
        cls,
        plugin: PathLike,
        source: PathLike,
        out: PathLike,
        chunks: Chunks,
        dtype: DTypeLike | None,
        shape: Sequence[int] | None,
        args: Sequence[str],
        options: TaskOptions,
    ) -> _Windows:
        """Checks the arguments of `map_windows`, and creates the file `out`."""
        source, out = os.path.abspath(source), os.path.abspath(out)
        header = _npy.header(source)
        if os.path.exists(out) and os.path.samefile(source, out):
            raise ValueError(f"cannot create `{out}`: it is also the source; write another file")
        program = Program.new(plugin, args, options).with_grants(
            dirs_ro={"source": os.path.dirname(source)}, dirs={"out": os.path.dirname(out)}
        )
        actual = np.dtype(header.dtype if dtype is None else dtype)
        lengths = header.shape if shape is None else tuple(shape)
        windows = windows_of(out, lengths, actual, chunks)
        _npy.create(out, actual, lengths)
        return cls(program, source, out, actual, windows)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return tuple(map(sum, self.chunks))

    def write(self, start: int, stop: int) -> None:
        """Runs the plugin on some rows."""
        files = f"source/{os.path.basename(self.source)}", f"out/{os.path.basename(self.out)}"
        self.program.run(*files, str(start), str(stop))


def windows_of(
    path: str, shape: tuple[int, ...], dtype: np.dtype[Any], chunks: Chunks
) -> tuple[tuple[int, ...], ...]:
    """Returns the lengths of the windows of an array along each axis: all rows are whole.

    Raises `ValueError` if an array has no rows, or if `chunks` does not fit it.
    """
    if not shape:
        raise ValueError(f"cannot divide `{path}` into rows: it is a single element without axes")
    rows = chunks if isinstance(chunks, (int, str)) else tuple(chunks)
    wanted = (rows, *(-1 for _ in shape[1:]))
    lengths: tuple[tuple[int, ...], ...] = da.core.normalize_chunks(wanted, shape, dtype=dtype)
    return lengths


def rows_of(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Returns the first row of each window that has rows, and the row after its last one."""
    bounds = pairwise(accumulate(lengths, initial=0))
    return [(start, stop) for start, stop in bounds if start < stop]
