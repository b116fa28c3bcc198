//! Sums a file of `float64`, in one of several ways: `bench-plugin HOW PATH`. Prints the seconds from opening it to the sum, and that.

#[path = "../../src/sum.rs"]
mod sum;

use std::fs::File;
use std::io::Read as _;
use std::time::Instant;

use filemap_plugin::{Memmap, Mode, Result};

/// How much is read at a time where the file is read, in numbers: 1 MiB.
const PIECE: usize = 1 << 17;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, how, path] = &arguments[..] else { panic!("bench-plugin HOW PATH") };
    let begin = Instant::now();
    let sum = match &**how {
        "map" => map(path).unwrap(),
        "read" => read(path).unwrap(),
        "std" => std(path).unwrap(),
        other => panic!("there is no `{other}`"),
    };
    println!("{} {sum}", begin.elapsed().as_secs_f64());
}

fn open(path: &str) -> Result<Memmap> {
    Memmap::options().dtype("<f8").mode(Mode::ReadOnly).open(path)
}

/// The file's pages as memory.
fn map(path: &str) -> Result<f64> {
    Ok(sum_of(&open(path)?.map::<f64>()?))
}

/// By calls of filemap.
fn read(path: &str) -> Result<f64> {
    let array = open(path)?;
    let mut numbers = vec![0.0_f64; PIECE];
    let mut sum = 0.0;
    let piece = (PIECE * size_of::<f64>()) as u64;
    for offset in (0..array.nbytes()).step_by(PIECE * size_of::<f64>()) {
        let bytes = array.read_bytes(offset, piece.min(array.nbytes() - offset))?;
        // Bytes may lie anywhere, and numbers do not.
        let part = &mut numbers[..bytes.len() / size_of::<f64>()];
        bytemuck::cast_slice_mut(part).copy_from_slice(&bytes);
        sum += sum_of(part);
    }
    Ok(sum)
}

/// By the standard library, and so by WASI.
fn std(path: &str) -> std::io::Result<f64> {
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
