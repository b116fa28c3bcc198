"""`Memmap`: an array over a file, what `numpy.memmap` is to CPython."""

from collections.abc import Iterator
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from ._array import Array, Elements, encoded
from ._index import INVALID, indices, is_element, returns_copy
from ._modes import mode_name, order_of
from ._reductions import Reductions
from ._wit import MAX_CALL
from ._wit import array as wit
from .errors import call, choice, signed, text, unsigned

_ADVICE = {advice.name.lower(): advice for advice in wit.Advice}
_CHUNK = 8192
"""The elements that iteration reads at once."""


class Memmap(Reductions, Elements):
    """An n-dimensional array over a file, as `memmap`, `open_npy` and `create_npy` return it.

    Nothing is read before it is asked for. `a[index]` is a view on the same file, or an object of
    Python for one element; `a[[3, 1]]` and `a[mask]` are copies in memory. `tobytes`, `tolist`,
    `item` and `memoryview(a)` read the elements. `a[index] = value` writes; the value is broadcast
    and converted as by numpy, except that a buffer or an array with a number that the dtype cannot
    represent is an `OverflowError`, as numpy has it for lists. `==` compares identity.
    """

    def __init__(self, handle: wit.Memmap) -> None:
        self._handle = handle

    @cached_property
    def _info(self) -> wit.MemmapInfo:
        return call(self._handle.info)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self._info.shape)

    @property
    def dtype(self) -> str:
        return self._info.dtype

    @property
    def size(self) -> int:
        return self._info.size

    @property
    def itemsize(self) -> int:
        return self._info.item_size

    @property
    def strides(self) -> tuple[int, ...]:
        """The distance between neighbours along each axis in bytes: `a.strides`."""
        return tuple(self._info.strides)

    @property
    def mode(self) -> str:
        """The mode, `r`, `c`, `r+` or `w+`: `a.mode`."""
        return mode_name(self._info.mode)

    @property
    def offset(self) -> int:
        """The position of the mapping in the file, in bytes: `a.offset`."""
        return self._info.offset

    @property
    def filename(self) -> str | None:
        """The absolute path of the file: `a.filename`."""
        return self._info.filename

    @property
    def writeable(self) -> bool:
        """Whether elements can be written: `a.flags.writeable`."""
        return self._info.writeable

    def __getitem__(self, key: Any) -> Any:
        """Returns a view, an element, or a copy of listed elements: `a[key]`. The key is what numpy
        takes: integers, slices, `...`, `None`, index arrays and masks, or the name of a field."""
        if isinstance(key, str):
            if self.dtype[:1] not in "[{":
                raise IndexError(INVALID)
            return Memmap(call(self._handle.field, text(key, "the name of a field")))
        index = indices(key)
        if is_element(index, self.ndim):
            return self._codec.decode_one(call(self._handle.read, index))
        if returns_copy(index):
            shape = call(self._handle.shape_of, index)
            return Array(self.dtype, shape, call(self._handle.read, index))
        return Memmap(call(self._handle.view, index))

    def __setitem__(self, key: Any, value: Any) -> None:
        """Writes elements: `a[key] = value`. The value is one element, nested sequences, a buffer
        with a format (`array.array`, a `memoryview`), or another array."""
        if isinstance(key, str):
            self[key][...] = value
            return
        shape, data = encoded(value, self.dtype)
        call(self._handle.write, indices(key), data, shape)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim != 1:
            return super().__iter__()
        starts = range(0, len(self), _CHUNK)
        return (value for start in starts for value in self[start : start + _CHUNK].tolist())

    def tobytes(self) -> bytes:
        if self.nbytes <= MAX_CALL:
            return call(self._handle.read, [])
        # More than a call moves: halves of the first axis that has any.
        axis = next(axis for axis, length in enumerate(self.shape) if length > 1)
        middle, before = self.shape[axis] // 2, (slice(None),) * axis
        halves = (slice(middle), slice(middle, None))
        return b"".join(self[(*before, half)].tobytes() for half in halves)

    def copy(self) -> Array:
        """Returns a copy in memory: `a.copy()`."""
        return Array(self.dtype, list(self.shape), self.tobytes())

    def fill(self, value: Any) -> None:
        """Writes one value to all elements: `a.fill(value)`."""
        call(self._handle.fill, encoded(value, self.dtype)[1])

    @property
    def T(self) -> "Memmap":
        """The view with its axes reversed: `a.T`."""
        return self.transpose()

    def transpose(self, *axes: Any) -> "Memmap":
        """Returns a view with its axes in another order: `a.transpose(1, 0)`. Without arguments
        they are reversed."""
        order = _numbers(axes, "an axis")
        return Memmap(call(self._handle.transpose, order or None))

    def reshape(self, *shape: Any, order: str = "C") -> "Memmap":
        """Returns a view in another shape: `a.reshape(2, -1)`. Raises `ValueError` where numpy
        makes a copy: reshape `a.copy()` or its bytes then."""
        lengths = _numbers(shape, "a length")
        return Memmap(call(self._handle.reshape, lengths, order_of(order)))

    def view(self, dtype: Any) -> "Memmap":
        """Returns a view of the bytes as another dtype: `a.view(dtype)`."""
        return Memmap(call(self._handle.view_as, dtype_text(dtype)))

    def flush(self) -> None:
        """Waits until everything that was written is on the disk: `a.flush()`."""
        call(self._handle.flush)

    def resize(self, length: int) -> None:
        """Changes the length of the first axis, and the size of the file. New elements are zero.
        numpy cannot resize a memmap. There must be no other view."""
        call(self._handle.resize, unsigned(length, "length"))
        self.__dict__.pop("_info", None)

    def advise(self, advice: str) -> None:
        """Says how the program is going to access the elements: `normal`, `random`, `sequential`,
        `will_need`, `dont_need`, `huge_page` or `no_huge_page`. This affects speed only."""
        call(self._handle.advise, _ADVICE[choice(advice, "advice", list(_ADVICE))])

    def close(self) -> None:
        """Ends the mapping, for all views. Later calls are a `ValueError`. `with` calls it."""
        self._handle.close()
        self.__dict__.pop("_info", None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        info = self._info
        shape = ", ".join(map(str, info.shape))
        return f"<Memmap: {info.filename}, {info.dtype}, ({shape}), {self.mode}>"


def dtype_text(dtype: Any) -> str:
    """Returns the text for a dtype in one of numpy's forms: a string, a class of Python, or a
    literal with parts, such as `[("x", "<f4"), ("y", "<i2")]`."""
    classes = {float: "float64", int: "int64", bool: "bool", complex: "complex128"}
    if isinstance(dtype, type) and dtype in classes:
        return classes[dtype]
    if isinstance(dtype, (list, tuple, dict)):
        return text(repr(dtype), "dtype")
    return text(dtype, "dtype")


def _numbers(arguments: tuple[Any, ...], name: str) -> list[int]:
    """Returns the numbers of `f(1, 2)`, `f((1, 2))` and `f(None)`."""
    if len(arguments) == 1 and isinstance(arguments[0], (list, tuple)):
        arguments = tuple(arguments[0])
    elif arguments == (None,):
        arguments = ()
    return [signed(number, name) for number in arguments]
