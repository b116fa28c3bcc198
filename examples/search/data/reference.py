#!/usr/bin/env python3
"""Search with numpy: the reference for the Rust program of this example.

::

    python examples/search/data/reference.py FOLDER WORD...

prints the ten rows of ``FOLDER/embeddings.npy`` that are most similar to the mean of the words'
embeddings, best first, as JSON: a list of words and scores. The score is the cosine of the angle
between the two::

    score = (row @ query) / (norm(row) * norm(query))

All arithmetic is in float64. Of rows with the same score, the first is the better. A row of zeroes
has no score.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import zict

BEST = 10


def main() -> None:
    """Print the best rows."""
    parser = argparse.ArgumentParser(description="Search by cosine similarity with numpy.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("words", nargs="+", metavar="WORD")
    options = parser.parse_args()

    labels = zict.File(options.folder / "labels")["words"].decode().splitlines()
    matrix = np.load(options.folder / "embeddings.npy").astype(np.float64)
    query = matrix[[labels.index(word) for word in options.words]].mean(axis=0)
    with np.errstate(invalid="ignore"):
        scores = matrix @ query / (np.linalg.norm(matrix, axis=1) * np.linalg.norm(query))
    order = np.argsort(-scores, stable=True)
    best = [row for row in order if not np.isnan(scores[row])][:BEST]
    print(json.dumps([[labels[row], scores[row]] for row in best]))


if __name__ == "__main__":
    main()
