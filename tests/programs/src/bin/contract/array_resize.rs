//! `resize`.

use crate::bindings::wit_array::{Advice, MemmapOptions};
use crate::bindings::{ErrorCode, Memmap, Mode, Operation, Order};
use crate::support::{
    bytes, fails, holds, index, numbers, open_numbers, options, poke, shaped, size,
};

/// Creates a file with the `int32` numbers 1 to 4, and opens it.
#[track_caller]
fn four() -> Memmap {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "<i4", &[4])).unwrap();
    array.write(&[], &bytes(1..5_i32), None).unwrap();
    array
}

pub(crate) fn array_resize_extends_with_zeroes() {
    for mode in [Mode::ReadWrite, Mode::Write] {
        drop(four());
        let array = Memmap::open("work/new.bin", &shaped(mode, "<i4", &[4])).unwrap();
        array.write(&[], &bytes(1..5_i32), None).unwrap();
        array.resize(6).unwrap();
        holds(&array, &[6], &bytes([1_i32, 2, 3, 4, 0, 0]));
        assert_eq!(std::fs::read("work/new.bin").unwrap(), bytes([1_i32, 2, 3, 4, 0, 0]));
        array.write(&index("4:"), &bytes([5_i32, 6]), None).unwrap();
        array.flush().unwrap();
        assert_eq!(std::fs::read("work/new.bin").unwrap(), bytes(1..7_i32));
    }
}

pub(crate) fn array_resize_truncates_the_file() {
    let array = four();
    array.resize(3).unwrap();
    holds(&array, &[3], &bytes(1..4_i32));
    assert_eq!(size("work/new.bin"), 12);
    fails(array.read(&index("3")), ErrorCode::OutOfBounds, &["axis 0 with size 3"]);
    // The truncated elements are lost.
    array.resize(4).unwrap();
    holds(&array, &[4], &bytes([1_i32, 2, 3, 0]));
}

pub(crate) fn array_resize_to_the_same_length_changes_nothing() {
    let array = four();
    array.resize(4).unwrap();
    holds(&array, &[4], &bytes(1..5_i32));
    assert_eq!(size("work/new.bin"), 16);
}

pub(crate) fn array_resize_to_0_and_back_leaves_zeroes() {
    let array = four();
    array.resize(0).unwrap();
    holds(&array, &[0], &[]);
    // An empty file cannot be mapped.
    assert!(size("work/new.bin") <= 1);
    array.resize(2).unwrap();
    holds(&array, &[2], &[0; 8]);
    assert_eq!(size("work/new.bin"), 8);
    array.fill(&bytes([7_i32])).unwrap();
    assert_eq!(std::fs::read("work/new.bin").unwrap(), bytes([7_i32, 7]));
}

pub(crate) fn array_resize_changes_info() {
    let options = MemmapOptions { offset: 3, ..shaped(Mode::Write, "<i4", &[2, 3]) };
    let array = Memmap::open("work/new.bin", &options).unwrap();
    array.resize(5).unwrap();
    let info = array.info().unwrap();
    assert_eq!(
        (info.shape, info.strides, info.size, info.nbytes),
        (vec![5, 3], vec![12, 4], 15, 60)
    );
    assert_eq!(
        (info.offset, info.order, info.filename.as_deref()),
        (3, Some(Order::C), Some("/work/new.bin"))
    );
    assert_eq!(size("work/new.bin"), 63);
}

pub(crate) fn array_resize_of_several_axes_changes_the_number_of_rows() {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "u1", &[2, 3])).unwrap();
    array.write(&[], &[1, 2, 3, 4, 5, 6], None).unwrap();
    array.resize(4).unwrap();
    holds(&array, &[4, 3], &[1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0]);
    array.write(&index("-1"), &[7, 8, 9], None).unwrap();
    array.resize(1).unwrap();
    holds(&array, &[1, 3], &[1, 2, 3]);
    assert_eq!(std::fs::read("work/new.bin").unwrap(), [1, 2, 3]);
}

pub(crate) fn array_resize_over_many_pages_keeps_every_element() {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "<u4", &[0])).unwrap();
    // By steps that end within a page, at its end, and after it.
    let mut length = 0_u32;
    for step in [1, 1023, 1, 1024, 70_000, 1] {
        array.resize(u64::from(length + step)).unwrap();
        let new = format!("{length}:");
        assert_eq!(array.read(&index(&new)).unwrap(), bytes((0..step).map(|_| 0_u32)));
        array.write(&index(&new), &bytes(length..length + step), None).unwrap();
        length += step;
    }
    assert_eq!(array.read(&[]).unwrap(), bytes(0..length));
    array.resize(1025).unwrap();
    assert_eq!(array.read(&[]).unwrap(), bytes(0..1025_u32));
    assert_eq!(size("work/new.bin"), 4100);
}

pub(crate) fn array_resize_keeps_the_bytes_after_the_array() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadWrite, "u1", &[10])).unwrap();
    array.resize(4).unwrap();
    holds(&array, &[4], &[0, 1, 2, 3]);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
    // New elements have the bytes of the file.
    array.resize(62).unwrap();
    assert_eq!(array.read(&index("-2:")).unwrap(), [60, 61]);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
    array.resize(66).unwrap();
    assert_eq!(array.read(&index("-4:")).unwrap(), [62, 63, 0, 0]);
    // Now the array ends at the end of the file.
    array.resize(5).unwrap();
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), [0, 1, 2, 3, 4]);
}

pub(crate) fn array_resize_of_a_file_that_has_grown_keeps_the_new_part() {
    let array = four();
    poke("work/new.bin", 16, &bytes([5_i32, 6]));
    array.resize(2).unwrap();
    assert_eq!(std::fs::read("work/new.bin").unwrap(), bytes(1..7_i32));
    array.resize(5).unwrap();
    holds(&array, &[5], &bytes(1..6_i32));
    assert_eq!(size("work/new.bin"), 24);
}

