//! Another program truncates the file of an array before each step of a call, or truncates it and
//! extends it again: the call fails with `truncated`, or finds what the file had.

use filemap::array::{Memmap, Mode, NpyOptions, OpenOptions, Operation};
use filemap::error::{ErrorCode, Result};
use filemap::layout::{Index, Order, Slice};
use filemap::region::BufferedRegion;

use crate::memory::{Disk, MemoryFile};

type Array = Memmap<BufferedRegion<MemoryFile>>;

/// A call that changes an array.
type Call<'a> = &'a dyn Fn(&mut Array) -> Result<()>;

/// Rows that lie too far apart to be read together.
const ROW: u64 = 9000;
const ROWS: u64 = 5;
const SIZE: u64 = ROWS * ROW;

/// The maximum number of bytes of one read or write of the disk.
const PIECE: usize = 5000;

/// The sizes to which the file is truncated.
const CUTS: [u64; 4] = [0, ROW, 2 * ROW + 1, SIZE - 1];

/// What another program does to the file.
#[derive(Clone, Copy, Debug)]
struct Change {
    cut: u64,
    /// Whether it extends the file again.
    extends: bool,
}

fn old() -> Vec<u8> {
    (1..=251).cycle().take(usize::try_from(SIZE).expect("a small file")).collect()
}

fn disk() -> Disk {
    let disk = Disk::with(&[("a", &old())]);
    disk.in_pieces(PIECE);
    disk
}

fn open(disk: &Disk, mode: Mode) -> Result<Array> {
    let (dtype, shape) = (Some("u1".into()), Some(vec![ROWS, ROW]));
    let options = OpenOptions { dtype, mode, offset: 0, shape, order: Order::C };
    Memmap::open(&disk.preopens(), "a", &options)
}

fn column() -> [Index; 2] {
    [Index::Slice(Slice { start: None, stop: None, step: Some(-1) }), Index::At(3)]
}

/// Makes a call on an array that `new` opens, with each change before each of its steps. Passes
/// each result to `check`. Asserts that the call had at least `min` steps, and that it fails if the
/// file is too short from the start.
#[track_caller]
fn sweep<S, T>(
    min: u64,
    new: impl Fn() -> (Disk, S),
    call: impl Fn(&Disk, &mut S) -> Result<T>,
    mut check: impl FnMut(&Disk, S, Change, Result<T>),
) {
    for cut in CUTS {
        for extends in [false, true] {
            let change = Change { cut, extends };
            let sizes = if extends { &[cut, SIZE][..] } else { &[cut] };
            for step in 0.. {
                let (disk, mut array) = new();
                disk.resize_at(step, "a", sizes);
                let result = call(&disk, &mut array);
                if !disk.end_resizing() {
                    assert!(result.is_ok(), "without a change");
                    assert!(step >= min, "only {step} steps");
                    break;
                }
                assert!(step > 0 || extends || result.is_err(), "{change:?} before the call");
                check(&disk, array, change, result);
            }
        }
    }
}

/// Checks that a call has failed with `truncated`, or returned the old bytes, with zeroes where the
/// file was extended again.
#[track_caller]
fn check_bytes(change: Change, found: Result<Vec<u8>>, old: &[u8]) {
    match found {
        Ok(found) => {
            assert_eq!(found.len(), old.len());
            let is_right = |(found, old): (&u8, &u8)| found == old || change.extends && *found == 0;
            assert!(found.iter().zip(old).all(is_right), "{change:?}");
        }
        Err(error) => assert_eq!(error.code(), ErrorCode::Truncated, "{change:?}: {error}"),
    }
}

#[test]
fn a_read_survives_a_truncation_before_each_step() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        let new = || {
            let disk = disk();
            let array = open(&disk, mode).expect("an array");
            if mode == Mode::CopyOnWrite {
                array.write(&column(), &old()[..5], None).expect("a write");
            }
            (disk, array)
        };
        for index in [&[][..], &column()] {
            let (_, array) = new();
            let expected = array.read(index).expect("the elements");
            sweep(
                4,
                new,
                |_, array| array.read(index),
                |_, _, change, read| check_bytes(change, read, &expected),
            );
        }
        let expected = new().1.read_bytes(0, SIZE).expect("the bytes");
        sweep(
            9,
            new,
            |_, array| array.read_bytes(0, SIZE),
            |_, _, change, read| check_bytes(change, read, &expected),
        );
    }
}

