"""numpy's answers, and their differences from answers of filemap.

The `str` of an answer is the line that the plugin writes for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from dtypes import parse_dtype
from reductions import Reduction


@dataclass
class Done:
    """A success without a result."""

    def __str__(self) -> str:
        return "ok"

    def difference(self, fields: list[str]) -> str | None:
        """Return the difference from filemap's answer, or None."""
        return "there is more" if fields else None


@dataclass
class Bytes:
    """A success with bytes."""

    data: bytes

    def __str__(self) -> str:
        return f"ok {self.data.hex()}"

    def difference(self, fields: list[str]) -> str | None:
        """Return the difference from filemap's answer, or None."""
        found = bytes.fromhex(fields[0])
        if found == self.data:
            return None
        if len(found) != len(self.data):
            return f"there are {len(found)} bytes instead of {len(self.data)}"
        first = next(
            n for n, pair in enumerate(zip(found, self.data, strict=True)) if pair[0] != pair[1]
        )
        return f"from byte {first} on"


@dataclass
class Shape:
    """A success with a shape."""

    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"ok {joined(self.shape)}"

    def difference(self, fields: list[str]) -> str | None:
        """Return the difference from filemap's answer, or None."""
        return None if numbers(fields[0]) == self.shape else "the shape"


@dataclass
class Reduced:
    """A success with a reduction."""

    reduction: Reduction

    def __str__(self) -> str:
        values = self.reduction.values
        return f"ok {values.dtype} {joined(values.shape)} {values.tobytes().hex()}"

    def difference(self, fields: list[str]) -> str | None:
        """Return the difference from filemap's answer, or None."""
        dtype, shape, data = fields
        return self.reduction.difference(np.dtype(dtype), numbers(shape), bytes.fromhex(data))


@dataclass
class Info:
    """The attributes of a new array, by filemap's names. None is not compared."""

    attributes: dict

    def __str__(self) -> str:
        values = (
            joined(value) if isinstance(value, tuple) else value
            for value in self.attributes.values()
        )
        return "ok " + " ".join("?" if value is None else str(value) for value in values)

    def difference(self, fields: list[str]) -> str | None:
        """Return the difference from filemap's answer, or None."""
        found = dict(zip(self.attributes, fields, strict=True))
        found["dtype"] = parse_dtype(found["dtype"])
        for name in ["item-size", "offset", "size", "nbytes"]:
            found[name] = int(found[name])
        found["shape"] = numbers(found["shape"])
        found["strides"] = numbers(found["strides"])
        found["writeable"] = found["writeable"] == "true"
        expected = dict(self.attributes)
        if len(found["strides"]) == len(expected["shape"]):
            # numpy's strides of axes of length 0 or 1 are arbitrary.
            walked = [length > 1 and expected["size"] > 0 for length in expected["shape"]]
            for one in (found, expected):
                one["strides"] = tuple(
                    n for n, matters in zip(one["strides"], walked, strict=True) if matters
                )
        wrong = [
            name
            for name in expected
            if expected[name] is not None and expected[name] != found[name]
        ]
        return (
            ", ".join(f"{name} {found[name]} instead of {expected[name]}" for name in wrong) or None
        )


@dataclass
class Failure:
    """An exception of numpy, and the error codes that filemap may return for it.

    There are several codes if more than one argument is wrong.
    """

    cases: set[str]
    text: str

    def __str__(self) -> str:
        return f"error {' or '.join(sorted(self.cases))}: {self.text}"


class Rejected(Exception):
    """An error of filemap by design, or one whose codes numpy's exception does not tell."""

    def __init__(self, *cases: str) -> None:
        super().__init__(*cases)
        self.cases = set(cases)


Answer = Done | Bytes | Shape | Reduced | Info | Failure


def joined(numbers: tuple[int, ...]) -> str:
    """Return numbers as the plugin writes them."""
    return ",".join(map(str, numbers))


def numbers(text: str) -> tuple[int, ...]:
    """Parse numbers that are separated by commas."""
    return tuple(map(int, text.split(","))) if text else ()


def difference(expected: Answer, line: str) -> str | None:
    """Return the difference of a line of filemap from numpy's answer, or None."""
    outcome, *fields = line.split("\t")
    if isinstance(expected, Failure):
        if outcome == "ok":
            return "filemap does what numpy refuses"
        if fields[0] not in expected.cases:
            return f"the error is {fields[0]}, and should be {' or '.join(sorted(expected.cases))}"
        return None
    if outcome != "ok":
        return "filemap refuses what numpy does"
    return expected.difference(fields)
