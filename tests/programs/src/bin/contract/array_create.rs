//! New `.npy` files, byte for byte as numpy writes them.

use crate::bindings::wit_array::{NpyOptions, NpyVersion};
use crate::bindings::{ErrorCode, Memmap, Mode, Order};
use crate::support::{bytes, exists, fails, holds, index, npy_header, numbers, size};

/// Options for an array of this dtype and shape, with numpy's defaults.
fn npy(dtype: &str, shape: &[u64]) -> NpyOptions {
    NpyOptions { dtype: Some(dtype.into()), shape: shape.to_vec(), order: Order::C, version: None }
}

/// Creates `work/new.npy`, and returns its content.
#[track_caller]
fn created(options: &NpyOptions) -> Vec<u8> {
    Memmap::create_npy("work/new.npy", options).unwrap().flush().unwrap();
    std::fs::read("work/new.npy").unwrap()
}

pub(crate) fn array_create_npy_makes_a_file_of_zeroes_and_maps_it() {
    let array = Memmap::create_npy("work/new.npy", &npy("<i2", &[2, 3])).unwrap();
    holds(&array, &[2, 3], &[0; 12]);
    let info = array.info().unwrap();
    assert_eq!((info.offset, info.mode, info.writeable), (128, Mode::ReadWrite, true));
    assert_eq!(info.filename.as_deref(), Some("/work/new.npy"));
    array.write(&index("1"), &bytes([1_i16, 2, 3]), None).unwrap();
    array.flush().unwrap();
    drop(array);
    let again = Memmap::open_npy("work/new.npy", Mode::ReadOnly, None).unwrap();
    holds(&again, &[2, 3], &bytes([0_i16, 0, 0, 1, 2, 3]));
    assert_eq!(size("work/new.npy"), 140);
}

pub(crate) fn array_create_npy_writes_the_header_that_numpy_writes() {
    let dictionary = b"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }";
    assert_eq!(
        created(&npy("float32", &[3, 4])),
        [npy_header(1, dictionary, 128), vec![0; 48]].concat()
    );
    let dictionary = b"{'descr': '>i8', 'fortran_order': True, 'shape': (2,), }";
    let options = NpyOptions { order: Order::F, ..npy(">i8", &[2]) };
    // numpy writes `False` for an array that is contiguous in both orders. Here the caller chooses
    // the order, and the header has it.
    assert_eq!(created(&options), [npy_header(1, dictionary, 128), vec![0; 16]].concat());
}

pub(crate) fn array_create_npy_without_a_dtype_is_float64() {
    let dictionary = b"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
    let options = NpyOptions { dtype: None, ..npy("", &[2]) };
    assert_eq!(created(&options), [npy_header(1, dictionary, 128), vec![0; 16]].concat());
}

pub(crate) fn array_create_npy_reserves_header_space_for_a_longer_axis() {
    // The header has space for a first axis of 21 digits and one more byte, and is padded to a
    // multiple of 64. Like numpy's, a header that fills a multiple exactly gets 64 more.
    for (name_length, header_length) in [(31, 128), (32, 192), (40, 192)] {
        let name = "a".repeat(name_length);
        let dictionary =
            format!("{{'descr': [('{name}', '<i4')], 'fortran_order': False, 'shape': (7,), }}");
        let dtype = format!("[('{name}', 'i4')]");
        let expected = [npy_header(1, dictionary.as_bytes(), header_length), vec![0; 28]].concat();
        assert_eq!(created(&npy(&dtype, &[7])), expected, "{name_length}");
    }
}

pub(crate) fn array_create_npy_writes_the_same_as_numpy_for_every_fixture() {
    let kinds = [
        "bool",
        "int8",
        "uint8",
        "int16-le",
        "uint32-be",
        "float16-be",
        "float64-le",
        "complex64-be",
    ];
    let both = kinds.iter().flat_map(|kind| [format!("{kind}-c"), format!("{kind}-f")]);
    let others =
        ["0d", "0d-be", "1d", "3d-c", "3d-f", "zero-size", "zero-size-1d", "zero-size-middle"];
    for (name, version) in both.chain(others.map(String::from)).map(|name| (name, None)).chain([
        ("version-2".into(), Some(NpyVersion::V2)),
        ("version-3".into(), Some(NpyVersion::V3)),
    ]) {
        let path = format!("data/arrays/{name}.npy");
        let fixture = Memmap::open_npy(&path, Mode::ReadOnly, None).unwrap();
        let info = fixture.info().unwrap();
        let options = NpyOptions {
            dtype: Some(info.dtype),
            shape: info.shape,
            order: info.order.unwrap_or(Order::C),
            version,
        };
        let array = Memmap::create_npy("work/new.npy", &options).unwrap();
        array.write(&[], &fixture.read(&[]).unwrap(), None).unwrap();
        assert_eq!(std::fs::read("work/new.npy").unwrap(), std::fs::read(&path).unwrap(), "{name}");
    }
}

