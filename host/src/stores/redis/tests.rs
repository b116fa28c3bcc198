//! Stores on a real server, and on servers that misbehave.

mod credentials;
mod false_server;
mod false_servers;
mod interruptions;
mod permissions;
mod promises;
mod round_trips;
pub(crate) mod server;

use std::sync::Arc;

use filemap::error::{ErrorCode, Result};
use filemap::limits::MAX_TRANSFER;
use filemap::store::{Durability, OpenOptions};

use super::{KeyValueStore, RedisStore, ServedStore as _};
use crate::interrupter::Interrupter;
use server::RedisServer;

const WRITE: OpenOptions =
    OpenOptions { create: true, read_only: false, durability: Durability::None };

/// Opens a store as a plugin of another host does.
fn try_open(
    store: &RedisStore,
    options: OpenOptions,
    interrupter: &Interrupter,
) -> Result<Box<dyn KeyValueStore>> {
    store.open("results", options, interrupter)
}

fn open(store: &RedisStore) -> Box<dyn KeyValueStore> {
    try_open(store, WRITE, &Interrupter::new()).unwrap()
}

fn connect(server: &RedisServer) -> RedisStore {
    RedisStore::connect(&server.url(), "test").unwrap()
}

/// A value of more bytes than one request has, which ends with its number.
fn long_value(number: u64) -> Vec<u8> {
    let mut value = vec![b'.'; (5 << 20) + 7];
    value.extend(number.to_le_bytes());
    value
}

/// All names on a server.
fn names(server: &RedisServer) -> Vec<String> {
    let mut names: Vec<_> = server.cli(&["KEYS", "*"]).lines().map(str::to_owned).collect();
    names.sort();
    names
}

/// Checks that the sorted set lists exactly the keys that have values.
fn is_consistent(server: &RedisServer) {
    let listed = server.cli(&["ZRANGE", "{test}:keys", "-", "+", "BYLEX"]);
    let mut names = names(server);
    names.retain(|name| name != "{test}:keys");
    let listed: Vec<_> = listed
        .lines()
        .filter(|key| !key.is_empty())
        .map(|key| format!("{{test}}:value:{key}"))
        .collect();
    assert_eq!(names, listed);
}

#[test]
fn values_of_every_length_are_set_in_every_way() {
    let server = RedisServer::start();
    let store = open(&connect(&server));
    for (number, length) in
        [0, 1, 65_535, 65_536, 65_537, 1 << 20, (1 << 20) + 1, 3 << 20].into_iter().enumerate()
    {
        let value: Vec<u8> = (0..=250).cycle().take(length).collect();
        let parts = [value[..length / 3].to_vec(), value[length / 3..].to_vec()];
        store.set("set", &parts).unwrap();
        store.update(&[("update".into(), value.clone()), ("other".into(), b"x".into())]).unwrap();
        let new = format!("default {number}");
        assert!(store.set_default(&new, &value).unwrap() == value);
        assert!(store.set_default(&new, b"other").unwrap() == value);
        assert!(store.set_default(&new, &long_value(1)).unwrap() == value);
        let mut writer = store.writer("writer").unwrap();
        for piece in value.chunks(40_000) {
            writer.write(piece).unwrap();
        }
        writer.commit().unwrap();
        for key in ["set", "update", &new, "writer"] {
            assert!(store.get(key).unwrap() == Some(value.clone()), "{key}, {length} bytes");
            assert_eq!(store.size_of(key).unwrap(), Some(length as u64));
            let mut reader = store.reader_from(key, 0).unwrap().unwrap();
            let mut read = Vec::new();
            while let Some(piece) = Some(reader.read(50_000).unwrap()).filter(|it| !it.is_empty()) {
                read.extend(piece);
            }
            assert!(read == value, "{key}, {length} bytes");
        }
    }
    assert_eq!(server.cli(&["TTL", "{test}:value:set"]), "-1", "a value does not expire");
    is_consistent(&server);
}

#[test]
fn a_writer_or_reader_that_is_dropped_leaves_nothing_on_the_server() {
    let server = RedisServer::start();
    let store = open(&connect(&server));
    store.set("key", &[long_value(1)]).unwrap();
    let mut writer = store.writer("other").unwrap();
    writer.write(&long_value(2)).unwrap();
    let mut reader = store.reader_from("key", 0).unwrap().unwrap();
    assert_eq!(reader.read(3).unwrap(), b"...");
    let temporary: Vec<_> =
        names(&server).into_iter().filter(|name| name.starts_with("{test}:temporary:")).collect();
    assert_eq!(temporary.len(), 2);
    for name in &temporary {
        // If the host dies, the server removes them.
        let left: i64 = server.cli(&["TTL", name]).parse().unwrap();
        assert!((1..=3600).contains(&left), "{left}");
    }
    drop((writer, reader));
    // The server has executed what the drops have sent, because this comes after it.
    assert_eq!(store.len().unwrap(), 1);
    assert_eq!(names(&server), ["{test}:keys", "{test}:value:key"]);
}

