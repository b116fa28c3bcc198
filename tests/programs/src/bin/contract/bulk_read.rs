//! Reads of ranges of arrays through streams.

use crate::bindings::bulk::read_via_stream;
use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::bulk::{each_piece, parts, read_from, read_range};
use crate::support::{
    MAX_TRANSFER, fails, index, numbers, open_numbers, options, poke, resize, shaped,
};

/// More than any stream returns at once.
const LENGTH: u64 = 1 << 20;

/// Creates `work/pages.bin` with `LENGTH` bytes. Adjacent bytes differ.
#[track_caller]
fn pages(mode: Mode) -> (Memmap, Vec<u8>) {
    let bytes: Vec<u8> = (0..LENGTH).map(|number| (number % 251) as u8).collect();
    std::fs::write("work/pages.bin", &bytes).unwrap();
    (Memmap::open("work/pages.bin", &options(mode, "u1")).unwrap(), bytes)
}

pub(crate) fn bulk_reads_a_whole_array_in_every_mode() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = open_numbers(mode, &[8, 8]);
        assert_eq!(read_range(&array, 0, 64).unwrap(), numbers(), "{mode:?}");
        let (array, bytes) = pages(mode);
        assert_eq!(parts(&array, 0, LENGTH), [(LENGTH, true)], "{mode:?}");
        assert!(read_range(&array, 0, LENGTH).unwrap() == bytes, "{mode:?}");
    }
}

pub(crate) fn bulk_reads_a_range() {
    let (array, bytes) = pages(Mode::ReadOnly);
    for (offset, length) in
        [(0, 1), (3, 6), (4095, 2), (65_536, 65_536), (99_999, 700_001), (LENGTH - 1, 1)]
    {
        let range = usize::try_from(offset).unwrap()..usize::try_from(offset + length).unwrap();
        assert!(
            read_range(&array, offset, length).unwrap() == bytes[range],
            "{length} bytes from {offset}"
        );
    }
}

pub(crate) fn bulk_reads_an_empty_range_without_a_stream() {
    let empty = Memmap::open("work/new.bin", &shaped(Mode::Write, "<i4", &[3, 0])).unwrap();
    for (array, offset) in [
        (open_numbers(Mode::ReadOnly, &[64]), 0),
        (open_numbers(Mode::ReadWrite, &[64]), 64),
        (empty, 0),
    ] {
        let part = read_via_stream(&array, offset, 0).unwrap();
        assert_eq!((part.length, part.input.is_none()), (0, true));
    }
}

pub(crate) fn bulk_reads_bytes_as_they_lie_in_the_file() {
    let options = MemmapOptions { order: Order::F, ..shaped(Mode::ReadOnly, "<i2", &[4, 8]) };
    let columns = Memmap::open("work/bytes.bin", &options).unwrap();
    assert_eq!(read_range(&columns, 0, 64).unwrap(), numbers());
    // In order F, the first column has 8 bytes.
    assert_eq!(
        read_range(&columns.view(&index(":, 1:3")).unwrap(), 1, 14).unwrap(),
        numbers()[9..23]
    );
    assert_eq!(read_range(&columns.transpose(None).unwrap(), 6, 4).unwrap(), [6, 7, 8, 9]);
}

pub(crate) fn bulk_counts_from_the_first_element_of_a_view() {
    let options = MemmapOptions { offset: 10, ..shaped(Mode::ReadOnly, "u1", &[5, 10]) };
    let array = Memmap::open("work/bytes.bin", &options).unwrap();
    assert_eq!(read_range(&array, 1, 49).unwrap(), numbers()[11..60]);
    let view = array.view(&index("2:4")).unwrap();
    assert_eq!(read_range(&view, 1, 19).unwrap(), numbers()[31..50]);
    fails(read_via_stream(&view, 19, 2), ErrorCode::OutOfBounds, &["20 bytes"]);
}

pub(crate) fn bulk_reads_past_four_gigabytes() {
    poke("work/sparse.bin", (4 << 30) - 1, &[1, 2, 3]);
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    assert_eq!(read_range(&array, (4 << 30) - 2, 5).unwrap(), [0, 1, 2, 3, 0]);
    assert_eq!(read_range(&array, 5_999_999_992, 8).unwrap(), 6.25_f64.to_le_bytes());
}

