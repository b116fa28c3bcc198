"""Print every key of a directory with the number of its value, as ``zict.File`` reads them.

    kill.py DIRECTORY

``tests/programs/src/changes.rs`` describes the values. An incomplete value ends the script. The
temporary file of an unfinished write may exist, which zict takes for a key.
"""

from __future__ import annotations

import sys

import zict


def number(key: str, value: bytes) -> int:
    """Check that a value is complete, and return its number."""
    head, _, rest = value.partition(b"\n")
    try:
        digits, name, length = head.decode().split(" ")
    except ValueError:
        sys.exit(f"the value of {key!r} begins with {head[:100]!r}")
    pattern = f"{digits},".encode()
    complete = (pattern * (int(length) // len(pattern) + 1))[: int(length)]
    if name != key or rest != complete:
        sys.exit(
            f"the value of {key!r} says {head!r}, and is not complete: {len(rest)} bytes follow"
        )
    return int(digits)


def main() -> None:
    """Print the keys of the directory."""
    [directory] = sys.argv[1:]
    with zict.File(directory) as store:
        for key in store:
            if key != "%temporary-filemap":
                print(key, number(key, bytes(store[key])))


if __name__ == "__main__":
    main()
