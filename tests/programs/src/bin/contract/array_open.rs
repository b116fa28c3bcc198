//! Opening, in each mode, with offsets, shapes and orders.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{Memmap, Mode, Order};
use crate::support::{exists, holds, index, numbers, open_numbers, options, resize, shaped, size};

pub(crate) fn array_read_only_reads_the_file() {
    let array = Memmap::open("fixed/bytes.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    assert_eq!(array.read(&[]).unwrap(), numbers());
}

pub(crate) fn array_copy_on_write_changes_itself_and_not_the_file() {
    let array = open_numbers(Mode::CopyOnWrite, &[64]);
    array.write(&index("1:3"), &[90, 91], None).unwrap();
    assert_eq!(array.read(&index(":4")).unwrap(), [0, 90, 91, 3]);
    array.flush().unwrap();
    drop(array);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_copy_on_write_works_on_a_file_granted_for_reading() {
    let array = Memmap::open("fixed/bytes.bin", &options(Mode::CopyOnWrite, "u1")).unwrap();
    array.write(&index("0"), &[7], None).unwrap();
    assert_eq!(array.read(&index(":2")).unwrap(), [7, 1]);
}

pub(crate) fn array_read_write_changes_the_file() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    array.write(&index("-1"), &[7], None).unwrap();
    assert_eq!(std::fs::read("work/bytes.bin").unwrap()[62..], [62, 7]);
}

pub(crate) fn array_read_write_extends_a_short_file_by_zeroes() {
    let array = open_numbers(Mode::ReadWrite, &[66]);
    assert_eq!(array.read(&index("63:")).unwrap(), [63, 0, 0]);
    assert_eq!(size("work/bytes.bin"), 66);
}

pub(crate) fn array_read_write_does_not_shorten_a_longer_file() {
    let array = open_numbers(Mode::ReadWrite, &[10]);
    assert_eq!(array.info().unwrap().size, 10);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_read_write_of_an_empty_file_has_no_elements() {
    std::fs::write("work/empty.bin", []).unwrap();
    let array = Memmap::open("work/empty.bin", &options(Mode::ReadWrite, "<i4")).unwrap();
    assert_eq!(array.info().unwrap().shape, [0]);
}

pub(crate) fn array_read_write_gives_an_empty_file_its_shape() {
    std::fs::write("work/empty.bin", []).unwrap();
    let array = Memmap::open("work/empty.bin", &shaped(Mode::ReadWrite, "<i4", &[2])).unwrap();
    assert_eq!(array.read(&[]).unwrap(), [0; 8]);
    assert_eq!(size("work/empty.bin"), 8);
}

pub(crate) fn array_write_makes_a_file_of_zeroes() {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "<i2", &[2, 3])).unwrap();
    assert_eq!(array.read(&[]).unwrap(), [0; 12]);
    array.write(&index("1, 2"), &[1, 2], None).unwrap();
    assert_eq!(std::fs::read("work/new.bin").unwrap(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
}

pub(crate) fn array_write_truncates_an_existing_file() {
    let array = open_numbers(Mode::Write, &[8]);
    assert_eq!(array.read(&[]).unwrap(), [0; 8]);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), [0; 8]);
}

pub(crate) fn array_write_truncates_an_existing_file_that_becomes_longer() {
    let array = open_numbers(Mode::Write, &[70]);
    assert_eq!(array.read(&[]).unwrap(), [0; 70]);
    assert_eq!(size("work/bytes.bin"), 70);
}

pub(crate) fn array_write_extends_the_file_to_the_offset() {
    let options = MemmapOptions { offset: 5, ..shaped(Mode::Write, "<i2", &[2]) };
    let array = Memmap::open("work/new.bin", &options).unwrap();
    array.write(&index("0"), &[1, 2], None).unwrap();
    assert_eq!(std::fs::read("work/new.bin").unwrap(), [0, 0, 0, 0, 0, 1, 2, 0, 0]);
}

pub(crate) fn array_without_a_dtype_is_uint8() {
    let array = Memmap::open(
        "work/bytes.bin",
        &MemmapOptions { dtype: None, ..options(Mode::ReadOnly, "") },
    )
    .unwrap();
    let info = array.info().unwrap();
    assert_eq!((info.dtype.as_str(), info.shape.as_slice()), ("|u1", &[64][..]));
}

