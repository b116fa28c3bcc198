"""Arrays in files with and without headers, and corrupt files."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap, write_array

from common import Json, SUPPORTED, compact


def pattern(dtype: np.dtype) -> np.ndarray:
    """Return twelve values of a native dtype, including its extremes."""
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
    shape: str = "(3,)", descr: str = "'<i4'", fortran: str = "False", extra: str = ""
) -> str:
    """Return the text of a version 1.0 header from Python literals, valid or not."""
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
    """Return name, reason and content of files that every reader must reject."""
    good = npy_bytes(npy_header())
    return [
        ("empty", "the file is empty", b""),
        ("bad-magic", "the magic string is wrong", b"\x94" + good[1:]),
        ("magic-only", "the file ends after the magic string", good[:6]),
        ("version-4", "version 4.0 is unknown", npy_bytes(npy_header(), version=(4, 0))),
        ("version-1.1", "version 1.1 is unknown", good[:7] + b"\x01" + good[8:]),
        ("length-cut", "the file ends within the header length", good[:9]),
        ("header-cut", "the file ends within the header", good[:40]),
        (
            "header-length",
            "the header length is beyond the file",
            npy_bytes(npy_header(), length=0xFFFF),
        ),
        (
            "header-length-4g",
            "the header length is nearly 4 GiB",
            npy_bytes(npy_header(), version=(2, 0), length=0xFFFF_FFF0),
        ),
        (
            "not-a-literal",
            "the header is a call, not a literal",
            npy_bytes("dict(descr='<i4', fortran_order=False, shape=(3,))"),
        ),
        (
            "not-a-dict",
            "the header is a tuple, not a dictionary",
            npy_bytes("('<i4', False, (3,))"),
        ),
        ("unclosed", "the header's dictionary is not closed", npy_bytes(npy_header()[:-1])),
        ("after-dict", "the header has text after the dictionary", npy_bytes(npy_header() + " x")),
        (
            "missing-key",
            "the key fortran_order is missing",
            npy_bytes("{'descr': '<i4', 'shape': (3,), }"),
        ),
        ("extra-key", "there is a fourth key", npy_bytes(npy_header(extra="'x': 1, "))),
        ("fortran-int", "fortran_order is not a boolean", npy_bytes(npy_header(fortran="0"))),
        ("shape-list", "the shape is a list", npy_bytes(npy_header(shape="[3]"))),
        ("shape-int", "the shape is a bare integer", npy_bytes(npy_header(shape="3"))),
        ("shape-float", "a dimension is a float", npy_bytes(npy_header(shape="(3.0,)"))),
        ("shape-negative", "a dimension is negative", npy_bytes(npy_header(shape="(-1,)"))),
        (
            "shape-two-negative",
            "two dimensions are negative, their product is not",
            npy_bytes(npy_header(shape="(-1, -3)")),
        ),
        (
            "shape-too-large",
            "the shape needs more bytes than the file has",
            npy_bytes(npy_header(shape="(4,)")),
        ),
        ("data-cut", "the last byte of the data is missing", good[:-1]),
        (
            "shape-overflow",
            "the number of bytes overflows 64 bits",
            npy_bytes(npy_header(shape="(4611686018427387904, 8)")),
        ),
        (
            "shape-overflow-zero",
            "the product overflows 64 bits although a dimension is zero",
            npy_bytes(npy_header(shape="(4611686018427387904, 8, 0)")),
        ),
        (
            "shape-beyond-64-bits",
            "a dimension does not fit 64 bits",
            npy_bytes(npy_header(shape="(36893488147419103232,)")),
        ),
        ("unknown-descr", "the dtype is unknown", npy_bytes(npy_header(descr="'<q9'"))),
        ("descr-int", "the dtype is not a string", npy_bytes(npy_header(descr="4"))),
        ("object-dtype", "the dtype is Python objects", npy_bytes(npy_header(descr="'|O'"))),
    ]


def odd_files() -> list[tuple[str, str, bytes]]:
    """Return name, note and content of unusual files that numpy reads."""
    shuffled = '{"shape":(3,),"fortran_order":False,"descr":"<i4"}'
    good = npy_bytes(npy_header())
    return [
        ("double-quotes", "double quotes, another order of keys, no spaces", npy_bytes(shuffled)),
        (
            "unpadded",
            "neither padding nor a line feed; the data is not aligned",
            npy_bytes(npy_header(), pad=False),
        ),
        ("trailing-bytes", "bytes after the data are ignored", good + b"junk"),
        (
            "python2-long",
            "a dimension written as 3L by Python 2",
            npy_bytes(npy_header(shape="(3L,)")),
        ),
        ("descr-name", "the dtype is a name", npy_bytes(npy_header(descr="'int32'"))),
        ("comment", "a comment after the dictionary", npy_bytes(npy_header() + " # comment")),
        (
            "key-twice",
            "the second of two equal keys counts",
            npy_bytes(npy_header(shape="(9,)", extra="'shape': (3,), ")),
        ),
    ]


def describe(path: Path, note: str | None = None) -> Json:
    """Return the manifest entry of a valid ``.npy`` file, as numpy reads it."""
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
    files also have the format's ``version`` and the ``offset`` of the data, unusual ones also a
    ``note``.
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
