//! `Store`.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};

use filemap_plugin::{Durability, Error, Mode, Store, StoreOptions};

use crate::support::fails;

fn open() -> Store {
    Store::open("work/store").unwrap()
}

pub(crate) fn store_works_like_a_map() {
    let store = open();
    assert_eq!((store.len(), store.is_empty()), (Ok(0), Ok(true)));
    store.insert("text", "a value").unwrap();
    store.insert("text", b"another value").unwrap();
    store.insert_parts("parts", ["one, ", "two"]).unwrap();
    assert_eq!(
        (store.get("text").unwrap().as_deref(), store.get("none")),
        (Some(&b"another value"[..]), Ok(None))
    );
    assert_eq!(store.get_range("text", 8, 100), Ok(Some(b"value".to_vec())));
    assert_eq!(store.get_many(["parts", "none"]), Ok(vec![Some(b"one, two".to_vec()), None]));
    assert_eq!((store.size_of("parts"), store.size_of("none")), (Ok(Some(8)), Ok(None)));
    assert_eq!((store.contains_key("text"), store.contains_key("none")), (Ok(true), Ok(false)));
    assert_eq!(store.get_or_insert("text", "unused").unwrap(), b"another value");
    assert_eq!(store.get_or_insert("new", "used").unwrap(), b"used");
    assert_eq!((store.len(), store.is_empty()), (Ok(3), Ok(false)));
    assert_eq!((store.remove("new"), store.remove("new")), (Ok(true), Ok(false)));
    assert_eq!(
        (store.pop("parts"), store.pop("parts")),
        (Ok(Some(b"one, two".to_vec())), Ok(None))
    );
    assert_eq!(store.pop_first(), Ok(Some(("text".to_owned(), b"another value".to_vec()))));
    assert_eq!(store.pop_first(), Ok(None));
}

pub(crate) fn store_returns_many_items_in_order() {
    let store = StoreOptions::new().durability(Durability::None).open("work/store").unwrap();
    let key = |number: u32| format!("key {number:04}");
    store.extend((0..2500).map(|number| (key(number), number.to_string()))).unwrap();
    let keys: Vec<String> = store.keys().unwrap().map(Result::unwrap).collect();
    assert!(keys.iter().cloned().eq((0..2500).map(key)));
    let items = store.items().unwrap().map(Result::unwrap);
    assert!(items.eq((0..2500).map(|number| (key(number), number.to_string().into_bytes()))));
    store.clear().unwrap();
    assert!(store.keys().unwrap().next().is_none() && store.items().unwrap().next().is_none());
}

pub(crate) fn store_iterators_end_when_the_store_is_closed() {
    let store = open();
    store.extend([("a", "1"), ("b", "2")]).unwrap();
    let (mut keys, mut items) = (store.keys().unwrap(), store.items().unwrap());
    store.close();
    fails(keys.next().unwrap(), Error::Closed, &[]);
    fails(items.next().unwrap(), Error::Closed, &[]);
    assert!(keys.next().is_none() && items.next().is_none());
}

pub(crate) fn store_items_continue_after_a_value_that_cannot_be_read() {
    let store = open();
    store.extend([("a", "1"), ("b", "2"), ("c", "3")]).unwrap();
    let lost = std::fs::read_dir("work/store").unwrap().map(|entry| entry.unwrap().path());
    let lost = lost.into_iter().find(|path| path.to_str().unwrap().contains("/b#")).unwrap();
    std::fs::remove_file(lost).unwrap();
    let items: Vec<_> = store.items().unwrap().collect();
    assert_eq!(items.iter().filter(|item| item.is_err()).count(), 1, "{items:?}");
    assert_eq!(items.iter().flatten().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    let findings = store.verify().unwrap();
    assert_eq!((findings.missing, findings.missing_keys), (1, vec!["b".to_owned()]));
    assert_eq!(
        (findings.unfinished, findings.outdated, findings.foreign, findings.foreign_names.len()),
        (0, 0, 0, 0)
    );
}

pub(crate) fn store_values_are_read_and_written_as_streams() {
    let store = open();
    let mut writer = BufWriter::new(store.writer("log").unwrap());
    for number in 0..10_000 {
        writeln!(writer, "line {number}").unwrap();
    }
    assert_eq!(store.get("log"), Ok(None));
    let mut writer = writer.into_inner().unwrap();
    writer.flush().unwrap();
    writer.commit().unwrap();
    let reader = store.reader("log").unwrap().unwrap();
    assert_eq!(BufReader::new(reader).lines().last().unwrap().unwrap(), "line 9999");
    let mut reader = store.reader("log").unwrap().unwrap();
    let mut beginning = [0; 5];
    assert_eq!(reader.read(&mut []).unwrap(), 0);
    reader.read_exact(&mut beginning).unwrap();
    assert_eq!(&beginning, b"line ");
    assert!(store.reader("none").unwrap().is_none());
    drop(store.writer("unwritten").unwrap());
    assert_eq!(store.len(), Ok(1));
}

pub(crate) fn store_errors_survive_io_errors() {
    let store = open();
    store.insert("key", "value").unwrap();
    let mut writer = store.writer("key").unwrap();
    store.close();
    let error = writer.write(b"more").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotConnected);
    assert_eq!(writer.write(b"more").unwrap_err().kind(), std::io::ErrorKind::NotConnected);
    fails(Err::<(), _>(Error::from(error)), Error::Closed, &["closed"]);
    fails(writer.commit(), Error::Closed, &[]);
}

pub(crate) fn store_value_is_an_array() {
    let store = open();
    store.insert("key", [1, 2, 3, 4]).unwrap();
    let array = store.value("key", Mode::ReadWrite).unwrap().unwrap();
    array.map_mut::<u8>().unwrap()[1] = 9;
    assert_eq!(store.get("key"), Ok(Some(vec![1, 9, 3, 4])));
    store.insert("key", "other").unwrap();
    assert_eq!(*array.view_as("<u2").unwrap().map::<u16>().unwrap(), [0x0901, 0x0403]);
    assert!(store.value("none", Mode::ReadOnly).unwrap().is_none());
    store.insert("empty", "").unwrap();
    assert!(store.value("empty", Mode::ReadOnly).unwrap().unwrap().map::<u8>().unwrap().is_empty());
}

pub(crate) fn store_display_is_pythons_repr() {
    let store = open();
    store.insert("key", "value").unwrap();
    assert!(store.to_string().starts_with("<File: work/store, 1 element"), "{store}");
    assert_eq!(store.to_string(), format!("{store:?}"));
}

pub(crate) fn store_options_decide_how_it_opens() {
    fails(StoreOptions::new().create(false).open("work/store"), Error::NotFound, &["work/store"]);
    fails(StoreOptions::new().read_only(true).open("work/store"), Error::NotFound, &["work/store"]);
    fails(Store::open("work/bytes.bin"), Error::InvalidArgument, &[]);
    fails(Store::open("fixed/store"), Error::AccessDenied, &[]);
    let store = StoreOptions::new().read_only(true).open("fixed/store").unwrap();
    assert_eq!(store.get("key"), Ok(Some(b"value".to_vec())));
    fails(store.insert("key", "other"), Error::AccessDenied, &["read-only"]);
    fails(store.remove("key"), Error::AccessDenied, &[]);
    let store = StoreOptions::new().durability(Durability::Full).open("work/store").unwrap();
    fails(store.insert(&"k".repeat(300), ""), Error::InvalidArgument, &["300 bytes", "235"]);
}
