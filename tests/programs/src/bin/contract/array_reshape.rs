//! `reshape` and `transpose`.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::support::{fails, holds, index, numbers, open_numbers, shaped};

/// Opens numbers that begin at 0, in this shape and order.
#[track_caller]
fn open(shape: &[u64], order: Order) -> Memmap {
    let options = MemmapOptions { order, ..shaped(Mode::ReadOnly, "u1", shape) };
    Memmap::open("work/bytes.bin", &options).unwrap()
}

/// Reshapes a view of the numbers 0 to 59 in shape (3, 4, 5), and checks the shape and the strides
/// of the result, and that the elements keep their sequence in order C.
#[track_caller]
fn check(view: &str, shape: &[i64], expected: &[u64], strides: &[i64]) {
    let array = open(&[3, 4, 5], Order::C).view(&index(view)).unwrap();
    let reshaped = array.reshape(shape, Order::C).unwrap();
    assert_eq!(reshaped.info().unwrap().strides, strides, "`{view}` as {shape:?}");
    holds(&reshaped, expected, &array.read(&[]).unwrap());
}

pub(crate) fn array_reshape_changes_the_shape_of_the_elements() {
    check("", &[60], &[60], &[1]);
    check("", &[12, 5], &[12, 5], &[5, 1]);
    check("", &[5, 4, 3], &[5, 4, 3], &[12, 3, 1]);
    check("", &[3, 4, 5], &[3, 4, 5], &[20, 5, 1]);
    check("1, 2", &[5], &[5], &[1]);
}

pub(crate) fn array_reshape_adds_and_removes_axes_of_length_1() {
    check("", &[1, 60], &[1, 60], &[60, 1]);
    check("", &[3, 1, 20, 1], &[3, 1, 20, 1], &[20, 20, 1, 1]);
    check("1, 2, 3:4", &[], &[], &[]);
    check("1, 2, 3", &[1], &[1], &[1]);
    check("None, :, None, 0, 0, None", &[3], &[3], &[20]);
}

pub(crate) fn array_reshape_infers_one_length() {
    check("", &[-1], &[60], &[1]);
    check("", &[4, -1], &[4, 15], &[15, 1]);
    check("", &[-1, 6, 2], &[5, 6, 2], &[12, 2, 1]);
    check("", &[60, -1], &[60, 1], &[1, 1]);
    check("1, 2, 3", &[-1], &[1], &[1]);
}

pub(crate) fn array_reshape_keeps_regular_gaps() {
    check("..., ::2", &[12, 3], &[12, 3], &[5, 2]);
    check("..., ::2", &[3, 2, 2, 3], &[3, 2, 2, 3], &[20, 10, 5, 2]);
    check(":, ::-1", &[3, 2, 2, 5], &[3, 2, 2, 5], &[20, -10, -5, 1]);
    check("::-1, 1:3", &[3, 10], &[3, 10], &[-20, 1]);
}

pub(crate) fn array_reshape_of_an_empty_array_is_empty() {
    let array = open_numbers(Mode::ReadOnly, &[0, 3]);
    for (shape, expected) in [
        (&[0][..], &[0][..]),
        (&[-1], &[0]),
        (&[-1, 3], &[0, 3]),
        (&[5, -1], &[5, 0]),
        (&[7, 0, 2], &[7, 0, 2]),
    ] {
        holds(&array.reshape(shape, Order::C).unwrap(), expected, &[]);
        holds(&array.reshape(shape, Order::F).unwrap(), expected, &[]);
    }
    for shape in [&[-1, 0][..], &[5, 0, -1]] {
        fails(array.reshape(shape, Order::C), ErrorCode::InvalidArgument, &["(0, 3)"]);
    }
}

