//! The tasks, and the ways to do them.

use std::path::Path;

use crate::alternatives::{native, numpy};
use crate::data::{NUMBERS, READ, WRITTEN, WRITTEN_BYTES};
use crate::host::{Blocking, Host, Provider};
use crate::measurement::{Run, Task};

/// The arguments of the plugin: `TASK WAY PATH`.
type Arguments = [&'static str; 3];

/// Returns the task to sum all numbers.
pub(crate) fn sums<'a>(host: &'a Host, python: &'a Path, file: &'a Path) -> Task<'a> {
    let mapping = run(host, Provider::Mapping, Blocking::PluginThread, ["sum", "map", READ]);
    let on_pool = run(host, Provider::Native, Blocking::ThreadPool, ["sum", "std", READ]);
    Task {
        name: "1 GiB of float64, summed",
        bytes: NUMBERS * 8,
        candidates: vec![
            ("plugin, file mapped into its memory", mapping),
            ("numpy.memmap(...).sum()", Box::new(|| numpy(python, file))),
            ("the plugin's loop natively, over mmap", Box::new(|| native(file))),
            ("plugin, std::fs, WASI on a pool of threads (the default)", on_pool),
            (
                "plugin, std::fs, WASI on the plugin's thread",
                native_provider(host, ["sum", "std", READ]),
            ),
            (
                "plugin, read-bytes of the native provider",
                native_provider(host, ["sum", "lists", READ]),
            ),
        ],
    }
}

/// Returns the tasks to move much data: through streams, by lists, and by the standard library.
pub(crate) fn bulk(host: &Host) -> [Task<'_>; 4] {
    let lists_and_streams = |name, bytes, task, path| Task {
        name,
        bytes,
        candidates: vec![
            ("std::fs", native_provider(host, [task, "std", path])),
            ("native provider, streams", native_provider(host, [task, "streams", path])),
            ("native provider, lists", native_provider(host, [task, "lists", path])),
            ("portable provider, streams", portable_provider(host, [task, "streams", path])),
            ("portable provider, lists", portable_provider(host, [task, "lists", path])),
        ],
    };
    let copies = |name, task| Task {
        name,
        bytes: NUMBERS * 8,
        candidates: vec![
            ("std::fs", native_provider(host, [task, "std", READ])),
            (
                "native provider, without mapping into memory",
                native_provider(host, [task, "filemap", READ]),
            ),
            ("portable provider", portable_provider(host, [task, "filemap", READ])),
        ],
    };
    [
        lists_and_streams("1 GiB, read in pieces of 1 MiB", NUMBERS * 8, "read", READ),
        lists_and_streams("256 MiB, written in pieces of 1 MiB", WRITTEN_BYTES, "write", WRITTEN),
        copies("1 GiB, as memory (`map`)", "map"),
        copies("1 GiB, as memory, 8 MiB at a time (`windows`)", "windows"),
    ]
}

fn native_provider(host: &Host, arguments: Arguments) -> Run<'_> {
    run(host, Provider::Native, Blocking::PluginThread, arguments)
}

fn portable_provider(host: &Host, arguments: Arguments) -> Run<'_> {
    run(host, Provider::Portable, Blocking::PluginThread, arguments)
}

fn run(host: &Host, provider: Provider, blocking: Blocking, arguments: Arguments) -> Run<'_> {
    Box::new(move || host.run(provider, blocking, &arguments))
}
