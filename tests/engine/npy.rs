//! `.npy` files: files that numpy wrote, invalid files, and random damage.

use filemap::array::{Header, Memmap, Mode, NpyOptions, OpenOptions, Version};
use filemap::dtype::Dtype;
use filemap::error::{Error, Result};
use filemap::fs::{Directory, Open};
use filemap::layout::Order;
use filemap::limits::{MAX_DTYPE, MAX_NPY_HEADER};
use filemap::region::BufferedRegion;
use proptest::prelude::*;
use serde_json::{Value, from_value};

use crate::memory::{Disk, MemoryFile};
use crate::{fixture, json, refused, try_random};

type Entry = (String, Value);

/// Returns entries of the manifest: the name of a file, and what it contains.
fn manifest(wanted: fn(&Entry) -> bool) -> Vec<Entry> {
    let Value::Object(entries) = json("arrays/manifest.json") else {
        panic!("the manifest is an object")
    };
    let entries: Vec<_> = entries.into_iter().filter(wanted).collect();
    assert!(!entries.is_empty());
    entries
}

fn is_good(entry: &Entry) -> bool {
    is_npy(entry) && entry.1.get("corrupt").is_none()
}

fn is_npy((name, _): &Entry) -> bool {
    std::path::Path::new(name).extension().is_some_and(|extension| extension == "npy")
}

fn open(bytes: &[u8], mode: Mode) -> (Disk, Result<Memmap<BufferedRegion<MemoryFile>>>) {
    let disk = Disk::with(&[("a.npy", bytes)]);
    let array = Memmap::open_npy(&disk.preopens(), "a.npy", mode, None);
    (disk, array)
}

/// Returns a file of version 1.0 with a header and data.
fn file_of(header: &str, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(header.len()).expect("a short header");
    [b"\x93NUMPY\x01\x00", length.to_le_bytes().as_slice(), header.as_bytes(), data].concat()
}

/// Reads the header of a file with these bytes.
fn header_of(bytes: &[u8]) -> Result<Header> {
    let disk = Disk::with(&[("a.npy", bytes)]);
    Header::read(&disk.root(false).open_file("a.npy", Open::Read).expect("a file"), "a.npy", None)
}

/// Returns bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string accepts any text");
        text
    })
}

#[test]
fn reads_what_numpy_wrote() {
    for (name, wanted) in manifest(is_good) {
        for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
            let bytes = fixture(&format!("arrays/{name}"));
            let (disk, array) = open(&bytes, mode);
            let array = array.unwrap_or_else(|error| panic!("{name}: {error}"));
            let info = array.info().expect("an open array");
            assert_eq!(wanted["dtype"], info.dtype, "{name}");
            assert_eq!(wanted["shape"], Value::from(info.shape.clone()), "{name}");
            assert_eq!(wanted["offset"], info.offset, "{name}");
            assert_eq!((info.mode, info.filename.as_deref()), (mode, Some("/a.npy")));
            let fortran = info.shape.iter().filter(|&&length| length > 1).count() > 1
                && info.size > 0
                && wanted["fortran_order"] == true;
            assert_eq!(info.order, Some(if fortran { Order::F } else { Order::C }), "{name}");
            assert_eq!(wanted["data"], hex(&array.read(&[]).expect("elements")), "{name}");
            assert_eq!(disk.bytes("a.npy"), bytes, "{name}");
        }
    }
}

#[test]
fn reads_the_same_elements_without_a_header() {
    for (name, wanted) in manifest(|entry| !is_npy(entry)) {
        let disk = Disk::with(&[("a", &fixture(&format!("arrays/{name}")))]);
        let dtype = wanted["dtype"].as_str().map(String::from);
        let options =
            OpenOptions { dtype, mode: Mode::ReadOnly, offset: 0, shape: None, order: Order::C };
        let array = Memmap::open(&disk.preopens(), "a", &options).expect(&name);
        assert_eq!(
            wanted["shape"],
            Value::from(array.info().expect("an open array").shape),
            "{name}"
        );
        assert_eq!(wanted["data"], hex(&array.read(&[]).expect("elements")), "{name}");
    }
}