pub(crate) fn array_reshape_in_order_f_varies_the_first_index_fastest() {
    let line = open(&[12], Order::C);
    let reshaped = line.reshape(&[3, 4], Order::F).unwrap();
    assert_eq!(reshaped.info().unwrap().strides, [1, 3]);
    holds(&reshaped, &[3, 4], &[0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
    let columns = open(&[3, 4], Order::F);
    let reshaped = columns.reshape(&[2, -1], Order::F).unwrap();
    assert_eq!(reshaped.info().unwrap().strides, [1, 2]);
    holds(&reshaped, &[2, 6], &[0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
    holds(&columns.reshape(&[-1], Order::F).unwrap(), &[12], &numbers()[..12]);
}

pub(crate) fn array_reshape_that_needs_a_copy_is_invalid() {
    let array = open(&[3, 4, 5], Order::C);
    let refused = |array: &Memmap, shape: &[i64], order| {
        fails(array.reshape(shape, order), ErrorCode::InvalidArgument, &["copy"]);
    };
    refused(&array, &[4, 3, 5], Order::F);
    refused(&array, &[-1], Order::F);
    refused(&array.view(&index("..., ::2")).unwrap(), &[-1], Order::C);
    refused(&array.view(&index(":, ::2")).unwrap(), &[3, 10], Order::C);
    refused(&array.transpose(None).unwrap(), &[60], Order::C);
    refused(&open(&[3, 4], Order::F), &[12], Order::C);
    // The sequence of the elements decides, not the order in the file.
    holds(
        &array.transpose(None).unwrap().reshape(&[60], Order::F).unwrap(),
        &[60],
        &numbers()[..60],
    );
}

pub(crate) fn array_reshape_to_another_size_is_invalid() {
    let array = open(&[3, 4, 5], Order::C);
    for shape in
        [&[61][..], &[], &[0], &[3, 4], &[7, -1], &[0, -1], &[-1, 0], &[-1, -1], &[-1, 60, -1]]
    {
        fails(array.reshape(shape, Order::C), ErrorCode::InvalidArgument, &[]);
        fails(array.reshape(shape, Order::F), ErrorCode::InvalidArgument, &[]);
    }
    fails(array.reshape(&[7, 9], Order::C), ErrorCode::InvalidArgument, &["60", "(7, 9)"]);
    fails(array.reshape(&[-1, 60, -1], Order::C), ErrorCode::InvalidArgument, &["-1"]);
}

pub(crate) fn array_reshape_to_a_shape_that_overflows_is_invalid() {
    let array = open(&[3, 4, 5], Order::C);
    fails(
        array.reshape(&[i64::MAX, i64::MAX], Order::C),
        ErrorCode::InvalidArgument,
        &["9223372036854775807"],
    );
    // The product is 60 after it overflows.
    fails(
        array.reshape(&[60, 1 << 32, 1 << 32], Order::C),
        ErrorCode::InvalidArgument,
        &["4294967296"],
    );
    fails(
        array.reshape(&[i64::MIN], Order::C),
        ErrorCode::InvalidArgument,
        &["-9223372036854775808"],
    );
    let one = array.view(&index("0, 0, 0")).unwrap();
    for count in [65, 10_000] {
        let part = format!("{count} axes");
        fails(
            one.reshape(&vec![1; count], Order::C),
            ErrorCode::InvalidArgument,
            &[&part, "currently 64, found"],
        );
    }
    assert_eq!(one.reshape(&[1; 64], Order::C).unwrap().info().unwrap().shape, [1; 64]);
}

/// Transposes the numbers 0 to 23 in shape (2, 3, 4), and checks shape and strides of the result.
#[track_caller]
fn check_transpose(axes: Option<&[i64]>, shape: &[u64], strides: &[i64]) {
    let array = open(&[2, 3, 4], Order::C);
    let transposed = array.transpose(axes).unwrap();
    let info = transposed.info().unwrap();
    assert_eq!((&info.shape[..], &info.strides[..]), (shape, strides), "{axes:?}");
    let element = strides.iter().sum::<i64>().try_into().unwrap();
    assert_eq!(transposed.read(&index("1, 1, 1")).unwrap(), [element], "{axes:?}");
}

pub(crate) fn array_transpose_without_axes_reverses_them() {
    check_transpose(None, &[4, 3, 2], &[1, 4, 12]);
    holds(&open(&[2, 3], Order::C).transpose(None).unwrap(), &[3, 2], &[0, 3, 1, 4, 2, 5]);
    holds(&open(&[2, 3], Order::F).transpose(None).unwrap(), &[3, 2], &[0, 1, 2, 3, 4, 5]);
    holds(&open(&[5], Order::C).transpose(None).unwrap(), &[5], &[0, 1, 2, 3, 4]);
    holds(&open(&[], Order::C).transpose(None).unwrap(), &[], &[0]);
    holds(&open(&[0, 3], Order::C).transpose(None).unwrap(), &[3, 0], &[]);
}

pub(crate) fn array_transpose_puts_the_axes_in_the_given_order() {
    check_transpose(Some(&[0, 1, 2]), &[2, 3, 4], &[12, 4, 1]);
    check_transpose(Some(&[1, 2, 0]), &[3, 4, 2], &[4, 1, 12]);
    check_transpose(Some(&[0, -1, 1]), &[2, 4, 3], &[12, 1, 4]);
    check_transpose(Some(&[-1, -3, -2]), &[4, 2, 3], &[1, 12, 4]);
    holds(&open(&[], Order::C).transpose(Some(&[])).unwrap(), &[], &[0]);
}

pub(crate) fn array_transpose_swaps_the_contiguous_order() {
    let order = |array: &Memmap| array.info().unwrap().order;
    assert_eq!(order(&open(&[3, 4], Order::C).transpose(None).unwrap()), Some(Order::F));
    assert_eq!(order(&open(&[3, 4], Order::F).transpose(None).unwrap()), Some(Order::C));
    assert_eq!(order(&open(&[2, 3, 4], Order::C).transpose(Some(&[0, 2, 1])).unwrap()), None);
    let turned = open(&[3, 4], Order::C).transpose(None).unwrap();
    assert_eq!(turned.read_bytes(3, 4).unwrap(), [3, 4, 5, 6]);
}

pub(crate) fn array_transpose_by_a_list_that_is_no_permutation_is_invalid() {
    let array = open(&[2, 3, 4], Order::C);
    for axes in [&[0, 0, 1][..], &[0, 1, -2], &[0, 1], &[0, 1, 2, 3], &[]] {
        fails(array.transpose(Some(axes)), ErrorCode::InvalidArgument, &[]);
    }
    fails(array.transpose(Some(&vec![0; 10_000])), ErrorCode::InvalidArgument, &[]);
    fails(open(&[], Order::C).transpose(Some(&[0])), ErrorCode::InvalidArgument, &[]);
}

pub(crate) fn array_transpose_by_a_missing_axis_is_out_of_bounds() {
    let array = open(&[2, 3, 4], Order::C);
    for axes in [[0, 1, 3], [0, 1, -4], [i64::MIN, 0, 1], [2, i64::MAX, 1]] {
        fails(array.transpose(Some(&axes)), ErrorCode::OutOfBounds, &["axis"]);
    }
}

pub(crate) fn array_reshaped_and_transposed_writes_to_its_elements() {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "u1", &[2, 3, 2])).unwrap();
    let turned = array.reshape(&[4, 3], Order::C).unwrap().transpose(None).unwrap();
    turned.write(&[], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], None).unwrap();
    assert_eq!(std::fs::read("work/new.bin").unwrap(), [1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12]);
    turned.write(&index("0"), &[77], Some(&[])).unwrap();
    holds(&array, &[2, 3, 2], &[77, 5, 9, 77, 6, 10, 77, 7, 11, 77, 8, 12]);
}
