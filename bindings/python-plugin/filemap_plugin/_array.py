"""Arrays in memory, and what they have in common with arrays over a file."""

from collections.abc import Iterator
from math import prod
from typing import Any

from ._dtype import Codec, codec_of
from ._nested import flatten, nest


class Elements:
    """What every array has: elements of one dtype in a shape. The names are those of numpy."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis: `a.shape`."""
        raise NotImplementedError

    @property
    def dtype(self) -> str:
        """The element type in numpy's spelling, such as `<f8`: `a.dtype.str`, and `a.dtype.descr`
        of a type with fields."""
        raise NotImplementedError

    def tobytes(self) -> bytes:
        """Returns the bytes of the elements in C order: `a.tobytes()`."""
        raise NotImplementedError

    @property
    def _codec(self) -> Codec:
        return codec_of(self.dtype)

    @property
    def ndim(self) -> int:
        """The number of axes: `a.ndim`."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements: `a.size`."""
        return prod(self.shape)

    @property
    def itemsize(self) -> int:
        """The size of an element in bytes: `a.itemsize`."""
        return self._codec.size

    @property
    def nbytes(self) -> int:
        """The number of bytes of all elements: `a.nbytes`."""
        return self.size * self.itemsize

    def tolist(self) -> Any:
        """Returns the elements as nested lists of objects of Python: `a.tolist()`."""
        flat = self._codec.decode(self.tobytes()) if self.size else []
        return nest(flat, self.shape)

    def item(self, *index: int) -> Any:
        """Returns one element as an object of Python: `a.item()`, `a.item(1, 2)`."""
        if index:
            element: Any = self[_position(index[0], self.shape) if len(index) == 1 else index]
            return element
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self._codec.decode_one(self.tobytes())

    def __getitem__(self, key: Any) -> Any:
        raise NotImplementedError

    def __len__(self) -> int:
        """Returns the length of the first axis: `len(a)`."""
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[position] for position in range(len(self)))

    def __bool__(self) -> bool:
        if self.size > 1:
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. "
                "Use a.any() or a.all()"
            )
        return self.size == 1 and bool(self.item())

    def __buffer__(self, flags: int, /) -> Any:
        """Returns a copy of the elements, for `memoryview(a)`, `bytes(a)`, `array.array("d", a)`
        and others. It has numpy's format and shape if `memoryview` has the format: not the other
        byte order, nor complex numbers, nor fields. Then it is bytes without a shape."""
        view: Any = memoryview(self.tobytes())
        native = self._codec.native
        if native is None:
            return view
        # A view cannot have an axis of length 0.
        return view.cast(native, self.shape) if self.size else view.cast(native)


class Array(Elements):
    """An array in memory: what numpy returns as an `ndarray` of its own. `a[[3, 1]]` and
    `a.sum(axis=0)` are such arrays. It can be read, and indexed from the first axis on."""

    def __init__(self, dtype: str, shape: list[int], data: bytes) -> None:
        self._dtype, self._shape, self._data = dtype, tuple(shape), data

    @property
    def shape(self) -> tuple[int, ...]:
        return self._shape

    @property
    def dtype(self) -> str:
        return self._dtype

    def tobytes(self) -> bytes:
        return self._data

    def __getitem__(self, key: Any) -> Any:
        """Returns an element, or a part: `a[1]`, `a[1, 2]`, `a[2:5]`, `a[1, ::2]`. Only the last
        index may be a slice."""
        first, *rest = key if isinstance(key, tuple) else (key,)
        if not self._shape:
            raise IndexError("too many indices for array: array is 0-dimensional")
        length, *inner = self._shape
        size = self.itemsize * prod(inner)
        if isinstance(first, slice) and not rest:
            rows = range(length)[first]
            data = b"".join(self._data[row * size : (row + 1) * size] for row in rows)
            return Array(self._dtype, [len(rows), *inner], data)
        if not hasattr(first, "__index__"):
            raise IndexError("an array in memory has integers as indices, and a slice as the last")
        position = first.__index__()
        if not -length <= position < length:
            raise IndexError(f"index {position} is out of bounds for axis 0 with size {length}")
        position %= length
        part = Array(self._dtype, inner, self._data[position * size : (position + 1) * size])
        if rest:
            return part[tuple(rest)]
        return part if inner else part.item()

    def __repr__(self) -> str:
        return f"Array({self.tolist()!r}, dtype={self._dtype!r})"


def _position(index: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Returns the index of an element that is counted in C order over all axes."""
    size = prod(shape)
    if not -size <= index < size:
        raise IndexError(f"index {index} is out of bounds for size {size}")
    index %= size
    position = []
    for length in reversed(shape):
        position.append(index % length)
        index //= length
    return tuple(reversed(position))


def encoded(value: Any, dtype: str) -> tuple[list[int], bytes]:
    """Returns the shape and the bytes of a value that is written to an array of a dtype: an
    array, a buffer with a format, nested sequences, or one element."""
    codec = codec_of(dtype)
    if isinstance(value, Elements) and value.dtype == dtype:
        return list(value.shape), value.tobytes()
    if isinstance(value, Elements):
        value = value.tolist()
    elif not isinstance(value, (str, bytes, list, tuple)) and hasattr(value, "__buffer__"):
        view = memoryview(value)
        if codec.native is not None and _is_native(view, codec):
            return list(view.shape or ()), view.tobytes()
        value = view.tolist()
    elif isinstance(value, range):
        value = list(value)
    elif isinstance(value, bytes) and not isinstance(value, codec.atoms):
        raise TypeError(
            f"bytes have no dtype: for {dtype}, use `memoryview(data).cast({codec.native!r})`"
            if codec.native
            else f"bytes have no dtype, and the array has {dtype}"
        )
    sequences = tuple({list, tuple}.difference(codec.atoms))
    shape, flat = flatten(value, sequences)
    return shape, codec.encode(flat)


def _is_native(view: memoryview, codec: Codec) -> bool:
    """Whether the elements of a view are those of a codec."""
    kinds = ("bhilqn", "BHILQN", "efd", "?")
    kind = next((kind for kind in kinds if view.format.lstrip("@") in kind), None)
    return kind is not None and codec.native in tuple(kind) and view.itemsize == codec.size