#[test]
fn a_corrupt_file_is_rejected_and_unchanged() {
    for (name, entry) in manifest(|(_, entry)| entry.get("corrupt").is_some()) {
        for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
            let bytes = fixture(&format!("arrays/{name}"));
            let (disk, array) = open(&bytes, mode);
            let error = refused(array);
            let right = match name.as_str() {
                "corrupt-object-dtype.npy"
                | "corrupt-version-1.1.npy"
                | "corrupt-version-4.npy" => {
                    matches!(error, Error::Unsupported(_))
                }
                _ => matches!(&error, Error::Corrupt(text) if text.contains(" at byte ")),
            };
            assert!(
                right && error.message().contains("a.npy"),
                "{name}: {}: {error:?}",
                entry["corrupt"]
            );
            assert_eq!(disk.bytes("a.npy"), bytes, "{name}");
        }
    }
}

/// Checks that opening a file fails, and the description of the error.
#[track_caller]
fn check_corrupt(bytes: &[u8], what: &str) {
    let error = refused(open(bytes, Mode::ReadOnly).1);
    assert_eq!(error, Error::Corrupt(format!("`a.npy` is not a valid .npy file: {what}")));
}

#[test]
fn a_truncated_file_is_corrupt() {
    check_corrupt(
        b"\x93NUMPY\x01\x00\x00",
        "EOF: reading array header length, expected 2 bytes got 1 at byte 9",
    );
    check_corrupt(b"\x93NUMPY\x01\x00\x00\x00", "expected a literal instead of the end at byte 10");
    check_corrupt(
        b"\x93NUMPY\x02\x00\x00\x00\x00",
        "EOF: reading array header length, expected 4 bytes got 3 at byte 11",
    );
    check_corrupt(
        b"\x93NUMPY\x03\x00\x00\x00\x00\x00",
        "expected a literal instead of the end at byte 12",
    );
    check_corrupt(b"\x93NUMPY\x03\x00\x05\x00\x00\x00{'\xe9'}", "invalid UTF-8 at byte 14");
    check_corrupt(
        b"\x93NUMPY\x01\x00\x02\x00{",
        "EOF: reading array header, expected 2 bytes got 1 at byte 11",
    );
    check_corrupt(
        &file_of("{'descr': '<i4', 'fortran_order': False, 'shape': (3,)}", &[0; 11]),
        "the shape (3,) of `<i4` needs 12 bytes and the file has only 11 after the header at byte \
         60",
    );
}

#[test]
fn a_header_without_exactly_three_entries_is_corrupt() {
    #[track_caller]
    fn check(header: &str, what: &str) {
        check_corrupt(&file_of(header, &[0; 64]), what);
    }
    check("", "expected a literal instead of the end at byte 10");
    check("{}", "Header does not contain the correct keys: the key `descr` is missing at byte 10");
    check("('<i4', False, (3,))", "Header is not a dictionary at byte 10");
    check(
        "{'descr': '<i4', 'fortran_order': False, 'shape': (3,)} x",
        "unexpected text after the literal at byte 66",
    );
    check(
        "{'descr': '<i4', 'fortran_order': False, 'shape': (3)}",
        "shape is not valid: expected a tuple at byte 61",
    );
    check(
        "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), 'x': 1}",
        "Header does not contain the correct keys: unexpected key `x` at byte 66",
    );
    check(
        "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), 1: 1}",
        "Header does not contain the correct keys: unexpected key `(not a string)` at byte 66",
    );
    check(
        "{'descr': '<i4', 'fortran_order': 0, 'shape': (3,)}",
        "fortran_order is not a valid bool: expected `True` or `False` at byte 44",
    );
    check("{'descr': '<i4', 'fortran_order': Falsely}", "expected `}` at byte 49");
    check("{'descr': '<i4', 'fortran_order': falsely}", "expected a literal at byte 44");
    check("{'descr': '<i4, 'fortran_order': False}", "expected `}` at byte 27");
    check(
        "{'descr': 'x', 'fortran_order': True, 'shape': ()}",
        &format!(
            "descr is not a valid dtype descriptor: {} at byte 20",
            refused(Dtype::parse("x"))
        ),
    );
    check(
        "{'descr': [('a', '<i4'), ('b', 'x')], 'fortran_order': True, 'shape': ()}",
        &format!(
            "descr is not a valid dtype descriptor: {} at byte 41",
            refused(Dtype::parse("x"))
        ),
    );
    check("{'descr': [('x', '<i4'), 'shape': ()}", "expected `]` at byte 42");
    check("{'descr': '<i4', 'fortran_order': True, 'shape': (,)}", "expected a literal at byte 60");
    check(
        "{'descr': '<i4', 'fortran_order': True, 'shape': (-1,)}",
        "shape is not valid: expected a non-negative integer at byte 60",
    );
    check(
        &format!("{{'descr': '<i4', 'fortran_order': True, 'shape': ({})}}", "1, ".repeat(65)),
        "maximum supported dimension for an ndarray is currently 64, found 65 axes at byte 59",
    );
    check(
        &format!("{{'descr': '<i4', 'fortran_order': True, 'shape': ({},)}}", i64::MAX),
        &format!(
            "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible \
             size: the shape ({},) of `<i4` is too large, all elements together have at most {} \
             bytes at byte 59",
            i64::MAX,
            i64::MAX
        ),
    );
    check(
        &format!("{{'descr': '<i4', 'fortran_order': True, 'shape': ({},)}}", u64::MAX),
        "an integer of more than 64 bits at byte 60",
    );
}

