"""Write arrays with numpy from a file of lines, or compare arrays with the lines.

    arrays.py describe DTYPES
    arrays.py write DIRECTORY LINES
    arrays.py check DIRECTORY LINES
    arrays.py compare LINES FOUND

A line is `HOW FILE DTYPE ORDER OFFSET SHAPE DATA`: ``w+`` and ``r+`` are modes of ``numpy.memmap``,
``npy`` is ``numpy.save``, ``create`` is ``numpy.lib.format.open_memmap``, and ``create-1`` the same
with a version. The dtype (a string or a literal) and the data (``tobytes("C")``) are in
hexadecimal. The shape is written as ``3,4``. An empty field is ``-``, and so is an offset that
depends on the length of the header. The plugin ``tests/programs/src/bin/oracle`` executes the same
lines.
"""

from __future__ import annotations

import ast
import io
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Iterator

import numpy as np
from numpy.lib.format import dtype_to_descr, open_memmap, write_array

# numpy and filemap read a longer header only on request.
MAX_HEADER = 10_000

VERSIONS = {"1": (1, 0), "2": (2, 0), "3": (3, 0)}


def text_of(field: str) -> str:
    """Decode a text in hexadecimal."""
    return bytes.fromhex(field).decode()


@cache
def dtype_of(text: str) -> np.dtype:
    """Return the dtype of a spelling."""
    return np.dtype(ast.literal_eval(text) if text[0] in "([{" else text)


class Layout:
    """Dtype, shape and order of an array."""

    def __init__(self, array: np.ndarray) -> None:
        self.dtype = array.dtype
        self.shape = array.shape
        # C if the array is contiguous in both orders.
        self.order = "C" if array.flags.c_contiguous else "F" if array.flags.f_contiguous else None

    def __eq__(self, other: Layout) -> bool:
        return (self.dtype, self.shape, self.order) == (other.dtype, other.shape, other.order)

    def __repr__(self) -> str:
        return f"{self.dtype!r:.1000} {self.shape} {self.order}"


class Spec:
    """The array of a line."""

    def __init__(self, directory: Path, line: str) -> None:
        self.how, name, dtype, self.order, offset, shape, data = line.split(" ")
        self.path = directory / name
        self.dtype = dtype_of(text_of(dtype))
        self.offset = None if offset == "-" else int(offset)
        self.shape = () if shape == "-" else tuple(map(int, shape.split(",")))
        raw = b"" if data == "-" else bytes.fromhex(data)
        # The axes of a subarray dtype follow those of the shape.
        values = np.ndarray(self.shape, self.dtype, raw)
        if values.nbytes != len(raw):
            sys.exit(f"{name}: {len(raw)} bytes are no {self.dtype!r} of shape {self.shape}")
        # Not `numpy.zeros`, which converts `>M8` to `<M8`.
        self.values = np.ndarray(self.shape, self.dtype, bytearray(len(raw)), order=self.order)
        self.values[...] = values

    @property
    def is_raw(self) -> bool:
        """Whether the file has no header."""
        return self.how in ("w+", "r+")

    def map(self, mode: str) -> np.ndarray:
        """Map a file without a header."""
        return np.memmap(self.path, self.dtype, mode, self.offset, self.shape, self.order)

    def make(self) -> np.ndarray:
        """Map a new file, or extend an existing one."""
        if self.is_raw:
            return self.map(self.how)
        version = VERSIONS.get(self.how.removeprefix("create-"))
        return open_memmap(self.path, "w+", self.dtype, self.shape, self.order == "F", version)

    def write(self) -> None:
        """Write the file."""
        if self.how == "npy":
            np.save(self.path, self.values)
            return
        self.make()[...] = self.values

    def open(self) -> Iterator[np.memmap]:
        """Map the file for reading, by every function of numpy."""
        if self.is_raw:
            yield self.map("r")
            return
        # Tests the default of `max_header_size`, unless the header is longer.
        header = self.path.stat().st_size - self.values.nbytes
        limit = {"max_header_size": 1 << 20} if header > MAX_HEADER else {}
        yield np.load(self.path, mmap_mode="r", **limit)
        yield open_memmap(self.path, "r", **limit)

    def reopened(self) -> np.ndarray:
        """Return the array that the file has when it is opened again.

        It is the array that was written, except for a subarray dtype in `open_memmap`: the header
        has the requested shape, and only the size of the dtype. In Fortran order the axes of the
        dtype are the slowest ones nevertheless, so that an element of the file has bytes of several
        elements of the array. filemap does not correct this.
        """
        if self.dtype.subdtype is None or not self.how.startswith("create"):
            return self.values
        return np.ndarray(self.shape, self.dtype.str, self.values.tobytes("A"), order=self.order)

    def check(self) -> None:
        """Compare the file with the line. Exit if they differ."""
        expected = self.reopened()
        for array in self.open():
            self.compare(expected, array)
            if array.offset != (
                self.path.stat().st_size - array.nbytes if self.offset is None else self.offset
            ):
                sys.exit(
                    f"{self.path.name}: numpy finds the elements at {array.offset}, "
                    f"expected: {self.offset}"
                )

    def compare(self, expected: np.ndarray, found: np.ndarray) -> None:
        """Compare two arrays. Exit if they differ."""
        if Layout(found) != Layout(expected):
            sys.exit(f"{self.path.name}: found {Layout(found)!r}, expected: {Layout(expected)!r}")
        # Compares bytes, because NaN is not equal to itself.
        found, expected = found.tobytes("C"), expected.tobytes("C")
        if found != expected:
            sys.exit(f"{self.path.name}: found\n{found.hex()}\nexpected:\n{expected.hex()}")


