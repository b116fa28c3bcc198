"""Where the two backends are. Each is a command with the options of `filemap`."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from ._errors import BackendMissing

Backend = Literal["native", "portable"]

PACKAGE = Path(__file__).parent


def choose(backend: Backend | None) -> tuple[Backend, list[str]]:
    """Returns the backend and the words that start it; by default the native one if there is one.

    Raises `BackendMissing` if it is not installed.
    """
    if backend not in (None, "native", "portable"):
        raise ValueError(f"`backend` is {backend!r}; the backends are 'native' and 'portable'")
    command = None if backend == "portable" else _command()
    if command is not None:
        return "native", [str(command)]
    if backend == "native":
        raise BackendMissing(
            "this installation of `filemap-wasm` has no command `filemap`, which needs Linux; "
            "use the backend 'portable'"
        )
    if find_spec("wasmtime") is None:
        raise BackendMissing(
            "the backend 'portable' requires Wasmtime for Python: "
            "`pip install 'filemap-wasm[portable]'`"
        )
    return "portable", [sys.executable, str(PACKAGE / "_portable.py")]


def _command() -> Path | None:
    """Returns the command `filemap` that this package has installed, or `None` if it has none.

    Another command `filemap` on `PATH` may have another version, so `PATH` does not count.
    """
    try:
        files = distribution("filemap-wasm").files or []
    except PackageNotFoundError:
        files = []
    installed = [Path(str(file.locate())) for file in files if file.name == "filemap"]
    # `pip install --target` moves the commands after it has listed them.
    for path in [*installed, PACKAGE.parent / "bin" / "filemap"]:
        if path.is_file():
            return path.resolve()
    return None
