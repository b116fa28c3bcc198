"""Indices as numpy takes them."""

from __future__ import annotations

from math import prod

import numpy as np
from steps import Index


def key(index: Index) -> tuple:
    """Return an index of numpy. The ellipsis makes numpy return arrays instead of scalars."""
    make = {
        "at": lambda number: number,
        "slice": slice,
        "ellipsis": lambda: Ellipsis,
        "new-axis": lambda: None,
        "take": lambda numbers, shape: shaped(np.array(numbers, np.intp), shape),
        "mask": lambda chosen, shape: shaped(np.array(chosen, bool), shape),
    }
    ellipsis = () if ("ellipsis",) in index else (Ellipsis,)
    return (*(make[kind](*rest) for kind, *rest in index), *ellipsis)


def shaped(array: np.ndarray, shape: tuple[int, ...] | None) -> np.ndarray:
    """Return an index array in its shape."""
    return array if shape is None else array.reshape(shape)


def has_wrong_shape(index: Index) -> bool:
    """Whether the shape of an index array does not match its elements."""
    return any(
        prod(one[2]) != len(one[1])
        for one in index
        if one[0] in {"take", "mask"} and one[2] is not None
    )


def axes(one: tuple) -> int:
    """Return the number of axes that an index consumes."""
    match one:
        case ("ellipsis" | "new-axis",):
            return 0
        case ("mask", _, shape) if shape is not None:
            return len(shape)
        case _:
            return 1


def selects_outside(shape: tuple[int, ...], index: Index) -> bool:
    """Whether an index that numpy accepts selects an element outside the array."""
    axis = 0
    for one in index:
        match one:
            case ("ellipsis",):
                axis += len(shape) - sum(map(axes, index))
            case ("take", numbers, _) if any(outside(number, shape[axis]) for number in numbers):
                return True
            case ("mask", chosen, lengths):
                lengths = (len(chosen),) if lengths is None else lengths
                if lengths != shape[axis : axis + len(lengths)]:
                    return True
        axis += axes(one)
    return False


def outside(number: int | None, length: int) -> bool:
    """Whether an index is outside an axis of this length."""
    return number is not None and not -length <= number < length


def index_cases(index: Index, error: Exception) -> set[str]:
    """Return the codes that filemap may return where numpy raises `error`.

    An index may have more than one error.
    """
    if has_wrong_shape(index):
        # filemap checks the shape first.
        return {"invalid-argument"}
    ellipses = sum(kind == "ellipsis" for kind, *_ in index)
    if ellipses > 1 or any(kind == "slice" and rest[2] == 0 for kind, *rest in index):
        return {"invalid-argument", "out-of-bounds"}
    if isinstance(error, IndexError):
        # numpy raises IndexError for a result with too many axes, too.
        return (
            {"out-of-bounds", "invalid-argument"}
            if "number of dimensions" in str(error)
            else {"out-of-bounds"}
        )
    return {"invalid-argument"}
