"""Indices as numpy takes them."""

from __future__ import annotations

import numpy as np
from steps import Index


def key(index: Index) -> tuple:
    """An index as numpy takes it; the ellipsis makes arrays of what would be scalars."""
    make = {
        "at": lambda number: number,
        "slice": slice,
        "ellipsis": lambda: Ellipsis,
        "new-axis": lambda: None,
        "take": lambda numbers: np.array(numbers, np.intp),
        "mask": lambda chosen: np.array(chosen, bool),
    }
    ellipsis = () if ("ellipsis",) in index else (Ellipsis,)
    return (*(make[kind](*rest) for kind, *rest in index), *ellipsis)


def looks_outside(shape: tuple[int, ...], index: Index) -> bool:
    """Whether an index that numpy takes names an element that is not there."""
    uses = [kind not in {"new-axis", "ellipsis"} for kind, *_ in index]
    axis = 0
    for used, (kind, *rest) in zip(uses, index, strict=True):
        if kind == "ellipsis":
            axis += len(shape) - sum(uses)
        elif used:
            if kind == "take" and any(outside(number, shape[axis]) for number in rest[0]):
                return True
            if kind == "mask" and len(rest[0]) != shape[axis]:
                return True
            axis += 1
    return False


def outside(number: int | None, length: int) -> bool:
    """Whether an axis of that length has no such element."""
    return number is not None and not -length <= number < length


def index_cases(index: Index, error: Exception) -> set[str]:
    """What filemap may say where numpy raises that; only of an index, there may be two things wrong."""
    ellipses = sum(kind == "ellipsis" for kind, *_ in index)
    if ellipses > 1 or any(kind == "slice" and rest[2] == 0 for kind, *rest in index):
        return {"invalid-argument", "out-of-bounds"}
    if isinstance(error, IndexError):
        # Too many axes of the result are an IndexError as well.
        return {"out-of-bounds", "invalid-argument"} if "number of dimensions" in str(error) else {"out-of-bounds"}
    return {"invalid-argument"}
