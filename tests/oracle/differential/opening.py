"""Opening with numpy, and what filemap may say where numpy fails."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from answers import Refused
from dtypes import read
from numpy.lib.format import open_memmap

# What no answer is: numpy refuses something for a reason that has to be looked into.
UNKNOWN = "unknown here"
LARGEST = (1 << 63) - 1


def safe(text: str) -> np.dtype:
    """A type; numpy would take the bytes of a file for pointers, and follow them."""
    dtype = read(text)
    if dtype.hasobject:
        raise TypeError("elements are pointers")
    return dtype


def opened(path: str, file, dtype: str | None, mode: str, offset: int, shape: tuple | None, order: str) -> np.memmap:
    """`numpy.memmap`, and the file as it was where that fails."""
    before = Path(path).read_bytes() if Path(path).exists() else None
    try:
        if shape is None and before is not None and offset > len(before):
            raise ValueError("the offset is past the end")
        array = np.memmap(file, "u1" if dtype is None else safe(dtype), mode, offset, shape, order)
    except Exception as error:
        restore(path, before)
        raise Refused(*open_cases(path, dtype, mode, offset, shape)) from error
    return array


def open_cases(path: str, dtype: str | None, mode: str, offset: int, shape: tuple | None) -> set[str]:
    """Everything that is wrong with an `open`: filemap may say any of it."""
    try:
        type_ = safe(dtype) if dtype is not None else np.dtype("u1")
    except Exception:
        return {"invalid-argument", "unsupported"} | ({"not-found"} if not Path(path).exists() else set())
    cases = set()
    if shape is not None:
        axes = (*shape, *type_.shape)
        end = offset + int(np.prod(shape, dtype=object)) * type_.itemsize
        if end > LARGEST or overflows(axes, type_.base.itemsize) or len(axes) > 64:
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
    """Whether a shape is one of too many bytes; as numpy counts, where an axis of length 0 is one of length 1."""
    return int(np.prod([length or 1 for length in axes], dtype=object)) * itemsize > LARGEST


def restore(path: str, before: bytes | None) -> None:
    """Give a file the content that it had."""
    if before is None:
        Path(path).unlink(missing_ok=True)
    elif Path(path).read_bytes() != before:
        # In place: what other arrays map must not be cut off in between.
        with Path(path).open("r+b") as file:
            file.write(before)
            file.truncate()


def opened_npy(path: str, mode: str) -> np.memmap:
    """`open_memmap` of a file that is there."""
    if mode == "w+":
        raise Refused("invalid-argument")
    size = Path(path).stat().st_size if Path(path).exists() else 0
    try:
        array = open_memmap(path, mode)
    except FileNotFoundError:
        raise Refused("not-found") from None
    except Exception as error:
        raise Refused("corrupt", "unsupported", "limit-exceeded") from error
    if array.offset + array.nbytes > size:
        del array
        os.truncate(path, size)
        raise Refused("corrupt")
    return array


def created_npy(path: str, dtype: str | None, shape: tuple, order: str, version: int | None) -> np.memmap:
    """`open_memmap` of a new file, or of one in the place of another."""
    before = Path(path).read_bytes() if Path(path).exists() else None
    try:
        type_ = np.dtype("f8") if dtype is None else safe(dtype)
        return open_memmap(path, "w+", type_, shape, order == "F", version and (version, 0))
    except Exception as error:
        restore(path, before)
        raise Refused("invalid-argument", "unsupported") from error
