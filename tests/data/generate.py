#!/usr/bin/env python3
"""Write the fixtures of this directory with numpy, zict and urllib as oracles.

Run it in an environment made from ``tests/oracle/requirements.txt``::

    python -m pip install -r tests/oracle/requirements.txt
    python tests/data/generate.py            # rewrite the fixtures
    python tests/data/generate.py --check    # exit 1 if they would change

The committed fixtures were written by CPython 3.11 with numpy 2.2.6 and zict 3.0.0 on a
little-endian 64-bit Linux machine. CPython 3.10 to 3.13, and numpy 2.4.6, give the same bytes. The
dtype names that depend on the C compiler ('l', 'long', 'longdouble', ...) are those of such a
machine.

The output is deterministic: the random cases come from seeded generators, and nothing depends on
the time, on the place of the checkout or on the order of a directory listing.

What is written (the docstring of each ``write_`` function describes its format):

==================  ================================================================
``arrays/``         raw ``.bin`` and ``.npy`` files, good and corrupt, ``manifest.json``
``store/``          a directory written by ``zict.File``; ``store.json`` says what is in it
``quote.json``      pairs for ``urllib.parse.quote`` and ``unquote``
``layout.json``     basic indexing: shape, strides, offset and elements of the view
``dtypes.json``     what numpy accepts and rejects as a dtype
``headers.json``    the headers of ``.npy`` files that numpy writes and reads
``reduce.json``     every reduction of small arrays
==================  ================================================================
"""

from __future__ import annotations

import argparse
import ast
import filecmp
import hashlib
import io
import json
import random
import shutil
import string
import struct
import sys
import tempfile
import unicodedata
import warnings
from pathlib import Path
from typing import Any, Iterable
from urllib.parse import quote, unquote

import numpy as np
import zict
from numpy.lib import format
from numpy.lib.format import dtype_to_descr, open_memmap, write_array
from spellings import ACCIDENTAL, LITERALS, REFUSED, REJECTED, REJECTED_LITERALS, STRINGS, UNSUPPORTED

Json = Any

# The kinds and sizes that filemap promises.
SUPPORTED = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]

I64_MIN, I64_MAX = -(2**63), 2**63 - 1


def compact(value: Json) -> str:
    """Encode a value as ASCII JSON without spaces, so that every code point survives."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def write_json(path: Path, sections: dict[str, list[Json]]) -> None:
    """Write an object of lists, one element a line, which keeps differences readable."""
    parts = []
    for name, items in sections.items():
        body = ",\n".join(compact(item) for item in items)
        parts.append(f"{compact(name)}: [\n{body}\n]")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="ascii")


# --- arrays/ -------------------------------------------------------------------------------------


def pattern(dtype: np.dtype) -> np.ndarray:
    """Return twelve values of a native dtype, its extremes among them."""
    if dtype.kind == "b":
        return np.array([0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0], dtype)
    if dtype.kind in "iu":
        lo, hi = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
        # A value whose bytes all differ shows a wrong byte order.
        digits = int.from_bytes(bytes(range(1, dtype.itemsize + 1)), "big")
        near_zero = [-1, 0, 1, 2] if lo < 0 else [3, 5, 1, 2]
        return np.array([lo, lo + 1, *near_zero, digits, 42, 100, hi // 2 + 1, hi - 1, hi], dtype)
    if dtype.kind == "f":
        info = np.finfo(dtype)
        values = [0.0, -0.0, 1.0, -1.5, 1 / 3, info.max, info.min, info.tiny]
        return np.array([*values, info.smallest_subnormal, np.inf, -np.inf, np.nan], dtype)
    half = pattern(np.dtype(f"f{dtype.itemsize // 2}"))
    result = np.empty(half.shape, dtype)
    result.real, result.imag = half, half[::-1]
    return result


def npy_header(
    shape: str = "(3,)",
    descr: str = "'<i4'",
    fortran: str = "False",
    extra: str = "",
) -> str:
    """Return the text of a version 1.0 header from Python literals, right or wrong."""
    return f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, {extra}}}"


def npy_bytes(
    header: str,
    data: bytes = struct.pack("<3i", 1, -2, 3),
    version: tuple[int, int] = (1, 0),
    length: int | None = None,
    pad: bool = True,
) -> bytes:
    """Assemble an ``.npy`` file by hand; `length` overrides the header's length field."""
    raw = header.encode("latin1")
    prefix = 10 if version == (1, 0) else 12
    if pad:
        raw += b" " * (-(prefix + len(raw) + 1) % 64) + b"\n"
    size = struct.pack("<H" if version == (1, 0) else "<I", len(raw) if length is None else length)
    return b"\x93NUMPY" + bytes(version) + size + raw + data


