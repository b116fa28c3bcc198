//! A plugin that shades some rows of an elevation model.
//!
//! - `relief SOURCE OUT START STOP` computes the rows from START to STOP, without STOP, of the
//!   array of `uint8` at OUT, from the elevations at SOURCE, an array of `float32`. It reads one
//!   row more on each side, because slopes depend on it, and writes no other row.
//! - `relief picture SOURCE PICTURE` makes a PNG file of an array of `uint8`.

use std::env;
use std::error::Error;
use std::fs;
use std::num::TryFromIntError;
use std::ops::Range;
use std::process::ExitCode;

use filemap_plugin::{Memmap, Mode};
use terrain::{picture, survey};

const USAGE: &str = "usage: relief SOURCE OUT START STOP | relief picture SOURCE PICTURE";

/// The approximate number of elements that are computed at a time; a longer row is computed alone.
const BAND: u64 = 1 << 18;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["picture", source, output] => draw(source, output),
        [source, output, start, stop] => shade(source, output, start, stop),
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

/// Computes the rows from `start` to `stop`.
fn shade(source: &str, output: &str, start: &str, stop: &str) -> Result<(), Box<dyn Error>> {
    let (start, stop): (u64, u64) = (start.parse()?, stop.parse()?);
    let model = Memmap::open_npy(source, Mode::ReadOnly)?;
    let relief = Memmap::open_npy(output, Mode::ReadWrite)?;
    let (&[rows, columns], [_, _]) = (model.shape(), relief.shape()) else {
        return Err(format!("`{source}` and `{output}` must have 2 axes each").into());
    };
    if relief.dtype() != "|u1" || relief.shape() != model.shape() || stop > rows || columns == 0 {
        return Err(format!(
            "cannot write the rows {start} to {stop} of `{source}`, which has the shape {:?}, into \
             `{output}`: its dtype is `{}` and its shape {:?}; create it as `|u1` with the same \
             shape",
            model.shape(),
            relief.dtype(),
            relief.shape()
        )
        .into());
    }
    let step = (BAND / columns).max(1);
    let mut first = start;
    while first < stop {
        let last = stop.min(first + step);
        let pixels = band(&model, first..last)?;
        relief.write_bytes(first * columns, &pixels)?;
        first = last;
    }
    Ok(())
}

/// Returns the pixels of some rows.
fn band(model: &Memmap, own: Range<u64>) -> Result<Vec<u8>, Box<dyn Error>> {
    let (rows, columns) = (model.shape()[0], model.shape()[1]);
    let read = own.start.saturating_sub(1)..rows.min(own.end + 1);
    let elevations = model.map_window::<f32>(read.start * columns..read.end * columns)?;
    let elevations: Vec<_> = elevations.iter().copied().map(f64::from).collect();
    let place = |row: u64| -> Result<usize, TryFromIntError> { (row - read.start).try_into() };
    let own = place(own.start)?..place(own.end)?;
    Ok(survey::hillshade(&elevations, columns.try_into()?, own))
}

/// Writes the picture of an array.
fn draw(source: &str, output: &str) -> Result<(), Box<dyn Error>> {
    let relief = Memmap::open_npy(source, Mode::ReadOnly)?;
    let &[rows, columns] = relief.shape() else {
        return Err(format!("`{source}` must have 2 axes").into());
    };
    let pixels = relief.map::<u8>()?;
    let file = picture::encode(columns.try_into()?, rows.try_into()?, &pixels)?;
    fs::write(output, file).map_err(|error| format!("cannot write `{output}`: {error}").into())
}
