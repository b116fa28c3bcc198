"""Reductions of small arrays."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np

from common import I64_MIN, Json, SUPPORTED, write_json

OPERATIONS = ["sum", "prod", "min", "max", "mean", "any", "all", "argmin", "argmax"]
OPERATIONS += ["count_nonzero"]


def few(rng: random.Random, dtype: np.dtype, count: int) -> np.ndarray:
    """Return elements with many ties, whose sums and products no float rounds."""
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
    """Return elements with extremes, with what is no number or no time, or with all bits random."""
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
    """Return what numpy gives: the class of an error, or dtype, shape and bytes of the result."""
    try:
        if name == "count_nonzero":
            result = np.asarray(np.count_nonzero(array, axis=axis))
        else:
            result = np.asarray(getattr(array, name)(axis=axis))
    except (TypeError, ValueError, IndexError) as error:
        return [name, axis, type(error).__name__]
    # What is no number has many spellings, of which none is wanted.
    return [name, axis, result.dtype.str, result.tobytes().hex(), *result.shape]


def reduce_all(array: np.ndarray, buffer: bytes, start: int, rough: bool = False) -> Json:
    """Return an array over a buffer, and every reduction of it."""
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
    """Return the reductions of a view, which `change` makes of an array over a buffer of its own."""
    buffer = bytearray(max(values.nbytes, 1))
    base = np.ndarray(values.shape, dtype, buffer=buffer, order=order)
    base[...] = values
    view = change(base)
    begin = base.__array_interface__["data"][0]
    start = view.__array_interface__["data"][0] - begin if view.size else 0
    return reduce_all(view, bytes(buffer), start, rough)


def write_reduce(root: Path) -> None:
    """Write ``reduce.json``.

    Each of the ``arrays`` has its ``dtype``, ``shape``, ``strides``, the ``start`` of its first
    element in ``data``, and ``results``: operation, axis, and then dtype, bytes and the lengths of the
    shape, or the class of numpy's error. A ``rough`` array has floats as results that depend on the order of
    its elements.
    """
    rng = random.Random("reduce")
    whole = lambda array: array
    swapped = [">" + code for code in SUPPORTED if code[1:] != "1"]
    others = ["<m8[s]", ">m8[ns]", "<M8[D]", ">M8[s]", "S3", "<U2", ">U2", "V3"]
    arrays = []
    for number, dtype in enumerate(map(np.dtype, SUPPORTED + swapped + others)):
        order = "CF"[number % 2]
        arrays.append(over(few(rng, dtype, 12).reshape(3, 4), dtype, order, whole))
        arrays.append(over(wild(rng, dtype, 7), dtype, "C", lambda array: array[::-1], dtype.kind in "iu"))
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
            arrays.append(over(few(rng, dtype, int(np.prod(shape))).reshape(shape), dtype, "C", whole))
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
    arrays.append(over(np.array([0xFFFF_FFFF, 1], "<u4").view("<U1"), np.dtype("<U1"), "C", lambda array: array[:0]))
    write_json(root / "reduce.json", {"arrays": arrays})