pub(crate) fn array_shape_is_inferred_from_the_rest_of_the_file() {
    let array = Memmap::open(
        "work/bytes.bin",
        &MemmapOptions { offset: 4, ..options(Mode::ReadOnly, "<i4") },
    )
    .unwrap();
    assert_eq!(array.info().unwrap().shape, [15]);
    assert_eq!(array.read(&index("0")).unwrap(), [4, 5, 6, 7]);
}

pub(crate) fn array_offset_may_be_any_byte() {
    for offset in [0, 1, 3, 7, 59] {
        let options = MemmapOptions { offset, ..shaped(Mode::ReadOnly, "<i2", &[2]) };
        let array = Memmap::open("work/bytes.bin", &options).unwrap();
        let first = u8::try_from(offset).unwrap();
        assert_eq!(array.read(&[]).unwrap(), [first, first + 1, first + 2, first + 3]);
        assert_eq!(array.info().unwrap().offset, offset);
    }
}

pub(crate) fn array_offset_may_be_at_or_near_a_page_boundary() {
    let content: Vec<u8> = (0..140_000_u32).map(|number| (number % 251) as u8).collect();
    std::fs::write("work/pages.bin", &content).unwrap();
    for offset in [4095, 4096, 4097, 65_535, 65_536, 65_537, 131_072] {
        let options = MemmapOptions { offset, ..options(Mode::ReadOnly, "u1") };
        let array = Memmap::open("work/pages.bin", &options).unwrap();
        let expected = &content[usize::try_from(offset).unwrap()..];
        assert_eq!(array.read(&[]).unwrap(), expected, "from byte {offset}");
    }
}

pub(crate) fn array_offset_may_be_past_four_gigabytes() {
    let options = MemmapOptions { offset: 5_999_999_992, ..options(Mode::ReadOnly, "<f8") };
    let array = Memmap::open("work/sparse.bin", &options).unwrap();
    assert_eq!(array.read(&[]).unwrap(), 6.25_f64.to_le_bytes());
}

pub(crate) fn array_offset_past_the_end_extends_the_file_in_writing_modes() {
    let options = MemmapOptions { offset: 101, ..shaped(Mode::ReadWrite, "<i4", &[1]) };
    let array = Memmap::open("work/bytes.bin", &options).unwrap();
    array.write(&[], &[1, 2, 3, 4], None).unwrap();
    let content = std::fs::read("work/bytes.bin").unwrap();
    assert_eq!(
        (&content[..64], &content[64..101], &content[101..]),
        (&numbers()[..], &[0; 37][..], &[1, 2, 3, 4][..])
    );
}

pub(crate) fn array_offset_at_the_end_leaves_no_elements() {
    let array = Memmap::open(
        "work/bytes.bin",
        &MemmapOptions { offset: 64, ..options(Mode::ReadOnly, "<i4") },
    )
    .unwrap();
    assert_eq!(array.info().unwrap().shape, [0]);
    assert_eq!(array.read(&[]).unwrap(), []);
}

pub(crate) fn array_shape_may_take_a_part_of_the_file() {
    let array = open_numbers(Mode::ReadOnly, &[2, 3]);
    assert_eq!(array.read(&[]).unwrap(), [0, 1, 2, 3, 4, 5]);
}

pub(crate) fn array_of_the_empty_shape_is_a_scalar() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadWrite, "<i4", &[])).unwrap();
    let info = array.info().unwrap();
    assert_eq!((info.shape, info.strides, info.size, info.nbytes), (vec![], vec![], 1, 4));
    assert_eq!(array.read(&[]).unwrap(), [0, 1, 2, 3]);
    array.write(&index("..."), &[9, 8, 7, 6], None).unwrap();
    assert_eq!(std::fs::read("work/bytes.bin").unwrap()[..5], [9, 8, 7, 6, 4]);
}

pub(crate) fn array_may_have_64_axes() {
    let array = open_numbers(Mode::ReadOnly, &[1; 64]);
    assert_eq!(array.info().unwrap().shape.len(), 64);
    assert_eq!(array.read(&[]).unwrap(), [0]);
}

