"""Reductions by numpy, and how far another answer may be from them.

The normalisations are here and nowhere else:

- What numpy computes without rounding (integers, and floats whose sums are exact whatever the sequence) is compared
  byte for byte; a NaN is a NaN, whatever its payload and sign.
- Of `min` and `max` the sign of a zero is not compared, nor which of several complex numbers with a NaN it is.
- The other sums, means and products are compared with the exact result, a fraction: the error may be as large as that
  of numpy and one unit in the last place more; of a product, half a unit more for each factor, because either side
  rounds as often as that, and one of them may be lucky.
- The mean of integers is that of the floats that are nearest to them, which is what numpy adds up.
- numpy takes dates without a unit for little-endian wherever it converts them: it is given little-endian ones.
- Where elements are finite and numpy overflows on the way, and in products of complex numbers that are not finite,
  anything will do.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod

import numpy as np

# Instead of a bound: no other value will do.
EXACT = "exact"

# The digits of the mantissa and the exponent of the smallest normal number, by the size of the float.
FORMATS = {2: (11, -14), 4: (24, -126), 8: (53, -1022)}


@dataclass
class Bound:
    """The exact parts of a result, and how far each may be from it."""

    parts: list[Fraction]
    error: Fraction


@dataclass
class Reduction:
    """A result of numpy's, little-endian, and what binds each of its elements; none where all are compared as they are."""

    operation: str
    values: np.ndarray
    bounds: list[Bound | None | str] | None

    def difference(self, dtype: np.dtype, shape: tuple[int, ...], data: bytes) -> str | None:
        """What is wrong with another answer."""
        if dtype != self.values.dtype:
            return "the dtype"
        if shape != self.values.shape:
            return "the shape"
        if len(data) != self.values.nbytes:
            return "the number of bytes"
        found = np.ndarray((self.values.size,), dtype, bytearray(data))
        expected = self.values.reshape(-1)
        for number, bound in enumerate(self.bounds or [EXACT] * len(expected)):
            one, other = expected[number : number + 1], found[number : number + 1]
            if self.same(one, other) if bound == EXACT else bound is None or within(bound, other):
                continue
            exact = "" if bound == EXACT else f"; exactly it is {[float(part) for part in bound.parts]}"
            return f"element {number}: numpy has {printed(one)}, filemap {printed(other)}{exact}"
        return None

    def same(self, expected: np.ndarray, found: np.ndarray) -> bool:
        """Whether one element is that of numpy."""
        if expected.dtype.kind not in "fc":
            return expected.tobytes() == found.tobytes()
        one, other = parts_of(expected), parts_of(found)
        if self.operation in {"min", "max"}:
            if any(map(is_nan, one)):
                return any(map(is_nan, other))
            return all(a == b or not (strip_sign(a) or strip_sign(b)) for a, b in zip(one, other, strict=True))
        return all(a == b or (is_nan(a) and is_nan(b)) for a, b in zip(one, other, strict=True))


def printed(element: np.ndarray) -> str:
    """One element; the bytes where it has no parts, for not every date can be printed."""
    return repr(element[0]) if element.dtype.kind in "fc" else element.tobytes().hex()


def parts_of(array: np.ndarray) -> list[bytes]:
    """The bytes of the floats of a little-endian array; a complex number has two."""
    count = 2 if array.dtype.kind == "c" else 1
    size = array.dtype.itemsize // count
    raw = array.tobytes()
    return [raw[start : start + size] for start in range(0, len(raw), size)]


def value_of(part: bytes) -> Fraction | None:
    """The number that a float is; none where it is infinite or a NaN."""
    digits, least = FORMATS[len(part)]
    bits = int.from_bytes(part, "little")
    mantissa = bits & ((1 << digits - 1) - 1)
    highest = (1 << (len(part) * 8 - digits)) - 1
    exponent = (bits >> digits - 1) & highest
    if exponent == highest:
        return None
    # The digit before the point is not stored.
    mantissa |= (exponent > 0) << digits - 1
    shift = max(exponent, 1) - 1 + least - (digits - 1)
    value = Fraction(mantissa) * Fraction(2) ** shift
    return -value if bits >> (len(part) * 8 - 1) else value


def is_nan(part: bytes) -> bool:
    """Whether a float is a NaN: there are digits behind the highest exponent."""
    digits, _ = FORMATS[len(part)]
    return value_of(part) is None and strip_sign(part) & ((1 << digits - 1) - 1) != 0