/// What numpy reads: the dtype, the shape, and the number of bytes; `None` if it fails.
type Read = Option<(String, Vec<u64>, usize)>;

/// Checks that a header describes the same array as to numpy. The header is followed by as many
/// bytes as numpy expects.
#[track_caller]
fn check_read(header: &[u8], wanted: &Read, what: &str) {
    let nbytes = wanted.as_ref().map_or(64, |wanted| wanted.2);
    if nbytes > 1 << 20 {
        return;
    }
    let found = header_of(&[header, &vec![0; nbytes]].concat());
    if let Some((dtype, shape, nbytes)) = wanted {
        let layout = found.unwrap_or_else(|error| panic!("{what}: {error}")).layout;
        let size = usize::try_from(layout.nbytes()).expect("a small array");
        assert_eq!(
            (&layout.dtype.to_string(), &layout.shape, size),
            (dtype, shape, *nbytes),
            "{what}"
        );
        return;
    }
    let error = refused(found);
    let right = match error {
        Error::Corrupt(ref text) => text.contains(" at byte "),
        Error::Unsupported(ref text) => text.contains("object"),
        Error::LimitExceeded(_) => header.len() > 10_000,
        _ => false,
    };
    assert!(right, "{what}: {error}");
}

/// Encodes a text in Latin-1.
fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(character).expect("a byte")).collect()
}

/// The dtype, the shape, whether the order is Fortran's, the requested version, the header that
/// numpy writes, and what it reads.
type Written = (String, Vec<u64>, bool, Option<u8>, Option<String>, Read);

/// Checks that a header is written like numpy writes it.
fn check_written(
    (spelling, shape, fortran, version, header, read): Written,
    replaced: impl Fn(&str, bool) -> String,
) {
    let dtype = Dtype::parse(&replaced(&spelling, false)).expect(&spelling);
    let order = if fortran { Order::F } else { Order::C };
    let asked =
        version.map(|version| [Version::V1, Version::V2, Version::V3][usize::from(version) - 1]);
    let found = Header::to_bytes(&dtype, &shape, order, asked);
    let what = format!("{spelling} {shape:?} {fortran} {version:?}");
    let Some(header) = header else {
        assert!(matches!(found, Err(Error::InvalidArgument(_))), "{what}: {found:?}");
        return;
    };
    let bytes = latin1(&replaced(&header, true));
    assert_eq!(
        found.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        Ok(String::from_utf8_lossy(&bytes).into_owned()),
        "{what}"
    );
    let read = read.map(|(dtype, shape, nbytes)| (replaced(&dtype, false), shape, nbytes));
    check_read(&bytes, &read, &what);
}

#[test]
fn headers_are_written_and_read_like_numpy() {
    for written in from_value::<Vec<Written>>(json("headers.json")["written"].clone())
        .expect("the documented form")
    {
        check_written(written, |text, _| text.into());
    }
}

