"""Spellings of dtypes, as numpy parses them."""

from __future__ import annotations

import ast
import random
import string
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import dtype_to_descr

from common import Json, write_json
from quoting import random_char
from spellings import (
    ACCIDENTAL,
    LITERALS,
    REFUSED,
    REJECTED,
    REJECTED_LITERALS,
    STRINGS,
    UNSUPPORTED,
)


def dtype_of(text: str) -> np.dtype:
    """Return the dtype of a string, or of the Python literal that it contains."""
    inner = text.strip(string.whitespace)
    if inner[:1] in ("[", "{") or inner[:1] == "(" and inner[-1:] == ")":
        # Integers of Python 2, which only numpy's reader of headers accepts.
        return np.dtype(ast.literal_eval(inner.replace("2L", "2")))
    return np.dtype(text)


def accepts(spelling: str) -> bool:
    """Whether numpy accepts a spelling."""
    try:
        dtype_of(spelling)
    except Exception:
        return False
    return True


def is_plain(dtype: np.dtype) -> bool:
    """Whether ``dtype.descr`` describes a dtype completely."""
    if dtype.subdtype is not None:
        return is_plain(dtype.base)
    if dtype.names is None:
        return True
    end = 0
    for name in dtype.names:
        field, offset = dtype.fields[name][:2]
        if offset != end or not name or not is_plain(field):
            return False
        end += field.itemsize
    return end == dtype.itemsize and not dtype.isalignedstruct


def as_literal(dtype: np.dtype) -> str:
    """Return the literal of a dtype, as filemap prints it."""
    if dtype.subdtype is not None:
        element, shape = dtype.subdtype
        return f"({as_literal(element)}, {shape})"
    if dtype.names is None:
        return repr(dtype.str)
    if is_plain(dtype):
        return repr(dtype.descr)
    fields = [(*dtype.fields[name], None)[:3] for name in dtype.names]
    entries = [
        f"'names': {list(dtype.names)}",
        f"'formats': [{', '.join(as_literal(field[0]) for field in fields)}]",
        f"'offsets': {[field[1] for field in fields]}",
    ]
    if any(field[2] is not None for field in fields):
        entries.append(f"'titles': {[field[2] for field in fields]}")
    entries.append(f"'itemsize': {dtype.itemsize}")
    if dtype.isalignedstruct:
        entries.append("'aligned': True")
    return "{" + ", ".join(entries) + "}"


def printed(dtype: np.dtype) -> str:
    """Return the spelling that filemap prints, from which numpy parses the same dtype."""
    text = dtype.str if dtype.names is None and dtype.subdtype is None else as_literal(dtype)
    again = dtype_of(text)
    assert (again == dtype or dtype.str == "<M8") and as_literal(again) == as_literal(dtype), text
    assert again.alignment == dtype.alignment or again.itemsize == 0, text
    return text


def described(dtype: np.dtype) -> str | None:
    """Return the spelling of a dtype in a header, or None."""
    try:
        return repr(dtype_to_descr(dtype))
    except ValueError:
        return None


def random_name(rng: random.Random) -> str:
    """Return the name of a field, usually a short one."""
    if rng.random() < 0.85:
        return "".join(rng.choices(string.ascii_lowercase, k=rng.randint(1, 4)))
    # A code point without an assignment may be printable in the next version of Unicode.
    characters = [random_char(rng) for _ in range(rng.randint(1, 5))]
    return "".join(each if unicodedata.category(each) != "Cn" else "\u00fc" for each in characters)


SCALARS = (
    "b1 i1 >i2 i4 <i8 u1 >u2 u4 u8 f2 >f4 f8 g c8 >c16 G S3 S U2 >U1 V5 V M8[ns] >m8[3D] M8 "
    "2i4 (2,3)f4 i1,f8 u1,(2,)>c8,S3"
).split()


