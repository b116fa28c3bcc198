//! Tables about arrays.

use super::size_name;
use crate::bench::{Bench, Work};
use crate::input::Input;
use crate::table::{Row, Table};
use crate::way::Way::{
    self, Floor, Mapped, Mapping, Native, NativeLists, NativeThreads, Numpy, Portable,
    PortableLists, Standard, StandardOnPool,
};
use bench_works::job::COLUMNS;

pub(super) fn tables(bench: &Bench) -> Vec<Table<'_>> {
    vec![
        open(bench),
        random(bench),
        gathers(bench),
        reductions(bench),
        bulk(bench),
        lists(bench),
        create(bench),
        growth(bench),
    ]
}

fn open(bench: &Bench) -> Table<'_> {
    let mut table = Table::new("open-array", "Open an array", "Time to open and to close.");
    let count = bench.scale.count(2000);
    for (name, work, input) in
        [("raw", "open-array", Input::Numbers), (".npy", "open-npy", Input::Npy)]
    {
        let row = Row::new(bench, name, Work { name: work, input, size: 0, count });
        let floor = if work == "open-array" { &[Standard, Floor][..] } else { &[] };
        let row = row.ways(&[Native, Mapping, Portable]).ways(floor);
        table.tasks.push(row.ways(&[Numpy]).against("numpy"));
    }
    table
}

fn random(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "random",
        "Random access",
        "Time of one call that copies a slice at a random place of a large file, or that reads \
         one `float64`.",
    );
    let count = bench.scale.count(20_000);
    for (name, work, size) in [
        ("slice of 4 KiB", "slices", 4096),
        ("slice of 8 B", "slices", 8),
        ("element", "elements", 0),
    ] {
        let row = Row::new(bench, name, Work { name: work, input: Input::Numbers, size, count });
        let ways = [Native, Mapping, Portable, Standard, StandardOnPool, Numpy, Floor, Mapped];
        table.tasks.push(row.ways(&ways).against("numpy"));
    }
    table
}

fn gathers(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "gather",
        "Rows, columns and elements of a large matrix",
        "Time of the whole call, for `float32` and rows of 384: 10,000 random rows, one column, \
         100,000 random elements of an array with three axes, and 10,000 random rows written.",
    );
    let scale = &bench.scale;
    let ways = [Native, Mapping, Portable, Standard, Numpy, Floor, Mapped];
    for (name, work, input, size, count) in [
        ("take rows", "rows", Input::Numbers, scale.rows, 10_000),
        ("column", "column", Input::Numbers, scale.rows, 1),
        ("gather, 3 axes", "gather", Input::Numbers, scale.planes(), 100_000),
        ("put rows", "put-rows", Input::Written, scale.rows, 10_000),
    ] {
        let count = scale.count(count);
        let row = Row::new(bench, name, Work { name: work, input, size, count }).operations(1);
        let ways = if work == "put-rows" { &ways[..6] } else { &ways[..] };
        table.tasks.push(row.ways(ways).against("numpy"));
    }
    table
}

fn reductions(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "reduce",
        "Reductions",
        "Time of the whole call over a large file. numpy's own functions are compiled C with \
         vector instructions.",
    );
    let scale = &bench.scale;
    let (all, matrix) = (scale.numbers * 8, scale.rows * COLUMNS * 4);
    for (name, work, bytes) in [
        ("sum of float64", "reduce-sum", all),
        ("max of float64", "reduce-max", all),
        ("var of float64", "reduce-var", all),
        ("sum of float32, axis 0", "reduce-sum-0", matrix),
        ("mean of float32, axis 1", "reduce-mean-1", matrix),
    ] {
        let work = Work { name: work, input: Input::Numbers, size: scale.rows, count: 1 };
        let row = Row::new(bench, name, work).bytes(bytes);
        let ways = [Native, NativeThreads, Mapping, Portable, Numpy];
        table.tasks.push(row.ways(&ways).against("numpy"));
    }
    table
}

fn bulk(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "bulk",
        "Whole files",
        "Time to read a large file, or to write it and to sync it: in pieces of 1 MiB into the \
         same memory, as one piece of memory (`map`), in windows of 8 MiB (`windows`), and as \
         memory in which `float64` are summed.",
    );
    let scale = &bench.scale;
    let peers = [Native, Mapping, Portable, Standard, StandardOnPool];
    for (name, work, input, native) in [
        ("read in pieces", "read", Input::Numbers, &[Numpy, Floor, Mapped][..]),
        ("write in pieces, flush", "write", Input::Written, &[Numpy, Floor, Mapped]),
        ("map", "map", Input::Numbers, &[]),
        ("windows", "windows", Input::Numbers, &[]),
        ("map and sum", "sum", Input::Numbers, &[Numpy, Floor, Mapped]),
    ] {
        let (size, reference) =
            (scale.written, if native.is_empty() { "std::fs" } else { "numpy" });
        let bytes = if work == "write" { size } else { scale.numbers * 8 };
        let row = Row::new(bench, name, Work { name: work, input, size, count: 1 }).bytes(bytes);
        table.tasks.push(row.ways(&peers).ways(native).against(reference));
    }
    table
}

fn lists(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "lists",
        "Streams and lists",
        "The crate `filemap-plugin` moves large data by streams. Other plugins may call the \
         functions of the WIT that take and return lists.",
    );
    let scale = &bench.scale;
    for (name, work, input, bytes) in [
        ("read in pieces", "read", Input::Numbers, scale.numbers * 8),
        ("write in pieces", "write", Input::Written, scale.written),
    ] {
        let work = Work { name: work, input, size: scale.written, count: 1 };
        let ways = [Native, NativeLists, Portable, PortableLists, Standard];
        let row = Row::new(bench, name, work).bytes(bytes).ways(&ways);
        table.tasks.push(row.against("std::fs"));
    }
    table
}

fn create(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "create",
        "Create a file",
        "Time to create an array (`w+`) on the disk. The native provider reserves the space, so \
         that writing into mapped pages cannot fail.",
    )
    .grows("size in bytes");
    for mebibytes in [1, 256, 100 << 10] {
        let (name, bytes) =
            (size_name((mebibytes as u64) << 20), ((mebibytes as u64) << 20) as f64);
        let work = Work { name: "create", input: Input::NewFile, size: mebibytes, count: 1 };
        let row = Row::new(bench, name, work).at(bytes);
        let native: &[Way] = if mebibytes > 256 { &[] } else { &[Native] };
        table.tasks.push(row.ways(native).ways(&[Portable, Standard, Numpy]).against("numpy"));
    }
    table
}

fn growth(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "file-size",
        "Random access, by the size of the file",
        "Time to copy 4 KiB at a random place of a file without blocks, which has to be opened \
         before.",
    )
    .grows("size of the file in bytes");
    for &bytes in bench.scale.files {
        // A page of a mapped file that is not in memory costs milliseconds.
        let count = bench.scale.count(if bytes < 1 << 30 { 2000 } else { 200 });
        let work = Work { name: "slices", input: Input::Sparse(bytes), size: 4096, count };
        let row = Row::new(bench, size_name(bytes), work).at(bytes as f64);
        let ways = [Native, Mapping, Portable, Standard, Numpy];
        table.tasks.push(row.ways(&ways).against("numpy"));
    }
    table
}
