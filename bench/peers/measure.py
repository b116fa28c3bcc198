"""The works of the benchmark with numpy and zict: `measure.py WORK PATH SIZE COUNT`.

Prints the seconds of the work, without its preparation and the start of Python, and its result.
"""

import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import numpy.typing
import zict

COLUMNS, COLUMN = 384, 7
PLANE = (512, 1024)
PIECE, WINDOW = 1 << 20, 8 << 20
Measured = tuple[float, float]


def timed(work: Callable[[], float]) -> Measured:
    """Measures `work`, which returns its result."""
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, float(result)


def random_numbers(limit: int, count: int, seed: int = 1) -> list[int]:
    """The random numbers of `job.rs`."""
    numbers = []
    for _ in range(count):
        seed = (seed * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        numbers.append((seed >> 33) % limit)
    return numbers


def value(size: int) -> bytes:
    """A value of a store."""
    return bytes(itertools.islice(itertools.cycle(range(251)), size))


def look(part: bytes) -> int:
    """What proves that a value was read."""
    return (part[0] if part else 0) + len(part)


class Stores:
    """A store of zict with `count` values of `size` bytes."""

    def __init__(self, path: str, size: int, count: int) -> None:
        self.path, self.size, self.count = path, size, count
        self.keys = [f"key {number}" for number in range(count)]
        self.value = value(size)

    def _filled(self) -> "zict.File[bytes]":
        store = zict.File(self.path)
        for key in self.keys:
            store[key] = self.value
        return store

    def set(self) -> Measured:
        store = zict.File(self.path)
        keys = [f"new {key}" for key in self.keys]

        def work() -> float:
            for key in keys:
                store[key] = self.value
            return 0

        measured = timed(work)
        for key in keys:
            del store[key]
        return measured

    def overwrite(self) -> Measured:
        store = self._filled()

        def work() -> float:
            for key in self.keys:
                store[key] = self.value
            return 0

        return timed(work)

    def get(self) -> Measured:
        store = self._filled()
        return timed(lambda: sum(look(store[key]) for key in self.keys))

    def get_random(self) -> Measured:
        store = zict.File(self.path)
        keys = [f"key {number}" for number in random_numbers(self.size, self.count)]
        return timed(lambda: sum(look(store[key]) for key in keys))

    def remove(self) -> Measured:
        store = self._filled()

        def work() -> float:
            for key in self.keys:
                del store[key]
            return 0

        return timed(work)

    def keys_(self) -> Measured:
        store = self._filled()
        return timed(lambda: sum(1 for key in store if key))

    def items(self) -> Measured:
        store = self._filled()
        return timed(lambda: sum(look(value) for value in store.values()))

    def open_store(self) -> Measured:
        return timed(lambda: sum(len(zict.File(self.path)) for _ in range(self.count)))


class Arrays:
    """An array of numpy in a file."""

    def __init__(self, path: str, size: int, count: int) -> None:
        self.path, self.size, self.count = path, size, count

    def _numbers(self, dtype: str = "<f8") -> Any:
        return numpy.memmap(self.path, dtype, "r")

    def _matrix(self, mode: Any = "r") -> Any:
        return numpy.memmap(self.path, "<f4", mode, shape=(self.size, COLUMNS))

    def open_array(self) -> Measured:
        return timed(lambda: sum(self._numbers().nbytes for _ in range(self.count)))

    def open_npy(self) -> Measured:
        return timed(
            lambda: sum(numpy.load(self.path, "r").nbytes for _ in range(self.count))
        )

    def slices(self) -> Measured:
        array, size = self._numbers("u1"), self.size
        offsets = random_numbers((len(array) - size) // 8 + 1, self.count)
        return timed(lambda: sum(array[8 * at : 8 * at + size].tobytes()[0] for at in offsets))

    def elements(self) -> Measured:
        array = self._numbers()
        positions = random_numbers(len(array), self.count)
        return timed(lambda: sum(float(array[at]) for at in positions))

    def rows(self) -> Measured:
        matrix, rows = self._matrix(), random_numbers(self.size, self.count)
        return timed(lambda: matrix[rows][0].sum(dtype="f8"))

    def column(self) -> Measured:
        matrix = self._matrix()
        return timed(lambda: numpy.ascontiguousarray(matrix[:, COLUMN]).sum(dtype="f8"))

    def gather(self) -> Measured:
        lengths = (self.size, *PLANE)
        array = numpy.memmap(self.path, "<f4", "r", shape=lengths)
        axes = [
            numpy.array(random_numbers(length, self.count, axis + 1))
            for axis, length in enumerate(lengths)
        ]
        return timed(lambda: array[tuple(axes)].sum(dtype="f8"))

    def put_rows(self) -> Measured:
        matrix, rows = self._matrix("r+"), random_numbers(self.size, self.count)
        data = numpy.frombuffer(bytes([1]) * (self.count * COLUMNS * 4), "<f4").reshape(-1, COLUMNS)

        def work() -> float:
            matrix[rows] = data
            return 0

        return timed(work)

    def create(self) -> Measured:
        def work() -> float:
            numpy.memmap(self.path, "u1", "w+", shape=(self.size << 20,))
            return 0

        return timed(work)

    def _reduced(self, operation: str) -> Measured:
        array = self._numbers()
        return timed(lambda: getattr(array, operation)())

    def reduce_sum(self) -> Measured:
        return self._reduced("sum")

    def reduce_max(self) -> Measured:
        return self._reduced("max")

    def reduce_var(self) -> Measured:
        return self._reduced("var")

    def reduce_sum_0(self) -> Measured:
        matrix = self._matrix()
        return timed(lambda: matrix.sum(axis=0)[0])

    def reduce_mean_1(self) -> Measured:
        matrix = self._matrix()
        return timed(lambda: matrix.mean(axis=1)[0])

    def _pieces(self, size: int) -> Iterator[Any]:
        array = self._numbers("u1")
        return (array[at : at + size] for at in range(0, len(array), size))

    def read(self) -> Measured:
        return timed(lambda: sum(piece.tobytes()[0] for piece in self._pieces(PIECE)))

    def write(self) -> Measured:
        data = numpy.frombuffer(value(PIECE), "u1")

        def work() -> float:
            array = numpy.memmap(self.path, "u1", "r+")
            for at in range(0, self.size, PIECE):
                array[at : at + PIECE] = data[: min(PIECE, self.size - at)]
            array.flush()
            return 0

        return timed(work)

    def map(self) -> Measured:
        return timed(lambda: self._numbers("u1")[::PIECE].sum(dtype="f8"))

    windows = map

    def sum(self) -> Measured:
        return timed(lambda: self._numbers().sum())


def main() -> None:
    """Does the work of the command line."""
    work, path, size, count = sys.argv[1:]
    kind: type[Any] = Stores if os.path.isdir(path) else Arrays
    name = {"keys": "keys_"}.get(work, work.replace("-", "_"))
    seconds, result = getattr(kind(path, int(size), int(count)), name)()
    print(seconds, result)


if __name__ == "__main__":
    main()
