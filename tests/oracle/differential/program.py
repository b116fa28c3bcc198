"""The first steps of a program: a file, and usually an array over it."""

from __future__ import annotations

import io
from math import prod
from pathlib import Path
from random import Random

import choices
import numpy as np
from answers import Answer, Failure
from machine import Machine
from dtypes import any_dtype, is_unsupported, parse_dtype, valid_dtype
from opening import dtype_without_pointers
from steps import MODES, Step
from values import elements

# The maximum size of an array that is read completely, or reduced with exact fractions.
MAX_READ = 3000


class Program:
    """The steps of a program, numpy's answers, and the arrays that the steps have made."""

    def __init__(self, number: int, random: Random) -> None:
        self.random, self.machine = random, Machine()
        self.steps: list[tuple[Step, Answer]] = []
        self.path = f"work/c{number}.bin"
        self.paths = [self.path]
        self.arrays = 0

    def run(self, kind: str, *values: object) -> Answer:
        """Execute a step, and append it to the program."""
        step = Step(kind, list(values))
        answer = self.machine.run(step)
        self.steps.append((step, answer))
        return answer

    def make(self, kind: str, *values: object) -> None:
        """Execute a step that makes an array, and sometimes read the array."""
        number, self.arrays = self.arrays, self.arrays + 1
        answer = self.run(kind, number, *values)
        if not isinstance(answer, Failure) and self.random.random() < 0.4:
            self.read_whole(number)

    def read_whole(self, number: int) -> None:
        """Read all elements of an array, if it is small enough for a line."""
        if self.machine.arrays[number].size <= MAX_READ:
            self.run("read", number, [])

    def begin(self) -> None:
        """Create a file, and usually open an array over it."""
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
                self.make(
                    "create-npy",
                    self.spelled(),
                    self.dtype(),
                    shape,
                    self.random.choice("CF"),
                    version,
                )
                if self.random.random() < 0.3:
                    self.make("open-npy", self.spelled(), self.random.choice(MODES))

    def begin_raw(self) -> None:
        """Create a file of raw elements, usually of the right size, and open it."""
        random = self.random
        dtype, offset = self.dtype(), self.offset()
        mode = random.choices(MODES, [25, 20, 35, 20])[0]
        shape = None if mode != "w+" and random.random() < 0.3 else choices.shape(random)
        size = self.size(dtype, shape)
        longer = 3 if shape is None else 20
        match random.choices(["fits", "longer", "short", "empty", "absent"], [60, longer, 5, 2, 4])[
            0
        ]:
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
            offset = (
                random.choice([offset + 1, size + 7, 5000, 1 << 40, 1 << 63])
                if mode in {"r", "c"}
                else offset + 1
            )
        if random.random() < 0.15 and Path(self.path).exists():
            access = (
                random.choice(["rb", "r+b"])
                if mode in {"r", "c"} or random.random() < 0.1
                else "r+b"
            )
            self.make(
                "open-file", self.path, access, dtype, mode, offset, shape, random.choice("CF")
            )
        else:
            self.make("open", self.spelled(), dtype, mode, offset, shape, random.choice("CF"))

    def begin_large(self) -> None:
        """Open an array with more elements than one piece of a reduction has."""
        dtype, count = self.random.choice(["u1", "<i2", ">i2", "<u4", ">i8"]), self.random.choice(
            [1, 3, 8]
        )
        shape = self.random.choice(
            [(count * 50_000,), (250, count * 200), (count * 1000, 50), (25, count * 40, 50)]
        )
        raw = self.random.randbytes(prod(shape) * parse_dtype(dtype).itemsize)
        self.run("file", self.path, 0, raw)
        self.make(
            "open",
            self.path,
            dtype,
            self.random.choice(["r", "c", "r+"]),
            0,
            shape,
            self.random.choice("CF"),
        )

    def begin_npy(self) -> None:
        """Open a `.npy` file that numpy has written. Some are corrupt."""
        random = self.random
        self.path = self.paths[0] = self.path.replace(".bin", ".npy")
        dtype, shape = parse_dtype(valid_dtype(random)), choices.shape(random, 40)
        if len(shape) + len(dtype.shape) > 64:
            shape = ()
        array = np.ndarray(shape, dtype, order=random.choice("CF"))
        raw = elements(random, array.dtype, array.size)
        array[...] = np.ndarray(array.shape, array.dtype, bytearray(raw))
        file = io.BytesIO()
        try:
            version = random.choice([None, None, (1, 0), (2, 0), (3, 0)])
            np.lib.format.write_array(file, array, version, allow_pickle=False)
        except (ValueError, UnicodeError):
            file.write(b"\x93NUMPY")
        raw = file.getvalue()
        if random.random() < 0.08:
            raw = raw[: random.randrange(len(raw))]
        elif random.random() < 0.05:
            raw = damaged(random, raw)
        elif random.random() < 0.1:
            raw += random.randbytes(9)
        self.run("file", self.path, 0, raw)
        self.make("open-npy", self.spelled(), random.choices(MODES, [30, 25, 35, 4])[0])

    def spelled(self) -> str:
        """Return the path, in one of several spellings."""
        name = self.path.removeprefix("work/")
        return (
            self.random.choice(
                ["work/", "work/", "./work/", "work/./", "work//", "work/folder/../"]
            )
            + name
        )

    def dtype(self) -> str | None:
        """Return a random dtype."""
        return any_dtype(self.random, 0.04)

    def offset(self) -> int:
        """Return a random offset of an array."""
        return self.random.choices(
            [0, self.random.randint(1, 40), 4096, 4096 * 2 - 3, 64], [55, 25, 8, 4, 8]
        )[0]

    def size(self, dtype: str | None, shape: tuple | None) -> int:
        """Return the number of elements in the file; fewer than in a very large array."""
        if shape is None:
            return self.random.choice([0, 1, 5, 12, 24, 30])
        return min(int(np.prod(shape, dtype=object)), 200)

    def elements(self, dtype: str | None, count: int) -> bytes:
        """Return random elements of a dtype; random bytes if the dtype is invalid."""
        try:
            type_ = np.dtype("u1") if dtype is None else dtype_without_pointers(dtype)
        except Exception:
            return self.random.randbytes(count)
        inner = int(np.prod(type_.shape, dtype=int))
        return elements(self.random, type_.base, count * inner)


def damaged(random: Random, raw: bytes) -> bytes:
    """Return a `.npy` file with a changed character in its header."""
    place = random.randrange(min(len(raw), 128))
    # No characters that make a prefix of a string, as in `r'<f4'`, or a type number of numpy.
    other = random.choice([byte for byte in range(32, 256) if byte not in b"rRuU"])
    result = raw[:place] + bytes([other]) + raw[place + 1 :]
    try:
        file = io.BytesIO(result)
        version = np.lib.format.read_magic(file)
        dtype = np.lib.format._read_array_header(file, version)[2]
    except Exception:
        return result
    # The header is still valid, but may have a dtype that filemap rejects by design.
    return raw if is_unsupported(dtype) or dtype.hasobject else result
