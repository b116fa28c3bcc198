//! A plugin on a full disk: `work` has one megabyte.
//!
//! With the argument `reserved`, an array that does not fit is `no-space` when it is opened, and
//! leaves the file unchanged. With the argument `sparse`, the write that needs the space is
//! `no-space`.

#[path = "../bindings.rs"]
mod bindings;

use std::{env, fs};

use bindings::filemap::data::array::{Memmap, MemmapOptions, Mode, NpyOptions, Order};
use bindings::filemap::data::errors::{Error, ErrorCode};

/// More bytes than the disk has.
const TOO_MUCH: u64 = 8 << 20;

/// Half of the disk.
const HALF: usize = 512 << 10;

/// The content of the files that a failed call must not change.
const OLD: &[u8] = b"old";

fn main() {
    match env::args().nth(1).as_deref() {
        Some("reserved") => reserved(),
        Some("sparse") => sparse(),
        other => panic!("{other:?} is not `reserved` or `sparse`"),
    }
}

fn sparse() {
    let data = vec![1; usize::try_from(TOO_MUCH).unwrap()];
    fs::write("work/old.bin", OLD).unwrap();
    for mode in [Mode::ReadWrite, Mode::Write] {
        let array = open("work/old.bin", mode, TOO_MUCH).unwrap();
        check_no_space(array.write(&[], &data, None));
        // What was written is in the file, and the array has its length.
        assert_eq!(array.read_bytes(0, 3).unwrap(), [1; 3]);
        assert_eq!(array.read_bytes(TOO_MUCH - 3, 3).unwrap(), [0; 3]);
        array.resize(3).unwrap();
        check_no_space(array.resize(TOO_MUCH).and_then(|()| array.write(&[], &data, None)));
        array.resize(3).unwrap();
        assert_eq!(fs::read("work/old.bin").unwrap(), [1; 3]);
    }
}

fn reserved() {
    for path in ["work/old.bin", "work/old.npy"] {
        fs::write(path, OLD).unwrap();
    }
    check_no_space(open("work/new.bin", Mode::Write, TOO_MUCH));
    assert!(fs::metadata("work/new.bin").is_err(), "a failed call leaves no file");
    check_no_space(open("work/old.bin", Mode::Write, TOO_MUCH));
    check_no_space(open("work/old.bin", Mode::ReadWrite, TOO_MUCH));
    let shape = vec![TOO_MUCH];
    check_no_space(Memmap::create_npy(
        "work/old.npy",
        &NpyOptions { dtype: None, shape, order: Order::C, version: None },
    ));
    let array = open("work/old.bin", Mode::ReadWrite, 3).unwrap();
    check_no_space(array.resize(TOO_MUCH));
    assert_eq!(array.read(&[]).unwrap(), OLD);
    for path in ["work/old.bin", "work/old.npy"] {
        assert_eq!(fs::read(path).unwrap(), OLD, "{path}");
    }

    // An open array has its space on the disk, even if other files use the rest.
    let array = open("work/room.bin", Mode::Write, HALF as u64).unwrap();
    let mut filler = 0;
    while fs::write(format!("work/filler{filler}"), [1; 16 << 10]).is_ok() {
        filler += 1;
    }
    let data: Vec<u8> = (0..=250).cycle().take(HALF).collect();
    array.write(&[], &data, None).unwrap();
    array.flush().unwrap();
    assert_eq!(fs::read("work/room.bin").unwrap(), data);
    assert!((1..64).contains(&filler), "the disk of one megabyte took {filler} fillers of 16 KiB");
}

fn open(path: &str, mode: Mode, length: u64) -> Result<Memmap, Error> {
    Memmap::open(
        path,
        &MemmapOptions { dtype: None, mode, offset: 0, shape: Some(vec![length]), order: Order::C },
    )
}

#[track_caller]
fn check_no_space<T>(result: Result<T, Error>) {
    match result {
        Err(Error { code: ErrorCode::NoSpace, .. }) => {}
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("the call succeeded"),
    }
}
