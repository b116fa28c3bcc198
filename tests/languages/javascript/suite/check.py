"""Checks with numpy and zict the files that the suite leaves in a folder: `check.py FOLDER`."""

import sys

import numpy
import zict

folder = sys.argv[1]


def equal(value, expected):
    assert value == expected, f"expected {expected!r}, not {value!r}"


def load(name, dtype, values):
    array = numpy.load(f"{folder}/{name}.npy", mmap_mode="r")
    equal(array.dtype.str, numpy.dtype(dtype).str)
    equal(array.tolist(), values)


values = zict.File(f"{folder}/values", memmap=False)
equal(values["text"].decode(), "häß€𝄞")
equal({key: bytes(value) for key, value in values.items() if key != "text"}, {
    "empty": b"",
    "bytes": b"\x00\xff",
    "floats": numpy.float64(1.5).tobytes(),
    "buffer": b"\x01\x02\x03",
    "part": b"\x02\x03",
    "view": b"\x06\x07",
    "parts": b"abc\x00",
})
equal(dict(zict.File(f"{folder}/mapping")), {})
many = zict.File(f"{folder}/many")
equal([many[key].decode() for key in many], list(many))
equal(len(many), 2100)
equal(bytes(zict.File(f"{folder}/pieces")["big"]), b"the " + bytes(100_000))

raw = numpy.memmap(f"{folder}/raw.bin", ">i2", "r", 4, (2, 3), "F")
equal(raw.tolist(), [[1, 2, 3], [4, 5, -6]])
load("table", "<f4", [[1, 2], [3, 4]])
load("dtype b1", "|b1", [True, False, True])
load("dtype i1", "|i1", [-128, 127, 5])
load("dtype u2", ">u2", [1, 65535, 258])
load("dtype i4", ">i4", [-2, 1, 16909060])
load("dtype i8", "<i8", [2**63 - 1, -1, 2**31])
load("dtype u8", ">u8", [2**64 - 1, 0, 1])
load("dtype f2", "<f2", [0.5, -2, numpy.inf])
load("dtype f8", ">f8", [0.1, 1e300, -1])
points = numpy.memmap(f"{folder}/points.bin", [("x", "<f4"), ("y", ">i2", (2,))], "r")
equal(points["x"].tolist(), [2.5, 2.5])
equal(points["y"].tolist(), [[3, 4], [3, 4]])
complex_ = numpy.memmap(f"{folder}/complex.bin", "c8", "r")
equal(complex_.tolist(), [3 + 9j, 3 + 4j])
load("index", "<i4", [[-1, 9, 10, 11]] * 3)
load("views", "<f8", [[0, 1, 2], [3, 40, 50], [0, 0, 0]])
load("empty", "<f8", [])
print("the same in Python")