def corrupt_files() -> list[tuple[str, str, bytes]]:
    """Return name, reason and content of files that no reader may accept."""
    good = npy_bytes(npy_header())
    return [
        ("empty", "the file is empty", b""),
        ("bad-magic", "the magic string is wrong", b"\x94" + good[1:]),
        ("magic-only", "the file ends after the magic string", good[:6]),
        ("version-4", "version 4.0 is unknown", npy_bytes(npy_header(), version=(4, 0))),
        ("version-1.1", "version 1.1 is unknown", good[:7] + b"\x01" + good[8:]),
        ("length-cut", "the file ends within the header length", good[:9]),
        ("header-cut", "the file ends within the header", good[:40]),
        ("header-length", "the header length is beyond the file",
         npy_bytes(npy_header(), length=0xFFFF)),
        ("header-length-4g", "the header length is nearly 4 GiB",
         npy_bytes(npy_header(), version=(2, 0), length=0xFFFF_FFF0)),
        ("not-a-literal", "the header is a call, not a literal",
         npy_bytes("dict(descr='<i4', fortran_order=False, shape=(3,))")),
        ("not-a-dict", "the header is a tuple, not a dictionary",
         npy_bytes("('<i4', False, (3,))")),
        ("unclosed", "the header's dictionary is not closed", npy_bytes(npy_header()[:-1])),
        ("after-dict", "the header has text after the dictionary", npy_bytes(npy_header() + " x")),
        ("missing-key", "the key fortran_order is missing",
         npy_bytes("{'descr': '<i4', 'shape': (3,), }")),
        ("extra-key", "there is a fourth key", npy_bytes(npy_header(extra="'x': 1, "))),
        ("fortran-int", "fortran_order is not a boolean", npy_bytes(npy_header(fortran="0"))),
        ("shape-list", "the shape is a list", npy_bytes(npy_header(shape="[3]"))),
        ("shape-int", "the shape is a bare integer", npy_bytes(npy_header(shape="3"))),
        ("shape-float", "a dimension is a float", npy_bytes(npy_header(shape="(3.0,)"))),
        ("shape-negative", "a dimension is negative", npy_bytes(npy_header(shape="(-1,)"))),
        ("shape-two-negative", "two dimensions are negative, their product is not",
         npy_bytes(npy_header(shape="(-1, -3)"))),
        ("shape-too-large", "the shape needs more bytes than the file has",
         npy_bytes(npy_header(shape="(4,)"))),
        ("data-cut", "the last byte of the data is missing", good[:-1]),
        ("shape-overflow", "the number of bytes overflows 64 bits",
         npy_bytes(npy_header(shape="(4611686018427387904, 8)"))),
        ("shape-overflow-zero", "the product overflows 64 bits although a dimension is zero",
         npy_bytes(npy_header(shape="(4611686018427387904, 8, 0)"))),
        ("shape-beyond-64-bits", "a dimension does not fit 64 bits",
         npy_bytes(npy_header(shape="(36893488147419103232,)"))),
        ("unknown-descr", "the dtype is unknown", npy_bytes(npy_header(descr="'<q9'"))),
        ("descr-int", "the dtype is not a string", npy_bytes(npy_header(descr="4"))),
        ("object-dtype", "the dtype is Python objects", npy_bytes(npy_header(descr="'|O'"))),
    ]


def odd_files() -> list[tuple[str, str, bytes]]:
    """Return name, peculiarity and content of unusual files that numpy reads all the same."""
    shuffled = '{"shape":(3,),"fortran_order":False,"descr":"<i4"}'
    good = npy_bytes(npy_header())
    return [
        ("double-quotes", "double quotes, another order of keys, no spaces", npy_bytes(shuffled)),
        ("unpadded", "neither padding nor a line feed; the data is not aligned",
         npy_bytes(npy_header(), pad=False)),
        ("trailing-bytes", "bytes after the data are ignored", good + b"junk"),
        ("python2-long", "a dimension written as 3L by Python 2",
         npy_bytes(npy_header(shape="(3L,)"))),
        ("descr-name", "the dtype is a name", npy_bytes(npy_header(descr="'int32'"))),
        ("comment", "a comment after the dictionary", npy_bytes(npy_header() + " # comment")),
        ("key-twice", "the second of two equal keys counts",
         npy_bytes(npy_header(shape="(9,)", extra="'shape': (3,), "))),
    ]


def describe(path: Path, note: str | None = None) -> Json:
    """Return the manifest entry of a good ``.npy`` file, read back with numpy itself."""
    with path.open("rb") as file:
        version = np.lib.format.read_magic(file)
        read_header = getattr(np.lib.format, f"read_array_header_{min(version[0], 2)}_0")
        shape, fortran, _ = read_header(file)
        offset = file.tell()
    array = open_memmap(path, mode="r")
    entry = {
        "dtype": array.dtype.str,
        "shape": list(shape),
        "fortran_order": fortran,
        "data": array.tobytes("C").hex(),
        "version": list(version),
        "offset": offset,
    }
    return entry if note is None else {**entry, "note": note}


def write_arrays(root: Path) -> None:
    """Write ``arrays/`` with its manifest.

    The manifest maps a file name to ``dtype`` (``dtype.str``), ``shape``, ``fortran_order`` and
    ``data`` (hex of the C-order ``tobytes()``, in the byte order of the dtype). Entries of ``.npy``
    files also have the format's ``version`` and the ``offset`` of the data, odd ones a ``note``.
    A corrupt file has ``corrupt`` (the reason) and ``open_memmap`` (what numpy raises) instead.
    """
    folder = root / "arrays"
    folder.mkdir()
    manifest: dict[str, Json] = {}

    def save(name: str, array: np.ndarray, version: tuple[int, int] | None = None) -> None:
        path = folder / f"{name}.npy"
        with path.open("wb") as file:
            write_array(file, array, version=version)
        manifest[path.name] = describe(path)

    for code in SUPPORTED:
        native = np.dtype(code)
        suffixes = {"<": "-le", ">": "-be"} if native.itemsize > 1 else {"|": ""}
        for order, suffix in suffixes.items():
            dtype = native.newbyteorder(order)
            values = pattern(native).astype(dtype)
            name = native.name + suffix
            (folder / f"{name}.bin").write_bytes(values.tobytes())
            manifest[f"{name}.bin"] = {
                "dtype": dtype.str,
                "shape": [values.size],
                "fortran_order": False,
                "data": values.tobytes().hex(),
            }
            save(f"{name}-c", values.reshape(3, 4))
            save(f"{name}-f", np.asfortranarray(values.reshape(3, 4)))

    cube = np.arange(-12, 12, dtype="<i2").reshape(2, 3, 4)
    save("0d", np.array(-2.5, "<f8"))
    save("0d-be", np.array(0x01020304, ">i4"))
    save("1d", np.array([1, -2, 3, -4, 5], "<i4"))
    save("3d-c", cube)
    save("3d-f", np.asfortranarray(cube))
    save("zero-size", np.empty((0, 3), "<f4"))
    save("zero-size-1d", np.empty((0,), "<u2"))
    save("zero-size-middle", np.empty((2, 0, 3), ">i8"))
    save("version-2", cube[0], version=(2, 0))
    save("version-3", cube[1], version=(3, 0))

    for name, note, content in odd_files():
        path = folder / f"odd-{name}.npy"
        path.write_bytes(content)
        manifest[path.name] = describe(path, note)

    for name, reason, content in corrupt_files():
        path = folder / f"corrupt-{name}.npy"
        path.write_bytes(content)
        try:
            open_memmap(path, mode="r")
        except Exception as error:
            manifest[path.name] = {"corrupt": reason, "open_memmap": type(error).__name__}
        else:
            raise AssertionError(f"numpy reads {path.name}")

    lines = ",\n".join(f"{compact(name)}: {compact(entry)}" for name, entry in manifest.items())
    (folder / "manifest.json").write_text("{\n" + lines + "\n}\n", encoding="ascii")


