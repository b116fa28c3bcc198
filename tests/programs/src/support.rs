//! Helpers of the cases: opening, indexing, and checking errors.

use std::fs::{File, OpenOptions as FileOptions};
use std::io::{Seek, SeekFrom, Write};

use crate::bindings::wit_array::{Mask, Take};
use crate::bindings::{
    Advice, Durability, Error, ErrorCode, Index, Memmap, MemmapOptions, Mode, Operation, Order,
    Slice, Store, StoreOptions,
};

/// The options for reading and writing, unless a case needs others.
pub(crate) const CREATE: StoreOptions =
    StoreOptions { create: true, read_only: false, durability: Durability::None };

/// The options for reading only.
pub(crate) const READ_ONLY: StoreOptions =
    StoreOptions { create: false, read_only: true, durability: Durability::None };

/// The maximum number of bytes that one call moves.
pub(crate) const MAX_TRANSFER: u64 = 128 << 20;

/// The bytes of `work/bytes.bin`: 0 to 63.
pub(crate) fn numbers() -> Vec<u8> {
    (0..64).collect()
}

/// Options for elements of this dtype, one axis over the whole file.
pub(crate) fn options(mode: Mode, dtype: &str) -> MemmapOptions {
    MemmapOptions { dtype: Some(dtype.into()), mode, offset: 0, shape: None, order: Order::C }
}

/// Options for elements of this dtype in this shape.
pub(crate) fn shaped(mode: Mode, dtype: &str, shape: &[u64]) -> MemmapOptions {
    MemmapOptions { shape: Some(shape.to_vec()), ..options(mode, dtype) }
}

/// Opens `work/bytes.bin` as `uint8` in this shape. Each element is its own index in C order until
/// a write.
#[track_caller]
pub(crate) fn open_numbers(mode: Mode, shape: &[u64]) -> Memmap {
    Memmap::open("work/bytes.bin", &shaped(mode, "u1", shape)).unwrap()
}

/// Parses indices in Python's syntax: `1, ::-2, ..., None, [3, 1], [True, False]`. The empty text
/// is the empty list, and `[]` is an empty `take`. Nested lists are arrays of several axes;
/// `array(1)` and `array(True)` are arrays without axes.
#[track_caller]
pub(crate) fn index(text: &str) -> Vec<Index> {
    let number = |text: &str| text.parse().expect("a number");
    let bound = |text: &str| (!text.is_empty()).then(|| number(text));
    let one = |part: &str| match part.split(':').collect::<Vec<_>>()[..] {
        ["..."] => Index::Ellipsis,
        ["None"] => Index::NewAxis,
        [list] if list.starts_with(['[', 'a']) => list_index(list),
        [at] => Index::At(number(at)),
        [start, stop] => Index::Slice(Slice { start: bound(start), stop: bound(stop), step: None }),
        [start, stop, step] => {
            Index::Slice(Slice { start: bound(start), stop: bound(stop), step: bound(step) })
        }
        _ => panic!("`{part}` is not an index"),
    };
    parts(text).into_iter().map(one).collect()
}

/// Splits a text at its commas, except those in brackets.
fn parts(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let between_parts = |character| {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    };
    text.split(between_parts).map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Parses `[3, 1]`, `[[True], [False]]` or `array(1)`.
#[track_caller]
fn list_index(text: &str) -> Index {
    let (items, shape) = match text.strip_prefix("array(") {
        Some(item) => (vec![item.trim_end_matches(')')], Vec::new()),
        None => nested(text),
    };
    let shape = (shape.len() != 1).then_some(shape);
    if matches!(items.first(), Some(&("True" | "False"))) {
        return Index::Mask(Mask {
            values: items.iter().map(|&item| item == "True").collect(),
            shape,
        });
    }
    let indices = items.iter().map(|item| item.parse().expect("a number")).collect();
    Index::Take(Take { indices, shape })
}

/// Splits nested lists into their elements, in C order, and their shape.
#[track_caller]
fn nested(text: &str) -> (Vec<&str>, Vec<u64>) {
    let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) else {
        return (vec![text], Vec::new());
    };
    let (items, shapes): (Vec<_>, Vec<_>) = parts(inner).into_iter().map(nested).unzip();
    assert!(shapes.windows(2).all(|pair| pair[0] == pair[1]), "`{text}` is not an array");
    let mut shape = vec![shapes.len() as u64];
    shape.extend(shapes.into_iter().next().unwrap_or_default());
    (items.concat(), shape)
}

/// An index array of one axis.
pub(crate) fn take(indices: Vec<i64>) -> Index {
    Index::Take(Take { indices, shape: None })
}

/// A mask of one axis.
pub(crate) fn mask(values: Vec<bool>) -> Index {
    Index::Mask(Mask { values, shape: None })
}