def strip_sign(part: bytes) -> int:
    """The bits of a float but the sign: 0 for either zero."""
    return int.from_bytes(part, "little") & ((1 << (len(part) * 8 - 1)) - 1)


def ulp(value: Fraction, size: int) -> Fraction:
    """The distance of the floats of that size around a number."""
    digits, least = FORMATS[size]
    exponent = least
    if value:
        value = abs(value)
        exponent = value.numerator.bit_length() - value.denominator.bit_length()
        exponent -= Fraction(2) ** exponent > value
    return Fraction(2) ** (max(exponent, least) - digits + 1)


def within(bound: Bound, found: np.ndarray) -> bool:
    """Whether a result is near enough to the exact one."""
    values = [value_of(part) for part in parts_of(found)]
    if None in values:
        return False
    # Of the two parts of a complex number together: the small one may have lost its digits to the large one.
    return sum((a - b) ** 2 for a, b in zip(values, bound.parts, strict=True)) <= bound.error**2


def reduce(array: np.ndarray, operation: str, axis: int | None) -> Reduction:
    """What numpy makes of an array; whatever numpy raises is raised."""
    array = np.asarray(array)
    if array.dtype.str in {">m8", ">M8"}:
        array = array.byteswap().view(f"<{array.dtype.kind}8")
    if operation == "count-nonzero":
        values = np.asarray(np.count_nonzero(array, axis=axis), dtype=np.int64)
    else:
        values = np.asarray(getattr(array, operation)(axis=axis))
    values = values.astype(values.dtype.newbyteorder("<"))
    if operation not in {"sum", "mean", "prod"} or values.dtype.kind not in "fc":
        return Reduction(operation, values, None)
    if axis is None or not array.ndim:
        groups = array.reshape((1, array.size))
    else:
        groups = np.moveaxis(array, axis, -1).reshape((values.size, array.shape[axis]))
    groups = groups.astype(array.dtype.newbyteorder("<"))
    bounds = [bound(operation, group, values.reshape(-1)[n : n + 1]) for n, group in enumerate(groups)]
    return Reduction(operation, values, bounds)


def bound(operation: str, group: np.ndarray, result: np.ndarray) -> Bound | None | str:
    """How far from the exact result an answer may be: `EXACT` where it must be that of numpy, none where it may be any."""
    width = 2 if group.dtype.kind == "c" else 1
    if group.dtype.kind in "fc":
        flat = [value_of(part) for part in parts_of(group)]
    else:
        flat = [Fraction(float(value)) for value in group]
    if None in flat:
        return None if operation == "prod" and width == 2 else EXACT
    values = list(zip(*[iter(flat)] * width, strict=True))
    if not values:
        return EXACT
    size = result.dtype.itemsize // width
    exact, slack = exactly(operation, values), Fraction(1)
    if operation == "prod":
        slack = Fraction(max(2, len(values) * width), 2)
    elif operation == "mean":
        exact = [part / len(values) for part in exact]
    # numpy divides a complex number by multiplying, which rounds twice.
    if fits(operation, values, size) and not (operation == "mean" and width == 2):
        return EXACT
    by_numpy = [value_of(part) for part in parts_of(result)]
    if None in by_numpy:
        return None
    # Errors are compared as whole numbers of a fine grid: a square root of a fraction is none.
    error = max(abs(a - b) for a, b in zip(by_numpy, exact, strict=True)) * (2 if width == 2 else 1)
    return Bound(exact, error + slack * max(ulp(part, size) for part in exact))


def exactly(operation: str, values: list[tuple[Fraction, ...]]) -> list[Fraction]:
    """The sum or the product of numbers with one part or two."""
    if operation != "prod":
        return [sum(parts) for parts in zip(*values, strict=True)]
    if len(values[0]) == 1:
        return [prod(value for (value,) in values)]
    real, imaginary = Fraction(1), Fraction(0)
    for a, b in values:
        real, imaginary = real * a - imaginary * b, real * b + imaginary * a
    return [real, imaginary]


def fits(operation: str, values: list[tuple[Fraction, ...]], size: int) -> bool:
    """Whether no step can round, whatever the sequence: everything is a whole number, and never has too many digits."""
    if any(part.denominator != 1 for value in values for part in value):
        return False
    sizes = [sum(abs(part) for part in value) for value in values]
    largest = prod(max(size, Fraction(1)) for size in sizes) if operation == "prod" else sum(sizes)
    return largest <= 1 << FORMATS[size][0]
