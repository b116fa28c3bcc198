//! Writes to the elements that `take` and `mask` select.

use crate::array_write::{check, zeroes};
use crate::bindings::{ErrorCode, Memmap, Mode};
use crate::support::{bytes, fails, holds, index, numbers, open_numbers, shaped, take};

pub(crate) fn array_write_to_a_take_is_in_its_order() {
    check("[2, 0]", &[1, 2, 3, 4, 5, 6, 7, 8], None, [5, 6, 7, 8, 0, 0, 0, 0, 1, 2, 3, 4]);
    check("1, [3, 0, 1]", &[1, 2, 3], None, [0, 0, 0, 0, 2, 3, 0, 1, 0, 0, 0, 0]);
    check(":, [-1, 0]", &[1, 2, 3, 4, 5, 6], None, [2, 0, 0, 1, 4, 0, 0, 3, 6, 0, 0, 5]);
    check("[2, 0, 1], [3, 0, 1]", &[1, 2, 3], None, [2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 1]);
    check("[]", &[], None, [0; 12]);
}

pub(crate) fn array_write_to_a_mask_fills_the_true_elements() {
    check(
        "[True, False, True]",
        &[1, 2, 3, 4, 5, 6, 7, 8],
        None,
        [1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8],
    );
    check("1, [False, True, False, True]", &[1, 2], None, [0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0]);
    check("[True, False, True], [1, 2]", &[1, 2], None, [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0]);
    check("[False, False, False]", &[9], Some(&[]), [0; 12]);
}

pub(crate) fn array_write_is_broadcast_to_index_arrays() {
    check("[2, 0]", &[7], Some(&[]), [7, 7, 7, 7, 0, 0, 0, 0, 7, 7, 7, 7]);
    check("[2, 0]", &[1, 2, 3, 4], Some(&[4]), [1, 2, 3, 4, 0, 0, 0, 0, 1, 2, 3, 4]);
    check("[2, 0]", &[1, 2], Some(&[2, 1]), [2, 2, 2, 2, 0, 0, 0, 0, 1, 1, 1, 1]);
    check(":, [3, 1]", &[1, 2], Some(&[2]), [0, 2, 0, 1, 0, 2, 0, 1, 0, 2, 0, 1]);
    check("[True, False, True], 3", &[7], Some(&[1]), [0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 7]);
    check("[2, 0], None", &[1, 2], Some(&[2, 1, 1]), [2, 2, 2, 2, 0, 0, 0, 0, 1, 1, 1, 1]);
    check("[]", &[1, 2, 3, 4], Some(&[4]), [0; 12]);
}

