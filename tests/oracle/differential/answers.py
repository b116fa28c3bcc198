"""What numpy answers, and how another answer differs from it. As a text it is what the plugin would say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from dtypes import read
from reductions import Reduction


@dataclass
class Done:
    """Nothing but success."""

    def __str__(self) -> str:
        return "ok"

    def difference(self, fields: list[str]) -> str | None:
        """What is wrong with another answer."""
        return "there is more" if fields else None


@dataclass
class Bytes:
    """Bytes."""

    data: bytes

    def __str__(self) -> str:
        return f"ok {self.data.hex()}"

    def difference(self, fields: list[str]) -> str | None:
        """What is wrong with another answer."""
        found = bytes.fromhex(fields[0])
        if found == self.data:
            return None
        if len(found) != len(self.data):
            return f"there are {len(found)} bytes instead of {len(self.data)}"
        first = next(n for n, pair in enumerate(zip(found, self.data, strict=True)) if pair[0] != pair[1])
        return f"from byte {first} on"


@dataclass
class Shape:
    """A shape."""

    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"ok {listed(self.shape)}"

    def difference(self, fields: list[str]) -> str | None:
        """What is wrong with another answer."""
        return None if numbers(fields[0]) == self.shape else "the shape"


@dataclass
class Reduced:
    """A reduction."""

    reduction: Reduction

    def __str__(self) -> str:
        values = self.reduction.values
        return f"ok {values.dtype} {listed(values.shape)} {values.tobytes().hex()}"

    def difference(self, fields: list[str]) -> str | None:
        """What is wrong with another answer."""
        dtype, shape, data = fields
        return self.reduction.difference(np.dtype(dtype), numbers(shape), bytes.fromhex(data))


@dataclass
class Info:
    """The attributes of an array, as filemap names them; one that is none is not compared."""

    attributes: dict

    def __str__(self) -> str:
        values = (listed(value) if isinstance(value, tuple) else value for value in self.attributes.values())
        return "ok " + " ".join("?" if value is None else str(value) for value in values)

    def difference(self, fields: list[str]) -> str | None:
        """What is wrong with another answer."""
        found = dict(zip(self.attributes, fields, strict=True))
        found["dtype"] = read(found["dtype"])
        for name in ["item-size", "offset", "size", "nbytes"]:
            found[name] = int(found[name])
        found["shape"] = numbers(found["shape"])
        found["strides"] = numbers(found["strides"])
        found["writeable"] = found["writeable"] == "true"
        expected = dict(self.attributes)
        if len(found["strides"]) == len(expected["shape"]):
            # What numpy says of the strides of axes that are never walked along is arbitrary.
            walked = [length > 1 and expected["size"] > 0 for length in expected["shape"]]
            for one in (found, expected):
                one["strides"] = tuple(n for n, matters in zip(one["strides"], walked, strict=True) if matters)
        wrong = [name for name in expected if expected[name] is not None and expected[name] != found[name]]
        return ", ".join(f"{name} {found[name]} instead of {expected[name]}" for name in wrong) or None


@dataclass
class Failure:
    """An exception of numpy's, and the cases that may say the same; several where more than one thing is wrong."""

    cases: set[str]
    text: str

    def __str__(self) -> str:
        return f"error {' or '.join(sorted(self.cases))}: {self.text}"


class Refused(Exception):
    """What filemap refuses by design, or for a reason that is known here better than by the exception."""

    def __init__(self, *cases: str) -> None:
        super().__init__(*cases)
        self.cases = set(cases)


Answer = Done | Bytes | Shape | Reduced | Info | Failure


def listed(numbers: tuple[int, ...]) -> str:
    """Numbers as the plugin writes them."""
    return ",".join(map(str, numbers))


def numbers(text: str) -> tuple[int, ...]:
    """Numbers with commas between them."""
    return tuple(map(int, text.split(","))) if text else ()


def difference(expected: Answer, line: str) -> str | None:
    """How the answer of a provider, a line, differs from that of numpy."""
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
