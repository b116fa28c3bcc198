//! A plugin that analyses an elevation model and stores the results.
//!
//! `terrain DEM.npy STORE-DIRECTORY` reads the elevations through `filemap:data/array`, a band of
//! rows at a time, and stores three values through `filemap:data/store`: a picture of the relief
//! (`hillshade.png`), the slopes in degrees (`slope`: raw little-endian `float32` in C order) and
//! the statistics (`stats.json`). A second run over the same elevations finds the results in the
//! store and computes nothing.

use std::env;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use bindings::filemap::data::errors::Error;
use bindings::filemap::data::store::{Durability, Store, StoreOptions};
use model::Model;
use report::{Basis, Report};
use terrain::picture;
use terrain::survey::Survey;

mod bindings;
mod model;
mod report;

const USAGE: &str =
    "usage: terrain [DEM.npy [STORE-DIRECTORY]], by default `dem/jacksboro.npy` and `results`";

/// The keys of the results, in the order in which they are set.
const KEYS: [&str; 3] = [HILLSHADE, SLOPE, STATISTICS];
const HILLSHADE: &str = "hillshade.png";
const SLOPE: &str = "slope";
const STATISTICS: &str = "stats.json";

/// The maximum length of a value in bytes: the maximum that one call of the interface moves.
const MAX_VALUE: u64 = 128 << 20;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["-h" | "--help", ..] => Ok(USAGE.to_owned()),
        [] => run("dem/jacksboro.npy", "results"),
        [model] => run(model, "results"),
        [model, store] => run(model, store),
        _ => Err(USAGE.to_owned()),
    };
    let message = match result.map(|text| writeln!(io::stdout(), "{text}")) {
        Ok(Ok(())) => return ExitCode::SUCCESS,
        // The reader of the output has closed the pipe.
        Ok(Err(error)) if error.kind() == ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
        Ok(Err(error)) => format!("failed to print: {error}"),
        Err(message) => message,
    };
    // An error here cannot be reported.
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::FAILURE
}

/// Finds the results in the store or computes them. Returns the text to print.
fn run(path: &str, directory: &str) -> Result<String, String> {
    let model = Model::open(path)?;
    let options = StoreOptions { create: true, read_only: false, durability: Durability::Data };
    let store = Store::open(directory, options).map_err(failed("open the store"))?;

    let found = find(&store, &model)?;
    let origin = match &found {
        Some(report) => format!("found in the store, computed earlier from `{}`", report.source),
        None => format!("computed, {} of the rows at a time", model.band_rows()),
    };
    let report = match found {
        Some(report) => report,
        None => compute(&store, &model, path)?,
    };
    let mut lines = vec![
        format!("model    {path}: {}", report.basis),
        format!("results  {origin}\n"),
        format!("{report}"),
        format!("stored in {}, each value in a file `KEY#N`:", store.describe()),
    ];
    for key in KEYS {
        let size = store.size_of(key).map_err(failed("read the store"))?;
        lines.push(format!("  {key:14}{:>8} bytes", size.unwrap_or(0)));
    }
    Ok(lines.join("\n"))
}

/// Returns the stored report if the store has all results of this model, or `None`.
fn find(store: &Store, model: &Model) -> Result<Option<Report>, String> {
    let to_message = || failed("read the store");
    let Some(json) = store.get(STATISTICS).map_err(to_message())? else { return Ok(None) };
    // `compute` replaces a value that is not a report.
    let Ok(report) = serde_json::from_slice::<Report>(&json) else { return Ok(None) };
    let complete = store.contains(HILLSHADE).map_err(to_message())?
        && store.size_of(SLOPE).map_err(to_message())? == Some(slope_size(model));
    let found = complete && report.basis == Basis::new(model, model.checksum()?);
    Ok(found.then_some(report))
}

/// Computes the results from north to south, and stores them.
fn compute(store: &Store, model: &Model, path: &str) -> Result<Report, String> {
    let size = slope_size(model);
    if size > MAX_VALUE {
        return Err(format!(
            "failed to store the slopes of {} by {} cells: they take {size} bytes, and one call \
             moves at most {MAX_VALUE}; use a smaller model",
            model.rows, model.columns
        ));
    }
    let mut survey = Survey::new(model.columns as usize);
    let mut checksum = crc32fast::Hasher::new();
    let mut slope = Vec::new();
    let mut hillshade = Vec::new();
    for rows in model.bands() {
        let band = model.read(rows)?;
        checksum.update(band.own_bytes());
        let result = survey.add(&band.elevations()?, band.own_rows(), band.first_row());
        slope.push(result.slope);
        hillshade.extend(result.hillshade);
    }
    let png = picture::encode(model.columns, model.rows, &hillshade)?;
    let report = Report::new(path, Basis::new(model, checksum.finalize()), &survey);
    let json = report.to_json()?;

    // A stored report means that the other two values are complete. It is removed first and set
    // last, so no later run mistakes the values of an interrupted run for results. (After a power
    // cut only `Durability::Full` keeps this order. This program does not need it, because it can
    // compute the results again.)
    let to_message = || failed("store the results");
    store.remove(STATISTICS).map_err(to_message())?;
    store.set(HILLSHADE, &png).map_err(to_message())?;
    store.set_parts(SLOPE, &slope).map_err(to_message())?;
    store.set(STATISTICS, json.as_bytes()).map_err(to_message())?;
    Ok(report)
}

/// Returns the length of the value `slope` in bytes.
fn slope_size(model: &Model) -> u64 {
    u64::from(model.rows) * u64::from(model.columns) * 4
}

/// Returns a function that prefixes the message of an error with the action that failed.
fn failed(action: &str) -> impl Fn(Error) -> String {
    move |error| format!("failed to {action}: {}", error.message)
}
