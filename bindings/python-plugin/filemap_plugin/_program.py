"""The plugin as a program: what `if __name__ == "__main__"` is to a script."""

import linecache
import sys
import traceback
from collections.abc import Callable
from typing import TypeVar

from ._wit import Err, exports

Main = TypeVar("Main", bound=Callable[[], object])


def program(main: Main) -> Main:
    """Makes a function the program that `filemap run` starts. Use it once, in the module that
    componentize-py builds:

        @program
        def main() -> None: ...

    `sys.argv` has the name of the plugin and the arguments, `os.environ` the variables of `--env`.
    The result is used as by `sys.exit(main())`: `None` and 0 are success. Any other number is
    the exit code 1, because WASI 0.2 has no other, and any other object is printed to the standard
    error. An exception that is not caught is printed as Python does, and ends the program with
    the exit code 1.

    componentize-py runs the module when it builds the plugin, and imports everything that is to
    be in it. So `import` belongs at the top of the file: in a function it finds only what has been
    imported before.
    """

    class Run(exports.Run):
        def run(self) -> None:
            if not _succeeds(main):
                raise Err(None)

    # componentize-py looks for the class in the module that it builds.
    main.__globals__["Run"] = Run
    _keep_sources()
    return main


def _succeeds(main: Callable[[], object]) -> bool:
    """Runs a program and tells whether it succeeded."""
    try:
        result = main()
        sys.stdout.flush()
    except SystemExit as exit:
        result = exit.code
    except BrokenPipeError:
        # The reader of the output has closed the pipe: `filemap run plugin.wasm | head -1`.
        return False
    except BaseException as error:
        if isinstance(error, ImportError):
            error.add_note(
                "a plugin has only the modules that were imported when it was built: "
                "import at the top of the file"
            )
        traceback.print_exc()
        return False
    if result is None or isinstance(result, int):
        return not result
    print(result, file=sys.stderr)
    return False


def _keep_sources() -> None:
    """Keeps the text of the modules that are not of Python itself, because their files are not
    there when the plugin runs, and a traceback shows their lines."""
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        if name and not name.startswith(("/python/", "/world/", "/bundled/")):
            lines = linecache.getlines(name)
            # Without a time, `linecache` does not look whether the file has changed.
            linecache.cache[name] = (sum(map(len, lines)), None, lines, name)