#[test]
fn long_headers_are_written_and_read_like_numpy() {
    type Long = (String, Vec<u64>, bool, Option<u8>, Option<String>, Read, (char, usize));
    for long in
        from_value::<Vec<Long>>(json("headers.json")["long"].clone()).expect("the documented form")
    {
        let (spelling, shape, fortran, version, header, read, (character, count)) = long;
        let name = character.to_string().repeat(count);
        let utf8: String = name.bytes().map(char::from).collect();
        check_written((spelling, shape, fortran, version, header, read), |text, encoded| {
            text.replacen("NAME", if encoded { &utf8 } else { &name }, 1)
        });
    }
}

#[test]
fn headers_that_numpy_never_writes_are_read_like_numpy() {
    for (header, read) in
        from_value::<Vec<(String, Read)>>(json("headers.json")["read"].clone()).expect("pairs")
    {
        check_read(&latin1(&header), &read, &header);
    }
}

#[test]
fn an_array_of_subarrays_has_the_axes_of_both() {
    for (order, strides) in [("False", [24, 12, 4]), ("True", [4, 8, 16])] {
        let header =
            format!("{{'descr': ('<f4', (2, 3)), 'fortran_order': {order}, 'shape': (2,)}}");
        let array = open(&file_of(&header, &[0; 48]), Mode::ReadOnly).1.expect("an array");
        let info = array.info().expect("an open array");
        assert_eq!(
            (info.dtype.as_str(), info.shape, info.strides),
            ("<f4", vec![2, 2, 3], strides.to_vec())
        );
    }
}

#[test]
fn a_header_is_rewritten_in_place_for_another_shape() {
    #[track_caller]
    fn check(header: &str, shape: &[u64], rewritten: Option<&str>) {
        let found = header_of(&file_of(header, &[0; 64])).expect(header).rewritten(shape);
        assert_eq!(found, rewritten.map(|text| file_of(text, &[])), "{header}");
    }
    let header = "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }     \n";
    check(header, &[3], Some(header));
    check(header, &[7], Some("{'descr': '<i4', 'fortran_order': False, 'shape': (7,), }     \n"));
    check(
        header,
        &[12, 4],
        Some("{'descr': '<i4', 'fortran_order': False, 'shape': (12, 4), }  \n"),
    );
    check(header, &[], Some("{'descr': '<i4', 'fortran_order': False, 'shape': (), }       \n"));
    check(
        header,
        &[300_000],
        Some("{'descr': '<i4', 'fortran_order': False, 'shape': (300000,), }\n"),
    );
    check(header, &[3_000_000], None);
    let other = "{\"shape\":(3,),\"fortran_order\":True,\"descr\":('<i4',(2,))}#  ";
    check(other, &[10], Some("{\"shape\":(10,),\"fortran_order\":True,\"descr\":('<i4',(2,))}# "));
    check(other, &[1000], None);
    let tight = "{'shape':(9,), 'descr':'|u1', 'shape':((3,)), 'fortran_order':False}";
    check(
        tight,
        &[8],
        Some("{'shape':(9,), 'descr':'|u1', 'shape':((8,)), 'fortran_order':False}"),
    );
    check(tight, &[10], None);
}

#[test]
fn headers_of_numpy_have_room_to_grow() {
    for shape in [vec![0], vec![5, 3]] {
        let bytes = Header::to_bytes(&Dtype::UINT8, &shape, Order::C, None).expect("a header");
        let header = header_of(&[bytes, vec![0; 64]].concat()).expect("a header");
        let grown = [&[u64::MAX], &shape[1..]].concat();
        let rewritten = header.rewritten(&grown).expect("room");
        assert_eq!((rewritten.len() as u64, rewritten.last()), (header.offset, Some(&b'\n')));
    }
}

#[test]
fn a_header_has_at_most_10_000_bytes_by_default() {
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}";
    let padded = |length: usize| file_of(&format!("{header:length$}"), &[7, 8]);
    assert_eq!(
        open(&padded(10_000), Mode::ReadOnly).1.expect("an array").read(&[]),
        Ok(vec![7, 8])
    );
    let error = refused(open(&padded(10_001), Mode::ReadOnly).1);
    assert!(matches!(error, Error::LimitExceeded(_)), "{error:?}");
}

