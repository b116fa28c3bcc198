//! Which Rust types match a dtype.

use std::any::TypeId;

use bytemuck::Pod;

use crate::error::{Error, Result};

/// Returns the dtype of a number type, little-endian as WebAssembly, or `None` for any other type.
fn dtype_of<T: Pod>() -> Option<&'static str> {
    let numbers = [
        (TypeId::of::<u8>(), "|u1"),
        (TypeId::of::<i8>(), "|i1"),
        (TypeId::of::<u16>(), "<u2"),
        (TypeId::of::<i16>(), "<i2"),
        (TypeId::of::<u32>(), "<u4"),
        (TypeId::of::<i32>(), "<i4"),
        (TypeId::of::<u64>(), "<u8"),
        (TypeId::of::<i64>(), "<i8"),
        (TypeId::of::<f32>(), "<f4"),
        (TypeId::of::<f64>(), "<f8"),
    ];
    numbers.iter().find(|(id, _)| *id == TypeId::of::<T>()).map(|(_, dtype)| *dtype)
}

/// Checks that `T` matches elements of this dtype and size. A number type must have the same dtype.
/// For any other type, a structure for instance, only the size is compared, because a type does not
/// tell its fields.
pub(crate) fn check<T: Pod>(dtype: &str, item_size: u64) -> Result<()> {
    let name = std::any::type_name::<T>();
    if let Some(own) = dtype_of::<T>() {
        if own != dtype {
            return Err(Error::InvalidArgument(format!(
                "the elements have dtype `{dtype}`, and `{name}` is `{own}`: use the type of the \
                 elements, or `view_as(\"{own}\")` to reinterpret their bytes"
            )));
        }
    } else if size_of::<T>() as u64 != item_size {
        return Err(Error::InvalidArgument(format!(
            "an element of dtype `{dtype}` has {item_size} bytes, and `{name}` has {}",
            size_of::<T>()
        )));
    }
    Ok(())
}

/// Converts bytes of any alignment to elements. Ignores bytes after the last whole element.
pub(crate) fn from_bytes<T: Pod>(bytes: &[u8]) -> Vec<T> {
    bytes.chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_type_matches_its_dtype() {
        assert_eq!(check::<u8>("|u1", 1), Ok(()));
        assert_eq!(check::<i8>("|i1", 1), Ok(()));
        assert_eq!(check::<u16>("<u2", 2), Ok(()));
        assert_eq!(check::<i16>("<i2", 2), Ok(()));
        assert_eq!(check::<u32>("<u4", 4), Ok(()));
        assert_eq!(check::<i32>("<i4", 4), Ok(()));
        assert_eq!(check::<u64>("<u8", 8), Ok(()));
        assert_eq!(check::<i64>("<i8", 8), Ok(()));
        assert_eq!(check::<f32>("<f4", 4), Ok(()));
        assert_eq!(check::<f64>("<f8", 8), Ok(()));
    }

    #[test]
    fn a_number_type_of_another_kind_size_or_byte_order_is_an_error_with_a_way_out() {
        for (dtype, size) in
            [("<i4", 4), (">f4", 4), ("<f8", 8), ("<f2", 2), ("|V4", 4), ("[('x', '<f4')]", 4)]
        {
            let error = check::<f32>(dtype, size).unwrap_err();
            assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
            for part in [dtype, "`f32`", "view_as(\"<f4\")"] {
                assert!(error.message().contains(part), "{error}");
            }
        }
        for dtype in ["|b1", "|i1", "|S1"] {
            assert!(check::<u8>(dtype, 1).is_err(), "{dtype}");
        }
    }

    #[test]
    fn any_other_type_is_compared_by_size_only() {
        assert_eq!(check::<[f32; 2]>("[('x', '<f4'), ('y', '<f4')]", 8), Ok(()));
        assert_eq!(check::<[u8; 8]>(">M8[ms]", 8), Ok(()));
        let error = check::<[f32; 2]>("<f4", 4).unwrap_err();
        assert!(
            error.message().contains("4 bytes") && error.message().ends_with("has 8"),
            "{error}"
        );
        assert!(check::<()>("|u1", 1).is_err());
    }

    #[test]
    fn elements_are_converted_from_bytes_of_any_alignment() {
        let bytes = [9, 1, 0, 2, 0];
        assert_eq!(from_bytes::<u16>(&bytes[1..]), [1, 2]);
    }
}
