//! A plugin that analyses an elevation model and keeps what it finds.
//!
//! `terrain DEM.npy STORE-DIRECTORY` reads the elevations through `filemap:data/array`, a band of
//! rows at a time, and keeps three values through `filemap:data/store`: a picture of the relief
//! (`hillshade.png`), the slopes in degrees (`slope`: raw little-endian `float32` in C order) and
//! the statistics (`stats.json`). Started again for the same elevations, it finds them there and
//! computes nothing.

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

/// The keys of the results, in the order in which they are kept.
const KEYS: [&str; 3] = [HILLSHADE, SLOPE, STATISTICS];
const HILLSHADE: &str = "hillshade.png";
const SLOPE: &str = "slope";
const STATISTICS: &str = "stats.json";

/// The most that one call moves, and so the longest value: the WIT says so.
const LONGEST_VALUE: u64 = 128 << 20;

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
        // Whoever reads the output has seen enough.
        Ok(Err(error)) if error.kind() == ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
        Ok(Err(error)) => format!("failed to print: {error}"),
        Err(message) => message,
    };
    // There is nobody left to tell when this fails too.
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::FAILURE
}

/// Finds the results in the store or computes them, and says in words what they are.
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

/// The report in the store, if all results are there and are those of this model.
fn find(store: &Store, model: &Model) -> Result<Option<Report>, String> {
    let look = || failed("look into the store");
    let Some(json) = store.get(STATISTICS).map_err(look())? else { return Ok(None) };
    // What is no report of ours is replaced by one.
    let Ok(report) = serde_json::from_slice::<Report>(&json) else { return Ok(None) };
    let whole = store.contains(HILLSHADE).map_err(look())?
        && store.size_of(SLOPE).map_err(look())? == Some(slope_size(model));
    let found = whole && report.basis == Basis::new(model, model.checksum()?);
    Ok(found.then_some(report))
}

/// Works through the model from north to south, and keeps the results.
fn compute(store: &Store, model: &Model, path: &str) -> Result<Report, String> {
    let size = slope_size(model);
    if size > LONGEST_VALUE {
        return Err(format!(
            "failed to begin: the slopes of {} by {} cells take {size} bytes, and a value is set \
             in one call, which moves at most {LONGEST_VALUE}",
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

    // The report vouches for the other two. So it goes first and comes last: what an interrupted
    // run leaves is not taken for the results of any model. (After a power cut only
    // `Durability::Full` would keep the order too; here all can be computed again.)
    let keep = || failed("keep the results");
    store.remove(STATISTICS).map_err(keep())?;
    store.set(HILLSHADE, &png).map_err(keep())?;
    store.set_parts(SLOPE, &slope).map_err(keep())?;
    store.set(STATISTICS, json.as_bytes()).map_err(keep())?;
    Ok(report)
}

/// The length of the value `slope` in bytes.
fn slope_size(model: &Model) -> u64 {
    u64::from(model.rows) * u64::from(model.columns) * 4
}

/// Puts what was tried before the text of a provider's error.
fn failed(action: &str) -> impl Fn(Error) -> String {
    move |error| format!("failed to {action}: {}", error.message)
}