pub(crate) fn array_without_elements_opens_in_every_mode() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
        resize("work/some.bin", 10);
        let array = Memmap::open("work/some.bin", &shaped(mode, "<f4", &[3, 0])).unwrap();
        assert_eq!((array.info().unwrap().size, array.info().unwrap().nbytes), (0, 0));
        assert_eq!(array.read(&index("1:")).unwrap(), []);
        assert_eq!(array.read_bytes(0, 0).unwrap(), []);
        array.flush().unwrap();
    }
    assert!(exists("work/some.bin"));
}

pub(crate) fn array_without_elements_may_begin_anywhere_in_the_file() {
    std::fs::write("work/pages.bin", [7; 8193]).unwrap();
    for offset in [0, 1, 4095, 4096, 4097, 8192, 8193] {
        for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
            for shape in [&[0][..], &[3, 0], &[0, 1 << 32]] {
                let options = MemmapOptions { offset, ..shaped(mode, "<i4", shape) };
                let array = Memmap::open("work/pages.bin", &options).unwrap();
                holds(&array, shape, &[]);
                array.flush().unwrap();
            }
        }
    }
    assert_eq!(std::fs::read("work/pages.bin").unwrap(), [7; 8193]);
}

pub(crate) fn array_without_elements_extends_the_file_to_its_offset() {
    // As in numpy: one byte, because an empty file cannot be mapped.
    for (offset, expected) in [(0, 1), (1, 1), (4096, 4096), (8192, 8192)] {
        for mode in [Mode::ReadWrite, Mode::Write] {
            std::fs::write("work/new.bin", []).unwrap();
            let options = MemmapOptions { offset, ..shaped(mode, "<i4", &[0, 3]) };
            holds(&Memmap::open("work/new.bin", &options).unwrap(), &[0, 3], &[]);
            assert_eq!(size("work/new.bin"), expected);
        }
    }
}

pub(crate) fn array_without_elements_accepts_an_empty_write() {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "<f4", &[0])).unwrap();
    array.write(&[], &[], None).unwrap();
    array.write(&[], &[1, 2, 3, 4], Some(&[1])).unwrap();
    array.write_bytes(0, &[]).unwrap();
}

pub(crate) fn array_in_order_c_varies_the_last_index_fastest() {
    let array = open_numbers(Mode::ReadOnly, &[2, 3, 4]);
    assert_eq!(array.info().unwrap().strides, [12, 4, 1]);
    assert_eq!(array.read(&index("1, 0")).unwrap(), [12, 13, 14, 15]);
}

pub(crate) fn array_in_order_f_varies_the_first_index_fastest() {
    let options = MemmapOptions { order: Order::F, ..shaped(Mode::ReadOnly, "u1", &[2, 3]) };
    let array = Memmap::open("work/bytes.bin", &options).unwrap();
    assert_eq!(array.info().unwrap().strides, [1, 2]);
    // The rows of a matrix whose columns are contiguous in the file.
    assert_eq!(array.read(&[]).unwrap(), [0, 2, 4, 1, 3, 5]);
    assert_eq!(array.read(&index("1")).unwrap(), [1, 3, 5]);
}

pub(crate) fn array_in_order_f_is_written_by_columns() {
    let options = MemmapOptions { order: Order::F, ..shaped(Mode::Write, "u1", &[2, 3]) };
    let array = Memmap::open("work/new.bin", &options).unwrap();
    array.write(&[], &[1, 2, 3, 4, 5, 6], None).unwrap();
    assert_eq!(std::fs::read("work/new.bin").unwrap(), [1, 4, 2, 5, 3, 6]);
}

pub(crate) fn array_reads_the_last_element_of_six_gigabytes() {
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "<f8")).unwrap();
    assert_eq!(array.info().unwrap().shape, [750_000_000]);
    assert_eq!(array.read(&index("-1")).unwrap(), 6.25_f64.to_le_bytes());
}

pub(crate) fn array_writes_past_four_gigabytes() {
    let array =
        Memmap::open("work/sparse.bin", &shaped(Mode::ReadWrite, "<u4", &[2, 3, 250_000_000]))
            .unwrap();
    array.write(&index("1, 2, -3"), &[1, 2, 3, 4], None).unwrap();
    let bytes = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    assert_eq!(bytes.read(&index("5999999987:5999999993")).unwrap(), [0, 1, 2, 3, 4, 0]);
}
