"""What each operation of a turn is in zict: the whole protocol of a mutable mapping, as ``zict.File`` has it.

Fields are keys (their UTF-8) and values in hexadecimal, ``-`` where there are no bytes, or numbers. Keys that zict lists
are sorted: its own order is that of the directory, and of the time when they were set.
"""

from __future__ import annotations

import os

import zict

# Whatever file.write takes; a value is given as another one of them by its length.
BUFFERS = [bytes, bytearray, memoryview]


def decode(field: str) -> bytes:
    """The bytes of a field."""
    return b"" if field == "-" else bytes.fromhex(field)


def key(field: str) -> str:
    """The key of a field."""
    return decode(field).decode()


def value(field: str) -> bytes | bytearray | memoryview:
    """The value of a field."""
    data = decode(field)
    return BUFFERS[len(data) % len(BUFFERS)](data)


def items(fields: tuple[str, ...]) -> list[tuple]:
    """Keys and values that take turns."""
    return [(key(name), value(data)) for name, data in zip(fields[::2], fields[1::2], strict=True)]


class Bench:
    """The store that is open now, and values that were read from it."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.place = ""

    def open(self, place: str, _access: str) -> None:
        """Go on with the store of another directory."""
        self.place = place
        self.store = zict.File(f"{self.directory}/{place}")
        self.kept = []

    def reopen(self) -> None:
        """End with the store, and begin again."""
        with self.store:
            pass
        self.store = zict.File(self.store.directory)

    def close(self) -> None:
        """Which changes nothing: zict has nothing to close."""
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
        """What filemap reads piece by piece."""
        return self.store[key(name)]

    def map(self, name: str) -> memoryview | bytearray:
        """The value as an array over its file.

        The one place where zict gets help: it cannot map an empty value, of which filemap has an array of no elements.
        """
        if len(self.store[key(name)]) == 0:
            return bytearray()
        with zict.File(self.store.directory, memmap=True) as mapped:
            return mapped[key(name)]

    def hold(self, name: str) -> memoryview | bytearray:
        """Keep the array, which outlives its key."""
        self.kept.append(self.map(name))
        return self.kept[-1]

    def held(self) -> list[memoryview | bytearray]:
        """All that were kept."""
        return self.kept

    def poke(self, name: str, offset: str, data: str) -> None:
        """Write into the file of a value."""
        new = decode(data)
        self.map(name)[int(offset) : int(offset) + len(new)] = new

    def contains(self, name: str) -> bool:
        return key(name) in self.store

    def len(self) -> int:
        return len(self.store)

    def files(self) -> int:
        """How many there are in the directory."""
        return len(os.listdir(self.store.directory))

    def iterate(self, _most: str) -> list[str]:
        return sorted(self.store)

    def keys(self, _most: str) -> list[str]:
        return sorted(self.store.keys())

    def values(self, _most: str) -> list[bytearray]:
        """The values in the order of their keys: zict lists both in the same one."""
        pairs = zip(self.store.keys(), self.store.values(), strict=True)
        return [data for _, data in sorted(pairs)]

    def items(self, _most: str) -> list[tuple[str, bytearray]]:
        return sorted(self.store.items())

    def equals(self, *fields: str) -> bool:
        return self.store == dict(items(fields))

    def set(self, name: str, data: str) -> None:
        self.store[key(name)] = value(data)

    def parts(self, name: str, *parts: str) -> None:
        """Lists and tuples of buffers are values as well."""
        self.store[key(name)] = (list, tuple)[len(parts) % 2](map(value, parts))

    def write(self, name: str, *parts: str) -> bytearray | None:
        """Set a value that comes in parts, and return the one before."""
        before = self.get(name)
        self.parts(name, *parts)
        return before

    def abandon(self, name: str, *_parts: str) -> bytearray | None:
        """What filemap begins to write and gives up has never been."""
        return self.get(name)

    def setdefault(self, name: str, data: str) -> bytearray | bytes:
        return self.store.setdefault(key(name), value(data))

    def update(self, *fields: str) -> None:
        self.store.update(items(fields))

    def discard(self, name: str) -> None:
        self.store.discard(key(name))

    def del_(self, name: str) -> bool:
        """Whether there was something to remove."""
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
