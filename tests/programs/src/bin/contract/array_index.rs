//! Indexing, for reads and for views.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::support::{MAX_TRANSFER, fails, index, numbers, open_numbers, options, shaped};

/// Checks the shape and the elements that an index takes of the numbers 0 to 59 in shape (3, 4, 5),
/// by a view and by a read.
#[track_caller]
fn check(text: &str, shape: &[u64], elements: &[u8]) {
    let array = open_numbers(Mode::ReadOnly, &[3, 4, 5]);
    let view = array.view(&index(text)).unwrap();
    assert_eq!(view.info().unwrap().shape, shape, "{text}");
    assert_eq!(view.read(&[]).unwrap(), elements, "{text}");
    assert_eq!(array.read(&index(text)).unwrap(), elements, "{text}");
}

pub(crate) fn array_index_at_takes_one_element_of_an_axis() {
    check("1, 2, 3", &[], &[33]);
    check("1, 2", &[5], &[30, 31, 32, 33, 34]);
    check("-1, -4, -5", &[], &[40]);
}

pub(crate) fn array_index_empty_list_and_ellipsis_take_all_elements() {
    check("", &[3, 4, 5], &numbers()[..60]);
    check("...", &[3, 4, 5], &numbers()[..60]);
    check("1, 2, ..., 3", &[], &[33]);
}

pub(crate) fn array_index_ellipsis_expands_to_the_remaining_axes() {
    check("..., 0", &[3, 4], &[0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]);
    check("0, ..., 4", &[4], &[4, 9, 14, 19]);
    check("2, 3, ...", &[5], &[55, 56, 57, 58, 59]);
}

pub(crate) fn array_index_slice_takes_a_range() {
    check("0, 1:3, 2:4", &[2, 2], &[7, 8, 12, 13]);
    check("0, 0, ::2", &[3], &[0, 2, 4]);
    check("0, 0, 1::3", &[2], &[1, 4]);
    check("0, 0, -2:", &[2], &[3, 4]);
    check("0, 0, :-3", &[2], &[0, 1]);
}

pub(crate) fn array_index_slice_may_go_backwards() {
    check("0, 0, ::-1", &[5], &[4, 3, 2, 1, 0]);
    check("0, 0, ::-2", &[3], &[4, 2, 0]);
    check("0, 0, 3:0:-1", &[3], &[3, 2, 1]);
    check("0, 0, -2:-5:-2", &[2], &[3, 1]);
    check("::-2, 0, ::-4", &[2, 2], &[44, 40, 4, 0]);
}

pub(crate) fn array_index_slice_is_clipped_as_in_python() {
    check("0, 0, 3:100", &[2], &[3, 4]);
    check("0, 0, -100:2", &[2], &[0, 1]);
    check("0, 0, 100::-1", &[5], &[4, 3, 2, 1, 0]);
    check("0, 0, 1:-100:-1", &[2], &[1, 0]);
    check("0, 0, -9223372036854775808:9223372036854775807", &[5], &[0, 1, 2, 3, 4]);
    check("0, 0, 3::9223372036854775807", &[1], &[3]);
    check("0, 0, 3::-9223372036854775808", &[1], &[3]);
    check("0, 0, 9223372036854775807:-9223372036854775808:-3", &[2], &[4, 1]);
}

pub(crate) fn array_index_slice_may_be_empty() {
    check("0, 0, 3:3", &[0], &[]);
    check("0, 0, 3:1", &[0], &[]);
    check("0, 0, 5:", &[0], &[]);
    check("0, 0, 1:3:-1", &[0], &[]);
    check("1:1, :, 2", &[0, 4], &[]);
    check("100:", &[0, 4, 5], &[]);
}

pub(crate) fn array_index_works_on_order_f() {
    let options = MemmapOptions { order: Order::F, ..shaped(Mode::ReadOnly, "u1", &[3, 4]) };
    let array = Memmap::open("work/bytes.bin", &options).unwrap();
    assert_eq!(array.read(&index("1")).unwrap(), [1, 4, 7, 10]);
    assert_eq!(array.read(&index("::-1, 1:3")).unwrap(), [5, 8, 4, 7, 3, 6]);
}

pub(crate) fn array_index_keeps_the_bytes_of_an_element_together() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, ">u2", &[2, 3])).unwrap();
    assert_eq!(array.read(&index(":, ::-2")).unwrap(), [4, 5, 0, 1, 10, 11, 6, 7]);
}

pub(crate) fn array_view_of_a_view_is_a_view_of_the_array() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    let odd = array.view(&index("1::2, ::-1")).unwrap();
    let corner = odd.view(&index("-2:, 1:4:2")).unwrap();
    assert_eq!(odd.read(&index("0, :3")).unwrap(), [15, 14, 13]);
    assert_eq!(corner.read(&[]).unwrap(), [46, 44, 62, 60]);
    assert_eq!(corner.read(&index("1, 0")).unwrap(), [62]);
}

