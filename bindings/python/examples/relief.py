"""Runs a plugin on an elevation model, and reads with zict and numpy what it leaves."""

import json

import filemap
import numpy as np
import zict

MODELS = "../filemap/examples/terrain/data"

filemap.run(
    "terrain.wasm",
    dirs=["results"],
    dirs_ro={"dem": MODELS},
    timeout=60,
    max_memory=1 << 30,
    check=True,
)
results = zict.File("results")
shape = json.loads(bytes(results["stats.json"]))["basis"]["shape"]
slope = np.frombuffer(results["slope"], "<f4").reshape(shape)
model = np.load(f"{MODELS}/jacksboro.npy", mmap_mode="r")
row, column = np.unravel_index(slope.argmax(), slope.shape)
print(f"steepest: {slope.max():.2f} degrees at {model[row, column]} m")
