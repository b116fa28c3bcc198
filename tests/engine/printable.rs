//! Messages that quote names, keys and texts of other origin: they stay one printable line.

use filemap::array::{Memmap, Mode, NpyOptions, OpenOptions};
use filemap::error::{Error, ErrorCode, printable};
use filemap::layout::Order;
use filemap::region::BufferedRegion;
use filemap::store::{Durability, OpenOptions as StoreOptions, Registry, Store};

use crate::memory::{Disk, MemoryDirectory, MemoryFile};
use crate::refused;

type Array = Memmap<BufferedRegion<MemoryFile>>;

/// A name that begins a line, clears a terminal in two ways, and reverses what follows.
const NAME: &str = "a\nb\x1b[2J\u{9b}2J\u{202e}\x7f";

/// How a message quotes it.
const QUOTED: &str = r"a\nb\x1b[2J\x9b2J\u202e\x7f";

/// Checks an error whose message quotes [`NAME`].
#[track_caller]
fn check(error: &Error, code: ErrorCode) {
    assert_eq!(error.code(), code, "{error:?}");
    assert!(error.message().contains(QUOTED), "{error:?}");
    assert!(!error.message().contains(char::is_control), "{error:?}");
}

fn array(disk: &Disk, path: &str, options: &OpenOptions) -> filemap::error::Result<Array> {
    Memmap::open(&disk.preopens(), path, options)
}

fn open_store(disk: &Disk, path: &str, read_only: bool) -> Store<MemoryDirectory> {
    let options = StoreOptions { create: false, read_only, durability: Durability::None };
    Store::open(&Registry::new(), &disk.preopens(), path, options).expect("a store")
}

fn bytes(mode: Mode) -> OpenOptions {
    OpenOptions { dtype: Some("u1".into()), mode, offset: 0, shape: None, order: Order::C }
}

#[test]
fn characters_are_escaped_as_python_escapes_them() {
    // The right side is what Python's `repr` prints between the quotes.
    for (text, expected) in [
        ("", ""),
        ("a b~", "a b~"),
        ("\t\r\n", r"\t\r\n"),
        ("\0\x1b\x1f\x7f", r"\x00\x1b\x1f\x7f"),
        ("\u{80}\u{9f}\u{a0}\u{ad}", r"\x80\x9f\xa0\xad"),
        (
            "\u{200b}\u{2028}\u{2029}\u{202e}\u{2066}\u{feff}",
            r"\u200b\u2028\u2029\u202e\u2066\ufeff",
        ),
        ("\u{e0001}", r"\U000e0001"),
        ("naïve 型 🦀 \u{fffd}", "naïve 型 🦀 \u{fffd}"),
    ] {
        assert_eq!(printable(text), expected);
        assert_eq!(printable(expected), expected, "an escape stays as it is");
    }
    assert_eq!(printable(r"C:\new"), r"C:\new", "a backslash is printable");
}

#[test]
fn a_path_is_quoted_printable() {
    let disk = Disk::with(&[(NAME, b"abc"), ("empty", b"")]);
    let missing = format!("{NAME}2");
    check(&refused(array(&disk, &missing, &bytes(Mode::ReadOnly))), ErrorCode::NotFound);
    let wrong = OpenOptions { dtype: Some("u2".into()), ..bytes(Mode::ReadOnly) };
    check(&refused(array(&disk, NAME, &wrong)), ErrorCode::InvalidArgument);
    let far = OpenOptions { offset: 9, ..bytes(Mode::ReadOnly) };
    check(&refused(array(&disk, NAME, &far)), ErrorCode::OutOfBounds);
    check(
        &refused(Array::open_npy(&disk.preopens(), NAME, Mode::ReadOnly, None)),
        ErrorCode::Corrupt,
    );

    let mut opened = array(&disk, NAME, &bytes(Mode::ReadOnly)).expect("an array");
    check(&refused(opened.write(&[], &[0; 3], None)), ErrorCode::AccessDenied);
    check(&refused(opened.resize(9)), ErrorCode::AccessDenied);
    disk.resize(NAME, 1);
    check(&refused(opened.read(&[])), ErrorCode::Truncated);
    opened.close();
    check(&refused(opened.read(&[])), ErrorCode::Closed);
}

#[test]
fn a_dtype_and_a_header_are_quoted_printable() {
    let disk = Disk::default();
    let with = |dtype: String| OpenOptions { dtype: Some(dtype), ..bytes(Mode::Write) };
    let parsed = |dtype: String| refused(array(&disk, "x", &with(dtype)));
    check(&parsed(NAME.into()), ErrorCode::InvalidArgument);
    check(&parsed(format!("f4,{NAME}")), ErrorCode::InvalidArgument);
    // A raw line break ends a literal, as in Python.
    let literal = NAME.replace('\n', r"\n");
    check(&parsed(format!("[('{literal}','i1'),('{literal}','i2')]")), ErrorCode::InvalidArgument);
    check(&parsed(format!("['{literal}',1]")), ErrorCode::InvalidArgument);

    let options = NpyOptions { dtype: None, shape: vec![1], order: Order::C, version: None };
    Array::create_npy(&disk.preopens(), "a.npy", &options).expect("an array");
    // An escape character, once in the dtype and once in a key.
    for (old, new, part) in [
        (&b"<f8"[..], &b"\x1bf8"[..], r"data type '\x1bf8' not understood"),
        (b"descr", b"de\x1bcr", r"unexpected key `de\x1bcr`"),
    ] {
        let mut file = disk.bytes("a.npy");
        let start = file.windows(old.len()).position(|bytes| bytes == old).expect("the header");
        file[start..start + old.len()].copy_from_slice(new);
        disk.put("b.npy", &file);
        let opened = Array::open_npy(&disk.preopens(), "b.npy", Mode::ReadOnly, None);
        let error = refused(opened);
        assert_eq!(error.code(), ErrorCode::Corrupt, "{error:?}");
        assert!(error.message().contains(part), "{error:?}");
        assert!(!error.message().contains(char::is_control), "{error:?}");
    }
}

#[test]
fn a_store_quotes_names_and_keys_printable() {
    let disk = Disk::with(&[(NAME, b"a value of zict 2")]);
    let store = open_store(&disk, ".", false);
    let error = refused(store.set(NAME, &[b"v"]));
    check(&error, ErrorCode::AccessDenied);
    let both = format!("the value of `{QUOTED}` is in the file `{QUOTED}`");
    assert!(error.message().contains(&both), "{error}");
    drop(store);

    let disk = Disk::default();
    disk.put_directory(NAME);
    let store = open_store(&disk, NAME, true);
    check(&refused(store.set("k", &[b"v"])), ErrorCode::AccessDenied);
    assert_eq!(store.describe(), format!("<File: {QUOTED}, 0 elements>"));
    store.close();
    check(&refused(store.get("k")), ErrorCode::Closed);
}
