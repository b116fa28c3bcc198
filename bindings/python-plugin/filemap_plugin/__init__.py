"""Persistent mappings and memory-mapped arrays for plugins in Python.

`File` is what `zict.File` is to CPython, and `memmap` what `numpy.memmap` is. The files are the
same. `program` makes a function the program that `filemap run` starts:

    from filemap_plugin import File, memmap, program

    @program
    def main() -> None:
        numbers = memmap("data/numbers.bin", dtype="<f8", mode="r")
        File("data/results")["sum"] = str(numbers.sum()).encode()
"""

from ._array import Array
from ._file import File, Findings
from ._memmap import Memmap
from ._open import create_npy, memmap, open_npy
from ._program import program
from ._streams import Writer
from .errors import Error

__all__ = [
    "Array",
    "Error",
    "File",
    "Findings",
    "Memmap",
    "Writer",
    "create_npy",
    "memmap",
    "open_npy",
    "program",
]
