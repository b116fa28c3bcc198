//! Fields of records, and views as another dtype.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::support::{bytes, fails, holds, index, numbers, open_numbers, shaped};

/// Eleven bytes: an integer, a subarray and a nested record.
const RECORD: &str = "[('x', '<i4'), ('y', '<i2', (2,)), ('in', [('a', 'u1'), ('b', '>u2')])]";

/// Opens the numbers 0 to 54 as up to five such records.
#[track_caller]
fn records(mode: Mode, shape: &[u64]) -> Memmap {
    Memmap::open("work/bytes.bin", &shaped(mode, RECORD, shape)).unwrap()
}

/// Returns shape, strides and dtype of an array.
fn shape_and_strides(array: &Memmap) -> (Vec<u64>, Vec<i64>, String) {
    let info = array.info().unwrap();
    (info.shape, info.strides, info.dtype)
}

pub(crate) fn array_field_is_one_field_of_every_element() {
    let array = records(Mode::ReadOnly, &[5]);
    let x = array.field("x").unwrap();
    assert_eq!(shape_and_strides(&x), (vec![5], vec![11], "<i4".into()));
    assert_eq!(x.read(&index(":2")).unwrap(), [0, 1, 2, 3, 11, 12, 13, 14]);
    let info = x.info().unwrap();
    assert_eq!((info.item_size, info.nbytes, info.order, info.offset), (4, 20, None, 0));
}

pub(crate) fn array_field_of_a_subarray_adds_its_axes() {
    let y = records(Mode::ReadOnly, &[5]).field("y").unwrap();
    assert_eq!(shape_and_strides(&y), (vec![5, 2], vec![11, 2], "<i2".into()));
    assert_eq!(y.read(&index(":2")).unwrap(), [4, 5, 6, 7, 15, 16, 17, 18]);
    assert_eq!(y.read(&index("::-2, 1")).unwrap(), [50, 51, 28, 29, 6, 7]);
    let reversed =
        records(Mode::ReadOnly, &[2, 2]).view(&index("::-1")).unwrap().field("y").unwrap();
    assert_eq!(shape_and_strides(&reversed), (vec![2, 2, 2], vec![-22, 11, 2], "<i2".into()));
    let one = records(Mode::ReadOnly, &[2, 2]).view(&index("0, 1")).unwrap().field("y").unwrap();
    holds(&one, &[2], &[15, 16, 17, 18]);
}

pub(crate) fn array_field_of_a_field_reads_nested_records() {
    let inner = records(Mode::ReadOnly, &[5]).field("in").unwrap();
    assert_eq!(
        shape_and_strides(&inner),
        (vec![5], vec![11], "[('a', '|u1'), ('b', '>u2')]".into())
    );
    assert_eq!(inner.read(&index(":2")).unwrap(), [8, 9, 10, 19, 20, 21]);
    let b = inner.field("b").unwrap();
    drop(inner);
    assert_eq!(shape_and_strides(&b), (vec![5], vec![11], ">u2".into()));
    holds(&b, &[5], &[9, 10, 20, 21, 31, 32, 42, 43, 53, 54]);
}

pub(crate) fn array_field_is_found_by_its_name_and_by_its_title() {
    let dtype = "[(('a title', 'name'), '<i2'), ('other', '<i2')]";
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, dtype, &[2])).unwrap();
    assert_eq!(array.info().unwrap().dtype, dtype);
    for name in ["name", "a title"] {
        holds(&array.field(name).unwrap(), &[2], &[0, 1, 4, 5]);
    }
    holds(&array.field("other").unwrap(), &[2], &[2, 3, 6, 7]);
}

