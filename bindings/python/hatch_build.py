"""Adds the built parts to a wheel: the command `filemap`, the components, and the interface.

Environment variables:
    FILEMAP_WHEEL    `native` (the default): a wheel for this machine, with the command `filemap`.
                     `portable`: a wheel for every machine, without it.
    FILEMAP_COMMAND  an existing command `filemap`, in place of a new one.
    FILEMAP_PLUG     an existing `python-plug.wasm`, in place of a new one.

Without the last two, cargo builds both from the repository that this folder lies in.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMMAND = (["--package", "filemap-cli", "--release"], "release/filemap")
PLUG = (
    ["--package", "python-plug", "--target", "wasm32-wasip2", "--profile", "component"],
    "wasm32-wasip2/component/python-plug.wasm",
)


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """The hook that hatchling calls."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds files to the wheel, and sets the platform in its name."""
        if self.target_name != "wheel":
            raise SystemExit("filemap-wasm has wheels only: its sources are the whole repository")
        if not sys.platform.startswith("linux"):
            raise SystemExit(
                "wheels of filemap-wasm are built on Linux; for this system, build one there with "
                "FILEMAP_WHEEL=portable"
            )
        kind = os.environ.get("FILEMAP_WHEEL", "native")
        if kind not in ("native", "portable"):
            raise SystemExit(f"FILEMAP_WHEEL is {kind!r}; it is 'native' or 'portable'")
        command = self.built("FILEMAP_COMMAND", *COMMAND)
        self.scratch = tempfile.TemporaryDirectory()
        added = build_data["force_include"]
        for name, arguments in (
            ("component.wasm", ["component"]),
            ("keyvalue.wasm", ["component", "--keyvalue"]),
        ):
            component = Path(self.scratch.name, name)
            subprocess.run([command, *arguments, "--output", component], check=True)
            added[str(component)] = f"filemap/{name}"
        added[str(self.built("FILEMAP_PLUG", *PLUG))] = "filemap/plug.wasm"
        if kind == "native":
            build_data["shared_scripts"][str(command)] = "filemap"
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform(command.read_bytes())}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Removes temporary files."""
        self.scratch.cleanup()

    def built(self, variable: str, options: list[str], name: str) -> Path:
        """Returns the file that an environment variable names, or else builds it."""
        given = os.environ.get(variable)
        if given:
            file = Path(given).absolute()
            if not file.is_file():
                raise SystemExit(f"{variable} names {given!r}, which is not a file")
            return file
        repository = Path(self.root).parents[1]
        if not (repository / "Cargo.toml").is_file():
            raise SystemExit(
                f"`{self.root}` is not in a clone of the repository of filemap; install from a "
                f"clone, or name a built file by {variable}"
            )
        target = os.environ.get("CARGO_TARGET_DIR") or str(repository / "target")
        line = ["cargo", "build", "--locked", *options, "--target-dir", target]
        self.app.display_waiting(f"{' '.join(line)} (takes some minutes)")
        subprocess.run(line, cwd=repository, check=True)
        return Path(target, name)


def platform(command: bytes) -> str:
    """Returns the platform of a program for Linux: the lowest version of glibc that it runs with.

    PEP 600 defines these names.
    """
    machine = sysconfig.get_platform().removeprefix("linux-").replace("-", "_")
    versions = {int(minor) for minor in re.findall(rb"\0GLIBC_2\.(\d+)", command)}
    # The lowest version that pip knows for every architecture.
    return f"manylinux_2_{max(versions | {17})}_{machine}"
