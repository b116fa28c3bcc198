"""The job of `examples/terrain` as a script with numpy and zict, without WebAssembly, for the
benchmark: `plain.py MODEL.npy STORE-FOLDER`.

It leaves the same three values, byte for byte, if the model has the same path. So the mean and the
variance are calculated by Welford's method, which numpy does not have: its sums differ in the last
digits.
"""

import json
import math
import sys
import zlib
from typing import Any

import numpy
import numpy.typing
import zict

CELL_WIDTH, CELL_HEIGHT = 74.40446290285126, 92.66666666666667
Grid = numpy.typing.NDArray[Any]


def compute(elevations: Grid) -> tuple[Grid, Grid]:
    """Returns the slopes in degrees, and the shares of the sun's light."""
    south, east = numpy.gradient(elevations.astype("f8"), CELL_HEIGHT, CELL_WIDTH)
    azimuth, altitude = numpy.radians(315.0), numpy.radians(45.0)
    sun_east = numpy.cos(altitude) * numpy.sin(azimuth)
    sun_south = -numpy.cos(altitude) * numpy.cos(azimuth)
    slope = numpy.degrees(numpy.arctan(numpy.sqrt(east * east + south * south)))
    length = numpy.sqrt(1.0 + east * east + south * south)
    light = (numpy.sin(altitude) - sun_east * east - sun_south * south) / length
    return slope, light.clip(0.0, 1.0)


def png(grey: Grid) -> bytes:
    """Returns a greyscale PNG file of 8 bits that is not compressed."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return len(data).to_bytes(4, "big") + kind + data + checksum.to_bytes(4, "big")

    height, width = grey.shape
    raw = numpy.pad(grey, ((0, 0), (1, 0))).tobytes()
    stream = [b"\x78\x01"]
    for at in range(0, len(raw), 65535):
        block = raw[at : at + 65535]
        size = len(block)
        sizes = size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")
        stream += [bytes([at + size == len(raw)]), sizes, block]
    stream.append(zlib.adler32(raw).to_bytes(4, "big"))
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    chunks = [(b"IHDR", header), (b"IDAT", b"".join(stream)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in chunks)


def statistics(values: Grid) -> dict[str, float]:
    count = mean = squares = 0.0
    for value in values.astype("f8").ravel().tolist():
        count += 1.0
        distance = value - mean
        mean += distance / count
        squares += distance * (value - mean)
    std = math.sqrt(squares / count)
    return {"min": float(values.min()), "max": float(values.max()), "mean": mean, "std": std}


def main(path: str, directory: str) -> None:
    elevations = numpy.load(path, mmap_mode="r")
    store = zict.File(directory)
    basis = {
        "program": "terrain 0.1.0",
        "dtype": elevations.dtype.str,
        "shape": list(elevations.shape),
        "crc32": f"{zlib.crc32(elevations.tobytes()):08x}",
        "cell_size": [CELL_HEIGHT, CELL_WIDTH],
    }
    if "stats.json" in store and json.loads(bytes(store["stats.json"]))["basis"] == basis:
        print("found in the store")
        return
    slope, light = compute(elevations)
    row, column = map(int, numpy.unravel_index(elevations.argmax(), elevations.shape))
    report = {
        "source": path,
        "basis": basis,
        "elevation": statistics(elevations),
        "highest": {"row": row, "column": column},
        "slope": statistics(slope),
        "hillshade": statistics(light),
    }
    store.discard("stats.json")
    store["hillshade.png"] = png(numpy.floor(light * 255.0 + 0.5).astype("u1"))
    store["slope"] = slope.astype("<f4").tobytes()
    store["stats.json"] = (json.dumps(report, indent=2) + "\n").encode()
    print("computed")


main(*sys.argv[1:])
