//! `.npy` files that numpy has written.

use crate::bindings::wit_array::NpyOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::support::{fails, index, npy_header, resize};

/// Checks dtype, shape, offset and elements of a fixture.
#[track_caller]
fn check(name: &str, dtype: &str, shape: &[u64], offset: u64, elements: &[u8]) {
    let path = format!("data/arrays/{name}.npy");
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite] {
        let array = Memmap::open_npy(&path, mode, None).unwrap();
        let info = array.info().unwrap();
        assert_eq!(
            (info.dtype.as_str(), info.shape.as_slice(), info.offset),
            (dtype, shape, offset),
            "{name}"
        );
        assert_eq!((info.filename, info.mode), (Some(format!("/{path}")), mode));
        assert_eq!(array.read(&[]).unwrap(), elements, "{name}");
    }
}

/// The bytes of `int16` numbers, little-endian.
fn int16(numbers: impl IntoIterator<Item = i16>) -> Vec<u8> {
    numbers.into_iter().flat_map(i16::to_le_bytes).collect()
}

/// The bytes of `int32` numbers, little-endian.
fn int32<const N: usize>(numbers: [i32; N]) -> Vec<u8> {
    numbers.into_iter().flat_map(i32::to_le_bytes).collect()
}

pub(crate) fn array_npy_may_be_a_scalar() {
    check("0d", "<f8", &[], 128, &(-2.5_f64).to_le_bytes());
    check("0d-be", ">i4", &[], 128, &[1, 2, 3, 4]);
}

pub(crate) fn array_npy_may_have_one_axis() {
    check("1d", "<i4", &[5], 128, &int32([1, -2, 3, -4, 5]));
}

pub(crate) fn array_npy_may_have_three_axes_in_either_order() {
    check("3d-c", "<i2", &[2, 3, 4], 128, &int16(-12..12));
    check("3d-f", "<i2", &[2, 3, 4], 128, &int16(-12..12));
    let array = Memmap::open_npy("data/arrays/3d-f.npy", Mode::ReadOnly, None).unwrap();
    assert_eq!(array.info().unwrap().order, Some(Order::F));
    assert_eq!(array.read(&index("1, 2, ::-2")).unwrap(), int16([11, 9]));
}

pub(crate) fn array_npy_may_have_no_elements() {
    check("zero-size", "<f4", &[0, 3], 128, &[]);
    check("zero-size-1d", "<u2", &[0], 128, &[]);
    check("zero-size-middle", ">i8", &[2, 0, 3], 128, &[]);
}

pub(crate) fn array_npy_may_be_of_version_2_or_3() {
    check("version-2", "<i2", &[3, 4], 128, &int16(-12..0));
    check("version-3", "<i2", &[3, 4], 128, &int16(0..12));
}

pub(crate) fn array_npy_headers_may_have_unusual_spacing() {
    for (name, offset) in [
        ("odd-double-quotes", 64),
        ("odd-unpadded", 67),
        ("odd-trailing-bytes", 128),
        ("odd-python2-long", 128),
        ("odd-descr-name", 128),
        ("odd-comment", 128),
        ("odd-key-twice", 128),
    ] {
        check(name, "<i4", &[3], offset, &int32([1, -2, 3]));
    }
}

