"""The exceptions of this module. Missing files and folders raise Python's own."""

from __future__ import annotations

import shlex
import subprocess


class Error(Exception):
    """The base class of all exceptions of this module."""


class BackendMissing(Error):
    """The backend is not installed here. The message says what to install."""


class Unsupported(Error):
    """The backend does not have this option. The message says which one has it."""


class CommandFailed(Error):
    """A plugin could not be composed. The message is that of `filemap plug`."""


class PluginFailed(Error, subprocess.CalledProcessError):
    """The plugin, or its start, failed, and `check` was true.

    It has the attributes of `subprocess.CalledProcessError`: `returncode`, `cmd`, `stdout` and
    `stderr`.
    """

    def __str__(self) -> str:
        return f"{_name(self)} failed with code {self.returncode}{_last_words(self.stderr)}"


class PluginTrapped(PluginFailed):
    """The plugin trapped, for example by a panic or by `abort`, and `check` was true."""

    def __str__(self) -> str:
        return f"{_name(self)} trapped{_last_words(self.stderr)}"


class PluginTimeout(Error, subprocess.TimeoutExpired):
    """The plugin ran longer than `timeout` seconds and was ended.

    It has the attributes of `subprocess.TimeoutExpired`: `cmd`, `timeout`, `stdout` and `stderr`,
    with the output until then.
    """

    def __str__(self) -> str:
        return f"{_name(self)} was ended: it ran longer than {self.timeout} s"


def _name(error: subprocess.CalledProcessError | subprocess.TimeoutExpired) -> str:
    """Returns the plugin's name, which is its first argument, and the other arguments."""
    name, *arguments = error.cmd
    return f"the plugin `{name}`" + (f" ({shlex.join(arguments)})" if arguments else "")


def _last_words(stderr: str | bytes | None) -> str:
    """Returns what the plugin wrote to standard error, if that was captured."""
    if isinstance(stderr, bytes):
        stderr = stderr.decode(errors="replace")
    return f":\n{stderr.rstrip()}" if stderr and stderr.strip() else ""
