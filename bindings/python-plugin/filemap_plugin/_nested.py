"""Nested sequences: what numpy makes an array from, and what `tolist` returns."""

from collections.abc import Sequence
from math import prod
from typing import Any


def flatten(value: Any, sequences: tuple[type, ...] = (list, tuple)) -> tuple[list[int], list[Any]]:
    """Returns the shape and the elements of nested sequences, in C order. A value that is not one
    of `sequences` is an element without axes. Raises `ValueError` for rows of different lengths,
    with numpy's words."""
    shape: list[int] = []
    flat: list[Any] = [value]
    while flat and isinstance(flat[0], sequences):
        rows: list[Any] = [row for row in flat if isinstance(row, sequences)]
        length = len(rows[0])
        if len(rows) < len(flat) or any(len(row) != length for row in rows):
            raise _ragged(shape)
        shape.append(length)
        flat = [element for row in rows for element in row]
    if any(isinstance(element, sequences) for element in flat):
        raise _ragged(shape)
    return shape, flat


def nest(flat: list[Any], shape: Sequence[int]) -> Any:
    """Returns elements as nested lists of a shape: the inverse of `flatten`."""
    if not shape:
        return flat[0]
    for axis in range(len(shape) - 1, 0, -1):
        length = shape[axis]
        rows = prod(shape[:axis])
        flat = [flat[row * length : (row + 1) * length] for row in range(rows)]
    return flat


def _ragged(shape: list[int]) -> ValueError:
    return ValueError(
        "setting an array element with a sequence. The requested array has an inhomogeneous shape "
        f"after {len(shape)} dimensions. The detected shape was "
        f"{tuple(shape)} + inhomogeneous part."
    )
