"""Runs a plugged plugin: `python host.py PLUGIN.wasm MODEL-FOLDER RESULTS-FOLDER`."""

import sys
from pathlib import Path

from wasmtime import Config, Engine, ExitTrap, Store, WasiConfig
from wasmtime.component import Component, Linker

plugin, model, results = sys.argv[1:]
config = Config()
config.cache = True
engine = Engine(config)
component = Component(engine, Path(plugin).read_bytes())

wasi = WasiConfig()
wasi.argv = [plugin]
wasi.inherit_stdout()
wasi.inherit_stderr()
wasi.preopen_dir(model, "dem", fs_mutable=False)
wasi.preopen_dir(results, "results")
store = Store(engine)
store.set_wasi(wasi)

linker = Linker(engine)
linker.add_wasip2()
instance = linker.instantiate(store, component)
# Each version of WASI 0.2 is another name: `wasi:cli/run@0.2.0`, `wasi:cli/run@0.2.6`...
names = component.type.exports(engine)
interface = next(name for name in names if name.startswith("wasi:cli/run@0.2."))
index = instance.get_export_index(store, "run", instance.get_export_index(store, interface))
try:
    failed = instance.get_func(store, index)(store).tag == "err"
except ExitTrap as ended:
    failed = ended.code != 0
sys.exit(failed)
