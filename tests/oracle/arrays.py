"""Write arrays with numpy as a file of lines says, or compare them with it.

    arrays.py write DIRECTORY LINES
    arrays.py check DIRECTORY LINES

A line is `HOW FILE DTYPE ORDER OFFSET SHAPE DATA`: ``w+`` and ``r+`` are modes of ``numpy.memmap``,
``npy`` is ``numpy.save``; the shape is like ``3,4``, and the data is that of ``tobytes("C")`` in
hexadecimal, each ``-`` where it is empty. The plugin ``tests/programs/src/bin/oracle`` takes the
same lines.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np


class Spec:
    """One line."""

    def __init__(self, directory: Path, line: str) -> None:
        self.how, name, dtype, self.order, offset, shape, data = line.split(" ")
        self.path = directory / name
        self.dtype = np.dtype(dtype)
        self.offset = int(offset)
        self.shape = () if shape == "-" else tuple(map(int, shape.split(",")))
        raw = b"" if data == "-" else bytes.fromhex(data)
        self.values = np.frombuffer(raw, self.dtype).reshape(self.shape)

    def map(self, mode: str) -> np.ndarray:
        """Map the file without a header."""
        return np.memmap(self.path, self.dtype, mode, self.offset, self.shape, self.order)

    def write(self) -> None:
        """Write the file."""
        if self.how == "npy":
            np.save(self.path, np.asarray(self.values, order=self.order))
            return
        array = self.map(self.how)
        array[...] = self.values
        array.flush()

    def check(self) -> None:
        """Exit with the difference, if there is one."""
        array = np.load(self.path, mmap_mode="r") if self.how == "npy" else self.map("r")
        found = array.dtype.str, array.shape, array.flags[f"{self.order}_CONTIGUOUS"], array.offset
        expected = self.dtype.str, self.shape, True, self.offset
        if found != expected:
            sys.exit(f"{self.path.name}: numpy finds {found}, expected: {expected}")
        # The bytes, because a number that is none equals nothing; the rest is for the reader.
        if array.tobytes("C") != self.values.tobytes("C"):
            sys.exit(f"{self.path.name}: numpy reads\n{array!r}\nexpected:\n{self.values!r}")


def main() -> None:
    """Do what the command line says."""
    action, directory, path = sys.argv[1:]
    for line in Path(path).read_text(encoding="ascii").splitlines():
        spec = Spec(Path(directory), line)
        {"write": spec.write, "check": spec.check}[action]()


if __name__ == "__main__":
    main()
