"""Random programs. The arrays of the steps before decide about each step."""

from __future__ import annotations

from math import prod
from pathlib import Path
from random import Random

import choices
import numpy as np
from program import MAX_READ, Program
from machine import is_reduced
from dtypes import parse_dtype, valid_dtype
from values import elements

OPERATIONS = ["sum", "prod", "min", "max", "mean", "var", "std"]
OPERATIONS += ["any", "all", "argmin", "argmax", "count-nonzero"]
ADVICE = ["normal", "random", "sequential", "will-need", "dont-need", "huge-page"]
WEIGHTS = {
    "view": 20,
    "view-as": 7,
    "reshape": 8,
    "transpose": 6,
    "read": 14,
    "shape-of": 5,
    "write": 15,
    "fill": 4,
    "read-bytes": 5,
    "write-bytes": 4,
    "reduce": 14,
    "flush": 2,
    "advise": 1,
    "open": 5,
    "drop": 2,
}


class Case(Program):
    """One program with numpy's answers."""

    def __init__(self, number: int, random: Random) -> None:
        super().__init__(number, random)
        self.begin()
        for _ in range(random.randint(3, 15)):
            self.add_step()
        for array in list(self.machine.arrays):
            self.read_whole(array)
            self.run("drop", array)
        for path in self.paths:
            self.run("content", path)
            Path(path).unlink(missing_ok=True)

    def add_step(self) -> None:
        """Append a step on one of the arrays, with a preference for recent ones."""
        random, arrays = self.random, list(self.machine.arrays)
        if not arrays:
            # The last `open` failed: open the same file again, or replace the file.
            if Path(self.path).exists() and random.random() < 0.5:
                self.open_again()
            else:
                self.begin_raw()
            return
        number = random.choice([arrays[-1], arrays[-1], *arrays])
        array = self.machine.arrays[number]
        weights = dict(WEIGHTS)
        weights["field"] = 30 if array.dtype.names else 1
        if array.size > MAX_READ:
            weights = {"view": 2, "transpose": 1, "reshape": 1, "fill": 1, "reduce": 4}
        kind = random.choices(list(weights), list(weights.values()))[0]
        getattr(self, kind.replace("-", "_"))(number, array)

    def open(self, _: int, __: np.ndarray) -> None:
        """Open another array on the file, never in `w+`, which would truncate the others."""
        self.open_again()

    def open_again(self) -> None:
        """Open an array on the same file."""
        random = self.random
        mode = random.choice(["r", "c", "r+", "r+"])
        if self.path.endswith(".npy") and random.random() < 0.7:
            self.make("open-npy", self.spelled(), mode)
            return
        length = Path(self.path).stat().st_size if Path(self.path).exists() else 0
        dtype = random.choice(["u1", "u1", "<i2", ">f4", valid_dtype(random)])
        itemsize = parse_dtype(dtype).itemsize
        offset = random.choice([0, 0, random.randint(0, min(length, 200))])
        shape = None
        if random.random() < 0.7:
            room = max(length - offset, 0) // itemsize
            shape = random.choice([(min(room, 90),), (min(room, 90) // 2, 2), (2, 3)])
        elif length - offset > 3000 or (random.random() < 0.8 and (length - offset) % itemsize):
            dtype, offset = "u1", max(length - 100, 0)
        self.make("open", self.spelled(), dtype, mode, offset, shape, random.choice("CF"))

    def view(self, number: int, array: np.ndarray) -> None:
        """View by basic indexing, and rarely by index arrays."""
        lists = self.random.random() < 0.03
        self.make("view", number, choices.index(self.random, array.shape, lists=lists))

    def field(self, number: int, array: np.ndarray) -> None:
        """View a field, which may not exist."""
        names = list(array.dtype.fields or {})
        if not names or self.random.random() < 0.07:
            names = ["x", "", "no", "f0"]
        name = self.random.choice(names)
        self.make("field", number, name.encode())

    def view_as(self, number: int, array: np.ndarray) -> None:
        """View as another dtype."""
        dtype = (
            valid_dtype(self.random)
            if self.random.random() < 0.1
            else choices.another_dtype(self.random, array.dtype)
        )
        self.make(
            "view-as", number, self.dtype() or dtype if self.random.random() < 0.06 else dtype
        )

    def reshape(self, number: int, array: np.ndarray) -> None:
        """View in another shape."""
        self.make(
            "reshape", number, choices.reshaped(self.random, array.size), self.random.choice("CCF")
        )

    def transpose(self, number: int, array: np.ndarray) -> None:
        """View with another order of the axes."""
        self.make("transpose", number, choices.permutation(self.random, array.ndim))

    def read(self, number: int, array: np.ndarray) -> None:
        """Read the elements of an index."""
        self.run("read", number, self.index(array))

    def shape_of(self, number: int, array: np.ndarray) -> None:
        """Ask for the shape of an index."""
        self.run("shape-of", number, self.index(array))

    def index(self, array: np.ndarray) -> choices.Index:
        """Return an index, with or without index arrays."""
        return choices.index(self.random, array.shape, lists=self.random.random() < 0.5)

    def write(self, number: int, array: np.ndarray) -> None:
        """Write to the elements of an index."""
        if not array.flags.writeable and self.random.random() < 0.7:
            return
        index = self.index(array)
        try:
            selected = self.machine.select(number, index).shape
        except Exception:
            selected = (2,)
        shape = None if self.random.random() < 0.4 else choices.broadcastable(self.random, selected)
        count = int(np.prod(selected if shape is None else shape, dtype=object))
        if count > 1000:
            return
        raw = elements(self.random, array.dtype, count)
        if self.random.random() < 0.03:
            raw = self.random.choice([raw[:-1], raw + b"\0", raw + raw, b""])
        self.run("write", number, index, raw, shape)

    def fill(self, number: int, array: np.ndarray) -> None:
        """Write one value to all elements."""
        if not array.flags.writeable and self.random.random() < 0.7:
            return
        raw = elements(self.random, array.dtype, 1)
        self.run("fill", number, raw + b"\0" * (self.random.random() < 0.08))

    def range(self, array: np.ndarray) -> tuple[int, int]:
        """Return a range of bytes, which is rarely too long."""
        offset = self.random.randint(0, array.nbytes)
        length = self.random.randint(0, min(array.nbytes - offset, 200))
        if self.random.random() < 0.1:
            length = self.random.choice([array.nbytes - offset + 1, array.nbytes + 1])
        return offset, length

    def read_bytes(self, number: int, array: np.ndarray) -> None:
        """Read bytes, usually of an array without gaps."""
        if array.flags.forc or self.random.random() < 0.2:
            far = [(1 << 63, 1), (1, (1 << 64) - 1)]
            self.run(
                "read-bytes", number, *self.random.choices([self.range(array), *far], [50, 1, 1])[0]
            )

    def write_bytes(self, number: int, array: np.ndarray) -> None:
        """Write bytes, usually of an array without gaps."""
        if array.flags.forc or self.random.random() < 0.2:
            if not array.flags.writeable and self.random.random() < 0.7:
                return
            offset, length = self.range(array)
            self.run("write-bytes", number, offset, self.random.randbytes(min(length, 500)))

    def reduce(self, number: int, array: np.ndarray) -> None:
        """Reduce an array whose elements are valid values."""
        if not is_plain(array) or prod(length or 1 for length in array.shape) > 1_000_000:
            return
        if not is_reduced(array.dtype) and self.random.random() < 0.7:
            return
        axis = None
        if self.random.random() < 0.6:
            axis = self.random.randint(-array.ndim, max(array.ndim - 1, 0))
            if self.random.random() < 0.06:
                axis = self.random.choice([array.ndim, -array.ndim - 1, 1 << 40, -(1 << 63)])
        operation = self.random.choice(OPERATIONS)
        if array.size <= MAX_READ or (
            operation not in {"mean", "var", "std"} and array.dtype.kind in "iub"
        ):
            self.run("reduce", number, operation, axis)

    def flush(self, number: int, _: np.ndarray) -> None:
        """Flush an array."""
        self.run("flush", number)

    def advise(self, number: int, _: np.ndarray) -> None:
        """Give advice."""
        self.run("advise", number, self.random.choice(ADVICE))

    def drop(self, number: int, _: np.ndarray) -> None:
        """Drop an array."""
        if len(self.machine.arrays) > 1:
            self.run("drop", number)


def is_plain(array: np.ndarray) -> bool:
    """Whether all elements are valid values: 0 or 1 for booleans, code points for strings."""
    if array.dtype.kind == "b":
        return (
            bool(np.all(np.asarray(array).astype(array.dtype).view("u1") <= 1))
            if array.size
            else True
        )
    if array.dtype.kind == "U":
        return bool(
            np.all(
                np.asarray(array).astype(array.dtype.newbyteorder("<")).reshape(-1).view("<u4")
                < 0x110000
            )
        )
    return True