pub(crate) fn bulk_reads_more_than_one_call_moves_by_one_stream() {
    const SIZE: u64 = MAX_TRANSFER + (70 << 20);
    resize("work/large.bin", SIZE);
    let places = [0, MAX_TRANSFER - 1, MAX_TRANSFER, SIZE - 1];
    for (place, byte) in places.into_iter().zip(1..) {
        poke("work/large.bin", place, &[byte]);
    }
    let array = Memmap::open("work/large.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let part = read_via_stream(&array, 0, SIZE).unwrap();
    assert_eq!(part.length, SIZE);
    let mut found = Vec::new();
    let length = each_piece(&part.input.unwrap(), SIZE, |before, piece| {
        let within =
            places.iter().filter(|place| (before..before + piece.len() as u64).contains(place));
        found.extend(within.map(|place| piece[usize::try_from(place - before).unwrap()]));
    });
    assert_eq!((length, found), (SIZE, vec![1, 2, 3, 4]));
}

pub(crate) fn bulk_reads_changes_of_copy_on_write() {
    let (array, mut bytes) = pages(Mode::CopyOnWrite);
    let changed = 500_000..500_100;
    array.write_bytes(changed.start as u64, &[255; 100]).unwrap();
    array.write_bytes(LENGTH - 1, &[254]).unwrap();
    bytes[changed].fill(255);
    *bytes.last_mut().unwrap() = 254;
    assert!(read_range(&array, 0, LENGTH).unwrap() == bytes);
    assert!(read_range(&array, 499_990, 200).unwrap() == bytes[499_990..500_190]);
    // The changed bytes have no stream, and the bytes before and after them have one.
    let parts = parts(&array, 0, LENGTH);
    let streams: Vec<_> = parts.iter().map(|&(_, stream)| stream).collect();
    assert_eq!(streams, [true, false, true, false], "{parts:?}");
    let view = array.view(&index("500000:500100")).unwrap();
    assert_eq!(read_range(&view, 0, 100).unwrap(), [255; 100]);
}

pub(crate) fn bulk_reads_the_bytes_of_the_moment_of_the_read() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    let part = read_via_stream(&array, 0, 64).unwrap();
    open_numbers(Mode::ReadWrite, &[64]).write(&index("5"), &[105], None).unwrap();
    let mut expected = numbers();
    expected[5] = 105;
    assert_eq!(read_from(&part.input.unwrap(), 64), expected);
}

pub(crate) fn bulk_reads_are_independent() {
    let (array, bytes) = pages(Mode::ReadWrite);
    let [one, other] =
        [0, 7].map(|offset| read_via_stream(&array, offset, 1000).unwrap().input.unwrap());
    assert_eq!(read_from(&one, 10), bytes[..10]);
    assert_eq!(read_from(&other, 10), bytes[7..17]);
    assert_eq!(read_from(&one, 10), bytes[10..20]);
    assert_eq!(read_from(&other, 983), bytes[17..1000]);
}

pub(crate) fn bulk_read_of_a_file_that_is_truncated_meanwhile_ends_with_truncated() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        let (array, bytes) = pages(mode);
        let part = read_via_stream(&array, 0, LENGTH).unwrap();
        let input = part.input.unwrap();
        let start = read_from(&input, 100);
        assert_eq!(start, bytes[..100]);
        resize("work/pages.bin", 50);
        // A stream may have read ahead, but not everything.
        let rest = 100 + read_from(&input, part.length - 100).len() as u64;
        assert!(rest < LENGTH, "{mode:?}: {rest} bytes");
        fails(read_range(&array, rest, LENGTH - rest), ErrorCode::Truncated, &["`work/pages.bin`"]);
        fails(
            read_range(&array, 0, LENGTH),
            ErrorCode::Truncated,
            &["`work/pages.bin`", "truncated"],
        );
        resize("work/pages.bin", LENGTH);
        assert!(read_range(&array, 100, 1000).unwrap() == [0; 1000], "{mode:?}");
    }
}

pub(crate) fn bulk_stream_works_while_a_view_on_its_mapping_exists() {
    let (array, bytes) = pages(Mode::ReadWrite);
    let view = array.view(&index("::2")).unwrap();
    let input = read_via_stream(&array, 0, LENGTH).unwrap().input.unwrap();
    assert_eq!(read_from(&input, 1000), bytes[..1000]);
    drop(array);
    assert!(read_from(&input, LENGTH - 1000) == bytes[1000..]);
    drop(view);
}

pub(crate) fn bulk_stream_outlives_its_array() {
    let ends: [fn(Memmap) -> Option<Memmap>; 2] = [
        |array| {
            drop(array);
            None
        },
        |array| {
            array.close();
            Some(array)
        },
    ];
    for end in ends {
        let (array, bytes) = pages(Mode::ReadWrite);
        let input = read_via_stream(&array, 0, LENGTH).unwrap().input.unwrap();
        let mut read = read_from(&input, 1000);
        let array = end(array);
        // The stream may end or continue, but it returns no other bytes.
        read.extend(read_from(&input, LENGTH - 1000));
        assert!(bytes.starts_with(&read), "{} bytes", read.len());
        if let Some(array) = array {
            let parts = ["the array over `work/pages.bin` was closed", "open it again"];
            fails(read_via_stream(&array, 0, 1), ErrorCode::Closed, &parts);
            fails(read_via_stream(&array, 0, 0), ErrorCode::Closed, &parts);
        }
    }
}