pub(crate) fn array_npy_may_be_of_a_dtype_with_parts() {
    for (descr, fortran_order, shape, expected, strides) in [
        ("('<i2', (2,))", "False", "(3,)", &[3, 2][..], &[4, 2][..]),
        ("('<i2', (2,))", "True", "(3,)", &[3, 2], &[2, 6]),
        ("('<i2', (2,))", "False", "()", &[2], &[2]),
        ("[(('title', 'x'), '<i2'), ('y', '<i2', (2,))]", "False", "(2,)", &[2], &[6]),
        // Fields with empty names are gaps.
        ("[('', '|V2'), ('x', '<i2'), ('', '|V2')]", "False", "(2,)", &[2], &[6]),
    ] {
        let dictionary =
            format!("{{'descr': {descr}, 'fortran_order': {fortran_order}, 'shape': {shape}, }}");
        let elements: Vec<u8> = (0..12).collect();
        std::fs::write(
            "work/parts.npy",
            [npy_header(1, dictionary.as_bytes(), 128), elements.clone()].concat(),
        )
        .unwrap();
        let array = Memmap::open_npy("work/parts.npy", Mode::ReadOnly, None).unwrap();
        let info = array.info().unwrap();
        assert_eq!((&info.shape[..], &info.strides[..]), (expected, strides), "{descr}");
        assert!(elements.starts_with(&array.read_bytes(0, info.nbytes).unwrap()), "{descr}");
        if descr.contains("'x'") {
            let first = if descr.contains("''") { [2, 3] } else { [0, 1] };
            assert_eq!(array.field("x").unwrap().read(&index("0")).unwrap(), first);
            fails(array.field(""), ErrorCode::InvalidArgument, &[]);
        }
    }
}

pub(crate) fn array_npy_read_write_changes_the_elements_and_not_the_header() {
    let before = std::fs::read("data/arrays/1d.npy").unwrap();
    std::fs::write("work/1d.npy", &before).unwrap();
    let array = Memmap::open_npy("work/1d.npy", Mode::ReadWrite, None).unwrap();
    array.write(&index("1::3"), &int32([20, 50]), None).unwrap();
    array.flush().unwrap();
    let after = std::fs::read("work/1d.npy").unwrap();
    assert_eq!((&after[..128], &after[128..]), (&before[..128], &int32([1, 20, 3, -4, 50])[..]));
}

pub(crate) fn array_npy_copy_on_write_leaves_the_file_alone() {
    let array = Memmap::open_npy("data/arrays/1d.npy", Mode::CopyOnWrite, None).unwrap();
    array.write(&index("0"), &int32([7]), None).unwrap();
    assert_eq!(array.read(&index(":2")).unwrap(), int32([7, -2]));
    let again = Memmap::open_npy("data/arrays/1d.npy", Mode::ReadOnly, None).unwrap();
    assert_eq!(again.read(&index(":2")).unwrap(), int32([1, -2]));
}

pub(crate) fn array_npy_read_only_refuses_writes() {
    let array = Memmap::open_npy("data/arrays/1d.npy", Mode::ReadOnly, None).unwrap();
    fails(
        array.write(&index("0"), &int32([7]), None),
        ErrorCode::AccessDenied,
        &["data/arrays/1d.npy", "`read-only`"],
    );
}

pub(crate) fn array_npy_in_mode_write_is_invalid() {
    std::fs::copy("data/arrays/1d.npy", "work/1d.npy").unwrap();
    fails(
        Memmap::open_npy("work/1d.npy", Mode::Write, None),
        ErrorCode::InvalidArgument,
        &["`write`", "use `read-write`"],
    );
    assert_eq!(std::fs::read("work/1d.npy").unwrap(), std::fs::read("data/arrays/1d.npy").unwrap());
}

pub(crate) fn array_npy_in_mode_read_write_needs_a_grant_for_writing() {
    fails(
        Memmap::open_npy("data/arrays/1d.npy", Mode::ReadWrite, None),
        ErrorCode::AccessDenied,
        &["`data/arrays/1d.npy`"],
    );
}

pub(crate) fn array_npy_that_is_missing_is_not_found() {
    fails(
        Memmap::open_npy("work/no.npy", Mode::ReadWrite, None),
        ErrorCode::NotFound,
        &["`work/no.npy`"],
    );
}

