//! Helpers of the cases.

use std::fs::OpenOptions;

use filemap_plugin::{Error, Memmap, Mode, Result};

/// Creates a file of these numbers, little-endian, after `offset` bytes of 255.
pub(crate) fn file(path: &str, offset: usize, numbers: impl IntoIterator<Item = u32>) {
    let mut bytes = vec![255; offset];
    for number in numbers {
        bytes.extend(number.to_le_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}

/// Reads the numbers of such a file.
pub(crate) fn numbers(path: &str, offset: usize) -> Vec<u32> {
    let bytes = std::fs::read(path).unwrap();
    bytes[offset..].chunks(4).map(|number| u32::from_le_bytes(number.try_into().unwrap())).collect()
}

/// Creates `work/new.bin` with `count` numbers that begin at 0, and opens it.
pub(crate) fn counted(mode: Mode, count: u32) -> Memmap {
    file("work/new.bin", 0, 0..count);
    Memmap::options().dtype("<u4").mode(mode).open("work/new.bin").unwrap()
}

/// Changes the size of a file, as another program does.
pub(crate) fn set_size(path: &str, size: u64) {
    OpenOptions::new().write(true).open(path).unwrap().set_len(size).unwrap();
}

/// Checks that a call failed with this case of the error, and that its text contains all `parts`.
#[track_caller]
pub(crate) fn fails<T>(result: Result<T>, case: fn(String) -> Error, parts: &[&str]) {
    let Err(error) = result else {
        panic!("the call succeeded instead of {:?}", case(String::new()))
    };
    let expected = std::mem::discriminant(&case(String::new()));
    assert_eq!(std::mem::discriminant(&error), expected, "{error:?}");
    for part in parts {
        assert!(error.message().contains(part), "`{part}` is missing in {error:?}");
    }
}
