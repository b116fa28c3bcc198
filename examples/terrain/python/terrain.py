"""A plugin that analyses an elevation model and stores the results: the example `terrain` in
Python. It prints the same text and leaves the same files as the program in Rust.

`terrain DEM.npy STORE-DIRECTORY` reads the elevations a band of rows at a time, and stores a
picture of the relief (`hillshade.png`), the slopes in degrees (`slope`: raw little-endian `float32`
in C order) and the statistics (`stats.json`). A second run over the same elevations finds the
results in the store and computes nothing.
"""

import json
import sys
import zlib
from array import array
from math import atan, cos, degrees, inf, radians, sin, sqrt
from typing import Any

from filemap_plugin import Error, File, Memmap, open_npy, program

USAGE = "usage: terrain [DEM.npy [STORE-DIRECTORY]], by default `dem/jacksboro.npy` and `results`"
KEYS = ("hillshade.png", "slope", "stats.json")

DTYPES = "|i1 |u1 <i2 >i2 <u2 >u2 <i4 >i4 <u4 >u4 <f4 >f4 <f8 >f8".split()
BAND_SIZE = 64 << 10
"""The approximate size of a band in bytes."""

CELL_WIDTH = 74.40446290285126
CELL_HEIGHT = 92.66666666666667
"""The size of a cell in metres, which a `.npy` file does not contain."""
AZIMUTH, ALTITUDE = radians(315.0), radians(45.0)
"""The position of the sun: clockwise from north, and above the horizon."""

Report = dict[str, Any]


