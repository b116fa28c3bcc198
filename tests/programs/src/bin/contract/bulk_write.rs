//! Writes to ranges of arrays through streams, and ranges that have no stream.

use crate::bindings::bulk::{read_via_stream, write_via_stream};
use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::bulk::{write_range, write_to};
use crate::support::{
    MAX_TRANSFER, fails, index, numbers, open_numbers, options, resize, shaped, size,
};

/// The bytes of `work/bytes.bin`.
#[track_caller]
fn content() -> Vec<u8> {
    std::fs::read("work/bytes.bin").unwrap()
}

/// `length` bytes. Adjacent bytes differ.
fn pattern(length: u32) -> Vec<u8> {
    (0..length).map(|number| (number % 241) as u8).collect()
}

pub(crate) fn bulk_writes_a_whole_array() {
    let data = pattern(1 << 20);
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "<i4", &[1 << 18])).unwrap();
    let part = write_via_stream(&array, 0, 1 << 20).unwrap();
    assert_eq!((part.length, part.output.is_some()), (1 << 20, true));
    drop(part);
    write_range(&array, 0, &data).unwrap();
    assert!(array.read(&[]).unwrap() == data);
    array.flush().unwrap();
    assert!(std::fs::read("work/new.bin").unwrap() == data);
}

pub(crate) fn bulk_writes_a_range_and_nothing_else() {
    let mut expected = numbers();
    let array = open_numbers(Mode::ReadWrite, &[8, 8]);
    for (offset, length) in [(0, 1), (3, 6), (63, 1), (10, 50)] {
        let data = vec![100 + length; usize::from(length)];
        write_range(&array, offset, &data).unwrap();
        expected[usize::try_from(offset).unwrap()..][..data.len()].copy_from_slice(&data);
        assert_eq!(content(), expected, "{length} bytes from {offset}");
    }
}

pub(crate) fn bulk_writes_an_empty_range_without_a_stream() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    for offset in [0, 5, 64] {
        let part = write_via_stream(&array, offset, 0).unwrap();
        assert_eq!((part.length, part.output.is_none()), (0, true));
    }
    assert_eq!(content(), numbers());
}

pub(crate) fn bulk_writes_bytes_as_they_lie_in_the_file() {
    let options = MemmapOptions { order: Order::F, ..shaped(Mode::Write, "u1", &[2, 3]) };
    let array = Memmap::open("work/new.bin", &options).unwrap();
    write_range(&array, 1, &[1, 2, 3]).unwrap();
    assert_eq!(array.read(&[]).unwrap(), [0, 2, 0, 1, 3, 0]);
    let options = MemmapOptions { offset: 10, ..shaped(Mode::ReadWrite, "u1", &[5, 10]) };
    let view = Memmap::open("work/bytes.bin", &options).unwrap().view(&index("2:4")).unwrap();
    write_range(&view, 18, &[7, 8]).unwrap();
    assert_eq!(content()[47..51], [47, 7, 8, 50]);
}

pub(crate) fn bulk_writes_are_visible_to_others_at_once() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    let (other, view) =
        (open_numbers(Mode::ReadOnly, &[8, 8]), array.view(&index("::-1")).unwrap());
    let output = write_via_stream(&array, 8, 2).unwrap().output.unwrap();
    write_to(&output, &[108, 109]).unwrap();
    // The stream still exists.
    assert_eq!(other.read(&index("1, :3")).unwrap(), [108, 109, 10]);
    assert_eq!(view.read(&index("-10:-8")).unwrap(), [109, 108]);
    assert_eq!(content()[7..11], [7, 108, 109, 10]);
    drop(output);
    assert_eq!(array.read(&index("9")).unwrap(), [109]);
}

pub(crate) fn bulk_writes_larger_ranges_than_one_call_by_one_stream() {
    const SIZE: u64 = 6_000_000_000;
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    let part = write_via_stream(&array, (4 << 30) - 2, SIZE - (4 << 30) + 2).unwrap();
    assert_eq!(part.length, SIZE - (4 << 30) + 2);
    // The stream may be dropped early.
    let data = pattern(300_000);
    write_to(&part.output.unwrap(), &data).unwrap();
    assert!(array.read_bytes((4 << 30) - 2, 300_000).unwrap() == data);
    assert_eq!(array.read_bytes((4 << 30) + 299_998, 1).unwrap(), [0]);
    assert_eq!((size("work/sparse.bin"), array.info().unwrap().size), (SIZE, SIZE));
}

