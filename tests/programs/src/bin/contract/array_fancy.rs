//! Indexing by `take` and `mask`: the elements and the shape of a selection.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::support::{
    fails, holds, index, mask, mask_of, numbers, open_numbers, options, resize, shaped, take,
    take_of,
};

/// Checks the shape and the elements that an index takes of the numbers 0 to 59 in shape (3, 4, 5).
#[track_caller]
fn check(text: &str, shape: &[u64], elements: &[u8]) {
    let array = open_numbers(Mode::ReadOnly, &[3, 4, 5]);
    assert_eq!(array.shape_of(&index(text)).unwrap(), shape, "{text}");
    assert_eq!(array.read(&index(text)).unwrap(), elements, "{text}");
}

/// Checks that `read`, `write` and `shape-of` fail for this index of the numbers.
#[track_caller]
fn is_rejected(text: &str, parts: &[&str]) {
    let array = open_numbers(Mode::ReadWrite, &[3, 4, 5]);
    fails(array.read(&index(text)), ErrorCode::OutOfBounds, parts);
    fails(array.shape_of(&index(text)), ErrorCode::OutOfBounds, parts);
    fails(array.write(&index(text), &[255], Some(&[])), ErrorCode::OutOfBounds, parts);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers(), "{text}");
}

pub(crate) fn array_shape_of_is_the_shape_that_read_returns() {
    for text in [
        "",
        "1",
        "...",
        "None, 1, None",
        "1, 2, 3",
        ":0",
        "::-2, 1:, ...",
        "..., ::2, None",
        "[0, 1], :, 1:1",
    ] {
        let array = open_numbers(Mode::ReadOnly, &[3, 4, 5]);
        let shape = array.shape_of(&index(text)).unwrap();
        assert_eq!(
            shape.iter().product::<u64>(),
            array.read(&index(text)).unwrap().len() as u64,
            "{text}"
        );
        if let Ok(view) = array.view(&index(text)) {
            assert_eq!(view.info().unwrap().shape, shape, "{text}");
        }
    }
    // `shape-of` reads nothing, so that the selection may be larger than one call moves.
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    assert_eq!(array.shape_of(&index("::-1, None")).unwrap(), [6_000_000_000, 1]);
}

pub(crate) fn array_shape_of_fails_as_read_does() {
    let array = open_numbers(Mode::ReadOnly, &[3, 4, 5]);
    fails(
        array.shape_of(&index("3")),
        ErrorCode::OutOfBounds,
        &["index 3 is out of bounds for axis 0 with size 3"],
    );
    fails(
        array.shape_of(&index(":, :, :, :")),
        ErrorCode::OutOfBounds,
        &["too many indices for array: array is 3-dimensional, but 4 were indexed"],
    );
    fails(array.shape_of(&index("..., ...")), ErrorCode::InvalidArgument, &["single ellipsis"]);
    fails(
        array.shape_of(&index("::0")),
        ErrorCode::InvalidArgument,
        &["slice step cannot be zero"],
    );
}

