//! Errors of opening, which change nothing.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode};
use crate::support::{exists, fails, numbers, options, resize, shaped, size};

const MODES: [Mode; 4] = [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write];

/// Checks that `work/bytes.bin` cannot be opened with these options, and is unchanged.
#[track_caller]
fn check(options: &MemmapOptions, code: ErrorCode, parts: &[&str]) {
    fails(Memmap::open("work/bytes.bin", options), code, parts);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_of_an_unknown_dtype_is_invalid() {
    for mode in MODES {
        for dtype in
            ["", "flaot32", "<", "i3", "f4 ", "<float32", "uint128", "F4", "\0", "型", ">型"]
        {
            // The message escapes control characters.
            let part = format!("data type '{}' not understood", dtype.replace('\0', r"\x00"));
            check(&shaped(mode, dtype, &[2]), ErrorCode::InvalidArgument, &[&part, "float32"]);
        }
    }
}

pub(crate) fn array_of_a_shape_that_overflows_is_invalid() {
    for mode in MODES {
        check(
            &shaped(mode, "<f8", &[1 << 60]),
            ErrorCode::InvalidArgument,
            &["the shape (1152921504606846976,) of `<f8` is too large"],
        );
        check(
            &shaped(mode, "u1", &[u64::MAX]),
            ErrorCode::InvalidArgument,
            &["18446744073709551615", "9223372036854775807"],
        );
        check(
            &shaped(mode, "u1", &[1 << 32, 1 << 32]),
            ErrorCode::InvalidArgument,
            &["(4294967296, 4294967296)"],
        );
        // As in numpy, also if the array is empty.
        check(
            &shaped(mode, "u1", &[1 << 32, 0, 1 << 32]),
            ErrorCode::InvalidArgument,
            &["(4294967296, 0, 4294967296)"],
        );
    }
}

pub(crate) fn array_with_an_offset_that_overflows_is_invalid() {
    for mode in MODES {
        for offset in [u64::MAX, 1 << 63, i64::MAX as u64 - 3] {
            let options = MemmapOptions { offset, ..shaped(mode, "<i4", &[1]) };
            check(
                &options,
                ErrorCode::InvalidArgument,
                &[&format!("shape (1,) at offset {offset}"), "last byte"],
            );
        }
    }
}

pub(crate) fn array_of_more_than_64_axes_is_invalid() {
    for mode in MODES {
        check(
            &shaped(mode, "u1", &[1; 65]),
            ErrorCode::InvalidArgument,
            &["currently 64, found 65 axes"],
        );
        check(
            &shaped(mode, "u1", &vec![1; 10_000]),
            ErrorCode::InvalidArgument,
            &["currently 64, found 10000 axes"],
        );
    }
}

pub(crate) fn array_of_a_file_size_that_is_no_multiple_of_the_item_size_is_invalid() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        let parts =
            ["61 bytes of `work/bytes.bin` after offset 3", "8 bytes of `<f8`", "give a shape"];
        check(
            &MemmapOptions { offset: 3, ..options(mode, "<f8") },
            ErrorCode::InvalidArgument,
            &parts,
        );
    }
}

pub(crate) fn array_in_mode_write_without_a_shape_is_invalid() {
    check(
        &options(Mode::Write, "u1"),
        ErrorCode::InvalidArgument,
        &["`write`", "needs a shape", "`read-write`"],
    );
    fails(
        Memmap::open("work/new.bin", &options(Mode::Write, "u1")),
        ErrorCode::InvalidArgument,
        &["needs a shape"],
    );
    assert!(!exists("work/new.bin"));
}

pub(crate) fn array_with_an_offset_past_the_end_and_no_shape_is_out_of_bounds() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        for offset in [65, u64::MAX] {
            let part =
                format!("offset {offset} is past the end of `work/bytes.bin`, which has 64 bytes");
            check(
                &MemmapOptions { offset, ..options(mode, "u1") },
                ErrorCode::OutOfBounds,
                &[&part, "give a shape"],
            );
        }
    }
}

pub(crate) fn array_with_a_shape_past_the_end_is_out_of_bounds_in_modes_that_do_not_extend() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite] {
        let parts =
            ["shape (65,)", "`|u1`", "ends at byte 65", "`work/bytes.bin` has 64", "`read-write`"];
        check(&shaped(mode, "u1", &[65]), ErrorCode::OutOfBounds, &parts);
        let offset = MemmapOptions { offset: 61, ..shaped(mode, "<i4", &[]) };
        check(&offset, ErrorCode::OutOfBounds, &["shape ()", "offset 61", "ends at byte 65"]);
        let empty = MemmapOptions { offset: 65, ..shaped(mode, "<i4", &[0]) };
        check(&empty, ErrorCode::OutOfBounds, &["offset 65", "ends at byte 65"]);
        check(&shaped(mode, "u1", &[1 << 62]), ErrorCode::OutOfBounds, &["4611686018427387904"]);
    }
}

