"""Execute operations with zict, on directories that filemap writes to as well.

    store DIRECTORY LINES

Every line is an operation, its fields, ``=``, and the expected answer;
``tests/oracle/store/turn.rs`` describes them. The plugin ``tests/programs/src/bin/oracle`` executes
the same lines. The script exits at the first line with another answer. If the expected answer is
``?``, it prints the answer.
"""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from operations import Operations


def text(answer: object) -> str:
    """Return the text of an answer. Buffers are in hexadecimal; an empty one is ``-``."""
    match answer:
        case None:
            return "none"
        case bool():
            return str(answer).lower()
        case int():
            return str(answer)
        case str():
            return text(answer.encode())
        case tuple():
            return ":".join(map(text, answer))
        case list():
            return f"[{','.join(map(text, answer))}]"
        case _:
            return bytes(answer).hex() or "-"


def answer(operations: Operations, operation: str, fields: list[str]) -> str:
    """Execute an operation, and return the text of the answer."""
    method = getattr(operations, operation.replace("-", "_"), None) or getattr(
        operations, operation + "_"
    )
    try:
        return text(method(*fields))
    except KeyError:
        return "none"
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return "!invalid-argument"
        raise


def main() -> None:
    """Execute the lines."""
    directory, path = sys.argv[1:]
    operations = Operations(directory)
    for number, line in enumerate(Path(path).read_text(encoding="ascii").splitlines(), 1):
        operation, *fields, _, expected = line.split(" ")
        try:
            found = answer(operations, operation, fields)
        except Exception as error:
            error.add_note(f"{operations.place}, line {number}: {line}")
            raise
        if expected == "?":
            print(found)
        elif found != expected:
            sys.exit(f"{operations.place}, line {number}: {line}\nzict answers {found}")


if __name__ == "__main__":
    main()
