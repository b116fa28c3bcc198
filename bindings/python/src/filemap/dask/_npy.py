"""Files in the format `.npy`, whose rows many processes write."""

from __future__ import annotations

import errno
import math
import os
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.format import open_memmap

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True)
class Header:
    """Where the elements of a file in C order are."""

    path: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    offset: int


def header(path: str) -> Header:
    """Reads the header of a file."""
    array = open_memmap(path, mode="r")
    return Header(path, array.dtype, array.shape, array.offset)


def create(path: str, dtype: DTypeLike, shape: tuple[int, ...]) -> None:
    """Creates a file of zeroes, in C order, in place of one that exists.

    Programs that have the old file open keep it. The disk space is reserved where the system can do
    that, so that a full disk is an error here and not in a task. Raises `OSError`.
    """
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{uuid.uuid4().hex}")
    try:
        open_memmap(temporary, "w+", dtype, shape)
        _reserve(temporary)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.remove(temporary)
        raise


def _reserve(path: str) -> None:
    """Reserves the disk space of a file, unless the system or the file system cannot."""
    if not hasattr(os, "posix_fallocate"):
        return
    with open(path, "r+b") as file:
        try:
            os.posix_fallocate(file.fileno(), 0, os.fstat(file.fileno()).st_size)
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
                raise


def read_rows(header: Header, start: int, stop: int, after: object) -> NDArray[Any]:
    """Returns a copy of some rows. Dask computes `after` before: the rows are written then.

    It reads and does not map: a process that uses a mapped file dies if another one truncates it.
    """
    shape = (stop - start, *header.shape[1:])
    row = math.prod(header.shape[1:])
    offset = header.offset + start * row * header.dtype.itemsize
    rows = np.fromfile(header.path, header.dtype, math.prod(shape), offset=offset)
    if rows.size < math.prod(shape):
        raise EOFError(
            f"cannot read the rows {start} to {stop} of `{header.path}`: another program has "
            "truncated the file; run the job again"
        )
    return rows.reshape(shape)
