//! Dtypes other than plain numbers: strings, times, long doubles, subarrays and records.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::support::{fails, holds, index, numbers, options, shaped};

/// Opens `work/bytes.bin` with a dtype, and checks `info.dtype`, the item size and the shape.
#[track_caller]
fn check(dtype: &str, expected: &str, item_size: u64, shape: &[u64]) {
    let array = Memmap::open("work/bytes.bin", &options(Mode::ReadOnly, dtype))
        .unwrap_or_else(|error| panic!("{dtype}: {error:?}"));
    let info = array.info().unwrap();
    assert_eq!(
        (info.dtype.as_str(), info.item_size, &info.shape[..]),
        (expected, item_size, shape),
        "{dtype}"
    );
    assert_eq!(array.read(&[]).unwrap(), numbers(), "{dtype}");
}

pub(crate) fn array_dtypes_of_text_have_a_size() {
    check("S4", "|S4", 4, &[16]);
    check("|S1", "|S1", 1, &[64]);
    check("S64", "|S64", 64, &[1]);
    check("U4", "<U4", 16, &[4]);
    check(">U2", ">U2", 8, &[8]);
    check("V8", "|V8", 8, &[8]);
    check("|V2", "|V2", 2, &[32]);
}

pub(crate) fn array_dtypes_of_time_have_a_unit() {
    check("datetime64[ms]", "<M8[ms]", 8, &[8]);
    check("M8[ns]", "<M8[ns]", 8, &[8]);
    check(">M8[D]", ">M8[D]", 8, &[8]);
    check("timedelta64[10s]", "<m8[10s]", 8, &[8]);
    check("m8", "<m8", 8, &[8]);
}

pub(crate) fn array_dtypes_of_long_doubles_have_16_bytes() {
    for name in ["float128", "longdouble", "f16", "g", "<f16"] {
        check(name, "<f16", 16, &[4]);
    }
    for name in ["complex256", "clongdouble", "c32", "G"] {
        check(name, "<c32", 32, &[2]);
    }
}

pub(crate) fn array_dtypes_with_fields_are_spelled_as_in_numpy() {
    check("i4,f4", "[('f0', '<i4'), ('f1', '<f4')]", 8, &[8]);
    check("i4,", "[('f0', '<i4')]", 4, &[16]);
    let spelled = "[('x', '<f4'), ('y', '<i2', (2,))]";
    check(spelled, spelled, 8, &[8]);
    check("[('x', 'f4'), ('y', 'i2', 2)]", spelled, 8, &[8]);
    let nested = "[('a', [('b', '>u2'), ('c', '|S2')]), ('d', '|V12')]";
    check(nested, nested, 16, &[4]);
    let titled = "[(('title', 'name'), '<i4')]";
    check(titled, titled, 4, &[16]);
    check(
        "{'names': ['x', 'y'], 'formats': ['<i2', 'S2']}",
        "[('x', '<i2'), ('y', '|S2')]",
        4,
        &[16],
    );
}

pub(crate) fn array_dtypes_from_info_are_accepted_by_open() {
    for dtype in [
        "S4",
        "M8[25us]",
        "i4,f4",
        "[('x', '<f4'), ('y', '<i2', (2,))]",
        "[(\"it's\", 'u1')]",
        "{'names': ['x'], 'formats': ['<f4'], 'offsets': [4], 'itemsize': 16}",
        "{'names': ['b', 'a'], 'formats': ['<u2', '<u4'], 'offsets': [4, 0]}",
        "{'names': ['whole', 'half'], 'formats': ['<u4', '<u2'], 'offsets': [0, 2], 'itemsize': 8}",
        "[('型', [('é', '>f8')], (2,))]",
    ] {
        let open =
            |dtype: &str| Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, dtype, &[2]));
        let Ok(array) = open(dtype) else { panic!("{dtype}: {:?}", open(dtype).unwrap_err()) };
        let info = array.info().unwrap();
        let again = open(&info.dtype).unwrap().info().unwrap();
        assert_eq!(
            (again.dtype, again.item_size, again.shape),
            (info.dtype, info.item_size, info.shape),
            "{dtype}"
        );
    }
}

pub(crate) fn array_dtypes_with_offsets_leave_gaps() {
    let dtype = "{'names': ['x'], 'formats': ['<f4'], 'offsets': [4], 'itemsize': 16}";
    let array = Memmap::open("work/bytes.bin", &options(Mode::ReadOnly, dtype)).unwrap();
    let info = array.info().unwrap();
    assert_eq!((info.item_size, info.shape), (16, vec![4]));
    holds(
        &array.field("x").unwrap(),
        &[4],
        &[4, 5, 6, 7, 20, 21, 22, 23, 36, 37, 38, 39, 52, 53, 54, 55],
    );
}