def mask(dtype: np.dtype) -> bytes:
    """Return the bits that may be set in each byte of an element."""
    if dtype.subdtype is not None:
        return mask(dtype.base) * (dtype.itemsize // dtype.base.itemsize)
    if dtype.names is None:
        # Code points below the surrogates of UTF-16.
        point = b"\xff\x7f\0\0" if dtype.str.startswith("<") else b"\0\0\x7f\xff"
        return {"b": b"\1", "U": point * (dtype.itemsize // 4)}.get(
            dtype.kind, b"\xff" * dtype.itemsize
        )
    whole = bytearray(dtype.itemsize)
    for name in dtype.names:
        part, offset, *_ = dtype.fields[name]
        whole[offset : offset + part.itemsize] = mask(part)
    return bytes(whole)


def describe(text: str) -> str:
    """Describe a dtype: its valid bits, the versions that can hold it, and its header's length."""
    dtype = dtype_of(text)
    versions, longest = "", 0
    for number, version in VERSIONS.items():
        file = io.BytesIO()
        try:
            write_array(
                file,
                np.zeros((2, 3), np.dtype(dtype_to_descr(dtype)) if dtype.subdtype else dtype),
                version,
            )
        # A name that the encoding lacks, a header that is too long, or fields that no list can
        # describe.
        except ValueError:
            continue
        versions += number
        longest = max(longest, len(file.getvalue()) - 6 * dtype.itemsize)
    return f"{mask(dtype).hex()} {versions or '-'} {'long' if longest > MAX_HEADER else 'short'}"


def specs(directory: str, path: str) -> list[Spec]:
    """Parse the lines."""
    return [
        Spec(Path(directory), line) for line in Path(path).read_text(encoding="ascii").splitlines()
    ]


def compare(path: str, found: str) -> None:
    """Compare lines with the lines of what was found in their files. Exit if they differ."""
    expected, found = specs("", path), specs("", found)
    if len(expected) != len(found):
        sys.exit(f"{len(expected)} lines, and {len(found)} found")
    for one, other in zip(expected, found):
        one.compare(one.reopened(), other.values)
        # A header does not have this attribute, and numpy does not compare it.
        if one.is_raw and one.values.dtype.isalignedstruct != other.values.dtype.isalignedstruct:
            sys.exit(f"{one.path.name}: only one of {one.dtype} and {other.dtype} is aligned")
        if other.order != Layout(other.values).order:
            sys.exit(f"{one.path.name}: the order of shape {other.shape} is not {other.order}")


def main() -> None:
    """Execute the command line."""
    # Some headers are meant for newer versions only.
    warnings.filterwarnings("ignore", "Stored array in format")
    match sys.argv[1:]:
        case ["describe", path]:
            for line in Path(path).read_text(encoding="ascii").splitlines():
                print(describe(text_of(line)))
        case ["write", directory, path]:
            for spec in specs(directory, path):
                spec.write()
        case ["check", directory, path]:
            for spec in specs(directory, path):
                spec.check()
        case ["compare", path, found]:
            compare(path, found)


if __name__ == "__main__":
    main()
