//! Writes to selections.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::support::{fails, index, numbers, open_numbers, shaped};

/// Creates the file `new.bin` of zeroes, as `uint8` in this shape.
#[track_caller]
pub(crate) fn zeroes(shape: &[u64]) -> Memmap {
    Memmap::open("work/new.bin", &shaped(Mode::Write, "u1", shape)).unwrap()
}

/// Writes `data` of `shape` to a selection of zeroes in shape (3, 4), and checks the file.
#[track_caller]
pub(crate) fn check(text: &str, data: &[u8], shape: Option<&[u64]>, expected: [u8; 12]) {
    let array = zeroes(&[3, 4]);
    array.write(&index(text), data, shape).unwrap();
    assert_eq!(std::fs::read("work/new.bin").unwrap(), expected, "{text}");
}

pub(crate) fn array_write_without_a_shape_takes_the_shape_of_the_selection() {
    check(
        "",
        &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        None,
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    );
    check("1", &[1, 2, 3, 4], None, [0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0]);
    check(":, 0", &[1, 2, 3], None, [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
    check("1:, 1:3", &[1, 2, 3, 4], None, [0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0]);
    check("2, 3", &[1], None, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    check("1:1", &[], None, [0; 12]);
}

pub(crate) fn array_write_to_a_reversed_selection_is_in_its_order() {
    check("0, ::-1", &[1, 2, 3, 4], None, [4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    check("::-2, ::-3", &[1, 2, 3, 4], None, [4, 0, 0, 3, 0, 0, 0, 0, 2, 0, 0, 1]);
}

pub(crate) fn array_write_broadcasts_a_scalar_to_all_elements() {
    check("", &[7], Some(&[]), [7; 12]);
    check("", &[7], Some(&[1]), [7; 12]);
    check("1:, ::2", &[7], Some(&[]), [0, 0, 0, 0, 7, 0, 7, 0, 7, 0, 7, 0]);
    check("1, 2", &[7], Some(&[]), [0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0]);
}

pub(crate) fn array_write_broadcasts_a_row_to_all_rows() {
    check("", &[1, 2, 3, 4], Some(&[4]), [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
    check("::-1, ::-1", &[1, 2, 3, 4], Some(&[4]), [4, 3, 2, 1, 4, 3, 2, 1, 4, 3, 2, 1]);
}

pub(crate) fn array_write_broadcasts_a_column_to_all_columns() {
    check("", &[1, 2, 3], Some(&[3, 1]), [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
}

pub(crate) fn array_write_ignores_leading_axes_of_length_1() {
    check("1", &[1, 2, 3, 4], Some(&[1, 1, 4]), [0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0]);
    check("0, 0", &[9], Some(&[1, 1, 1]), [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

pub(crate) fn array_write_to_an_empty_selection_accepts_data_that_broadcasts_to_it() {
    check("1:1", &[9], Some(&[]), [0; 12]);
    check("1:1", &[1, 2, 3, 4], Some(&[4]), [0; 12]);
    check("1:1", &[], Some(&[0, 4]), [0; 12]);
}

pub(crate) fn array_write_broadcasts_elements_of_several_bytes() {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, ">u2", &[2, 2])).unwrap();
    array.write(&[], &[1, 2, 3, 4], Some(&[2, 1])).unwrap();
    assert_eq!(std::fs::read("work/new.bin").unwrap(), [1, 2, 1, 2, 3, 4, 3, 4]);
}

pub(crate) fn array_write_in_order_f_takes_data_in_order_c() {
    let options = MemmapOptions { order: Order::F, ..shaped(Mode::Write, "u1", &[2, 3]) };
    let array = Memmap::open("work/new.bin", &options).unwrap();
    array.write(&index(":, 1:"), &[1, 2, 3, 4], None).unwrap();
    array.write(&index(":, 0"), &[9], Some(&[])).unwrap();
    assert_eq!(std::fs::read("work/new.bin").unwrap(), [9, 9, 1, 3, 2, 4]);
}

pub(crate) fn array_write_of_many_pages_is_complete() {
    let array = zeroes(&[300, 1000]);
    let columns: Vec<u8> = (0..150_000_u32).map(|number| (number % 251) as u8).collect();
    array.write(&index(":, ::2"), &columns, None).unwrap();
    assert_eq!(array.read(&index(":, ::2")).unwrap(), columns);
    assert!(array.read(&index(":, 1::2")).unwrap().iter().all(|&byte| byte == 0));
}

pub(crate) fn array_write_to_a_read_only_array_is_access_denied() {
    let array = open_numbers(Mode::ReadOnly, &[64]);
    let view = array.view(&index("3:5")).unwrap();
    let parts = ["`work/bytes.bin`", "mode `read-only`", "`read-write`", "`copy-on-write`"];
    fails(array.write(&index("0"), &[9], None), ErrorCode::AccessDenied, &parts);
    fails(view.write(&[], &[9, 9], None), ErrorCode::AccessDenied, &parts);
    fails(array.write_bytes(0, &[9]), ErrorCode::AccessDenied, &parts);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_write_of_data_with_another_length_is_invalid() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadWrite, "<i2", &[4, 8])).unwrap();
    let invalid = ErrorCode::InvalidArgument;
    let parts = ["15 bytes of data do not match the shape (8,) of `<i2`, which needs 16"];
    fails(array.write(&index("0"), &[9; 15], None), invalid, &parts);
    fails(array.write(&index("0"), &[9; 17], None), invalid, &["17 bytes", "which needs 16"]);
    fails(array.write(&index("0"), &[], None), invalid, &["0 bytes", "which needs 16"]);
    fails(
        array.write(&[], &[9; 3], Some(&[])),
        invalid,
        &["3 bytes of data do not match the shape () of `<i2`, which needs 2"],
    );
    fails(
        array.write(&[], &[9; 15], Some(&[8])),
        invalid,
        &["15 bytes of data do not match the shape (8,)"],
    );
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_write_of_a_shape_that_does_not_broadcast_is_invalid() {
    let array = open_numbers(Mode::ReadWrite, &[4, 16]);
    let data = [9; 64];
    let parts =
        ["could not broadcast input array from shape (3,) into shape (4, 16)", "the same or 1"];
    fails(array.write(&[], &data[..3], Some(&[3])), ErrorCode::InvalidArgument, &parts);
    fails(
        array.write(&[], &data[..4], Some(&[4])),
        ErrorCode::InvalidArgument,
        &["(4,)", "(4, 16)"],
    );
    fails(array.write(&[], &data, Some(&[64])), ErrorCode::InvalidArgument, &["(64,)", "(4, 16)"]);
    fails(
        array.write(&[], &data, Some(&[2, 2, 16])),
        ErrorCode::InvalidArgument,
        &["(2, 2, 16)", "(4, 16)"],
    );
    fails(
        array.write(&index("0, 0"), &data[..2], Some(&[2])),
        ErrorCode::InvalidArgument,
        &["(2,)", "shape ()"],
    );
    fails(
        array.write(&index("0, :0"), &data[..2], Some(&[2])),
        ErrorCode::InvalidArgument,
        &["(2,)", "(0,)"],
    );
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_write_of_a_shape_that_overflows_is_invalid() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    fails(
        array.write(&[], &[9], Some(&[u64::MAX, u64::MAX])),
        ErrorCode::InvalidArgument,
        &["18446744073709551615"],
    );
    fails(
        array.write(&[], &[9], Some(&[u64::MAX])),
        ErrorCode::InvalidArgument,
        &["18446744073709551615"],
    );
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}