pub(crate) fn array_dtypes_of_subarrays_add_their_axes() {
    for (dtype, shape, plain, strides) in [
        ("('<i2', (2, 4))", &[4, 2, 4][..], "<i2", &[16, 8, 2][..]),
        ("(2,4)i2", &[4, 2, 4], "<i2", &[16, 8, 2]),
        ("2f4", &[8, 2], "<f4", &[8, 4]),
        ("('u1', 4)", &[16, 4], "|u1", &[4, 1]),
        ("(2,)S2", &[16, 2], "|S2", &[4, 2]),
        ("('u1,u1', (2,))", &[16, 2], "[('f0', '|u1'), ('f1', '|u1')]", &[4, 2]),
    ] {
        let array = Memmap::open("work/bytes.bin", &options(Mode::ReadOnly, dtype)).unwrap();
        let info = array.info().unwrap();
        assert_eq!(
            (info.dtype.as_str(), &info.shape[..], &info.strides[..]),
            (plain, shape, strides),
            "{dtype}"
        );
        assert_eq!(array.read(&[]).unwrap(), numbers(), "{dtype}");
    }
}

pub(crate) fn array_dtypes_of_subarrays_add_axes_after_the_shape() {
    let open = |order| {
        let options = MemmapOptions { order, ..shaped(Mode::ReadOnly, "('u1', (2,))", &[2, 3]) };
        Memmap::open("work/bytes.bin", &options).unwrap()
    };
    assert_eq!(open(Order::C).info().unwrap().strides, [6, 2, 1]);
    // As in numpy, the order applies to all axes.
    assert_eq!(open(Order::F).info().unwrap().strides, [1, 2, 6]);
    assert_eq!(open(Order::F).read(&index("1, 2")).unwrap(), [5, 11]);
    let scalar = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, "3u1", &[])).unwrap();
    holds(&scalar, &[3], &[0, 1, 2]);
}

pub(crate) fn array_dtypes_of_subarrays_count_towards_the_limit_of_axes() {
    let invalid = |result| {
        fails::<Memmap>(result, ErrorCode::InvalidArgument, &["currently 64, found 65 axes"]);
    };
    invalid(Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, "2u1", &[1; 64])));
    let record = "[('a', 'u1', (2,)), ('b', 'u1')]";
    let array = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, record, &[1; 64])).unwrap();
    invalid(array.field("a"));
    invalid(array.view_as("3u1"));
    assert_eq!(array.field("b").unwrap().read(&[]).unwrap(), [2]);
}

pub(crate) fn array_dtypes_without_a_size_are_invalid() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
        for dtype in [
            "S",
            "U",
            "V",
            "S0",
            "U0",
            "V0",
            "|S0",
            "bytes",
            "str",
            "[]",
            "[('x', 'S0')]",
            "('u1', (0,))",
        ] {
            fails(
                Memmap::open("work/bytes.bin", &shaped(mode, dtype, &[2])),
                ErrorCode::InvalidArgument,
                &[],
            );
            fails(
                Memmap::open("work/bytes.bin", &options(mode, dtype)),
                ErrorCode::InvalidArgument,
                &[],
            );
        }
    }
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_dtypes_of_pointers_are_unsupported() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
        for dtype in [
            "O",
            "object",
            "|O",
            "i4,O",
            "[('x', 'O')]",
            "[('x', [('y', 'object')])]",
            "('O', (2,))",
        ] {
            fails(
                Memmap::open("work/bytes.bin", &shaped(mode, dtype, &[2])),
                ErrorCode::Unsupported,
                &["object"],
            );
        }
    }
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_dtypes_that_are_incomplete_or_too_large_are_invalid() {
    for dtype in [
        "[('x', '<f4')",
        "[('x')]",
        "[('x', '<f4'), ('x', '<i4')]",
        "{'names': ['x']}",
        "{'names': ['x'], 'formats': ['<f4'], 'offsets': [4], 'itemsize': 4}",
        "('<f4', (-1,))",
        "('<f4', (4294967296, 4294967296))",
        "M8[parsecs]",
        "S99999999999999999999",
        ",",
        "[('x', 'flaot32')]",
    ] {
        fails(
            Memmap::open("work/bytes.bin", &shaped(Mode::Write, dtype, &[2])),
            ErrorCode::InvalidArgument,
            &[],
        );
    }
    for depth in [100, 10_000] {
        let deep = format!("{}'u1'{}", "[('x', ".repeat(depth), ")]".repeat(depth));
        let opened = Memmap::open("work/bytes.bin", &shaped(Mode::Write, &deep, &[2]));
        assert!(
            matches!(
                opened.unwrap_err().code,
                ErrorCode::InvalidArgument | ErrorCode::LimitExceeded
            ),
            "{depth}"
        );
    }
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}
