//! The attributes of an array: dtypes, and every field of `info`.

use crate::bindings::wit_array::{MemmapInfo, MemmapOptions};
use crate::bindings::{Memmap, Mode, Order};
use crate::support::{index, open_numbers, options, shaped};

/// The name, numpy's `dtype.str`, the item size, and the fixture with twelve elements of this
/// dtype. Each kind in both byte orders.
const DTYPES: [(&str, &str, u64, &str); 26] = [
    ("bool", "|b1", 1, "bool"),
    ("int8", "|i1", 1, "int8"),
    ("int16", "<i2", 2, "int16-le"),
    (">i2", ">i2", 2, "int16-be"),
    ("int32", "<i4", 4, "int32-le"),
    (">i4", ">i4", 4, "int32-be"),
    ("int64", "<i8", 8, "int64-le"),
    (">i8", ">i8", 8, "int64-be"),
    ("uint8", "|u1", 1, "uint8"),
    ("uint16", "<u2", 2, "uint16-le"),
    (">u2", ">u2", 2, "uint16-be"),
    ("uint32", "<u4", 4, "uint32-le"),
    (">u4", ">u4", 4, "uint32-be"),
    ("uint64", "<u8", 8, "uint64-le"),
    (">u8", ">u8", 8, "uint64-be"),
    ("float16", "<f2", 2, "float16-le"),
    (">f2", ">f2", 2, "float16-be"),
    ("float32", "<f4", 4, "float32-le"),
    (">f4", ">f4", 4, "float32-be"),
    ("float64", "<f8", 8, "float64-le"),
    (">f8", ">f8", 8, "float64-be"),
    ("complex64", "<c8", 8, "complex64-le"),
    (">c8", ">c8", 8, "complex64-be"),
    ("complex128", "<c16", 16, "complex128-le"),
    (">c16", ">c16", 16, "complex128-be"),
    ("|u1", "|u1", 1, "uint8"),
];

pub(crate) fn array_of_every_dtype_and_byte_order_is_read_as_stored() {
    for (name, dtype, item_size, file) in DTYPES {
        let path = format!("data/arrays/{file}.bin");
        let array = Memmap::open(&path, &options(Mode::ReadOnly, name)).unwrap();
        let info = array.info().unwrap();
        assert_eq!(
            (info.dtype.as_str(), info.item_size, info.shape),
            (dtype, item_size, vec![12]),
            "{name}"
        );
        assert_eq!(array.read(&[]).unwrap(), std::fs::read(&path).unwrap(), "{name}");
        assert_eq!(
            array.read(&index("4")).unwrap(),
            array.read_bytes(4 * item_size, item_size).unwrap(),
            "{name}"
        );
    }
}

pub(crate) fn array_npy_of_every_dtype_and_byte_order_has_equal_elements_in_both_orders() {
    for (name, dtype, item_size, file) in DTYPES {
        // The fixtures of one dtype have the same elements: with a header in shape (3, 4), without
        // one in shape (12,).
        let expected = std::fs::read(format!("data/arrays/{file}.bin")).unwrap();
        for (suffix, order, strides) in [("c", Order::C, [4, 1]), ("f", Order::F, [1, 3])] {
            let array =
                Memmap::open_npy(&format!("data/arrays/{file}-{suffix}.npy"), Mode::ReadOnly, None)
                    .unwrap();
            let info = array.info().unwrap();
            assert_eq!(
                (info.dtype.as_str(), info.shape, info.order),
                (dtype, vec![3, 4], Some(order)),
                "{name}"
            );
            assert_eq!(
                info.strides,
                strides.map(|stride| stride * item_size.cast_signed()),
                "{name}"
            );
            assert_eq!(array.read(&[]).unwrap(), expected, "{name} in order {suffix}");
        }
    }
}

