"""Uses that `mypy --strict` accepts, and mistakes that it finds: an unused `ignore` is an error."""

from pathlib import Path
from subprocess import CompletedProcess

import filemap
from typing_extensions import assert_type

binary = filemap.run("plugin.wasm", dirs="data", input=b"bytes")
assert_type(binary, CompletedProcess[bytes])
text = filemap.run(Path("plugin.wasm"), text=True, dirs_ro={"dem": Path("data")}, timeout=1.5)
assert_type(text, CompletedProcess[str])
filemap.run("plugin.wasm", dirs=["a", Path("b")], env={"A": "1"}, args=["x"], max_memory=1 << 30)
assert_type(filemap.plug("plugin.wasm", "plugged.wasm", backend="portable"), bytes)
assert_type(filemap.component(), bytes)
assert_type(filemap.wit(Path("wit")), str)

filemap.run("plugin.wasm", "argument")  # type: ignore[call-overload]
filemap.run("plugin.wasm", dir="data")  # type: ignore[call-overload]
filemap.run("plugin.wasm", dirs=1)  # type: ignore[call-overload]
filemap.run("plugin.wasm", input="text")  # type: ignore[call-overload]
filemap.run("plugin.wasm", text=True, input=b"bytes")  # type: ignore[call-overload]
filemap.run("plugin.wasm", max_memory="1GiB")  # type: ignore[call-overload]
filemap.run("plugin.wasm", backend="fast")  # type: ignore[call-overload]
filemap.plug()  # type: ignore[call-arg]