#[test]
fn a_reader_keeps_its_value_while_another_host_changes_the_key() {
    let server = RedisServer::start();
    let [one, other] = [open(&connect(&server)), open(&connect(&server))];
    one.set("key", &[long_value(1)]).unwrap();
    let mut readers =
        [one.reader_from("key", 0).unwrap().unwrap(), one.reader_from("key", 9).unwrap().unwrap()];
    other.set("key", &[b"new".to_vec()]).unwrap();
    assert!(readers[0].read(u64::MAX).unwrap() == long_value(1));
    other.remove("key").unwrap();
    one.close();
    assert!(readers[1].read(u64::MAX).unwrap() == long_value(1)[9..]);
}

#[test]
fn prefixes_separate_stores() {
    let server = RedisServer::start();
    let open_at = |prefix| open(&RedisStore::connect(&server.url(), prefix).unwrap());
    let stores = ["a", "a:value:b", "b"].map(open_at);
    // Without braces around the prefix, these would be entries of the second store.
    for key in ["b:keys", "b:value:k", "}:keys"] {
        stores[0].set(key, &[b"x".to_vec()]).unwrap();
    }
    stores[1].set("k", &[b"y".to_vec()]).unwrap();
    assert_eq!(stores.each_ref().map(|store| store.len().unwrap()), [3, 1, 0]);
    stores[0].clear().unwrap();
    assert_eq!(stores[1].get("k").unwrap().as_deref(), Some(&b"y"[..]));
}

#[test]
fn an_entry_of_another_type_is_corrupt() {
    let server = RedisServer::start();
    let store = open(&connect(&server));
    server.cli(&["LPUSH", "{test}:value:key", "x"]);
    assert!(matches!(store.get("key"), Err(filemap::error::Error::Corrupt(_))));
    server.cli(&["SET", "{other}:keys", "x"]);
    let other = RedisStore::connect(&server.url(), "other").unwrap();
    let error = try_open(&other, WRITE, &Interrupter::new()).err().unwrap();
    assert!(matches!(error, filemap::error::Error::Corrupt(_)), "{error}");
}

#[test]
fn verify_counts_keys_without_a_value_and_pop_item_passes_them() {
    let server = RedisServer::start();
    let store = open(&connect(&server));
    for key in ["a", "b", "c"] {
        store.set(key, &[key.into()]).unwrap();
    }
    server.cli(&["DEL", "{test}:value:a", "{test}:value:c"]);
    let findings = store.verify().unwrap();
    assert_eq!((findings.missing, findings.missing_keys), (2, vec!["a".into(), "c".into()]));
    assert_eq!(store.pop_item().unwrap(), Some(("b".into(), b"b".to_vec())));
    assert_eq!(store.pop_item().unwrap(), None);
    assert_eq!(store.len().unwrap(), 0);
}

#[test]
fn the_limit_of_a_call_holds_for_all_values_together() {
    let server = RedisServer::with("--appendonly no");
    let store = open(&connect(&server));
    let half = usize::try_from(MAX_TRANSFER / 2).unwrap();
    store.set("half", &[vec![1; half]]).unwrap();
    store.set("byte", &[vec![2]]).unwrap();
    let get =
        |keys: &[&str]| store.get_many(&keys.iter().map(|&key| key.into()).collect::<Vec<_>>());
    for keys in [&["half", "byte", "half"][..], &["half"; 3]] {
        assert_eq!(get(keys).unwrap_err().code(), ErrorCode::LimitExceeded);
    }
    let lengths: Vec<_> = get(&["half", "other", "byte", &"k".repeat(300)])
        .unwrap()
        .into_iter()
        .map(|value| value.map(|bytes| bytes.len()))
        .collect();
    assert_eq!(lengths, [Some(half), None, Some(1), None]);
    let mut writer = store.writer("large").unwrap();
    (0..3).for_each(|_| writer.write(&vec![3; half]).unwrap());
    writer.commit().unwrap();
    for error in [
        store.get("large").unwrap_err(),
        store.get_range("large", 1, u64::MAX).unwrap_err(),
        store.pop("large").unwrap_err(),
        store.set_default("large", b"x").unwrap_err(),
    ] {
        assert_eq!(error.code(), ErrorCode::LimitExceeded);
        assert!(
            error.message().contains("201326592 bytes") || error.message().contains("201326591")
        );
    }
    assert_eq!(store.size_of("large").unwrap(), Some(3 * MAX_TRANSFER / 2));
    // The items before and after it are read.
    let mut items = store.items().unwrap();
    assert_eq!(items.next(9).unwrap().len(), 2);
    assert_eq!(items.next(9).unwrap_err().code(), ErrorCode::LimitExceeded);
    assert!(items.next(9).unwrap().is_empty());
}

#[test]
fn a_value_cannot_be_mapped() {
    let server = RedisServer::start();
    let store: Arc<dyn KeyValueStore> = open(&connect(&server)).into();
    store.set("key", &[b"value".to_vec()]).unwrap();
    let error = store.open_value("key", filemap::array::Mode::ReadOnly).unwrap_err();
    assert!(matches!(error, filemap::error::Error::Unsupported(_)), "{error}");
    assert!(store.open_value("other", filemap::array::Mode::ReadOnly).unwrap().is_none());
    assert_eq!(store.describe(), "<Redis: results, 1 elements, values cannot be mapped>");
    store.close();
    assert_eq!(store.describe(), "<Redis: results, closed>");
}
