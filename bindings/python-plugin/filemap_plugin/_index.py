"""Indices of numpy as those of the WIT."""

from array import array
from operator import index as integer
from typing import Any

from ._nested import flatten
from ._wit import S64
from ._wit import array as wit

INVALID = (
    "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean "
    "arrays are valid indices"
)


def indices(key: Any) -> list[wit.Index]:
    """Returns the indices for `key` in `a[key]`. Raises `IndexError` for any other object."""
    entries = key if isinstance(key, tuple) else (key,)
    if sum(entry is Ellipsis for entry in entries) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    return [_index(entry) for entry in entries]


def _index(entry: Any) -> wit.Index:
    if isinstance(entry, slice):
        return wit.Index_Slice(wit.Slice(*map(_bound, (entry.start, entry.stop, entry.step))))
    if entry is None:
        return wit.Index_NewAxis()
    if entry is Ellipsis:
        return wit.Index_Ellipsis()
    if isinstance(entry, bool):
        return wit.Index_Mask(wit.Mask([entry], []))
    if hasattr(entry, "__index__"):
        return wit.Index_At(_position(integer(entry)))
    return _array(entry)


def _array(entry: Any) -> wit.Index:
    """Returns an index array or a mask: nested lists, or an object with `tolist`."""
    if isinstance(entry, (array, memoryview)) or hasattr(entry, "tolist"):
        entry = entry.tolist()
    if not isinstance(entry, (list, tuple)):
        raise IndexError(INVALID)
    shape, flat = flatten(entry)
    if flat and all(isinstance(value, bool) for value in flat):
        return wit.Index_Mask(wit.Mask(flat, shape))
    if not all(hasattr(value, "__index__") for value in flat):
        raise IndexError(INVALID)
    return wit.Index_Take(wit.Take([_position(integer(value)) for value in flat], shape))


def _position(value: int) -> int:
    if value not in S64:
        raise IndexError(INVALID)
    return value


def _bound(value: Any) -> int | None:
    """Returns a bound of a slice. As in Python, one beyond 64 bits is as good as the last."""
    if value is None:
        return None
    if not hasattr(value, "__index__"):
        raise TypeError("slice indices must be integers or None or have an __index__ method")
    return min(max(integer(value), S64[0]), S64[-1])


def is_element(index: list[wit.Index], axes: int) -> bool:
    """Whether an index takes one element, for which numpy returns a scalar and not an array."""
    return len(index) == axes and all(isinstance(entry, wit.Index_At) for entry in index)


def returns_copy(index: list[wit.Index]) -> bool:
    """Whether an index takes elements one by one, for which numpy returns a copy and no view."""
    return any(isinstance(entry, (wit.Index_Take, wit.Index_Mask)) for entry in index)