# --- store/ --------------------------------------------------------------------------------------


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


# --- quote.json ----------------------------------------------------------------------------------


def random_char(rng: random.Random) -> str:
    """Return one character, ASCII as often as not, never a surrogate."""
    if rng.random() < 0.5:
        return chr(rng.randrange(0x80))
    code = rng.randrange(0x1_0000 if rng.random() < 0.6 else 0x11_0000)
    return chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd"


def write_quote(root: Path) -> None:
    """Write ``quote.json``: three lists of pairs.

    ``quote`` has ``[string, quote(string, safe="")]``, ``unquote`` has ``[name, unquote(name)]``,
    and ``file`` has ``[file name, key]`` as ``zict.File`` reads a directory: all from the first
    number sign on is dropped, then the rest is unquoted.
    """
    rng = random.Random("quote")
    edges = [0x80, 0xFF, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFEFF, 0xFFFD]
    strings = ["", *map(chr, range(0x80)), *map(chr, edges)]
    for plane in range(17):
        base = plane * 0x1_0000
        low = base + (0xE000 if plane == 0 else 0)
        codes = [base or 0xA0, low + 1, base + 0xFFFE, base + 0xFFFF]
        strings += map(chr, [*codes, rng.randrange(low, base + 0x1_0000)])
    strings += [
        "a/b", "..", "../..", "C:\\Users\\x", "100%", "%41", "%2F", "%25", "x#1", "x#1#2", "a b",
        "a+b", "tab\tand\r\n", "na\u00efve", "nai\u0308ve", "\u00df\u1e9e", "\u0130\u0131",
        "\u65e5\u672c\u8a9e", "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627",
        "\U0001f980", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e8\U0001f1ed",
        "\ufeffbom", "\u202egnp.exe", "('x', 0, 1)", "array-1f2e, 3", string.ascii_letters,
        string.digits, string.punctuation, "~" * 80, "\u00e9" * 43,
    ]
    while len(strings) < 300:
        strings.append("".join(random_char(rng) for _ in range(rng.randint(2, 12))))

    names = [
        "", "abc", "%", "%%", "%4", "%4g", "%g4", "%zz", "%%41", "%41", "%41%", "%4%31", "%6a%6A",
        "%2f%2F", "%2525", "%00", "%0", "% 41", "%+1", "%-1", "%0x41", "%u0041", "%\u0664\u0661",
        "%\uff14\uff11", "+", "a+b", "%2B", "%7E~", "%C3%A9", "%c3%a9", "%e9", "%C3", "%C3%28",
        "%C3\u00a9", "\u00e9%A9", "\u00e9%C3%A9\u00e9", "%80", "%BF%80", "%A0%A1", "%E2%82%AC",
        "%E2%82", "%E2%82x", "%E2%82\u20ac", "%E2%28%A1", "%E2%82%28", "%F0%9F%A6%80",
        "%F0%9F%A6", "%F0%9F", "%F0", "%F0%9F%A6%C3%A9", "%F0%28%8C%BC", "%F0%90%28%BC",
        "%F0%28%8C%28", "%C0%80", "%C0%AF", "%C1%BF", "%E0%80%AF", "%E0%9F%BF", "%F0%80%80%AF",
        "%F0%8F%BF%BF", "%ED%A0%80", "%ED%BF%BF", "%ED%A0%BD%ED%B8%80", "%F4%8F%BF%BF",
        "%F4%90%80%80", "%F5%80%80%80", "%F8%88%80%80%80", "%FC%84%80%80%80%80", "%FE", "%FF",
        "%FE%FF", "%EF%BB%BFx", "%EF%BF%BD", "%EF%BF%BF", "%E2%82%AC%", "%E2%8", "%e2%82%ac%e2",
        "a%C3b%A9c", "%C3%%A9", "%C3%41", "100%25", "100%", "a/b", "\0%00", "\U0001f980%F0",
    ]
    pieces = ["%", "%C3", "%A9", "%E2", "%82", "%AC", "%F0", "%9F", "%ED", "%A0", "%41", "%2", "x",
              "\u00e9", "\U0001f980", "%ff", "%c3%a9"]
    while len(names) < 110:
        names.append("".join(rng.choice(pieces) for _ in range(rng.randint(2, 7))))

    files = ["", "#", "#0", "a", "a#", "a#0", "a#0#1", "a#b", "#a#1", "%23#4", "a%23b#7", "%#1",
             "a#%41", ".#1", "..#2", "a#-1", "a#007", "a#18446744073709551616", "%C3#%A9",
             "\u00e9#1", "#1.tmp", ".gitkeep"]
    write_json(
        root / "quote.json",
        {
            "quote": [[text, quote(text, safe="")] for text in strings],
            "unquote": [[name, unquote(name)] for name in names],
            "file": [[name, zict.File._unsafe_key(name)] for name in files],
        },
    )


# --- layout.json ---------------------------------------------------------------------------------


def to_numpy(step: list[Json]) -> tuple[Any, ...]:
    """Translate one encoded index into numpy's, with an ellipsis so that the result is a view."""
    result: list[Any] = []
    for item in step:
        if "at" in item:
            result.append(item["at"])
        elif "slice" in item:
            result.append(slice(*item["slice"]))
        else:
            result.append(Ellipsis if "ellipsis" in item else None)
    return tuple(result) if Ellipsis in result else (*result, Ellipsis)


