//! The files and folders that the works use.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Result;
use indicatif::ProgressBar;

use crate::scale::Scale;

/// What a work is done with.
#[derive(Clone, Copy)]
pub(crate) enum Input {
    /// The file of `float64` from 1 to 2. As `float32`, all of it is from 1 to 2 as well.
    Numbers,
    /// A small file of the format `.npy`.
    Npy,
    /// The file to write.
    Written,
    /// A file on the disk that does not exist.
    NewFile,
    /// A file of a size in bytes that has no blocks.
    Sparse(u64),
    /// An empty folder for a store.
    Fresh,
    /// The same, on the disk.
    FreshOnDisk,
    /// A store with a number of keys.
    Filled(usize),
}

/// The folders of the benchmark.
pub(crate) struct Folders {
    /// In memory, if the system has room for it there.
    pub(crate) memory: PathBuf,
    /// On the disk of the target directory.
    pub(crate) disk: PathBuf,
}

/// An input that is ready. Dropping it removes what only one run may use.
pub(crate) struct Prepared {
    /// The path for a plugin: the name of a folder, and the path in it.
    pub(crate) guest: String,
    /// The path for other programs.
    pub(crate) host: PathBuf,
    is_used_up: bool,
}

impl Drop for Prepared {
    fn drop(&mut self) {
        if self.is_used_up {
            // A work that removes its file is no failure.
            _ = fs::remove_dir_all(&self.host);
            _ = fs::remove_file(&self.host);
        }
    }
}

impl Folders {
    /// Creates the folders, and the files that all works share.
    pub(crate) fn new(target: &Path, scale: &Scale) -> Result<Self> {
        let disk = target.join("bench").join(scale.name);
        let shared_memory = Path::new("/dev/shm");
        let needed = (scale.numbers * 8 + scale.written) as u64 * 2;
        let has_room = rustix::fs::statvfs(shared_memory)
            .is_ok_and(|status| status.f_bavail.saturating_mul(status.f_frsize) > needed);
        let memory = if has_room {
            shared_memory.join(format!("filemap-bench-{}", std::process::id()))
        } else {
            disk.join("memory")
        };
        fs::create_dir_all(&disk)?;
        fs::create_dir_all(&memory)?;
        let folders = Self { memory, disk };
        create_numbers(&folders.memory.join("numbers.bin"), scale.numbers)?;
        // With contents, so that its blocks are allocated before the measurement.
        fs::write(
            folders.memory.join("written.bin"),
            vec![1; scale.written.max(scale.rows * 1536)],
        )?;
        fs::write(folders.memory.join("small.npy"), small_npy())?;
        Ok(folders)
    }

    /// Prepares an input.
    pub(crate) fn prepare(&self, input: Input) -> Result<Prepared> {
        let (on_disk, name, is_used_up) = match input {
            Input::Numbers => (false, "numbers.bin".to_owned(), false),
            Input::Npy => (false, "small.npy".to_owned(), false),
            Input::Written => (false, "written.bin".to_owned(), false),
            Input::NewFile => (true, "new.bin".to_owned(), true),
            Input::Sparse(size) => (true, format!("sparse-{size}.bin"), false),
            Input::Fresh => (false, "store".to_owned(), true),
            Input::FreshOnDisk => (true, "store".to_owned(), true),
            Input::Filled(keys) => (false, format!("filled-{keys}"), false),
        };
        let (folder, preopen) =
            if on_disk { (&self.disk, "disk") } else { (&self.memory, "memory") };
        let host = folder.join(&name);
        match input {
            Input::Fresh | Input::FreshOnDisk => fs::create_dir(&host)?,
            Input::Sparse(size) => File::create(&host)?.set_len(size)?,
            Input::Filled(keys) if !host.exists() => fill(&host, keys)?,
            _ => {}
        }
        Ok(Prepared { guest: format!("{preopen}/{name}"), host, is_used_up })
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        // A folder in memory that stays would take the memory until the machine starts again.
        if let Err(error) = fs::remove_dir_all(&self.memory) {
            eprintln!("cannot remove `{}`: {error}", self.memory.display());
        }
    }
}

/// Creates the file to read.
fn create_numbers(path: &Path, count: usize) -> Result<()> {
    let bar = ProgressBar::new(count as u64).with_message("creating the files");
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for number in 0..count {
        // Xorshift random numbers.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // The upper half has the exponent of 1.0 in `float64`, and of a number below 2 in
        // `float32`. The lower half has the exponent of 1.0 in `float32`.
        let bits = state & 0x000f_ffff_007f_ffff | 0x3ff0_0000_3f80_0000;
        file.write_all(&bits.to_le_bytes())?;
        if number % (1 << 20) == 0 {
            bar.set_position(number as u64);
        }
    }
    file.flush()?;
    bar.finish_and_clear();
    Ok(())
}

/// Returns a file of the format `.npy`: a matrix of 100 rows of `float32`.
fn small_npy() -> Vec<u8> {
    let mut header = "{'descr': '<f4', 'fortran_order': False, 'shape': (100, 384), }".to_owned();
    while !(header.len() + 11).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let length = u16::try_from(header.len()).unwrap_or(u16::MAX).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &vec![0; 100 * 384 * 4]].concat()
}

/// Fills a folder with values of zict's format.
fn fill(folder: &Path, keys: usize) -> Result<()> {
    fs::create_dir(folder)?;
    for key in 0..keys {
        fs::write(folder.join(format!("key%20{key}#{key}")), "value")?;
    }
    Ok(())
}
