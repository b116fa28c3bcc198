//! One value for all elements.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::support::{bytes, fails, index, numbers, open_numbers, options, resize, shaped, size};

pub(crate) fn array_fill_writes_the_element_to_all_elements() {
    let array = open_numbers(Mode::ReadWrite, &[7, 9]);
    array.fill(&[200]).unwrap();
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), [vec![200; 63], vec![63]].concat());
    for order in [Order::C, Order::F] {
        let array = Memmap::open(
            "work/new.bin",
            &MemmapOptions { order, ..shaped(Mode::Write, "<f4", &[2, 3]) },
        )
        .unwrap();
        array.fill(&bytes([1.5_f32])).unwrap();
        assert_eq!(std::fs::read("work/new.bin").unwrap(), bytes([1.5_f32; 6]));
    }
}

pub(crate) fn array_fill_of_a_view_changes_only_the_view() {
    let array = open_numbers(Mode::ReadWrite, &[4, 16]);
    array.view(&index("1::2, ::-5")).unwrap().fill(&[200]).unwrap();
    array.transpose(None).unwrap().view(&index("3")).unwrap().fill(&[201]).unwrap();
    array.view(&index("0, 1")).unwrap().fill(&[202]).unwrap();
    let mut expected = numbers();
    for row in [1, 3] {
        for column in [0, 5, 10, 15] {
            expected[16 * row + column] = 200;
        }
    }
    for row in 0..4 {
        expected[16 * row + 3] = 201;
    }
    expected[1] = 202;
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), expected);
}

pub(crate) fn array_fill_keeps_the_bytes_of_an_element_together() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadWrite, "V3", &[4])).unwrap();
    array.view(&index("::2")).unwrap().fill(&[200, 201, 202]).unwrap();
    let expected = [200, 201, 202, 3, 4, 5, 200, 201, 202, 9, 10, 11, 12];
    assert_eq!(std::fs::read("work/bytes.bin").unwrap()[..13], expected);
    let records = array.view_as("[('a', 'u1'), ('b', '<u2')]").unwrap();
    records.fill(&[1, 2, 3]).unwrap();
    records.field("b").unwrap().fill(&[8, 9]).unwrap();
    assert_eq!(
        std::fs::read("work/bytes.bin").unwrap()[..13],
        [1, 8, 9, 1, 8, 9, 1, 8, 9, 1, 8, 9, 12]
    );
}

pub(crate) fn array_fill_of_an_empty_array_writes_nothing() {
    for shape in [&[0][..], &[3, 0], &[0, 1 << 40]] {
        let array = open_numbers(Mode::ReadWrite, shape);
        array.fill(&[200]).unwrap();
        fails(array.fill(&[]), ErrorCode::InvalidArgument, &["0 bytes"]);
    }
    let array = open_numbers(Mode::ReadWrite, &[64]);
    array.view(&index("5:5")).unwrap().fill(&[200]).unwrap();
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_fill_with_data_that_is_not_one_element_is_invalid() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadWrite, "<i4", &[16])).unwrap();
    for length in [0, 1, 3, 5, 8, 64] {
        fails(
            array.fill(&vec![200; length]),
            ErrorCode::InvalidArgument,
            &[&format!("{length} bytes"), "`<i4`", "4"],
        );
    }
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_fill_of_a_read_only_array_is_access_denied() {
    let array = open_numbers(Mode::ReadOnly, &[64]);
    let parts = ["`work/bytes.bin`", "mode `read-only`", "`read-write`", "`copy-on-write`"];
    fails(array.fill(&[200]), ErrorCode::AccessDenied, &parts);
    fails(array.view(&index("3")).unwrap().fill(&[200]), ErrorCode::AccessDenied, &parts);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_fill_of_copy_on_write_stays_in_the_array() {
    let array = open_numbers(Mode::CopyOnWrite, &[8, 8]);
    array.view(&index("1")).unwrap().fill(&[200]).unwrap();
    assert_eq!(array.read(&index(":, 0")).unwrap(), [0, 200, 16, 24, 32, 40, 48, 56]);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_fill_of_a_truncated_file_is_truncated() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    resize("work/bytes.bin", 3);
    fails(
        array.fill(&[200]),
        ErrorCode::Truncated,
        &["`work/bytes.bin`", "truncated since it was opened"],
    );
    assert_eq!(size("work/bytes.bin"), 3);
}

pub(crate) fn array_fill_may_be_larger_than_one_call_moves() {
    const LENGTH: u64 = (128 << 20) + 3;
    let file = Memmap::open("work/sparse.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    let array = file.view(&index("1000:134218731")).unwrap();
    assert_eq!(array.info().unwrap().size, LENGTH);
    array.fill(&[7]).unwrap();
    assert_eq!(file.read(&index("998:1002")).unwrap(), [0, 0, 7, 7]);
    assert_eq!(file.read(&index("134218729:134218733")).unwrap(), [7, 7, 0, 0]);
    assert!(array.read(&index("::1000003")).unwrap().iter().all(|&byte| byte == 7));
}