pub(crate) fn array_resize_is_visible_to_other_arrays_on_the_file() {
    let array = four();
    let reader = Memmap::open("work/new.bin", &options(Mode::ReadOnly, "<i4")).unwrap();
    array.resize(6).unwrap();
    holds(&reader, &[4], &bytes(1..5_i32));
    array.write(&index("0"), &bytes([9_i32]), None).unwrap();
    assert_eq!(reader.read(&index("0")).unwrap(), bytes([9_i32]));
    array.resize(1).unwrap();
    assert_eq!(array.read(&[]).unwrap(), bytes([9_i32]));
    fails(
        reader.read(&index("-1")),
        ErrorCode::Truncated,
        &["`work/new.bin`", "truncated since it was opened"],
    );
}

pub(crate) fn array_resized_supports_every_function() {
    let array = four();
    array.resize(6).unwrap();
    array.view(&index("3:")).unwrap().fill(&bytes([7_i32])).unwrap();
    array.flush().unwrap();
    array.advise(Advice::DontNeed).unwrap();
    assert_eq!(array.reduce(Operation::Sum, None).unwrap().data, bytes([27_i64]));
    assert_eq!(array.read_bytes(20, 4).unwrap(), bytes([7_i32]));
    assert_eq!(array.read(&index("[5, 0]")).unwrap(), bytes([7_i32, 1]));
    holds(&array.reshape(&[2, 3], Order::C).unwrap(), &[2, 3], &bytes([1_i32, 2, 3, 7, 7, 7]));
    array.resize(1).unwrap();
    array.close();
    fails(array.resize(2), ErrorCode::Closed, &["open it again"]);
    assert_eq!(std::fs::read("work/new.bin").unwrap(), bytes([1_i32]));
}

pub(crate) fn array_resize_in_a_mode_that_keeps_the_file_is_access_denied() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite] {
        let array = open_numbers(mode, &[64]);
        for length in [0, 3, 64, 65] {
            fails(array.resize(length), ErrorCode::AccessDenied, &["`work/bytes.bin`"]);
        }
        holds(&array, &[64], &numbers());
    }
}

pub(crate) fn array_resize_while_there_are_views_is_invalid() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    let views = [
        array.view(&index("3")).unwrap(),
        array.view(&[]).unwrap(),
        array.reshape(&[8, 8], Order::C).unwrap(),
        array.transpose(None).unwrap(),
        array.view_as("<u2").unwrap(),
    ];
    for view in views {
        fails(array.resize(65), ErrorCode::InvalidArgument, &["views"]);
        fails(array.resize(1), ErrorCode::InvalidArgument, &["views"]);
        drop(view);
    }
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
    array.resize(65).unwrap();
    assert_eq!(size("work/bytes.bin"), 65);
}

pub(crate) fn array_resize_of_a_view_is_invalid() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    let view = array.view(&index("3:")).unwrap();
    fails(view.resize(3), ErrorCode::InvalidArgument, &["view"]);
    // Also if it is the only array on the mapping.
    drop(array);
    fails(view.resize(3), ErrorCode::InvalidArgument, &["view"]);
    holds(&view, &[61], &numbers()[3..]);
}

pub(crate) fn array_resize_of_a_full_view_works_after_its_array_is_dropped() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    let view = array.view(&[]).unwrap();
    fails(view.resize(3), ErrorCode::InvalidArgument, &["views"]);
    drop(array);
    view.resize(3).unwrap();
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers()[..3]);
}

pub(crate) fn array_resize_of_an_array_without_axes_is_invalid() {
    let array = open_numbers(Mode::ReadWrite, &[]);
    fails(array.resize(1), ErrorCode::InvalidArgument, &["axes"]);
    holds(&array, &[], &[0]);
}

pub(crate) fn array_resize_in_order_f_takes_arrays_of_one_axis_only() {
    let options =
        |shape: &[u64]| MemmapOptions { order: Order::F, ..shaped(Mode::ReadWrite, "u1", shape) };
    let columns = Memmap::open("work/bytes.bin", &options(&[8, 8])).unwrap();
    fails(columns.resize(9), ErrorCode::InvalidArgument, &["order `f`"]);
    fails(columns.resize(7), ErrorCode::InvalidArgument, &["order `f`"]);
    drop(columns);
    let line = Memmap::open("work/bytes.bin", &options(&[64])).unwrap();
    line.resize(66).unwrap();
    assert_eq!(line.read(&index("63:")).unwrap(), [63, 0, 0]);
}

pub(crate) fn array_resize_to_a_length_that_overflows_changes_nothing() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadWrite, "<i4", &[4, 4])).unwrap();
    for length in [u64::MAX, 1 << 63, 1 << 60] {
        fails(array.resize(length), ErrorCode::InvalidArgument, &["too large"]);
    }
    // These lengths fit in an `i64`, but on no disk, and a host may have a lower limit. From 2^53
    // bytes, a host in JavaScript does not take the number.
    for length in [1 << 49, i64::MAX as u64 / 16] {
        let resized = array.resize(length);
        assert!(
            matches!(
                resized.as_ref().unwrap_err().code,
                ErrorCode::InvalidArgument | ErrorCode::LimitExceeded
            ),
            "{resized:?}"
        );
    }
    holds(&array, &[4, 4], &numbers());
    assert_eq!(size("work/bytes.bin"), 64);
    array.write(&index("0, 0"), &[9; 4], None).unwrap();
    array.resize(5).unwrap();
    assert_eq!(size("work/bytes.bin"), 80);
}
