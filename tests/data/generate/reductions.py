"""Reductions of small arrays."""

from __future__ import annotations

import random
from fractions import Fraction
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np

from common import I64_MIN, Json, SUPPORTED, write_json

OPERATIONS = ["sum", "prod", "min", "max", "mean", "var", "std"]
OPERATIONS += ["any", "all", "argmin", "argmax", "count_nonzero"]


def few(rng: random.Random, dtype: np.dtype, count: int) -> np.ndarray:
    """Return elements with many ties, whose sums and products are exact in floats."""
    if dtype.kind in "biu":
        low = 0 if dtype.kind in "bu" else -2
        return np.array([rng.randint(low, 3) for _ in range(count)]).astype(dtype)
    if dtype.kind in "mM":
        return np.array([rng.randint(-3, 3) for _ in range(count)]).astype(dtype)
    if dtype.kind == "f":
        return np.array([rng.choice([-1, -0.5, 0.5, 1, 1, 2]) for _ in range(count)], dtype)
    if dtype.kind == "c":
        parts = [[rng.choice([-1, 0, 0.5, 1]) for _ in range(count)] for _ in range(2)]
        return (np.array(parts[0]) + 1j * np.array(parts[1])).astype(dtype)
    if dtype.kind == "V":
        item = dtype.itemsize
        items = [bytes(rng.choice([0, 0, 0, 7]) for _ in range(item)) for _ in range(count)]
        return np.array(items, dtype)
    words = ["", "a", "ab", "b", " ", "0", "\x00z"]
    words += ["\u00e9", "\u1234a", "\U0001f600"] if dtype.kind == "U" else []
    return np.array([rng.choice(words) for _ in range(count)]).astype(dtype)


def wild(rng: random.Random, dtype: np.dtype, count: int) -> np.ndarray:
    """Return elements with extremes, NaN and NaT, or random bits."""
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return np.array([rng.randint(int(info.min), int(info.max)) for _ in range(count)], dtype)
    if dtype.kind in "mM":
        times = [rng.choice([I64_MIN, -5, 0, 7, 9, 2**40]) for _ in range(count)]
        return np.array(times, "i8").astype(dtype)
    if dtype.kind == "f":
        special = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -2.0, 3.0]
        return np.array([rng.choice(special) for _ in range(count)], dtype)
    if dtype.kind == "c":
        half = np.dtype(f"f{dtype.itemsize // 2}")
        result = np.empty(count, dtype)
        result.real, result.imag = wild(rng, half, count), wild(rng, half, count)
        return result
    return few(rng, dtype, count)


def reduce_one(array: np.ndarray, name: str, axis: int | None) -> Json:
    """Return numpy's result: dtype, shape and bytes, or the class of an error."""
    try:
        if name == "count_nonzero":
            result = np.asarray(np.count_nonzero(array, axis=axis))
        else:
            result = np.asarray(getattr(array, name)(axis=axis))
    except (TypeError, ValueError, IndexError) as error:
        return [name, axis, type(error).__name__]
    # NaN has many bit patterns, which are not compared.
    return [name, axis, result.dtype.str, result.tobytes().hex(), *result.shape]


def reduce_all(array: np.ndarray, buffer: bytes, start: int, rough: bool = False) -> Json:
    """Return an array over a buffer with the results of every reduction."""
    dtype = array.dtype
    axes = [None, *range(array.ndim)]
    if array.ndim == 0 or array.size == 0:
        axes = dict.fromkeys([None, 0, -1, *axes[1:], array.ndim or 1, -array.ndim - 2])
    return {
        "dtype": dtype.str,
        "shape": list(array.shape),
        "strides": list(array.strides),
        "start": start,
        "data": buffer.hex(),
        "rough": rough,
        "results": [reduce_one(array, name, axis) for name in OPERATIONS for axis in axes],
    }


