"""Values and arrays of more bytes than one call moves. The limit is lowered to 16 bytes, so that
they are small."""

from typing import Any

from componentize_py_types import Err
from filemap_plugin import File, _buffers, _file, _memmap, _streams, create_npy
from wit_world.imports.errors import Error, ErrorCode

for module in (_buffers, _file, _memmap, _streams):
    setattr(module, "MAX_CALL", 16)

calls: list[str] = []


class Store:
    """A store of the bindings that refuses large values and writes down the calls of a method."""

    def __init__(self, store: Any) -> None:
        self.store = store

    def __getattr__(self, name: str) -> Any:
        calls.append(name)
        return getattr(self.store, name)

    def get(self, key: str) -> bytes | None:
        if self.store.size_of(key) > 16:
            raise Err(Error(ErrorCode.LIMIT_EXCEEDED, "too much"))
        value: bytes | None = self.store.get(key)
        return value


def called(expected: list[str]) -> None:
    assert calls == expected, calls
    calls.clear()


large = bytes(range(50))
store = File("work/pieces")
store._store = Store(store._store)  # type: ignore[assignment]

store["small"] = large[:16]
called(["set"])
store["large"] = large
called(["writer"])
assert store["large"] == large
called(["reader"])
store["parts"] = [large[:10], bytearray(large[10:])]
called(["writer"])
assert store["parts"] == large
calls.clear()
store.update({"a": b"1234567890", "b": b"1234567890", "c": large, "d": b""})
called(["update", "update", "writer", "update"])
assert dict(store.items()) == {
    "a": b"1234567890", "b": b"1234567890", "c": large, "d": b"", "large": large, "parts": large,
    "small": large[:16],
}  # fmt: skip

# A reader reads in pieces, and a writer that fails leaves the value as it was.
with store.reader("large") as reader:
    assert (reader.read(3), reader.read(), reader.read()) == (large[:3], large[3:], b"")
try:
    with store.writer("large") as writer:
        writer.write(memoryview(large)[::2])
        raise KeyError("stop")
except KeyError:
    pass
assert store["large"] == large
with store.writer("large") as writer:
    assert writer.write(memoryview(large)[::2]) == 25
assert store["large"] == large[::2]
assert store.get_range("large", 3, 2) == large[6:10:2]
assert store.size("large") == 25
assert store.get_many(["small", "missing"]) == [large[:16], None]
value = store.memmap("small", "r+")
value[0] = 9
assert store["small"][:2] == b"\x09\x01"
assert store.verify().missing == 0

array = create_npy("work/array.npy", "<i4", (1, 5, 3))
array[:] = [[[10 * row + column for column in range(3)] for row in range(5)]]
numbers = (10 * row + column for row in range(5) for column in range(3))
assert array.tobytes() == b"".join(number.to_bytes(4, "little") for number in numbers)
assert array.T.tolist() == [[[10 * row + column] for row in range(5)] for column in range(3)]
array.close()
longer = create_npy("work/longer.npy", "<i4", 3)
longer[:] = 1
longer.resize(5)
assert (longer.shape, longer.tolist()) == ((5,), [1, 1, 1, 0, 0])
longer.advise("sequential")
longer.close()
try:
    longer[0]
except ValueError as error:
    print(type(error).__name__, getattr(error, "code"))
