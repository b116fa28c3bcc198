#!/usr/bin/env python3
"""Make ``jacksboro.npy`` from the elevation model among matplotlib's sample data.

Run it where matplotlib is installed (it was run with matplotlib 3.11.2 and numpy 2.2.6)::

    python examples/terrain/data/make.py

It writes the array ``elevation``, unchanged, beside this script with ``numpy.save``, and prints
the georeference that comes with it, which ``README.md`` and ``reference.py`` repeat.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.cbook import get_sample_data


def main() -> None:
    """Write the file and print the georeference of the archive."""
    source = get_sample_data("jacksboro_fault_dem.npz", asfileobj=False)
    with np.load(source) as archive:
        elevation = archive["elevation"].astype("<i2", order="C", casting="no")
        georeference = {name: float(archive[name]) for name in archive.files if name != "elevation"}
    assert elevation.shape == (344, 403)
    np.save(Path(__file__).with_name("jacksboro.npy"), elevation)
    for name in sorted(georeference):
        print(f"{name} = {georeference[name]!r}")


if __name__ == "__main__":
    main()