def solve(shape: list[int], itemsize: int, order: str, indices: list[list[Json]]) -> Json:
    """Return the case with numpy's answer to it."""
    case: dict[str, Json] = {
        "shape": shape,
        "itemsize": itemsize,
        "order": order,
        "indices": indices,
    }
    count = int(np.prod(shape, dtype=np.int64))
    buffer = bytearray(max(count * itemsize, 1))
    # np.memmap makes its array by this very call, which matters for strides of empty arrays.
    base = np.ndarray(tuple(shape), f"u{itemsize}", buffer=buffer, order=order)
    numbers = np.arange(count).reshape(shape, order=order)
    view = base
    try:
        for step in indices:
            view, numbers = view[to_numpy(step)], numbers[to_numpy(step)]
    except (IndexError, ValueError) as error:
        return {**case, "error": type(error).__name__}

    start = base.__array_interface__["data"][0]
    offset = view.__array_interface__["data"][0] - start
    strides: list[int | None] = list(view.strides)
    places = [offset + sum(map(int.__mul__, at, view.strides)) for at in np.ndindex(view.shape)]
    assert places == [itemsize * int(number) for number in numbers.flat]
    # With a huge step numpy's stride of a dimension of at most one element is an overflowed
    # product. No element depends on it.
    steps = [item["slice"][2] for step in indices for item in step if "slice" in item]
    if any(step is not None and abs(step) > 2**32 for step in steps):
        strides = [s if n > 1 else None for s, n in zip(strides, view.shape)]
    result = {
        "shape": list(view.shape),
        "strides": strides,
        "offset": offset,
        "positions": [int(number) for number in numbers.flat],
    }
    return {**case, "result": result}


def random_bound(rng: random.Random, size: int) -> int | None:
    """Return a start or a stop: absent, within, just outside, or extreme."""
    kind = rng.random()
    if kind < 0.3:
        return None
    if kind < 0.8:
        return rng.randint(-size, size)
    if kind < 0.95:
        return rng.choice([-1, 1]) * (size + rng.randint(1, 9))
    return rng.choice([I64_MIN, I64_MIN + 1, I64_MAX, I64_MAX - 1])


def random_item(rng: random.Random, size: int, axes: int) -> Json:
    """Return an index for one dimension of `size`; `axes` makes errors rarer for many axes."""
    if size > 0 and rng.random() < 0.4:
        if rng.random() < 0.05 / axes:
            return {"at": rng.choice([size, -size - 1, size + 7, I64_MAX, I64_MIN])}
        return {"at": rng.randint(-size, size - 1)}
    for _ in range(5):
        kind = rng.random()
        if kind < 0.4:
            step = None
        elif kind < 0.94:
            step = rng.choice([1, 2, 3, 4, -1, -1, -2, -3, -4])
        elif kind < 0.98:
            step = rng.choice([7, -9, I64_MIN, I64_MIN + 1, I64_MAX, I64_MAX - 1])
        else:
            step = 0
        bounds = slice(random_bound(rng, size), random_bound(rng, size), step)
        # Empty slices are kept less often than chance would have them.
        if step == 0 or len(range(*bounds.indices(size))) > 0 or rng.random() < 0.05:
            break
    return {"slice": [bounds.start, bounds.stop, bounds.step]}


def random_step(rng: random.Random, shape: Iterable[int], new_axis: bool) -> list[Json]:
    """Return one index for an array of this shape, now and then one that is too long."""
    sizes = list(shape)
    used = rng.randint(0, len(sizes))
    items = [random_item(rng, size, len(sizes)) for size in sizes[:used]]
    if rng.random() < 0.35:
        # The ellipsis may come last; dimensions are drawn anew for those behind it.
        before = rng.randint(0, used)
        behind = sizes[len(sizes) - (used - before):]
        items = items[:before] + [{"ellipsis": True}]
        items += [random_item(rng, size, len(sizes)) for size in behind]
    if rng.random() < 0.02:
        items.append({"ellipsis": True})
    if rng.random() < 0.02:
        items += [{"slice": [None, None, None]}] * (len(sizes) + 1 - used)
    if new_axis:
        for _ in range(rng.randint(1, 2)):
            items.insert(rng.randint(0, len(items)), {"new_axis": True})
    return items


def random_case(rng: random.Random, new_axis: bool) -> Json:
    """Return one random case that is small enough to commit."""
    while True:
        dimensions = rng.choice([0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4])
        shape = [rng.choice([0, 1, 2, 2, 3, 3, 4, 4, 5, 6]) for _ in range(dimensions)]
        if (not shape or 0 in shape) and rng.random() < 0.7 or np.prod(shape) > 180:
            continue
        itemsize, order = rng.choice([1, 2, 4, 8]), rng.choice("CF")
        indices: list[list[Json]] = []
        current: Iterable[int] = shape
        for _ in range(rng.choice([1, 1, 1, 2])):
            indices.append(random_step(rng, current, new_axis))
            case = solve(shape, itemsize, order, indices)
            if "error" in case:
                break
            current = case["result"]["shape"]
        if "error" in case or len(case["result"]["positions"]) <= rng.choice([12, 24, 48]):
            return case


