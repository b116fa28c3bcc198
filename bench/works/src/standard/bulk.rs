//! Reads and writes of whole files.

use std::fs::{self, File};
use std::io::{Read as _, Result, Write as _};

use crate::job::{Job, Measured, PIECE, data, first_byte, timed};
use crate::sum_of_bytes;

/// The size of a window in bytes.
const WINDOW: usize = 8 << 20;

pub(super) fn read(job: &Job) -> Result<Measured> {
    timed(|| in_pieces(&job.path, PIECE, first_byte))
}

pub(super) fn write(job: &Job) -> Result<Measured> {
    let data = data(PIECE);
    timed(|| {
        let mut file = File::options().write(true).open(&job.path)?;
        for offset in (0..job.size).step_by(PIECE) {
            file.write_all(&data[..PIECE.min(job.size - offset)])?;
        }
        file.sync_data()?;
        Ok(0.0)
    })
}

pub(super) fn map(job: &Job) -> Result<Measured> {
    timed(|| Ok(fs::read(&job.path)?.chunks(PIECE).map(first_byte).sum()))
}

pub(super) fn windows(job: &Job) -> Result<Measured> {
    timed(|| in_pieces(&job.path, WINDOW, |window| window.chunks(PIECE).map(first_byte).sum()))
}

/// Sums `float64` numbers, which are read into the same memory again and again.
pub(super) fn sum(job: &Job) -> Result<Measured> {
    // Not the function itself: with a target feature, it is no `Fn`.
    #[allow(clippy::redundant_closure, reason = "without the feature, it is one")]
    let sum = |bytes: &[u8]| sum_of_bytes(bytes);
    timed(|| in_pieces(&job.path, PIECE, sum))
}

/// Reads a file in pieces into the same memory, and adds what `look` returns for each.
fn in_pieces(path: &str, size: usize, look: impl Fn(&[u8]) -> f64) -> Result<f64> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; size];
    let mut sum = 0.0;
    loop {
        let mut filled = 0;
        while filled < size {
            match file.read(&mut buffer[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        if filled == 0 {
            return Ok(sum);
        }
        sum += look(&buffer[..filled]);
    }
}
