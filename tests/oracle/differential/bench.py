"""numpy's side: a program is done step by step, on files in the present directory.

Where numpy and filemap differ by design, and what is made of it; the other such places are in `reductions.py`:

- A type of pointers is refused; numpy maps it and crashes.
- A type, or a part of one, without a size is nothing that filemap has, nor dates in units of no seconds (`m8[0s]`,
  which numpy cannot pickle either): no program has one.
- An `open` that fails leaves the file as it was; numpy may have emptied or extended it by then.
- A file that is shorter than its `.npy` header says is `corrupt` in every mode; numpy extends it in `r+`.
- filemap reads and writes whole elements. numpy leaves out the bytes between fields, or does not, by the shape of the
  index; so an array of a type with gaps is read and written through a view of type `V`.
- An element outside of an axis is out of bounds, and so is a mask of another shape; numpy does not look where the
  selection turns out empty.
- A view without elements knows neither file nor mode in numpy, and has no `flush`: they are not compared.
- The one length that `reshape` finds out is -1; numpy takes any negative number for it.
- An offset past the end is out of bounds without a shape; one byte past an empty file, numpy makes (0,) of it.
- Neither floats of 16 bytes nor types with fields are reduced.
- An axis that is not there is out of bounds, also one that is no C int, of which numpy says something else.
- A view that `take` or `mask` would have is refused: numpy's is a copy.
- A view of a type that is too large for the shape, but for an axis without elements, is refused; numpy refuses to
  read it.
"""

from __future__ import annotations

import math
import os
import warnings
from pathlib import Path

import numpy as np
from answers import Answer, Bytes, Done, Failure, Info, Reduced, Refused, Shape
from dtypes import has_gaps
from indexing import index_cases, key, looks_outside, outside
from numpy.exceptions import AxisError
from opening import UNKNOWN, created_npy, opened, opened_npy, safe
from reductions import reduce
from steps import OPENERS, VIEWERS, Index, Step

ATTRIBUTES = "dtype item-size shape strides order offset mode writeable filename size nbytes".split()


