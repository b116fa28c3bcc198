"""`run`: runs a plugin."""

from __future__ import annotations

import errno
import math
import operator
import os
import stat
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, Literal, TypedDict, Union, overload

from . import _backends
from ._backends import Backend
from ._errors import PluginFailed, PluginTimeout, PluginTrapped, Unsupported
from ._plug import check_component

if TYPE_CHECKING:
    from typing_extensions import Unpack

PathLike = Union[str, "os.PathLike[str]"]

Dirs = Union[PathLike, Iterable[PathLike], Mapping[str, PathLike]]
"""Granted directories: paths, or a mapping from the plugin's names to paths."""

Stream = Union[int, IO[Any], None]

# Exit codes of `filemap run`. The plugin's own are 0 and 1.
_USAGE, _TIMEOUT, _TRAP = 2, 124, 134


class Limits(TypedDict, total=False):
    """The options of `run` that limit a plugin."""

    timeout: float | None
    max_memory: int | None
    max_handles: int | None
    max_files: int | None
    max_mapped: int | None
    max_private: int | None
    max_index: int | None
    max_dtypes: int | None
    max_windows: int | None
    max_stored_bytes: int | None
    max_stored_keys: int | None
    max_file_size: int | None
    max_scanned: int | None
    max_touched_pages: int | None
    max_page_tables: int | None
    max_threads: int | None
    max_resources: int | None
    max_descriptors: int | None
    fuel: int | None


class _Options(Limits, total=False):
    """The options of `run` that do not change the type of its result."""

    dirs: Dirs
    dirs_ro: Dirs
    args: Sequence[str]
    env: Mapping[str, str] | None
    map: bool
    capture_output: bool
    stdin: Stream
    stdout: Stream
    stderr: Stream
    check: bool
    backend: Backend | None


@overload
def run(
    plugin: PathLike,
    *,
    text: Literal[False] = False,
    input: bytes | None = None,
    **options: Unpack[_Options],
) -> subprocess.CompletedProcess[bytes]: ...


@overload
def run(
    plugin: PathLike,
    *,
    text: Literal[True],
    input: str | None = None,
    **options: Unpack[_Options],
) -> subprocess.CompletedProcess[str]: ...


def run(
    plugin: PathLike,
    *,
    dirs: Dirs = (),
    dirs_ro: Dirs = (),
    args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    map: bool = False,
    input: str | bytes | None = None,
    capture_output: bool = False,
    text: bool = False,
    stdin: Stream = None,
    stdout: Stream = None,
    stderr: Stream = None,
    check: bool = False,
    backend: Backend | None = None,
    timeout: float | None = None,
    max_memory: int | None = None,
    max_handles: int | None = None,
    max_files: int | None = None,
    max_mapped: int | None = None,
    max_private: int | None = None,
    max_index: int | None = None,
    max_dtypes: int | None = None,
    max_windows: int | None = None,
    max_stored_bytes: int | None = None,
    max_stored_keys: int | None = None,
    max_file_size: int | None = None,
    max_scanned: int | None = None,
    max_touched_pages: int | None = None,
    max_page_tables: int | None = None,
    max_threads: int | None = None,
    max_resources: int | None = None,
    max_descriptors: int | None = None,
    fuel: int | None = None,
) -> subprocess.CompletedProcess[Any]:
    """Runs a plugin in a sandbox, in a process of its own, and returns when it has ended.

    The plugin is the file of a WebAssembly component that exports `wasi:cli/run`. It sees these
    directories and variables, its arguments, and standard input, output and error; no other files,
    no network and no environment.

    - `dirs` and `dirs_ro` grant directories, the latter for reading only. They are one path, or
      paths, which the plugin opens by the same words, or a mapping from the name that the plugin
      opens to the path here.
    - `args` are the plugin's arguments, and `env` its variables.
    - `map` lets the plugin map files into its own memory, without copies. Use it only if you trust
      every process that can write to the granted directories.
    - `input`, `capture_output`, `text`, `stdin`, `stdout`, `stderr` and `check` are those of
      `subprocess.run`. `text` means UTF-8.
    - `backend` is `"native"` (the command `filemap`, on Linux) or `"portable"` (Wasmtime for
      Python). By default it is the native one if it is installed. The portable one composes a
      plugin that is not plugged before each run; `plug` does it once.
    - `timeout`, in seconds from the end of the compilation, ends the plugin whatever it does.
      Stores keep the old or the new value of each key. Natively, the plugin also ends when this
      process is killed.
    - `max_memory` is the memory that the plugin can have, in bytes: natively its memories and
      tables together, 4 GiB by default, portably each of its memories. A plugin that asks for more
      does not get it.
    - The other limits are those of `filemap run`: `max_handles`, `max_files`, `max_windows`,
      `max_stored_keys`, `max_touched_pages` and `max_page_tables` count, `max_mapped`,
      `max_private`, `max_index`, `max_dtypes`, `max_stored_bytes`, `max_file_size` and
      `max_scanned` are bytes. A call of the plugin that exceeds one fails with `limit-exceeded`.
      `max_file_size` holds for files that the plugin writes without filemap too, and
      `max_descriptors` is the number of file descriptors of its process. Only the native backend
      has them.
    - `max_threads` is the number of threads in which one `reduce` computes. By default it is 1.
      Only the native backend has it.
    - A plugin with more resources of WASI and filemap than `max_resources` traps, and one that has
      executed about `fuel` instructions is ended. Only the native backend has them.

    The result is that of `subprocess.run`; its `args` are the plugin and its arguments. The
    `returncode` is 0, or 1 if the plugin or its start failed, or 125 if it used up its `fuel`, or
    134 if it trapped.

    Raises:
        PluginFailed, PluginTrapped: the code is not 0, and `check` is true.
        PluginTimeout: the plugin ran longer than `timeout`.
        OSError: the plugin or a directory cannot be opened: `FileNotFoundError`,
            `NotADirectoryError`, and so on.
        ValueError: the file is not a component, or an argument cannot be passed on.
        Unsupported: the portable backend does not have the option.
        BackendMissing: the backend is not installed.
    """
    limits = {
        "max_handles": max_handles,
        "max_files": max_files,
        "max_mapped": max_mapped,
        "max_private": max_private,
        "max_index": max_index,
        "max_dtypes": max_dtypes,
        "max_windows": max_windows,
        "max_stored_bytes": max_stored_bytes,
        "max_stored_keys": max_stored_keys,
        "max_file_size": max_file_size,
        "max_scanned": max_scanned,
        "max_touched_pages": max_touched_pages,
        "max_page_tables": max_page_tables,
        "max_threads": max_threads,
        "max_resources": max_resources,
        "max_descriptors": max_descriptors,
        "fuel": fuel,
    }
    chosen, command = _backends.choose(backend)
    if chosen == "portable":
        _check_portable(map, limits)
    else:
        # Else a plugin would outlive a process that is killed, and keep its stores locked.
        limits["parent"] = os.getpid()
    limits["max_memory"] = max_memory
    words = [os.fspath(plugin), *args]
    check_component(words[0])
    command += ["run", *_grants("--dir", dirs), *_grants("--dir-ro", dirs_ro), *_variables(env)]
    command += ["--map"] if map else []
    command += _limits(timeout, limits)
    for word in words:
        _check_word("argument", word)
    streams: dict[str, Any] = {"input": input, "stdout": stdout, "stderr": stderr}
    if stdin is not None:  # `subprocess.run` refuses `input` beside `stdin=None`.
        streams["stdin"] = stdin
    result = subprocess.run(
        [*command, "--", *words],
        capture_output=capture_output,
        encoding="utf-8" if text else None,
        check=False,
        **streams,
    )
    result.args = words
    return _judge(result, timeout, check)


