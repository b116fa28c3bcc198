//! A plugin on a small disk, `work`, of one megabyte: whatever finds no room says so at once, and
//! leaves what was there.

#[path = "../bindings.rs"]
mod bindings;

use std::fs;

use bindings::filemap::data::array::{Memmap, MemmapOptions, Mode, NpyOptions, Order};
use bindings::filemap::data::errors::{Error, ErrorCode};

/// More than the disk has.
const TOO_MUCH: u64 = 8 << 20;

/// Much of what the disk has.
const MUCH: usize = 512 << 10;

/// What stands in the files that nobody has room to replace.
const OLD: &[u8] = b"old";

fn main() {
    for path in ["work/old.bin", "work/old.npy"] {
        fs::write(path, OLD).unwrap();
    }
    check_no_space(open("work/new.bin", Mode::Write, TOO_MUCH));
    assert!(fs::metadata("work/new.bin").is_err(), "a file that was made for nothing is litter");
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

    // An array that could be opened has its room, whoever takes the rest.
    let array = open("work/room.bin", Mode::Write, MUCH as u64).unwrap();
    let mut filler = 0;
    while fs::write(format!("work/filler{filler}"), [1; 16 << 10]).is_ok() {
        filler += 1;
    }
    let data: Vec<u8> = (0..=250).cycle().take(MUCH).collect();
    array.write(&[], &data, None).unwrap();
    array.flush().unwrap();
    assert_eq!(fs::read("work/room.bin").unwrap(), data);
    assert!((1..64).contains(&filler), "the disk has one megabyte, and took {filler} fillers");
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
        Ok(_) => panic!("it found room"),
    }
}
