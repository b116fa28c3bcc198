"""A plugin that runs a script as `python` does: `plugin.wasm SCRIPT.py [ARGUMENTS]`. The tests
share it, because to build and compile a plugin for each of them takes a minute."""

import array
import datetime
import json
import os
import random
import sys
from pathlib import Path

import filemap_plugin

# What scripts can import, beside their own modules: a plugin has only the modules that were
# imported when it was built.
MODULES = [array, datetime, json, os, random]


@filemap_plugin.program
def main() -> None:
    del sys.argv[0]
    script = Path(sys.argv[0])
    exec(compile(script.read_text(), script, "exec"), {"__name__": "__main__"})
