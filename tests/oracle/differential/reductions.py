"""Reductions with numpy, and the tolerance of the comparison with filemap.

All tolerances are here:

- Results that numpy computes without rounding (integers, and floats whose sums are exact in any
  sequence) are compared byte by byte. All NaNs are equal, whatever their payload and sign.
- For `min` and `max` the sign of a zero is not compared, nor which one of several complex numbers
  with a NaN is the result.
- Other sums, means and products are compared with the exact result, a fraction. The error may be
  that of numpy plus one unit in the last place; for a product, plus half a unit for each factor,
  because each side rounds that many times, and one of them may be lucky. If the exact result is too
  large for the dtype, infinity is right, even if numpy's product has become 0 on the way.
- The mean of integers is the mean of their nearest floats, which numpy sums.
- Variances are compared with those of the exact elements, and standard deviations with exact roots:
  a 64-bit float may be `SPREAD` units in the last place further away than numpy's. The variance of
  equal elements is 0.
- numpy converts dates without a unit as if they were little-endian: it gets little-endian ones.
- If the elements are finite and numpy overflows on the way, and for products of complex numbers
  that are not finite, any result is right. The real and the imaginary parts of sums and means are
  independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, prod

import numpy as np

# Instead of a bound: the result must be equal.
EXACT = "exact"

# The bits of the mantissa and the exponent of the smallest normal number, by the size of the float.
FORMATS = {2: (11, -14), 4: (24, -126), 8: (53, -1022)}

# The maximum error of filemap's variance in units in the last place: the difference from the mean,
# its square, and the steps after the sum are rounded.
SPREAD = 4


@dataclass
class Bound:
    """An exact result, and the maximum error of an answer."""

    exact: Fraction
    error: Fraction

    def holds(self, part: bytes) -> bool:
        """Whether a float is within the bound."""
        value = value_of(part)
        if value is None:
            return not is_nan(part) and rounds_to(self.exact, part)
        return abs(value - self.exact) <= self.error


# The condition for one float of a result: a bound, `EXACT`, or None for any value.
Condition = Bound | str | None


@dataclass
class Reduction:
    """A little-endian result of numpy, and the conditions for the floats of each element.

    Without conditions, every element must be equal.
    """

    operation: str
    values: np.ndarray
    conditions: list[list[Condition]] | None

    def difference(self, dtype: np.dtype, shape: tuple[int, ...], data: bytes) -> str | None:
        """Return the difference of filemap's answer, or None."""
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
            conditions = self.conditions and self.conditions[number]
            if not (
                self.same(one, other)
                if conditions is None
                else fulfil(conditions, parts_of(one), parts_of(other))
            ):
                exact = [
                    float(condition.exact)
                    for condition in conditions or []
                    if isinstance(condition, Bound)
                ]
                return (
                    f"element {number}: numpy has {printed(one)}, filemap {printed(other)}; "
                    f"exactly: {exact or 'so'}"
                )
        return None

    def same(self, expected: np.ndarray, found: np.ndarray) -> bool:
        """Whether an element is that of numpy."""
        if expected.dtype.kind not in "fc":
            return expected.tobytes() == found.tobytes()
        one, other = parts_of(expected), parts_of(found)
        if self.operation in {"min", "max"}:
            if any(map(is_nan, one)):
                return any(map(is_nan, other))
            return all(
                a == b or not (strip_sign(a) or strip_sign(b))
                for a, b in zip(one, other, strict=True)
            )
        return all(map(same_part, one, other))


def fulfil(conditions: list[Condition], expected: list[bytes], found: list[bytes]) -> bool:
    """Whether the floats of an element fulfil their conditions."""
    return all(
        condition is None
        or (same_part(one, other) if condition == EXACT else condition.holds(other))
        for condition, one, other in zip(conditions, expected, found, strict=True)
    )


def same_part(one: bytes, other: bytes) -> bool:
    """Whether two floats are equal; all NaNs are equal."""
    return one == other or (is_nan(one) and is_nan(other))


def printed(element: np.ndarray) -> str:
    """Return the text of an element, or its bytes: some dates cannot be printed."""
    return repr(element[0]) if element.dtype.kind in "fc" else element.tobytes().hex()


def parts_of(array: np.ndarray) -> list[bytes]:
    """Return the bytes of the floats of a little-endian array; a complex number has two floats."""
    count = 2 if array.dtype.kind == "c" else 1
    size = array.dtype.itemsize // count
    raw = array.tobytes()
    return [raw[start : start + size] for start in range(0, len(raw), size)]