pub(crate) fn bulk_writes_of_copy_on_write_never_reach_the_file() {
    let array = open_numbers(Mode::CopyOnWrite, &[64]);
    let part = write_via_stream(&array, 0, 64).unwrap();
    assert!(part.output.is_none());
    write_range(&array, 3, &[103, 104]).unwrap();
    assert_eq!(array.read(&index("2:6")).unwrap(), [2, 103, 104, 5]);
    array.flush().unwrap();
    assert_eq!(content(), numbers());
    assert_eq!(open_numbers(Mode::ReadOnly, &[64]).read(&[]).unwrap(), numbers());
    // A part without a stream is small enough for `write-bytes`.
    let sparse = Memmap::open("work/sparse.bin", &options(Mode::CopyOnWrite, "u1")).unwrap();
    let part = write_via_stream(&sparse, 0, 6_000_000_000).unwrap();
    assert!(part.output.is_none() && (1..=MAX_TRANSFER).contains(&part.length), "{}", part.length);
}

pub(crate) fn bulk_write_to_a_read_only_array_is_access_denied() {
    for path in ["work/bytes.bin", "fixed/bytes.bin"] {
        let array = Memmap::open(path, &options(Mode::ReadOnly, "u1")).unwrap();
        fails(write_via_stream(&array, 0, 64), ErrorCode::AccessDenied, &["read-only"]);
        fails(
            array.view(&index("3:")).and_then(|view| write_via_stream(&view, 0, 1)),
            ErrorCode::AccessDenied,
            &[],
        );
    }
    assert_eq!(content(), numbers());
}

pub(crate) fn bulk_of_a_view_with_gaps_is_invalid() {
    let array = open_numbers(Mode::ReadWrite, &[8, 8]);
    for (text, parts) in [
        ("..., ::2", ["shape (8, 4)", "strides (8, 2)"]),
        ("0, ::-1", ["shape (8,)", "strides (-1,)"]),
    ] {
        let view = array.view(&index(text)).unwrap();
        fails(read_via_stream(&view, 0, 1), ErrorCode::InvalidArgument, &parts);
        fails(write_via_stream(&view, 0, 1), ErrorCode::InvalidArgument, &parts);
    }
    assert_eq!(content(), numbers());
}

pub(crate) fn bulk_outside_the_array_is_out_of_bounds() {
    for mode in [Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = open_numbers(mode, &[8, 4]);
        let ranges = [
            (31, 2),
            (33, 0),
            (0, 33),
            (1, u64::MAX),
            (u64::MAX, 0),
            (u64::MAX, 1),
            (u64::MAX, u64::MAX),
        ];
        for (offset, length) in ranges.into_iter().chain([(1 << 63, 1 << 63), (i64::MAX as u64, 1)])
        {
            fails(
                read_via_stream(&array, offset, length),
                ErrorCode::OutOfBounds,
                &["the 32 bytes"],
            );
            fails(
                write_via_stream(&array, offset, length),
                ErrorCode::OutOfBounds,
                &["the 32 bytes"],
            );
        }
    }
    assert_eq!(content(), numbers());
}

pub(crate) fn bulk_write_to_a_truncated_file_is_truncated_and_does_not_extend_it() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    resize("work/bytes.bin", 3);
    fails(
        write_via_stream(&array, 60, 4),
        ErrorCode::Truncated,
        &["`work/bytes.bin`", "truncated"],
    );
    fails(write_range(&array, 0, &[9; 64]), ErrorCode::Truncated, &["`work/bytes.bin`"]);
    assert_eq!(size("work/bytes.bin"), 3);
    resize("work/bytes.bin", 64);
    write_range(&array, 63, &[9]).unwrap();
    assert_eq!((content()[63], size("work/bytes.bin")), (9, 64));
}

pub(crate) fn bulk_write_to_a_closed_array_is_closed() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    let view = array.view(&index("3:")).unwrap();
    let output = write_via_stream(&array, 0, 64).unwrap().output.unwrap();
    view.close();
    for array in [&array, &view] {
        fails(
            write_via_stream(array, 0, 1),
            ErrorCode::Closed,
            &["the array over `work/bytes.bin` was closed"],
        );
    }
    // The write may fail or succeed: nothing else changes.
    let written = write_to(&output, &[100]).is_ok();
    let mut expected = numbers();
    expected[0] = if written { 100 } else { content()[0] };
    assert_eq!(content(), expected);
}
