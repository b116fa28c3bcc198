"""zict's turns on directories that filemap writes to as well.

    store DIRECTORY LINES

Every line is an operation, its fields, ``=``, and the answer that is expected, as ``tests/oracle/store/turn.rs`` says;
the plugin ``tests/programs/src/bin/oracle`` takes the same lines. Exits with the first line that has another answer.
Where the answer is ``?``, it is printed.
"""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from bench import Bench


def text(answer: object) -> str:
    """An answer as lines have it; buffers are in hexadecimal, and ``-`` where there are no bytes."""
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


def answer(bench: Bench, operation: str, fields: list[str]) -> str:
    """What zict answers."""
    method = getattr(bench, operation.replace("-", "_"), None) or getattr(bench, operation + "_")
    try:
        return text(method(*fields))
    except KeyError:
        return "none"
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return "!invalid-argument"
        raise


def main() -> None:
    """Do what the lines say."""
    directory, path = sys.argv[1:]
    bench = Bench(directory)
    for number, line in enumerate(Path(path).read_text(encoding="ascii").splitlines(), 1):
        operation, *fields, _, expected = line.split(" ")
        try:
            found = answer(bench, operation, fields)
        except Exception as error:
            error.add_note(f"{bench.place}, line {number}: {line}")
            raise
        if expected == "?":
            print(found)
        elif found != expected:
            sys.exit(f"{bench.place}, line {number}: {line}\nzict answers {found}")


if __name__ == "__main__":
    main()
