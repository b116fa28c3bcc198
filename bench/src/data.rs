//! The file that is summed.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Result;
use indicatif::ProgressBar;

/// How many numbers there are: 1 GiB of them.
const NUMBERS: u64 = 1 << 27;

/// Makes the file, or finds it made.
pub(crate) fn make(folder: &Path) -> Result<PathBuf> {
    let path = folder.join("numbers.bin");
    if fs::metadata(&path).is_ok_and(|found| found.len() == NUMBERS * 8) {
        return Ok(path);
    }
    fs::create_dir_all(folder)?;
    let bar = ProgressBar::new(NUMBERS);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for number in 0..NUMBERS {
        // Xorshift: anything that is not all the same.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // The exponent of 1.0: from 1.0 to 2.0.
        file.write_all(&(state >> 12 | 0x3ff0_0000_0000_0000).to_le_bytes())?;
        if number % (1 << 20) == 0 {
            bar.set_position(number);
        }
    }
    file.flush()?;
    bar.finish_and_clear();
    Ok(path)
}