pub(crate) fn array_fields_may_overlap_and_leave_gaps() {
    let dtype =
        "{'names': ['x', 'low'], 'formats': ['<i4', '<i2'], 'offsets': [2, 2], 'itemsize': 8}";
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadWrite, dtype, &[2])).unwrap();
    let (x, low) = (array.field("x").unwrap(), array.field("low").unwrap());
    holds(&x, &[2], &[2, 3, 4, 5, 10, 11, 12, 13]);
    holds(&low, &[2], &[2, 3, 10, 11]);
    low.write(&index("1"), &[110, 111], None).unwrap();
    assert_eq!(x.read(&index("1")).unwrap(), [110, 111, 12, 13]);
    // An element has all its bytes, also those in the gaps.
    assert_eq!(array.read(&index("1")).unwrap(), [8, 9, 110, 111, 12, 13, 14, 15]);
}

pub(crate) fn array_field_writes_only_its_own_bytes() {
    let array = records(Mode::ReadWrite, &[5]);
    array.field("y").unwrap().write(&index(":, 1"), &[200, 201], Some(&[])).unwrap();
    array.field("in").unwrap().field("a").unwrap().fill(&[202]).unwrap();
    let mut expected = numbers();
    for record in 0..5 {
        expected[11 * record + 6..11 * record + 9].copy_from_slice(&[200, 201, 202]);
    }
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), expected);
}

pub(crate) fn array_field_of_an_empty_array_is_empty() {
    let array = records(Mode::ReadOnly, &[0, 3]);
    holds(&array.field("x").unwrap(), &[0, 3], &[]);
    holds(&array.field("y").unwrap(), &[0, 3, 2], &[]);
    holds(&array.view_as("u1").unwrap(), &[0, 33], &[]);
}

pub(crate) fn array_field_that_does_not_exist_is_invalid() {
    let array = records(Mode::ReadOnly, &[5]);
    for name in ["z", "", "X", "a", "in.a", "型"] {
        fails(
            array.field(name),
            ErrorCode::InvalidArgument,
            &[&format!("no field of name {name} in")],
        );
    }
    fails(
        array.field(&"long".repeat(10_000)),
        ErrorCode::InvalidArgument,
        &["no field of name longlong"],
    );
}

pub(crate) fn array_field_of_a_dtype_without_fields_is_invalid() {
    for dtype in ["u1", "S4", "V8", "M8[s]"] {
        let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, dtype, &[2])).unwrap();
        fails(
            array.field("x"),
            ErrorCode::InvalidArgument,
            &["no field of name x", array.info().unwrap().dtype.as_str()],
        );
    }
    let inside = records(Mode::ReadOnly, &[5]).field("x").unwrap();
    fails(inside.field("x"), ErrorCode::InvalidArgument, &["no field of name x", "<i4"]);
}

/// Checks a view of the numbers, as `int32` in shape (4, 4), by an index and then as another dtype.
#[track_caller]
fn check(view: &str, dtype: &str, shape: &[u64], strides: &[i64]) {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, "<i4", &[4, 4])).unwrap();
    let array = array.view(&index(view)).unwrap();
    let seen =
        array.view_as(dtype).unwrap_or_else(|error| panic!("`{view}` as {dtype}: {error:?}"));
    let info = seen.info().unwrap();
    assert_eq!((&info.shape[..], &info.strides[..]), (shape, strides), "`{view}` as {dtype}");
    assert_eq!(seen.read(&[]).unwrap(), array.read(&[]).unwrap(), "`{view}` as {dtype}");
}

pub(crate) fn array_view_as_a_dtype_of_the_same_size_keeps_the_shape() {
    check("", "<f4", &[4, 4], &[16, 4]);
    check("", ">u4", &[4, 4], &[16, 4]);
    check("", "S4", &[4, 4], &[16, 4]);
    check("", "i1,i1,i2", &[4, 4], &[16, 4]);
    check("::-1, ::-2", "<f4", &[4, 2], &[-16, -8]);
    check("1, 2", "<f4", &[], &[]);
    check("1, 2", "i2,i2", &[], &[]);
}

