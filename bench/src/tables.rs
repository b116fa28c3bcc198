//! What the benchmark measures.

mod arrays;
mod hosts;
mod stores;

use anyhow::Result;

use crate::bench::Bench;
use crate::languages::Languages;
use crate::table::Table;

/// Returns all tables.
pub(crate) fn all<'a>(
    bench: &'a Bench,
    languages: Option<&'a Languages>,
) -> Result<Vec<Table<'a>>> {
    let mut tables = stores::tables(bench);
    tables.extend(arrays::tables(bench));
    tables.extend(hosts::tables(bench)?);
    tables.extend(languages.map(Languages::table));
    Ok(tables)
}

/// A size as people write it.
fn size_name(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..0x10_0000 => format!("{} KiB", bytes >> 10),
        0x10_0000..0x4000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}