pub(crate) fn array_of_an_empty_file_is_invalid_in_modes_that_do_not_extend() {
    std::fs::write("work/empty.bin", []).unwrap();
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite] {
        for options in [options(mode, "u1"), shaped(mode, "u1", &[0]), shaped(mode, "u1", &[4])] {
            let parts = ["`work/empty.bin` is empty", "`read-write`"];
            fails(Memmap::open("work/empty.bin", &options), ErrorCode::InvalidArgument, &parts);
        }
    }
    assert_eq!(size("work/empty.bin"), 0);
}

pub(crate) fn array_of_a_missing_file_is_not_found_except_in_mode_write() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        let opened = Memmap::open("work/no.bin", &shaped(mode, "u1", &[2]));
        fails(opened, ErrorCode::NotFound, &["cannot open `work/no.bin`", "no such file"]);
        assert!(!exists("work/no.bin"));
    }
    let opened = Memmap::open("work/no/new.bin", &shaped(Mode::Write, "u1", &[2]));
    fails(opened, ErrorCode::NotFound, &["`work/no/new.bin`"]);
}

pub(crate) fn array_of_a_directory_is_invalid() {
    for path in ["work", "work/folder", "work/folder/."] {
        for mode in MODES {
            let opened = Memmap::open(path, &shaped(mode, "u1", &[2]));
            fails(
                opened,
                ErrorCode::InvalidArgument,
                &[&format!("`{path}`"), "it is a directory, not a file"],
            );
        }
    }
}

pub(crate) fn array_of_a_path_through_a_file_is_invalid() {
    for mode in MODES {
        let opened = Memmap::open("work/bytes.bin/x", &shaped(mode, "u1", &[2]));
        fails(
            opened,
            ErrorCode::InvalidArgument,
            &["`work/bytes.bin/x`", "it is a file, not a directory"],
        );
    }
}

pub(crate) fn array_in_a_writing_mode_in_a_read_only_directory_is_access_denied() {
    for mode in [Mode::ReadWrite, Mode::Write] {
        for path in ["fixed/bytes.bin", "fixed/new.bin"] {
            let opened = Memmap::open(path, &shaped(mode, "u1", &[2]));
            fails(
                opened,
                ErrorCode::AccessDenied,
                &[&format!("cannot open `{path}`"), "a grant for reading only"],
            );
        }
    }
    assert_eq!(std::fs::read("fixed/bytes.bin").unwrap(), numbers());
    assert!(!exists("fixed/new.bin"));
}

pub(crate) fn array_larger_than_any_file_fails_and_keeps_the_old_content() {
    for mode in [Mode::ReadWrite, Mode::Write] {
        // From 2^53, a host in JavaScript does not take the number.
        for bytes in [1 << 53, i64::MAX as u64] {
            let opened = Memmap::open("work/bytes.bin", &shaped(mode, "u1", &[bytes]));
            let text = format!("extend to {bytes} bytes");
            fails(opened, ErrorCode::InvalidArgument, &["`work/bytes.bin`", &text, "larger than"]);
            assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
        }
    }
}

pub(crate) fn array_larger_than_any_file_creates_no_file() {
    let opened = Memmap::open("work/new.bin", &shaped(Mode::Write, "u1", &[i64::MAX as u64]));
    fails(opened, ErrorCode::InvalidArgument, &["`work/new.bin`"]);
    assert!(!exists("work/new.bin"));
}

pub(crate) fn array_over_a_limit_leaves_the_file_unchanged() {
    // Some hosts have a limit of open files that is reached here.
    let open = || Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "u1"));
    let mut arrays = Vec::new();
    while arrays.len() < 400
        && let Ok(array) = open()
    {
        arrays.push(array);
    }
    for mode in [Mode::ReadWrite, Mode::Write] {
        let opened = Memmap::open("work/bytes.bin", &shaped(mode, "u1", &[70]));
        if arrays.len() < 400 {
            fails(opened, ErrorCode::LimitExceeded, &["close or drop some first"]);
            assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers(), "{mode:?}");
        }
    }
    drop(arrays);
    open().unwrap();
}

pub(crate) fn array_of_a_sparse_file_of_terabytes_opens_at_once() {
    resize("work/huge.bin", 1 << 43);
    let array = Memmap::open("work/huge.bin", &options(Mode::ReadOnly, "<f8")).unwrap();
    assert_eq!(array.read_bytes((1 << 43) - 8, 8).unwrap(), [0; 8]);
}
