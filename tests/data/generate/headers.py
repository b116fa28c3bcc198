"""Headers of ``.npy`` files."""

from __future__ import annotations

import io
import random
import tempfile
from pathlib import Path

import numpy as np
from numpy.lib import format
from numpy.lib.format import dtype_to_descr, open_memmap

from arrays import npy_bytes, npy_header
from common import Json, write_json
from dtypes import dtype_of, printed, random_spellings
from spellings import LITERALS, STRINGS

# The values of ``descr``, ``fortran_order`` and ``shape`` in unusual headers, most of which numpy
# reads.
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
    """Return dtype and shape of the array in a file, or None if numpy cannot read it."""
    file = io.BytesIO(content)
    try:
        shape, _, dtype = format._read_array_header(file, format.read_magic(file), 10_000)
        array = np.ndarray(shape, dtype)
    except Exception:
        return None
    return None if dtype.hasobject else [printed(array.dtype), list(array.shape), array.nbytes]


def header_of(
    dtype: np.dtype, shape: list[int], fortran: bool, version: int | None
) -> bytes | None:
    """Return the header that `open_memmap` writes to a new file, or None if it fails."""
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

    ``written`` has ``[dtype, shape, fortran_order, version, header, array]``: the header that numpy
    writes for a new file, with its bytes as Latin-1. ``version`` is 1, 2, 3, or null for the oldest
    possible one, and ``header`` is null if numpy fails. ``long`` has the same for long names:
    ``NAME`` stands for a name of equal characters, ``[character, count]`` at the end. ``read`` has
    ``[header, array]`` for other headers. ``array`` is ``[dtype, shape, nbytes]`` as numpy reads
    it, or null if it fails.
    """
    shapes = [[], [3], [2, 3], [0], [1, 0, 2], [12345678], [1, 99999999999], [2**40, 1]]
    cases: list[tuple[str, list[int], bool, int | None]] = []
    rng = random.Random("headers")
    spellings = [each for each in STRINGS + LITERALS if len(each) < 200]
    for number, spelling in enumerate(spellings + random_spellings(rng, 150)):
        dtype = dtype_of(spelling)
        small = shapes if dtype.itemsize < 1000 else shapes[:5]
        cases.append(
            (
                spelling,
                small[number % len(small)],
                number % 3 == 0,
                rng.choice([None, None, 1, 2, 3]),
            )
        )
    for shape in shapes:
        cases += [
            ("<i4", shape, fortran, version)
            for fortran in (False, True)
            for version in (None, 1, 2, 3)
        ]
    for name in ("\\u00fc", "\\u03c0", "\\U0001f980", "\\x00\\x7f\\x80", "\\u0378"):
        cases += [(f"[('{name}', '<f4')]", [2], False, version) for version in (None, 1, 2, 3)]
    # Every length modulo 64, and lengths near the limits.
    cases += [(f"[('{'x' * length}', 'i1')]", [7], False, None) for length in range(1, 70)]
    limits = [
        (f"[('{'x' * length}', '|i1')]", [7], False, version)
        for length in (9_900, 9_950, 65_400, 65_450, 65_500)
        for version in (None, 1, 2)
    ]
    limits += [
        (f"[('{chr(0x3c0) * length}', '|i1')]", [7], False, None) for length in (9_900, 9_950)
    ]

    def entry(case: tuple[str, list[int], bool, int | None]) -> list[Json]:
        spelling, shape, fortran, version = case
        header = header_of(dtype_of(spelling), shape, fortran, version)
        text = header and header.decode("latin1")
        array = header and read_back(header)
        if header and len(header) > 1000:
            # The header is long only because of the name of the field.
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
        {
            "written": [entry(case) for case in cases],
            "long": [entry(case) for case in limits],
            "read": read,
        },
    )
