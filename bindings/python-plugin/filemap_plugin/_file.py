"""`File`: a directory as a mapping from strings to bytes, what `zict.File` is to CPython."""

import io
import os
from collections.abc import (
    ItemsView,
    Iterable,
    Iterator,
    MutableMapping,
    Sequence,
    ValuesView,
)
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias, TypeVar, cast, overload

from ._buffers import BytesLike, as_bytes, pieces
from ._memmap import Memmap
from ._modes import mode_of
from ._streams import Reader, Writer
from ._wit import MAX_CALL
from ._wit import store as wit
from .errors import Error, call, choice, text, unsigned

Value: TypeAlias = BytesLike | Sequence[BytesLike]
"""What can be set: a buffer, or a list or tuple of buffers that are joined, as in zict."""

Findings = wit.Findings
"""What `File.verify` has found."""

T = TypeVar("T")

_DURABILITY = {
    "none": wit.Durability.NONE,
    "data": wit.Durability.DATA,
    "full": wit.Durability.FULL,
}
_MAX_ITEMS = 10_000
"""The items that one call takes at most."""
_PAGE = 100
"""The items of a page of values, which is in memory at once."""


class _Items(Protocol):
    def keys(self) -> Iterable[str]: ...
    def __getitem__(self, key: str, /) -> Value: ...


