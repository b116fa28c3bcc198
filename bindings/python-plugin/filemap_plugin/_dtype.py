"""Elements of a dtype as bytes, and as objects of Python: what numpy's `tolist` and `item` do."""

import ast
import codecs
import re
from array import array
from collections.abc import Sequence
from functools import lru_cache
from math import prod
from struct import Struct, error as StructError
from typing import Any

from ._dates import Dates
from ._nested import flatten, nest

_INTEGERS = {
    "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u2": "H", "u4": "I", "u8": "Q",
}  # fmt: skip
_FLOATS = {"f2": "e", "f4": "f", "f8": "d"}
_PARTS = {"c8": "f4", "c16": "f8"}


class Codec:
    """How the elements of one dtype are stored. `decode` and `encode` take many at once."""

    size: int
    """The size of an element in bytes."""
    native: str | None = None
    """The format of the elements in a `memoryview`, if it has one."""
    atoms: tuple[type, ...] = ()
    """Types that are an element, and that other dtypes take for a sequence or a buffer."""

    def decode(self, data: bytes) -> list[Any]:
        """Returns the elements as objects."""
        return [self.decode_one(data[at : at + self.size]) for at in self._positions(data)]

    def encode(self, values: Sequence[Any]) -> bytes:
        """Returns objects as elements. Raises `TypeError`, `ValueError` or `OverflowError` for an
        object that the dtype cannot represent."""
        return b"".join(map(self.encode_one, values))

    def decode_one(self, data: bytes) -> Any:
        return self.decode(data)[0]

    def encode_one(self, value: Any) -> bytes:
        return self.encode([value])

    def _positions(self, data: bytes) -> range:
        return range(0, len(data), self.size or 1)


