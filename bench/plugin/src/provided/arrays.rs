//! Works with parts of arrays, and reductions.

use std::io::Result;

use filemap_plugin::{Error, Index, Memmap, Mode, Operation, index};

use bench_works::job::{COLUMN, COLUMNS, Job, Measured, PLANE, first_byte, sum_of_f32, timed};

type FilemapResult<T> = std::result::Result<T, Error>;

fn numbers(job: &Job) -> FilemapResult<Memmap> {
    Memmap::options().dtype("<f8").open(&job.path)
}

fn matrix(job: &Job, mode: Mode) -> FilemapResult<Memmap> {
    let shape = [job.size as u64, COLUMNS as u64];
    Memmap::options().dtype("<f4").shape(shape).mode(mode).open(&job.path)
}

/// Indices as filemap takes them.
fn signed(numbers: Vec<u64>) -> Vec<i64> {
    numbers.into_iter().map(u64::cast_signed).collect()
}

pub(super) fn open(job: &Job) -> Result<Measured> {
    timed(|| {
        let mut sum = 0.0;
        for _ in 0..job.count {
            sum += numbers(job)?.nbytes() as f64;
        }
        Ok(sum)
    })
}

pub(super) fn open_npy(job: &Job) -> Result<Measured> {
    timed(|| {
        let mut sum = 0.0;
        for _ in 0..job.count {
            sum += Memmap::open_npy(&job.path, Mode::ReadOnly)?.nbytes() as f64;
        }
        Ok(sum)
    })
}

/// The cheapest call: it touches no file.
pub(super) fn info(job: &Job) -> Result<Measured> {
    let array = numbers(job)?;
    timed(|| {
        let mut sum = 0.0;
        for _ in 0..job.count {
            sum += array.shape_of(&[])?.len() as f64;
        }
        Ok(sum)
    })
}

pub(super) fn slices(job: &Job) -> Result<Measured> {
    let array = Memmap::open(&job.path)?;
    let size = job.size as u64;
    let offsets = job.random((array.nbytes() - size) / 8 + 1);
    timed(|| {
        let mut sum = 0.0;
        for offset in offsets {
            sum += first_byte(&array.read(&index![offset * 8..offset * 8 + size])?);
        }
        Ok(sum)
    })
}

pub(super) fn elements(job: &Job) -> Result<Measured> {
    let array = numbers(job)?;
    let positions = job.random(array.size());
    timed(|| {
        let mut sum = 0.0;
        for position in positions {
            sum += array.read_as::<f64>(&index![position])?[0];
        }
        Ok(sum)
    })
}

pub(super) fn rows(job: &Job) -> Result<Measured> {
    let (matrix, rows) = (matrix(job, Mode::ReadOnly)?, signed(job.random(job.size as u64)));
    timed(|| Ok(sum_of_f32(&matrix.read(&index![rows])?[..COLUMNS * 4])))
}

pub(super) fn column(job: &Job) -> Result<Measured> {
    let matrix = matrix(job, Mode::ReadOnly)?;
    timed(|| Ok(sum_of_f32(&matrix.read(&index![.., COLUMN])?)))
}

pub(super) fn gather(job: &Job) -> Result<Measured> {
    let shape = [job.size as u64, PLANE[0], PLANE[1]];
    let array = Memmap::options().dtype("<f4").shape(shape).open(&job.path)?;
    let positions = job.random_positions().map(|axis| Index::from(signed(axis)));
    timed(|| Ok(sum_of_f32(&array.read(&positions)?)))
}

pub(super) fn put_rows(job: &Job) -> Result<Measured> {
    let (matrix, rows) = (matrix(job, Mode::ReadWrite)?, signed(job.random(job.size as u64)));
    let data = vec![1; rows.len() * COLUMNS * 4];
    timed(|| {
        matrix.write(&index![rows], &data)?;
        Ok(0.0)
    })
}

/// Creates a file of `size` MiB.
pub(super) fn create(job: &Job) -> Result<Measured> {
    timed(|| {
        let shape = [(job.size as u64) << 20];
        Memmap::options().shape(shape).mode(Mode::Write).open(&job.path)?;
        Ok(0.0)
    })
}

/// Reduces the numbers as one axis, or the matrix along an axis. The result is the first element.
pub(super) fn reduce(job: &Job, operation: Operation, axis: Option<i64>) -> Result<Measured> {
    let array = if axis.is_none() { numbers(job)? } else { matrix(job, Mode::ReadOnly)? };
    timed(|| {
        let reduced = array.reduce(operation, axis)?;
        Ok(match axis {
            Some(_) => f64::from(reduced.to_vec::<f32>()?[0]),
            None => reduced.item::<f64>()?,
        })
    })
}
