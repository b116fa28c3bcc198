"""Ends as its argument says: the ways in which a program in Python ends."""

import os
import sys

from filemap_plugin import Error, File


def fails() -> None:
    File("work/missing", create=False)


def main(ending: str) -> object:
    print(f"{sys.argv[1:]} {os.environ.get('COLOUR')}")
    match ending:
        case "error":
            fails()
        case "code":
            try:
                fails()
            except FileNotFoundError as error:
                assert isinstance(error, Error)
                print(error.code, type(error).__name__)
        case "number":
            sys.exit(3)
        case "text":
            sys.exit("no good")
        case "zero":
            sys.exit(0)
        case "import":
            import tomllib  # noqa: F401
        case "print":
            for _ in range(100_000):
                print("line")
    return None


main(sys.argv[1])
