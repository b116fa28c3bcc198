//! Attacks by `resize`, and by files that are too large.

use std::fs;

use crate::bindings::{Error, ErrorCode, Memmap, Mode, Order, wit_array::NpyOptions};
use crate::empty_elements::quickly;
use crate::provider::{is_portable, refused_by_the_disk};
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

/// Checks that no array can have this shape.
#[track_caller]
fn is_no_shape(result: Result<(), Error>) {
    fails(
        result,
        ErrorCode::InvalidArgument,
        &["is too large, all elements together have at most"],
    );
}

/// Checks that no file can have this length. The native provider refuses it earlier, because of the
/// address space.
#[track_caller]
fn is_no_length(result: Result<(), Error>) {
    if is_portable() {
        fails(result, ErrorCode::InvalidArgument, &["the file would be larger than"]);
    } else {
        fails(result, ErrorCode::LimitExceeded, &["the limit `max_mapped` is 17592186044416"]);
    }
}

pub(crate) fn resizes_to_extreme_lengths() {
    let array = rows(Mode::ReadWrite);
    let before = array.info().unwrap();
    for _ in 0..20 {
        for length in [u64::MAX, 1 << 63, i64::MAX.unsigned_abs(), u64::MAX / ROW] {
            is_no_shape(quickly(|| array.resize(length)));
        }
        // An array, but longer than 2^53 bytes.
        for length in [i64::MAX.unsigned_abs() / ROW, 1 << 40] {
            is_no_length(quickly(|| array.resize(length)));
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
    is_no_shape(array.resize(u64::MAX));
    array.resize(1).unwrap();
    assert_eq!(array.read(&index("0, 0")).unwrap(), [0]);

    // Rows of 0 bytes: a length needs no space, but must be valid.
    let array = Memmap::open(FILE, &shaped(Mode::ReadWrite, "f8", &[2, 0])).unwrap();
    for length in [u64::MAX, 1 << 63, 1 << 61] {
        is_no_shape(quickly(|| array.resize(length)));
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
    const TOO_LARGE: [&str; 2] = ["is too large, all elements together have at most"; 2];
    const NO_BYTES: [&str; 2] = ["have no bytes"; 2];
    let npy = |dtype: &str, shape: &[u64]| NpyOptions {
        dtype: Some(dtype.into()),
        shape: shape.to_vec(),
        order: Order::F,
        version: None,
    };
    // The words for a `.npy` file, and those for a file without a header.
    let invalid = |dtype, shape, words| (dtype, shape, ErrorCode::InvalidArgument, words);
    let past_the_end =
        ["ends past the last byte that a file can have", "the file would be larger than"];
    let extreme = [
        invalid("u1", vec![u64::MAX], TOO_LARGE),
        invalid("u1", vec![i64::MAX.unsigned_abs()], past_the_end),
        invalid("u1", vec![1 << 62], ["the file would be larger than"; 2]),
        invalid("f8", vec![1 << 32; 2], TOO_LARGE),
        invalid("V2147483647", vec![1 << 32, 3], TOO_LARGE),
        invalid("V2147483647", vec![TERABYTE], TOO_LARGE),
        invalid("('V2147483647', (0,))", vec![1], NO_BYTES),
        invalid("(2147483647,)f8", vec![1], ["has more than 2147483647 bytes"; 2]),
        invalid("S0", vec![1], NO_BYTES),
        ("O", vec![1], ErrorCode::Unsupported, ["Python objects in dtype `O`"; 2]),
        invalid("u1", vec![1; 65], ["found 65 axes"; 2]),
        invalid("u1", vec![0; 1_000_000], ["found 1000000 axes"; 2]),
    ];
    fs::write("work/old.npy", b"precious").unwrap();
    for path in ["work/huge.npy", "work/old.npy"] {
        for (dtype, shape, code, [npy_words, raw_words]) in &extreme {
            let created = quickly(|| Memmap::create_npy(path, &npy(dtype, shape)));
            fails(created, *code, &[npy_words]);
            let opened = quickly(|| Memmap::open(path, &shaped(Mode::Write, dtype, shape)));
            fails(opened, *code, &[raw_words]);
        }
        for size in [TERABYTE, 15 * TERABYTE] {
            for made in [
                quickly(|| Memmap::create_npy(path, &npy("u1", &[size]))),
                quickly(|| Memmap::open(path, &shaped(Mode::Write, "u1", &[size]))),
            ] {
                match made {
                    // A large disk has room for them.
                    Ok(array) => {
                        drop(array);
                        fs::remove_file(path).unwrap();
                        if path == "work/old.npy" {
                            fs::write(path, b"precious").unwrap();
                        }
                    }
                    Err(error) => refused_by_the_disk(&error),
                }
            }
        }
        let more_than_mapped = 1000 * TERABYTE;
        for made in [
            quickly(|| Memmap::create_npy(path, &npy("u1", &[more_than_mapped]))),
            quickly(|| Memmap::open(path, &shaped(Mode::Write, "u1", &[more_than_mapped]))),
        ] {
            fails(made, ErrorCode::LimitExceeded, &["`max_mapped`", "1099511627776000"]);
        }
    }
    assert!(!exists("work/huge.npy"), "a failed call leaves no file");
    assert_eq!(fs::read("work/old.npy").unwrap(), b"precious");
}
