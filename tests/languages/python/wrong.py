"""Mistakes that mypy finds in programs with filemap_plugin."""

from filemap_plugin import File, memmap, open_npy

store = File(1)  # wrong
store = File("store", durability=True)  # wrong
store["key"] = "text"  # wrong
store[5] = b""  # wrong
store.get_range("key", "0", 1)  # wrong
array = memmap("array", shape="3")  # wrong
array.reshape(2, order=3)  # wrong
array.missing  # wrong
open_npy("array.npy", mode=1)  # wrong
