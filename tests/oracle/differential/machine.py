"""The execution of a program with numpy, step by step, on files in the current directory.

numpy and filemap differ by design in these cases, and `reductions.py` has the others:

- filemap rejects dtypes of pointers; numpy maps them and crashes.
- filemap rejects dtypes without a size, also as a part of a dtype, and dates in units of 0 seconds
  (`m8[0s]`, which numpy cannot pickle either): no program has one.
- A failed `open` leaves the file unchanged; numpy may have truncated or extended it.
- A file that is shorter than its `.npy` header says is `corrupt` in every mode; numpy extends it in
  `r+`.
- filemap reads and writes whole elements. numpy may leave out the bytes between fields, depending
  on the shape of the index: an array with such gaps is read and written through a view of dtype
  `V`.
- An index outside an axis is out of bounds, and so is a mask of another shape; numpy does not check
  them if the selection is empty.
- A view without elements has neither file nor mode in numpy, and no `flush`: they are not compared.
- `reshape` infers a length of -1; numpy infers any negative length.
- An offset past the end is out of bounds without a shape; numpy returns the shape (0,) for an
  offset of one byte in an empty file.
- filemap does not reduce floats of 16 bytes and dtypes with fields.
- A missing axis is out of bounds, also if it does not fit in a C int; numpy has another exception
  for those.
- A view by `take` or `mask` is invalid; numpy makes a copy.
- A view as a dtype that is too large for the shape, apart from an axis of length 0, is invalid;
  numpy fails when it reads the view.
"""

from __future__ import annotations

import math
import os
import warnings
from pathlib import Path

import numpy as np
from answers import Answer, Bytes, Done, Failure, Info, Reduced, Rejected, Shape
from dtypes import has_gaps
from indexing import index_cases, key, selects_outside, outside
from numpy.exceptions import AxisError
from opening import UNKNOWN, create_memmap, call_memmap, call_open_memmap, dtype_without_pointers
from reductions import reduce
from steps import OPENING_STEPS, VIEWING_STEPS, Index, Step

ATTRIBUTES = (
    "dtype item-size shape strides order offset mode writeable filename size nbytes".split()
)


