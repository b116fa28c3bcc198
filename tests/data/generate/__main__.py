"""Write the fixtures of this directory with numpy, zict and urllib as oracles.

Run it in an environment made from ``tests/oracle/requirements.txt``::

    python -m pip install -r tests/oracle/requirements.txt
    python tests/data/generate            # rewrite the fixtures
    python tests/data/generate --check    # exit 1 if they would change

The committed fixtures were written by CPython 3.11 with numpy 2.2.6 and zict 3.0.0 on a
little-endian 64-bit Linux machine. The dtype names that depend on the C compiler ('l', 'long',
'longdouble', ...) are those of such a machine.

The output is deterministic: the random cases come from seeded generators, and nothing depends on
the time, on the path of the checkout or on the order of a directory listing.

The output (the docstring of each ``write_`` function describes its format):

==================  ================================================================
``arrays/``         raw ``.bin`` and ``.npy`` files, valid and corrupt, ``manifest.json``
``store/``          a directory written by ``zict.File``, described by ``store.json``
``quote.json``      pairs for ``urllib.parse.quote`` and ``unquote``
``layout.json``     basic indexing: shape, strides, offset and elements of the view
``indexing.json``   index arrays and masks: results of reads and writes
``dtypes.json``     dtypes that numpy accepts and rejects
``headers.json``    the headers of ``.npy`` files that numpy writes and reads
``reduce.json``     every reduction of small arrays
``messages.json``   the messages of calls that numpy refuses
==================  ================================================================
"""

from __future__ import annotations

import argparse
import filecmp
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

from arrays import write_arrays
from dtypes import write_dtypes
from headers import write_headers
from indexing import write_indexing
from layout import write_layout
from messages import write_messages
from quoting import write_quote
from reductions import write_reduce
from store import write_store

OUTPUTS = [
    "arrays",
    "store",
    "store.json",
    "quote.json",
    "layout.json",
    "dtypes.json",
    "headers.json",
]
OUTPUTS += ["reduce.json", "indexing.json", "messages.json"]


def listing(root: Path) -> list[str]:
    """Return the sorted names of all generated files below `root`, relative to it."""
    paths = [path for name in OUTPUTS for path in [root / name, *(root / name).rglob("*")]]
    return sorted(path.relative_to(root).as_posix() for path in paths if path.is_file())


def main() -> int:
    """Write the fixtures to the folder above this script, or compare them with new ones."""
    parser = argparse.ArgumentParser(description="Write the fixtures of the tests.")
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 if different")
    check = parser.parse_args().check
    warnings.simplefilter("ignore")
    here = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as name:
        fresh = Path(name)
        writers = [
            write_arrays,
            write_store,
            write_quote,
            write_layout,
            write_dtypes,
            write_headers,
            write_reduce,
        ]
        writers += [write_indexing, write_messages]
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
