#!/usr/bin/env python3
"""Compute statistics, slope and hillshade of ``jacksboro.npy`` with numpy.

This is the reference for the Rust program of this example::

    python examples/terrain/data/reference.py
    python examples/terrain/data/reference.py --slope slope.f32 --hillshade hillshade.f32

It prints the statistics as JSON. The two options write the grids as raw little-endian float32 in C
order, 344 rows of 403 values each. All arithmetic is in float64; a value is rounded to float32 only
when it is written, so a program that computes in float64 can be compared closely (use a tolerance:
the last digit depends on the order of summation and on the library's arc tangent).

The cell size, in metres, with the grid's spacing ``dx`` = ``dy`` in degrees::

    cell_x = 111200 * dx * cos(mid latitude)         cell_y = 111200 * dy

The gradient is ``numpy.gradient`` with these cell sizes: central differences within the grid,
one-sided first differences at its edges::

    gx[i, j] = (z[i, j+1] - z[i, j-1]) / (2 * cell_x)      gx[i, 0] = (z[i, 1] - z[i, 0]) / cell_x
    gy[i, j] = (z[i+1, j] - z[i-1, j]) / (2 * cell_y)      gy[0, j] = (z[1, j] - z[0, j]) / cell_y

Columns run east and rows run south, so ``gx`` is the rise towards the east and ``gy`` the rise
towards the south. The slope in degrees is ``degrees(atan(sqrt(gx**2 + gy**2)))``.

The hillshade is the standard one for a sun at `azimuth` (clockwise from north) and `altitude`::

    zenith = 90 - altitude        angle = 360 - azimuth + 90         (all angles as radians below)
    slope = atan(sqrt(gx**2 + gy**2))         aspect = atan2(gy, -gx)
    shade = cos(zenith) * cos(slope) + sin(zenith) * sin(slope) * cos(angle - aspect)

with negative values set to 0. Without trigonometry per cell the same is::

    shade = (sin(altitude) + cos(altitude) * (gy * cos(azimuth) - gx * sin(azimuth)))
            / sqrt(1 + gx**2 + gy**2)

The result is between 0 (dark) and 1 (light from straight above); multiply by 255 for a grey image.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np

# The georeference in matplotlib's archive, in degrees. Its "ymin" is the northern edge and its
# "ymax" the southern one: the first row is the northernmost.
DX = DY = 0.0008333333333333334
NORTH, SOUTH = 36.73291666666667, 36.44625

METRES_PER_DEGREE = 111200.0
AZIMUTH, ALTITUDE = 315.0, 45.0


def cell_size() -> tuple[float, float]:
    """Return the width and the height of a cell in metres, at the grid's middle latitude."""
    latitude = (NORTH + SOUTH) / 2
    width = METRES_PER_DEGREE * DX * math.cos(math.radians(latitude))
    return width, METRES_PER_DEGREE * DY


def gradient(elevation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rise per metre towards the east and towards the south."""
    width, height = cell_size()
    south, east = np.gradient(elevation.astype(np.float64), height, width)
    return east, south


def slope_degrees(east: np.ndarray, south: np.ndarray) -> np.ndarray:
    """Return the angle between the surface and the horizontal."""
    return np.degrees(np.arctan(np.sqrt(east**2 + south**2)))


def hillshade(east: np.ndarray, south: np.ndarray) -> np.ndarray:
    """Return the share of the sun's light that the surface receives, from 0 to 1."""
    zenith = math.radians(90.0 - ALTITUDE)
    angle = math.radians(360.0 - AZIMUTH + 90.0)
    slope = np.arctan(np.sqrt(east**2 + south**2))
    aspect = np.arctan2(south, -east)
    shade = math.cos(zenith) * np.cos(slope)
    shade = shade + math.sin(zenith) * np.sin(slope) * np.cos(angle - aspect)
    return np.clip(shade, 0.0, 1.0)


def statistics(values: np.ndarray) -> dict[str, float]:
    """Summarise an array; the standard deviation is the population's (divided by n)."""
    values = values.astype(np.float64)
    return {
        "min": float(values.min()),
        "max": float(values.max()),
        "mean": float(values.mean()),
        "std": float(values.std()),
        "median": float(np.median(values)),
    }


def main() -> None:
    """Print the statistics and write the requested grids."""
    parser = argparse.ArgumentParser(description="Statistics, slope and hillshade with numpy.")
    parser.add_argument(
        "file", nargs="?", type=Path, default=Path(__file__).with_name("jacksboro.npy")
    )
    parser.add_argument("--slope", type=Path, metavar="FILE", help="write the slope in degrees")
    parser.add_argument("--hillshade", type=Path, metavar="FILE", help="write the hillshade")
    options = parser.parse_args()

    elevation = np.load(options.file, mmap_mode="r")
    east, south = gradient(elevation)
    grids = {"slope": slope_degrees(east, south), "hillshade": hillshade(east, south)}
    for name, grid in grids.items():
        if target := getattr(options, name):
            target.write_bytes(grid.astype("<f4").tobytes("C"))
    report = {
        "shape": list(elevation.shape),
        "dtype": elevation.dtype.str,
        "cell_size": list(cell_size()),
        "elevation": statistics(elevation),
        **{name: statistics(grid) for name, grid in grids.items()},
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
