//! Views of every kind: their elements, writes through them, and their lifetime.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::support::{fails, holds, index, numbers, open_numbers, shaped};

/// Checks shape, strides and elements of a view of the numbers 0 to 59 in shape (3, 4, 5).
#[track_caller]
fn check(text: &str, shape: &[u64], strides: &[i64], elements: &[u8]) {
    let array = open_numbers(Mode::ReadOnly, &[3, 4, 5]);
    let view = array.view(&index(text)).unwrap();
    assert_eq!(view.info().unwrap().strides, strides, "{text}");
    holds(&view, shape, elements);
    assert_eq!(array.read(&index(text)).unwrap(), elements, "{text}");
    assert_eq!(array.shape_of(&index(text)).unwrap(), shape, "{text}");
}

pub(crate) fn array_index_new_axis_adds_an_axis_of_length_1() {
    check("None", &[1, 3, 4, 5], &[0, 20, 5, 1], &numbers()[..60]);
    check("..., None", &[3, 4, 5, 1], &[20, 5, 1, 0], &numbers()[..60]);
    check("1, None, 2", &[1, 5], &[0, 1], &[30, 31, 32, 33, 34]);
    check("1, 2, 3, None, None", &[1, 1], &[0, 0], &[33]);
    check("1, ..., None, 3", &[4, 1], &[5, 0], &[23, 28, 33, 38]);
    check(":, None, 1:2, ::-4", &[3, 1, 1, 2], &[20, 0, 5, -4], &[9, 5, 29, 25, 49, 45]);
}

pub(crate) fn array_index_new_axis_consumes_no_axis() {
    let array = open_numbers(Mode::ReadOnly, &[3, 4, 5]);
    assert_eq!(array.read(&index("None, 1, None, 2, None, 3")).unwrap(), [33]);
    fails(
        array.read(&index("None, 1, 2, 3, 4")),
        ErrorCode::OutOfBounds,
        &["3-dimensional", "4 were indexed"],
    );
    let scalar = array.view(&index("1, 2, 3")).unwrap();
    holds(&scalar.view(&index("None")).unwrap(), &[1], &[33]);
}

pub(crate) fn array_index_new_axes_count_towards_the_limit_of_axes() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    let axes = |count| vec![crate::bindings::Index::NewAxis; count];
    assert_eq!(array.view(&axes(62)).unwrap().info().unwrap().shape.len(), 64);
    assert_eq!(array.read(&axes(62)).unwrap(), numbers());
    for count in [63, 10_000] {
        // numpy says: "number of dimensions must be within [0, 64], indexing result would have 65"
        fails(array.view(&axes(count)), ErrorCode::OutOfBounds, &["64"]);
        fails(array.read(&axes(count)), ErrorCode::OutOfBounds, &["64"]);
        fails(array.shape_of(&axes(count)), ErrorCode::OutOfBounds, &["64"]);
    }
}

pub(crate) fn array_write_is_broadcast_along_a_new_axis() {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "u1", &[2, 3])).unwrap();
    array.write(&index(":, None"), &[1, 2], Some(&[2, 1, 1])).unwrap();
    holds(&array, &[2, 3], &[1, 1, 1, 2, 2, 2]);
    array.write(&index("None, 1"), &[7, 8, 9], None).unwrap();
    holds(&array, &[2, 3], &[1, 1, 1, 7, 8, 9]);
}

pub(crate) fn array_reversed_view_of_a_reversed_view_is_in_the_original_order() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    let backwards = array.view(&index("::-1, ::-2")).unwrap();
    assert_eq!(backwards.info().unwrap().strides, [-8, -2]);
    assert_eq!(backwards.read(&index("0")).unwrap(), [63, 61, 59, 57]);
    let forwards = backwards.view(&index("::-1, ::-1")).unwrap();
    assert_eq!(forwards.info().unwrap().strides, [8, 2]);
    assert_eq!(forwards.read(&index("0")).unwrap(), [1, 3, 5, 7]);
    let corner = forwards.view(&index("-1:-3:-1, 3::-2")).unwrap();
    holds(&corner, &[2, 2], &[63, 59, 55, 51]);
}