class File(MutableMapping[str, Any]):
    """A directory whose files are the values: `zict.File`.

    Keys are strings, and values are bytes. A value is set as any buffer, or as a list of buffers,
    and read as `bytes`. Keys come in the order of their UTF-8 bytes. A value is replaced
    atomically, unlike in zict: after a crash a reader finds the old value or the new one.

    `create` makes the directory and its parents if it does not exist, as zict does. `read_only`
    refuses every change, creates nothing, and works in a directory that was granted for reading
    only. `durability` says what a write guarantees to be on the disk when it returns: `none`
    (as zict), `data` (the bytes: after a power cut a key has its old value or its new one) or
    `full` (the bytes and the name: a key has its new value).

    Raises `FileNotFoundError` without `create`, `PermissionError` outside the granted directories,
    `BlockingIOError` if another host has the directory open for writing, `ValueError` if the path
    is a file. Every method raises `ValueError` after `close`, and `OSError` if the disk fails.
    """

    directory: str
    """The path that the store was opened by, as in zict."""

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        create: bool = True,
        read_only: bool = False,
        durability: str = "data",
    ) -> None:
        self.directory = text(os.fspath(directory), "the path of a store")
        durable = _DURABILITY[choice(durability, "durability", list(_DURABILITY))]
        options = wit.StoreOptions(bool(create), bool(read_only), durable)
        self._store = call(wit.Store.open, self.directory, options)

    def __getitem__(self, key: str) -> bytes:
        """Returns the value of a key. Raises `KeyError` if there is none, as zict does."""
        try:
            value = call(self._store.get, _key(key))
        except Error as error:
            # A value that one call cannot move.
            if error.code != "limit-exceeded":
                raise
            with self.reader(key) as reader:
                value = reader.read()
        return _present(value, key)

    def __setitem__(self, key: str, value: Value) -> None:
        """Sets the value of a key, atomically: `z[key] = value`."""
        _key(key)
        parts = _parts(value)
        if sum(memoryview(part).nbytes for part in parts) <= MAX_CALL:
            data = list(map(as_bytes, parts))
            if len(data) == 1:
                return call(self._store.set, key, data[0])
            return call(self._store.set_parts, key, data)
        with self.writer(key) as writer:
            for part in parts:
                writer.write(part)

    def __delitem__(self, key: str) -> None:
        """Removes a key. Raises `KeyError` if there is none, as zict does."""
        if not call(self._store.remove, _key(key)):
            raise KeyError(key)

    def discard(self, key: str) -> None:
        """Removes a key if it exists: `z.discard(key)`."""
        call(self._store.remove, _key(key))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and call(self._store.contains, _key(key))

    def __len__(self) -> int:
        return call(self._store.len)

    def __iter__(self) -> Iterator[str]:
        """Returns the keys, a page at a time. The store may change meanwhile: a key that exists
        all the time is listed once."""
        keys = call(self._store.keys)
        while page := call(keys.next, _MAX_ITEMS):
            yield from page

    def items(self) -> ItemsView[str, bytes]:
        """Returns the keys with their values, a page at a time: `z.items()`."""
        return _ItemsView(self)

    def values(self) -> ValuesView[bytes]:
        """Returns the values in the order of their keys: `z.values()`."""
        return _ValuesView(self)

    @overload
    def get(self, key: str, default: None = None, /) -> bytes | None: ...
    @overload
    def get(self, key: str, default: T, /) -> bytes | T: ...
    def get(self, key: str, default: T | None = None, /) -> bytes | T | None:
        """Returns the value of a key, or `default`: `z.get(key, default)`."""
        try:
            return self[key]
        except KeyError:
            return default

    def get_many(self, keys: Iterable[str]) -> list[bytes | None]:
        """Returns the values of several keys in one call, `None` for each missing one, at most
        10,000 and 128 MiB: `[z.get(key) for key in keys]`."""
        return call(self._store.get_many, [_key(key) for key in keys])

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """Returns a part of a value and reads nothing else: `z[key][offset : offset + length]`."""
        offset, length = unsigned(offset, "offset"), unsigned(length, "length")
        return _present(call(self._store.get_range, _key(key), offset, length), key)

    def size(self, key: str) -> int:
        """Returns the length of a value in bytes and reads nothing: `len(z[key])`."""
        return _present(call(self._store.size_of, _key(key)), key)

    def setdefault(self, key: str, default: Any = None, /) -> bytes:
        """Returns the value of a key, and sets `default` first if there is none. No other caller
        can set the key in between: `z.setdefault(key, default)`."""
        return call(self._store.set_default, _key(key), as_bytes(default))

    def pop(self, key: str, *default: T) -> bytes | T:
        """Removes a key and returns its value, or `default`: `z.pop(key, default)`."""
        value = call(self._store.pop, _key(key))
        if value is None and default:
            (result,) = default
            return result
        return _present(value, key)

    def popitem(self) -> tuple[str, bytes]:
        """Removes the first key and returns it with its value: `z.popitem()`. Raises `KeyError` if
        there is none."""
        item = call(self._store.pop_item)
        if item is None:
            raise KeyError(f"{self.directory} has no keys that can be removed")
        return item

    def update(self, other: _Items | Iterable[tuple[str, Value]] = (), /, **kwargs: Value) -> None:
        """Sets several keys: `z.update(other)`. Up to 10,000 items of 128 MiB together are set in
        one call, of which an error changes nothing; more are set in several such calls."""
        batch: list[tuple[str, bytes]] = []
        size = 0
        for key, value in _pairs(other, kwargs):
            data = b"".join(map(as_bytes, _parts(value)))
            if batch and (len(batch) == _MAX_ITEMS or size + len(data) > MAX_CALL):
                call(self._store.update, batch)
                batch, size = [], 0
            if len(data) > MAX_CALL:
                self[key] = data
            else:
                batch.append((_key(key), data))
                size += len(data)
        if batch:
            call(self._store.update, batch)

    def clear(self) -> None:
        """Removes all keys: `z.clear()`. Files that are not values stay."""
        call(self._store.clear)

    def reader(self, key: str) -> io.BufferedReader:
        """Returns a file that reads the value of a key from its start: a value of any size."""
        reader = call(self._store.reader, _key(key))
        return io.BufferedReader(Reader(_present(reader, key)), 64 << 10)

    def writer(self, key: str) -> Writer:
        """Returns a writer for a value of any size: `with z.writer(key) as writer`. The key keeps
        its value until the end of the block, and after an exception in it."""
        return Writer(call(self._store.writer, _key(key)))

    def memmap(self, key: str, mode: str = "r") -> Memmap:
        """Maps a value as an array of `uint8`: `zict.File(directory, memmap=True)[key]`. With the
        mode `r+`, writes change the value in place, which is not atomic."""
        return Memmap(_present(call(self._store.open_value, _key(key), mode_of(mode)), key))

    def verify(self) -> Findings:
        """Returns what a crash or other programs left: see `findings` in the WIT."""
        return call(self._store.verify)

    def close(self) -> None:
        """Closes the directory: `z.close()`. Every write was complete when it returned."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return self._store.describe()

    def _pages(self) -> Iterator[tuple[str, bytes]]:
        """Returns all items, a page at a time."""
        items = call(self._store.items)
        while page := call(items.next, _PAGE):
            yield from page


class _ItemsView(ItemsView[str, bytes]):
    _mapping: File

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        return self._mapping._pages()


class _ValuesView(ValuesView[bytes]):
    _mapping: File

    def __iter__(self) -> Iterator[bytes]:
        return (value for _, value in self._mapping._pages())


def _key(key: object) -> str:
    return text(key, "a key")


def _parts(value: Value) -> list[BytesLike]:
    """Returns the buffers that a value consists of."""
    return list(value) if isinstance(value, (list, tuple)) else [cast(BytesLike, value)]


def _present(value: T | None, key: str) -> T:
    if value is None:
        raise KeyError(key)
    return value


def _pairs(other: Any, kwargs: dict[str, Value]) -> Iterator[tuple[str, Value]]:
    """Returns the items that `dict.update` takes."""
    if hasattr(other, "items"):
        yield from other.items()
    elif hasattr(other, "keys"):
        yield from ((key, other[key]) for key in other.keys())
    else:
        yield from other
    yield from kwargs.items()
