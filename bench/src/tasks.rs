//! What is measured, and the ways to do it.

use std::path::Path;

use crate::data::{NUMBERS, READ, WRITTEN, WRITTEN_BYTES};
use crate::host::{Host, Provider, Waiting};
use crate::measured::{Run, Task};
use crate::others::{native, numpy};

/// The arguments of the plugin: `TASK WAY PATH`.
type Arguments = [&'static str; 3];

/// The sum of all numbers.
pub(crate) fn sums<'a>(host: &'a Host, python: &'a Path, file: &'a Path) -> Task<'a> {
    let mapping = run(host, Provider::Mapping, Waiting::Inline, ["sum", "map", READ]);
    let elsewhere = run(host, Provider::Native, Waiting::Elsewhere, ["sum", "std", READ]);
    Task {
        name: "1 GiB of float64, summed",
        bytes: NUMBERS * 8,
        contenders: vec![
            ("plugin, the file's pages in its memory", mapping),
            ("numpy.memmap(...).sum()", Box::new(|| numpy(python, file))),
            ("the plugin's loop natively, over mmap", Box::new(|| native(file))),
            ("plugin, std::fs, WASI as wasmtime-wasi has it by default", elsewhere),
            (
                "plugin, std::fs, WASI that may wait on the plugin's thread",
                inline(host, ["sum", "std", READ]),
            ),
            ("plugin, read-bytes of the native provider", inline(host, ["sum", "lists", READ])),
        ],
    }
}

/// Much data at once: through streams, by lists, and by the plugin's own standard library.
pub(crate) fn bulk(host: &Host) -> [Task<'_>; 4] {
    let lists_and_streams = |name, bytes, task, path| Task {
        name,
        bytes,
        contenders: vec![
            ("std::fs", inline(host, [task, "std", path])),
            ("native provider, streams", inline(host, [task, "streams", path])),
            ("native provider, lists", inline(host, [task, "lists", path])),
            ("portable provider, streams", portable(host, [task, "streams", path])),
            ("portable provider, lists", portable(host, [task, "lists", path])),
        ],
    };
    let copies = |name, task| Task {
        name,
        bytes: NUMBERS * 8,
        contenders: vec![
            ("std::fs", inline(host, [task, "std", READ])),
            ("native provider, where no pages are placed", inline(host, [task, "filemap", READ])),
            ("portable provider", portable(host, [task, "filemap", READ])),
        ],
    };
    [
        lists_and_streams("1 GiB, read in pieces of 1 MiB", NUMBERS * 8, "read", READ),
        lists_and_streams("256 MiB, written in pieces of 1 MiB", WRITTEN_BYTES, "write", WRITTEN),
        copies("1 GiB, as memory (`map`)", "map"),
        copies("1 GiB, as memory, 8 MiB at a time (`windows`)", "windows"),
    ]
}

fn inline(host: &Host, arguments: Arguments) -> Run<'_> {
    run(host, Provider::Native, Waiting::Inline, arguments)
}

fn portable(host: &Host, arguments: Arguments) -> Run<'_> {
    run(host, Provider::Portable, Waiting::Inline, arguments)
}

fn run(host: &Host, provider: Provider, waiting: Waiting, arguments: Arguments) -> Run<'_> {
    Box::new(move || host.run(provider, waiting, &arguments))
}
