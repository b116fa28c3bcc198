//! The calls of a store: their results, errors and effects.

use filemap::error::Error;
use filemap::fs::{Directory as _, File as _, IoErrorKind, Preopens};
use filemap::limits::{MAX_QUOTED_KEY, MAX_TRANSFER};
use filemap::store::key::temporary_name;
use filemap::store::{Durability, OpenOptions};

use super::{READ, WRITE, contents, open, open_at};
use crate::memory::{Disk, Fault, MemoryFile};
use crate::refused;

#[test]
fn a_new_key_must_fit_with_every_generation() {
    let disk = Disk::default();
    let store = open(&disk, WRITE);
    let longest = "k".repeat(MAX_QUOTED_KEY);
    store.set(&longest, &[b"v"]).expect("a key that always fits");
    for key in ["k".repeat(MAX_QUOTED_KEY + 1), "é".repeat(40), "k".repeat(1 << 20)] {
        let refused = [
            store.set(&key, &[b"w"]),
            store.update(&[("a", b"w"), (&*key, b"w")]),
            store.set_default(&key, b"w").map(drop),
            store.writer(&key).map(drop),
        ];
        for result in refused {
            assert!(
                matches!(&result, Err(Error::InvalidArgument(text))
                if text.contains("at most 235")),
                "{result:?}"
            );
        }
        assert_eq!((store.get(&key), store.remove(&key)), (Ok(None), Ok(false)));
    }
    assert_eq!(disk.names(), [format!("{longest}#0")]);
}

#[test]
fn a_longer_key_of_zict_can_be_replaced_while_its_name_fits() {
    let key = "k".repeat(253);
    let disk = Disk::with(&[(&format!("{key}#0"), b"old")]);
    let store = open(&disk, WRITE);
    for _ in 1..10 {
        store.set(&key, &[b"v"]).expect("a name of 255 bytes");
    }
    let error = refused(store.set(&key, &[b"w"]));
    assert!(
        matches!(&error, Error::InvalidArgument(text) if text.contains("256 bytes")),
        "{error:?}"
    );
    assert_eq!(store.get(&key), Ok(Some(b"v".to_vec())));
    assert_eq!(disk.names(), [format!("{key}#9")]);
    assert_eq!(store.remove(&key), Ok(true));
    assert!(
        matches!(store.set(&key, &[b"w"]), Err(Error::InvalidArgument(_))),
        "it is a new key now"
    );
    assert!(disk.names().is_empty());
}

#[test]
fn a_stream_appends_the_announced_bytes() {
    let disk = Disk::default();
    let store = open(&disk, WRITE);
    let mut writer = store.writer("k").expect("a writer");
    writer.write(b"ab").expect("a write");
    let stream = |file: &MemoryFile, offset| Ok((file.clone(), offset));
    let (file, offset) = writer.append_stream(3, stream).expect("a stream");
    assert_eq!(offset, 2);

    for taken in 0..3 {
        file.write_all(&b"cd"[..taken], offset).expect("a write");
        let refused =
            [writer.write(b"x"), writer.append_stream(1, stream).map(drop), writer.commit()];
        for result in refused {
            let text = format!("has received {taken} of its 3 bytes");
            assert!(
                matches!(&result, Err(Error::InvalidArgument(found)) if found.contains(&text)),
                "{result:?}"
            );
        }
    }
    assert_eq!(store.get("k"), Ok(None));

    // A stream of the host can write more than its part.
    file.write_all(b"cde and more", offset).expect("a write");
    let (file, offset) = writer.append_stream(1, stream).expect("a stream");
    assert_eq!(offset, 5);
    assert!(
        matches!(writer.commit(), Err(Error::InvalidArgument(_))),
        "the bytes after the value do not count"
    );
    file.write_all(b"f and more", offset).expect("a write");
    writer.write(b"g").expect("a write");
    writer.commit().expect("a commit");
    assert_eq!(store.get("k"), Ok(Some(b"abcdefg".to_vec())));
    assert!(matches!(writer.append_stream(1, stream), Err(Error::Closed(_))));
    drop(file);
    assert_eq!(disk.names(), ["k#0"]);
}

