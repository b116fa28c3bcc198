"""Random programs: each step is chosen by what the steps before it have made."""

from __future__ import annotations

import io
from math import prod
from pathlib import Path
from random import Random

import choices
import numpy as np
from answers import Answer, Failure
from bench import Bench, is_reduced, safe
from dtypes import any_text, read, right
from steps import MODES, Step
from values import elements

OPERATIONS = ["sum", "prod", "min", "max", "mean", "any", "all", "argmin", "argmax", "count-nonzero"]
ADVICE = ["normal", "random", "sequential", "will-need", "dont-need", "huge-page"]
# An array of more elements is not read as a whole, nor are fractions made of them.
MANY = 3000
WEIGHTS = {
    "view": 20, "field": 6, "view-as": 7, "reshape": 8, "transpose": 6, "read": 14, "shape-of": 5, "write": 15, "fill": 4,
    "read-bytes": 5, "write-bytes": 4, "reduce": 14, "flush": 2, "advise": 1, "open": 5, "drop": 2,
}  # fmt: skip


class Case:
    """One program with what numpy answers."""

    def __init__(self, number: int, random: Random) -> None:
        self.random, self.bench = random, Bench()
        self.steps: list[tuple[Step, Answer]] = []
        self.path = f"work/c{number}.bin"
        self.paths = [self.path]
        self.arrays = 0
        self.begin()
        for _ in range(random.randint(3, 15)):
            self.go_on()
        for array in list(self.bench.arrays):
            self.read_whole(array)
            self.run("drop", array)
        for path in self.paths:
            self.run("content", path)
            Path(path).unlink(missing_ok=True)

    def run(self, kind: str, *values: object) -> Answer:
        """Do a step and note it."""
        step = Step(kind, list(values))
        answer = self.bench.run(step)
        self.steps.append((step, answer))
        return answer

    def make(self, kind: str, *values: object) -> None:
        """Do a step that makes an array, and look at what it has made."""
        number, self.arrays = self.arrays, self.arrays + 1
        answer = self.run(kind, number, *values)
        if not isinstance(answer, Failure) and self.random.random() < 0.4:
            self.read_whole(number)

    def read_whole(self, number: int) -> None:
        """Look at all elements, if they are not too many for a line."""
        if self.bench.arrays[number].size <= MANY:
            self.run("read", number, [])

    def begin(self) -> None:
        """A file, and an array over it."""
        match self.random.choices(["raw", "large", "npy", "create-npy"], [69, 1, 15, 15])[0]:
            case "raw":
                self.begin_raw()
            case "large":
                self.begin_large()
            case "npy":
                self.begin_npy()
            case _:
                self.path = self.paths[0] = self.path.replace(".bin", ".npy")
                if self.random.random() < 0.3:
                    self.run("file", self.path, 0, self.random.randbytes(300))
                shape = choices.shape(self.random)
                version = self.random.choice([None, None, 1, 2, 3])
                self.make("create-npy", self.spelled(), self.dtype(), shape, self.random.choice("CF"), version)
                if self.random.random() < 0.3:
                    self.make("open-npy", self.spelled(), self.random.choice(MODES))

    def begin_raw(self) -> None:
        """Mostly a file that has room for the array."""
        random = self.random
        dtype, offset = self.dtype(), self.offset()
        mode = random.choices(MODES, [25, 20, 35, 20])[0]
        shape = None if mode != "w+" and random.random() < 0.3 else choices.shape(random)
        size = self.size(dtype, shape)
        longer = 3 if shape is None else 20
        match random.choices(["fits", "longer", "short", "empty", "absent"], [60, longer, 5, 2, 4])[0]:
            case "empty":
                self.run("file", self.path, 0, b"")
            case "absent" if mode == "w+" or random.random() < 0.4:
                pass
            case fit:
                zeroes, head = offset // 4096 * 4096, random.randbytes(offset % 4096)
                raw = self.elements(dtype, size)
                if fit == "longer":
                    raw += random.randbytes(random.randint(1, 40))
                elif fit == "short" and raw:
                    raw = raw[: random.randrange(len(raw))]
                self.run("file", self.path, zeroes, head + raw)
        if mode in {"r", "c"} and random.random() < 0.03:
            shape = choices.large(random)
        if random.random() < 0.04:
            offset = random.choice([offset + 1, size + 7, 5000, 1 << 40, 1 << 63]) if mode in {"r", "c"} else offset + 1
        if random.random() < 0.15 and Path(self.path).exists():
            access = random.choice(["rb", "r+b"]) if mode in {"r", "c"} or random.random() < 0.1 else "r+b"
            self.make("open-file", self.path, access, dtype, mode, offset, shape, random.choice("CF"))
        else:
            self.make("open", self.spelled(), dtype, mode, offset, shape, random.choice("CF"))

    def begin_large(self) -> None:
        """More elements than are reduced in one piece."""
        dtype, count = self.random.choice(["u1", "<i2", ">i2", "<u4", ">i8"]), self.random.choice([1, 3, 8])
        shape = self.random.choice([(count * 50_000,), (250, count * 200), (count * 1000, 50), (25, count * 40, 50)])
        raw = self.random.randbytes(prod(shape) * read(dtype).itemsize)
        self.run("file", self.path, 0, raw)
        self.make("open", self.path, dtype, self.random.choice(["r", "c", "r+"]), 0, shape, self.random.choice("CF"))

    def begin_npy(self) -> None:
        """A file that numpy has written; some are damaged."""
        random = self.random
        self.path = self.paths[0] = self.path.replace(".bin", ".npy")
        dtype, shape = read(right(random)), choices.shape(random, 40)
        if len(shape) + len(dtype.shape) > 64:
            shape = ()
        array = np.ndarray(shape, dtype, order=random.choice("CF"))
        raw = elements(random, array.dtype, array.size)
        array[...] = np.ndarray(array.shape, array.dtype, bytearray(raw))
        file = io.BytesIO()
        try:
            np.lib.format.write_array(file, array, random.choice([None, None, (1, 0), (2, 0), (3, 0)]), allow_pickle=False)
        except (ValueError, UnicodeError):
            file.write(b"\x93NUMPY")
        raw = file.getvalue()
        if random.random() < 0.08:
            raw = raw[: random.randrange(len(raw))]
        elif random.random() < 0.05:
            place = random.randrange(min(len(raw), 128))
            raw = raw[:place] + random.randbytes(1) + raw[place + 1 :]
        elif random.random() < 0.1:
            raw += random.randbytes(9)
        self.run("file", self.path, 0, raw)
        self.make("open-npy", self.spelled(), random.choices(MODES, [30, 25, 35, 4])[0])

    def spelled(self) -> str:
        """The path, in one of the ways."""
        name = self.path.removeprefix("work/")
        return self.random.choice(["work/", "work/", "./work/", "work/./", "work//", "work/folder/../"]) + name

    def dtype(self) -> str | None:
        """Some type."""
        return any_text(self.random, 0.04)

    def offset(self) -> int:
        """Where an array begins."""
        return self.random.choices([0, self.random.randint(1, 40), 4096, 4096 * 2 - 3, 64], [55, 25, 8, 4, 8])[0]

    def size(self, dtype: str | None, shape: tuple | None) -> int:
        """How many elements to have in the file; not all of them where they are too many."""
        if shape is None:
            return self.random.choice([0, 1, 5, 12, 24, 30])
        return min(int(np.prod(shape, dtype=object)), 200)

    def elements(self, dtype: str | None, count: int) -> bytes:
        """Elements of a type, where it is one."""
        try:
            type_ = np.dtype("u1") if dtype is None else safe(dtype)
        except Exception:
            return self.random.randbytes(count)
        inner = int(np.prod(type_.shape, dtype=int))
        return elements(self.random, type_.base, count * inner)

    def go_on(self) -> None:
        """One more step on one of the arrays, rather on a late one."""
        random, arrays = self.random, list(self.bench.arrays)
        if not arrays:
            # The last try failed: the same file once more, or another one in its place.
            if Path(self.path).exists() and random.random() < 0.5:
                self.open_again()
            else:
                self.begin_raw()
            return
        number = random.choice([arrays[-1], arrays[-1], *arrays])
        array = self.bench.arrays[number]
        weights = dict(WEIGHTS)
        weights["field"] = 30 if array.dtype.names else 1
        if array.size > MANY:
            weights = {"view": 2, "transpose": 1, "reshape": 1, "fill": 1, "reduce": 4}
        kind = random.choices(list(weights), list(weights.values()))[0]
        getattr(self, kind.replace("-", "_"))(number, array)

    def open(self, _: int, __: np.ndarray) -> None:
        self.open_again()

    def open_again(self) -> None:
        """Another array on the same file; never one that empties it, for that would cut off the others."""
        random = self.random
        mode = random.choice(["r", "c", "r+", "r+"])
        if self.path.endswith(".npy") and random.random() < 0.7:
            self.make("open-npy", self.spelled(), mode)
            return
        length = Path(self.path).stat().st_size if Path(self.path).exists() else 0
        dtype = random.choice(["u1", "u1", "<i2", ">f4", right(random)])
        itemsize = read(dtype).itemsize
        offset = random.choice([0, 0, random.randint(0, min(length, 200))])
        shape = None
        if random.random() < 0.7:
            room = max(length - offset, 0) // itemsize
            shape = random.choice([(min(room, 90),), (min(room, 90) // 2, 2), (2, 3)])
        elif length - offset > 3000 or (random.random() < 0.8 and (length - offset) % itemsize):
            dtype, offset = "u1", max(length - 100, 0)
        self.make("open", self.spelled(), dtype, mode, offset, shape, random.choice("CF"))

    def view(self, number: int, array: np.ndarray) -> None:
        lists = self.random.random() < 0.03
        self.make("view", number, choices.index(self.random, array.shape, lists=lists))

    def field(self, number: int, array: np.ndarray) -> None:
        names = list(array.dtype.fields or {})
        name = self.random.choice(names) if names and self.random.random() < 0.93 else self.random.choice(["x", "", "no", "f0"])
        self.make("field", number, name.encode())

    def view_as(self, number: int, array: np.ndarray) -> None:
        dtype = right(self.random) if self.random.random() < 0.1 else choices.another_dtype(self.random, array.dtype)
        self.make("view-as", number, self.dtype() or dtype if self.random.random() < 0.06 else dtype)

    def reshape(self, number: int, array: np.ndarray) -> None:
        self.make("reshape", number, choices.reshaped(self.random, array.size), self.random.choice("CCF"))

    def transpose(self, number: int, array: np.ndarray) -> None:
        self.make("transpose", number, choices.permutation(self.random, array.ndim))

    def read(self, number: int, array: np.ndarray) -> None:
        self.run("read", number, self.index(array))

    def shape_of(self, number: int, array: np.ndarray) -> None:
        self.run("shape-of", number, self.index(array))

    def index(self, array: np.ndarray) -> choices.Index:
        return choices.index(self.random, array.shape, lists=self.random.random() < 0.5)

    def write(self, number: int, array: np.ndarray) -> None:
        if not array.flags.writeable and self.random.random() < 0.7:
            return
        index = self.index(array)
        try:
            selected = self.bench.select(number, index).shape
        except Exception:
            selected = (2,)
        shape = None if self.random.random() < 0.4 else choices.stretched(self.random, selected)
        count = int(np.prod(selected if shape is None else shape, dtype=object))
        if count > 1000:
            return
        raw = elements(self.random, array.dtype, count)
        if self.random.random() < 0.03:
            raw = self.random.choice([raw[:-1], raw + b"\0", raw + raw, b""])
        self.run("write", number, index, raw, shape)

    def fill(self, number: int, array: np.ndarray) -> None:
        if not array.flags.writeable and self.random.random() < 0.7:
            return
        raw = elements(self.random, array.dtype, 1)
        self.run("fill", number, raw + b"\0" * (self.random.random() < 0.08))

    def range(self, array: np.ndarray) -> tuple[int, int]:
        offset = self.random.randint(0, array.nbytes)
        length = self.random.randint(0, min(array.nbytes - offset, 200))
        if self.random.random() < 0.1:
            length = self.random.choice([array.nbytes - offset + 1, array.nbytes + 1])
        return offset, length

    def read_bytes(self, number: int, array: np.ndarray) -> None:
        if array.flags.forc or self.random.random() < 0.2:
            offset, length = self.range(array)
            self.run("read-bytes", number, *self.random.choices([(offset, length), (1 << 63, 1), (1, (1 << 64) - 1)], [50, 1, 1])[0])

    def write_bytes(self, number: int, array: np.ndarray) -> None:
        if array.flags.forc or self.random.random() < 0.2:
            if not array.flags.writeable and self.random.random() < 0.7:
                return
            offset, length = self.range(array)
            self.run("write-bytes", number, offset, self.random.randbytes(min(length, 500)))

    def reduce(self, number: int, array: np.ndarray) -> None:
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
        if array.size <= MANY or (operation != "mean" and array.dtype.kind in "iub"):
            self.run("reduce", number, operation, axis)

    def flush(self, number: int, _: np.ndarray) -> None:
        self.run("flush", number)

    def advise(self, number: int, _: np.ndarray) -> None:
        self.run("advise", number, self.random.choice(ADVICE))

    def drop(self, number: int, _: np.ndarray) -> None:
        if len(self.bench.arrays) > 1:
            self.run("drop", number)


def is_plain(array: np.ndarray) -> bool:
    """Whether all values are such that numpy's answers mean something: a bool is 0 or 1, and a character is one."""
    if array.dtype.names is not None:
        return all(is_plain(array[name]) for name in array.dtype.names)
    if array.dtype.kind == "b":
        return bool(np.all(np.asarray(array).astype(array.dtype).view("u1") <= 1)) if array.size else True
    if array.dtype.kind == "U":
        return bool(np.all(np.asarray(array).astype(array.dtype.newbyteorder("<")).reshape(-1).view("<u4") < 0x110000))
    return True
