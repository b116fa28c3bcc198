//! Attacks by `resize`, and by files that are too large.

use std::fs;

use crate::bindings::{Error, ErrorCode, Memmap, Mode, Order, wit_array::NpyOptions};
use crate::empty_elements::quickly;
use crate::support::{exists, fails, index, options, poke, resize, shaped, size};

const FILE: &str = "work/grown.bin";
const TERABYTE: u64 = 1 << 40;
/// Two rows of three pages each, of ones.
const ROW: u64 = 3 * 4096;
const SIZE: u64 = 2 * ROW;

fn rows(mode: Mode) -> Memmap {
    fs::write(FILE, vec![1; 2 * 3 * 4096]).unwrap();
    Memmap::open(FILE, &shaped(mode, "u1", &[2, ROW])).unwrap()
}

/// Checks that a call failed because of the size, with any of the possible codes.
#[track_caller]
fn too_large<T>(result: Result<T, Error>) {
    let Err(error) = result else { panic!("it succeeded") };
    let known = matches!(
        error.code,
        ErrorCode::InvalidArgument | ErrorCode::LimitExceeded | ErrorCode::NoSpace
    );
    assert!(known, "{error:?}");
}

/// Checks that a call failed because no array has this dtype and shape.
#[track_caller]
fn not_an_array<T>(result: Result<T, Error>) {
    let Err(error) = result else { panic!("it succeeded") };
    match error.code {
        ErrorCode::InvalidArgument => {}
        ErrorCode::Unsupported => assert!(error.message.contains("object"), "{error:?}"),
        ErrorCode::LimitExceeded | ErrorCode::NoSpace => {
            assert!(error.message.contains("bytes"), "{error:?}");
        }
        _ => panic!("{error:?}"),
    }
}

pub(crate) fn resizes_to_extreme_lengths() {
    let array = rows(Mode::ReadWrite);
    let before = array.info().unwrap();
    for _ in 0..20 {
        for length in [
            u64::MAX,
            1 << 63,
            i64::MAX.unsigned_abs(),
            u64::MAX / ROW,
            i64::MAX.unsigned_abs() / ROW,
        ] {
            too_large(quickly(|| array.resize(length)));
        }
        // The portable provider allocates no space, and some file systems allow files of this size.
        match quickly(|| array.resize(1 << 40)) {
            Ok(()) => array.resize(before.shape[0]).unwrap(),
            refused => too_large(refused),
        }
        let after = array.info().unwrap();
        assert_eq!(
            (&after.shape, &after.strides, after.nbytes),
            (&before.shape, &before.strides, before.nbytes)
        );
        assert_eq!(size(FILE), SIZE);
    }
    assert!(array.read(&[]).unwrap().iter().all(|byte| *byte == 1));
    array.resize(3).unwrap();
    assert_eq!(array.read(&index("1:, -1")).unwrap(), [1, 0]);
    array.resize(0).unwrap();
    assert_eq!((array.read(&[]).unwrap(), size(FILE)), (vec![], 0));
    too_large(array.resize(u64::MAX));
    array.resize(1).unwrap();
    assert_eq!(array.read(&index("0, 0")).unwrap(), [0]);

    // Rows of 0 bytes: a length needs no space, but must be valid.
    let array = Memmap::open(FILE, &shaped(Mode::ReadWrite, "f8", &[2, 0])).unwrap();
    for length in [u64::MAX, 1 << 63, 1 << 61] {
        too_large(quickly(|| array.resize(length)));
    }
    array.resize(1 << 59).unwrap();
    assert_eq!(array.info().unwrap().shape, [1 << 59, 0]);
    assert_eq!(array.read(&[]).unwrap(), []);
    assert_eq!(size(FILE), ROW);
}

pub(crate) fn resizes_files_that_it_cannot_write() {
    for (path, mode) in
        [("fixed/bytes.bin", Mode::ReadOnly), ("fixed/bytes.bin", Mode::CopyOnWrite)]
    {
        let array = Memmap::open(path, &options(mode, "u1")).unwrap();
        for length in [0, 1, 64, 65, u64::MAX] {
            fails(array.resize(length), ErrorCode::AccessDenied, &[path]);
        }
    }
    let array = rows(Mode::ReadWrite);
    let view = array.view(&index(":1")).unwrap();
    for length in [0, 1, 3, u64::MAX] {
        fails(array.resize(length), ErrorCode::InvalidArgument, &["views"]);
        fails(view.resize(length), ErrorCode::InvalidArgument, &["view"]);
    }
    drop(view);
    array.close();
    fails(array.resize(3), ErrorCode::Closed, &["closed"]);
    assert_eq!((size("fixed/bytes.bin"), size(FILE)), (64, SIZE));
}