pub(crate) fn array_npy_with_a_corrupt_header_is_corrupt_at_a_position() {
    for (name, part) in [
        ("empty", "EOF: reading magic string, expected 8 bytes got 0 at byte 0"),
        ("bad-magic", "the magic string is not correct; expected b'\\x93NUMPY' at byte 0"),
        ("magic-only", "EOF: reading magic string, expected 8 bytes got 6 at byte 6"),
        ("length-cut", "EOF: reading array header length, expected 2 bytes got 1 at byte 9"),
        ("header-cut", "EOF: reading array header, expected 118 bytes got 30 at byte 40"),
        ("not-a-literal", "at byte 10"),
        ("not-a-dict", "Header is not a dictionary at byte 10"),
        ("unclosed", "at byte"),
        ("after-dict", "unexpected text after the literal at byte"),
        ("missing-key", "the key `fortran_order` is missing at byte 10"),
        ("extra-key", "unexpected key"),
        ("fortran-int", "expected `True` or `False` at byte"),
        ("shape-list", "shape is not valid: expected a tuple at byte"),
        ("shape-int", "shape is not valid: expected a tuple at byte"),
        ("shape-float", "at byte"),
        ("shape-negative", "expected a non-negative integer at byte"),
        ("shape-two-negative", "expected a non-negative integer at byte"),
        ("shape-beyond-64-bits", "an integer of more than 64 bits at byte"),
        ("shape-too-large", "after the header at byte"),
        ("data-cut", "after the header at byte"),
        ("shape-overflow", "too large"),
        ("shape-overflow-zero", "too large"),
        ("unknown-descr", "not understood"),
        ("descr-int", "at byte"),
    ] {
        let path = format!("data/arrays/corrupt-{name}.npy");
        let quoted = format!("`{path}` is not a valid .npy file");
        fails(
            Memmap::open_npy(&path, Mode::ReadOnly, None),
            ErrorCode::Corrupt,
            &[&quoted, part, "at byte"],
        );
        fails(Memmap::open_npy(&path, Mode::CopyOnWrite, None), ErrorCode::Corrupt, &[&quoted]);
    }
}

pub(crate) fn array_npy_of_another_version_or_dtype_is_unsupported() {
    for (name, part) in
        [("version-4", "not (4, 0)"), ("version-1.1", "not (1, 1)"), ("object-dtype", "`|O`")]
    {
        let path = format!("data/arrays/corrupt-{name}.npy");
        fails(
            Memmap::open_npy(&path, Mode::ReadOnly, None),
            ErrorCode::Unsupported,
            &[&path, part],
        );
    }
}

pub(crate) fn array_npy_with_a_header_over_the_limit_is_limit_exceeded() {
    let dictionary = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}";
    for (length, fits) in [(10_000_u16, true), (10_001, false)] {
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend(length.to_le_bytes());
        file.extend(dictionary);
        file.resize(10 + usize::from(length), b' ');
        file.push(7);
        std::fs::write("work/long.npy", file).unwrap();
        let opened = Memmap::open_npy("work/long.npy", Mode::ReadOnly, None);
        if fits {
            assert_eq!(opened.unwrap().read(&[]).unwrap(), [7]);
        } else {
            fails(
                opened,
                ErrorCode::LimitExceeded,
                &["`work/long.npy`", "(10001)", "at most 10000"],
            );
        }
    }
}

/// A dtype whose header has more than 10,000 characters.
fn many_fields() -> String {
    let fields: Vec<_> = (0..1000).map(|number| format!("('field_{number}', 'u1')")).collect();
    format!("[{}]", fields.join(", "))
}

pub(crate) fn array_npy_with_a_long_header_is_opened_on_request() {
    let options =
        NpyOptions { dtype: Some(many_fields()), shape: vec![2], order: Order::C, version: None };
    let array = Memmap::create_npy("work/long.npy", &options).unwrap();
    array.field("field_999").unwrap().fill(&[7]).unwrap();
    let dtype = array.info().unwrap().dtype;
    array.close();
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        for refused in [None, Some(0), Some(10_000)] {
            let opened = Memmap::open_npy("work/long.npy", mode, refused);
            fails(opened, ErrorCode::LimitExceeded, &["`work/long.npy`", "max-header-size"]);
        }
        for max_header_size in [100_000, 1 << 20, i64::MAX as u64, u64::MAX] {
            let array = Memmap::open_npy("work/long.npy", mode, Some(max_header_size)).unwrap();
            assert_eq!(array.info().unwrap().dtype, dtype);
            assert_eq!(array.field("field_999").unwrap().read(&[]).unwrap(), [7, 7]);
            assert_eq!(array.field("field_998").unwrap().read(&[]).unwrap(), [0, 0]);
        }
    }
}