def random_dtype(rng: random.Random, depth: int) -> Any:
    """Return a random object that numpy may accept as a dtype."""
    form = rng.random()
    if depth == 0 or form < 0.3:
        return rng.choice(SCALARS)
    if form < 0.4:
        return (random_dtype(rng, depth - 1), rng.choice([2, (3,), (2, 1), (), 1, 0]))
    count = rng.choice([0, 1, 1, 2, 2, 3, 3, 4])
    names = [random_name(rng) for _ in range(count)]
    titles = [random_name(rng) if rng.random() < 0.15 else None for _ in range(count)]
    formats = [random_dtype(rng, depth - 1) for _ in range(count)]
    if form < 0.7:
        shapes = [
            [] if rng.random() < 0.8 else [rng.choice([2, (2,), (1, 3)])] for _ in range(count)
        ]
        keys = [name if title is None else (title, name) for name, title in zip(names, titles)]
        return [(key, each, *shape) for key, each, shape in zip(keys, formats, shapes)]
    result: dict[str, Any] = {"names": names, "formats": formats}
    if rng.random() < 0.6:
        steps = [rng.choice([0, 1, 4, 8, 8, 16, 16, 32, 64]) for _ in range(count)]
        result["offsets"] = [sum(steps[:number]) for number in range(count)]
        if rng.random() < 0.3:
            rng.shuffle(result["offsets"])
    if any(titles) or rng.random() < 0.1:
        result["titles"] = titles
    if rng.random() < 0.3:
        result["itemsize"] = rng.choice([8, 16, 48, 64, 100, 128])
    if rng.random() < 0.4:
        result["aligned"] = rng.random() < 0.8
    return result


def random_spellings(rng: random.Random, count: int) -> list[str]:
    """Return `count` random literals that numpy accepts as dtypes."""
    found: list[str] = []
    while len(found) < count:
        spelling = repr(random_dtype(rng, rng.choice([1, 1, 2, 2, 3, 4])))
        if spelling[0] != "'" and len(spelling) < 500 and accepts(spelling):
            found.append(spelling)
    return found


def write_dtypes(root: Path) -> None:
    """Write ``dtypes.json``.

    A spelling is a string that ``numpy.dtype`` takes, or the text of a Python literal. ``accepted``
    has ``[spelling, printed, itemsize, alignment, fields, descr]``: the spelling that filemap
    prints, ``[name, title, offset, itemsize]`` of each field, and the literal of the dtype in the
    header of a ``.npy`` file, or null if there is none. ``rejected`` has spellings that numpy
    rejects, ``unsupported`` dtypes of objects, and ``refused`` spellings that numpy accepts and
    filemap rejects, with the reason. ``accidental`` has ``[spelling, dtype.str]``: filemap may
    accept or reject them.
    """
    spellings = sorted(name for name in np.sctypeDict if isinstance(name, str))
    for kind in string.ascii_letters + "?":
        sizes = [""] if kind in "SUVa" else ["", *map(str, range(1, 65))]
        spellings += [order + kind + size for size in sizes for order in ("", "<", ">", "=", "|")]
    spellings = [
        each for each in spellings if each.strip("<>=|") not in UNSUPPORTED and accepts(each)
    ]
    spellings += STRINGS + LITERALS + random_spellings(random.Random("dtypes"), 400)

    def entry(spelling: str) -> list[Json]:
        dtype = dtype_of(spelling)
        fields = [(name, *dtype.fields[name], None)[:4] for name in dtype.names or ()]
        parts = [[name, title, offset, field.itemsize] for name, field, offset, title in fields]
        return [spelling, printed(dtype), dtype.itemsize, dtype.alignment, parts, described(dtype)]

    rejected = REJECTED + REJECTED_LITERALS
    wrong = [spelling for spelling in rejected if accepts(spelling)]
    wrong += [spelling for spelling in [*UNSUPPORTED, *dict(REFUSED)] if not accepts(spelling)]
    assert not wrong, wrong
    write_json(
        root / "dtypes.json",
        {
            "accepted": [entry(spelling) for spelling in dict.fromkeys(spellings)],
            "rejected": rejected,
            "unsupported": UNSUPPORTED,
            "refused": REFUSED,
            "accidental": [[spelling, np.dtype(spelling).str] for spelling in ACCIDENTAL],
        },
    )
