//! Works with whole arrays.

use std::io::Result;

use filemap_plugin::{Memmap, Mode, bytemuck};

use bench_works::job::{Job, Measured, PIECE, data, first_byte, timed};
use bench_works::sum_of_bytes;

/// The number of elements of a window: 8 MiB of them.
const WINDOW: usize = 1 << 20;

/// The sum of the first byte of each piece.
fn look(numbers: &[f64]) -> f64 {
    numbers.chunks(PIECE / size_of::<f64>()).map(|part| first_byte(&part[0].to_le_bytes())).sum()
}

pub(super) fn read(job: &Job) -> Result<Measured> {
    timed(|| {
        let array = Memmap::open(&job.path)?;
        let (mut buffer, mut sum) = (vec![0; PIECE], 0.0);
        for offset in (0..array.nbytes()).step_by(PIECE) {
            let rest = usize::try_from(array.nbytes() - offset).unwrap_or(PIECE);
            let part = &mut buffer[..PIECE.min(rest)];
            array.read_bytes_into(offset, part)?;
            sum += first_byte(part);
        }
        Ok(sum)
    })
}

pub(super) fn write(job: &Job) -> Result<Measured> {
    let data = data(PIECE);
    timed(|| {
        let array = Memmap::options().mode(Mode::ReadWrite).open(&job.path)?;
        for offset in (0..job.size).step_by(PIECE) {
            array.write_bytes(offset as u64, &data[..PIECE.min(job.size - offset)])?;
        }
        array.flush()?;
        Ok(0.0)
    })
}

pub(super) fn map(job: &Job) -> Result<Measured> {
    timed(|| Ok(look(&Memmap::options().dtype("<f8").open(&job.path)?.map::<f64>()?)))
}

pub(super) fn windows(job: &Job) -> Result<Measured> {
    timed(|| {
        let array = Memmap::options().dtype("<f8").open(&job.path)?;
        let (mut windows, mut sum) = (array.windows::<f64>(WINDOW)?, 0.0);
        while let Some(window) = windows.next()? {
            sum += look(window);
        }
        Ok(sum)
    })
}

pub(super) fn sum(job: &Job) -> Result<Measured> {
    timed(|| {
        let numbers = Memmap::options().dtype("<f8").open(&job.path)?.map::<f64>()?;
        Ok(sum_of_bytes(bytemuck::cast_slice(&numbers)))
    })
}
