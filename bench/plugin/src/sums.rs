//! The sum of a file of `float64`.

#[path = "../../src/sum.rs"]
mod sum;

use std::fs::File;
use std::io::{self, Read as _};

use filemap_plugin::{Memmap, Mode};

use crate::bulk::Lists;

/// The number of elements of one read: 1 MiB.
const PIECE: usize = 1 << 17;

/// Sums a mapped slice.
pub(crate) fn map(path: &str) -> io::Result<f64> {
    let array = Memmap::options().dtype("<f8").mode(Mode::ReadOnly).open(path)?;
    Ok(sum_of(&array.map::<f64>()?))
}

/// Sums what calls with lists return.
pub(crate) fn lists(path: &str) -> io::Result<f64> {
    let lists = Lists::open(path, Mode::ReadOnly)?;
    let mut numbers = vec![0.0_f64; PIECE];
    let mut sum = 0.0;
    for offset in (0..lists.length()).step_by(PIECE * size_of::<f64>()) {
        let bytes = lists.read(offset, PIECE * size_of::<f64>())?;
        // The bytes may not be aligned for numbers.
        let part = &mut numbers[..bytes.len() / size_of::<f64>()];
        bytemuck::cast_slice_mut(part).copy_from_slice(&bytes);
        sum += sum_of(part);
    }
    Ok(sum)
}

/// Sums what the standard library reads through WASI.
pub(crate) fn std(path: &str) -> io::Result<f64> {
    let mut file = File::open(path)?;
    let mut numbers = vec![0.0_f64; PIECE];
    let mut sum = 0.0;
    loop {
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut numbers);
        let mut filled = 0;
        while filled < bytes.len() {
            match file.read(&mut bytes[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        if filled == 0 {
            return Ok(sum);
        }
        sum += sum_of(&numbers[..filled / size_of::<f64>()]);
    }
}

#[cfg_attr(target_family = "wasm", target_feature(enable = "simd128"))]
fn sum_with_simd(numbers: &[f64]) -> f64 {
    sum::sum(numbers)
}

fn sum_of(numbers: &[f64]) -> f64 {
    sum_with_simd(numbers)
}