pub(crate) fn array_index_take_takes_the_listed_elements() {
    check("[2, 0], 1, 2", &[2], &[47, 7]);
    check("1, [3, 0, 1]", &[3, 5], &[35, 36, 37, 38, 39, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
    let rows: Vec<u8> = (0..12).flat_map(|row| [5 * row + 4, 5 * row]).collect();
    check("..., [4, 0]", &[3, 4, 2], &rows);
    check("[0, 1, 2]", &[3, 4, 5], &numbers()[..60]);
    check("[1]", &[1, 4, 5], &numbers()[20..40]);
}

pub(crate) fn array_index_take_may_repeat_and_count_from_the_end() {
    check("[1, 1, 1], 0, 0", &[3], &[20, 20, 20]);
    check("[-1, -3], 3, -1", &[2], &[59, 19]);
    check("2, 3, [0, -5, -1, 4, 0]", &[5], &[55, 55, 59, 59, 55]);
}

pub(crate) fn array_index_take_of_an_empty_list_is_empty() {
    check("[]", &[0, 4, 5], &[]);
    check(":, [], 1", &[3, 0], &[]);
    check("[1], []", &[0, 5], &[]);
    let empty = open_numbers(Mode::ReadOnly, &[0, 3]);
    assert_eq!(empty.shape_of(&index("[]")).unwrap(), [0, 3]);
    assert_eq!(empty.shape_of(&index(":, [2, 2]")).unwrap(), [0, 2]);
    assert_eq!(empty.read(&index(":, [2, 2]")).unwrap(), []);
}

pub(crate) fn array_index_take_outside_the_axis_is_out_of_bounds() {
    is_rejected("[0, 3]", &["index 3 is out of bounds for axis 0 with size 3"]);
    is_rejected("[0, -4]", &["index -4 is out of bounds for axis 0 with size 3"]);
    is_rejected("1, ..., [0, 4, 5]", &["index 5 is out of bounds for axis 2 with size 5"]);
    is_rejected("[9223372036854775807]", &["index 9223372036854775807"]);
    is_rejected(":, [-9223372036854775808]", &["index -9223372036854775808", "axis 1"]);
    is_rejected("[0, 1], 4", &["index 4 is out of bounds for axis 1 with size 4"]);
    let empty = open_numbers(Mode::ReadOnly, &[0, 3]);
    fails(empty.read(&index("[0]")), ErrorCode::OutOfBounds, &["axis 0 with size 0"]);
}

pub(crate) fn array_index_mask_takes_the_true_elements() {
    check("[True, False, True], 1, 1", &[2], &[6, 46]);
    check("2, [False, True, True, False]", &[2, 5], &[45, 46, 47, 48, 49, 50, 51, 52, 53, 54]);
    check(":2, 3, [True, False, False, False, True]", &[2, 2], &[15, 19, 35, 39]);
    check("[True, True, True]", &[3, 4, 5], &numbers()[..60]);
    check("[False, False, False]", &[0, 4, 5], &[]);
    let empty = open_numbers(Mode::ReadOnly, &[0, 3]);
    assert_eq!(empty.shape_of(&[mask(Vec::new())]).unwrap(), [0, 3]);
}

pub(crate) fn array_index_mask_of_another_length_than_the_axis_is_out_of_bounds() {
    is_rejected(
        "[True, False]",
        &[
            "boolean index did not match indexed array along axis 0; size of axis is 3 but size of",
            "axis is 2",
        ],
    );
    is_rejected("[True, False, True, False]", &["axis 0", "3", "4"]);
    is_rejected(":, [True]", &["axis 1", "4", "1"]);
    let array = open_numbers(Mode::ReadOnly, &[3, 4, 5]);
    fails(array.read(&[mask(Vec::new())]), ErrorCode::OutOfBounds, &["axis 0"]);
}

pub(crate) fn array_index_arrays_are_combined_elementwise() {
    check("[0, 2], [3, 1]", &[2, 5], &[15, 16, 17, 18, 19, 45, 46, 47, 48, 49]);
    check("[0, 1, 2], [0, 1, 2], [0, 1, 2]", &[3], &[0, 26, 52]);
    check(":, [0, 1], [4, 0]", &[3, 2], &[4, 5, 24, 25, 44, 45]);
    check("[True, False, True], [1, 2]", &[2, 5], &[5, 6, 7, 8, 9, 50, 51, 52, 53, 54]);
    check(":, [True, False, True, False], [3, 4]", &[3, 2], &[3, 14, 23, 34, 43, 54]);
    check("[True, True, False], 0, [True, False, False, False, True]", &[2], &[0, 24]);
}

pub(crate) fn array_index_array_of_length_1_is_broadcast() {
    check("[1], [0, 2, 3], 4", &[3], &[24, 34, 39]);
    check("[0, 2], [1]", &[2, 5], &[5, 6, 7, 8, 9, 45, 46, 47, 48, 49]);
    check("[True, False, False], [1, 2], 0", &[2], &[5, 10]);
    check("[False, False, False], [1]", &[0, 5], &[]);
    check("[2], [3], [4]", &[1], &[59]);
}

pub(crate) fn array_index_arrays_of_different_lengths_are_out_of_bounds() {
    is_rejected(
        "[0, 1], [0, 1, 2]",
        &["shape mismatch: indexing arrays could not be broadcast together", "(2,) (3,)"],
    );
    is_rejected("[0, 1], []", &["2", "0"]);
    is_rejected("[True, True, True], [0, 1]", &["3", "2"]);
    is_rejected("[False, False, False], [0, 1]", &["0", "2"]);
}

pub(crate) fn array_index_at_beside_an_index_array_is_broadcast() {
    check("1, [0, 2]", &[2, 5], &[20, 21, 22, 23, 24, 30, 31, 32, 33, 34]);
    check(":, 1, [0, 2]", &[3, 2], &[5, 7, 25, 27, 45, 47]);
    check(":, [1], 0", &[3, 1], &[5, 25, 45]);
    check("..., 1, [0, 2]", &[3, 2], &[5, 7, 25, 27, 45, 47]);
    check("[0, 1], 1, :", &[2, 5], &[5, 6, 7, 8, 9, 25, 26, 27, 28, 29]);
}

pub(crate) fn array_index_arrays_that_are_not_adjacent_make_the_first_axis() {
    check("[0, 2], :, [4, 1]", &[2, 4], &[4, 9, 14, 19, 41, 46, 51, 56]);
    check("1, :, [0, 2]", &[2, 4], &[20, 25, 30, 35, 22, 27, 32, 37]);
    check("[0, 1], :, 1", &[2, 4], &[1, 6, 11, 16, 21, 26, 31, 36]);
    check("[0, 1], None, [2, 3]", &[2, 1, 5], &[10, 11, 12, 13, 14, 35, 36, 37, 38, 39]);
    check("[0, 1], ::2, [True, False, True, False, False]", &[2, 2], &[0, 10, 22, 32]);
    check("1, ..., [0, 1]", &[2, 4], &[20, 25, 30, 35, 21, 26, 31, 36]);
    // Also if the ellipsis between them expands to no axes.
    check(":, [0, 1], ..., [2, 3]", &[2, 3], &[2, 22, 42, 8, 28, 48]);
}

pub(crate) fn array_index_take_of_several_axes_replaces_the_indexed_axis() {
    check("[[2, 0], [1, 1]], 1, 2", &[2, 2], &[47, 7, 27, 27]);
    check("1, [[3], [0]]", &[2, 1, 5], &[35, 36, 37, 38, 39, 20, 21, 22, 23, 24]);
    check(":2, 0, [[4, 0], [-1, 1]]", &[2, 2, 2], &[4, 0, 4, 1, 24, 20, 24, 21]);
    check("[[[1]]], [2], [[3, 4]]", &[1, 1, 2], &[33, 34]);
    check("[[], []]", &[2, 0, 4, 5], &[]);
}

pub(crate) fn array_index_takes_are_broadcast_together() {
    check("[[0], [2]], [1, 3, 0], 4", &[2, 3], &[9, 19, 4, 49, 59, 44]);
    check("[[0], [2]], [[1, 3]], 4", &[2, 2], &[9, 19, 49, 59]);
    check("[[0, 1], [2, 0]], [3], [[1], [2]]", &[2, 2], &[16, 36, 57, 17]);
    check("[0, 1], [[0, 1], [2, 3]], [[[0]], [[4]]]", &[2, 2, 2], &[0, 25, 10, 35, 4, 29, 14, 39]);
    check("[[0], [1]], [], 0", &[2, 0], &[]);
    check("[[0]], []", &[1, 0, 5], &[]);
    is_rejected("[[0, 1], [0, 1]], [0, 1, 2]", &["shape mismatch: indexing arrays", "(2, 2) (3,)"]);
    is_rejected("[[0, 1]], [[], []]", &["(1, 2) (2, 0)"]);
}

pub(crate) fn array_index_take_without_axes_acts_as_an_integer() {
    check("array(1), 2", &[5], &[30, 31, 32, 33, 34]);
    check("array(-1), array(-1), array(-1)", &[], &[59]);
    check("array(1), [0, 2], 0", &[2], &[20, 30]);
    check("array(1), :, [0, 2]", &[2, 4], &[20, 25, 30, 35, 22, 27, 32, 37]);
    check(":, array(1), [[0], [2]]", &[3, 2, 1], &[5, 7, 25, 27, 45, 47]);
    is_rejected("array(3)", &["index 3 is out of bounds for axis 0 with size 3"]);
}

pub(crate) fn array_index_mask_of_several_axes_consumes_as_many() {
    let rows =
        "[[True, False, False, True], [False, False, False, False], [False, True, False, False]]";
    check(rows, &[3, 5], &[0, 1, 2, 3, 4, 15, 16, 17, 18, 19, 45, 46, 47, 48, 49]);
    check(&format!("{rows}, 3"), &[3], &[3, 18, 48]);
    check(&format!("{rows}, [4, 0, 1]"), &[3], &[4, 15, 46]);
    check(&format!("{rows}, [[4], [0]]"), &[2, 3], &[4, 19, 49, 0, 15, 45]);
    check(&format!("None, {rows}, None, ::-4"), &[1, 3, 1, 2], &[4, 0, 19, 15, 49, 45]);
    is_rejected(
        &format!(":, {rows}"),
        &["along axis 1; size of axis is 4 but size of corresponding boolean axis is 3"],
    );
    is_rejected(&format!("{rows}, [0, 1]"), &["(3,) (2,)"]);
    is_rejected("[[True, True, True]]", &["along axis 0; size of axis is 3", "boolean axis is 1"]);
    is_rejected("[[[[True]]]]", &["array is 3-dimensional, but 4 were indexed"]);
    let array = open_numbers(Mode::ReadOnly, &[3, 4, 5]);
    let every = array
        .read(&[mask_of((0..60).map(|number| number % 7 == 0).collect(), &[3, 4, 5])])
        .unwrap();
    assert_eq!(every, [0, 7, 14, 21, 28, 35, 42, 49, 56]);
    let empty = open_numbers(Mode::ReadOnly, &[0, 3]);
    assert_eq!(empty.shape_of(&[mask_of(vec![], &[0, 3])]).unwrap(), [0]);
    fails(
        empty.shape_of(&[mask_of(vec![], &[0, 4])]),
        ErrorCode::OutOfBounds,
        &["axis 1", "3", "4"],
    );
}

pub(crate) fn array_index_mask_without_axes_adds_one() {
    check("1, 2, array(True)", &[1, 5], &[30, 31, 32, 33, 34]);
    check("array(False), 1, 2", &[0, 5], &[]);
    check("1, :, array(True), 0", &[1, 4], &[20, 25, 30, 35]);
    check("1, 2, :, array(True)", &[1, 5], &[30, 31, 32, 33, 34]);
    check("array(True), [[0], [2]], 0, 1:3", &[2, 1, 2], &[1, 2, 41, 42]);
    check("array(True), array(True), 0, 0, 4", &[1], &[4]);
    check("array(True), array(False), 0, 0, 4", &[0], &[]);
    is_rejected("array(False), [0, 1]", &["(0,) (2,)"]);
    let scalar = open_numbers(Mode::ReadOnly, &[]);
    assert_eq!(scalar.read(&index("array(True)")).unwrap(), [0]);
    assert_eq!(scalar.shape_of(&index("array(False)")).unwrap(), [0]);
}

pub(crate) fn array_index_takes_of_several_axes_that_are_not_adjacent_come_first() {
    check(
        "[[0], [2]], :, [1, 0], None",
        &[2, 2, 4, 1],
        &[1, 6, 11, 16, 0, 5, 10, 15, 41, 46, 51, 56, 40, 45, 50, 55],
    );
    check("None, [[1]], 2:, 4", &[1, 1, 1, 2], &[34, 39]);
    check("None, [[1]], 2, 3:", &[1, 1, 1, 2], &[33, 34]);
}

pub(crate) fn array_index_array_whose_shape_does_not_match_its_elements_is_invalid() {
    let array = open_numbers(Mode::ReadWrite, &[3, 4, 5]);
    let invalid = [
        take_of(vec![0, 1], &[]),
        take_of(vec![], &[]),
        take_of(vec![0, 1], &[3]),
        take_of(vec![0, 1], &[2, 2]),
        take_of(vec![0], &[1; 65]),
        mask_of(vec![true; 3], &[]),
        mask_of(vec![true; 12], &[4, 4]),
        mask_of(vec![], &[0; 65]),
    ];
    for index in invalid.map(|index| [index]) {
        fails(array.read(&index), ErrorCode::InvalidArgument, &["index array"]);
        fails(array.shape_of(&index), ErrorCode::InvalidArgument, &["index array"]);
        fails(array.write(&index, &[255], Some(&[])), ErrorCode::InvalidArgument, &["index array"]);
    }
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
    assert_eq!(array.shape_of(&[take_of(vec![2], &[1; 62])]).unwrap().len(), 64);
    fails(
        array.shape_of(&[take_of(vec![2], &[1; 63])]),
        ErrorCode::OutOfBounds,
        &["within [0, 64]", "would have 65"],
    );
}

pub(crate) fn array_index_array_keeps_its_place_among_new_axes() {
    check("None, 2, [0, 1], 0", &[1, 2], &[40, 45]);
    check("[0, 1], 0, 0, None", &[2, 1], &[0, 20]);
    check("1:, 0, None, ..., [0, 1]", &[2, 2, 1], &[20, 40, 21, 41]);
    check("[1, 0], 0, ::-4", &[2, 2], &[24, 20, 4, 0]);
}

pub(crate) fn array_index_arrays_work_on_views_and_in_order_f() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    let backwards = array.view(&index("::-1, ::2")).unwrap();
    assert_eq!(backwards.read(&index("[0, -1, 0], [0, 1, 3]")).unwrap(), [56, 2, 62]);
    assert_eq!(backwards.read(&index("[7, 6]")).unwrap(), [0, 2, 4, 6, 8, 10, 12, 14]);
    let transposed = array.transpose(None).unwrap();
    assert_eq!(transposed.read(&index("[1, 0], :3")).unwrap(), [1, 9, 17, 0, 8, 16]);
    let options = MemmapOptions { order: Order::F, ..shaped(Mode::ReadOnly, ">u2", &[3, 4]) };
    let columns = Memmap::open("work/bytes.bin", &options).unwrap();
    assert_eq!(columns.read(&index("[2, 0], 1:3")).unwrap(), [10, 11, 16, 17, 6, 7, 12, 13]);
}

pub(crate) fn array_index_arrays_over_the_limit_are_limit_exceeded() {
    let array = Memmap::open("work/sparse.bin", &shaped(Mode::ReadWrite, "u1", &[6000, 1_000_000]))
        .unwrap();
    let rows = [take(vec![-1; 135])];
    assert_eq!(array.shape_of(&rows).unwrap(), [135, 1_000_000]);
    let parts = ["135000000 bytes", "at most 134217728", "smaller pieces"];
    fails(array.read(&rows), ErrorCode::LimitExceeded, &parts);
    fails(array.write(&rows, &[9], Some(&[])), ErrorCode::LimitExceeded, &parts);
    assert_eq!(array.read(&index("[-1, 0, -1], 999992:")).unwrap()[8..16], [0; 8]);
}

pub(crate) fn large_index_arrays_select_elements_up_to_the_limit() {
    const MAX_LISTED: usize = 4 << 20;
    let array = open_numbers(Mode::ReadOnly, &[64]);
    assert!(array.read(&[take(vec![-1; MAX_LISTED])]).unwrap() == vec![63; MAX_LISTED]);
    fails(
        array.read(&[take(vec![-1; MAX_LISTED + 1])]),
        ErrorCode::LimitExceeded,
        &["4194305 elements", "at most 4194304"],
    );
    // Of a mask, only the true elements count.
    resize("work/long.bin", MAX_LISTED as u64 + 1);
    let long = Memmap::open("work/long.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let mut values = vec![true; MAX_LISTED + 1];
    fails(long.shape_of(&[mask(values.clone())]), ErrorCode::LimitExceeded, &["4194305 elements"]);
    values[7] = false;
    assert_eq!(long.shape_of(&[mask(values)]).unwrap(), [MAX_LISTED as u64]);
}

pub(crate) fn large_takes_broadcast_over_the_limit_are_limit_exceeded() {
    let array = open_numbers(Mode::ReadWrite, &[8, 8]);
    let crossed = |one: u64, other: u64| {
        let zeroes = |length: u64| vec![0; usize::try_from(length).unwrap()];
        [take_of(zeroes(one), &[one, 1]), take_of(zeroes(other), &[1, other])]
    };
    assert_eq!(array.shape_of(&crossed(2048, 2048)).unwrap(), [2048, 2048]);
    fails(
        array.read(&crossed(2048, 2049)),
        ErrorCode::LimitExceeded,
        &["4196352 elements", "at most 4194304"],
    );
    fails(
        array.write(&crossed(1 << 15, 1 << 15), &[9], Some(&[])),
        ErrorCode::LimitExceeded,
        &["1073741824 elements"],
    );
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_view_by_an_index_array_is_invalid() {
    let array = open_numbers(Mode::ReadOnly, &[3, 4, 5]);
    for text in [
        "[0, 1]",
        "[0]",
        "[]",
        "1, [0]",
        "[True, False, True]",
        "..., [0, 1, 2, 3, 4]",
        "[[0]]",
        "array(0)",
        "array(True)",
    ] {
        fails(array.view(&index(text)), ErrorCode::InvalidArgument, &["`read`"]);
    }
    holds(&array.view(&index("1, 2")).unwrap(), &[5], &[30, 31, 32, 33, 34]);
}