class Machine:
    """The arrays of a program, by their number."""

    def __init__(self) -> None:
        self.arrays: dict[int, np.ndarray] = {}

    def run(self, step: Step) -> Answer:
        """Execute one step."""
        method = getattr(self, step.kind.replace("-", "_"))
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                result = method(*step.values)
        except Exception as error:  # numpy raises many classes of exceptions
            index = next((value for value in step.values if isinstance(value, list)), [])
            cases = error.cases if isinstance(error, Rejected) else index_cases(index, error)
            cause = error.__cause__ or error
            return Failure(cases, f"{type(cause).__name__}: {cause}")
        if step.kind in OPENING_STEPS | VIEWING_STEPS:
            self.arrays[step.values[0]] = result
            return self.info(step)
        return result

    def info(self, step: Step) -> Info:
        """Return the attributes of an array."""
        number = step.values[0]
        array = self.arrays[number]
        flags = array.flags
        known = getattr(array, "mode", None) is not None
        filename = array.filename and "/" + os.path.relpath(array.filename) if known else None
        values = [
            array.dtype, array.dtype.itemsize, array.shape, array.strides,
            "C" if flags.c_contiguous else "F" if flags.f_contiguous else "-",
            array.offset if known else None,
            array.mode if known else None,
            flags.writeable, (filename or "-") if known else None, array.size, array.nbytes,
        ]  # fmt: skip
        return Info(dict(zip(ATTRIBUTES, values, strict=True)))

    def file(self, path: str, zeroes: int, raw: bytes) -> Answer:
        """Write a file of `zeroes` zeroes and the bytes `raw`."""
        Path(path).write_bytes(bytes(zeroes) + raw)
        return Done()

    def content(self, path: str) -> Answer:
        """Return the content of a file, and remove the file."""
        return (
            Bytes(Path(path).read_bytes())
            if Path(path).exists()
            else Failure({"not-found"}, "no such file")
        )

    def open(
        self,
        _: int,
        path: str,
        dtype: str | None,
        mode: str,
        offset: int,
        shape: tuple | None,
        order: str,
    ):
        """Call `numpy.memmap` with a path."""
        return call_memmap(path, path, dtype, mode, offset, shape, order)

    def open_file(
        self,
        _: int,
        path: str,
        access: str,
        dtype: str | None,
        mode: str,
        offset: int,
        shape,
        order,
    ):
        """Call `numpy.memmap` with an open file, whose name numpy does not know."""
        flags = os.O_RDONLY if access == "rb" else os.O_RDWR
        with os.fdopen(os.open(path, flags), access) as file:
            try:
                return call_memmap(path, file, dtype, mode, offset, shape, order)
            except Rejected as error:
                if access == "rb" and mode in {"r+", "w+"}:
                    error.cases.add("access-denied")
                raise

    def open_npy(self, _: int, path: str, mode: str) -> np.ndarray:
        """Call `open_memmap` for an existing file."""
        return call_open_memmap(path, mode)

    def create_npy(
        self, _: int, path: str, dtype: str | None, shape: tuple, order: str, version: int | None
    ):
        """Call `open_memmap` for a new file."""
        return create_memmap(path, dtype, shape, order, version)

    def view(self, _: int, source: int, index: Index) -> np.ndarray:
        """Make a view by basic indexing, also a view without axes."""
        if any(kind in {"take", "mask"} for kind, *_ in index):
            raise Rejected("invalid-argument", "out-of-bounds")
        return self.select(source, index)

    def field(self, _: int, source: int, name: bytes) -> np.ndarray:
        """Make a view of a field."""
        array = self.arrays[source]
        if name.decode() not in (array.dtype.fields or {}):
            raise Rejected("invalid-argument")
        return array[name.decode()]

    def view_as(self, _: int, source: int, dtype: str) -> np.ndarray:
        """Make a view as another dtype."""
        try:
            view = self.arrays[source].view(dtype_without_pointers(dtype))
        except Exception as error:
            raise Rejected("invalid-argument", "unsupported") from error
        if view.itemsize * math.prod(length or 1 for length in view.shape) >= 2**63:
            raise Rejected("invalid-argument")
        return view

    def reshape(self, _: int, source: int, shape: tuple, order: str) -> np.ndarray:
        """Make a view in another shape, never a copy."""
        if any(length < -1 for length in shape):
            raise Rejected("invalid-argument")
        return self.arrays[source].reshape(shape, order=order, copy=False)

    def transpose(self, _: int, source: int, axes: tuple | None) -> np.ndarray:
        """Make a view with another order of the axes."""
        array = self.arrays[source]
        try:
            return array.transpose(axes)
        except ValueError as error:
            # Each side stops at its first error, and they check in another sequence.
            is_outside = any(outside(axis, array.ndim) for axis in axes)
            is_none = (
                len(axes) != array.ndim or len({axis % array.ndim for axis in axes}) != array.ndim
            )
            cases = {"out-of-bounds"} if is_outside else set()
            raise Rejected(
                *cases | ({"invalid-argument"} if is_none or not is_outside else set())
            ) from error

    def read(self, source: int, index: Index) -> Answer:
        """Read the elements of an index."""
        # The copy has no gaps: `tobytes` of an array with gaps supports at most 32 axes.
        return Bytes(self.select(source, index, whole=True).copy("C").tobytes())

    def shape_of(self, source: int, index: Index) -> Answer:
        """Return the shape of the elements of an index."""
        return Shape(self.select(source, index).shape)

    def write(self, source: int, index: Index, raw: bytes, shape: tuple | None) -> Answer:
        """Write to the elements of an index."""
        array, defects = as_void(self.arrays[source]), set()
        if not array.flags.writeable:
            defects.add("access-denied")
        try:
            selected = self.select(source, index)
        except (IndexError, ValueError, Rejected) as error:
            cases = error.cases if isinstance(error, Rejected) else index_cases(index, error)
            # The selection is invalid: whether the data fits is undefined.
            raise Rejected("invalid-argument", *cases, *defects) from error
        shape = selected.shape if shape is None else shape
        try:
            np.empty(selected.shape, "u1")[...] = np.broadcast_to(np.uint8(0), shape)
            if len(raw) != int(np.prod(shape, dtype=object)) * array.dtype.itemsize:
                raise ValueError("as many bytes as the shape says are needed")
        except ValueError as error:
            raise Rejected("invalid-argument", *defects) from error
        if defects:
            raise Rejected(*defects)
        array[key(index)] = np.ndarray(shape, array.dtype, bytearray(raw))
        return Done()

    def fill(self, source: int, raw: bytes) -> Answer:
        """Write one value to all elements."""
        array, defects = as_void(self.arrays[source]), set()
        if not array.flags.writeable:
            defects.add("access-denied")
        if len(raw) != array.dtype.itemsize:
            defects.add("invalid-argument")
        if defects:
            raise Rejected(*defects)
        array[...] = np.ndarray((), array.dtype, bytearray(raw))
        return Done()

    def read_bytes(self, source: int, offset: int, length: int) -> Answer:
        """Read bytes in file order."""
        return Bytes(self.flat(source, offset, length, set()).tobytes())

    def write_bytes(self, source: int, offset: int, raw: bytes) -> Answer:
        """Write bytes in file order."""
        defects = set() if self.arrays[source].flags.writeable else {"access-denied"}
        self.flat(source, offset, len(raw), defects)[...] = np.frombuffer(bytearray(raw), "u1")
        return Done()

    def flat(self, source: int, offset: int, length: int, defects: set[str]) -> np.ndarray:
        """Return a range of the bytes of an array without gaps."""
        array = self.arrays[source]
        if not (array.flags.c_contiguous or array.flags.f_contiguous):
            defects = defects | {"invalid-argument"}
        if offset + length > array.nbytes:
            defects = defects | {"out-of-bounds"}
        if defects:
            raise Rejected(*defects)
        if array.nbytes == 0:
            return np.empty((0,), "u1")
        line = (array if array.flags.c_contiguous else array.T).reshape((array.size,), copy=False)
        return line.view("u1")[offset : offset + length]

    def reduce(self, source: int, operation: str, axis: int | None) -> Answer:
        """Reduce an array."""
        array = self.arrays[source]
        if not is_reduced(array.dtype):
            raise Rejected("unsupported", *(["out-of-bounds"] if axis is not None else []))
        try:
            return Reduced(reduce(array, operation, axis))
        except Exception as error:
            cases = set()
            if isinstance(error, AxisError) or (axis is not None and outside(axis, array.ndim)):
                cases.add("out-of-bounds")
            elif isinstance(error, ValueError):
                cases.add("invalid-argument")
            try:
                reduce(np.zeros((1,), array.dtype), operation, None)
            except TypeError:
                cases.add("unsupported")
            if isinstance(error, TypeError):
                cases.add("unsupported")
            raise Rejected(*cases or {UNKNOWN}) from error

    def flush(self, source: int) -> Answer:
        """Flush an array."""
        if isinstance(self.arrays[source], np.memmap):
            self.arrays[source].flush()
        return Done()

    def advise(self, _: int, __: str) -> Answer:
        """Do nothing: advice changes no answer."""
        return Done()

    def drop(self, source: int) -> Answer:
        """Drop an array. Its views stay."""
        del self.arrays[source]
        return Done()

    def select(self, source: int, index: Index, *, whole: bool = False) -> np.ndarray:
        """Return the elements of an index."""
        array = self.arrays[source]
        result = (as_void(array) if whole else array)[key(index)]
        if selects_outside(array.shape, index):
            raise Rejected("out-of-bounds")
        return result


def as_void(array: np.ndarray) -> np.ndarray:
    """Return a view whose elements are plain bytes."""
    return array.view(f"V{array.dtype.itemsize}") if has_gaps(array.dtype) else array


def is_reduced(dtype: np.dtype) -> bool:
    """Whether filemap reduces elements of a dtype."""
    return dtype.names is None and dtype.str[1:] not in {"f16", "c32"}
