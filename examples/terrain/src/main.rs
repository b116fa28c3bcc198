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
use terrain::Survey;

mod bindings;
mod model;
mod picture;
mod report;
mod terrain;

const USAGE: &str =
    "usage: terrain [DEM.npy [STORE-DIRECTORY]], by default `dem/jacksboro.npy` and `results`";

/// The keys of the results, in the order in which they are set.
const KEYS: [&str; 3] = [HILLSHADE, SLOPE, STATISTICS];
const HILLSHADE: &str = "hillshade.png";
const SLOPE: &str = "slope";
const STATISTICS: &str = "stats.json";

/// The maximum length of a value in bytes: what one call of the interface moves.
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

/// Finds the results in the store or computes them. Returns a description of them.
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
        format!("kept in {}, each value in a file `KEY#N`:", store.describe()),
    ];
    for key in KEYS {
        let size = store.size_of(key).map_err(failed("look into the store"))?;
        lines.push(format!("  {key:14}{:>8} bytes", size.unwrap_or(0)));
    }
    Ok(lines.join("\n"))
}

/// Returns the report in the store if the store has all results of this model.
fn find(store: &Store, model: &Model) -> Result<Option<Report>, String> {
    let look = || failed("look into the store");
    let Some(json) = store.get(STATISTICS).map_err(look())? else { return Ok(None) };
    // A value that is not a report is replaced later.
    let Ok(report) = serde_json::from_slice::<Report>(&json) else { return Ok(None) };
    let complete = store.contains(HILLSHADE).map_err(look())?
        && store.size_of(SLOPE).map_err(look())? == Some(slope_size(model));
    let found = complete && report.basis == Basis::new(model, model.checksum()?);
    Ok(found.then_some(report))
}

/// Computes the results from north to south, and stores them.
fn compute(store: &Store, model: &Model, path: &str) -> Result<Report, String> {
    let size = slope_size(model);
    if size > MAX_VALUE {
        return Err(format!(
            "failed to begin: the slopes of {} by {} cells take {size} bytes, and a value is set \
             in one call, which moves at most {MAX_VALUE}",
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
        hillshade.push(result.hillshade);
    }
    let png = picture::encode(model.columns, model.rows, &hillshade)?;
    let report = Report::new(path, Basis::new(model, checksum.finalize()), &survey);
    let json = report.to_json()?;

    // The report says that the other two values are complete. It is removed first and set last, so
    // that no later run takes what an interrupted run left for results. (After a power cut only
    // `Durability::Full` keeps this order; here everything can be computed again.)
    let keep = || failed("keep the results");
    store.remove(STATISTICS).map_err(keep())?;
    store.set(HILLSHADE, &png).map_err(keep())?;
    store.set_parts(SLOPE, &slope).map_err(keep())?;
    store.set(STATISTICS, json.as_bytes()).map_err(keep())?;
    Ok(report)
}

/// Returns the length of the value `slope` in bytes.
fn slope_size(model: &Model) -> u64 {
    u64::from(model.rows) * u64::from(model.columns) * 4
}

/// Prefixes the text of an error with the action that failed.
fn failed(action: &str) -> impl Fn(Error) -> String {
    move |error| format!("failed to {action}: {}", error.message)
}
