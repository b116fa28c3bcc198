"""Reductions: the methods of numpy's arrays that calculate one number from many."""

from typing import Any

from ._array import Array
from ._dtype import codec_of
from ._wit import array as wit
from .errors import call, signed

_OPERATIONS = {operation.name.lower(): operation for operation in wit.Operation}


class Reductions:
    """Each method reduces all elements, or those along one axis, which disappears from the shape.

    The provider calculates, and the elements do not enter the plugin. The results are at least as
    accurate as numpy's, and have numpy's dtypes. All elements give an object of Python, and an
    axis gives an `Array`. Raises `IndexError` for an axis that does not exist, `ValueError` for
    the smallest of no elements, and `NotImplementedError` for a dtype that cannot be reduced.
    """

    _handle: wit.Memmap

    def sum(self, axis: int | None = None) -> Any:
        """Returns the sum: `a.sum(axis)`."""
        return self._reduce("sum", axis)

    def prod(self, axis: int | None = None) -> Any:
        """Returns the product: `a.prod(axis)`."""
        return self._reduce("prod", axis)

    def min(self, axis: int | None = None) -> Any:
        """Returns the smallest element: `a.min(axis)`."""
        return self._reduce("min", axis)

    def max(self, axis: int | None = None) -> Any:
        """Returns the largest element: `a.max(axis)`."""
        return self._reduce("max", axis)

    def mean(self, axis: int | None = None) -> Any:
        """Returns the arithmetic mean: `a.mean(axis)`."""
        return self._reduce("mean", axis)

    def var(self, axis: int | None = None) -> Any:
        """Returns the variance, with `ddof=0`: `a.var(axis)`."""
        return self._reduce("var", axis)

    def std(self, axis: int | None = None) -> Any:
        """Returns the standard deviation, with `ddof=0`: `a.std(axis)`."""
        return self._reduce("std", axis)

    def any(self, axis: int | None = None) -> Any:
        """Returns whether any element is true: `a.any(axis)`."""
        return self._reduce("any", axis)

    def all(self, axis: int | None = None) -> Any:
        """Returns whether all elements are true: `a.all(axis)`."""
        return self._reduce("all", axis)

    def argmin(self, axis: int | None = None) -> Any:
        """Returns the index of the smallest element, the first of several: `a.argmin(axis)`."""
        return self._reduce("argmin", axis)

    def argmax(self, axis: int | None = None) -> Any:
        """Returns the index of the largest element, the first of several: `a.argmax(axis)`."""
        return self._reduce("argmax", axis)

    def count_nonzero(self, axis: int | None = None) -> Any:
        """Returns the number of elements that are true: `numpy.count_nonzero(a, axis)`."""
        return self._reduce("count_nonzero", axis)

    def _reduce(self, name: str, axis: int | None) -> Any:
        along = None if axis is None else signed(axis, "axis")
        result = call(self._handle.reduce, _OPERATIONS[name], along)
        if result.shape:
            return Array(result.dtype, result.shape, result.data)
        return codec_of(result.dtype).decode_one(result.data)
