"""Helpers of the fixtures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Json = Any

# The kinds and sizes of numbers that filemap supports.
SUPPORTED = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]

I64_MIN, I64_MAX = -(2**63), 2**63 - 1


def compact(value: Json) -> str:
    """Encode a value as ASCII JSON without spaces, so that every code point survives."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def write_json(path: Path, sections: dict[str, list[Json]]) -> None:
    """Write an object of lists, one element per line, for readable diffs."""
    parts = []
    for name, items in sections.items():
        body = ",\n".join(compact(item) for item in items)
        parts.append(f"{compact(name)}: [\n{body}\n]")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="ascii")
