"""The commands `run` and `plug` of `filemap`, over Wasmtime for Python.

`run` and `plug` start this file in a process of its own: so a plugin can be ended at any time, and
its standard input and output are those of a process.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wasmtime import Config, Engine, ExitTrap, Store, WasiConfig, WasmtimeError
from wasmtime.component import Component, Linker

_ERROR, _TIMEOUT, _TRAP = 1, 124, 134

# The interface of programs, of whichever version of WASI 0.2.
_RUN = "wasi:cli/run@0.2."


def main() -> int:
    """Runs the command that the arguments of this process name, and returns its exit code."""
    # Python would wait for the end of the plugin before it handles the signal.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parser = argparse.ArgumentParser(prog="filemap", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", allow_abbrev=False)
    run.add_argument("--dir", action="append", default=[])
    run.add_argument("--dir-ro", action="append", default=[])
    run.add_argument("--env", action="append", default=[])
    run.add_argument("--timeout", type=float)
    run.add_argument("--max-memory", type=int)
    commands.add_parser("plug", allow_abbrev=False)
    # The plugin's own arguments follow `--`, and `argparse` must not read them.
    end = sys.argv.index("--")
    options, words = parser.parse_args(sys.argv[1:end]), sys.argv[end + 1 :]
    if options.command == "plug":
        return _plug(words[0])
    return _run(options, words)


def _run(options: argparse.Namespace, words: list[str]) -> int:
    name, engine = words[0], _engine()
    wasi = WasiConfig()
    wasi.argv = words
    wasi.env = [variable.split("=", 1) for variable in options.env]
    wasi.inherit_stdin()
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    for grants, writable in ((options.dir, True), (options.dir_ro, False)):
        for grant in grants:
            host, guest = grant.split("::")
            try:
                wasi.preopen_dir(host, guest, writable)
            except WasmtimeError as error:
                return _fail(f"failed to grant `{host}`: {error}")
    try:
        with _progress(f"compiling `{name}` for the cache"):
            plugin = Path(name).read_bytes()
            if _imports_filemap(plugin):
                plugin = _composed(engine, name)
            component = Component(engine, plugin)
    except (OSError, WasmtimeError) as error:
        return _fail(f"failed to load `{name}`: {error}")
    if options.timeout is not None:
        clock = threading.Timer(options.timeout, _end, (name, options.timeout))
        clock.daemon = True
        clock.start()
    store = Store(engine)
    store.set_wasi(wasi)
    if options.max_memory is not None:
        # Wasmtime takes a signed number, and no memory is larger than that.
        store.set_limits(memory_size=min(options.max_memory, (1 << 63) - 1))
    try:
        start = _start(engine, store, component)
    except (WasmtimeError, LookupError) as error:
        return _fail(f"failed to start `{name}`: {error}")
    try:
        return start()
    except WasmtimeError as error:
        _fail(f"the plugin `{name}` trapped: {error}")
        return _TRAP


def _plug(name: str) -> int:
    try:
        composed = _composed(_engine(), name)
    except (OSError, WasmtimeError) as error:
        return _fail(f"failed to plug `{name}`: {error}")
    sys.stdout.buffer.write(composed)
    return 0


def _composed(engine: Engine, name: str) -> bytes:
    """Composes a plugin with the portable component, by the program `plug.wasm`."""
    package, output, errors = Path(__file__).parent, bytearray(), bytearray()
    wasi = WasiConfig()
    wasi.argv = ["plug", "package/component.wasm", "package/keyvalue.wasm"]
    wasi.preopen_dir(str(package), "package", False)
    wasi.stdin_file = name
    wasi.stdout_custom = output.extend
    wasi.stderr_custom = errors.extend
    store = Store(engine)
    store.set_wasi(wasi)
    component = Component(engine, (package / "plug.wasm").read_bytes())
    if _start(engine, store, component)() != 0:
        raise WasmtimeError(errors.decode().strip().removeprefix("Error: "))
    return bytes(output)


def _engine() -> Engine:
    """Returns an engine that caches compiled code in the user's cache folder."""
    config = Config()
    try:
        config.cache = True
    except WasmtimeError as error:
        print(f"warning: compiled code is not cached: {error}", file=sys.stderr)
    return Engine(config)


def _start(engine: Engine, store: Store, component: Component) -> Callable[[], int]:
    """Instantiates a program, and returns the function that runs it to its exit code."""
    linker = Linker(engine)
    linker.add_wasip2()
    instance = linker.instantiate(store, component)
    interfaces = [name for name in component.type.exports(engine) if name.startswith(_RUN)]
    interface = instance.get_export_index(store, interfaces[0]) if interfaces else None
    index = instance.get_export_index(store, "run", interface) if interface else None
    function = instance.get_func(store, index) if index else None
    if function is None:
        raise LookupError(f"it does not export `{_RUN}0`: build it as a program")
    call = function

    def run() -> int:
        try:
            result = call(store)
        except ExitTrap as ended:
            return ended.code
        return _ERROR if result.tag == "err" else 0

    return run


def _imports_filemap(component: bytes) -> bool:
    """Whether a component imports `filemap:data`, and not only a component inside it."""
    at = 8
    try:
        while at < len(component):
            kind, at = component[at], at + 1
            size = shift = 0
            while True:
                byte, at = component[at], at + 1
                size |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    break
            # The section of imports.
            if kind == 10 and b"filemap:data/" in component[at : at + size]:
                return True
            at += size
    except IndexError:
        pass  # The file is damaged, and Wasmtime says how.
    return False


@contextmanager
def _progress(message: str) -> Iterator[None]:
    """Shows what takes long, on a terminal, until it is done."""
    if not sys.stderr.isatty():
        yield
        return
    print(message, end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        # Back to the start of the line, and clear it.
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _end(name: str, seconds: float) -> None:
    """Ends this process, whatever the plugin does."""
    message = f"the plugin `{name}` was ended: it ran longer than {seconds:g} s (`--timeout`)\n"
    # If standard error is a pipe that is full, the message is never written.
    writer = threading.Thread(target=os.write, args=(2, message.encode()), daemon=True)
    writer.start()
    writer.join(1)
    os._exit(_TIMEOUT)


def _fail(message: str) -> int:
    print(message, file=sys.stderr, flush=True)
    return _ERROR


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Without Python's own end, which would end a thread of Wasmtime that calls it meanwhile, and
    # Wasmtime would abort.
    os._exit(code)
