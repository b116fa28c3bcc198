"""Random elements: ordinary values and extremes."""

from __future__ import annotations

import struct
from random import Random

import numpy as np

FLOATS = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    float("nan"),
    float("inf"),
    float("-inf"),
    1e-3,
    0.1,
    3.7,
    6e4,
    -2.5,
    1e30,
    5e-8,
]


def elements(random: Random, dtype: np.dtype, count: int) -> bytes:
    """Return the bytes of `count` elements. Bytes between fields are random."""
    if count * dtype.itemsize == 0:
        return b""
    raw = bytearray(random.randbytes(count * dtype.itemsize))
    fill(random, np.ndarray((count,), dtype, raw))
    return bytes(raw)


def fill(random: Random, array: np.ndarray) -> None:
    """Set every element, or every field of it."""
    if array.dtype.names is not None:
        for name in array.dtype.names:
            fill(random, array[name])
        return
    raw = b"".join(one_of(random, array.dtype, array.size))
    array[...] = np.ndarray(array.shape, array.dtype, bytearray(raw))


def one_of(random: Random, dtype: np.dtype, count: int) -> list[bytes]:
    """Return the bytes of `count` elements of a dtype without parts.

    Usually all have one sort of values, so that sums are exact.
    """
    big = dtype.str[0] == ">"
    size = dtype.itemsize
    match dtype.kind:
        case "b":
            return [random.choice([b"\0", b"\1"]) for _ in range(count)]
        case "i" | "u" | "m" | "M":
            sort = random.choice(["small", "small", "mixed", "any"])
            order = "big" if big else "little"
            return [
                integer(random, dtype.kind, size, sort).to_bytes(size, order) for _ in range(count)
            ]
        case "f" | "c":
            sort = random.choices(["whole", "mixed", "fraction", "any"], [60, 15, 15, 10])[0]
            parts, width = (2, size // 2) if dtype.kind == "c" else (1, size)
            return [
                b"".join(real(random, width, big, sort) for _ in range(parts)) for _ in range(count)
            ]
        case "S":
            return [text(random, size) for _ in range(count)]
        case "U":
            order = "utf-32-be" if big else "utf-32-le"
            alphabet = ["a", "b", "0", " ", "\0", "é", "名", "\U0001f600"]
            texts = (
                "".join(random.choices(alphabet, k=random.randint(0, size // 4)))
                for _ in range(count)
            )
            return [text.encode(order).ljust(size, b"\0") for text in texts]
        case _:
            return [
                random.choice([random.randbytes(size), bytes(size), text(random, size)])
                for _ in range(count)
            ]


def text(random: Random, size: int) -> bytes:
    """Return some letters, padded with zeroes."""
    return bytes(random.choices(b"ab0 \0\xff", k=random.randint(0, size))).ljust(size, b"\0")


def integer(random: Random, kind: str, size: int, sort: str) -> int:
    """Return an integer as an unsigned number of the same bits."""
    bits = size * 8
    if sort == "any":
        return random.getrandbits(bits)
    if sort == "mixed" and random.random() < 0.3:
        # The maximum, the minimum (NaT for dates), all bits set, and zero.
        return random.choice([(1 << bits - 1) - 1, 1 << bits - 1, (1 << bits) - 1, 0])
    value = random.randint(0, 9) if kind == "u" else random.randint(-5, 5)
    return value % (1 << bits)


def real(random: Random, size: int, big: bool, sort: str) -> bytes:
    """Return the bytes of a float."""
    if sort == "any" and size < 16:
        return random.randbytes(size)
    if sort == "mixed" and random.random() < 0.5:
        value = random.choice(FLOATS)
    elif sort == "fraction":
        value = random.uniform(-10, 10)
    else:
        value = float(random.randint(-4, 4))
    if size == 16:
        raw = np.longdouble(value).tobytes()[:10] + random.randbytes(6)
        return raw[::-1] if big else raw
    code = {2: "e", 4: "f", 8: "d"}[size]
    return struct.pack((">" if big else "<") + code, min(value, 6e4) if size == 2 else value)
