//! The end of a mapping, for the array and for every view on it.

use crate::bindings::wit_array::{Advice, NpyOptions};
use crate::bindings::{ErrorCode, Memmap, Mode, Operation, Order, bulk};
use crate::support::{fails, index, open_numbers};

/// Checks that every function of the array is `closed`.
#[track_caller]
fn is_closed(array: &Memmap) {
    let parts = ["the array over `work/bytes.bin` was closed", "open it again"];
    fails(array.info(), ErrorCode::Closed, &parts);
    fails(array.read(&[]), ErrorCode::Closed, &parts);
    fails(array.shape_of(&[]), ErrorCode::Closed, &parts);
    fails(array.write(&[], &[0; 64], None), ErrorCode::Closed, &parts);
    fails(array.fill(&[0]), ErrorCode::Closed, &parts);
    fails(array.view(&[]), ErrorCode::Closed, &parts);
    fails(array.field("x"), ErrorCode::Closed, &parts);
    fails(array.view_as("i1"), ErrorCode::Closed, &parts);
    fails(array.reshape(&[-1], Order::C), ErrorCode::Closed, &parts);
    fails(array.transpose(None), ErrorCode::Closed, &parts);
    fails(array.read_bytes(0, 1), ErrorCode::Closed, &parts);
    fails(array.write_bytes(0, &[0]), ErrorCode::Closed, &parts);
    fails(array.reduce(Operation::Sum, None), ErrorCode::Closed, &parts);
    fails(array.flush(), ErrorCode::Closed, &parts);
    fails(array.advise(Advice::Normal), ErrorCode::Closed, &parts);
    fails(array.resize(1), ErrorCode::Closed, &parts);
    fails(bulk::read_via_stream(array, 0, 1), ErrorCode::Closed, &parts);
    fails(bulk::write_via_stream(array, 0, 1), ErrorCode::Closed, &parts);
    array.close();
}

pub(crate) fn array_close_ends_the_array_and_its_views() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = open_numbers(mode, &[64]);
        let view = array.view(&index("::2")).unwrap();
        array.close();
        is_closed(&array);
        is_closed(&view);
    }
}

pub(crate) fn array_close_of_a_view_ends_the_array_too() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    let view = array.view(&index("3")).unwrap();
    view.close();
    is_closed(&view);
    is_closed(&array);
}

pub(crate) fn array_close_ends_views_of_every_kind() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    let views = [
        array.view_as("[('a', 'u1'), ('b', 'u1')]").unwrap().field("a").unwrap(),
        array.view_as("<i4").unwrap(),
        array.reshape(&[8, 8], Order::C).unwrap(),
        array.transpose(None).unwrap(),
    ];
    views[2].close();
    views.iter().for_each(is_closed);
    is_closed(&array);
}

pub(crate) fn array_close_ends_a_new_npy_file_too() {
    let options =
        NpyOptions { dtype: Some("u1".into()), shape: vec![64], order: Order::C, version: None };
    let array = Memmap::create_npy("work/bytes.bin", &options).unwrap();
    array.write(&index("0"), &[7], None).unwrap();
    array.close();
    is_closed(&array);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap()[128..130], [7, 0]);
}

pub(crate) fn array_close_leaves_other_arrays_on_the_file_alone() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    let other = open_numbers(Mode::ReadOnly, &[64]);
    array.write(&index("0"), &[100], None).unwrap();
    array.close();
    assert_eq!(other.read(&index(":2")).unwrap(), [100, 1]);
    assert_eq!(std::fs::read("work/bytes.bin").unwrap()[..2], [100, 1]);
}