pub(crate) fn array_create_npy_in_order_f_varies_the_first_index_fastest() {
    let array =
        Memmap::create_npy("work/new.npy", &NpyOptions { order: Order::F, ..npy("u1", &[2, 3]) })
            .unwrap();
    assert_eq!(array.info().unwrap().strides, [1, 2]);
    array.write(&[], &[1, 2, 3, 4, 5, 6], None).unwrap();
    let dictionary = b"{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }";
    assert_eq!(
        std::fs::read("work/new.npy").unwrap(),
        [&npy_header(1, dictionary, 128)[..], &[1, 4, 2, 5, 3, 6]].concat()
    );
}

pub(crate) fn array_create_npy_may_be_of_a_dtype_with_parts() {
    let dtype = "[('x', 'f4'), ('y', 'i2', (2,))]";
    let dictionary =
        b"{'descr': [('x', '<f4'), ('y', '<i2', (2,))], 'fortran_order': False, 'shape': (2,), }";
    assert_eq!(created(&npy(dtype, &[2])), [npy_header(1, dictionary, 128), vec![0; 16]].concat());
    let dtype = "{'names': ['x'], 'formats': ['<f4'], 'offsets': [4], 'itemsize': 16}";
    let dictionary = b"{'descr': [('', '|V4'), ('x', '<f4'), ('', '|V8')], \
        'fortran_order': False, 'shape': (1,), }";
    assert_eq!(created(&npy(dtype, &[1])), [npy_header(1, dictionary, 128), vec![0; 16]].concat());
    let array = Memmap::open_npy("work/new.npy", Mode::ReadWrite, None).unwrap();
    array.field("x").unwrap().write(&[], &bytes([1.5_f32]), None).unwrap();
    assert_eq!(array.read(&[]).unwrap(), bytes([0_f32, 1.5, 0.0, 0.0]));
}

pub(crate) fn array_create_npy_spells_a_subarray_dtype_as_void_as_numpy_does() {
    let array = Memmap::create_npy("work/new.npy", &npy("('f4', (2,))", &[3])).unwrap();
    let info = array.info().unwrap();
    assert_eq!((info.dtype.as_str(), info.shape), ("<f4", vec![3, 2]));
    let dictionary = b"{'descr': '|V8', 'fortran_order': False, 'shape': (3,), }";
    assert_eq!(
        std::fs::read("work/new.npy").unwrap(),
        [npy_header(1, dictionary, 128), vec![0; 24]].concat()
    );
}

pub(crate) fn array_create_npy_may_be_a_scalar_or_have_no_elements() {
    let scalar = b"{'descr': '|u1', 'fortran_order': False, 'shape': (), }";
    assert_eq!(created(&npy("u1", &[])), [npy_header(1, scalar, 128), vec![0]].concat());
    let empty = b"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3), }";
    assert_eq!(created(&npy("f8", &[0, 3])), npy_header(1, empty, 128));
    let array = Memmap::open_npy("work/new.npy", Mode::ReadWrite, None).unwrap();
    holds(&array, &[0, 3], &[]);
}

pub(crate) fn array_create_npy_may_have_64_axes() {
    let dictionary =
        format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({}1), }}", "1, ".repeat(63));
    assert_eq!(
        created(&npy("u1", &[1; 64])),
        [npy_header(1, dictionary.as_bytes(), 320), vec![0]].concat()
    );
}

