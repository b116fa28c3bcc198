"""The functions that open arrays."""

import os
from collections.abc import Sequence
from typing import Any

from ._memmap import Memmap, dtype_text
from ._modes import mode_of, order_of
from ._wit import array as wit
from .errors import call, text, unsigned

_VERSIONS = {
    None: None,
    (1, 0): wit.NpyVersion.V1,
    (2, 0): wit.NpyVersion.V2,
    (3, 0): wit.NpyVersion.V3,
}


def memmap(
    filename: str | os.PathLike[str],
    dtype: Any = "uint8",
    mode: str = "r+",
    offset: int = 0,
    shape: int | Sequence[int] | None = None,
    order: str = "C",
) -> Memmap:
    """Maps a part of a file as an array: `numpy.memmap(filename, dtype, mode, offset, shape,
    order)`.

    `dtype` is a string of numpy (`float64`, `<f4`, `S10`, `datetime64[ms]`), one of the classes
    `float`, `int`, `bool` and `complex`, or a list of fields (`[("x", "<f4"), ("y", "<i2")]`).
    The modes are `r`, `c` (writes change this array and never the file), `r+` (extends a file that
    is too short) and `w+` (creates the file, or truncates it; needs a shape). Without a shape, the
    array is everything after `offset`, in one axis.

    Raises `FileNotFoundError`, `PermissionError` outside the granted directories, `ValueError` for
    arguments that fit neither each other nor the file, and `OSError` with `ENOSPC` on a full disk.
    """
    options = wit.MemmapOptions(
        dtype_text(dtype),
        mode_of(mode),
        unsigned(offset, "offset"),
        None if shape is None else _shape(shape),
        order_of(order),
    )
    return Memmap(call(wit.Memmap.open, _path(filename), options))


def open_npy(
    filename: str | os.PathLike[str], mode: str = "r+", *, max_header_size: int = 10_000
) -> Memmap:
    """Maps the array in a `.npy` file: `numpy.load(filename, mmap_mode=mode)` and
    `numpy.lib.format.open_memmap(filename, mode)`. The mode is `r`, `c` or `r+`.

    Raises what `memmap` raises, and `ValueError` for a file that is not a `.npy` file or is
    shorter than its header says.
    """
    header = unsigned(max_header_size, "max_header_size")
    return Memmap(call(wit.Memmap.open_npy, _path(filename), mode_of(mode), header))


def create_npy(
    filename: str | os.PathLike[str],
    dtype: Any = "float64",
    shape: int | Sequence[int] = (),
    order: str = "C",
    version: tuple[int, int] | None = None,
) -> Memmap:
    """Creates a `.npy` file with an array of zeroes, or replaces an existing file, and maps it:
    `numpy.lib.format.open_memmap(filename, "w+", dtype, shape, order == "F", version)`."""
    if version not in _VERSIONS:
        raise ValueError(f"we only support format version (1,0), (2,0), and (3,0), not {version}")
    number = _VERSIONS[version]
    options = wit.NpyOptions(dtype_text(dtype), _shape(shape), order_of(order), number)
    return Memmap(call(wit.Memmap.create_npy, _path(filename), options))


def _path(filename: str | os.PathLike[str]) -> str:
    return text(os.fspath(filename), "the path of an array")


def _shape(shape: int | Sequence[int]) -> list[int]:
    lengths = shape if isinstance(shape, Sequence) else [shape]
    return [unsigned(length, "a length in the shape") for length in lengths]
