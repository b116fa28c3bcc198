"""The messages of numpy for calls that filemap refuses too."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.lib import format as npy


def header(text: str, version: int = 1) -> bytes:
    """Returns the start of a ``.npy`` file with this dictionary."""
    length = len(text).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes((version, 0)) + length + text.encode("latin1")


def npy_files() -> dict[str, bytes]:
    """Returns ``.npy`` files that cannot be opened."""
    entries = "{'descr': %s, 'fortran_order': %s, 'shape': %s, }"
    good = entries % ("'<f4'", "False", "(1,)")
    return {
        "magic cut off": b"\x93NU",
        "magic": b"not an array at all",
        "length cut off": b"\x93NUMPY\x01\x00\x10",
        "long length cut off": b"\x93NUMPY\x02\x00\x10",
        "header cut off": b"\x93NUMPY\x01\x00\x50\x00abc",
        "version": header(good, 4),
        "large": header(good + " " * 10_001),
        "keys": header("{}"),
        "unknown key": header(good[:-1] + "'x': 1}"),
        "no dictionary": header("[1]"),
        "order": header(entries % ("'<f4'", "1", "(1,)")),
        "shape": header(entries % ("'<f4'", "False", "1")),
        "lengths": header(entries % ("'<f4'", "False", "('a',)")),
        "dtype": header(entries % ("'zz'", "False", "(1,)")),
        "objects": header(entries % ("'|O'", "False", "(1,)")),
    }


def calls(folder: Path) -> dict[str, Callable[[], object]]:
    """Returns the other calls. ``six`` has six bytes, and ``b`` has the shape (2, 3)."""
    empty, six, new = folder / "empty", folder / "six", folder / "new.npy"
    empty.write_bytes(b"")
    six.write_bytes(b"abcdef")
    a, b = np.memmap(six, "u1", "r"), np.memmap(six, "u1", "c", shape=(2, 3))
    column = b.T
    none = np.zeros((0, 3))
    fields = np.zeros(1, [("x", "i4")])
    scalar = np.zeros((), "u1")

    def assign(index: object, shape: tuple[int, ...]) -> None:
        b[index] = np.zeros(shape, "u1")

    def create(dtype: object, version: tuple[int, int] | None = (1, 0)) -> object:
        return npy.open_memmap(new, "w+", dtype, (1,), version=version)

    return {
        "empty file": lambda: np.memmap(empty, "u1", "r"),
        "w+ without a shape": lambda: np.memmap(new, "u1", "w+"),
        "no multiple": lambda: np.memmap(six, "u4", "r"),
        "past the end": lambda: np.memmap(six, "u1", "r", shape=(9,)),
        "unknown dtype": lambda: np.memmap(six, "flaot32", "r"),
        "too big": lambda: np.memmap(six, "u1", "r", shape=(1 << 62, 1 << 62)),
        "65 axes": lambda: np.zeros((1,) * 65, "u1"),
        "read-only": lambda: a.__setitem__(0, 1),
        "fill read-only": lambda: a.fill(1),
        "create objects": lambda: create("O"),
        "create a long header": lambda: create([("x" * 70_000, "i4")]),
        "create a name outside Latin-1": lambda: create([("\u578b", "i4")]),
        "index": lambda: a[9],
        "negative index": lambda: b[0, -9],
        "taken index": lambda: a[[9]],
        "too many indices": lambda: a[0, 0],
        "two ellipses": lambda: b[..., ...],
        "step": lambda: a[::0],
        "mask": lambda: a[np.array([True])],
        "index arrays": lambda: b[[0, 1], [0, 1, 2]],
        "new axes": lambda: b[(None,) * 70],
        "assign": lambda: assign(..., (2,)),
        "assign more axes": lambda: assign(0, (2, 3)),
        "reshape": lambda: b.reshape(4),
        "reshape to two unknown": lambda: b.reshape(-1, -1),
        "reshape with a copy": lambda: column.reshape(6, copy=False),
        "transpose": lambda: b.transpose(0),
        "transpose twice": lambda: b.transpose(0, 0),
        "transpose outside": lambda: b.transpose(0, 5),
        "axis": lambda: b.sum(axis=5),
        "min": lambda: none.min(),
        "max": lambda: none.max(axis=0),
        "argmin": lambda: none.argmin(),
        "argmax": lambda: none.argmax(axis=0),
        "field": lambda: fields["y"],
        "view of larger": lambda: b.view("u2"),
        "view of smaller": lambda: np.zeros(2, "u4").view("S3"),
        "view with gaps": lambda: column.view("u4"),
        "view of a scalar": lambda: scalar.view("u2"),
    }


def message(call: Callable[[], object]) -> str:
    """Returns the first line of the message of a call that fails."""
    try:
        result = call()
    except Exception as error:  # noqa: BLE001
        return str(error).splitlines()[0]
    raise AssertionError(f"the call succeeded: {result!r}")


def write_messages(folder: Path) -> None:
    """``messages.json``: for each call, the first line of numpy's message.

    ``files`` are ``.npy`` files in hexadecimal digits, each with the message of ``open_memmap``;
    ``calls`` are the calls that ``tests/engine/messages.rs`` repeats.
    """
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "x.npy"
        files = {}
        for name, data in npy_files().items():
            path.write_bytes(data)
            text = message(lambda: npy.open_memmap(path, "r"))
            files[name] = {"hex": data.hex(), "message": text}
        others = {name: message(call) for name, call in calls(Path(temporary)).items()}
    text = json.dumps({"files": files, "calls": others}, indent=1)
    (folder / "messages.json").write_text(text + "\n", encoding="utf-8")