def write_layout(root: Path) -> None:
    """Write ``layout.json``.

    ``cases`` has basic indexing with integers, slices and ellipses; ``new_axis`` has cases of the
    same form with the further index ``{"new_axis": true}``. A case has ``shape``, ``itemsize``,
    ``order`` and ``indices``, a list of indices each applied to the view that the one before gave.
    The answer is ``error``, the class that numpy raises, or ``result``: the view's ``shape``, its
    ``strides`` in bytes, the ``offset`` of its first element in bytes from the base, and
    ``positions``, its elements in C order as numbers of elements from the start of the buffer.
    A stride is null where it does not matter and numpy's own value is an overflowed product: at a
    dimension of at most one element, in a case with a step of more than 32 bits.
    """

    def cut(*bounds: int | None) -> Json:
        return {"slice": list(bounds)}

    whole, dots = cut(None, None, None), {"ellipsis": True}
    chosen: list[tuple[list[int], list[list[Json]]]] = [
        ([], [[]]),
        ([], [[dots]]),
        ([], [[{"at": 0}]]),
        ([], [[whole]]),
        ([5], [[]]),
        ([5], [[{"at": -5}]]),
        ([5], [[{"at": 5}]]),
        ([5], [[{"at": -6}]]),
        ([5], [[{"at": I64_MAX}]]),
        ([5], [[{"at": I64_MIN}]]),
        ([0], [[{"at": 0}]]),
        ([0], [[cut(None, None, -1)]]),
        ([5], [[cut(None, None, -1)]]),
        ([5], [[cut(None, None, 0)]]),
        ([5], [[cut(10, 20, None)]]),
        ([5], [[cut(3, 1, None)]]),
        ([5], [[cut(1, 3, -1)]]),
        ([5], [[cut(2, None, 7)]]),
        ([5], [[cut(I64_MIN, I64_MAX, None)]]),
        ([5], [[cut(I64_MAX, I64_MIN, -1)]]),
        ([5], [[cut(I64_MAX, None, -1)]]),
        ([5], [[cut(None, I64_MIN, -2)]]),
        ([5], [[cut(I64_MIN, None, I64_MAX)]]),
        ([5], [[cut(None, None, I64_MIN)]]),
        ([5], [[cut(1, None, I64_MAX)]]),
        ([5], [[cut(-I64_MAX, I64_MAX, 2)]]),
        ([3, 4], [[dots, dots]]),
        ([3, 4], [[dots, {"at": 1}]]),
        ([3, 4], [[{"at": 1}, {"at": 2}, {"at": 0}]]),
        ([3, 4], [[{"at": 1}, dots, {"at": 2}]]),
        ([3, 4], [[{"at": 9}, cut(0, 1, 0)]]),
        ([3, 4], [[cut(0, 1, 0), {"at": 9}]]),
        ([3, 4], [[cut(None, None, -1), cut(None, None, -1)], [cut(None, None, -1)]]),
        ([3, 4], [[{"at": 1}], [{"at": 2}]]),
        ([3, 4], [[{"at": 1}], [{"at": 2}, {"at": 0}]]),
        ([0, 3], [[whole, {"at": 1}]]),
        ([0, 3], [[whole, {"at": 3}]]),
        ([2, 0, 3], [[]]),
        ([1, 1, 1], [[cut(None, None, -1), cut(0, 9, 3)]]),
        ([2, 3, 2, 3], [[{"at": 1}, dots, cut(None, None, -2)], [cut(1, None, None)]]),
    ]
    cases = [
        solve(shape, 4 if number % 2 else 8, "CF"[number // 2 % 2], indices)
        for number, (shape, indices) in enumerate(chosen)
    ]
    rng = random.Random("layout")
    while len(cases) < 380:
        case = random_case(rng, new_axis=False)
        if case not in cases:
            cases.append(case)
    new_axis = [random_case(rng, new_axis=True) for _ in range(30)]
    write_json(root / "layout.json", {"cases": cases, "new_axis": new_axis})


# --- dtypes.json ---------------------------------------------------------------------------------


def dtype_of(text: str) -> np.dtype:
    """Return what a string is to `numpy.dtype`, or the Python object that it describes."""
    inner = text.strip(string.whitespace)
    if inner[:1] in ("[", "{") or inner[:1] == "(" and inner[-1:] == ")":
        # Only Python 2 wrote such integers, and only numpy's reader of headers knows them.
        return np.dtype(ast.literal_eval(inner.replace("2L", "2")))
    return np.dtype(text)


def accepts(spelling: str) -> bool:
    """Whether numpy takes a spelling for a dtype."""
    try:
        dtype_of(spelling)
    except Exception:
        return False
    return True


def is_plain(dtype: np.dtype) -> bool:
    """Whether ``dtype.descr`` says everything of a dtype, so that numpy makes the same one of it."""
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
    """Return the literal that filemap prints, here of any dtype."""
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
    """Return what filemap prints: what numpy reads back, and nothing of the dtype is lost."""
    text = dtype.str if dtype.names is None and dtype.subdtype is None else as_literal(dtype)
    again = dtype_of(text)
    assert (again == dtype or dtype.str == "<M8") and as_literal(again) == as_literal(dtype), text
    assert again.alignment == dtype.alignment or again.itemsize == 0, text
    return text


def described(dtype: np.dtype) -> str | None:
    """Return what a header says of the dtype, if it can."""
    try:
        return repr(dtype_to_descr(dtype))
    except ValueError:
        return None


def random_name(rng: random.Random) -> str:
    """Return the name of a field, mostly a short one."""
    if rng.random() < 0.85:
        return "".join(rng.choices(string.ascii_lowercase, k=rng.randint(1, 4)))
    # What is not assigned yet may be printable to the next version of Unicode.
    characters = [random_char(rng) for _ in range(rng.randint(1, 5))]
    return "".join(each if unicodedata.category(each) != "Cn" else "\u00fc" for each in characters)


SCALARS = (
    "b1 i1 >i2 i4 <i8 u1 >u2 u4 u8 f2 >f4 f8 g c8 >c16 G S3 S U2 >U1 V5 V M8[ns] >m8[3D] M8 "
    "2i4 (2,3)f4 i1,f8 u1,(2,)>c8,S3"
).split()


def random_dtype(rng: random.Random, depth: int) -> Any:
    """Return a random object that numpy may take for a dtype."""
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
        shapes = [[] if rng.random() < 0.8 else [rng.choice([2, (2,), (1, 3)])] for _ in range(count)]
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
    """Return so many random literals that are dtypes to numpy."""
    found: list[str] = []
    while len(found) < count:
        spelling = repr(random_dtype(rng, rng.choice([1, 1, 2, 2, 3, 4])))
        if spelling[0] != "'" and len(spelling) < 500 and accepts(spelling):
            found.append(spelling)
    return found


def write_dtypes(root: Path) -> None:
    """Write ``dtypes.json``.

    A spelling is a string that ``numpy.dtype`` takes, or the text of a Python literal. ``accepted``
    has ``[spelling, printed, itemsize, alignment, fields, descr]``: what filemap prints, ``[name,
    title, offset, itemsize]`` of each field, and the literal that stands for the dtype in the header
    of a ``.npy`` file, or null where none can. ``rejected`` has what numpy refuses, ``unsupported``
    the dtypes of objects, which are not in a file, and ``refused`` what numpy accepts and filemap
    does not, with the reason. ``accidental`` has ``[spelling, dtype.str]``: filemap may accept or
    refuse those.
    """
    spellings = sorted(name for name in np.sctypeDict if isinstance(name, str))
    for kind in string.ascii_letters + "?":
        sizes = [""] if kind in "SUVa" else ["", *map(str, range(1, 65))]
        spellings += [order + kind + size for size in sizes for order in ("", "<", ">", "=", "|")]
    spellings = [each for each in spellings if each.strip("<>=|") not in UNSUPPORTED and accepts(each)]
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


# --- headers.json --------------------------------------------------------------------------------

# The values of ``descr``, ``fortran_order`` and ``shape`` in headers that nobody writes so, most of
# which numpy reads.
HEADERS = [
    ("('<f4', (2,))", "False", "(3,)"),
    ("('<f4', (2, 3))", "True", "(3, 4)"),
    ("(('<f4', 2), [3])", "False", "(2,)"),
    ("('<f4', ())", "False", "(2,)"),
    ("('S', 3)", "False", "(2,)"),
    ("'(2,)f4'", "False", "(3,)"),
    ("'f4,i2'", "False", "(3,)"),
    ("'f4, (2, 2)i2'", "True", "(1, 2)"),
    ("[]", "False", "(2,)"),
    ("[('', '|V4')]", "False", "(2,)"),
    ("[('', '|V4'), ('x', '<i2'), ('', '|V2')]", "False", "(2,)"),
    ("[('', '<i4', (2,)), ('x', '<i2'), ('', '(2,)f4')]", "False", "(2,)"),
    ("[('', '<f4')]", "False", "(2,)"),
    ("[('', [('y', '<f4')])]", "False", "(2,)"),
    ("[['x', '<f4'], ['y', '<i2', [2]]]", "False", "(2,)"),
    ("[('x', 'S', 4), ('y', '<f4', 2)]", "False", "(2,)"),
    ("[('x', ('<f4', (2,)), (3,))]", "False", "(2,)"),
    ("[('x', [('', '|V1'), ('y', '<f4')], (2,))]", "False", "(2,)"),
    ("[(('t', 'x'), '<f4'), ((None, 'y'), '<f4')]", "False", "(2,)"),
    ("[('x', 'i4,f8')]", "False", "(2,)"),
    ("'M8'", "False", "(2,)"),
    ("'M8[25s]'", "False", "(2L, 3L)"),
    ("u'<f4'", "False", "((2), +3)"),
    ("'<' '\\x664'", "True", "(2,)"),
    ("'<f4'", "False", "(2, 0)"),
    ("'<f4'", "False", "(-2,)"),
    ("'<f4'", "False", "2"),
    ("'<f4'", "0", "(2,)"),
    ("b'<f4'", "False", "(2,)"),
    ("None", "False", "(2,)"),
    ("4", "False", "(2,)"),
    ("('<f4',)", "False", "(2,)"),
    ("('<f4', -1)", "False", "(2,)"),
    ("['<f4']", "False", "(2,)"),
    ("[('x',)]", "False", "(2,)"),
    ("[('x', '<f4'), ('x', '<f4')]", "False", "(2,)"),
    ("[(3, '<f4')]", "False", "(2,)"),
    ("[('x', '<f5')]", "False", "(2,)"),
    ("[('x', {'names': ['a'], 'formats': ['f4']})]", "False", "(2,)"),
    ("{'names': ['a'], 'formats': ['f4']}", "False", "(2,)"),
    ("[('x', '|V2147483647'), ('y', '|V1')]", "False", "(0,)"),
    ("[('', '|V2147483647'), ('y', '|V1')]", "False", "(0,)"),
    ("[('x', '|O')]", "False", "(2,)"),
    ("'|O'", "False", "(2,)"),
]


def read_back(content: bytes) -> list[Json] | None:
    """Return dtype and shape of the array in a file, or null where numpy cannot read it."""
    file = io.BytesIO(content)
    try:
        shape, _, dtype = format._read_array_header(file, format.read_magic(file), 10_000)
        array = np.ndarray(shape, dtype)
    except Exception:
        return None
    return None if dtype.hasobject else [printed(array.dtype), list(array.shape), array.nbytes]


def header_of(dtype: np.dtype, shape: list[int], fortran: bool, version: int | None) -> bytes | None:
    """Return what `open_memmap` writes in front of the elements of a new file, or None."""
    file = io.BytesIO()
    try:
        data = {"descr": dtype_to_descr(dtype), "fortran_order": fortran, "shape": tuple(shape)}
        format._write_array_header(file, data, version and (version, 0))
    except ValueError:
        return None
    if version is None and 0 < dtype.itemsize * np.prod(shape, dtype=object) < 10_000:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "a.npy"
            open_memmap(path, "w+", dtype, tuple(shape), fortran)
            assert path.read_bytes().startswith(file.getvalue())
    return file.getvalue()


def write_headers(root: Path) -> None:
    """Write ``headers.json``.

    ``written`` has ``[dtype, shape, fortran_order, version, header, array]``: the header that numpy writes
    for a new file, its bytes as Latin-1, where ``version`` is 1, 2, 3, or null for the first that
    will do, and ``header`` is null where there is none. ``long`` has the same, where ``NAME`` stands
    for a name of so many equal characters: ``[character, count]`` at the end. ``read`` has ``[header,
    array]`` for other headers. ``array`` is ``[dtype, shape, nbytes]`` as numpy reads it, or null
    where it does not.
    """
    shapes = [[], [3], [2, 3], [0], [1, 0, 2], [12345678], [1, 99999999999], [2**40, 1]]
    cases: list[tuple[str, list[int], bool, int | None]] = []
    rng = random.Random("headers")
    spellings = [each for each in STRINGS + LITERALS if len(each) < 200]
    for number, spelling in enumerate(spellings + random_spellings(rng, 150)):
        dtype = dtype_of(spelling)
        small = shapes if dtype.itemsize < 1000 else shapes[:5]
        cases.append((spelling, small[number % len(small)], number % 3 == 0, rng.choice([None, None, 1, 2, 3])))
    for shape in shapes:
        cases += [("<i4", shape, fortran, version) for fortran in (False, True) for version in (None, 1, 2, 3)]
    for name in ("\\u00fc", "\\u03c0", "\\U0001f980", "\\x00\\x7f\\x80", "\\u0378"):
        cases += [(f"[('{name}', '<f4')]", [2], False, version) for version in (None, 1, 2, 3)]
    # Every remainder of the length, and lengths around the limits.
    cases += [(f"[('{'x' * length}', 'i1')]", [7], False, None) for length in range(1, 70)]
    limits = [(f"[('{'x' * length}', '|i1')]", [7], False, version)
              for length in (9_900, 9_950, 65_400, 65_450, 65_500) for version in (None, 1, 2)]
    limits += [(f"[('{chr(0x3c0) * length}', '|i1')]", [7], False, None) for length in (9_900, 9_950)]

    def entry(case: tuple[str, list[int], bool, int | None]) -> list[Json]:
        spelling, shape, fortran, version = case
        header = header_of(dtype_of(spelling), shape, fortran, version)
        text = header and header.decode("latin1")
        array = header and read_back(header)
        if header and len(header) > 1000:
            # These are long only by the name of the field.
            name = spelling.split("'")[1]
            encoded = name.encode("utf8" if header[6] == 3 else "latin1").decode("latin1")
            text = text.replace(encoded, "NAME", 1)
            array = array and [array[0].replace(name, "NAME"), *array[1:]]
        if len(spelling) > 1000:
            name = spelling.split("'")[1]
            spelling = spelling.replace(name, "NAME", 1)
            return [spelling, shape, fortran, version, text, array, [name[0], len(name)]]
        return [spelling, shape, fortran, version, text, array]

    read = []
    for descr, fortran, shape in HEADERS:
        content = npy_bytes(npy_header(shape, descr, fortran), b"")
        read.append([content.decode("latin1"), read_back(content)])
    write_json(
        root / "headers.json",
        {"written": [entry(case) for case in cases], "long": [entry(case) for case in limits], "read": read},
    )


# --- reduce.json ---------------------------------------------------------------------------------

OPERATIONS = ["sum", "prod", "min", "max", "mean", "any", "all", "argmin", "argmax"]
OPERATIONS += ["count_nonzero"]


def few(rng: random.Random, dtype: np.dtype, count: int) -> np.ndarray:
    """Return elements with many ties, whose sums and products no float rounds."""
    if dtype.kind in "biu":
        low = 0 if dtype.kind in "bu" else -2
        return np.array([rng.randint(low, 3) for _ in range(count)]).astype(dtype)
    if dtype.kind in "mM":
        return np.array([rng.randint(-3, 3) for _ in range(count)]).astype(dtype)
    if dtype.kind == "f":
        return np.array([rng.choice([-1, -0.5, 0.5, 1, 1, 2]) for _ in range(count)], dtype)
    if dtype.kind == "c":
        parts = [[rng.choice([-1, 0, 0.5, 1]) for _ in range(count)] for _ in range(2)]
        return (np.array(parts[0]) + 1j * np.array(parts[1])).astype(dtype)
    if dtype.kind == "V":
        item = dtype.itemsize
        items = [bytes(rng.choice([0, 0, 0, 7]) for _ in range(item)) for _ in range(count)]
        return np.array(items, dtype)
    words = ["", "a", "ab", "b", " ", "0", "\x00z"]
    words += ["\u00e9", "\u1234a", "\U0001f600"] if dtype.kind == "U" else []
    return np.array([rng.choice(words) for _ in range(count)]).astype(dtype)


def wild(rng: random.Random, dtype: np.dtype, count: int) -> np.ndarray:
    """Return elements with extremes, with what is no number or no time, or with all bits random."""
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return np.array([rng.randint(int(info.min), int(info.max)) for _ in range(count)], dtype)
    if dtype.kind in "mM":
        times = [rng.choice([I64_MIN, -5, 0, 7, 9, 2**40]) for _ in range(count)]
        return np.array(times, "i8").astype(dtype)
    if dtype.kind == "f":
        special = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -2.0, 3.0]
        return np.array([rng.choice(special) for _ in range(count)], dtype)
    if dtype.kind == "c":
        half = np.dtype(f"f{dtype.itemsize // 2}")
        result = np.empty(count, dtype)
        result.real, result.imag = wild(rng, half, count), wild(rng, half, count)
        return result
    return few(rng, dtype, count)


def reduce_one(array: np.ndarray, name: str, axis: int | None) -> Json:
    """Return what numpy gives: the class of an error, or dtype, shape and bytes of the result."""
    try:
        if name == "count_nonzero":
            result = np.asarray(np.count_nonzero(array, axis=axis))
        else:
            result = np.asarray(getattr(array, name)(axis=axis))
    except (TypeError, ValueError, IndexError) as error:
        return [name, axis, type(error).__name__]
    # What is no number has many spellings, of which none is wanted.
    return [name, axis, result.dtype.str, result.tobytes().hex(), *result.shape]


def reduce_all(array: np.ndarray, buffer: bytes, start: int, rough: bool = False) -> Json:
    """Return an array over a buffer, and every reduction of it."""
    dtype = array.dtype
    axes = [None, *range(array.ndim)]
    if array.ndim == 0 or array.size == 0:
        axes = dict.fromkeys([None, 0, -1, *axes[1:], array.ndim or 1, -array.ndim - 2])
    return {
        "dtype": dtype.str,
        "shape": list(array.shape),
        "strides": list(array.strides),
        "start": start,
        "data": buffer.hex(),
        "rough": rough,
        "results": [reduce_one(array, name, axis) for name in OPERATIONS for axis in axes],
    }


def over(values: np.ndarray, dtype: np.dtype, order: str, change: Any, rough: bool = False) -> Json:
    """Return the reductions of a view, which `change` makes of an array over a buffer of its own."""
    buffer = bytearray(max(values.nbytes, 1))
    base = np.ndarray(values.shape, dtype, buffer=buffer, order=order)
    base[...] = values
    view = change(base)
    begin = base.__array_interface__["data"][0]
    start = view.__array_interface__["data"][0] - begin if view.size else 0
    return reduce_all(view, bytes(buffer), start, rough)


def write_reduce(root: Path) -> None:
    """Write ``reduce.json``.

    Each of the ``arrays`` has its ``dtype``, ``shape``, ``strides``, the ``start`` of its first
    element in ``data``, and ``results``: operation, axis, and then dtype, bytes and the lengths of the
    shape, or the class of numpy's error. A ``rough`` array has floats as results that depend on the order of
    its elements.
    """
    rng = random.Random("reduce")
    whole = lambda array: array
    swapped = [">" + code for code in SUPPORTED if code[1:] != "1"]
    others = ["<m8[s]", ">m8[ns]", "<M8[D]", ">M8[s]", "S3", "<U2", ">U2", "V3"]
    arrays = []
    for number, dtype in enumerate(map(np.dtype, SUPPORTED + swapped + others)):
        order = "CF"[number % 2]
        arrays.append(over(few(rng, dtype, 12).reshape(3, 4), dtype, order, whole))
        arrays.append(over(wild(rng, dtype, 7), dtype, "C", lambda array: array[::-1], dtype.kind in "iu"))
    changes = [
        whole,
        lambda array: array[::-1],
        lambda array: array[..., ::-1],
        lambda array: array[::2, 1:, ::-1],
        lambda array: array[1, :, ::2],
        lambda array: array.T,
        lambda array: array.transpose(1, 2, 0)[:, ::-1],
        lambda array: array[:, None, :, :1],
        lambda array: np.broadcast_to(array[0, :, :2], (2, *array.shape[1:2], 2)),
        lambda array: np.broadcast_to(array[:, :, :1], array.shape),
        lambda array: np.lib.stride_tricks.sliding_window_view(array[0, 0], 2),
        lambda array: array[::-1, ::-1, ::-1],
    ]
    kinds = ["<f8", ">i2", "<u4", "?", ">f4", "<c8", "<i8", "S2", "<m8[s]", "<f2", ">M8[s]", ">U1"]
    for number, change in enumerate(changes):
        for offset in range(4):
            dtype = np.dtype(kinds[(5 * number + 3 * offset) % len(kinds)])
            make = few if offset % 2 == 0 or dtype.kind == "c" else wild
            rough = make is wild and dtype.kind in "iu"
            values = make(rng, dtype, 24).reshape(2, 4, 3)
            arrays.append(over(values, dtype, "CF"[offset // 2], change, rough))
    codes = ["<f4", ">i4", "<m8[s]", "S2", "?", "<c16", "<M8[s]", "<U1", "<u8", "V2"]
    for number, shape in enumerate([(), (0,), (0, 3), (3, 0), (2, 0, 2), (1, 1)]):
        for code in codes if number < 2 else codes[number % 2 :: 2]:
            dtype = np.dtype(code)
            arrays.append(over(few(rng, dtype, int(np.prod(shape))).reshape(shape), dtype, "C", whole))
    for code in ["<f2", "<f4", ">f8", "<c8", "<c16"]:
        dtype = np.dtype(code)
        values = np.array([rng.uniform(-1, 3) for _ in range(60)])
        if dtype.kind == "c":
            values = values + 1j * values[::-1]
        arrays.append(over(values.astype(dtype).reshape(5, 12), dtype, "F", whole, rough=True))
    sequences = [
        ("<m8[s]", [2**63 - 1, 1, 5]),
        ("<m8[s]", [2**62, 2**62, 2**62]),
        ("<m8[s]", [-1, -2]),
        ("<m8[s]", [2**53 + 1, 0, 0]),
        ("<f8", [-0.0, -0.0]),
        ("<f2", [60000, 60000, -60000]),
        ("<f2", [2**-24, 2**-24, 2**-15, 2**-14]),
        ("<f8", [1e308, 1e308]),
        ("<i8", [2**62, 2**62, 2**62]),
        ("<u8", [2**64 - 1, 2**64 - 1]),
        ("<i1", [-128] * 9),
        ("<c16", [complex(np.inf, 1), complex(1, 1)]),
        ("<c16", [complex(1, np.inf)]),
        ("<c8", [complex(0, -0.0), complex(-0.0, 0), complex(0, np.nan), 1j]),
        ("<c8", [3, complex(1, np.nan), complex(np.nan, 2)]),
        ("S2", [b"\x7f", b"\x80", b"a\0", b"\0a"]),
    ]
    for code, values in sequences:
        arrays.append(over(np.array(values, code), np.dtype(code), "C", whole))
    odd = np.array([0, 2, 255, 1], "u1")
    arrays.append(over(odd.view("?"), np.dtype("?"), "C", whole))
    arrays.append(over(np.array([0xFFFF_FFFF, 1], "<u4").view("<U1"), np.dtype("<U1"), "C", lambda array: array[:0]))
    write_json(root / "reduce.json", {"arrays": arrays})


# --- main ----------------------------------------------------------------------------------------

OUTPUTS = ["arrays", "store", "store.json", "quote.json", "layout.json", "dtypes.json", "headers.json"]
OUTPUTS += ["reduce.json"]


def listing(root: Path) -> list[str]:
    """Return the sorted names of all generated files below `root`, relative to it."""
    paths = [path for name in OUTPUTS for path in [root / name, *(root / name).rglob("*")]]
    return sorted(path.relative_to(root).as_posix() for path in paths if path.is_file())


def main() -> int:
    """Write the fixtures beside this script, or compare them with what would be written."""
    parser = argparse.ArgumentParser(description="Write the fixtures of the tests.")
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 if different")
    check = parser.parse_args().check
    warnings.simplefilter("ignore")
    here = Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as name:
        fresh = Path(name)
        writers = [write_arrays, write_store, write_quote, write_layout, write_dtypes, write_headers, write_reduce]
        for write in writers:
            write(fresh)
        if check:
            old, new = listing(here), listing(fresh)
            common = sorted(set(old) & set(new))
            _, changed, failed = filecmp.cmpfiles(here, fresh, common, shallow=False)
            wrong = sorted({*(set(old) ^ set(new)), *changed, *failed})
            for path in wrong:
                print(f"differs: {path}", file=sys.stderr)
            return 1 if wrong else 0
        for output in OUTPUTS:
            target = here / output
            if target.is_dir():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)
            shutil.move(fresh / output, target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