#[test]
fn every_header_that_create_npy_writes_is_read_with_max_header_size() {
    let fields = |field: &dyn Fn(usize) -> String, count: usize| {
        (0..count).map(field).collect::<Vec<_>>().join(", ")
    };
    let named = |count| fields(&|number| format!("('f{number}', '<i4')"), count);
    let names = |count| fields(&|number| format!("'{number:x}'"), count);
    let dtypes = [
        format!("[{}]", named(1000)),
        // The longest texts, of the most fields, with the most characters that are escaped.
        "b,".repeat(MAX_DTYPE / 2 - 1) + "b",
        format!("[{}]", named(11_000)),
        format!("[('{}', 'i4')]", "\u{1}".repeat(MAX_DTYPE - 100)),
        format!("[('{}', 'i4')]", "\u{e000}".repeat((MAX_DTYPE - 100) / 3)),
        format!("[('{}', 'i4')]", "\u{10ffff}".repeat((MAX_DTYPE - 100) / 4)),
        format!("[(('{}', 'a'), 'i4')]", "\u{1}".repeat(MAX_DTYPE - 100)),
        // A gap before every field is a field of its own in the file.
        format!(
            "{{'names': [{}], 'formats': [{}], 'offsets': [{}]}}",
            names(12_000),
            fields(&|_| "'b'".into(), 12_000),
            fields(&|number| (2 * number + 1).to_string(), 12_000)
        ),
    ];
    for dtype in dtypes {
        let start: String = dtype.chars().take(40).collect();
        let disk = Disk::default();
        let options =
            NpyOptions { dtype: Some(dtype), shape: vec![1], order: Order::C, version: None };
        let created = Memmap::create_npy(&disk.preopens(), "a.npy", &options)
            .unwrap_or_else(|error| panic!("{start}: {error}"))
            .info()
            .expect("an open array");
        let open = |max| Memmap::open_npy(&disk.preopens(), "a.npy", Mode::ReadOnly, max);
        let error = refused(open(None));
        assert!(matches!(error, Error::LimitExceeded(_)), "{start}: {error}");
        for part in ["Header info length (", "`max-header-size`"] {
            assert!(error.message().contains(part), "{start}: {error}");
        }
        for max in [MAX_NPY_HEADER, u64::MAX] {
            let array = open(Some(max)).unwrap_or_else(|error| panic!("{start}: {error}"));
            let info = array.info().expect("an open array");
            assert!((info.dtype, info.shape) == (created.dtype.clone(), vec![1]), "{start}");
        }
    }
}

/// Opens a file of version 2.0 with a header, with the largest header limit.
fn with_long_header(header: &str) -> Result<Memmap<BufferedRegion<MemoryFile>>> {
    let length = u32::try_from(header.len()).expect("a header of less than 4 GiB");
    let bytes = [
        b"\x93NUMPY\x02\x00",
        length.to_le_bytes().as_slice(),
        header.as_bytes(),
        &vec![0; 1 << 20],
    ]
    .concat();
    let disk = Disk::with(&[("a.npy", &bytes)]);
    Memmap::open_npy(&disk.preopens(), "a.npy", Mode::ReadOnly, Some(u64::MAX))
}

#[test]
fn the_values_and_fields_of_a_long_header_are_limited() {
    let header =
        |descr: &str| format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (1,), }}\n");
    let fields = |count: usize| {
        let fields: Vec<_> = (0..count).map(|field| format!("('f{field}', '|u1')")).collect();
        header(&format!("[{}]", fields.join(", ")))
    };
    let array = with_long_header(&fields(100_000)).expect("a header of less than 4 MiB");
    assert_eq!(array.info().expect("an open array").item_size, 100_000);
    for (header, what) in [
        (fields(250_000), "4194304"),
        (header(&format!("[{}]", "0,".repeat(1 << 20))), "more than 524288 values"),
        (header(&format!("[{}]", "[[]],".repeat(1 << 18))), "more than 524288 values"),
        (header(&format!("'{}'", "V0,".repeat(1 << 18))), "at most 131072 fields"),
    ] {
        let error = refused(with_long_header(&header));
        assert!(error.message().contains(what), "{error}");
    }
}

