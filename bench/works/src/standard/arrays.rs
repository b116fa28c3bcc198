//! Access to parts of an array in a file: seeks and reads.

use std::fs::File;
use std::io::{Read as _, Result, Seek as _, SeekFrom, Write as _};

use crate::job::{COLUMN, COLUMNS, Job, Measured, PLANE, first_byte, sum_of_f32, timed};

/// The size of a row of the matrix in bytes.
const ROW: usize = COLUMNS * size_of::<f32>();

fn read_at(file: &mut File, offset: u64, buffer: &mut [u8]) -> Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(buffer)
}

pub(super) fn open(job: &Job) -> Result<Measured> {
    timed(|| {
        let mut sum = 0.0;
        for _ in 0..job.count {
            sum += File::open(&job.path)?.metadata()?.len() as f64;
        }
        Ok(sum)
    })
}

pub(super) fn slices(job: &Job) -> Result<Measured> {
    let mut file = File::open(&job.path)?;
    let offsets = job.random((file.metadata()?.len() - job.size as u64) / 8 + 1);
    timed(|| {
        let mut sum = 0.0;
        for offset in offsets {
            let mut part = vec![0; job.size];
            read_at(&mut file, offset * 8, &mut part)?;
            sum += first_byte(&part);
        }
        Ok(sum)
    })
}

pub(super) fn elements(job: &Job) -> Result<Measured> {
    let mut file = File::open(&job.path)?;
    let positions = job.random(file.metadata()?.len() / 8);
    timed(|| {
        let (mut sum, mut element) = (0.0, [0; 8]);
        for position in positions {
            read_at(&mut file, position * 8, &mut element)?;
            sum += f64::from_le_bytes(element);
        }
        Ok(sum)
    })
}

pub(super) fn rows(job: &Job) -> Result<Measured> {
    let mut file = File::open(&job.path)?;
    let rows = job.random(job.size as u64);
    timed(|| {
        let mut taken = vec![0; rows.len() * ROW];
        for (row, taken) in rows.into_iter().zip(taken.chunks_mut(ROW)) {
            read_at(&mut file, row * ROW as u64, taken)?;
        }
        Ok(sum_of_f32(&taken[..ROW]))
    })
}

pub(super) fn column(job: &Job) -> Result<Measured> {
    let mut file = File::open(&job.path)?;
    timed(|| {
        let (mut column, mut rows) = (Vec::with_capacity(job.size), vec![0; 512 * ROW]);
        for first in (0..job.size).step_by(512) {
            let rows = &mut rows[..ROW * (job.size - first).min(512)];
            file.read_exact(rows)?;
            for row in rows.chunks(ROW) {
                let [a, b, c, d] = [0, 1, 2, 3].map(|byte| row[4 * COLUMN + byte]);
                column.push(f32::from_le_bytes([a, b, c, d]));
            }
        }
        Ok(column.into_iter().map(f64::from).sum())
    })
}

pub(super) fn gather(job: &Job) -> Result<Measured> {
    let mut file = File::open(&job.path)?;
    let [planes, rows, columns] = job.random_positions();
    timed(|| {
        let (mut sum, mut element) = (0.0, [0; 4]);
        for ((plane, row), column) in planes.into_iter().zip(rows).zip(columns) {
            let position = (plane * PLANE[0] + row) * PLANE[1] + column;
            read_at(&mut file, position * 4, &mut element)?;
            sum += f64::from(f32::from_le_bytes(element));
        }
        Ok(sum)
    })
}

pub(super) fn put_rows(job: &Job) -> Result<Measured> {
    let mut file = File::options().write(true).open(&job.path)?;
    let (rows, row_data) = (job.random(job.size as u64), vec![1; ROW]);
    timed(|| {
        for row in rows {
            file.seek(SeekFrom::Start(row * ROW as u64))?;
            file.write_all(&row_data)?;
        }
        Ok(0.0)
    })
}

pub(super) fn create(job: &Job) -> Result<Measured> {
    // More than the memory of WebAssembly has: the size is in MiB.
    let length = (job.size as u64) << 20;
    timed(|| {
        File::create(&job.path)?.set_len(length)?;
        Ok(0.0)
    })
}