#[test]
fn a_stream_is_limited_by_the_maximum_size_of_a_file() {
    let disk = Disk::default();
    let store = open(&disk, WRITE);
    let mut writer = store.writer("k").expect("a writer");
    for length in [u64::MAX, 1 << 63, 1 << 53] {
        let result = writer.append_stream(length, |_, offset| Ok(offset));
        assert!(
            matches!(&result, Err(Error::InvalidArgument(text))
                if text.contains("size limit of a file")),
            "{result:?}"
        );
    }
    let largest = writer.append_stream((1 << 53) - 1, |_, offset| Ok(offset));
    assert_eq!(largest, Ok(0));
    drop(writer);
    let mut writer = store.writer("k").expect("a writer");
    // No length was announced.
    writer.commit().expect("a commit");
    assert_eq!(store.get("k"), Ok(Some(Vec::new())));
}

#[test]
fn a_read_only_store_rejects_every_change() {
    let files: [(&str, &[u8]); 4] =
        [("k#1", b"old"), ("k#2", b"v"), ("%temporary-filemap#7", b"half"), ("x#", b"")];
    let disk = Disk::with(&files);
    let before = disk.image();
    let preopens = Preopens::new(vec![("data".to_string(), disk.root(false))]);
    for options in [READ, OpenOptions { create: true, durability: Durability::Full, ..READ }] {
        let store = open_at(&preopens, "data", options).expect("a store");
        let denied = [
            store.set("k", &[b"w"]),
            store.set("new", &[b"w"]),
            store.remove("k").map(drop),
            store.clear(),
        ];
        for result in denied {
            assert!(matches!(result, Err(Error::AccessDenied(_))), "{result:?}");
        }
        assert_eq!(contents(&store), [("k".to_string(), b"v".to_vec())]);
    }
    assert_eq!(disk.image(), before);
}

#[test]
fn a_closed_store_rejects_every_call() {
    let disk = Disk::with(&[("k#1", b"v"), ("x#", b"")]);
    let store = open(&disk, WRITE);
    store.close();
    store.close();
    let closed = [
        store.get("k").err(),
        store.get("none").err(),
        store.get_range("k", 0, 0).err(),
        store.size_of("k").err(),
        store.set("k", &[b"w"]).err(),
        store.remove("none").err(),
        store.contains("k").err(),
        store.len().err(),
        store.keys().err(),
        store.clear().err(),
    ];
    for error in closed {
        assert!(matches!(error, Some(Error::Closed(_))), "{error:?}");
    }
    assert_eq!(store.describe(), "<File: ., 1 elements, 1 other file ignored, closed>");
    assert_eq!(disk.names(), ["k#1", "x#"]);
}

#[test]
fn a_range_ends_at_the_end_of_the_value() {
    let store = open(&Disk::with(&[("k#1", b"abcdef")]), READ);
    let part =
        |offset, length| store.get_range("k", offset, length).expect("a part").expect("a value");
    assert_eq!(part(0, 6), b"abcdef");
    assert_eq!(part(2, 2), b"cd");
    assert_eq!(part(4, u64::MAX), b"ef");
    for offset in [6, 7, u64::MAX] {
        assert_eq!(part(offset, u64::MAX), b"");
    }
    assert_eq!(store.get_range("none", u64::MAX, u64::MAX), Ok(None));
}

