//! Streams of an array while another program truncates the file at each checkpoint of a call, which
//! lies before each piece that is moved.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use bytes::Bytes;
use filemap::array::{Mode, OpenOptions};
use filemap::layout::Order;
use rustix::fs::{MemfdFlags, memfd_create};
use wasmtime_wasi::filesystem::{self as wasi, FsPerms, OpenMode};
use wasmtime_wasi::p2::{InputStream as _, OutputStream as _, StreamError};

use super::super::streams::{BoundedInput, BoundedOutput};
use super::*;
use crate::CtxBuilder;
use crate::files::NativeFile;
use crate::interface::blocking::Blocking;
use crate::interrupter::Interrupter;
use crate::limits::{Budget, HANDLES, Reservation};

const SIZE: usize = 100_000;

/// The number of bytes that a stream moves at a time.
const PIECE: usize = 30_000;

/// The sizes to which the file is truncated: none, a page, within a page.
const CUTS: [usize; 4] = [0, 40_960, 50_001, SIZE - 1];

/// An array over a new file, and the handle that stops at its checkpoints.
struct Attacked {
    array: Memmap<MmapRegion>,
    file: File,
    interrupter: Interrupter,
}

fn old() -> Vec<u8> {
    (1..=251).cycle().take(SIZE).collect()
}

fn length(number: usize) -> u64 {
    u64::try_from(number).unwrap()
}

fn reservations() -> [Reservation; 2] {
    let budget = Budget::new(HANDLES, 2);
    [budget.reserve(1).unwrap(), budget.reserve(1).unwrap()]
}

impl Attacked {
    fn new(mode: Mode) -> Self {
        let file = File::from(memfd_create("filemap-test", MemfdFlags::CLOEXEC).unwrap());
        file.write_all_at(&old(), 0).unwrap();
        let open_mode = OpenMode::READ | OpenMode::WRITE;
        let descriptor =
            wasi::File::new(file.try_clone().unwrap(), FsPerms::ReadWrite, open_mode, false);
        let native = NativeFile::from_descriptor(descriptor, &CtxBuilder::new().budgets()).unwrap();
        let interrupter = native.budgets.interrupter.clone();
        let options = OpenOptions {
            dtype: Some("u1".into()),
            mode,
            offset: 0,
            shape: Some(vec![length(SIZE)]),
            order: Order::C,
        };
        Self { array: Memmap::open_file(&native, &options).unwrap(), file, interrupter }
    }

    /// Makes another program truncate the file at a checkpoint of the calls that follow, and extend
    /// it again if `extends`.
    fn truncate_at(&self, checkpoint: u64, cut: usize, extends: bool) {
        let file = self.file.try_clone().unwrap();
        self.interrupter.call_at(checkpoint, move || {
            file.set_len(length(cut)).unwrap();
            if extends {
                file.set_len(length(SIZE)).unwrap();
            }
        });
    }

    fn endpoint(&self) -> ArrayBytes {
        ArrayBytes::new(self.array.view(&[]).unwrap())
    }
}

/// Calls `attack` with each change at each checkpoint, until the change does not happen any more.
/// Asserts that there were at least `min` checkpoints.
#[track_caller]
fn sweep(mode: Mode, min: u64, attack: impl Fn(&Attacked, usize, bool)) {
    for cut in CUTS {
        for extends in [false, true] {
            let mut checkpoint = 1;
            loop {
                let attacked = Attacked::new(mode);
                attacked.truncate_at(checkpoint, cut, extends);
                attack(&attacked, cut, extends);
                if !attacked.interrupter.forget_hook() {
                    break;
                }
                checkpoint += 1;
            }
            assert!(checkpoint > min, "{} checkpoints", checkpoint - 1);
        }
    }
}

#[test]
fn an_input_stream_survives_a_truncation_at_each_checkpoint() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        sweep(mode, 4, |attacked, cut, extends| {
            let mut stream = BoundedInput::new(
                attacked.endpoint(),
                length(SIZE),
                reservations(),
                Blocking::CurrentThread,
            );
            let mut found = Vec::new();
            loop {
                match stream.read(PIECE) {
                    Ok(bytes) => found.extend_from_slice(&bytes),
                    // A stream ends like that at the end of its part, and where the file ends.
                    Err(StreamError::Closed) => break,
                    Err(error) => panic!("truncated to {cut}: {error}"),
                }
            }
            let is_right = |(byte, old): (&u8, u8)| *byte == old || extends && *byte == 0;
            assert!(found.iter().zip(old()).all(is_right), "truncated to {cut}");
            assert!(found.len() % PIECE == 0 || found.len() == SIZE);
            if extends {
                assert_eq!(found.len(), SIZE, "the file is long enough after each read");
            }
        });
    }
}

#[test]
fn an_output_stream_survives_a_truncation_at_each_checkpoint() {
    for mode in [Mode::CopyOnWrite, Mode::ReadWrite] {
        sweep(mode, 4, |attacked, cut, extends| {
            let mut stream = BoundedOutput::new(
                attacked.endpoint(),
                length(SIZE),
                reservations(),
                Blocking::CurrentThread,
            );
            let data = Bytes::from(vec![255; SIZE]);
            let mut written = Ok(());
            for start in (0..SIZE).step_by(PIECE) {
                let piece = data.slice(start..SIZE.min(start + PIECE));
                written = written.and_then(|()| stream.write(piece));
            }
            match written {
                Ok(()) => {}
                Err(StreamError::Closed) => assert!(!extends, "truncated to {cut}"),
                Err(error) => panic!("truncated to {cut}: {error}"),
            }
            let mut found = vec![0; SIZE];
            let count = attacked.file.read_at(&mut found, 0).unwrap();
            let is_right = |(byte, old): (&u8, u8)| [old, 255, 0].contains(byte);
            assert!(found[..count].iter().zip(old()).all(is_right), "truncated to {cut}");
            assert_eq!(attacked.file.metadata().unwrap().len(), length(count));
        });
    }
}
