"""A directory of ``zict.File``."""

from __future__ import annotations

import hashlib
import string
from pathlib import Path
from typing import Any

import zict

from common import write_json


def write_store(root: Path) -> None:
    """Write ``store/`` with ``zict.File``, and ``store.json`` beside it.

    ``entries`` has one object per key: ``key``, ``file`` (the name in the directory), and ``value``
    (hex) or, for a long value, ``sha256`` and ``length``.
    """
    large = bytes((31 * i + i // 256) % 256 for i in range(70_000))
    writes: list[tuple[str, Any]] = [
        ("", b"the empty key"),
        (".", b"one dot"),
        ("..", b"two dots"),
        ("a/b", b"a slash\n"),
        ("overwritten", b"first"),
        ("100%", b"a percent sign"),
        ("x#1", b"a number sign"),
        ("\0", b"\0"),
        ("overwritten", b"second, which is longer"),
        ("na\u00efve", "na\u00efve".encode()),
        ("\U0001f980", "\U0001f980".encode()),
        (" ", b" "),
        ("~-._", b"nothing here is quoted"),
        ("Key", b"upper case"),
        ("key", b"lower case"),
        (string.punctuation, string.punctuation.encode()),
        ("\U00010348/\U0010ffff", b"two characters of four bytes each in UTF-8"),
        ("e\u0301 is not \u00e9", b"keys are not normalised"),
        ("empty", b""),
        ("all bytes", bytes(range(256))),
        ("parts", [b"123", b"4567"]),
        ("large", large),
        ("overwritten", b"third"),
        ("overwritten", b"last"),
    ]
    folder = root / "store"
    store = zict.File(folder)
    for key, value in writes:
        store[key] = value

    again = zict.File(folder)
    entries = []
    for key in store:
        value = bytes(again[key])
        entry = {"key": key, "file": store.filenames[key]}
        if len(value) <= 256:
            entry["value"] = value.hex()
        else:
            entry.update(sha256=hashlib.sha256(value).hexdigest(), length=len(value))
        entries.append(entry)
    assert len(entries) == len(again) == len(list(folder.iterdir())) == len(dict(writes))
    write_json(root / "store.json", {"entries": entries})