#[test]
fn a_value_too_large_for_a_call_can_be_read_in_pieces_only() {
    let disk = Disk::default();
    disk.put_sparse("k#1", 1 << 40, b"abc");
    let store = open(&disk, WRITE);
    assert!(matches!(store.get("k"), Err(Error::LimitExceeded(_))));
    assert!(matches!(store.get_range("k", 1, MAX_TRANSFER + 1), Err(Error::LimitExceeded(_))));
    assert_eq!(store.get_range("k", 1, 3), Ok(Some(b"bc\0".to_vec())));
    assert_eq!(store.size_of("k"), Ok(Some(1 << 40)));

    let part = vec![0; 1 << 20];
    assert!(matches!(store.set("k", &vec![&part; 129]), Err(Error::LimitExceeded(_))));
    assert_eq!((disk.names(), disk.size("k#1")), (vec!["k#1".to_string()], 1 << 40));
}

#[test]
fn keys_are_returned_in_order_while_the_store_changes() {
    let disk = Disk::default();
    let store = open(&disk, WRITE);
    for key in ["b", "", "é", "a/c", "a", "B"] {
        store.set(key, &[b""]).expect("a write");
    }
    let mut stream = store.keys().expect("the keys");
    assert_eq!(stream.next(2), Ok(vec![String::new(), "B".into()]));
    assert_eq!(store.remove("B"), Ok(true));
    store.set("A", &[b""]).expect("a write");
    assert_eq!(stream.next(3), Ok(vec!["a".into(), "a/c".into(), "b".into()]));
    assert!(matches!(stream.next(0), Err(Error::InvalidArgument(_))));
    assert_eq!(stream.next(u32::MAX), Ok(vec!["é".into()]));
    assert_eq!(stream.next(1), Ok(vec![]));
}

#[test]
fn a_missing_file_is_an_error_and_its_key_can_be_removed() {
    let disk = Disk::with(&[("k#1", b"v"), ("m#2", b"w")]);
    let store = open(&disk, WRITE);
    disk.root(true).remove_file("k#1").expect("a removal");
    assert!(matches!(store.get("k"), Err(Error::NotFound(_))));
    assert_eq!((store.remove("k"), store.remove("k")), (Ok(true), Ok(false)));
    assert_eq!(contents(&store), [("m".to_string(), b"w".to_vec())]);
}

#[test]
fn a_failed_set_keeps_a_file_written_by_another_program() {
    let disk = Disk::with(&[("k#1", b"v")]);
    let store = open(&disk, WRITE);
    disk.put("k#2", b"by zict");
    disk.plan(1, Fault::Fails(IoErrorKind::NoSpace));
    assert!(matches!(store.set("k", &[b"w"]), Err(Error::NoSpace(_))));
    assert_eq!(disk.names(), ["k#1", "k#2"]);
}

#[test]
fn temporary_files_of_other_programs_are_skipped() {
    let disk = Disk::default();
    let store = open(&disk, WRITE);
    for generation in 0..16 {
        disk.put(&temporary_name(generation), b"theirs");
    }
    assert_eq!(store.set("k", &[b"v"]), Ok(()));
    assert_eq!(
        (disk.bytes("k#0"), disk.bytes(&temporary_name(15))),
        (b"v".to_vec(), b"theirs".to_vec())
    );

    for generation in 16..1000 {
        disk.put(&temporary_name(generation), b"theirs");
    }
    disk.plan(u64::MAX, Fault::CrashBefore);
    assert!(matches!(store.set("k", &[b"w"]), Err(Error::InvalidArgument(_))));
    assert!(disk.steps() < 100, "{} steps", disk.steps());
    assert_eq!(store.get("k"), Ok(Some(b"v".to_vec())));
}

#[test]
fn a_message_shows_a_key_short_and_printable() {
    let disk = Disk::with(&[("k%1B%5B2J#1", b"v")]);
    let store = open(&disk, READ);
    disk.plan(0, Fault::Fails(IoErrorKind::Other));
    let error = refused(store.get("k\u{1b}[2J"));
    assert!(
        error.message().contains(" the value of `k\\x1b[2J` in `.`: the file system answered"),
        "{error}"
    );
}