pub(crate) fn array_view_as_a_smaller_dtype_makes_the_last_axis_longer() {
    check("", "u1", &[4, 16], &[16, 1]);
    check("", "S2", &[4, 8], &[16, 2]);
    check("::-2", "<i2", &[2, 8], &[-32, 2]);
    check(":, 1:3", "u1", &[4, 8], &[16, 1]);
    check(":, :0", "u1", &[4, 0], &[16, 1]);
}

pub(crate) fn array_view_as_a_larger_dtype_makes_the_last_axis_shorter() {
    check("", "<i8", &[4, 2], &[16, 8]);
    check("", "V16", &[4, 1], &[16, 16]);
    check("::2", "<c8", &[2, 2], &[32, 8]);
    check(":, 1:3", "<f8", &[4, 1], &[16, 8]);
}

pub(crate) fn array_view_as_a_subarray_dtype_adds_its_axes() {
    check("", "(2,)<i2", &[4, 4, 2], &[16, 4, 2]);
    check("", "('u1', (2, 2))", &[4, 4, 2, 2], &[16, 4, 2, 1]);
}

pub(crate) fn array_view_as_a_void_without_a_size_keeps_the_item_size() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, "<i4", &[4, 4])).unwrap();
    assert_eq!(
        shape_and_strides(&array.view_as("V").unwrap()),
        (vec![4, 4], vec![16, 4], "|V4".into())
    );
    // numpy does this only for `V`.
    for dtype in ["S", "U", "S0"] {
        fails(array.view_as(dtype), ErrorCode::InvalidArgument, &[]);
    }
}

pub(crate) fn array_view_as_another_item_size_over_gaps_is_invalid() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, "<i4", &[4, 4])).unwrap();
    for text in [":, ::2", ":, ::-1", ":, 0"] {
        let view = array.view(&index(text)).unwrap();
        fails(view.view_as("u1"), ErrorCode::InvalidArgument, &["last axis"]);
        fails(view.view_as("<i8"), ErrorCode::InvalidArgument, &["last axis"]);
    }
    fails(array.transpose(None).unwrap().view_as("u1"), ErrorCode::InvalidArgument, &["last axis"]);
    let options = MemmapOptions { order: Order::F, ..shaped(Mode::ReadOnly, "<i4", &[4, 4]) };
    let columns = Memmap::open("work/bytes.bin", &options).unwrap();
    fails(columns.view_as("<i8"), ErrorCode::InvalidArgument, &["last axis"]);
}

pub(crate) fn array_view_as_a_size_that_does_not_divide_is_invalid() {
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, "<i4", &[4, 4])).unwrap();
    for (text, dtype) in
        [("", "S6"), ("", "V32"), ("", "V5"), (":, :3", "<i8"), (":, :1", "<i8"), ("", "V7")]
    {
        fails(array.view(&index(text)).unwrap().view_as(dtype), ErrorCode::InvalidArgument, &[]);
    }
    let scalar = array.view(&index("1, 2")).unwrap();
    fails(scalar.view_as("u1"), ErrorCode::InvalidArgument, &[]);
    fails(scalar.view_as("<i8"), ErrorCode::InvalidArgument, &[]);
}

pub(crate) fn array_view_as_an_invalid_or_unsupported_dtype_fails_as_in_open() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    for dtype in ["", "flaot32", "i3", "S0", "[('x', 'i4'"] {
        fails(array.view_as(dtype), ErrorCode::InvalidArgument, &[]);
    }
    for dtype in ["O", "object", "[('x', 'O')]"] {
        fails(array.view_as(dtype), ErrorCode::Unsupported, &["object"]);
    }
}

pub(crate) fn array_view_as_another_dtype_writes_to_its_elements() {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "<f4", &[2, 2])).unwrap();
    array.view_as("u1").unwrap().write(&index("1, 4:"), &bytes([1.5_f32]), None).unwrap();
    array.view_as("<f8").unwrap().write(&index("0"), &bytes([2.5_f64]), None).unwrap();
    holds(&array, &[2, 2], &[bytes([2.5_f64]), bytes([0_f32, 1.5])].concat());
}
