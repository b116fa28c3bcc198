"""Buffers of bytes as the arguments of a call."""

from collections.abc import Buffer, Iterator
from typing import TypeAlias

from ._wit import MAX_CALL

BytesLike: TypeAlias = Buffer
"""Anything with the buffer protocol: `bytes`, `bytearray`, `memoryview`, `array.array`."""


def as_bytes(value: BytesLike) -> bytes:
    """Returns the bytes of a buffer, in C order. Anything else is a `TypeError`."""
    # The bindings take `bytes` only.
    return value if type(value) is bytes else memoryview(value).tobytes()


def pieces(value: BytesLike) -> Iterator[bytes]:
    """Returns the bytes of a buffer in pieces that a call can move."""
    view = memoryview(value)
    # A view without elements cannot be cast.
    castable = view.c_contiguous and view.nbytes > 0
    flat = view.cast("B") if castable else memoryview(view.tobytes())
    for start in range(0, len(flat), MAX_CALL):
        yield flat[start : start + MAX_CALL].tobytes()
