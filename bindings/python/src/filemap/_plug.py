"""`plug`, `component` and `wit`: plugins and the interface as files."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from . import _backends
from ._backends import PACKAGE, Backend
from ._errors import CommandFailed

if TYPE_CHECKING:
    from ._run import PathLike

# The files of the package `filemap:data` as `filemap wit` prints them: the first one has the
# declaration of the package.
_WIT = ["world", "errors", "store", "array", "mapping", "descriptors", "bulk"]


def plug(
    plugin: PathLike, output: PathLike | None = None, *, backend: Backend | None = None
) -> bytes:
    """Composes a plugin with the portable component and returns the new component.

    The result has WASI imports in place of `filemap:data` and of `wasi:keyvalue@0.2.0-draft`, so it
    runs on hosts that know nothing of either. It is also written to the file `output`, if that is
    given. Both backends return the same bytes.

    Raises `CommandFailed` if the plugin imports neither, or in a form that this version does not
    have; `ValueError` if it is not a component; `OSError` if a file cannot be read
    or written; `BackendMissing` if the backend is not installed.
    """
    name = os.fspath(plugin)
    check_component(name)
    chosen, command = _backends.choose(backend)
    options = ["--output", "-"] if chosen == "native" else []
    result = subprocess.run([*command, "plug", *options, "--", name], capture_output=True)
    if result.returncode != 0:
        raise CommandFailed(result.stderr.decode(errors="replace").strip())
    return _written(result.stdout, output)


def component(output: PathLike | None = None) -> bytes:
    """Returns the portable component, which provides `filemap:data` over WASI 0.2.

    It is also written to the file `output`, if that is given. It is the output of
    `filemap component`.
    """
    return _written((PACKAGE / "component.wasm").read_bytes(), output)


def wit(folder: PathLike | None = None) -> str:
    """Returns the interface, a WIT package that is documented as a specification.

    If `folder` is given, the package is also written there, with the packages of WASI in `deps`, as
    bindings generators read it. The result is that of `filemap wit`.
    """
    package = PACKAGE / "wit"
    if folder is not None:
        shutil.copytree(package, folder, dirs_exist_ok=True)
    texts = [(package / f"{name}.wit").read_text(encoding="utf-8") for name in _WIT]
    return "\n".join(texts)


def check_component(name: str) -> None:
    """Raises `OSError` if a file cannot be read, and `ValueError` if it is not a component."""
    with open(name, "rb") as file:
        start = file.read(8)
    if start != b"\0asm\x0d\0\x01\0":
        raise ValueError(
            f"`{name}` is not a component: build it for the target wasm32-wasip2, or by the tool "
            "for components of its language"
        )


def _written(content: bytes, output: PathLike | None) -> bytes:
    if output is not None:
        with open(output, "wb") as file:
            file.write(content)
    return content