def value_of(part: bytes) -> Fraction | None:
    """Return the value of a float, or None for infinities and NaNs."""
    digits, least = FORMATS[len(part)]
    bits = int.from_bytes(part, "little")
    mantissa = bits & ((1 << digits - 1) - 1)
    highest = (1 << (len(part) * 8 - digits)) - 1
    exponent = (bits >> digits - 1) & highest
    if exponent == highest:
        return None
    # The leading bit is not stored.
    mantissa |= (exponent > 0) << digits - 1
    shift = max(exponent, 1) - 1 + least - (digits - 1)
    value = Fraction(mantissa) * Fraction(2) ** shift
    return -value if bits >> (len(part) * 8 - 1) else value


def is_nan(part: bytes) -> bool:
    """Whether a float is a NaN: the highest exponent with a mantissa that is not 0."""
    digits, _ = FORMATS[len(part)]
    return value_of(part) is None and strip_sign(part) & ((1 << digits - 1) - 1) != 0


def rounds_to(exact: Fraction, infinity: bytes) -> bool:
    """Whether a number overflows to this infinity."""
    digits, least = FORMATS[len(infinity)]
    largest = (2 - Fraction(1, 1 << digits)) * Fraction(2) ** (1 - least)
    is_negative = bool(infinity[-1] & 0x80)
    return abs(exact) >= largest and (exact < 0) == is_negative


def strip_sign(part: bytes) -> int:
    """Return the bits of a float without its sign: 0 for both zeroes."""
    return int.from_bytes(part, "little") & ((1 << (len(part) * 8 - 1)) - 1)


def ulp(value: Fraction, size: int) -> Fraction:
    """Return the distance of adjacent floats of this size near a number."""
    digits, least = FORMATS[size]
    exponent = least
    if value:
        value = abs(value)
        exponent = value.numerator.bit_length() - value.denominator.bit_length()
        exponent -= Fraction(2) ** exponent > value
    return Fraction(2) ** (max(exponent, least) - digits + 1)


def reduce(array: np.ndarray, operation: str, axis: int | None) -> Reduction:
    """Reduce an array with numpy, and raise what numpy raises."""
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
    conditions = [
        conditions_of(operation, group, parts) for group, parts in zip(groups, results, strict=True)
    ]
    return Reduction(operation, values, conditions)


def conditions_of(operation: str, group: np.ndarray, result: list[bytes]) -> list[Condition]:
    """Return the conditions for the floats of a result over these elements."""
    width = 2 if group.dtype.kind == "c" else 1
    if operation in {"var", "std"}:
        return [spread_condition(operation, group, result[0])]
    if group.dtype.kind in "iub":
        flat = [Fraction(float(value)) for value in group]
    else:
        flat = list(map(value_of, parts_of(group)))
    if operation == "prod" and width == 2:
        return product_conditions(list(zip(flat[::2], flat[1::2], strict=True)), result)
    # numpy divides a complex number by a multiplication, which rounds twice.
    may_be_exact = not (operation == "mean" and width == 2)
    return [
        part_condition(operation, flat[n::width], part, may_be_exact)
        for n, part in enumerate(result)
    ]


def part_condition(
    operation: str, values: list[Fraction | None], part: bytes, may_be_exact: bool
) -> Condition:
    """Return the condition for floats, or for the real or imaginary parts of complex numbers."""
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


def spread_condition(operation: str, group: np.ndarray, part: bytes) -> Condition:
    """Return the condition for a variance or standard deviation, which is always one float."""
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
    # The square of a small deviation is below the resolution of a 64-bit float.
    small = root(SPREAD * ulp(Fraction(0), 8)) if exact < Fraction(2) ** FORMATS[8][1] else 0
    exact = root(exact)
    return Bound(exact, abs(by_numpy - exact) + slack * ulp(exact, size) + small)


def variance(values: list[Fraction]) -> Fraction:
    """Return the exact variance."""
    mean = sum(values) / len(values)
    return sum(((value - mean) ** 2 for value in values), Fraction(0)) / len(values)


def root(value: Fraction) -> Fraction:
    """Return the square root, with an error below the resolution of any float."""
    scale = 1 << 1200
    return Fraction(isqrt(value.numerator * scale * scale // value.denominator), scale)


def product_conditions(
    values: list[tuple[Fraction | None, Fraction | None]], result: list[bytes]
) -> list[Condition]:
    """Return the conditions for a product of complex numbers, whose parts share their errors."""
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
    """Whether no step rounds in any sequence: all values are integers that fit in the mantissa."""
    if any(value.denominator != 1 for value in values):
        return False
    largest = (
        prod(max(value, Fraction(1)) for value in values) if operation == "prod" else sum(values)
    )
    return largest <= 1 << FORMATS[size][0]
