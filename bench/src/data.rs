//! The files that the tasks read and write.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Result;
use indicatif::ProgressBar;

/// The number of `float64` in the file to read, which has 1 GiB.
pub(crate) const NUMBERS: u64 = 1 << 27;

/// The size of the file to write, in bytes.
pub(crate) const WRITTEN_BYTES: u64 = 256 << 20;

/// The path of the file to read, for the plugin.
pub(crate) const READ: &str = "data/numbers.bin";
/// The path of the file to write, for the plugin.
pub(crate) const WRITTEN: &str = "data/written.bin";

/// Creates both files in a folder, if needed, and returns the path of the file to read.
pub(crate) fn create(folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    // With contents, so that its blocks are allocated before the measurement.
    fs::write(folder.join("written.bin"), vec![1; usize::try_from(WRITTEN_BYTES)?])?;
    let path = folder.join("numbers.bin");
    if fs::metadata(&path).is_ok_and(|found| found.len() == NUMBERS * 8) {
        return Ok(path);
    }
    let bar = ProgressBar::new(NUMBERS);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for number in 0..NUMBERS {
        // Xorshift random numbers.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // With the exponent of 1.0: numbers from 1.0 to 2.0.
        file.write_all(&(state >> 12 | 0x3ff0_0000_0000_0000).to_le_bytes())?;
        if number % (1 << 20) == 0 {
            bar.set_position(number);
        }
    }
    file.flush()?;
    bar.finish_and_clear();
    Ok(path)
}