#[test]
fn mode_write_does_not_open_npy_files() {
    let bytes = fixture("arrays/1d.npy");
    let (disk, array) = open(&bytes, Mode::Write);
    assert!(matches!(array, Err(Error::InvalidArgument(_))));
    assert_eq!(disk.bytes("a.npy"), bytes);
}

#[test]
fn any_spelling_of_a_header_has_the_same_meaning() {
    let space = prop::collection::vec(prop::sample::select(vec![" ", "\n", "\t", "# ')}\n"]), 0..3);
    let spaces = prop::collection::vec(space.prop_map(|pieces| pieces.concat()), 20);
    let shape = prop::collection::vec(0_u64..4, 0..4);
    let keys = Just(["descr", "fortran_order", "shape"]).prop_shuffle();
    let input = (spaces, shape, keys, any::<(bool, bool, bool, bool)>());
    try_random(500, &input, |(spaces, shape, keys, (fortran, double, long, comma))| {
        let mut spaces = spaces.iter().cycle();
        let mut spaced = |tokens: &[&str]| {
            tokens.iter().fold(String::new(), |text, token| {
                text + token + spaces.next().map_or("", String::as_str)
            })
        };
        let quote = if double { "\"" } else { "'" };
        let numbers: Vec<_> =
            shape.iter().map(|length| format!("{length}{}", if long { "L" } else { "" })).collect();
        let value = |key| match key {
            "descr" => format!("{quote}>i2{quote}"),
            "shape" if numbers.len() == 1 => format!("({},)", numbers[0]),
            "shape" => format!("({})", numbers.join(",")),
            _ => (if fortran { "True" } else { "False" }).to_string(),
        };
        let mut header = spaced(&["{"]);
        for (number, key) in keys.into_iter().enumerate() {
            let end = if number < 2 || comma { "," } else { "" };
            header += &spaced(&[&format!("{quote}{key}{quote}"), ":", &value(key), end]);
        }
        header += &spaced(&["}"]);

        let array = open(&file_of(&header, &[1; 64]), Mode::ReadOnly)
            .1
            .unwrap_or_else(|error| panic!("{header}: {error}"));
        let info = array.info().expect("an open array");
        assert_eq!(
            (info.dtype.as_str(), &info.shape, info.offset),
            (">i2", &shape, 10 + header.len() as u64)
        );
    });
}

/// A change of one place in a file.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Change(usize, u8),
    Insert(usize, u8),
    Remove(usize, usize),
}

#[test]
fn a_damaged_file_fails_to_open_or_can_be_read() {
    let files: Vec<_> =
        manifest(is_good).iter().map(|(name, _)| fixture(&format!("arrays/{name}"))).collect();
    let alphabet = b"()[]{}'\",:#L0123456789 \n\\TrueFals<>|if\x00\xff\x80".to_vec();
    let byte = prop_oneof![3 => prop::sample::select(alphabet), 1 => any::<u8>()];
    let damage = prop_oneof![
        4 => (0_usize..150, byte.clone()).prop_map(|(at, byte)| Damage::Change(at, byte)),
        2 => (0_usize..150, byte).prop_map(|(at, byte)| Damage::Insert(at, byte)),
        2 => (0_usize..150, 1_usize..20).prop_map(|(at, count)| Damage::Remove(at, count)),
    ];
    try_random(
        4000,
        &(prop::sample::select(files), prop::collection::vec(damage, 1..5)),
        |(mut bytes, damages)| {
            for damage in damages {
                match damage {
                    Damage::Change(at, byte) if at < bytes.len() => bytes[at] = byte,
                    Damage::Insert(at, byte) => bytes.insert(at.min(bytes.len()), byte),
                    Damage::Remove(at, count) => {
                        _ = bytes.drain(at.min(bytes.len())..(at + count).min(bytes.len()));
                    }
                    Damage::Change(..) => {}
                }
            }
            let (disk, array) = open(&bytes, Mode::ReadWrite);
            match array {
                Ok(array) => {
                    let elements = array.read(&[]).expect("elements");
                    assert_eq!(elements.len() as u64, array.info().expect("an open array").nbytes);
                }
                Err(Error::Corrupt(_) | Error::Unsupported(_) | Error::LimitExceeded(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
            assert_eq!(disk.bytes("a.npy"), bytes);
        },
    );
}
