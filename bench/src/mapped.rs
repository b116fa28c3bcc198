//! Works over memory that is mapped natively, in Rust without WebAssembly: what filemap is compared
//! with where numpy is not the fastest.

#![expect(unsafe_code, reason = "maps files")]

use std::fs::File;

use anyhow::{Result, bail};
use memmap2::{Mmap, MmapMut};

use bench_works::job::{
    COLUMN, COLUMNS, Job, Measured, PIECE, PLANE, data, first_byte, sum_of_f32, timed,
};
use bench_works::sum_of_bytes;

/// The size of a row of the matrix in bytes.
const ROW: usize = COLUMNS * size_of::<f32>();

pub(crate) fn run(job: &Job) -> Result<Measured> {
    Ok(match &*job.work {
        "slices" => slices(job)?,
        "elements" => elements(job)?,
        "rows" => rows(job)?,
        "column" => column(job)?,
        "gather" => gather(job)?,
        "read" => read(job)?,
        "write" => write(job)?,
        "sum" => timed(|| Ok(sum_of_bytes(&map(job)?)))?,
        work => bail!("there is no work `{work}` over mapped memory"),
    })
}

fn map(job: &Job) -> std::io::Result<Mmap> {
    // SAFETY: only the benchmark uses the file, and it does not change it meanwhile.
    unsafe { Mmap::map(&File::open(&job.path)?) }
}

fn map_mut(job: &Job) -> std::io::Result<MmapMut> {
    let file = File::options().read(true).write(true).open(&job.path)?;
    // SAFETY: only the benchmark uses the file, and it does not change it meanwhile.
    unsafe { MmapMut::map_mut(&file) }
}

fn slices(job: &Job) -> std::io::Result<Measured> {
    let map = map(job)?;
    let offsets = job.random((map.len() - job.size) as u64 / 8 + 1);
    timed(|| {
        let slice = |at: u64| map[at as usize * 8..][..job.size].to_vec();
        Ok(offsets.into_iter().map(|at| first_byte(&slice(at))).sum())
    })
}

fn elements(job: &Job) -> std::io::Result<Measured> {
    let map = map(job)?;
    let numbers = map.as_chunks().0;
    let positions = job.random(numbers.len() as u64);
    let number = |at: u64| f64::from_le_bytes(numbers[at as usize]);
    timed(|| Ok(positions.into_iter().map(number).sum()))
}

fn rows(job: &Job) -> std::io::Result<Measured> {
    let (map, rows) = (map(job)?, job.random(job.size as u64));
    timed(|| {
        let mut taken = Vec::with_capacity(rows.len() * ROW);
        for row in rows {
            taken.extend_from_slice(&map[row as usize * ROW..][..ROW]);
        }
        Ok(sum_of_f32(&taken[..ROW]))
    })
}

fn column(job: &Job) -> std::io::Result<Measured> {
    let map = map(job)?;
    timed(|| {
        let cells = map.chunks(ROW).take(job.size).flat_map(|row| &row[4 * COLUMN..][..4]);
        Ok(sum_of_f32(&cells.copied().collect::<Vec<u8>>()))
    })
}

fn gather(job: &Job) -> std::io::Result<Measured> {
    let (map, [planes, rows, columns]) = (map(job)?, job.random_positions());
    let numbers = map.as_chunks::<4>().0;
    timed(|| {
        let mut taken = Vec::with_capacity(planes.len() * 4);
        for ((plane, row), column) in planes.into_iter().zip(rows).zip(columns) {
            let at = (plane * PLANE[0] + row) * PLANE[1] + column;
            taken.extend_from_slice(&numbers[at as usize]);
        }
        Ok(sum_of_f32(&taken))
    })
}

fn read(job: &Job) -> std::io::Result<Measured> {
    timed(|| {
        let (map, mut buffer) = (map(job)?, vec![0; PIECE]);
        let mut sum = 0.0;
        for piece in map.chunks(PIECE) {
            buffer[..piece.len()].copy_from_slice(piece);
            sum += first_byte(&buffer);
        }
        Ok(sum)
    })
}

fn write(job: &Job) -> std::io::Result<Measured> {
    let data = data(PIECE);
    timed(|| {
        let mut map = map_mut(job)?;
        for piece in map[..job.size].chunks_mut(PIECE) {
            piece.copy_from_slice(&data[..piece.len()]);
        }
        map.flush()?;
        Ok(0.0)
    })
}