#[test]
fn a_reduction_survives_a_truncation_before_each_step() {
    let new = || {
        let disk = disk();
        let array = open(&disk, Mode::ReadOnly).expect("an array");
        (disk, array)
    };
    for axis in [None, Some(0), Some(1)] {
        let max = |array: &Array| array.reduce(Operation::Max, axis).map(|found| found.data);
        let expected = max(&new().1).expect("the largest elements");
        sweep(
            10,
            new,
            |_, array| max(array),
            |_, _, change, found| match found {
                Ok(found) => {
                    assert_eq!(found.len(), expected.len());
                    let is_right = |(found, expected): (&u8, &u8)| {
                        found == expected || change.extends && found < expected
                    };
                    assert!(found.iter().zip(&expected).all(is_right), "{change:?}");
                }
                Err(error) => assert_eq!(error.code(), ErrorCode::Truncated, "{error}"),
            },
        );
    }
}

#[test]
fn a_write_survives_a_truncation_before_each_step() {
    let data = vec![255; usize::try_from(SIZE).expect("a small file")];
    for mode in [Mode::CopyOnWrite, Mode::ReadWrite] {
        let new = || {
            let disk = disk();
            let array = open(&disk, mode).expect("an array");
            (disk, array)
        };
        let calls: [(u64, Call<'_>); 4] = [
            (5, &|array| array.write(&[], &data, None)),
            (5, &|array| array.write(&column(), &data[..5], None)),
            (5, &|array| array.write_bytes(1, &data[1..])),
            (5, &|array| array.fill(&[255])),
        ];
        for (min, call) in calls {
            sweep(
                min,
                new,
                |_, array| call(array),
                |disk, array, change, written| {
                    if let Err(error) = written {
                        assert_eq!(error.code(), ErrorCode::Truncated, "{change:?}: {error}");
                    }
                    assert!(disk.size("a") <= SIZE, "{change:?}");
                    let is_right = |(found, old): (&u8, &u8)| [*old, 255, 0].contains(found);
                    assert!(disk.bytes("a").iter().zip(&old()).all(is_right), "{change:?}");
                    array.flush().expect("a flush");
                },
            );
        }
    }
}

#[test]
fn a_resize_survives_a_truncation_before_each_step() {
    for is_npy in [false, true] {
        for rows in [ROWS + 2, 2, 0] {
            let new = || {
                let disk = disk();
                let options = NpyOptions {
                    dtype: Some("u1".into()),
                    shape: vec![ROWS, ROW],
                    order: Order::C,
                    version: None,
                };
                let array = if is_npy {
                    Memmap::create_npy(&disk.preopens(), "a", &options)
                } else {
                    open(&disk, Mode::ReadWrite)
                };
                (disk, array.expect("an array"))
            };
            sweep(
                2,
                new,
                |_, array| array.resize(rows),
                |disk, array, change, resized| {
                    if let Err(error) = &resized {
                        assert_eq!(error.code(), ErrorCode::Truncated, "{change:?}: {error}");
                        let sizes = [change.cut, if change.extends { SIZE } else { change.cut }];
                        assert_eq!(disk.size("a"), sizes[1], "a failed call leaves the size");
                    }
                    let expected = if resized.is_ok() { rows } else { ROWS };
                    let info = array.info().expect("an open array");
                    assert_eq!(info.shape, [expected, ROW], "{change:?}");
                    match array.read(&[]) {
                        Ok(bytes) => assert_eq!(bytes.len() as u64, expected * ROW),
                        Err(error) => assert_eq!(error.code(), ErrorCode::Truncated, "{error}"),
                    }
                },
            );
        }
    }
}

#[test]
fn an_opening_survives_a_truncation_before_each_step() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
        let mut failed = 0;
        for cut in CUTS {
            for step in 0.. {
                let disk = disk();
                disk.resize_at(step, "a", &[cut]);
                let opened = open(&disk, mode);
                if !disk.end_resizing() {
                    assert!(step > 1, "only {step} steps");
                    break;
                }
                match opened.and_then(|array| array.read(&[])) {
                    Ok(bytes) => assert_eq!(bytes.len() as u64, SIZE),
                    Err(error) if error.code() == ErrorCode::Truncated => {}
                    // The file was too short when its size was read.
                    Err(error) => {
                        let code = match cut {
                            0 => ErrorCode::InvalidArgument,
                            _ => ErrorCode::OutOfBounds,
                        };
                        assert_eq!(error.code(), code, "{mode}: {error}");
                        failed += 1;
                    }
                }
            }
        }
        let extends = matches!(mode, Mode::ReadWrite | Mode::Write);
        assert_eq!(
            failed > 0,
            !extends,
            "{mode} is refused only where it does not extend the file"
        );
    }
}
