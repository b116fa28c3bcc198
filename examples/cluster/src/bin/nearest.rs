//! A plugin that searches some rows of a matrix of embeddings.
//!
//! `nearest SOURCE STORE START STOP ROW...` looks at the rows from START to STOP, without STOP, of
//! the matrix at SOURCE. It keeps the ten that are most similar to the mean of the rows ROW... in
//! the store STORE: under the key START, a line `SCORE ROW` for each, the best first.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::process::ExitCode;

use filemap_plugin::Store;
use search::embeddings::Embeddings;

const USAGE: &str = "usage: nearest SOURCE STORE START STOP ROW...";

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        [source, store, start, stop, first, ref others @ ..] => {
            let query: Vec<_> = [first].iter().chain(others).copied().collect();
            search(source, store, [start, stop], &query)
        }
        _ => Err(USAGE.into()),
    };
    result.map_or_else(
        |error| {
            eprintln!("{error}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

fn search(
    source: &str,
    store: &str,
    range: [&str; 2],
    query: &[&str],
) -> Result<(), Box<dyn Error>> {
    let [start, stop]: [u64; 2] = [range[0].parse()?, range[1].parse()?];
    let query = query.iter().map(|row| row.parse()).collect::<Result<Vec<u64>, _>>()?;
    let embeddings = Embeddings::open(source)?;
    let mut lines = String::new();
    for found in embeddings.search(&embeddings.mean(&query)?, start..stop)? {
        // The shortest text of a `float32` from which the same number is read.
        writeln!(lines, "{} {}", found.score, found.row)?;
    }
    Ok(Store::open(store)?.insert(&start.to_string(), lines)?)
}
