//! The target `native_truncation`.

use std::fs::File;
use std::path::Path;
use std::thread;

use arbitrary::Result;
use filemap::array::{Memmap, Mode};
use filemap::error::Error;
use filemap::fs::Directory;
use filemap::region::{MapFile, Region};
use filemap_host::CtxBuilder;

use crate::arrays::{Arrays, FILE};
use crate::complaint;
use crate::input::{self, Input};

/// The number of threads that a reduction computes in.
const THREADS: usize = 2;

/// Maps a file of a real file system, while other programs truncate, extend, overwrite, remove and
/// create it, between the calls and during them. A call returns the bytes or the error `truncated`.
///
/// # Panics
///
/// If a call does what it must not.
pub fn native_truncation(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let context = CtxBuilder::new().max_threads(THREADS).build();
    let directory = filemap_host::fuzzing::directory(folder.path(), &context).expect("a directory");
    _ = run(&mut Input::new(data), directory, &folder.path().join(FILE));
}

fn run<D>(input: &mut Input<'_>, directory: D, path: &Path) -> Result<()>
where
    D: Directory<File: MapFile> + Clone,
{
    let mut arrays = Arrays::new(directory);
    while !input.is_empty() {
        if input::chance(input, 1)? {
            race(input, &mut arrays, path)?;
        } else {
            arrays.step(input)?;
        }
    }
    Ok(())
}

/// Makes a call while another thread truncates the file and extends it again.
fn race<D>(input: &mut Input<'_>, arrays: &mut Arrays<D>, path: &Path) -> Result<()>
where
    D: Directory<File: MapFile> + Clone,
{
    let (cut, rounds, call) =
        (input::below(input, 20_000)?, 1 + input::below(input, 8)?, input::below(input, 3)?);
    let Some((array, wanted)) = arrays.some_array(input)? else { return Ok(()) };
    let file = File::options().write(true).open(path).expect("the file");
    let size = file.metadata().expect("the size").len();
    let cut = cut as u64 % (size + 1);
    let written = thread::scope(|scope| {
        let truncation = scope.spawn(|| {
            for _ in 0..rounds {
                file.set_len(cut).expect("a truncation");
                file.set_len(size).expect("an extension");
            }
        });
        let written = match call {
            0 => fill(array),
            1 => {
                read(array, wanted.as_deref());
                Vec::new()
            }
            _ => {
                // A hole of the file counts as zeroes, so that the sum is any number.
                let sum = array.reduce(filemap::array::Operation::Sum, None);
                _ = complaint::checked(sum);
                Vec::new()
            }
        };
        // The scope would wait for the closure only, and the search for leaks may find the memory
        // of a thread that is about to end.
        truncation.join().expect("the truncations");
        written
    });
    let bytes = std::fs::read(path).expect("the file");
    let cut = usize::try_from(cut).expect("a small file");
    let model = arrays.file_mut().expect("the file has its name");
    assert_eq!(bytes.len(), model.len());
    for (at, (byte, old)) in bytes.iter().zip(&*model).enumerate() {
        let is_possible = written.contains(byte) || if at < cut { byte == old } else { *byte == 0 };
        assert!(is_possible, "byte {at} of the file is {byte}, and was {old}");
    }
    *model = bytes;
    Ok(())
}

/// Reads all elements. Each byte is the one of the file, or a zero where the file was truncated.
fn read<R: Region>(array: &Memmap<R>, wanted: Option<&[u8]>) {
    let result = array.read(&[]);
    if let Err(error) = &result {
        complaint::check(error);
        assert!(matches!(error, Error::Truncated(_) | Error::Closed(_)), "{error}");
        return;
    }
    let (bytes, wanted) = (result.expect("bytes"), wanted.expect("the file was truncated before"));
    assert_eq!(bytes.len(), wanted.len());
    let is_possible = |(byte, wanted): (&u8, &u8)| byte == wanted || *byte == 0;
    assert!(bytes.iter().zip(wanted).all(is_possible), "bytes that the file never had");
}

/// Fills the array. Returns the bytes that the file may have now.
fn fill<R: Region>(array: &Memmap<R>) -> Vec<u8> {
    let Ok(info) = array.info() else { return Vec::new() };
    // A private page would be a copy of an unknown moment.
    if !matches!(info.mode, Mode::ReadWrite | Mode::Write) {
        return Vec::new();
    }
    let element = vec![0xa5; usize::try_from(info.item_size).expect("a small element")];
    if let Err(error) = array.fill(&element) {
        complaint::check(&error);
        assert!(matches!(error, Error::Truncated(_)), "{error}");
    }
    element
}