pub(crate) fn array_create_npy_quotes_names_as_python_does() {
    for (name, quoted) in
        [("it's", r#""it's""#), (r#"say "it's""#, r#"'say "it\'s"'"#), (r"a\b", r"'a\\b'")]
    {
        let dictionary =
            format!("{{'descr': [({quoted}, '|u1')], 'fortran_order': False, 'shape': (1,), }}");
        let dtype = format!("[({quoted}, 'u1')]");
        assert_eq!(
            created(&npy(&dtype, &[1])),
            [npy_header(1, dictionary.as_bytes(), 128), vec![0]].concat()
        );
        let array = Memmap::open_npy("work/new.npy", Mode::ReadOnly, None).unwrap();
        holds(&array.field(name).unwrap(), &[1], &[0]);
    }
}

pub(crate) fn array_create_npy_has_the_requested_version() {
    let dictionary = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }";
    for (number, version) in [(1, NpyVersion::V1), (2, NpyVersion::V2), (3, NpyVersion::V3)] {
        let options = NpyOptions { version: Some(version), ..npy("u1", &[1]) };
        assert_eq!(created(&options), [npy_header(number, dictionary, 128), vec![0]].concat());
        Memmap::open_npy("work/new.npy", Mode::ReadOnly, None).unwrap();
    }
}

pub(crate) fn array_create_npy_has_the_oldest_version_that_holds_the_names() {
    let latin = b"{'descr': [('\xe9', '<f4')], 'fortran_order': False, 'shape': (2,), }";
    assert_eq!(
        created(&npy("[('é', 'f4')]", &[2])),
        [npy_header(1, latin, 128), vec![0; 8]].concat()
    );
    let unicode = "{'descr': [('型', '<f4')], 'fortran_order': False, 'shape': (2,), }".as_bytes();
    assert_eq!(
        created(&npy("[('型', 'f4')]", &[2])),
        [npy_header(3, unicode, 128), vec![0; 8]].concat()
    );
    for name in ["é", "型"] {
        Memmap::create_npy("work/new.npy", &npy(&format!("[('{name}', 'f4')]"), &[2])).unwrap();
        let array = Memmap::open_npy("work/new.npy", Mode::ReadOnly, None).unwrap();
        assert_eq!(array.info().unwrap().dtype, format!("[('{name}', '<f4')]"));
        holds(&array.field(name).unwrap(), &[2], &[0; 8]);
    }
}

pub(crate) fn array_create_npy_of_a_version_that_cannot_hold_the_header_is_invalid() {
    std::fs::write("work/old.npy", b"as before").unwrap();
    for version in [NpyVersion::V1, NpyVersion::V2] {
        let options = NpyOptions { version: Some(version), ..npy("[('型', 'f4')]", &[2]) };
        fails(
            Memmap::create_npy("work/old.npy", &options),
            ErrorCode::InvalidArgument,
            &["version", "'latin-1' codec can't encode"],
        );
        fails(
            Memmap::create_npy("work/new.npy", &options),
            ErrorCode::InvalidArgument,
            &["version", "'latin-1' codec can't encode"],
        );
    }
    assert_eq!(std::fs::read("work/old.npy").unwrap(), b"as before");
    assert!(!exists("work/new.npy"));
}

pub(crate) fn array_create_npy_replaces_an_existing_file() {
    let dictionary = b"{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
    for before in [&[][..], &[255; 5], &[255; 1000]] {
        std::fs::write("work/new.npy", before).unwrap();
        assert_eq!(
            created(&npy("u1", &[2])),
            [npy_header(1, dictionary, 128), vec![0; 2]].concat()
        );
    }
}

pub(crate) fn array_create_npy_that_fails_leaves_the_file_unchanged() {
    let check = |options: &NpyOptions, code: ErrorCode, parts: &[&str]| {
        fails(Memmap::create_npy("work/bytes.bin", options), code, parts);
        assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
        fails(Memmap::create_npy("work/new.npy", options), code, parts);
        assert!(!exists("work/new.npy"));
    };
    check(
        &npy("flaot32", &[2]),
        ErrorCode::InvalidArgument,
        &["data type 'flaot32' not understood"],
    );
    check(&npy("S", &[2]), ErrorCode::InvalidArgument, &[]);
    check(&npy("O", &[2]), ErrorCode::Unsupported, &["object"]);
    check(&npy("f8", &[1 << 60]), ErrorCode::InvalidArgument, &["too large"]);
    check(&npy("u1", &[1; 65]), ErrorCode::InvalidArgument, &["currently 64, found 65 axes"]);
    check(&npy("u1", &[i64::MAX as u64]), ErrorCode::InvalidArgument, &["9223372036854775807"]);
}

pub(crate) fn array_create_npy_requires_a_writable_directory_and_a_file_path() {
    fails(
        Memmap::create_npy("fixed/new.npy", &npy("u1", &[2])),
        ErrorCode::AccessDenied,
        &["`fixed/new.npy`"],
    );
    fails(
        Memmap::create_npy("nowhere/new.npy", &npy("u1", &[2])),
        ErrorCode::AccessDenied,
        &["`nowhere/new.npy`"],
    );
    fails(
        Memmap::create_npy("work/folder", &npy("u1", &[2])),
        ErrorCode::InvalidArgument,
        &["it is a directory"],
    );
    fails(
        Memmap::create_npy("work/no/new.npy", &npy("u1", &[2])),
        ErrorCode::NotFound,
        &["`work/no/new.npy`"],
    );
}
