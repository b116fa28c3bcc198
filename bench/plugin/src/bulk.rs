//! Reads and writes of a file without a calculation. The result is the sum of the first number of
//! every piece, which takes no time compared with the read.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};

use filemap_plugin::{Error, Memmap, Mode};

use crate::bindings::filemap::data::array as wit;

/// The length of one read or write in bytes.
const PIECE: usize = 1 << 20;

/// The number of elements of a window: 8 MiB of them.
const WINDOW: usize = 1 << 20;

/// An array that is read and written by calls with lists.
pub(crate) struct Lists {
    array: wit::Memmap,
    length: u64,
}

impl Lists {
    pub(crate) fn open(path: &str, mode: Mode) -> io::Result<Self> {
        let mode = if mode == Mode::ReadOnly { wit::Mode::ReadOnly } else { wit::Mode::ReadWrite };
        let order = wit::Order::C;
        let options = wit::MemmapOptions { dtype: None, mode, offset: 0, shape: None, order };
        let array = wit::Memmap::open(path, &options).map_err(io::Error::other)?;
        let length = array.info().map_err(io::Error::other)?.nbytes;
        Ok(Self { array, length })
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let length = (length as u64).min(self.length - offset);
        self.array.read_bytes(offset, length).map_err(io::Error::other)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.array.write_bytes(offset, data).map_err(io::Error::other)
    }
}

fn first_number(piece: &[u8]) -> f64 {
    f64::from_le_bytes(*piece.first_chunk().expect("a piece has a number"))
}

/// Returns the sum of the first number of every MiB.
fn sum_of_samples(numbers: &[f64]) -> f64 {
    numbers.iter().step_by(PIECE / size_of::<f64>()).sum()
}

fn open(path: &str, dtype: &str, mode: Mode) -> Result<Memmap, Error> {
    Memmap::options().dtype(dtype).mode(mode).open(path)
}

pub(crate) fn read_by_streams(path: &str) -> io::Result<f64> {
    let array = open(path, "u1", Mode::ReadOnly)?;
    let mut buffer = vec![0; PIECE];
    let mut sum = 0.0;
    for offset in (0..array.nbytes()).step_by(PIECE) {
        array.read_bytes_into(offset, &mut buffer)?;
        sum += first_number(&buffer);
    }
    Ok(sum)
}

pub(crate) fn read_by_lists(path: &str) -> io::Result<f64> {
    let lists = Lists::open(path, Mode::ReadOnly)?;
    let mut sum = 0.0;
    for offset in (0..lists.length()).step_by(PIECE) {
        sum += first_number(&lists.read(offset, PIECE)?);
    }
    Ok(sum)
}

pub(crate) fn read_by_std(path: &str) -> io::Result<f64> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut buffer = vec![0; PIECE];
    let mut sum = 0.0;
    for _ in (0..length).step_by(PIECE) {
        file.read_exact(&mut buffer)?;
        sum += first_number(&buffer);
    }
    Ok(sum)
}

/// Returns the bytes that are written to every piece.
fn data() -> Vec<u8> {
    (0..=250).cycle().take(PIECE).collect()
}

pub(crate) fn write_by_streams(path: &str) -> io::Result<f64> {
    let array = open(path, "u1", Mode::ReadWrite)?;
    let data = data();
    for offset in (0..array.nbytes()).step_by(PIECE) {
        array.write_bytes(offset, &data)?;
    }
    Ok(0.0)
}

pub(crate) fn write_by_lists(path: &str) -> io::Result<f64> {
    let lists = Lists::open(path, Mode::ReadWrite)?;
    let data = data();
    for offset in (0..lists.length()).step_by(PIECE) {
        lists.write(offset, &data)?;
    }
    Ok(0.0)
}

pub(crate) fn write_by_std(path: &str) -> io::Result<f64> {
    let mut file = File::options().write(true).open(path)?;
    let length = file.metadata()?.len();
    let data = data();
    for _ in (0..length).step_by(PIECE) {
        file.write_all(&data)?;
    }
    Ok(0.0)
}

pub(crate) fn map(path: &str) -> io::Result<f64> {
    Ok(sum_of_samples(&open(path, "<f8", Mode::ReadOnly)?.map::<f64>()?))
}

pub(crate) fn map_by_std(path: &str) -> io::Result<f64> {
    Ok(fs::read(path)?.chunks(PIECE).map(first_number).sum())
}

pub(crate) fn windows(path: &str) -> io::Result<f64> {
    let array = open(path, "<f8", Mode::ReadOnly)?;
    let mut windows = array.windows::<f64>(WINDOW)?;
    let mut sum = 0.0;
    while let Some(window) = windows.next()? {
        sum += sum_of_samples(window);
    }
    Ok(sum)
}

pub(crate) fn windows_by_std(path: &str) -> io::Result<f64> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut buffer = vec![0; WINDOW * size_of::<f64>()];
    let mut sum = 0.0;
    for _ in (0..length).step_by(buffer.len()) {
        file.read_exact(&mut buffer)?;
        sum += buffer.chunks(PIECE).map(first_number).sum::<f64>();
    }
    Ok(sum)
}