pub(crate) fn resizes_a_file_whose_size_has_changed() {
    let array = rows(Mode::ReadWrite);
    for cut in [0, 1, 4096, SIZE - 1] {
        resize(FILE, cut);
        for length in [0, 1, 2, 3, 1000] {
            fails(array.resize(length), ErrorCode::Truncated, &["truncated"]);
        }
        assert_eq!(size(FILE), cut, "the call does not change the size of the file");
    }
    assert_eq!(array.info().unwrap().shape, [2, ROW]);
    // The bytes that another program has added after the array stay.
    resize(FILE, SIZE + 5);
    poke(FILE, SIZE, &[7; 5]);
    array.resize(1).unwrap();
    assert_eq!(size(FILE), SIZE + 5);
    array.resize(3).unwrap();
    assert_eq!(array.read(&index("2, :6")).unwrap(), [7, 7, 7, 7, 7, 0]);
    assert_eq!(size(FILE), SIZE + ROW);
}

/// The limit of mapped bytes is ten million.
pub(crate) fn resizes_beyond_its_address_space() {
    fs::write(FILE, vec![1; 1_000_000]).unwrap();
    let array = Memmap::open(FILE, &shaped(Mode::ReadWrite, "u1", &[1_000_000])).unwrap();
    for _ in 0..20 {
        fails(array.resize(10_000_001), ErrorCode::LimitExceeded, &["`max_mapped` is 10000000"]);
        assert_eq!((size(FILE), array.info().unwrap().shape), (1_000_000, vec![1_000_000]));
        assert_eq!(array.read(&index("::999999")).unwrap(), [1, 1]);
    }
    let open = |length| Memmap::open("work/sparse.bin", &shaped(Mode::ReadOnly, "u1", &[length]));
    array.resize(9_000_000).unwrap();
    fails(open(1_000_001), ErrorCode::LimitExceeded, &["9000000 in use", "1000001"]);
    array.resize(2).unwrap();
    let other = open(9_999_998).unwrap();
    fails(array.resize(3), ErrorCode::LimitExceeded, &["grown.bin"]);
    assert_eq!((size(FILE), array.read(&[]).unwrap()), (2, vec![1, 1]));
    drop(other);
    array.resize(3).unwrap();
}

pub(crate) fn makes_files_that_are_too_large() {
    let npy = |dtype: &str, shape: &[u64]| NpyOptions {
        dtype: Some(dtype.into()),
        shape: shape.to_vec(),
        order: Order::F,
        version: None,
    };
    let extreme = [
        ("u1", vec![u64::MAX]),
        ("u1", vec![i64::MAX.unsigned_abs()]),
        ("u1", vec![1 << 62]),
        ("f8", vec![1 << 32; 2]),
        ("V2147483647", vec![1 << 32, 3]),
        ("V2147483647", vec![TERABYTE]),
        ("('V2147483647', (0,))", vec![1]),
        ("(2147483647,)f8", vec![1]),
        ("S0", vec![1]),
        ("O", vec![1]),
        ("u1", vec![1; 65]),
        ("u1", vec![0; 1_000_000]),
    ];
    fs::write("work/old.npy", b"precious").unwrap();
    for path in ["work/huge.npy", "work/old.npy"] {
        for (dtype, shape) in &extreme {
            not_an_array(quickly(|| Memmap::create_npy(path, &npy(dtype, shape))));
            not_an_array(quickly(|| Memmap::open(path, &shaped(Mode::Write, dtype, shape))));
        }
        // A large disk has room for some of these.
        for size in [TERABYTE, 15 * TERABYTE, 1000 * TERABYTE] {
            for made in [
                quickly(|| Memmap::create_npy(path, &npy("u1", &[size]))),
                quickly(|| Memmap::open(path, &shaped(Mode::Write, "u1", &[size]))),
            ] {
                match made {
                    Ok(array) => {
                        drop(array);
                        fs::remove_file(path).unwrap();
                        if path == "work/old.npy" {
                            fs::write(path, b"precious").unwrap();
                        }
                    }
                    refused => too_large(refused),
                }
            }
        }
    }
    assert!(!exists("work/huge.npy"), "a failed call leaves no file");
    assert_eq!(fs::read("work/old.npy").unwrap(), b"precious");
}
