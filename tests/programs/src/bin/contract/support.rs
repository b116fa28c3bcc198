//! What the cases share: short ways to say what is opened, what is indexed, and how a call fails.

use std::fs::{File, OpenOptions as FileOptions};
use std::io::{Seek, SeekFrom, Write};

use crate::bindings::{Array, Error, Index, Mode, Order, Slice, wit_array::OpenOptions};

/// As much as one call moves.
pub(crate) const MAX_TRANSFER: u64 = 128 << 20;

/// The bytes of `bytes.bin`: 0 to 63.
pub(crate) fn numbers() -> Vec<u8> {
    (0..64).collect()
}

/// Options for elements of that type, one axis over the whole file.
pub(crate) fn options(mode: Mode, dtype: &str) -> OpenOptions {
    OpenOptions { dtype: Some(dtype.into()), mode, offset: 0, shape: None, order: Order::C }
}

/// Options for elements of that type in that shape.
pub(crate) fn shaped(mode: Mode, dtype: &str, shape: &[u64]) -> OpenOptions {
    OpenOptions { shape: Some(shape.to_vec()), ..options(mode, dtype) }
}

/// `work/bytes.bin` as `uint8` of that shape: as long as nobody writes, each element is its own number.
#[track_caller]
pub(crate) fn open_numbers(mode: Mode, shape: &[u64]) -> Array {
    Array::open("work/bytes.bin", &shaped(mode, "u1", shape)).unwrap()
}

/// Indices as Python writes them: `1, ::-2, ...`. The empty text is the empty list.
#[track_caller]
pub(crate) fn index(text: &str) -> Vec<Index> {
    let bound = |text: &str| (!text.is_empty()).then(|| text.parse().expect("a number"));
    let one = |part: &str| match part.split(':').collect::<Vec<_>>()[..] {
        ["..."] => Index::Ellipsis,
        [at] => Index::At(at.parse().expect("a number")),
        [start, stop] => Index::Slice(Slice { start: bound(start), stop: bound(stop), step: None }),
        [start, stop, step] => Index::Slice(Slice { start: bound(start), stop: bound(stop), step: bound(step) }),
        _ => panic!("`{part}` is no index"),
    };
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(one).collect()
}

/// Checks that a call failed with that case of the error, and that its text has all `parts`.
#[track_caller]
pub(crate) fn fails<T>(result: Result<T, Error>, case: fn(String) -> Error, parts: &[&str]) {
    let Err(error) = result else { panic!("the call succeeded, and should be {:?}", case(String::new())) };
    let expected = std::mem::discriminant(&case(String::new()));
    assert_eq!(std::mem::discriminant(&error), expected, "{error:?}");
    for part in parts {
        assert!(text(&error).contains(part), "`{part}` is missing in {error:?}");
    }
}

fn text(error: &Error) -> &str {
    match error {
        Error::NotFound(text)
        | Error::AccessDenied(text)
        | Error::InvalidArgument(text)
        | Error::OutOfBounds(text)
        | Error::Truncated(text)
        | Error::NoSpace(text)
        | Error::LimitExceeded(text)
        | Error::Closed(text)
        | Error::Corrupt(text)
        | Error::Unsupported(text)
        | Error::Other(text) => text,
    }
}

/// Makes a file of `size` bytes, all zero, or gives one that is there another size.
#[track_caller]
pub(crate) fn resize(path: &str, size: u64) {
    let file = FileOptions::new().write(true).create(true).truncate(false).open(path).unwrap();
    file.set_len(size).unwrap();
}

/// Writes into a file as any other program would.
#[track_caller]
pub(crate) fn poke(path: &str, offset: u64, bytes: &[u8]) {
    let mut file = FileOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(bytes).unwrap();
}

/// The size of a file in bytes.
#[track_caller]
pub(crate) fn size(path: &str) -> u64 {
    File::open(path).unwrap().metadata().unwrap().len()
}

/// Whether there is anything at that path.
pub(crate) fn exists(path: &str) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}