class Numbers(Codec):
    """Integers, floats and booleans."""

    def __init__(self, format: str, swapped: bool, name: str) -> None:
        self._format, self._swapped, self._name = format, swapped, name
        self._one = Struct((">" if swapped else "<") + format)
        self.size = self._one.size
        self.native = None if swapped and self.size > 1 else format

    def decode(self, data: bytes) -> list[Any]:
        if self.native:
            view: Any = memoryview(data)
            numbers: list[Any] = view.cast(self.native).tolist()
            return numbers
        count = len(data) // self.size
        return list(Struct(f">{count}{self._format}").unpack(data))

    def encode(self, values: Sequence[Any]) -> bytes:
        if self._format == "?":
            return bytes(map(bool, values))
        try:
            return self._packed(values)
        except (TypeError, OverflowError, StructError):
            return self._packed([self._number(value) for value in values])

    def _packed(self, values: Sequence[Any]) -> bytes:
        if self._format == "e":
            return Struct(f"{'>' if self._swapped else '<'}{len(values)}e").pack(*values)
        numbers = array(self._format, values)
        if self._swapped:
            numbers.byteswap()
        return numbers.tobytes()

    def _number(self, value: Any) -> int | float:
        """Returns a number that fits, as numpy converts an object for an array of this dtype."""
        if self._format in "efd":
            # `None` is NaN in an array of floats, as in numpy.
            number = float("nan" if value is None else value)
            # The largest `float16` is 65504; from 65520 numbers are rounded to infinity.
            too_large = self._format == "e" and 65520 <= abs(number)
            return float("inf" if number > 0 else "-inf") if too_large else number
        integer = int(value)
        bits, signed = 8 * self.size, self._format.islower()
        lowest, highest = (-1 << bits - 1, (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        if not lowest <= integer <= highest:
            raise OverflowError(f"Python integer {integer} out of bounds for {self._name}")
        return integer


class Complex(Codec):
    """Complex numbers, as pairs of floats."""

    def __init__(self, parts: Numbers) -> None:
        self._parts = parts
        self.size = 2 * parts.size

    def decode(self, data: bytes) -> list[complex]:
        parts = self._parts.decode(data)
        return list(map(complex, parts[::2], parts[1::2]))

    def encode(self, values: Sequence[Any]) -> bytes:
        numbers = map(complex, values)
        return self._parts.encode([part for z in numbers for part in (z.real, z.imag)])


class Bytes(Codec):
    """`S`: bytes without the zeroes at their end."""

    atoms = (bytes, str)

    def __init__(self, size: int) -> None:
        self.size = size

    def decode_one(self, data: bytes) -> bytes:
        return data.rstrip(b"\0")

    def encode_one(self, value: Any) -> bytes:
        data = value if isinstance(value, bytes) else str(value).encode("ascii")
        return data[: self.size].ljust(self.size, b"\0")


class Text(Codec):
    """`U`: strings of code points, without the zeroes at their end."""

    atoms = (bytes, str)

    def __init__(self, size: int, swapped: bool) -> None:
        self.size = size
        # The functions, because `str.encode` imports a module that a plugin may not have.
        self._decode = codecs.utf_32_be_decode if swapped else codecs.utf_32_le_decode
        self._encode = codecs.utf_32_be_encode if swapped else codecs.utf_32_le_encode

    def decode_one(self, data: bytes) -> str:
        return self._decode(data)[0].rstrip("\0")

    def encode_one(self, value: Any) -> bytes:
        text = value.decode("ascii") if isinstance(value, bytes) else str(value)
        return self._encode(text)[0][: self.size].ljust(self.size, b"\0")


class Void(Codec):
    """`V`: any bytes."""

    atoms = (bytes,)

    def __init__(self, size: int) -> None:
        self.size = size

    def decode_one(self, data: bytes) -> bytes:
        return data

    def encode_one(self, value: Any) -> bytes:
        data = memoryview(value).tobytes()
        if len(data) > self.size:
            raise ValueError(f"{len(data)} bytes do not fit into an element of {self.size}")
        return data.ljust(self.size, b"\0")


class DateTimes(Codec):
    """`M8` and `m8`: dates and time spans, as objects of `datetime` where numpy has them."""

    def __init__(self, dates: Dates, numbers: Numbers) -> None:
        self._dates, self._numbers, self.size = dates, numbers, numbers.size

    def decode(self, data: bytes) -> list[Any]:
        return list(map(self._dates.decode, self._numbers.decode(data)))

    def encode(self, values: Sequence[Any]) -> bytes:
        return self._numbers.encode(list(map(self._dates.encode, values)))


class Structure(Codec):
    """Elements with fields: tuples. A field that is an array is a nested list."""

    atoms = (tuple,)

    def __init__(self, fields: list[tuple[int, Codec, list[int]]], size: int) -> None:
        self._fields, self.size = fields, size

    def decode_one(self, data: bytes) -> tuple[Any, ...]:
        return tuple(
            nest(codec.decode(data[offset : offset + codec.size * prod(shape)]), shape)
            for offset, codec, shape in self._fields
        )

    def encode_one(self, value: Any) -> bytes:
        count = len(self._fields)
        if not isinstance(value, tuple):
            raise TypeError(f"an element with {count} fields is a tuple, not {value!r}")
        if len(value) != count:
            raise ValueError(
                f"could not assign tuple of length {len(value)} to structure with {count} fields."
            )
        data = bytearray(self.size)
        for part, (offset, codec, shape) in zip(value, self._fields):
            sequences = tuple({list, tuple}.difference(codec.atoms))
            found, flat = flatten(part, sequences if shape else ())
            if found != shape:
                raise ValueError(
                    f"could not broadcast input array from shape {tuple(found)} "
                    f"into shape {tuple(shape)}"
                )
            data[offset : offset + codec.size * len(flat)] = codec.encode(flat)
        return bytes(data)


@lru_cache(maxsize=None)
def codec_of(dtype: str) -> Codec:
    """Returns the codec of a dtype in the spelling of `memmap-info`."""
    return _codec(ast.literal_eval(dtype) if dtype[:1] in "[{" else dtype)


def _codec(dtype: Any) -> Codec:
    if isinstance(dtype, list):
        return _fields([(name, form, *rest) for name, form, *rest in dtype])
    if isinstance(dtype, dict):
        fields = list(zip(dtype["names"], dtype["formats"], strict=True))
        return _fields(fields, dtype.get("offsets"), dtype.get("itemsize"))
    match = re.fullmatch(r"([<>|=]?)([a-zA-Z])(\d*)(?:\[(.*)\])?", dtype)
    assert match, dtype
    swapped, kind, digits = match[1] == ">", match[2], match[3]
    code, size = kind + digits, int(digits or 0)
    if code in _INTEGERS or code in _FLOATS:
        name = {"i": "int", "u": "uint", "f": "float"}[kind] + str(8 * size)
        return Numbers((_INTEGERS | _FLOATS)[code], swapped, name)
    if code in _PARTS:
        return Complex(Numbers(_FLOATS[_PARTS[code]], swapped, ""))
    if kind in "Mm":
        return DateTimes(Dates(kind == "M", match[4]), Numbers("q", swapped, "int64"))
    makers: dict[str, Any] = {
        "b": lambda: Numbers("?", False, "bool"),
        "S": lambda: Bytes(size),
        "U": lambda: Text(4 * size, swapped),
        "V": lambda: Void(size),
    }
    if kind not in makers:
        raise NotImplementedError(
            f"Python has no numbers for the dtype {dtype}: use `tobytes`, or `view` another dtype"
        )
    return makers[kind]()  # type: ignore[no-any-return]


def _fields(
    fields: list[tuple[Any, ...]], offsets: list[int] | None = None, size: int | None = None
) -> Structure:
    members = []
    end = 0
    for position, (name, form, *rest) in enumerate(fields):
        shape = list(rest[0]) if rest else []
        if isinstance(form, tuple):
            form, shape = form[0], list(form[1]) if isinstance(form[1], tuple) else [form[1]]
        codec = _codec(form)
        offset = offsets[position] if offsets else end
        end = max(end, offset + codec.size * prod(shape))
        # A field without a name is padding.
        if name != "":
            members.append((offset, codec, shape))
    return Structure(members, end if size is None else size)
