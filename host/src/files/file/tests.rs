//! Long reads and writes of a file, and an interruption at each of their checkpoints.

use filemap::fs::IoErrorKind;

use super::space::ALLOCATED_AT_ONCE;
use super::*;
use crate::CtxBuilder;

/// Several pieces, the last of which is short.
const LENGTH: usize = 5 * PIECE + 17;

fn new_file() -> NativeFile {
    let access = Access { read: true, write: true };
    NativeFile::from_created(tempfile::tempfile().unwrap(), access, &CtxBuilder::new().budgets())
        .unwrap()
}

fn bytes() -> Vec<u8> {
    (0..=250).cycle().take(LENGTH).collect()
}

/// Makes a call on new files, and ends it at each of its checkpoints in turn. Calls `check` after
/// each call that was interrupted. Returns the number of checkpoints.
#[track_caller]
fn sweep(
    prepare: impl Fn(&NativeFile),
    call: impl Fn(&NativeFile) -> IoResult<()>,
    check: impl Fn(&NativeFile),
) -> u64 {
    let make = || {
        let file = new_file();
        prepare(&file);
        file
    };
    sweep_files(make, call, check)
}

/// Like [`sweep`], on files that `make` returns.
#[track_caller]
fn sweep_files(
    make: impl Fn() -> NativeFile,
    call: impl Fn(&NativeFile) -> IoResult<()>,
    check: impl Fn(&NativeFile),
) -> u64 {
    for checkpoint in 1.. {
        let file = make();
        let interrupter = &file.budgets.interrupter;
        interrupter.interrupt_at(checkpoint);
        let result = call(&file);
        let is_interrupted = interrupter.is_interrupted();
        interrupter.interrupt_at(0);
        interrupter.reset();
        if !is_interrupted {
            result.unwrap();
            return checkpoint - 1;
        }
        assert_eq!(result, Err(IoErrorKind::Interrupted.into()));
        check(&file);
        call(&file).unwrap();
    }
    unreachable!("a call ends")
}

#[test]
fn a_read_in_pieces_returns_the_bytes_of_the_file() {
    let file = new_file();
    file.write_all(&bytes(), 0).unwrap();
    for (offset, length) in
        [(0, LENGTH), (1, LENGTH - 1), (5, READ_AT_ONCE), (5, READ_AT_ONCE + 1), (9, 0)]
    {
        let read = file.read_vec(length as u64, offset as u64).unwrap();
        assert!(read == bytes()[offset..offset + length], "{length} bytes at {offset}");
    }
    for (offset, length) in [(1, LENGTH), (LENGTH - 1, 2), (LENGTH, 1)] {
        let error = file.read_vec(length as u64, offset as u64).unwrap_err();
        assert_eq!(error.kind, IoErrorKind::Truncated);
    }
}

#[test]
fn a_read_or_write_can_be_interrupted_before_each_piece() {
    let fill = |file: &NativeFile| file.write_all(&bytes(), 0).unwrap();
    let read =
        |file: &NativeFile| file.read_vec(LENGTH as u64, 0).map(|read| assert!(read == bytes()));
    assert_eq!(sweep(fill, read, |_| ()), 6);
    let write = |file: &NativeFile| file.write_in_pieces(&vec![1; (3 << 20) + 1], 0);
    let is_written = |file: &NativeFile| assert_eq!(file.size().unwrap() % (1 << 20), 0);
    assert_eq!(sweep(|_| (), write, is_written), 4);
}

#[test]
fn zeroes_that_are_written_in_place_of_fallocate_can_be_interrupted() {
    const END: u64 = 1_000_000;
    let fill = |file: &NativeFile| file.write_all(b"abc", 0).unwrap();
    let reserve = |file: &NativeFile| file.reserve_by_writing(&(3..END), None);
    let keeps_its_bytes = |file: &NativeFile| {
        assert_eq!(file.read_vec(3, 0).unwrap(), b"abc");
    };
    assert!(sweep(fill, reserve, keeps_its_bytes) > 10);
}

#[test]
fn an_allocation_can_be_interrupted_before_each_part() {
    let parts = sweep(|_| (), |file| file.reserve(0..3 * ALLOCATED_AT_ONCE), |_| ());
    // Where the file system has no `fallocate`, there are more.
    assert!(parts >= 3, "{parts}");
}

/// A file of this length in memory, where Linux cannot zero a range, of a plugin with these limits.
/// Its first and its last bytes are not zero.
fn file_in_memory(length: u64, limits: &CtxBuilder) -> NativeFile {
    let file = rustix::fs::memfd_create("filemap-test", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
    let file = StdFile::from(file);
    file.write_all_at(b"first", 0).unwrap();
    file.write_all_at(b"last.", length - 5).unwrap();
    let access = Access { read: true, write: true };
    NativeFile::from_created(file, access, &limits.budgets()).unwrap()
}

#[test]
fn a_file_that_is_emptied_keeps_its_length_at_each_interruption() {
    const TWO_PARTS: u64 = ALLOCATED_AT_ONCE + 100;
    // Zeroes are written if the limit allows so many, and else the blocks are replaced.
    for (limits, length, checkpoints) in [
        (CtxBuilder::new(), 200_000, 5),
        (CtxBuilder::new().max_scanned(1000), TWO_PARTS, 3),
        (CtxBuilder::new().max_scanned(1000).max_file_size(1000), TWO_PARTS, 3),
    ] {
        let end = length - 5;
        let end_is_kept = |file: &NativeFile| {
            assert_eq!(file.size().unwrap(), length);
            assert_eq!(file.read_vec(5, end).unwrap(), b"last.");
        };
        let clear = |file: &NativeFile| {
            file.clear(length)?;
            assert_eq!(file.size().unwrap(), length);
            for at in [0, end] {
                let mut found = [1; 5];
                file.read_exact(&mut found, at).unwrap();
                assert_eq!(found, [0; 5]);
            }
            Ok(())
        };
        let make = || file_in_memory(length, &limits);
        assert_eq!(sweep_files(make, clear, end_is_kept), checkpoints);
    }
}
