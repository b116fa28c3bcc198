"""Runs the same lines of Python with numpy and zict in CPython, and with filemap_plugin in a
plugin: `parity.py FOLDER`. Writes what each line gives to FOLDER/records.json."""

import json
import os
import sys
from typing import Any

# In the isolated mode of Python the folder of the script is not on the path.
sys.path.insert(0, os.path.dirname(sys.argv[0]))

import cases  # noqa: E402

try:
    import filemap_plugin

    NAMES: dict[str, Any] = {
        **vars(filemap_plugin),
        "count_nonzero": lambda a, axis=None: a.count_nonzero(axis),
        "writeable": lambda a: a.writeable,
    }
except ImportError:
    import numpy
    import zict
    from numpy.lib.format import open_memmap

    NAMES = {
        "File": zict.File,
        "memmap": numpy.memmap,
        "open_npy": open_memmap,
        "create_npy": lambda path, dtype="float64", shape=(), order="C", version=None: open_memmap(
            path, "w+", dtype, shape, order == "F", version
        ),
        "count_nonzero": numpy.count_nonzero,
        "writeable": lambda a: a.flags.writeable,
    }

Record = dict[str, Any]


def shown(value: Any) -> Any:
    """Returns a value in a form that is equal in both places."""
    if isinstance(value, memoryview):
        return ["memoryview", value.format, value.shape, shown(value.tolist())]
    if hasattr(value, "tolist") and hasattr(value, "shape") and value.shape != ():
        return ["array", dtype(value), list(value.shape), shown(value.tolist())]
    if hasattr(value, "item") and hasattr(value, "dtype"):
        return shown(value.item())
    if isinstance(value, (bytes, bytearray)):
        return ["bytes", value.hex()]
    if hasattr(value, "typecode"):
        return ["array.array", shown(value.tolist())]
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, [shown(element) for element in value]]
    return repr(value)


def dtype(array: Any) -> str:
    """Returns the dtype of an array as filemap writes it."""
    if isinstance(array.dtype, str):
        return array.dtype
    return str(array.dtype.descr if array.dtype.names else array.dtype.str)


def record(line: str, names: dict[str, Any]) -> Record:
    """Runs a line, and returns its value or its exception."""
    try:
        try:
            code = compile(line, "line", "eval")
        except SyntaxError:
            exec(line, names)
            return {"line": line, "value": None}
        return {"line": line, "value": shown(eval(code, names))}
    except Exception as error:
        kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
        return {"line": line, "raises": kinds, "message": str(error)}


def main(folder: str) -> None:
    """Runs each case in a folder of its own."""
    records = {}
    for name, lines in cases.all_cases().items():
        work = f"{folder}/{name}"
        os.makedirs(work, exist_ok=True)
        names = {**NAMES, "work": work}
        records[name] = [record(line, names) for line in lines]
    with open(f"{folder}/records.json", "w") as file:
        json.dump(records, file)


main(sys.argv[1])