pub(crate) fn array_dtypes_are_accepted_in_every_spelling_of_numpy() {
    for (spelling, dtype) in [
        ("?", "|b1"),
        ("b", "|i1"),
        (">u1", "|u1"),
        ("u1", "|u1"),
        ("f4", "<f4"),
        ("=f4", "<f4"),
        ("<f4", "<f4"),
        (">d", ">f8"),
        ("double", "<f8"),
        ("float", "<f8"),
        ("int", "<i8"),
        ("half", "<f2"),
        ("complex", "<c16"),
    ] {
        let array = Memmap::open("work/bytes.bin", &options(Mode::ReadOnly, spelling)).unwrap();
        assert_eq!(array.info().unwrap().dtype, dtype, "{spelling}");
    }
}

/// Checks all fields, by their `Debug` text: the generated record cannot be compared.
#[track_caller]
fn check_info(array: &Memmap, expected: &MemmapInfo) {
    assert_eq!(format!("{:?}", array.info().unwrap()), format!("{expected:?}"));
}

pub(crate) fn array_info_has_every_field() {
    let options = MemmapOptions { offset: 3, ..shaped(Mode::ReadWrite, ">u2", &[2, 3, 4]) };
    let array = Memmap::open("./work/bytes.bin", &options).unwrap();
    let expected = MemmapInfo {
        dtype: ">u2".into(),
        item_size: 2,
        shape: vec![2, 3, 4],
        strides: vec![24, 8, 2],
        order: Some(Order::C),
        offset: 3,
        mode: Mode::ReadWrite,
        writeable: true,
        filename: Some("/work/bytes.bin".into()),
        size: 24,
        nbytes: 48,
    };
    check_info(&array, &expected);
}

pub(crate) fn array_info_of_a_view_keeps_offset_mode_and_filename() {
    let options =
        MemmapOptions { offset: 5, order: Order::F, ..shaped(Mode::CopyOnWrite, "<i4", &[4, 3]) };
    let array = Memmap::open("work/bytes.bin", &options).unwrap();
    let view = array.view(&index("::-2, 1:")).unwrap();
    let expected = MemmapInfo {
        dtype: "<i4".into(),
        item_size: 4,
        shape: vec![2, 2],
        strides: vec![-8, 16],
        order: None,
        offset: 5,
        mode: Mode::CopyOnWrite,
        writeable: true,
        filename: Some("/work/bytes.bin".into()),
        size: 4,
        nbytes: 16,
    };
    check_info(&view, &expected);
}

pub(crate) fn array_info_writeable_follows_the_mode() {
    for (mode, writeable) in [
        (Mode::ReadOnly, false),
        (Mode::CopyOnWrite, true),
        (Mode::ReadWrite, true),
        (Mode::Write, true),
    ] {
        let array = open_numbers(mode, &[8, 8]);
        let view = array.view(&index("1")).unwrap();
        for info in [array.info().unwrap(), view.info().unwrap()] {
            assert_eq!((info.mode, info.writeable), (mode, writeable));
        }
    }
}

/// Checks the order of a view of the elements 0 to 23 in shape (2, 3, 4).
#[track_caller]
fn check_order(order: Order, view: &str, expected: Option<Order>) {
    let options = MemmapOptions { order, ..shaped(Mode::ReadOnly, "u1", &[2, 3, 4]) };
    let array = Memmap::open("work/bytes.bin", &options).unwrap();
    assert_eq!(array.view(&index(view)).unwrap().info().unwrap().order, expected, "{view}");
}

pub(crate) fn array_info_order_is_the_contiguous_order() {
    check_order(Order::C, "", Some(Order::C));
    check_order(Order::C, "1", Some(Order::C));
    check_order(Order::C, ":, 1:", None);
    check_order(Order::C, "1:", Some(Order::C));
    check_order(Order::C, "0, 1:", Some(Order::C));
    check_order(Order::C, "::-1", None);
    check_order(Order::C, "..., ::2", None);
    check_order(Order::C, ":, :, 0", None);
    check_order(Order::F, "", Some(Order::F));
    check_order(Order::F, "..., 1:", Some(Order::F));
    check_order(Order::F, "1", None);
}

pub(crate) fn array_info_order_is_c_if_both_orders_are_contiguous() {
    check_order(Order::F, "..., 0, 0", Some(Order::C));
    check_order(Order::F, "0, 0, 0", Some(Order::C));
    check_order(Order::F, "1:, :1, :1", Some(Order::C));
    check_order(Order::F, "5:", Some(Order::C));
}
