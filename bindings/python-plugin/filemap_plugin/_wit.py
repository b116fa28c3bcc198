"""The bindings that componentize-py generates from the WIT package when it builds a plugin."""

try:
    from componentize_py_types import Err as Err
    from wit_world import exports as exports
    from wit_world.imports import array as array
    from wit_world.imports import errors as errors
    from wit_world.imports import store as store
except ModuleNotFoundError as error:
    raise ImportError(
        "filemap_plugin works only in a plugin, which `componentize-py componentize` builds; "
        "a program in CPython opens the same files with numpy and zict"
    ) from error

MAX_CALL = 128 << 20
"""The bytes that one call moves at most."""

U64 = range(1 << 64)
S64 = range(-(1 << 63), 1 << 63)
