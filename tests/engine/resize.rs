//! Resizing on a disk that fails at every step.

use filemap::array::{Memmap, Mode, NpyOptions, OpenOptions};
use filemap::error::Error;
use filemap::fs::{Directory as _, IoErrorKind, IoResult, Open};
use filemap::layout::{Index, Order, Slice};
use filemap::region::{BufferedRegion, Resize, Window};

use crate::memory::{Disk, Fault, MemoryFile};
use crate::refused;

type MemoryArray = Memmap<BufferedRegion<MemoryFile>>;

/// The elements at first.
const OLD: [u8; 6] = [1, 2, 3, 4, 5, 6];

/// Returns an array of three rows, in a raw file or in a `.npy` file.
fn array(disk: &Disk, is_npy: bool) -> MemoryArray {
    let (dtype, shape, order) = (Some("u1".to_string()), vec![3, 2], Order::C);
    let array = if is_npy {
        Memmap::create_npy(
            &disk.preopens(),
            "a",
            &NpyOptions { dtype, shape, order, version: None },
        )
    } else {
        let options =
            OpenOptions { dtype, mode: Mode::Write, offset: 0, shape: Some(shape), order };
        Memmap::open(&disk.preopens(), "a", &options)
    };
    let array = array.expect("an array");
    array.write(&[], &OLD, None).expect("a write");
    array
}

/// Returns what an open of the file finds now.
fn found(disk: &Disk, is_npy: bool) -> Vec<u8> {
    if !is_npy {
        return disk.bytes("a");
    }
    let array: MemoryArray =
        Memmap::open_npy(&disk.preopens(), "a", Mode::ReadOnly, None).expect("a valid file");
    array.read(&[]).expect("its elements")
}

#[test]
fn a_failed_resize_keeps_the_elements() {
    for (is_npy, rows) in [(false, 5), (true, 5), (false, 1), (true, 1)] {
        for step in 0.. {
            let disk = Disk::default();
            let mut array = array(&disk, is_npy);
            disk.plan(step, Fault::Fails(IoErrorKind::NoSpace));
            let resized = array.resize(rows);
            if !disk.has_failed() {
                assert!(step > 1, "at least one step can fail");
                break;
            }
            assert!(matches!(refused(resized), Error::NoSpace(_)), "step {step}");
            assert_eq!(array.info().expect("an open array").shape, [3, 2], "step {step}");
            assert_eq!(array.read(&[]), Ok(OLD.to_vec()), "step {step}");
            let kept = found(&disk, is_npy);
            assert!(kept.starts_with(&OLD[..2]), "{is_npy}, {rows} rows, step {step}: {kept:?}");
            if rows > 3 {
                assert_eq!(kept, OLD, "{is_npy}, step {step}");
            }
        }
    }
}

#[test]
fn a_resize_adds_zeroes_or_truncates() {
    for is_npy in [false, true] {
        let disk = Disk::default();
        let mut array = array(&disk, is_npy);
        array.resize(4).expect("a longer array");
        assert_eq!(found(&disk, is_npy), [&OLD[..], &[0, 0]].concat());
        let last = Slice { start: Some(-1), stop: None, step: None };
        array.write(&[Index::Slice(last)], &[7, 8], None).expect("a write");
        array.resize(0).expect("an empty array");
        assert_eq!((array.read(&[]), found(&disk, is_npy)), (Ok(Vec::new()), Vec::new()));
        array.resize(1).expect("an array again");
        assert_eq!(found(&disk, is_npy), [0, 0]);
    }
}

#[test]
fn a_resize_keeps_what_another_program_appends_meanwhile() {
    let window = Window { offset: 0, length: 3 };
    let append = |disk: &Disk, at: usize| {
        let mut bytes = disk.bytes("a");
        bytes.resize(bytes.len().max(at + 2), 0);
        bytes[at..at + 2].copy_from_slice(b"xy");
        disk.overwrite("a", &bytes);
    };
    let resize = |length| Resize { length, header: Vec::new() };
    for (at, expected) in [(3, &b"abcxy\0"[..]), (6, b"abc\0\0\0xy")] {
        let disk = Disk::with(&[("a", b"abc")]);
        let file = disk.root(true).open_file("a", Open::ReadWrite).expect("a file");
        let failed = resize(6).apply(&file, window, |_| -> IoResult<()> {
            append(&disk, at);
            Err(IoErrorKind::NoMemory.into())
        });
        assert_eq!(failed.map(drop), Err(IoErrorKind::NoMemory.into()));
        assert_eq!(disk.bytes("a"), expected);
    }
    let disk = Disk::with(&[("a", b"abc")]);
    let file = disk.root(true).open_file("a", Open::ReadWrite).expect("a file");
    let shorter = resize(1).apply(&file, window, |_| {
        append(&disk, 3);
        Ok(())
    });
    assert_eq!(shorter.map(|(window, ())| window.length), Ok(1));
    assert_eq!(disk.bytes("a"), b"abcxy");
}
