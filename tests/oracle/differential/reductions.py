"""Reductions by numpy, and how far another answer may be from them.

The normalisations are here and nowhere else:

- What numpy computes without rounding (integers, and floats whose sums are exact whatever the sequence) is compared
  byte for byte; a NaN is a NaN, whatever its payload and sign.
- Of `min` and `max` the sign of a zero is not compared, nor which of several complex numbers with a NaN it is.
- The other sums, means and products are compared with the exact result, a fraction: the error may be as large as that
  of numpy and one unit in the last place more; of a product, half a unit more for each factor, because either side
  rounds as often as that, and one of them may be lucky. If the exact result is too large for the
  dtype, infinity is right, even if numpy's product has become 0 on the way.
- The mean of integers is that of the floats that are nearest to them, which is what numpy adds up.
- Variances are compared with those of the exact elements, and their roots with exact roots: a
  64-bit float may be `SPREAD` units in the last place further away than numpy's. The variance of
  equal elements is 0.
- numpy takes dates without a unit for little-endian wherever it converts them: it is given little-endian ones.
- Where elements are finite and numpy overflows on the way, and in products of complex numbers that are not finite,
  anything will do. The real and the imaginary parts of sums and means have nothing to do with each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, prod

import numpy as np

# Instead of a bound: no other value will do.
EXACT = "exact"

# The digits of the mantissa and the exponent of the smallest normal number, by the size of the float.
FORMATS = {2: (11, -14), 4: (24, -126), 8: (53, -1022)}

# How many units in the last place the variance of filemap may be off: the difference from the mean,
# its square and what is made of the sum are rounded.
SPREAD = 4


@dataclass
class Bound:
    """An exact result, and how far from it an answer may be."""

    exact: Fraction
    error: Fraction

    def holds(self, part: bytes) -> bool:
        """Whether a float is near enough."""
        value = value_of(part)
        if value is None:
            return not is_nan(part) and rounds_to(self.exact, part)
        return abs(value - self.exact) <= self.error


# What binds one float of a result: a bound, `EXACT`, or nothing at all.
Binding = Bound | str | None


@dataclass
class Reduction:
    """A result of numpy's, little-endian, and what binds the floats of each element; none where all must be as here."""

    operation: str
    values: np.ndarray
    bindings: list[list[Binding]] | None

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
        for number in range(len(expected)):
            one, other = expected[number : number + 1], found[number : number + 1]
            bindings = self.bindings and self.bindings[number]
            if not (self.same(one, other) if bindings is None else fulfil(bindings, parts_of(one), parts_of(other))):
                exact = [float(binding.exact) for binding in bindings or [] if isinstance(binding, Bound)]
                return f"element {number}: numpy has {printed(one)}, filemap {printed(other)}; exactly: {exact or 'so'}"
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
        return all(map(same_part, one, other))


def fulfil(bindings: list[Binding], expected: list[bytes], found: list[bytes]) -> bool:
    """Whether the floats of an element are as they must be."""
    return all(
        binding is None or (same_part(one, other) if binding == EXACT else binding.holds(other))
        for binding, one, other in zip(bindings, expected, found, strict=True)
    )


def same_part(one: bytes, other: bytes) -> bool:
    """Whether two floats are the same: all NaNs are."""
    return one == other or (is_nan(one) and is_nan(other))


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


def rounds_to(exact: Fraction, infinity: bytes) -> bool:
    """Whether a number is too large for a float of that size, and has the sign of this infinity."""
    digits, least = FORMATS[len(infinity)]
    largest = (2 - Fraction(1, 1 << digits)) * Fraction(2) ** (1 - least)
    is_negative = bool(infinity[-1] & 0x80)
    return abs(exact) >= largest and (exact < 0) == is_negative


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
    if operation not in {"sum", "mean", "prod", "var", "std"} or values.dtype.kind not in "fc":
        return Reduction(operation, values, None)
    if axis is None or not array.ndim:
        groups = array.reshape((1, array.size))
    else:
        groups = np.moveaxis(array, axis, -1).reshape((values.size, array.shape[axis]))
    groups = groups.astype(array.dtype.newbyteorder("<"))
    results = (parts_of(values.reshape(-1)[number : number + 1]) for number in range(values.size))
    bindings = [bind(operation, group, parts) for group, parts in zip(groups, results, strict=True)]
    return Reduction(operation, values, bindings)


