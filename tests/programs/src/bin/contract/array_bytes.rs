//! Reads and writes of ranges of bytes, without indices.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::support::{fails, index, numbers, open_numbers, options, shaped};

pub(crate) fn array_read_bytes_reads_a_range_in_file_order() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, "<i4", &[2, 8])).unwrap();
    assert_eq!(array.read_bytes(3, 6).unwrap(), [3, 4, 5, 6, 7, 8]);
    assert_eq!(array.read_bytes(0, 64).unwrap(), numbers());
}

pub(crate) fn array_read_bytes_of_an_empty_range_is_empty() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    assert_eq!(array.read_bytes(0, 0).unwrap(), []);
    assert_eq!(array.read_bytes(64, 0).unwrap(), []);
}

pub(crate) fn array_read_bytes_of_order_f_is_by_columns() {
    let options = MemmapOptions { order: Order::F, ..shaped(Mode::ReadOnly, "u1", &[8, 8]) };
    let array = Memmap::open("work/bytes.bin", &options).unwrap();
    assert_eq!(array.read_bytes(6, 4).unwrap(), [6, 7, 8, 9]);
    let columns = array.view(&index(":, 2:4")).unwrap();
    assert_eq!(columns.read_bytes(0, 3).unwrap(), [16, 17, 18]);
}

pub(crate) fn array_read_bytes_counts_from_the_first_element() {
    let options = MemmapOptions { offset: 10, ..shaped(Mode::ReadOnly, "u1", &[5, 10]) };
    let array = Memmap::open("work/bytes.bin", &options).unwrap();
    assert_eq!(array.read_bytes(1, 2).unwrap(), [11, 12]);
    let view = array.view(&index("2:4")).unwrap();
    assert_eq!(view.read_bytes(1, 2).unwrap(), [31, 32]);
    fails(view.read_bytes(19, 2), ErrorCode::OutOfBounds, &["2 bytes at offset 19", "20 bytes"]);
}

pub(crate) fn array_read_bytes_past_four_gigabytes() {
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    assert_eq!(array.read_bytes(5_999_999_992, 8).unwrap(), 6.25_f64.to_le_bytes());
}

pub(crate) fn array_write_bytes_writes_a_range() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadWrite, "<i4", &[2, 8])).unwrap();
    array.write_bytes(3, &[103, 104]).unwrap();
    let view = array.view(&index("1")).unwrap();
    view.write_bytes(30, &[162, 163]).unwrap();
    array.write_bytes(64, &[]).unwrap();
    let content = std::fs::read("work/bytes.bin").unwrap();
    assert_eq!((&content[..6], &content[61..]), (&[0, 1, 2, 103, 104, 5][..], &[61, 162, 163][..]));
}

pub(crate) fn array_write_bytes_of_order_f_is_by_columns() {
    let options = MemmapOptions { order: Order::F, ..shaped(Mode::Write, "u1", &[2, 3]) };
    let array = Memmap::open("work/new.bin", &options).unwrap();
    array.write_bytes(1, &[1, 2, 3]).unwrap();
    assert_eq!(std::fs::read("work/new.bin").unwrap(), [0, 1, 2, 3, 0, 0]);
    assert_eq!(array.read(&[]).unwrap(), [0, 2, 0, 1, 3, 0]);
}

pub(crate) fn array_write_bytes_of_copy_on_write_stays_in_the_array() {
    let array = open_numbers(Mode::CopyOnWrite, &[64]);
    array.write_bytes(1, &[101]).unwrap();
    assert_eq!(array.read_bytes(0, 3).unwrap(), [0, 101, 2]);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_bytes_of_a_view_with_gaps_are_invalid() {
    let array = open_numbers(Mode::ReadWrite, &[8, 8]);
    for (text, shape, strides) in
        [("..., ::2", "shape (8, 4)", "strides (8, 2)"), ("0, ::-1", "shape (8,)", "strides (-1,)")]
    {
        let view = array.view(&index(text)).unwrap();
        let parts = [shape, strides, "use `read` and `write`"];
        fails(view.read_bytes(0, 1), ErrorCode::InvalidArgument, &parts);
        fails(view.write_bytes(0, &[255]), ErrorCode::InvalidArgument, &parts);
    }
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_bytes_outside_the_array_are_out_of_bounds() {
    let array = open_numbers(Mode::ReadWrite, &[8, 4]);
    let parts = ["2 bytes at offset 31 exceed the 32 bytes"];
    fails(array.read_bytes(31, 2), ErrorCode::OutOfBounds, &parts);
    fails(array.write_bytes(31, &[9, 9]), ErrorCode::OutOfBounds, &parts);
    for (offset, length) in
        [(33, 0), (0, 33), (1, u64::MAX), (u64::MAX, 1), (u64::MAX, u64::MAX), (1 << 63, 1 << 63)]
    {
        fails(array.read_bytes(offset, length), ErrorCode::OutOfBounds, &["the 32 bytes"]);
    }
    fails(
        array.write_bytes(u64::MAX, &[9]),
        ErrorCode::OutOfBounds,
        &["18446744073709551615", "the 32 bytes"],
    );
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}
