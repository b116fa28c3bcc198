//! Works by the calls with lists that the WIT has, which `filemap-plugin` replaces by streams for
//! bulk data.

use std::io::{self, Result};

use bench_works::job::{Job, Measured, PIECE, data, first_byte, timed};
use bindings::filemap::data::array::{Memmap, MemmapOptions, Mode, Order};

#[path = "bindings.rs"]
mod bindings;

fn open(path: &str, mode: Mode) -> Result<Memmap> {
    let options = MemmapOptions { dtype: None, mode, offset: 0, shape: None, order: Order::C };
    Memmap::open(path, &options).map_err(io::Error::other)
}

pub(crate) fn run(job: &Job) -> Result<Measured> {
    match &*job.work {
        "read" => timed(|| {
            let array = open(&job.path, Mode::ReadOnly)?;
            let length = array.info().map_err(io::Error::other)?.nbytes;
            let mut sum = 0.0;
            for offset in (0..length).step_by(PIECE) {
                let piece = (PIECE as u64).min(length - offset);
                sum += first_byte(&array.read_bytes(offset, piece).map_err(io::Error::other)?);
            }
            Ok(sum)
        }),
        "write" => {
            let data = data(PIECE);
            timed(|| {
                let array = open(&job.path, Mode::ReadWrite)?;
                for offset in (0..job.size).step_by(PIECE) {
                    let part = &data[..PIECE.min(job.size - offset)];
                    array.write_bytes(offset as u64, part).map_err(io::Error::other)?;
                }
                Ok(0.0)
            })
        }
        _ => Err(job.unknown()),
    }
}