pub(crate) fn array_write_to_a_take_that_repeats_keeps_the_last_data() {
    check("1, [1, 0, 1, 1]", &[1, 2, 3, 4], None, [0, 0, 0, 0, 2, 4, 0, 0, 0, 0, 0, 0]);
    check("[0, 0]", &[1, 2, 3, 4, 5, 6, 7, 8], None, [5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
    check(":, [1, 1]", &[1, 2, 3, 4, 5, 6], None, [0, 2, 0, 0, 0, 4, 0, 0, 0, 6, 0, 0]);
    check("[0, 2, 0], [1, 3, 1]", &[1, 2, 3], None, [0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    check("2, [3, -1, 3, -1]", &[1, 2, 3, 4], None, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]);
    check("[1, 1]", &[1, 2], Some(&[2, 1]), [0, 0, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0]);
}

pub(crate) fn array_write_to_a_reversed_take_that_repeats_keeps_the_last_data() {
    let array = zeroes(&[4]);
    let backwards = array.view(&index("::-1")).unwrap();
    backwards.write(&index("[0, 1, 0]"), &[1, 2, 3], None).unwrap();
    holds(&array, &[4], &[0, 0, 2, 3]);
    let square = zeroes(&[2, 3]);
    let turned = square.transpose(None).unwrap();
    turned.write(&index("[0, 2, 0]"), &[1, 2, 3, 4, 5, 6], None).unwrap();
    holds(&square, &[2, 3], &[5, 0, 3, 6, 0, 4]);
}

pub(crate) fn array_write_to_index_arrays_that_are_not_adjacent_has_their_axis_first() {
    let array = zeroes(&[2, 3, 2]);
    // The selection has the shape (2, 3).
    array.write(&index("[0, 1], :, [1, 0]"), &[1, 2, 3, 4, 5, 6], None).unwrap();
    holds(&array, &[2, 3, 2], &[0, 1, 0, 2, 0, 3, 4, 0, 5, 0, 6, 0]);
    array.write(&index("1, :, [0, 1]"), &[7, 8], Some(&[2, 1])).unwrap();
    holds(&array, &[2, 3, 2], &[0, 1, 0, 2, 0, 3, 7, 8, 7, 8, 7, 8]);
}

pub(crate) fn array_write_to_index_arrays_of_several_axes_has_their_shape() {
    check("[[2, 0], [1, 2]], 3", &[1, 2, 3, 4], None, [0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4]);
    check("[[0], [2]], [3, 1]", &[1, 2, 3, 4], None, [0, 2, 0, 1, 0, 0, 0, 0, 0, 4, 0, 3]);
    check("[[0], [2]], [3, 1]", &[1, 2], Some(&[2, 1]), [0, 1, 0, 1, 0, 0, 0, 0, 0, 2, 0, 2]);
    check("[[0], [2]], [3, 1]", &[1, 2], Some(&[2]), [0, 2, 0, 1, 0, 0, 0, 0, 0, 2, 0, 1]);
    check("[[0], [2]], [3, 1]", &[1, 2], Some(&[1, 1, 2]), [0, 2, 0, 1, 0, 0, 0, 0, 0, 2, 0, 1]);
    check("[[0, 2]]", &[1, 2], Some(&[1, 2, 1]), [1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 2, 2]);
    check(
        ":, [[0], [2]]",
        &[1, 2, 3, 4, 5, 6],
        Some(&[3, 2, 1]),
        [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0],
    );
    check(
        "[[0], [1]], array(True), 2",
        &[1, 2],
        Some(&[2, 1]),
        [0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0],
    );
    // An element that is listed more than once keeps the last data.
    check("[[1, 1], [1, 0]], 2", &[1, 2, 3, 4], None, [0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 0, 0]);
    check("[[1], [1]], [2, 0]", &[1, 2], Some(&[2, 1]), [0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 0, 0]);
}

pub(crate) fn array_write_to_masks_of_several_axes_fills_the_true_elements() {
    let diagonal =
        "[[True, False, False, False], [False, True, False, False], [False, False, True, False]]";
    check(diagonal, &[1, 2, 3], None, [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0]);
    check(diagonal, &[7], Some(&[]), [7, 0, 0, 0, 0, 7, 0, 0, 0, 0, 7, 0]);
    check(diagonal, &[1, 2, 3], Some(&[1, 3]), [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0]);
    check("1, array(True)", &[1, 2, 3, 4], Some(&[1, 4]), [0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0]);
    check("array(False)", &[], None, [0; 12]);
    check("array(False)", &[7], Some(&[]), [0; 12]);
}

pub(crate) fn array_write_to_index_arrays_keeps_the_bytes_of_an_element_together() {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "<i4", &[4])).unwrap();
    array.write(&index("[3, 1]"), &bytes([0x0102_0304, 0x0506_0708]), None).unwrap();
    holds(&array, &[4], &[0, 0, 0, 0, 8, 7, 6, 5, 0, 0, 0, 0, 4, 3, 2, 1]);
    assert_eq!(array.read(&index("[1, 3, 1]")).unwrap(), [8, 7, 6, 5, 4, 3, 2, 1, 8, 7, 6, 5]);
}

pub(crate) fn array_write_to_many_elements_in_any_order_is_complete() {
    const LENGTH: u32 = 65_537;
    let array =
        Memmap::open("work/new.bin", &shaped(Mode::Write, "<u4", &[u64::from(LENGTH)])).unwrap();
    // Every element once, with large distances.
    let places = || (0..LENGTH).map(|number| number * 29_989 % LENGTH);
    let chosen = [take(places().map(i64::from).collect())];
    array.write(&chosen, &bytes(places()), None).unwrap();
    assert_eq!(array.read(&[]).unwrap(), bytes(0..LENGTH));
    assert_eq!(array.read(&chosen).unwrap(), bytes(places()));
    // Three elements, many times.
    let chosen = [take((0..i64::from(LENGTH)).map(|number| 30_000 * (number % 3)).collect())];
    array.write(&chosen, &bytes(0..LENGTH), None).unwrap();
    assert_eq!(
        array.read(&index("[0, 30000, 60000, 1]")).unwrap(),
        bytes([65_535_u32, 65_536, 65_534, 1])
    );
}

pub(crate) fn array_write_to_index_arrays_of_copy_on_write_stays_in_the_array() {
    let array = open_numbers(Mode::CopyOnWrite, &[8, 8]);
    array.write(&index("[7, 0], [7, 0]"), &[200, 201], None).unwrap();
    assert_eq!(array.read(&index("[0, 7], [0, 7]")).unwrap(), [201, 200]);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_write_to_index_arrays_of_a_read_only_array_is_access_denied() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    fails(
        array.write(&index("[0, 1], 0"), &[9, 9], None),
        ErrorCode::AccessDenied,
        &["mode `read-only`"],
    );
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_write_to_index_arrays_of_data_that_does_not_fit_is_invalid() {
    let array = open_numbers(Mode::ReadWrite, &[4, 16]);
    let invalid = ErrorCode::InvalidArgument;
    fails(
        array.write(&index("[0, 1], 3"), &[9; 3], None),
        invalid,
        &["3 bytes of data do not match the shape (2,)"],
    );
    fails(array.write(&index("[0, 1], :, None"), &[9; 2], None), invalid, &["(2, 16, 1)"]);
    fails(array.write(&index("[0, 1, 3], 3"), &[9; 2], Some(&[2])), invalid, &["(2,)", "(3,)"]);
    fails(
        array.write(&index("[True, False, False, False]"), &[9; 15], Some(&[15])),
        invalid,
        &["(15,)", "(1, 16)"],
    );
    // The data must match each axis of the index arrays, not only the number of elements.
    fails(
        array.write(&index("[[0, 1], [2, 3]], 0"), &[9; 4], Some(&[4])),
        invalid,
        &["(4,)", "(2, 2)"],
    );
    fails(
        array.write(&index("[[0], [1]], [0, 1, 2]"), &[9; 2], Some(&[2])),
        invalid,
        &["(2,)", "(2, 3)"],
    );
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}
