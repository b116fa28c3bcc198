//! What the cases share.

use std::fs::OpenOptions;

use filemap_plugin::{Error, Memmap, Mode, Result};

/// A file of those numbers, little-endian, behind `offset` bytes of 255.
pub(crate) fn file(path: &str, offset: usize, numbers: impl IntoIterator<Item = u32>) {
    let mut bytes = vec![255; offset];
    for number in numbers {
        bytes.extend(number.to_le_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}

/// The numbers in such a file.
pub(crate) fn numbers(path: &str, offset: usize) -> Vec<u32> {
    let bytes = std::fs::read(path).unwrap();
    bytes[offset..].chunks(4).map(|number| u32::from_le_bytes(number.try_into().unwrap())).collect()
}

/// An array over `work/new.bin`, which has the numbers from 0 on.
pub(crate) fn counted(mode: Mode, count: u32) -> Memmap {
    file("work/new.bin", 0, 0..count);
    Memmap::options().dtype("<u4").mode(mode).open("work/new.bin").unwrap()
}

/// Gives a file another size, as any other program would.
pub(crate) fn cut(path: &str, size: u64) {
    OpenOptions::new().write(true).open(path).unwrap().set_len(size).unwrap();
}

/// Checks that a call failed with that case of the error, and that its text has all `parts`.
#[track_caller]
pub(crate) fn fails<T>(result: Result<T>, case: fn(String) -> Error, parts: &[&str]) {
    let Err(error) = result else {
        panic!("the call succeeded, and should be {:?}", case(String::new()))
    };
    let expected = std::mem::discriminant(&case(String::new()));
    assert_eq!(std::mem::discriminant(&error), expected, "{error:?}");
    for part in parts {
        assert!(error.message().contains(part), "`{part}` is missing in {error:?}");
    }
}
