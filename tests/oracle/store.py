"""Write a directory with ``zict.File`` as a file of lines says, or compare it with one.

    store.py apply DIRECTORY LINES    # `set KEY VALUE`, `parts KEY PART...` or `remove KEY`
    store.py check DIRECTORY LINES    # `KEY VALUE` for every key

Keys (as UTF-8) and values are in hexadecimal, ``-`` where there are no bytes. The plugin
``tests/programs/src/bin/oracle`` takes the same lines.
"""

from __future__ import annotations

import sys
from pathlib import Path

import zict


def decode(field: str) -> bytes:
    """Return the bytes of one field."""
    return b"" if field == "-" else bytes.fromhex(field)


def apply(store: zict.File, lines: list[list[str]]) -> None:
    """Change the store line by line."""
    for action, key, *values in lines:
        name = decode(key).decode()
        if action == "set":
            [store[name]] = map(decode, values)
        elif action == "parts":
            store[name] = [decode(value) for value in values]
        elif action == "remove":
            del store[name]
        else:
            raise ValueError(action)


def check(store: zict.File, lines: list[list[str]]) -> None:
    """Exit with the difference, if there is one."""
    expected = {decode(key).decode(): decode(value) for key, value in lines}
    found = set(store)
    if missing := expected.keys() - found:
        sys.exit(f"zict misses {sorted(missing)!r}")
    if superfluous := found - expected.keys():
        sys.exit(f"zict finds {sorted(superfluous)!r} besides")
    if len(store) != len(expected):
        sys.exit(f"zict counts {len(store)} keys, not {len(expected)}")
    for name, value in expected.items():
        if store[name] != value:
            sys.exit(f"{name!r}: zict reads {store[name]!r}\nexpected: {value!r}")


def main() -> None:
    """Do what the command line says."""
    action, directory, path = sys.argv[1:]
    lines = [line.split(" ") for line in Path(path).read_text(encoding="ascii").splitlines()]
    with zict.File(directory) as store:
        {"apply": apply, "check": check}[action](store, lines)


if __name__ == "__main__":
    main()
