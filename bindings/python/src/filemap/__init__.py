"""Runs WebAssembly plugins that use filemap: stores like `zict.File`, arrays like `numpy.memmap`.

`run` runs a plugin in a sandbox, `plug` makes it portable to every host of WASI 0.2, and
`component` and `wit` give the portable component and the interface. What a plugin leaves in its
folders are ordinary files: read them with `zict.File`, `numpy.load` and `numpy.memmap`.

There are two backends. `"native"` is the command `filemap`, over mmap, and needs Linux.
`"portable"` is Wasmtime for Python (the package `wasmtime`), and runs on macOS and Windows too.
"""

from ._errors import (
    BackendMissing,
    CommandFailed,
    Error,
    PluginFailed,
    PluginTimeout,
    PluginTrapped,
    Unsupported,
)
from ._plug import component, plug, wit
from ._run import run

__all__ = [
    "BackendMissing",
    "CommandFailed",
    "Error",
    "PluginFailed",
    "PluginTimeout",
    "PluginTrapped",
    "Unsupported",
    "component",
    "plug",
    "run",
    "wit",
]
