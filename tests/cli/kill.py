"""Print every key of a directory with the number of its value, as ``zict.File`` reads them.

    kill.py DIRECTORY

A value says what it is, as ``tests/programs/src/changes.rs`` has it; one that is not whole ends the script. The
temporary file of an unfinished write may be there, which zict takes for one more key.
"""

from __future__ import annotations

import sys

import zict


def number(key: str, value: bytes) -> int:
    """Return the number of a value that is whole."""
    head, _, rest = value.partition(b"\n")
    try:
        digits, name, length = head.decode().split(" ")
    except ValueError:
        sys.exit(f"the value of {key!r} begins with {head[:100]!r}")
    pattern = f"{digits},".encode()
    whole = (pattern * (int(length) // len(pattern) + 1))[: int(length)]
    if name != key or rest != whole:
        sys.exit(f"the value of {key!r} says {head!r}, and is not whole: {len(rest)} bytes follow")
    return int(digits)


def main() -> None:
    """Do what the command line says."""
    [directory] = sys.argv[1:]
    with zict.File(directory) as store:
        for key in store:
            if key != "%temporary-filemap":
                print(key, number(key, bytes(store[key])))


if __name__ == "__main__":
    main()
