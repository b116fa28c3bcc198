//! Visibility of writes between arrays, their views, and other programs.

use crate::bindings::{ErrorCode, Memmap, Mode};
use crate::support::{fails, index, numbers, open_numbers, options, poke, resize, shaped, size};

/// A distance that is larger than a page of any system.
const FAR: u64 = 1 << 18;

pub(crate) fn array_write_is_visible_at_once_to_other_arrays_and_file_reads() {
    let one = open_numbers(Mode::ReadWrite, &[64]);
    let other = open_numbers(Mode::ReadOnly, &[8, 8]);
    one.write(&index("9"), &[109], None).unwrap();
    assert_eq!(other.read(&index("1, 1")).unwrap(), [109]);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap()[9], 109);
    one.write_bytes(10, &[110]).unwrap();
    assert_eq!(other.read(&index("1, 2")).unwrap(), [110]);
}

pub(crate) fn array_shows_a_file_write_at_once() {
    let array = open_numbers(Mode::ReadOnly, &[64]);
    assert_eq!(array.read(&index("5")).unwrap(), [5]);
    poke("work/bytes.bin", 5, &[105]);
    assert_eq!(array.read(&index("5")).unwrap(), [105]);
    assert_eq!(array.read_bytes(4, 3).unwrap(), [4, 105, 6]);
}

pub(crate) fn array_keeps_its_file_after_the_file_is_removed() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    std::fs::remove_file("work/bytes.bin").unwrap();
    std::fs::write("work/bytes.bin", [0; 64]).unwrap();
    array.write(&index("0"), &[100], None).unwrap();
    assert_eq!(array.read(&index(":3")).unwrap(), [100, 1, 2]);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), [0; 64]);
}

pub(crate) fn array_and_its_views_see_each_others_writes() {
    for mode in [Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = open_numbers(mode, &[8, 8]);
        let view = array.view(&index("1, ::-1")).unwrap();
        view.write(&index("0"), &[115], None).unwrap();
        assert_eq!(array.read(&index("1, 6:")).unwrap(), [14, 115]);
        array.write(&index("1, 0"), &[108], None).unwrap();
        assert_eq!(view.read(&index("6:")).unwrap(), [9, 108]);
    }
}

pub(crate) fn array_copy_on_write_writes_are_invisible_to_other_arrays() {
    let one = open_numbers(Mode::CopyOnWrite, &[64]);
    let other = open_numbers(Mode::CopyOnWrite, &[64]);
    let reader = open_numbers(Mode::ReadOnly, &[64]);
    one.write(&index("0"), &[100], None).unwrap();
    other.write(&index("0"), &[200], None).unwrap();
    assert_eq!(one.read(&index("0")).unwrap(), [100]);
    assert_eq!(other.read(&index("0")).unwrap(), [200]);
    assert_eq!(reader.read(&index("0")).unwrap(), [0]);
}

pub(crate) fn array_copy_on_write_keeps_its_writes_when_others_write_there() {
    let array = open_numbers(Mode::CopyOnWrite, &[64]);
    array.write(&index("0"), &[100], None).unwrap();
    poke("work/bytes.bin", 0, &[200, 201]);
    // Also the bytes near it: the whole page is private.
    assert_eq!(array.read(&index(":2")).unwrap(), [100, 1]);
}

pub(crate) fn array_copy_on_write_shows_writes_by_others_to_unchanged_pages() {
    resize("work/pages.bin", 2 * FAR);
    let array = Memmap::open("work/pages.bin", &options(Mode::CopyOnWrite, "u1")).unwrap();
    array.write_bytes(0, &[1]).unwrap();
    poke("work/pages.bin", FAR, &[2]);
    assert_eq!(array.read_bytes(FAR, 1).unwrap(), [2]);
    let writer = Memmap::open("work/pages.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    writer.write_bytes(FAR, &[3]).unwrap();
    assert_eq!(array.read_bytes(FAR, 1).unwrap(), [3]);
}

pub(crate) fn array_copy_on_write_keeps_large_changes() {
    resize("work/pages.bin", 2 * FAR);
    let array = Memmap::open("work/pages.bin", &options(Mode::CopyOnWrite, "u1")).unwrap();
    // Over many pages, with a start and an end within a page.
    let data: Vec<u8> = (0..100_000_u32).map(|number| (number % 251) as u8).collect();
    array.write_bytes(12_345, &data).unwrap();
    assert_eq!(array.read_bytes(12_345, 100_000).unwrap(), data);
    assert_eq!(array.read_bytes(12_343, 4).unwrap(), [0, 0, 0, 1]);
    assert_eq!(
        array.read(&index("12345:112345:1000")).unwrap(),
        data.iter().step_by(1000).copied().collect::<Vec<_>>()
    );
    assert!(std::fs::read("work/pages.bin").unwrap().iter().all(|&byte| byte == 0));
}

pub(crate) fn array_flush_works_in_every_mode_and_on_views() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
        let array = open_numbers(mode, &[64]);
        let view = array.view(&index("3:5")).unwrap();
        if mode != Mode::ReadOnly {
            view.write(&[], &[7, 7], None).unwrap();
        }
        view.flush().unwrap();
        array.flush().unwrap();
    }
}

