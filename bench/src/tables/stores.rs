//! Tables about stores.

use super::size_name;
use crate::bench::{Bench, Work};
use crate::input::Input;
use crate::measurement::Task;
use crate::table::{Row, Table};
use crate::way::Way;

/// The ways to use a store.
const WAYS: [Way; 6] =
    [Way::Native, Way::Portable, Way::Standard, Way::StandardOnPool, Way::Zict, Way::Floor];

/// The sizes of values, and how many are written.
const VALUES: [(usize, usize); 5] =
    [(100, 2000), (4 << 10, 2000), (64 << 10, 1000), (1 << 20, 100), (64 << 20, 2)];

pub(super) fn tables(bench: &Bench) -> Vec<Table<'_>> {
    let by_size = |name, title, text, work| {
        let mut table = Table::new(name, title, text).grows("size of a value in bytes");
        let values = VALUES.iter().filter(|&&(size, _)| size <= bench.scale.value);
        table.tasks = values.map(|&value| by_value(bench, value, work)).collect();
        table
    };
    vec![
        by_size(
            "set",
            "Set a new key",
            "Time of one `set` into a store in memory, without syncing. The standard library \
             writes a temporary file and renames it, which is the floor of an atomic write; zict \
             writes in place.",
            "set",
        ),
        by_size(
            "overwrite",
            "Replace the value of a key",
            "As before, with a key that has a value already.",
            "overwrite",
        ),
        by_size("get", "Get a value", "Time of one `get`.", "get"),
        by_size("remove", "Remove a key", "Time of one removal.", "remove"),
        get_many(bench),
        iteration(bench),
        durability(bench),
        growth(
            bench,
            Table::new("open-store", "Open a store", "Time to open a store and to count its keys."),
            Work { name: "open-store", input: Input::Fresh, size: 0, count: 1 },
        ),
        growth(
            bench,
            Table::new("set-keys", "Set a new key, by the number of keys", "Values of 100 bytes."),
            Work { name: "set", input: Input::Fresh, size: 100, count: 1000 },
        ),
        growth(
            bench,
            Table::new("get-keys", "Get a value, by the number of keys", "Values of 5 bytes."),
            Work { name: "get-random", input: Input::Fresh, size: 0, count: 1000 },
        ),
    ]
}

fn by_value<'a>(bench: &'a Bench, (size, count): (usize, usize), work: &'static str) -> Task<'a> {
    let work = Work { name: work, input: Input::Fresh, size, count: bench.scale.count(count) };
    let row = Row::new(bench, size_name(size as u64), work).ways(&WAYS);
    row.at(size as f64).bytes(size).against("zict")
}

fn get_many(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "get-many",
        "Get 100 values at once",
        "Time for one value: one by one, where each value is dropped before the next (`get`) or \
         all 100 are kept, and with `get-many`, which returns all of them.",
    );
    for (size, count) in [(100, 2000), (64 << 10, 400), (1 << 20, 100)] {
        for (name, way) in [("native", Way::Native), ("portable", Way::Portable)] {
            let count = bench.scale.count(count).max(100);
            let work = Work { name: "get", input: Input::Fresh, size, count };
            let row = Row::new(bench, format!("{}, {name}", size_name(size as u64)), work);
            let row = row.with("get", way, "get").with("get, kept", way, "get-kept");
            let row = row.with("get-many", way, "get-many");
            table.tasks.push(row.bytes(size).against("get, kept"));
        }
    }
    table
}

fn iteration(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "iterate",
        "Iterate over a store",
        "Time for one key of 10,000, and for one key with its value of 100 bytes.",
    );
    for (name, work) in [("keys", "keys"), ("items", "items")] {
        let count = bench.scale.count(10_000);
        let work = Work { name: work, input: Input::Fresh, size: 100, count };
        table.tasks.push(Row::new(bench, name, work).ways(&WAYS).against("zict"));
    }
    table
}

fn durability(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "durability",
        "Durability",
        "Time of one `set` of 4 KiB on the disk of the target directory, with each durability. \
         zict never syncs.",
    );
    let ways = [Way::Native, Way::Portable, Way::Standard, Way::Floor];
    for (name, work) in [("none", "set"), ("data", "set-data"), ("full", "set-full")] {
        let count = bench.scale.count(100);
        let work = Work { name: work, input: Input::FreshOnDisk, size: 4 << 10, count };
        let row = Row::new(bench, name, work).ways(&ways);
        table.tasks.push(row.against(Way::Floor.name()));
    }
    table
}

/// Fills a table about stores with few and with many keys, for a work that is done in each.
fn growth<'a>(bench: &'a Bench, table: Table<'a>, work: Work) -> Table<'a> {
    let mut table = table.grows("number of keys");
    for &keys in bench.scale.keys {
        // A random key is one of those that the store has.
        let size = if work.name == "get-random" { keys } else { work.size };
        let (input, count) = (Input::Filled(keys), bench.scale.count(work.count));
        let row = Row::new(bench, keys.to_string(), Work { input, size, count, ..work });
        let ways = [Way::Native, Way::Portable, Way::Zict];
        table.tasks.push(row.at(keys as f64).ways(&ways).against("zict"));
    }
    table
}