pub(crate) fn array_views_of_every_kind_may_be_chained() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, "<i4", &[16])).unwrap();
    // numpy.arange(64, dtype='u1').view('<i4').reshape(4, 4)[1:, ::-1].T[0].view('u2')... step by
    // step.
    let square = array.reshape(&[4, -1], Order::C).unwrap();
    let turned = square.view(&index("1:, ::-1")).unwrap().transpose(None).unwrap();
    assert_eq!(turned.info().unwrap().strides, [-4, 16]);
    holds(
        &turned.view(&index("0")).unwrap(),
        &[3],
        &[28, 29, 30, 31, 44, 45, 46, 47, 60, 61, 62, 63],
    );
    let rows = turned.transpose(Some(&[1, 0])).unwrap().view(&index(":, ::-1")).unwrap();
    let halves = rows.view_as("[('low', '<u2'), ('high', '<u2')]").unwrap().field("high").unwrap();
    holds(&halves.view(&index("-1, None, :2")).unwrap(), &[1, 2], &[50, 51, 54, 55]);
}

/// Views of the numbers in shape (8, 8), one by each function that makes views, with the offset of
/// the first element.
#[track_caller]
fn one_of_each(array: &Memmap) -> [(Memmap, usize); 5] {
    [
        (array.view(&index("2, ::-1")).unwrap(), 23),
        (array.view_as("[('a', 'u1'), ('b', 'u1')]").unwrap().field("b").unwrap(), 1),
        (array.view_as("<u2").unwrap(), 0),
        (array.reshape(&[2, -1, 2], Order::C).unwrap().view(&index("1")).unwrap(), 32),
        (array.view(&index("3:, 4:")).unwrap().transpose(None).unwrap(), 28),
    ]
}

/// The index of the first element of a view.
#[track_caller]
fn first(view: &Memmap) -> Vec<crate::bindings::Index> {
    view.info().unwrap().shape.iter().map(|_| crate::bindings::Index::At(0)).collect()
}

pub(crate) fn array_views_of_every_kind_write_to_their_elements() {
    for mode in [Mode::CopyOnWrite, Mode::ReadWrite] {
        std::fs::write("work/bytes.bin", numbers()).unwrap();
        let array = open_numbers(mode, &[8, 8]);
        for (number, (view, offset)) in one_of_each(&array).into_iter().enumerate() {
            let mut expected = array.read(&[]).unwrap();
            let element =
                vec![200 + u8::try_from(number).unwrap(); view.read(&first(&view)).unwrap().len()];
            view.write(&first(&view), &element, None).unwrap();
            expected[offset..offset + element.len()].copy_from_slice(&element);
            assert_eq!(array.read(&[]).unwrap(), expected, "view {number} in mode {mode:?}");
            assert_eq!(view.read(&first(&view)).unwrap(), element);
        }
        let file = std::fs::read("work/bytes.bin").unwrap();
        assert_eq!(file == numbers(), mode == Mode::CopyOnWrite);
    }
}

pub(crate) fn array_views_of_every_kind_outlive_their_array() {
    let array = open_numbers(Mode::ReadWrite, &[8, 8]);
    let views = one_of_each(&array);
    drop(array);
    for (view, offset) in &views {
        let element = view.read(&first(view)).unwrap();
        assert_eq!(usize::from(element[0]), *offset);
        view.write(&first(view), &vec![0; element.len()], None).unwrap();
        view.flush().unwrap();
    }
    drop(views);
    let file = std::fs::read("work/bytes.bin").unwrap();
    assert_eq!([file[23], file[1], file[0], file[32], file[28]], [0; 5]);
}

pub(crate) fn array_views_of_every_kind_are_read_only_if_the_array_is() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    for (view, _) in one_of_each(&array) {
        assert!(!view.info().unwrap().writeable);
        let element = view.read(&first(&view)).unwrap();
        fails(
            view.write(&first(&view), &element, None),
            ErrorCode::AccessDenied,
            &["mode `read-only`"],
        );
        fails(view.fill(&element), ErrorCode::AccessDenied, &["mode `read-only`"]);
    }
}

pub(crate) fn array_views_of_every_kind_have_filename_offset_and_mode_of_the_array() {
    let options = MemmapOptions { offset: 3, ..shaped(Mode::CopyOnWrite, "u1", &[7, 8]) };
    let array = Memmap::open("work/folder/../bytes.bin", &options).unwrap();
    for (view, _) in one_of_each(&array) {
        let info = view.info().unwrap();
        assert_eq!(info.filename.as_deref(), Some("/work/bytes.bin"));
        assert_eq!((info.offset, info.mode, info.writeable), (3, Mode::CopyOnWrite, true));
        assert_eq!(info.size, info.shape.iter().product::<u64>());
        assert_eq!(info.nbytes, info.size * info.item_size);
    }
}