def over(values: np.ndarray, dtype: np.dtype, order: str, change: Any, rough: bool = False) -> Json:
    """Return the reductions of a view that `change` makes of an array over a new buffer."""
    buffer = bytearray(max(values.nbytes, 1))
    base = np.ndarray(values.shape, dtype, buffer=buffer, order=order)
    base[...] = values
    view = change(base)
    begin = base.__array_interface__["data"][0]
    start = view.__array_interface__["data"][0] - begin if view.size else 0
    return reduce_all(view, bytes(buffer), start, rough)


def nearest(value: Fraction, dtype: np.dtype) -> str:
    """Return the bytes of the float nearest to a number that is not negative."""
    info = np.finfo(dtype)
    # The last bit of the result, as a power of two.
    last = value.numerator.bit_length() - value.denominator.bit_length() - info.nmant
    last -= Fraction(2) ** (last + info.nmant) > value
    last = max(last, info.minexp - info.nmant)
    rounded = round(value / Fraction(2) ** last) * Fraction(2) ** last
    fits = rounded <= Fraction(float(info.max))
    return np.array(float(rounded) if fits else np.inf, dtype).tobytes().hex()


def root_of(value: Fraction) -> Fraction:
    """Return the square root of a number, with an error below the resolution of any float."""
    scale = 1 << 4000
    return Fraction(isqrt(value.numerator * scale * scale // value.denominator), scale)


def spread(array: np.ndarray, axis: int | None) -> Json:
    """Return an array in C or F order with its variances and deviations, exact and numpy's."""
    groups = array.reshape(1, -1) if axis is None else np.moveaxis(array, axis, -1)
    groups = groups.reshape(-1, groups.shape[-1])
    numpy = [np.asarray(array.var(axis)), np.asarray(array.std(axis))]
    dtype = numpy[0].dtype
    exact: list[list[str]] = [[], []]
    for group in groups:
        parts = [group.real, group.imag] if group.dtype.kind == "c" else [group]
        variance = Fraction(0)
        for part in parts:
            numbers = [Fraction(int(x) if part.dtype.kind in "iu" else float(x)) for x in part]
            mean = sum(numbers) / len(numbers)
            variance += sum((number - mean) ** 2 for number in numbers) / len(numbers)
        exact[0].append(nearest(variance, dtype))
        exact[1].append(nearest(root_of(variance), dtype))
    order = "C" if array.flags.c_contiguous else "F"
    return {
        "dtype": array.dtype.str,
        "shape": list(array.shape),
        "order": order,
        "data": array.tobytes(order).hex(),
        "axis": axis,
        "result": dtype.str,
        "exact": ["".join(items) for items in exact],
        "numpy": [result.astype(dtype).tobytes().hex() for result in numpy],
    }


def spreads(rng: random.Random) -> list[Json]:
    """Return the variances of numerically difficult arrays."""
    noise = lambda count, size=1.0: [rng.uniform(-size, size) for _ in range(count)]
    some = lambda count, *choices: [rng.choice(choices) for _ in range(count)]
    low, high = -(2**63), 2**63
    lists = [
        ("f8", [1e8 + x for x in noise(300)]),
        ("f8", [1e8 + x for x in noise(300, 1e-6)]),
        ("f8", [-1e8 + x for x in noise(101, 1e-3)]),
        ("f8", [1e16 + x for x in some(200, 0, 2, 4)]),
        ("f8", [1e16 + 2] + [1e16] * 199),
        ("f8", [1e16] * 199 + [1e16 + 2]),
        ("f8", [1e16, 1e16 + 2]),
        ("f8", [1.0] + [1.0 - 2.0**-53] * 20),
        ("f8", [1e16, *noise(100)]),
        ("f8", [*noise(100), -1e16]),
        ("f8", [1e16, -1e16, *noise(50)]),
        ("f8", [0.1] * 10),
        ("f8", [0.1] * 177),
        ("f8", [1 / 3] * 49),
        ("f8", [0.1, 0.2, 0.3]),
        ("f8", noise(1)),
        ("f8", noise(2)),
        ("f8", noise(300)),
        ("f8", [rng.gauss(0, 1) for _ in range(300)]),
        ("f8", [x * 10 ** rng.uniform(-10, 10) for x in noise(200)]),
        ("f8", [x * 1e-150 for x in noise(50)]),
        ("f8", [x * 1e150 for x in noise(50)]),
        ("f8", [1.7e308] * 9),
        ("f8", [1e308, -1e308, 1e308]),
        ("f8", [5e-324, 0, 5e-324]),
        ("i8", [high - 1 - x for x in some(100, 0, 1, 2, 7)]),
        ("i8", [low + x for x in some(100, 0, 1, 2, 7)]),
        ("i8", some(100, low, high - 1)),
        ("i8", [low, *some(99, high - 1, high - 5)]),
        ("i8", [high - 1, *some(99, low, low + 5)]),
        ("i8", [rng.randrange(low, high) for _ in range(200)]),
        ("i8", [2**53 + x for x in range(40)]),
        ("i8", [-(2**60) - 1] * 7),
        ("u8", [2**64 - 1 - x for x in some(100, 0, 1, 2, 7)]),
        ("u8", some(100, 0, 2**64 - 1)),
        ("u8", [0, *[2**64 - 1] * 60]),
        ("u8", [rng.randrange(2**64) for _ in range(200)]),
        ("u8", [high + x for x in some(50, -1, 0, 1)]),
        ("i4", [rng.randrange(-(2**31), 2**31) for _ in range(200)]),
        ("u4", some(100, 0, 2**32 - 1)),
        ("i2", [rng.randrange(-(2**15), 2**15) for _ in range(200)]),
        ("u1", [rng.randrange(256) for _ in range(300)]),
        ("f4", [1e8 + x for x in some(200, 0, 8, 16)]),
        ("f4", [2**24 - x for x in some(300, 0, 1, 2)]),
        ("f4", [1000 + x for x in noise(300)]),
        ("f4", [x * 1e30 for x in noise(50)]),
        ("f4", [x * 1e-30 for x in noise(50)]),
        ("f4", [0.1] * 300),
        ("f2", [100 + x for x in noise(300)]),
        ("f2", [x * 300 for x in noise(300)]),
        ("f2", some(100, 60000, -60000)),
        ("f2", some(100, 2**-24, 2**-23)),
        ("f2", [2048 + x for x in some(300, 0, 2)]),
    ]
    result = [spread(np.array(values, "<" + code), None) for code, values in lists]
    for code in ["f8", "f4", "i8"]:
        values = [2**23 + rng.randrange(-100, 100) for _ in range(210)]
        for order in "CF":
            array = np.array(values, "<" + code).reshape(70, 3).copy(order)
            result += [spread(array, 0), spread(array, 1)]
    for code in ["c8", "c16"]:
        values = [complex(1e6 + a, b) for a, b in zip(noise(120), noise(120), strict=True)]
        array = np.array(values, "<" + code)
        result += [
            spread(array, None),
            spread(array.reshape(40, 3), 0),
            spread(array.reshape(40, 3), 1),
        ]
    return result


def write_reduce(root: Path) -> None:
    """Write ``reduce.json``.

    Each of the ``arrays`` has its ``dtype``, ``shape``, ``strides``, the ``start`` of its first
    element in ``data``, and ``results``: operation, axis, and then dtype, bytes and the lengths of
    the shape, or the class of numpy's error. The results of a ``rough`` array are floats that
    depend on the order of its elements.

    Each of the ``spreads`` has its ``dtype``, ``shape``, ``order`` and ``data``, the ``axis`` and
    the dtype of the ``result``; then the variances and the standard deviations: the floats nearest
    to the ``exact`` ones, and those of ``numpy``.
    """
    rng = random.Random("reduce")
    whole = lambda array: array
    swapped = [">" + code for code in SUPPORTED if code[1:] != "1"]
    others = ["<m8[s]", ">m8[ns]", "<M8[D]", ">M8[s]", "S3", "<U2", ">U2", "V3"]
    arrays = []
    for number, dtype in enumerate(map(np.dtype, SUPPORTED + swapped + others)):
        order = "CF"[number % 2]
        arrays.append(over(few(rng, dtype, 12).reshape(3, 4), dtype, order, whole))
        arrays.append(
            over(wild(rng, dtype, 7), dtype, "C", lambda array: array[::-1], dtype.kind in "iu")
        )
    changes = [
        whole,
        lambda array: array[::-1],
        lambda array: array[..., ::-1],
        lambda array: array[::2, 1:, ::-1],
        lambda array: array[1, :, ::2],
        lambda array: array.T,
        lambda array: array.transpose(1, 2, 0)[:, ::-1],
        lambda array: array[:, None, :, :1],
        lambda array: np.broadcast_to(array[0, :, :2], (2, *array.shape[1:2], 2)),
        lambda array: np.broadcast_to(array[:, :, :1], array.shape),
        lambda array: np.lib.stride_tricks.sliding_window_view(array[0, 0], 2),
        lambda array: array[::-1, ::-1, ::-1],
    ]
    kinds = ["<f8", ">i2", "<u4", "?", ">f4", "<c8", "<i8", "S2", "<m8[s]", "<f2", ">M8[s]", ">U1"]
    for number, change in enumerate(changes):
        for offset in range(4):
            dtype = np.dtype(kinds[(5 * number + 3 * offset) % len(kinds)])
            make = few if offset % 2 == 0 or dtype.kind == "c" else wild
            rough = make is wild and dtype.kind in "iu"
            values = make(rng, dtype, 24).reshape(2, 4, 3)
            arrays.append(over(values, dtype, "CF"[offset // 2], change, rough))
    codes = ["<f4", ">i4", "<m8[s]", "S2", "?", "<c16", "<M8[s]", "<U1", "<u8", "V2"]
    for number, shape in enumerate([(), (0,), (0, 3), (3, 0), (2, 0, 2), (1, 1)]):
        for code in codes if number < 2 else codes[number % 2 :: 2]:
            dtype = np.dtype(code)
            arrays.append(
                over(few(rng, dtype, int(np.prod(shape))).reshape(shape), dtype, "C", whole)
            )
    for code in ["<f2", "<f4", ">f8", "<c8", "<c16"]:
        dtype = np.dtype(code)
        values = np.array([rng.uniform(-1, 3) for _ in range(60)])
        if dtype.kind == "c":
            values = values + 1j * values[::-1]
        arrays.append(over(values.astype(dtype).reshape(5, 12), dtype, "F", whole, rough=True))
    sequences = [
        ("<m8[s]", [2**63 - 1, 1, 5]),
        ("<m8[s]", [2**62, 2**62, 2**62]),
        ("<m8[s]", [-1, -2]),
        ("<m8[s]", [2**53 + 1, 0, 0]),
        ("<f8", [-0.0, -0.0]),
        ("<f2", [60000, 60000, -60000]),
        ("<f2", [2**-24, 2**-24, 2**-15, 2**-14]),
        ("<f8", [1e308, 1e308]),
        ("<i8", [2**62, 2**62, 2**62]),
        ("<u8", [2**64 - 1, 2**64 - 1]),
        ("<i1", [-128] * 9),
        ("<c16", [complex(np.inf, 1), complex(1, 1)]),
        ("<c16", [complex(1, np.inf)]),
        ("<c8", [complex(0, -0.0), complex(-0.0, 0), complex(0, np.nan), 1j]),
        ("<c8", [3, complex(1, np.nan), complex(np.nan, 2)]),
        ("S2", [b"\x7f", b"\x80", b"a\0", b"\0a"]),
    ]
    for code, values in sequences:
        arrays.append(over(np.array(values, code), np.dtype(code), "C", whole))
    odd = np.array([0, 2, 255, 1], "u1")
    arrays.append(over(odd.view("?"), np.dtype("?"), "C", whole))
    arrays.append(
        over(
            np.array([0xFFFF_FFFF, 1], "<u4").view("<U1"),
            np.dtype("<U1"),
            "C",
            lambda array: array[:0],
        )
    )
    write_json(
        root / "reduce.json", {"arrays": arrays, "spreads": spreads(random.Random("spreads"))}
    )
