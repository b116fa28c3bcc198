//! `resize` of the array in a `.npy` file, whose header has the shape.

use crate::bindings::wit_array::{NpyOptions, NpyVersion};
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::support::{bytes, fails, holds, index, npy_header, size};

/// Creates a `.npy` file of `int16` numbers in this shape.
#[track_caller]
fn created(path: &str, shape: &[u64], version: Option<NpyVersion>) -> Memmap {
    let options =
        NpyOptions { dtype: Some("<i2".into()), shape: shape.to_vec(), order: Order::C, version };
    Memmap::create_npy(path, &options).unwrap()
}

pub(crate) fn array_resize_of_a_npy_file_writes_what_numpy_writes() {
    for version in [None, Some(NpyVersion::V1), Some(NpyVersion::V2), Some(NpyVersion::V3)] {
        for length in [0, 1, 9, 10, 12_345] {
            let array = created("work/new.npy", &[9, 2], version);
            array.resize(length).unwrap();
            array.flush().unwrap();
            drop(created("work/other.npy", &[length, 2], version));
            assert_eq!(
                std::fs::read("work/new.npy").unwrap(),
                std::fs::read("work/other.npy").unwrap(),
                "{length}"
            );
        }
    }
}

pub(crate) fn array_resize_of_a_npy_file_persists() {
    let array = created("work/new.npy", &[2, 2], None);
    array.write(&[], &bytes(1..5_i16), None).unwrap();
    array.resize(3).unwrap();
    array.write(&index("2"), &bytes([5_i16, 6]), None).unwrap();
    holds(
        &Memmap::open_npy("work/new.npy", Mode::ReadOnly, None).unwrap(),
        &[3, 2],
        &bytes(1..7_i16),
    );
    assert_eq!(size("work/new.npy"), 140);
    array.resize(1).unwrap();
    holds(
        &Memmap::open_npy("work/new.npy", Mode::ReadOnly, None).unwrap(),
        &[1, 2],
        &bytes([1_i16, 2]),
    );
    assert_eq!(size("work/new.npy"), 132);
    array.resize(0).unwrap();
    holds(&Memmap::open_npy("work/new.npy", Mode::ReadOnly, None).unwrap(), &[0, 2], &[]);
    assert_eq!(size("work/new.npy"), 128);
}

pub(crate) fn array_resize_of_a_npy_file_written_by_numpy_changes_the_header() {
    std::fs::copy("data/arrays/1d.npy", "work/1d.npy").unwrap();
    let array = Memmap::open_npy("work/1d.npy", Mode::ReadWrite, None).unwrap();
    array.resize(1000).unwrap();
    assert_eq!(array.read(&index("3:7")).unwrap(), bytes([-4_i32, 5, 0, 0]));
    let again = Memmap::open_npy("work/1d.npy", Mode::ReadOnly, None).unwrap();
    let info = again.info().unwrap();
    assert_eq!((info.shape, info.offset, info.dtype.as_str()), (vec![1000], 128, "<i4"));
    assert_eq!(again.read(&index(":7")).unwrap(), bytes([1_i32, -2, 3, -4, 5, 0, 0]));
    assert_eq!(size("work/1d.npy"), 4128);
}

pub(crate) fn array_resize_of_a_npy_file_keeps_the_bytes_after_the_array() {
    std::fs::copy("data/arrays/odd-trailing-bytes.npy", "work/trailing.npy").unwrap();
    let before = std::fs::read("work/trailing.npy").unwrap();
    let array = Memmap::open_npy("work/trailing.npy", Mode::ReadWrite, None).unwrap();
    array.resize(2).unwrap();
    let after = std::fs::read("work/trailing.npy").unwrap();
    assert_eq!(after[128..], before[128..]);
    holds(
        &Memmap::open_npy("work/trailing.npy", Mode::ReadOnly, None).unwrap(),
        &[2],
        &bytes([1_i32, -2]),
    );
    array.resize(3).unwrap();
    assert_eq!(std::fs::read("work/trailing.npy").unwrap()[128..], before[128..]);
}

pub(crate) fn array_resize_of_a_npy_file_whose_header_has_no_room_changes_nothing() {
    std::fs::copy("data/arrays/odd-unpadded.npy", "work/unpadded.npy").unwrap();
    let before = std::fs::read("work/unpadded.npy").unwrap();
    let array = Memmap::open_npy("work/unpadded.npy", Mode::ReadWrite, None).unwrap();
    fails(array.resize(1_000_000), ErrorCode::Unsupported, &["header", "no room", "(1000000,)"]);
    holds(&array, &[3], &bytes([1_i32, -2, 3]));
    assert_eq!(std::fs::read("work/unpadded.npy").unwrap(), before);
}

/// A header of `int16` pairs in this shape.
fn pairs(shape: &str) -> Vec<u8> {
    let dictionary =
        format!("{{'descr': ('<i2', (2,)), 'fortran_order': False, 'shape': {shape}, }}");
    npy_header(1, dictionary.as_bytes(), 128)
}

pub(crate) fn array_resize_of_a_npy_file_of_subarrays_changes_the_shape_and_not_the_dtype() {
    std::fs::write("work/arrays.npy", [pairs("(2,)"), bytes(1..5_i16)].concat()).unwrap();
    let array = Memmap::open_npy("work/arrays.npy", Mode::ReadWrite, None).unwrap();
    array.resize(10).unwrap();
    assert_eq!(std::fs::read("work/arrays.npy").unwrap()[..128], pairs("(10,)"));
    holds(&array.view(&index(":3")).unwrap(), &[3, 2], &bytes([1_i16, 2, 3, 4, 0, 0]));
}

pub(crate) fn array_resize_of_a_npy_file_with_only_subarray_axes_changes_nothing() {
    let before = [pairs("()"), bytes([1_i16, 2])].concat();
    std::fs::write("work/arrays.npy", &before).unwrap();
    let array = Memmap::open_npy("work/arrays.npy", Mode::ReadWrite, None).unwrap();
    for length in [0, 1, 3] {
        fails(array.resize(length), ErrorCode::InvalidArgument, &["axes"]);
    }
    holds(&array, &[2], &bytes([1_i16, 2]));
    assert_eq!(std::fs::read("work/arrays.npy").unwrap(), before);
}

pub(crate) fn array_resize_of_a_npy_file_keeps_the_mode_and_the_rules() {
    drop(created("work/new.npy", &[4], None));
    let before = std::fs::read("work/new.npy").unwrap();
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite] {
        let array = Memmap::open_npy("work/new.npy", mode, None).unwrap();
        fails(array.resize(5), ErrorCode::AccessDenied, &["`work/new.npy`"]);
    }
    let array = Memmap::open_npy("work/new.npy", Mode::ReadWrite, None).unwrap();
    fails(array.resize(u64::MAX), ErrorCode::InvalidArgument, &[]);
    let view = array.view(&index("1:")).unwrap();
    fails(array.resize(5), ErrorCode::InvalidArgument, &["views"]);
    fails(view.resize(5), ErrorCode::InvalidArgument, &["view"]);
    assert_eq!(std::fs::read("work/new.npy").unwrap(), before);
    std::fs::copy("data/arrays/3d-f.npy", "work/3d-f.npy").unwrap();
    let columns = Memmap::open_npy("work/3d-f.npy", Mode::ReadWrite, None).unwrap();
    fails(columns.resize(5), ErrorCode::InvalidArgument, &["order `f`"]);
    assert_eq!(
        std::fs::read("work/3d-f.npy").unwrap(),
        std::fs::read("data/arrays/3d-f.npy").unwrap()
    );
}
