"""Opening with numpy, and the codes that filemap may return where numpy fails."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from answers import Rejected
from dtypes import parse_dtype
from numpy.lib.format import open_memmap

# A code that filemap never returns: the reason of numpy's exception is unknown.
UNKNOWN = "unknown here"
MAX_SIZE = (1 << 63) - 1


def dtype_without_pointers(text: str) -> np.dtype:
    """Return a dtype without pointers: numpy would dereference the bytes of the file."""
    dtype = parse_dtype(text)
    if dtype.hasobject:
        raise TypeError("elements are pointers")
    return dtype


def call_memmap(
    path: str, file, dtype: str | None, mode: str, offset: int, shape: tuple | None, order: str
) -> np.memmap:
    """Call `numpy.memmap`, and restore the file if it fails."""
    before = Path(path).read_bytes() if Path(path).exists() else None
    try:
        if shape is None and before is not None and offset > len(before):
            raise ValueError("the offset is past the end")
        array = np.memmap(
            file,
            "u1" if dtype is None else dtype_without_pointers(dtype),
            mode,
            offset,
            shape,
            order,
        )
    except Exception as error:
        restore(path, before)
        raise Rejected(*open_cases(path, dtype, mode, offset, shape)) from error
    return array


def open_cases(
    path: str, dtype: str | None, mode: str, offset: int, shape: tuple | None
) -> set[str]:
    """Return the codes of all errors of an `open`. filemap may return any of them."""
    try:
        type_ = dtype_without_pointers(dtype) if dtype is not None else np.dtype("u1")
    except Exception:
        return {"invalid-argument", "unsupported"} | (
            {"not-found"} if not Path(path).exists() else set()
        )
    cases = set()
    if shape is not None:
        axes = (*shape, *type_.shape)
        end = offset + int(np.prod(shape, dtype=object)) * type_.itemsize
        if end > MAX_SIZE or overflows(axes, type_.base.itemsize) or len(axes) > 64:
            cases.add("invalid-argument")
    elif mode == "w+":
        cases.add("invalid-argument")
    if not Path(path).exists():
        return cases | ({"not-found"} if mode != "w+" else set())
    size = Path(path).stat().st_size
    if size == 0 and mode in {"r", "c"}:
        cases.add("invalid-argument")
    if shape is not None:
        if end > size and mode in {"r", "c"}:
            cases.add("out-of-bounds")
    elif offset > size:
        cases.add("out-of-bounds")
    elif (size - offset) % type_.itemsize:
        cases.add("invalid-argument")
    return cases or {UNKNOWN}


def overflows(axes: tuple[int, ...], itemsize: int) -> bool:
    """Whether a shape has too many bytes. Like numpy, it counts an axis of length 0 as length 1."""
    return int(np.prod([length or 1 for length in axes], dtype=object)) * itemsize > MAX_SIZE


def restore(path: str, before: bytes | None) -> None:
    """Restore the content of a file."""
    if before is None:
        Path(path).unlink(missing_ok=True)
    elif Path(path).read_bytes() != before:
        # In place, without a truncation of what other arrays map.
        with Path(path).open("r+b") as file:
            file.write(before)
            file.truncate()


def call_open_memmap(path: str, mode: str) -> np.memmap:
    """Call `open_memmap` for an existing file."""
    if mode == "w+":
        raise Rejected("invalid-argument")
    size = Path(path).stat().st_size if Path(path).exists() else 0
    try:
        array = open_memmap(path, mode)
    except FileNotFoundError:
        raise Rejected("not-found") from None
    except Exception as error:
        raise Rejected("corrupt", "unsupported", "limit-exceeded") from error
    if array.offset + array.nbytes > size:
        del array
        os.truncate(path, size)
        raise Rejected("corrupt")
    return array


def create_memmap(
    path: str, dtype: str | None, shape: tuple, order: str, version: int | None
) -> np.memmap:
    """Call `open_memmap` for a new file, which may replace another."""
    before = Path(path).read_bytes() if Path(path).exists() else None
    try:
        type_ = np.dtype("f8") if dtype is None else dtype_without_pointers(dtype)
        return open_memmap(path, "w+", type_, shape, order == "F", version and (version, 0))
    except Exception as error:
        restore(path, before)
        raise Rejected("invalid-argument", "unsupported") from error