pub(crate) fn array_view_of_a_scalar_has_no_axes() {
    let array = open_numbers(Mode::ReadWrite, &[8, 8]);
    let element = array.view(&index("2, 3")).unwrap();
    element.write(&[], &[200], None).unwrap();
    assert_eq!(array.read(&index("2, 2:5")).unwrap(), [18, 200, 20]);
}

pub(crate) fn array_index_outside_its_axis_is_out_of_bounds() {
    let array = open_numbers(Mode::ReadWrite, &[8, 8]);
    for (text, part) in [
        ("8", "index 8 is out of bounds for axis 0 with size 8"),
        ("-9", "index -9 is out of bounds for axis 0 with size 8"),
        ("0, 9", "index 9 is out of bounds for axis 1 with size 8"),
        ("..., -10", "index -10 is out of bounds for axis 1 with size 8"),
        ("9223372036854775807", "index 9223372036854775807"),
        ("-9223372036854775808", "index -9223372036854775808"),
    ] {
        fails(array.read(&index(text)), ErrorCode::OutOfBounds, &[part]);
        fails(array.view(&index(text)), ErrorCode::OutOfBounds, &[part]);
        fails(array.write(&index(text), &[0], None), ErrorCode::OutOfBounds, &[part]);
    }
}

pub(crate) fn array_index_into_an_empty_axis_is_out_of_bounds() {
    let array = open_numbers(Mode::ReadOnly, &[0, 8]);
    fails(array.read(&index("0")), ErrorCode::OutOfBounds, &["axis 0 with size 0"]);
    fails(array.read(&index("-1")), ErrorCode::OutOfBounds, &["axis 0 with size 0"]);
}

pub(crate) fn array_index_with_more_indices_than_axes_is_out_of_bounds() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    fails(
        array.read(&index("0, 0, 0")),
        ErrorCode::OutOfBounds,
        &["array is 2-dimensional, but 3 were indexed"],
    );
    fails(
        array.view(&index(":, ..., :, :")),
        ErrorCode::OutOfBounds,
        &["2-dimensional", "3 were indexed"],
    );
    let scalar = array.view(&index("0, 0")).unwrap();
    fails(scalar.read(&index("0")), ErrorCode::OutOfBounds, &["0-dimensional", "1 were indexed"]);
}

pub(crate) fn array_index_with_two_ellipses_is_invalid() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    fails(
        array.read(&index("..., ...")),
        ErrorCode::InvalidArgument,
        &["single ellipsis", "has 2"],
    );
}

pub(crate) fn array_index_with_a_step_of_0_is_invalid() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    fails(
        array.read(&index(":, ::0")),
        ErrorCode::InvalidArgument,
        &["axis 1", "slice step cannot be zero"],
    );
    let empty = array.view(&index("3:3")).unwrap();
    fails(
        empty.read(&index("::0")),
        ErrorCode::InvalidArgument,
        &["axis 0", "slice step cannot be zero"],
    );
}

pub(crate) fn array_index_that_fails_changes_nothing() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    fails(array.write(&index("64"), &[255], None), ErrorCode::OutOfBounds, &[]);
    fails(array.write(&index("::0"), &[255], Some(&[])), ErrorCode::InvalidArgument, &[]);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_selection_over_the_limit_is_limit_exceeded() {
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    let parts = ["134217729 bytes", "at most 134217728", "smaller pieces"];
    fails(array.read(&index(":134217729")), ErrorCode::LimitExceeded, &parts);
    fails(array.read_bytes(1 << 32, MAX_TRANSFER + 1), ErrorCode::LimitExceeded, &parts);
    // The selection counts, also if the data is broadcast to it.
    fails(array.write(&index(":134217729"), &[1], Some(&[])), ErrorCode::LimitExceeded, &parts);
    assert_eq!(array.read(&index("0")).unwrap(), [0]);
    fails(array.read(&[]), ErrorCode::LimitExceeded, &["6000000000 bytes"]);
    assert_eq!(array.view(&[]).unwrap().info().unwrap().size, 6_000_000_000);
}

pub(crate) fn large_data_over_the_limit_is_limit_exceeded() {
    let data = vec![1; (128 << 20) + 1];
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    let parts = ["134217729 bytes", "at most 134217728", "smaller pieces"];
    fails(array.write(&index(":134217729"), &data, None), ErrorCode::LimitExceeded, &parts);
    fails(array.write_bytes(0, &data), ErrorCode::LimitExceeded, &parts);
    assert_eq!(array.read(&index("0")).unwrap(), [0]);
    let store = crate::store::open();
    fails(
        store.set("key", &data),
        ErrorCode::LimitExceeded,
        &["134217729 bytes", "at most 134217728", "`writer`"],
    );
    assert!(!store.contains("key").unwrap());
}

pub(crate) fn large_selection_at_the_limit_is_read() {
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let bytes = array.read(&index("-134217728:")).unwrap();
    assert_eq!(bytes.len() as u64, MAX_TRANSFER);
    assert!(bytes.ends_with(&6.25_f64.to_le_bytes()));
}