class Model:
    """An elevation model that is open for reading."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.array: Memmap = open_npy(path, "r")
        if self.array.dtype not in DTYPES:
            self.refuse(
                f"its dtype is `{self.array.dtype}`, and elevations are integers of 8 to 32 bits "
                "or floats of 32 or 64 bits"
            )
        if self.array.ndim != 2:
            dimensions = self.array.ndim
            self.refuse(f"it has {dimensions} dimensions, and a model has 2: rows and columns")
        self.rows, self.columns = self.array.shape
        # A gradient needs two rows and two columns, as `numpy.gradient` does.
        if min(self.rows, self.columns) < 2:
            self.refuse(
                f"its shape is {self.rows} by {self.columns}, and slopes need at least 2 rows and "
                "2 columns"
            )
        row_size = self.columns * self.array.itemsize
        self.band_rows = min(max(BAND_SIZE // row_size, 1), self.rows)

    def refuse(self, reason: str) -> None:
        sys.exit(f"failed to take `{self.path}` for an elevation model: {reason}")

    def basis(self) -> Report:
        """Returns the inputs of the results: two models with the same basis have the same
        results."""
        checksum = 0
        for row in range(0, self.rows, self.band_rows):
            checksum = zlib.crc32(self.array[row : row + self.band_rows].tobytes(), checksum)
        return {
            "program": "terrain 0.1.0",
            "dtype": self.array.dtype,
            "shape": [self.rows, self.columns],
            "crc32": f"{checksum:08x}",
            "cell_size": [CELL_HEIGHT, CELL_WIDTH],
        }

    def row(self, row: int, rows: list[list[float]], first: int) -> list[float]:
        """Returns a row of those that were read, of which `first` is the first."""
        return rows[min(max(row, 0), self.rows - 1) - first]


class Summary:
    """The running statistics of a series, by Welford's method: it needs each value once, and stays
    accurate for large values with small differences."""

    def __init__(self) -> None:
        self.count, self.mean, self.squares = 0.0, 0.0, 0.0
        self.min, self.max = inf, -inf

    def add(self, values: list[float]) -> None:
        # Local variables, because an attribute takes longer, and this is most of the work.
        count, mean, squares = self.count, self.mean, self.squares
        for value in values:
            count += 1.0
            distance = value - mean
            mean += distance / count
            squares += distance * (value - mean)
        self.count, self.mean, self.squares = count, mean, squares
        self.min, self.max = min(self.min, *values), max(self.max, *values)

    def statistics(self) -> Report:
        std = sqrt(self.squares / self.count)
        return {"min": self.min, "max": self.max, "mean": self.mean, "std": std}


def rows_of(model: Model, start: int, stop: int) -> list[list[float]]:
    """Reads the rows from `start` to `stop`."""
    rows = [list(map(float, row)) for row in model.array[start:stop].tolist()]
    for number, row in enumerate(rows, start):
        # Also false for NaN. A sum is NaN if an element is.
        if not (min(row) >= -1e9 and max(row) <= 1e9 and sum(row) == sum(row)):
            column = next(at for at, value in enumerate(row) if not -1e9 <= value <= 1e9)
            sys.exit(
                f"failed to use the elevation {row[column]!r}: row {number}, column {column} "
                "should have a number from -1000000000.0 to 1000000000.0"
            )
    return rows


def compute(model: Model, basis: Report) -> tuple[bytes, list[bytes], Report]:
    """Computes the results from north to south: the picture's pixels, the slopes and the
    report."""
    elevation, slope, shade = Summary(), Summary(), Summary()
    pixels, slopes = bytearray(), []
    highest = (0, 0)
    for start in range(0, model.rows, model.band_rows):
        stop = min(start + model.band_rows, model.rows)
        first = max(start - 1, 0)
        rows = rows_of(model, first, stop + 1)
        band = array("f")
        for row in range(start, stop):
            north, own, south = (model.row(row + step, rows, first) for step in (-1, 0, 1))
            if max(own) > elevation.max:
                highest = (row, own.index(max(own)))
            height = 2.0 * CELL_HEIGHT if 0 < row < model.rows - 1 else CELL_HEIGHT
            steepness, light = row_of_results(north, own, south, height)
            elevation.add(own)
            slope.add(steepness)
            shade.add(light)
            band.extend(steepness)
            pixels.extend(map(rounded, light))
        slopes.append(band.tobytes())
    report = {
        "source": model.path,
        "basis": basis,
        "elevation": elevation.statistics(),
        "highest": {"row": highest[0], "column": highest[1]},
        "slope": slope.statistics(),
        "hillshade": shade.statistics(),
    }
    return bytes(pixels), slopes, report


SUN_EAST = cos(ALTITUDE) * sin(AZIMUTH)
SUN_SOUTH = -cos(ALTITUDE) * cos(AZIMUTH)
SUN_UP = sin(ALTITUDE)


def row_of_results(
    north: list[float], own: list[float], south: list[float], height: float
) -> tuple[list[float], list[float]]:
    """Returns the slope in degrees and the share of the sun's light for each cell of a row. The
    gradient is that of `numpy.gradient`: one-sided at the edges of the model."""
    last = len(own) - 1
    slopes, lights = [], []
    for column in range(len(own)):
        if 0 < column < last:
            east = (own[column + 1] - own[column - 1]) / (2.0 * CELL_WIDTH)
        else:
            east = (own[min(column + 1, last)] - own[max(column - 1, 0)]) / CELL_WIDTH
        down = (south[column] - north[column]) / height
        slopes.append(degrees(atan(sqrt(east * east + down * down))))
        length = sqrt(1.0 + east * east + down * down)
        light = (SUN_UP - SUN_EAST * east - SUN_SOUTH * down) / length
        lights.append(min(max(light, 0.0), 1.0))
    return slopes, lights


def rounded(light: float) -> int:
    """Returns a grey value; a half is rounded up."""
    grey = light * 255.0
    return int(grey) + (grey - int(grey) >= 0.5)


def png(width: int, height: int, pixels: bytes) -> bytes:
    """Returns a greyscale PNG file of 8 bits that is not compressed."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return len(data).to_bytes(4) + kind + data + checksum.to_bytes(4)

    rows = (b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    raw = b"".join(rows)
    stream = [b"\x78\x01"]
    for at in range(0, len(raw), 65535):
        block = raw[at : at + 65535]
        last = at + len(block) == len(raw)
        sizes = len(block).to_bytes(2, "little") + (len(block) ^ 0xFFFF).to_bytes(2, "little")
        stream += [bytes([last]), sizes, block]
    stream.append(zlib.adler32(raw).to_bytes(4))
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    chunks = [(b"IHDR", header), (b"IDAT", b"".join(stream)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in chunks)


def find(store: File, model: Model, basis: Report) -> Report | None:
    """Returns the stored report if the store has all results of this model."""
    try:
        report: Report = json.loads(store["stats.json"])
        size = store.size("slope")
        text(report)
    except (KeyError, TypeError, ValueError):
        return None
    complete = "hillshade.png" in store and size == 4 * model.rows * model.columns
    return report if complete and report["basis"] == basis else None


def text(report: Report) -> str:
    """Returns the report as a table."""
    lines = [f"{'':20}{'min':>10}{'max':>10}{'mean':>10}{'std':>12}"]
    names = [("elevation", "m", 2), ("slope", "degrees", 2), ("hillshade", "0 to 1", 4)]
    for key, unit, digits in names:
        numbers = [report[key][name] for name in ("min", "max", "mean", "std")]
        cells = "".join(f"{number:10.{digits}f}" for number in numbers[:3])
        lines.append(f"{f'{key} ({unit})':20}{cells}{numbers[3]:12.{digits}f}")
    row, column = report["highest"]["row"], report["highest"]["column"]
    top = repr(report["elevation"]["max"]).removesuffix(".0")
    return "\n".join([*lines, f"highest point: {top} m in row {row}, column {column}"])


def run(path: str, directory: str) -> None:
    """Finds the results in the store or computes them, and prints them."""
    model = Model(path)
    with File(directory, durability="data") as store:
        basis = model.basis()
        report = find(store, model, basis)
        if report:
            origin = f"found in the store, computed earlier from `{report['source']}`"
        else:
            origin = f"computed, {model.band_rows} of the rows at a time"
            pixels, slopes, report = compute(model, basis)
            # A stored report means that the other two values are complete. It is removed first
            # and set last, so no later run mistakes the values of an interrupted run for results.
            store.discard("stats.json")
            store["hillshade.png"] = png(model.columns, model.rows, pixels)
            store["slope"] = slopes
            json_text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
            store["stats.json"] = json_text.encode()
        shape = f"{model.rows} rows of {model.columns} cells"
        print(f"model    {path}: {shape}, dtype {basis['dtype']}, CRC-32 {basis['crc32']}")
        print(f"results  {origin}\n\n{text(report)}\n")
        print(f"stored in {store!r}, each value in a file `KEY#N`:")
        for key in KEYS:
            print(f"  {key:14}{store.size(key):>8} bytes")


@program
def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] in (["-h"], ["--help"]):
        print(USAGE)
    elif len(arguments) > 2:
        sys.exit(USAGE)
    else:
        defaults = ["dem/jacksboro.npy", "results"]
        path, directory = arguments + defaults[len(arguments) :]
        try:
            run(path, directory)
        except Error as error:
            sys.exit(f"failed: {error}")