/// An index array of this shape.
pub(crate) fn take_of(indices: Vec<i64>, shape: &[u64]) -> Index {
    Index::Take(Take { indices, shape: Some(shape.to_vec()) })
}

/// A mask of this shape.
pub(crate) fn mask_of(values: Vec<bool>, shape: &[u64]) -> Index {
    Index::Mask(Mask { values, shape: Some(shape.to_vec()) })
}

/// Checks the shape of an array and its elements in C order.
#[track_caller]
pub(crate) fn holds(array: &Memmap, shape: &[u64], elements: &[u8]) {
    assert_eq!(array.info().unwrap().shape, shape);
    assert_eq!(array.read(&[]).unwrap(), elements);
}

/// A number that `bytes` converts.
pub(crate) trait Number {
    /// Appends the bytes of the number, little-endian.
    fn append_to(self, bytes: &mut Vec<u8>);
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl Number for $number {
            fn append_to(self, bytes: &mut Vec<u8>) {
                bytes.extend(self.to_le_bytes());
            }
        })*
    };
}

numbers!(i16 u16 i32 u32 i64 u64 f32 f64);

/// The bytes of numbers, little-endian.
pub(crate) fn bytes(numbers: impl IntoIterator<Item = impl Number>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in numbers {
        number.append_to(&mut bytes);
    }
    bytes
}

/// Creates the file `new.bin` with these elements, and opens it as an array of one axis.
#[track_caller]
pub(crate) fn array_of(dtype: &str, elements: &[u8]) -> Memmap {
    std::fs::write("work/new.bin", elements).unwrap();
    Memmap::open("work/new.bin", &options(Mode::ReadWrite, dtype)).unwrap()
}

/// Checks the dtype and the element of reductions over all elements.
#[track_caller]
pub(crate) fn reduces_to(array: &Memmap, expected: &[(Operation, &str, Vec<u8>)]) {
    for (operation, dtype, data) in expected {
        let reduction = array
            .reduce(*operation, None)
            .unwrap_or_else(|error| panic!("{operation:?}: {error:?}"));
        assert_eq!((reduction.dtype.as_str(), &reduction.data), (*dtype, data), "{operation:?}");
        assert!(reduction.shape.is_empty(), "{operation:?}");
    }
}

/// Checks that a call failed with this code, and that the message contains all `parts`.
#[track_caller]
pub(crate) fn fails<T>(result: Result<T, Error>, code: ErrorCode, parts: &[&str]) {
    let Err(error) = result else { panic!("the call succeeded instead of {code:?}") };
    assert_eq!(error.code, code, "{error:?}");
    for part in parts {
        assert!(error.message.contains(part), "`{part}` is missing in {error:?}");
    }
}

/// Returns the description of a store, without `not locked`, which depends on the provider and the
/// file system.
pub(crate) fn described(store: &Store) -> String {
    store.describe().replace(", not locked", "")
}

/// Returns a `.npy` header of version `major`.0 with this dictionary, padded to `length` bytes.
pub(crate) fn npy_header(major: u8, dictionary: &[u8], length: u16) -> Vec<u8> {
    let mut header = [b"\x93NUMPY", &[major, 0][..]].concat();
    match major {
        1 => header.extend((length - 10).to_le_bytes()),
        _ => header.extend((u32::from(length) - 12).to_le_bytes()),
    }
    header.extend(dictionary);
    header.resize(usize::from(length) - 1, b' ');
    header.push(b'\n');
    header
}

/// Creates a file of `size` zeroes, or changes the size of an existing file.
#[track_caller]
pub(crate) fn resize(path: &str, size: u64) {
    let file = FileOptions::new().write(true).create(true).truncate(false).open(path).unwrap();
    file.set_len(size).unwrap();
}

/// Writes into a file as another program does.
#[track_caller]
pub(crate) fn poke(path: &str, offset: u64, bytes: &[u8]) {
    let mut file = FileOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(bytes).unwrap();
}

/// Returns the size of a file in bytes.
#[track_caller]
pub(crate) fn size(path: &str) -> u64 {
    File::open(path).unwrap().metadata().unwrap().len()
}

/// Whether anything exists at this path.
pub(crate) fn exists(path: &str) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

/// Every advice for an array.
pub(crate) const ALL_ADVICE: [Advice; 7] = [
    Advice::Normal,
    Advice::Random,
    Advice::Sequential,
    Advice::WillNeed,
    Advice::DontNeed,
    Advice::HugePage,
    Advice::NoHugePage,
];

/// Every reduction.
pub(crate) const OPERATIONS: [Operation; 12] = [
    Operation::Sum,
    Operation::Prod,
    Operation::Min,
    Operation::Max,
    Operation::Mean,
    Operation::Var,
    Operation::Std,
    Operation::Any,
    Operation::All,
    Operation::Argmin,
    Operation::Argmax,
    Operation::CountNonzero,
];
