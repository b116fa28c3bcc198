"""Values that are read and written in pieces."""

import io
from collections.abc import Buffer
from types import TracebackType
from typing import Self

from ._buffers import BytesLike, pieces
from ._wit import MAX_CALL
from ._wit import store as wit
from .errors import call


class Reader(io.RawIOBase):
    """A value as a file that is read from its start to its end."""

    def __init__(self, reader: wit.ValueReader) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Reads the next bytes into a buffer, and returns how many."""
        view = memoryview(buffer).cast("B")
        data = call(self._reader.read, min(len(view), MAX_CALL)) if len(view) else b""
        view[: len(data)] = data
        return len(data)


class Writer:
    """A value that is being written. The key keeps its value until `commit`.

    As a context manager, it commits at the end of the block, and not after an exception.
    """

    def __init__(self, writer: wit.ValueWriter) -> None:
        self._writer = writer

    def write(self, data: BytesLike) -> int:
        """Appends bytes, and returns how many."""
        length = 0
        for piece in pieces(data):
            call(self._writer.write, piece)
            length += len(piece)
        return length

    def commit(self) -> None:
        """Makes the written bytes the value of the key, atomically. The writer has ended then."""
        call(self._writer.commit)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.commit()
        self._writer.__exit__(kind, error, trace)
