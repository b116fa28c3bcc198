"""Runs a plugin over Wasmtime for Python: `python run.py PLUGIN.wasm MODEL-FOLDER RESULTS`."""

import sys

import filemap

plugin, model, results = sys.argv[1:]
filemap.run(
    plugin, dirs={"results": results}, dirs_ro={"dem": model}, backend="portable", check=True
)