class Bench:
    """The arrays of a case, by their number."""

    def __init__(self) -> None:
        self.arrays: dict[int, np.ndarray] = {}

    def run(self, step: Step) -> Answer:
        """Do one step."""
        method = getattr(self, step.kind.replace("-", "_"))
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                result = method(*step.values)
        except Exception as error:  # numpy raises all kinds of them
            index = next((value for value in step.values if isinstance(value, list)), [])
            cases = error.cases if isinstance(error, Refused) else index_cases(index, error)
            cause = error.__cause__ or error
            return Failure(cases, f"{type(cause).__name__}: {cause}")
        if step.kind in OPENERS | VIEWERS:
            self.arrays[step.values[0]] = result
            return self.info(step)
        return result

    def info(self, step: Step) -> Info:
        """What numpy says of an array."""
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
        """A file of so many zeroes, and some bytes behind them."""
        Path(path).write_bytes(bytes(zeroes) + raw)
        return Done()

    def content(self, path: str) -> Answer:
        """The whole file."""
        return Bytes(Path(path).read_bytes()) if Path(path).exists() else Failure({"not-found"}, "no such file")

    def open(self, _: int, path: str, dtype: str | None, mode: str, offset: int, shape: tuple | None, order: str):
        """`numpy.memmap` of a path."""
        return opened(path, path, dtype, mode, offset, shape, order)

    def open_file(self, _: int, path: str, access: str, dtype: str | None, mode: str, offset: int, shape, order):
        """`numpy.memmap` of a file that is open; a number as its name is none for numpy."""
        flags = os.O_RDONLY if access == "rb" else os.O_RDWR
        with os.fdopen(os.open(path, flags), access) as file:
            try:
                return opened(path, file, dtype, mode, offset, shape, order)
            except Refused as error:
                if access == "rb" and mode in {"r+", "w+"}:
                    error.cases.add("access-denied")
                raise

    def open_npy(self, _: int, path: str, mode: str) -> np.ndarray:
        """`open_memmap` of a file that is there."""
        return opened_npy(path, mode)

    def create_npy(self, _: int, path: str, dtype: str | None, shape: tuple, order: str, version: int | None):
        """`open_memmap` of a new file."""
        return created_npy(path, dtype, shape, order, version)

    def view(self, _: int, source: int, index: Index) -> np.ndarray:
        """Basic indexing; an array also where it leaves no axis."""
        if any(kind in {"take", "mask"} for kind, *_ in index):
            raise Refused("invalid-argument", "out-of-bounds")
        return self.select(source, index)

    def field(self, _: int, source: int, name: bytes) -> np.ndarray:
        """One field."""
        array = self.arrays[source]
        if name.decode() not in (array.dtype.fields or {}):
            raise Refused("invalid-argument")
        return array[name.decode()]

    def view_as(self, _: int, source: int, dtype: str) -> np.ndarray:
        """Another type."""
        try:
            view = self.arrays[source].view(safe(dtype))
        except Exception as error:
            raise Refused("invalid-argument", "unsupported") from error
        if view.itemsize * math.prod(length or 1 for length in view.shape) >= 2**63:
            raise Refused("invalid-argument")
        return view

    def reshape(self, _: int, source: int, shape: tuple, order: str) -> np.ndarray:
        """Another shape, and never a copy."""
        if any(length < -1 for length in shape):
            raise Refused("invalid-argument")
        return self.arrays[source].reshape(shape, order=order, copy=False)

    def transpose(self, _: int, source: int, axes: tuple | None) -> np.ndarray:
        """Another order of the axes."""
        array = self.arrays[source]
        try:
            return array.transpose(axes)
        except ValueError as error:
            # Either side stops at the first thing that is wrong, and they do not look in the same sequence.
            is_outside = any(outside(axis, array.ndim) for axis in axes)
            is_none = len(axes) != array.ndim or len({axis % array.ndim for axis in axes}) != array.ndim
            cases = {"out-of-bounds"} if is_outside else set()
            raise Refused(*cases | ({"invalid-argument"} if is_none or not is_outside else set())) from error

    def read(self, source: int, index: Index) -> Answer:
        """Some of the elements."""
        # The copy has no gaps: of arrays that have some, `tobytes` takes no more than 32 axes.
        return Bytes(self.select(source, index, whole=True).copy("C").tobytes())

    def shape_of(self, source: int, index: Index) -> Answer:
        """The shape of that."""
        return Shape(self.select(source, index).shape)

    def write(self, source: int, index: Index, raw: bytes, shape: tuple | None) -> Answer:
        """Some elements get other values."""
        array, defects = as_void(self.arrays[source]), set()
        if not array.flags.writeable:
            defects.add("access-denied")
        try:
            selected = self.select(source, index)
        except (IndexError, ValueError, Refused) as error:
            cases = error.cases if isinstance(error, Refused) else index_cases(index, error)
            # Of data for a selection that is none nobody can say whether it fits.
            raise Refused("invalid-argument", *cases, *defects) from error
        shape = selected.shape if shape is None else shape
        try:
            np.empty(selected.shape, "u1")[...] = np.broadcast_to(np.uint8(0), shape)
            if len(raw) != int(np.prod(shape, dtype=object)) * array.dtype.itemsize:
                raise ValueError("as many bytes as the shape says are needed")
        except ValueError as error:
            raise Refused("invalid-argument", *defects) from error
        if defects:
            raise Refused(*defects)
        array[key(index)] = np.ndarray(shape, array.dtype, bytearray(raw))
        return Done()

    def fill(self, source: int, raw: bytes) -> Answer:
        """All elements get one value."""
        array, defects = as_void(self.arrays[source]), set()
        if not array.flags.writeable:
            defects.add("access-denied")
        if len(raw) != array.dtype.itemsize:
            defects.add("invalid-argument")
        if defects:
            raise Refused(*defects)
        array[...] = np.ndarray((), array.dtype, bytearray(raw))
        return Done()

    def read_bytes(self, source: int, offset: int, length: int) -> Answer:
        """Bytes as they lie in the file."""
        return Bytes(self.flat(source, offset, length, set()).tobytes())

    def write_bytes(self, source: int, offset: int, raw: bytes) -> Answer:
        """The same for writing."""
        defects = set() if self.arrays[source].flags.writeable else {"access-denied"}
        self.flat(source, offset, len(raw), defects)[...] = np.frombuffer(bytearray(raw), "u1")
        return Done()

    def flat(self, source: int, offset: int, length: int, defects: set[str]) -> np.ndarray:
        """A range of the bytes of an array without gaps."""
        array = self.arrays[source]
        if not (array.flags.c_contiguous or array.flags.f_contiguous):
            defects = defects | {"invalid-argument"}
        if offset + length > array.nbytes:
            defects = defects | {"out-of-bounds"}
        if defects:
            raise Refused(*defects)
        if array.nbytes == 0:
            return np.empty((0,), "u1")
        line = (array if array.flags.c_contiguous else array.T).reshape((array.size,), copy=False)
        return line.view("u1")[offset : offset + length]

    def reduce(self, source: int, operation: str, axis: int | None) -> Answer:
        """A reduction."""
        array = self.arrays[source]
        if not is_reduced(array.dtype):
            raise Refused("unsupported", *(["out-of-bounds"] if axis is not None else []))
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
            raise Refused(*cases or {UNKNOWN}) from error

    def flush(self, source: int) -> Answer:
        """To the disk."""
        if isinstance(self.arrays[source], np.memmap):
            self.arrays[source].flush()
        return Done()

    def advise(self, _: int, __: str) -> Answer:
        """A hint that changes nothing."""
        return Done()

    def drop(self, source: int) -> Answer:
        """One array less; its views live on."""
        del self.arrays[source]
        return Done()

    def select(self, source: int, index: Index, *, whole: bool = False) -> np.ndarray:
        """The elements that an index takes."""
        array = self.arrays[source]
        result = (as_void(array) if whole else array)[key(index)]
        if looks_outside(array.shape, index):
            raise Refused("out-of-bounds")
        return result


def as_void(array: np.ndarray) -> np.ndarray:
    """The array with elements that are nothing but bytes."""
    return array.view(f"V{array.dtype.itemsize}") if has_gaps(array.dtype) else array


def is_reduced(dtype: np.dtype) -> bool:
    """Whether filemap reduces elements of a type at all."""
    return dtype.names is None and dtype.str[1:] not in {"f16", "c32"}
