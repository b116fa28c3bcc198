//! The target `dtype`.

use filemap::array::Header;
use filemap::dtype::Dtype;
use filemap::fs::{Directory as _, Open};
use filemap::layout::Order;
use filemap::limits::{MAX_DTYPE, MAX_NPY_HEADER};

use crate::complaint::checked;
use crate::memory::Disk;

/// The name of the file under test.
const FILE: &str = "a.npy";

/// Parses the text of a dtype. A dtype has to print as a text that parses to the same dtype, its
/// parts have to lie within it, and a `.npy` file has to keep what the format can describe.
///
/// # Panics
///
/// If a call does what it must not.
pub fn dtype(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some(dtype) = checked(Dtype::parse(text)) else { return };
    let printed = dtype.to_string();
    if printed.len() <= MAX_DTYPE {
        assert_eq!(Dtype::parse(&printed).as_ref(), Ok(&dtype), "`{text}` prints as `{printed}`");
    }
    check_parts(&dtype);
    check_header(&dtype);
}

/// Checks that fields and elements lie within their type.
fn check_parts(dtype: &Dtype) {
    match dtype {
        Dtype::Scalar(_) => {}
        Dtype::Subarray(subarray) => {
            let lengths = subarray.shape.iter();
            let size = if subarray.shape.contains(&0) {
                Some(0)
            } else {
                lengths.copied().try_fold(subarray.element.size(), u64::checked_mul)
            };
            assert_eq!(size, Some(subarray.size));
            check_parts(&subarray.element);
        }
        Dtype::Structured(structured) => {
            for field in &structured.fields {
                let end = field.offset.checked_add(field.dtype.size()).expect("an end");
                assert!(end <= structured.size, "`{}` ends at {end} in {structured:?}", field.name);
                assert_eq!(dtype.field(&field.name), Some(field));
                check_parts(&field.dtype);
            }
            assert!(structured.alignment.is_power_of_two());
        }
    }
    assert!(i64::try_from(dtype.size()).is_ok());
}

/// Checks that the header of a `.npy` file keeps the size and the names of a dtype, and that a
/// header that is read and written again is the same. As in numpy, the format takes a field without
/// a name for a gap.
fn check_header(dtype: &Dtype) {
    let Some(bytes) = checked(Header::to_bytes(dtype, &[0], Order::C, None)) else { return };
    let disk = Disk::with(&[(FILE, &bytes)]);
    let file = disk.root(false).open_file(FILE, Open::Read).expect("a file");
    let header = match Header::read(&file, FILE, Some(MAX_NPY_HEADER)) {
        // The text of a header is longer than that of the dtype, by its unnamed fields.
        Err(filemap::error::Error::LimitExceeded(_)) => return,
        header => header.expect("a header that was just written"),
    };
    let read = &header.layout.dtype;
    if !is_named(dtype) {
        assert_eq!(read.size(), dtype.size());
        return;
    }
    assert_eq!((read.size(), names(read)), (dtype.size(), names(dtype)));
    let again = Header::to_bytes(read, &[0], Order::C, None);
    assert_eq!(again.as_ref(), Ok(&bytes), "{dtype:?} is read as {read:?}");
}

/// Whether all fields have names, at all levels.
fn is_named(dtype: &Dtype) -> bool {
    match dtype {
        Dtype::Scalar(_) => true,
        Dtype::Subarray(subarray) => is_named(&subarray.element),
        Dtype::Structured(structured) => {
            structured.fields.iter().all(|field| !field.name.is_empty() && is_named(&field.dtype))
        }
    }
}

/// Returns the names of the fields.
fn names(dtype: &Dtype) -> Vec<&str> {
    match dtype {
        Dtype::Structured(structured) => {
            structured.fields.iter().map(|field| &*field.name).collect()
        }
        _ => Vec::new(),
    }
}
