"""Compares what `parity.py` wrote in a plugin with what it wrote with numpy and zict: `judge.py
FOLDER-OF-NUMPY FOLDER-OF-PLUGIN`. Prints the differences, and fails if there are any."""

import json
import os
import sys
from pathlib import Path
from typing import Any

# In the isolated mode of Python the folder of the script is not on the path.
sys.path.insert(0, os.path.dirname(sys.argv[0]))

import cases  # noqa: E402

Record = dict[str, Any]

IDENTICAL_WORDS = ("IndexError", "OverflowError")
"""Exceptions whose message begins as numpy's does."""


def differ(case: str, numpy: Record, plugin: Record) -> bool:
    """Whether a line gave other values, another exception or other words."""
    line = numpy["line"]
    if line in cases.DIFFERENCES:
        kind = cases.DIFFERENCES[line]
        return kind not in plugin["raises"] if kind else plugin == numpy
    if "raises" not in numpy or "raises" not in plugin:
        return numpy != plugin
    # The class that numpy raises, or one that extends it.
    kind = numpy["raises"][0]
    if kind not in plugin["raises"]:
        return True
    # Of several mistakes in a random line, either side may name another one.
    same_words = plugin["message"].startswith(numpy["message"].strip())
    return case != "random" and kind in IDENTICAL_WORDS and not same_words


def files(folder: Path) -> dict[str, bytes]:
    """Returns the files that the lines have written. A failed write of zict leaves an empty file
    or a part; one of filemap leaves nothing."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    contents = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    del contents["records.json"]
    return {_key(name): data for name, data in contents.items() if "/failed/" not in name}


def main(of_numpy: Path, of_plugin: Path) -> None:
    texts = [(folder / "records.json").read_text() for folder in (of_numpy, of_plugin)]
    numpy, plugin = map(json.loads, texts)
    found = []
    for case, records in numpy.items():
        for one, other in zip(records, plugin[case], strict=True):
            if differ(case, one, other):
                found.append(f"{case}: {one['line']}\n  numpy:  {one}\n  plugin: {other}")
    ours, theirs = files(of_plugin), files(of_numpy)
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            contents = f"numpy {theirs.get(name)!r}, plugin {ours.get(name)!r}"
            found.append(f"the file {name}: {contents}")
    for path in of_plugin.glob("*/failed/*"):
        found.append(f"a failed write has left {path}")
    lines = sum(map(len, numpy.values()))
    print(f"compared {lines} lines and {len(ours)} files")
    sys.exit("\n".join(found) or None)


def _key(file: str) -> str:
    """Returns a path without the number of a value, which zict and filemap count differently."""
    return file.split("#")[0]


main(Path(sys.argv[1]), Path(sys.argv[2]))