def _judge(
    result: subprocess.CompletedProcess[Any], timeout: float | None, check: bool
) -> subprocess.CompletedProcess[Any]:
    """Returns the result, or raises what its code means."""
    code, output, errors = result.returncode, result.stdout, result.stderr
    if code == _TIMEOUT and timeout is not None:
        raise PluginTimeout(result.args, timeout, output, errors)
    if code == _USAGE:
        detail = errors.decode(errors="replace") if isinstance(errors, bytes) else errors
        raise ValueError(f"filemap refuses the options; {detail or 'standard error says why'}")
    if check and code != 0:
        kind = PluginTrapped if code == _TRAP else PluginFailed
        raise kind(code, result.args, output, errors)
    return result


def _check_portable(map: bool, limits: Mapping[str, int | None]) -> None:
    if map:
        raise Unsupported(
            "`map` needs the native backend: the portable one reads and writes files through WASI, "
            "which cannot map them"
        )
    given = [name for name, limit in limits.items() if limit is not None]
    if given:
        raise Unsupported(
            f"`{given[0]}` needs the native backend: the portable provider lives in the plugin's "
            "own memory and uses its files, so `max_memory` and a quota of the disk limit it"
        )


def _grants(option: str, dirs: Dirs) -> list[str]:
    """Returns the options that grant directories, all of which exist."""
    pairs: list[tuple[str, PathLike]]
    if isinstance(dirs, (str, os.PathLike)):
        pairs = [(os.fspath(dirs), dirs)]
    elif isinstance(dirs, Mapping):
        pairs = list(dirs.items())
    else:
        pairs = [(os.fspath(path), path) for path in dirs]
    words = []
    for guest, path in pairs:
        host = os.fspath(path)
        if not stat.S_ISDIR(os.stat(host).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "cannot grant it: not a directory", host)
        for name in (host, guest):
            _check_word("directory", name)
            if not name or "::" in name:
                raise ValueError(
                    f"cannot grant {name!r}: the name of a directory is not empty and has no `::`"
                )
        words += [option, f"{host}::{guest}"]
    return words


def _variables(env: Mapping[str, str] | None) -> list[str]:
    words = []
    for name, value in (env or {}).items():
        if not name or "=" in name:
            raise ValueError(f"{name!r} is not the name of a variable: it is empty or has a `=`")
        _check_word("variable", name + value)
        words += ["--env", f"{name}={value}"]
    return words


def _limits(timeout: float | None, limits: Mapping[str, int | None]) -> list[str]:
    words = []
    if timeout is not None:
        if not (timeout > 0 and math.isfinite(timeout)):
            raise ValueError(f"`timeout` is {timeout}: give a positive number of seconds")
        words += ["--timeout", format(timeout, "f")]
    for name, limit in limits.items():
        if limit is not None:
            number = operator.index(limit)
            if not 0 <= number < 1 << 64:
                raise ValueError(f"`{name}` is {number}: give a number from 0 to 2**64 - 1")
            words += [f"--{name.replace('_', '-')}", str(number)]
    return words


def _check_word(what: str, word: str) -> None:
    """Raises `ValueError` unless a word can be passed to a plugin, whose strings are Unicode."""
    try:
        word.encode()
    except UnicodeEncodeError:
        problem = "is not Unicode"
    else:
        if "\0" not in word:
            return
        problem = "has a NUL"
    raise ValueError(f"cannot pass the {what} {word!r} to a plugin: it {problem}")
