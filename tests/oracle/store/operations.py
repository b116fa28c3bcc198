"""The operations of a turn, by calls of zict: the whole protocol of a mutable mapping.

Fields are keys (as UTF-8) and values in hexadecimal, ``-`` for an empty one, or numbers. The keys
of zict are sorted here: its own order depends on the directory and on the order of the calls.
"""

from __future__ import annotations

import os

import zict

# The types that file.write accepts. The length of a value decides about its type.
BUFFERS = [bytes, bytearray, memoryview]


def decode(field: str) -> bytes:
    """Return the bytes of a field."""
    return b"" if field == "-" else bytes.fromhex(field)


def key(field: str) -> str:
    """Return the key of a field."""
    return decode(field).decode()


def value(field: str) -> bytes | bytearray | memoryview:
    """Return the value of a field."""
    data = decode(field)
    return BUFFERS[len(data) % len(BUFFERS)](data)


def items(fields: tuple[str, ...]) -> list[tuple]:
    """Return the items of alternating keys and values."""
    return [(key(name), value(data)) for name, data in zip(fields[::2], fields[1::2], strict=True)]


class Operations:
    """The open store, and values that were read from it."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.place = ""

    def open(self, place: str, _access: str) -> None:
        """Open the store of another directory."""
        self.place = place
        self.store = zict.File(f"{self.directory}/{place}")
        self.kept = []

    def reopen(self) -> None:
        """Close the store, and open it again."""
        with self.store:
            pass
        self.store = zict.File(self.store.directory)

    def close(self) -> None:
        """Close the store, which has no effect in zict."""
        self.store.close()

    def repr(self) -> str:
        return repr(self.store)

    def item(self, name: str) -> bytearray:
        return self.store[key(name)]

    def get(self, name: str) -> bytearray | None:
        return self.store.get(key(name))

    def get_or(self, name: str, default: str) -> bytearray | bytes:
        return self.store.get(key(name), decode(default))

    def get_many(self, *names: str) -> list:
        return [self.store.get(key(name)) for name in names]

    def get_range(self, name: str, offset: str, length: str) -> bytearray:
        return self.store[key(name)][int(offset) : int(offset) + int(length)]

    def size_of(self, name: str) -> int:
        return len(self.store[key(name)])

    def read(self, name: str, _piece: str) -> bytearray:
        """Read a value, which filemap reads in pieces."""
        return self.store[key(name)]

    def map(self, name: str) -> memoryview | bytearray:
        """Map the value as an array.

        zict cannot map an empty value, of which filemap makes an empty array.
        """
        if len(self.store[key(name)]) == 0:
            return bytearray()
        with zict.File(self.store.directory, memmap=True) as mapped:
            return mapped[key(name)]

    def hold(self, name: str) -> memoryview | bytearray:
        """Map a value, and keep the array after its key is removed."""
        self.kept.append(self.map(name))
        return self.kept[-1]

    def held(self) -> list[memoryview | bytearray]:
        """Return all arrays that were kept."""
        return self.kept

    def poke(self, name: str, offset: str, data: str) -> None:
        """Write to the file of a value."""
        new = decode(data)
        self.map(name)[int(offset) : int(offset) + len(new)] = new

    def contains(self, name: str) -> bool:
        return key(name) in self.store

    def len(self) -> int:
        return len(self.store)

    def files(self) -> int:
        """Return the number of files in the directory."""
        return len(os.listdir(self.store.directory))

    def iterate(self, _max: str) -> list[str]:
        return sorted(self.store)

    def keys(self, _max: str) -> list[str]:
        return sorted(self.store.keys())

    def values(self, _max: str) -> list[bytearray]:
        """Return the values in the order of their keys. zict lists both in the same order."""
        pairs = zip(self.store.keys(), self.store.values(), strict=True)
        return [data for _, data in sorted(pairs)]

    def items(self, _max: str) -> list[tuple[str, bytearray]]:
        return sorted(self.store.items())

    def equals(self, *fields: str) -> bool:
        return self.store == dict(items(fields))

    def set(self, name: str, data: str) -> None:
        self.store[key(name)] = value(data)

    def parts(self, name: str, *parts: str) -> None:
        """Set a value to a list or tuple of buffers."""
        self.store[key(name)] = (list, tuple)[len(parts) % 2](map(value, parts))

    def write(self, name: str, *parts: str) -> bytearray | None:
        """Set a value of several parts, and return the old value."""
        before = self.get(name)
        self.parts(name, *parts)
        return before

    def abandon(self, name: str, *_parts: str) -> bytearray | None:
        """Return the value, which filemap does not change by a write without a commit."""
        return self.get(name)

    def setdefault(self, name: str, data: str) -> bytearray | bytes:
        return self.store.setdefault(key(name), value(data))

    def update(self, *fields: str) -> None:
        self.store.update(items(fields))

    def discard(self, name: str) -> None:
        self.store.discard(key(name))

    def del_(self, name: str) -> bool:
        """Remove a key, and return whether it existed."""
        try:
            del self.store[key(name)]
        except KeyError:
            return False
        return True

    def pop(self, name: str) -> bytearray:
        return self.store.pop(key(name))

    def pop_or(self, name: str, default: str) -> bytearray | bytes:
        return self.store.pop(key(name), decode(default))

    def popitem(self) -> tuple[str, bytearray]:
        return self.store.popitem()

    def clear(self) -> None:
        self.store.clear()
