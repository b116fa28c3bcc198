"""Adds the interface to a package: copies of the folder `wit`, beside `program.wit`."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DEPENDENCIES = Path("filemap_plugin/wit/deps")


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """The hook that hatchling calls."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the files, unless these sources are a source distribution, which has them."""
        root = Path(self.root)
        if (root / DEPENDENCIES).exists():
            return
        wit = root.parent.parent / "wit"
        for path in sorted(wit.rglob("*.wit")):
            name = path.relative_to(wit)
            # WASI's packages must be beside the package that uses them.
            inner = name.relative_to("deps") if name.parts[0] == "deps" else "filemap" / name
            build_data["force_include"][str(path)] = str(DEPENDENCIES / inner)