def bind(operation: str, group: np.ndarray, result: list[bytes]) -> list[Binding]:
    """What binds the floats of a result that was made of these elements."""
    width = 2 if group.dtype.kind == "c" else 1
    if operation in {"var", "std"}:
        return [bind_spread(operation, group, result[0])]
    if group.dtype.kind in "iub":
        flat = [Fraction(float(value)) for value in group]
    else:
        flat = list(map(value_of, parts_of(group)))
    if operation == "prod" and width == 2:
        return bind_product(list(zip(flat[::2], flat[1::2], strict=True)), result)
    # numpy divides a complex number by multiplying, which rounds twice.
    may_be_exact = not (operation == "mean" and width == 2)
    return [bind_part(operation, flat[n::width], part, may_be_exact) for n, part in enumerate(result)]


def bind_part(operation: str, values: list[Fraction | None], part: bytes, may_be_exact: bool) -> Binding:
    """The same for floats, or for the real or the imaginary parts of complex numbers."""
    if None in values or not values:
        return EXACT
    if may_be_exact and fits(operation, list(map(abs, values)), len(part)):
        return EXACT
    by_numpy = value_of(part)
    if by_numpy is None:
        return None
    exact = prod(values) if operation == "prod" else sum(values)
    if operation == "mean":
        exact /= len(values)
    slack = Fraction(max(2, len(values)), 2) if operation == "prod" else 1
    return Bound(exact, abs(by_numpy - exact) + slack * ulp(exact, len(part)))


def bind_spread(operation: str, group: np.ndarray, part: bytes) -> Binding:
    """The same for a variance or a standard deviation, which is one float also of complex numbers."""
    if group.dtype.kind in "iub":
        parts = [[Fraction(int(value)) for value in group]]
    else:
        flat = list(map(value_of, parts_of(group)))
        parts = [flat[::2], flat[1::2]] if group.dtype.kind == "c" else [flat]
    if not group.size or any(None in values for values in parts):
        return EXACT
    exact = sum(map(variance, parts), Fraction(0))
    if not exact:
        return Bound(exact, exact)
    by_numpy = value_of(part)
    if by_numpy is None:
        return None
    size = len(part)
    slack = SPREAD if size == 8 else 1
    if operation == "var":
        return Bound(exact, abs(by_numpy - exact) + slack * ulp(exact, size))
    # The square of a small one is less than a 64-bit float tells apart.
    small = root(SPREAD * ulp(Fraction(0), 8)) if exact < Fraction(2) ** FORMATS[8][1] else 0
    exact = root(exact)
    return Bound(exact, abs(by_numpy - exact) + slack * ulp(exact, size) + small)


def variance(values: list[Fraction]) -> Fraction:
    """The exact variance."""
    mean = sum(values) / len(values)
    return sum(((value - mean) ** 2 for value in values), Fraction(0)) / len(values)


def root(value: Fraction) -> Fraction:
    """The square root, but for less than any float can tell."""
    scale = 1 << 1200
    return Fraction(isqrt(value.numerator * scale * scale // value.denominator), scale)


def bind_product(values: list[tuple[Fraction | None, Fraction | None]], result: list[bytes]) -> list[Binding]:
    """The same for a product of complex numbers, whose parts share their errors."""
    if any(None in value for value in values):
        return [None, None]
    size = len(result[0])
    if fits("prod", [abs(a) + abs(b) for a, b in values], size):
        return [EXACT, EXACT]
    by_numpy = list(map(value_of, result))
    if None in by_numpy:
        return [None, None]
    real, imaginary = Fraction(1), Fraction(0)
    for a, b in values:
        real, imaginary = real * a - imaginary * b, real * b + imaginary * a
    error = abs(by_numpy[0] - real) + abs(by_numpy[1] - imaginary)
    error += len(values) * max(ulp(real, size), ulp(imaginary, size))
    return [Bound(real, error), Bound(imaginary, error)]


def fits(operation: str, values: list[Fraction], size: int) -> bool:
    """Whether no step can round, whatever the sequence: everything is a whole number, and never has too many digits."""
    if any(value.denominator != 1 for value in values):
        return False
    largest = prod(max(value, Fraction(1)) for value in values) if operation == "prod" else sum(values)
    return largest <= 1 << FORMATS[size][0]