pub(crate) fn array_npy_with_a_header_over_a_smaller_limit_is_limit_exceeded() {
    // 128 bytes, of which 10 are before the text.
    const LENGTH: u64 = 118;
    for max_header_size in [0, 10, LENGTH - 1] {
        let opened = Memmap::open_npy("data/arrays/1d.npy", Mode::ReadOnly, Some(max_header_size));
        let limit = format!("at most {max_header_size} ");
        fails(opened, ErrorCode::LimitExceeded, &["`data/arrays/1d.npy`", "(118)", &limit]);
    }
    for max_header_size in [LENGTH, LENGTH + 1, u64::MAX] {
        let array =
            Memmap::open_npy("data/arrays/1d.npy", Mode::ReadOnly, Some(max_header_size)).unwrap();
        assert_eq!(array.read(&[]).unwrap(), int32([1, -2, 3, -4, 5]));
    }
    // Other errors take precedence.
    let opened = Memmap::open_npy("work/no.npy", Mode::ReadOnly, Some(0));
    fails(opened, ErrorCode::NotFound, &["`work/no.npy`"]);
    let opened = Memmap::open_npy("data/arrays/1d.npy", Mode::Write, Some(u64::MAX));
    fails(opened, ErrorCode::InvalidArgument, &["`write`"]);
}

pub(crate) fn array_npy_with_a_header_over_the_maximum_is_always_limit_exceeded() {
    let dictionary = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}";
    // In version 3, a character may have four bytes.
    for length in [(16 << 20) + 4, 64 << 20, u32::MAX] {
        for version in [2, 3] {
            let mut file = vec![0x93, b'N', b'U', b'M', b'P', b'Y', version, 0];
            file.extend(length.to_le_bytes());
            file.extend(dictionary);
            std::fs::write("work/long.npy", file).unwrap();
            resize("work/long.npy", 12 + u64::from(length) + 1);
            for max_header_size in [None, Some(1 << 30), Some(u64::MAX)] {
                let opened = Memmap::open_npy("work/long.npy", Mode::ReadOnly, max_header_size);
                fails(opened, ErrorCode::LimitExceeded, &["`work/long.npy`"]);
            }
        }
    }
}

pub(crate) fn array_npy_with_a_header_shorter_than_its_length_field_is_corrupt() {
    for (name, length) in [("header-length", "expected 65535 bytes"), ("header-length-4g", "bytes")]
    {
        let path = format!("data/arrays/corrupt-{name}.npy");
        fails(
            Memmap::open_npy(&path, Mode::ReadOnly, None),
            ErrorCode::Corrupt,
            &[&path, length, "EOF: reading array header, expected "],
        );
    }
}

pub(crate) fn array_npy_that_is_corrupt_is_unchanged_in_mode_read_write() {
    let before = std::fs::read("data/arrays/corrupt-data-cut.npy").unwrap();
    std::fs::write("work/cut.npy", &before).unwrap();
    fails(
        Memmap::open_npy("work/cut.npy", Mode::ReadWrite, None),
        ErrorCode::Corrupt,
        &["`work/cut.npy`"],
    );
    assert_eq!(std::fs::read("work/cut.npy").unwrap(), before);
    std::fs::write("work/empty.npy", []).unwrap();
    fails(
        Memmap::open_npy("work/empty.npy", Mode::ReadWrite, None),
        ErrorCode::Corrupt,
        &["`work/empty.npy`"],
    );
    assert_eq!(std::fs::read("work/empty.npy").unwrap(), []);
}
