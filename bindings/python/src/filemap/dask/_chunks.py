"""`write_chunks`: a plugin on the chunks of Zarr arrays."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ._tasks import Program, TaskOptions, job, task_name

if TYPE_CHECKING:
    import zarr
    from dask.delayed import Delayed
    from typing_extensions import Unpack

    from .._run import PathLike


def write_chunks(
    plugin: PathLike,
    source: zarr.Array[Any],
    out: zarr.Array[Any],
    *,
    args: Sequence[str] = (),
    scratch: PathLike | None = None,
    **options: Unpack[TaskOptions],
) -> Delayed:
    """Returns a Dask value: to compute it is to run a plugin on each chunk of a Zarr array.

    `source` and `out` have the same shape and the same chunks (or shards, if `out` has them). Each
    task runs

        PLUGIN source/FILE out/FILE SHAPE SOURCE-DTYPE OUT-DTYPE ARGS...

    The files are the raw elements of one chunk, in C order and without a header. SHAPE is the shape
    of a chunk, such as `128,128`, and the dtypes are numpy's, such as `<f4`. A chunk at the end of
    the array has this shape too; what lies outside the array has the fill value, and is ignored in
    `out`. The plugin writes all elements of `out`, whatever the file contains.

    A chunk in a local directory that Zarr 3 has stored without compression is such a file, and the
    plugin opens it as it is. Any other chunk (compressed, remote, or not written yet) is copied
    through a temporary file in `scratch`, by default in Python's temporary directory.

    The value is `None`. `options` and errors are those of `map_windows`. Raises `ValueError` if the
    shapes or the chunks differ.
    """
    chunk = out.shards or out.chunks
    if source.shape != out.shape or (source.shards or source.chunks) != chunk:
        raise ValueError(
            f"cannot write the chunks of {out}: it has the shape {out.shape} in chunks of {chunk}, "
            f"and the source has {source.shape} in chunks of {source.shards or source.chunks}; "
            "create both alike"
        )
    program = Program.new(plugin, args, options)
    counts = (-(-length // step) for length, step in zip(out.shape, chunk, strict=True))
    copies = None if scratch is None else os.path.abspath(scratch)
    tasks = [
        partial(_write, program, _Chunk(source, place, chunk), _Chunk(out, place, chunk), copies)
        for place in product(*map(range, counts))
    ]
    return job(task_name(plugin), tasks, _nothing)


def _nothing() -> None:
    pass


def _write(program: Program, source: _Chunk, out: _Chunk, scratch: str | None) -> None:
    with ExitStack() as ended:

        def scratch_file() -> Path:
            folder = ended.enter_context(tempfile.TemporaryDirectory(dir=scratch))
            return Path(folder, "chunk")

        source_file = source.existing_file() or source.copy_to(scratch_file())
        own_file = out.file()
        out_file = own_file or scratch_file()
        if not out_file.exists() or out_file.stat().st_size != out.size:
            out.create(out_file)
        granted = program.with_grants(
            dirs_ro={"source": str(source_file.parent)}, dirs={"out": str(out_file.parent)}
        )
        granted.run(
            f"source/{source_file.name}",
            f"out/{out_file.name}",
            ",".join(map(str, out.shape)),
            source.dtype.str,
            out.dtype.str,
        )
        if own_file is None:
            out.copy_from(out_file)


@dataclass(frozen=True)
class _Chunk:
    """A chunk of an array, or a shard if it has them: what a task can write without the others."""

    array: zarr.Array[Any]
    place: tuple[int, ...]
    shape: tuple[int, ...]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the elements in a file: that of the array, with the byte order of the codec.

        numpy's dtype of a Zarr array has the byte order of the machine.
        """
        dtype: np.dtype[Any] = self.array.dtype
        return dtype.newbyteorder(self._byte_order or "native")

    @property
    def size(self) -> int:
        """The length of a file in bytes."""
        return int(np.prod(self.shape, dtype=object)) * self.array.dtype.itemsize

    @property
    def _byte_order(self) -> Literal["little", "big", "native"] | None:
        """The byte order of the files that Zarr stores, or `None` if they are not raw elements."""
        from zarr.codecs import BytesCodec

        # The metadata of Zarr 2 has no codecs, and strings of any length have another one.
        codecs: tuple[object, ...] = tuple(getattr(self.array.metadata, "codecs", ()))
        if len(codecs) != 1 or not isinstance(codecs[0], BytesCodec):
            return None
        endian = codecs[0].endian
        # Elements of one byte have no order.
        return "native" if endian is None else endian.value

    def file(self) -> Path | None:
        """Returns the file in which Zarr keeps the raw elements, if it does. It may not exist."""
        from zarr.storage import LocalStore

        store = self.array.store
        if not isinstance(store, LocalStore) or self._byte_order is None:
            return None
        key = self.array.metadata.encode_chunk_key(self.place)
        return Path(os.path.abspath(store.root), self.array.path, key)

    def existing_file(self) -> Path | None:
        """Returns `file()` if Zarr has written it: a chunk of fill values may have none."""
        file = self.file()
        return file if file is not None and file.exists() else None

    @property
    def _region(self) -> tuple[slice, ...]:
        """The part of the array that the chunk has."""
        starts = (place * step for place, step in zip(self.place, self.shape, strict=True))
        bounds = zip(starts, self.shape, self.array.shape, strict=True)
        return tuple(slice(start, min(start + step, end)) for start, step, end in bounds)

    @property
    def _inner(self) -> tuple[slice, ...]:
        """The part of the chunk that lies in the array."""
        return tuple(slice(region.stop - region.start) for region in self._region)

    def create(self, file: Path) -> None:
        """Creates a file of fill values, at once whole."""
        self._save(file, self._empty())

    def copy_to(self, file: Path) -> Path:
        """Creates a file with the elements that Zarr has. Returns the file."""
        elements = self._empty()
        elements[self._inner] = self.array[self._region]
        self._save(file, elements)
        return file

    def copy_from(self, file: Path) -> None:
        """Gives the elements of a file to Zarr."""
        elements = np.fromfile(file, self.dtype).reshape(self.shape)
        self.array[self._region] = elements[self._inner]

    def _empty(self) -> np.ndarray[Any, Any]:
        fill = self.array.fill_value
        return np.full(self.shape, 0 if fill is None else fill, self.dtype)

    def _save(self, file: Path, elements: np.ndarray[Any, Any]) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
        elements.tofile(temporary)
        os.replace(temporary, file)
