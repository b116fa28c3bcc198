"""The exceptions of this package: Python's own classes, with the error code of filemap.

| code | exception | `errno` |
|---|---|---|
| `not-found` | `FileNotFoundError` | `ENOENT` |
| `access-denied` | `PermissionError` | `EACCES` |
| `busy` | `BlockingIOError` | `EBUSY` |
| `invalid-argument` | `ValueError` | |
| `out-of-bounds` | `IndexError`, which is a `ValueError` too, as `numpy.exceptions.AxisError` is | |
| `truncated` | `EOFError` | |
| `no-space` | `OSError` | `ENOSPC` |
| `limit-exceeded` | `MemoryError` | |
| `closed` | `ValueError` | |
| `corrupt` | `ValueError` | |
| `unsupported` | `NotImplementedError` | |
| `unavailable` | `ConnectionError` | `ENOTCONN` |
| `interrupted` | `InterruptedError` | `EINTR` |
| `other` | `OSError` | `EIO` |

A missing key of a `File` is a `KeyError`, and a value of the wrong type a `TypeError`. Both come
from this package and not from filemap, so they have no code.
"""

import builtins
import errno
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from ._wit import Err, S64, U64
from ._wit import errors as wit

P = ParamSpec("P")
T = TypeVar("T")


class Error(Exception):
    """The base of every exception that filemap raises. Each is of one of Python's classes too."""

    code: str
    """The error code of filemap, such as `not-found`."""


def _class(code: str, *bases: type[Exception]) -> type[Error]:
    """Returns the class for a code. It has the name of the class of Python that it extends."""
    members = {"code": code, "__module__": "filemap_plugin", "__doc__": f"The error `{code}`."}
    return type(bases[0].__name__, (Error, *bases), members)


_CLASSES: dict[str, tuple[type[Error], int | None]] = {
    code: (_class(code, *bases), number)
    for code, bases, number in [
        ("not-found", (FileNotFoundError,), errno.ENOENT),
        ("access-denied", (PermissionError,), errno.EACCES),
        ("busy", (BlockingIOError,), errno.EBUSY),
        ("invalid-argument", (ValueError,), None),
        ("out-of-bounds", (IndexError, ValueError), None),
        ("truncated", (EOFError,), None),
        ("no-space", (OSError,), errno.ENOSPC),
        ("limit-exceeded", (MemoryError,), None),
        ("closed", (ValueError,), None),
        ("corrupt", (ValueError,), None),
        ("unsupported", (NotImplementedError,), None),
        ("unavailable", (ConnectionError,), errno.ENOTCONN),
        ("interrupted", (InterruptedError,), errno.EINTR),
        ("other", (OSError,), errno.EIO),
    ]
}


def exception(error: wit.Error) -> Error:
    """Returns Python's exception for an error of filemap."""
    kind, number = _CLASSES[error.code.name.lower().replace("_", "-")]
    return kind(error.message) if number is None else kind(number, error.message)


def call(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls a function of filemap, and raises its error as Python's exception."""
    try:
        return function(*args, **kwargs)
    except Err as error:
        raised = exception(error.value)
    raise raised


# A wrong type or a number out of range would end the plugin in the bindings. The following
# functions raise an exception instead.


def unsigned(value: object, name: str) -> int:
    """Returns a number that the WIT has as `u64`."""
    return _number(value, name, U64)


def signed(value: object, name: str) -> int:
    """Returns a number that the WIT has as `s64`."""
    return _number(value, name, S64)


def _number(value: object, name: str, valid: range) -> int:
    if not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be an integer, not {type(value).__name__}")
    number = value.__index__()
    if number not in valid:
        raise builtins.ValueError(
            f"{name} is {number}, and must be from {valid[0]} to {valid[-1]}"
        )
    return int(number)


def text(value: object, name: str) -> str:
    """Returns a string that can be encoded in UTF-8, as every string of the WIT is."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be str, not {type(value).__name__}")
    if not value.isascii():
        value.encode()
    return value


def choice(value: object, name: str, choices: Sequence[str]) -> str:
    """Returns one of a few strings."""
    if value not in choices or not isinstance(value, str):
        raise builtins.ValueError(f"{name} must be one of {list(choices)!r} (got {value!r})")
    return value
