"""The difference between each row of an array and the row before it, for many processes.

`difference SOURCE OUT START STOP` writes the rows from START to STOP, without STOP, of the array at
OUT, and no others. It may read any row of SOURCE.
"""

import sys

from filemap_plugin import open_npy, program


@program
def main() -> None:
    _, source_path, out_path, start, stop = sys.argv
    source = open_npy(source_path, mode="r")
    # Not `create_npy`, which would empty the rows of other processes.
    out = open_npy(out_path, mode="r+")
    for row in range(int(start), int(stop)):
        numbers = source[row].tolist()
        if row > 0:
            numbers = [number - before for number, before in zip(numbers, source[row - 1].tolist())]
        out[row] = numbers