pub(crate) fn array_view_outlives_its_array() {
    for mode in [Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = open_numbers(mode, &[8, 8]);
        array.write(&index("2, 0"), &[116], None).unwrap();
        let view = array.view(&index("2")).unwrap();
        drop(array);
        view.write(&index("1"), &[117], None).unwrap();
        assert_eq!(view.read(&index(":3")).unwrap(), [116, 117, 18]);
    }
}

pub(crate) fn array_over_a_truncated_file_is_truncated_until_the_file_has_grown_again() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        std::fs::write("work/bytes.bin", numbers()).unwrap();
        let array = open_numbers(mode, &[64]);
        assert_eq!(array.read(&index("-1")).unwrap(), [63]);
        resize("work/bytes.bin", 3);
        fails(
            array.read(&index("-1")),
            ErrorCode::Truncated,
            &["`work/bytes.bin`", "truncated since it was opened", "open it"],
        );
        fails(array.read_bytes(62, 2), ErrorCode::Truncated, &["`work/bytes.bin`"]);
        resize("work/bytes.bin", 64);
        assert_eq!(array.read(&index(":5")).unwrap(), [0, 1, 2, 0, 0], "{mode:?}");
        assert_eq!(array.read(&index("-1")).unwrap(), [0]);
    }
}

pub(crate) fn array_copy_on_write_keeps_its_writes_when_the_file_is_truncated_and_grows_back() {
    resize("work/pages.bin", 2 * FAR);
    let array = Memmap::open("work/pages.bin", &options(Mode::CopyOnWrite, "u1")).unwrap();
    array.write_bytes(FAR, &[7]).unwrap();
    resize("work/pages.bin", 0);
    fails(array.read_bytes(0, 1), ErrorCode::Truncated, &["`work/pages.bin`"]);
    resize("work/pages.bin", 2 * FAR);
    assert_eq!(array.read_bytes(FAR, 1).unwrap(), [7]);
}

pub(crate) fn array_over_a_file_truncated_to_0_bytes_is_truncated() {
    resize("work/pages.bin", FAR);
    let array = Memmap::open("work/pages.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    array.write_bytes(FAR - 1, &[1]).unwrap();
    resize("work/pages.bin", 0);
    fails(array.read(&[]), ErrorCode::Truncated, &["`work/pages.bin`"]);
    resize("work/pages.bin", FAR);
    assert_eq!(array.read_bytes(FAR - 1, 1).unwrap(), [0]);
    array.write_bytes(FAR - 1, &[2]).unwrap();
    assert_eq!(std::fs::read("work/pages.bin").unwrap().last(), Some(&2));
}

pub(crate) fn array_write_that_is_truncated_does_not_extend_the_file() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    resize("work/bytes.bin", 3);
    fails(
        array.write(&index("-1"), &[9], None),
        ErrorCode::Truncated,
        &["`work/bytes.bin`", "truncated"],
    );
    fails(array.write_bytes(60, &[9]), ErrorCode::Truncated, &["`work/bytes.bin`"]);
    array.flush().unwrap();
    assert_eq!(size("work/bytes.bin"), 3);
    resize("work/bytes.bin", 64);
    array.write(&index("-1"), &[9], None).unwrap();
    assert_eq!(std::fs::read("work/bytes.bin").unwrap()[63], 9);
}

pub(crate) fn array_over_a_file_that_has_grown_keeps_its_length() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    resize("work/bytes.bin", 1000);
    assert_eq!(array.info().unwrap().nbytes, 64);
    assert_eq!(array.read(&[]).unwrap(), numbers());
}

pub(crate) fn array_over_a_part_is_not_truncated_if_the_file_still_has_the_part() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, "u1", &[10])).unwrap();
    resize("work/bytes.bin", 10);
    assert_eq!(array.read(&index("-1")).unwrap(), [9]);
}

pub(crate) fn array_flush_in_modes_that_never_write_the_file_succeeds() {
    for (path, mode) in [
        ("fixed/bytes.bin", Mode::ReadOnly),
        ("fixed/bytes.bin", Mode::CopyOnWrite),
        ("work/bytes.bin", Mode::ReadOnly),
        ("work/bytes.bin", Mode::CopyOnWrite),
    ] {
        let array = Memmap::open(path, &options(mode, "u1")).unwrap();
        array.flush().unwrap();
        if mode == Mode::CopyOnWrite {
            array.write(&index("0"), &[100], None).unwrap();
        }
        array.flush().unwrap();
        array.view(&index("::-2")).unwrap().flush().unwrap();
        assert_eq!(std::fs::read(path).unwrap(), numbers(), "{mode:?}");
        assert_eq!(
            array.read(&index("0")).unwrap(),
            [if mode == Mode::CopyOnWrite { 100 } else { 0 }]
        );
    }
}
