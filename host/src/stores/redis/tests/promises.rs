//! What holds when several hosts use a store, when the server dies, and when it hangs.

use std::time::{Duration, Instant};

use filemap::error::{Error, ErrorCode};
use filemap::store::{Durability, OpenOptions};

use super::server::RedisServer;
use super::{WRITE, connect, is_consistent, long_value, names, open, try_open};
use crate::interrupter::Interrupter;
use crate::stores::histories::{final_values, number, run, seeds};
use crate::{RedisOptions, RedisStore};

#[test]
fn calls_of_several_hosts_are_linearizable() {
    let server = RedisServer::with("--appendfsync no");
    for seed in seeds(100) {
        let prefix = seed.to_string();
        let keys: &[&str] = if seed % 2 == 0 { &["shared"] } else { &["a", "b", "c"] };
        // Each thread has a connection of its own, as a host has.
        let store = RedisStore::connect(&server.url(), &prefix).unwrap();
        for (key, events) in keys.iter().zip(run(&|| open(&store), keys, seed)) {
            let finals = final_values(&events).unwrap_or_else(|| {
                panic!("no order explains `{key}` (FILEMAP_TEST_SEED={seed}): {events:#?}")
            });
            let found = open(&store).get(key).unwrap().map(|bytes| number(&bytes));
            assert!(finals.contains(&found), "`{key}` is {found:?} and not one of {finals:?}");
        }
        let count: usize = keys.iter().filter(|key| open(&store).contains(key).unwrap()).count();
        assert_eq!(open(&store).len().unwrap(), count as u64, "the keys are those with values");
    }
}

#[test]
fn an_update_is_visible_to_another_host_as_a_whole() {
    let server = RedisServer::with("--appendfsync no");
    let [one, other] = [open(&connect(&server)), open(&connect(&server))];
    let items = |value: u8| {
        let item = |key: &str| (key.to_owned(), vec![value; 1000]);
        ["a", "b", "c"].map(item)
    };
    one.update(&items(0)).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| (1..=200).for_each(|value| one.update(&items(value)).unwrap()));
        let keys = ["a", "b", "c"].map(String::from);
        loop {
            let values = other.get_many(&keys).unwrap();
            assert!(values.iter().all(|value| *value == values[0]), "values of two updates");
            if values[0].as_ref().unwrap()[0] == 200 {
                break;
            }
        }
    });
}

#[test]
fn what_a_call_has_set_survives_the_death_of_the_server() {
    let mut server = RedisServer::start();
    let options = OpenOptions { durability: Durability::Full, ..WRITE };
    let store = try_open(&connect(&server), options, &Interrupter::new()).unwrap();
    let mut deaths = || {
        server.kill();
        server.restart();
    };
    store.set("set", &[b"1".to_vec()]).unwrap();
    deaths();
    assert_eq!(store.get("set").unwrap().as_deref(), Some(&b"1"[..]));
    deaths();
    store.set("long", &[long_value(1)]).unwrap();
    deaths();
    store.update(&[("a".into(), b"2".to_vec()), ("b".into(), long_value(2))]).unwrap();
    deaths();
    assert_eq!(store.set_default("default", b"3").unwrap(), b"3");
    deaths();
    assert_eq!(store.set_default("default", b"4").unwrap(), b"3");
    let mut writer = store.writer("writer").unwrap();
    writer.write(&long_value(5)).unwrap();
    deaths();
    writer.write(b"more").unwrap();
    deaths();
    writer.commit().unwrap();
    deaths();
    assert!(store.remove("a").unwrap());
    deaths();
    assert_eq!(store.pop("set").unwrap().as_deref(), Some(&b"1"[..]));
    let mut reader = store.reader_from("writer", 0).unwrap().unwrap();
    let mut keys = store.keys().unwrap();
    assert_eq!(keys.next(2).unwrap(), ["b", "default"]);
    deaths();
    assert_eq!(keys.next(9).unwrap(), ["long", "writer"]);
    assert!(reader.read(u64::MAX).unwrap() == [&long_value(5)[..], b"more"].concat());
    assert!(store.get("b").unwrap() == Some(long_value(2)));
    assert!(store.get("long").unwrap() == Some(long_value(1)));
    drop(reader);
    assert_eq!(store.len().unwrap(), 4);
    is_consistent(&server);
}

/// Kills the server while hosts write, at moments that differ. Whatever was acknowledged is there,
/// and every update is complete or absent.
#[test]
fn a_death_of_the_server_within_a_call_leaves_all_of_it_or_nothing() {
    let mut server = RedisServer::start();
    let options = OpenOptions { durability: Durability::Full, ..WRITE };
    let mut last = 0_u64;
    for round in 0..12 {
        let store = try_open(&connect(&server), options, &Interrupter::new()).unwrap();
        let (sender, receiver) = std::sync::mpsc::channel();
        let acknowledged = std::thread::scope(|scope| {
            let writer = scope.spawn(move || {
                let mut acknowledged = last;
                loop {
                    let value = (acknowledged + 1).to_le_bytes().to_vec();
                    let items = ["a", "b", "c"].map(|key| (key.to_owned(), value.clone()));
                    if store.update(&items).is_err() {
                        return acknowledged;
                    }
                    acknowledged += 1;
                    _ = sender.send(());
                }
            });
            (0..=round * 3).for_each(|_| receiver.recv().unwrap());
            server.kill();
            writer.join().unwrap()
        });
        server.restart();
        let store = open(&connect(&server));
        let values = store.get_many(&["a", "b", "c"].map(String::from)).unwrap();
        assert!(values.iter().all(|value| *value == values[0]), "a part of an update");
        last = u64::from_le_bytes(values[0].as_ref().unwrap()[..].try_into().unwrap());
        // The update that was under way may have happened.
        assert!(last == acknowledged || last == acknowledged + 1, "{last}, {acknowledged}");
        is_consistent(&server);
    }
}

#[test]
fn durability_is_unsupported_unless_the_server_syncs_every_change() {
    for (settings, is_durable) in [
        ("", true),
        ("--appendfsync everysec", false),
        ("--appendfsync no", false),
        ("--appendonly no", false),
        ("--rename-command CONFIG ''", false),
    ] {
        let server = RedisServer::with(settings);
        let store = connect(&server);
        for durability in [Durability::Data, Durability::Full] {
            let options = OpenOptions { durability, ..WRITE };
            let opened = try_open(&store, options, &Interrupter::new());
            let code = opened.err().map(|error| error.code());
            assert_eq!(code, (!is_durable).then_some(ErrorCode::Unsupported), "{settings}");
            // Nothing is written, so that nothing has to be durable.
            let reads = OpenOptions { read_only: true, ..options };
            assert!(try_open(&store, reads, &Interrupter::new()).is_ok(), "{settings}");
        }
        assert!(try_open(&store, WRITE, &Interrupter::new()).is_ok(), "{settings}");
    }
}

#[test]
fn a_server_that_is_not_there_is_unavailable_until_it_is_there_again() {
    let mut server = RedisServer::start();
    let served = connect(&server);
    let store = open(&served);
    store.set("key", &[b"value".to_vec()]).unwrap();
    server.kill();
    let error = try_open(&served, WRITE, &Interrupter::new()).err().unwrap();
    assert_eq!(error.code(), ErrorCode::Unavailable);
    let port = server.host().split_once(':').unwrap().1.to_owned();
    for error in [
        store.get("key").unwrap_err(),
        store.set("key", &[b"new".to_vec()]).unwrap_err(),
        store.keys().unwrap().next(1).unwrap_err(),
        store.len().unwrap_err(),
    ] {
        assert_eq!(error.code(), ErrorCode::Unavailable);
        assert!(error.message().contains("`results`"), "{error}");
        assert!(!error.message().contains(&port), "a plugin does not learn the address: {error}");
    }
    assert_eq!(store.describe(), "<Redis: results, unknown elements, values cannot be mapped>");
    assert!(RedisStore::connect(&server.url(), "test").is_err());
    server.restart();
    assert_eq!(store.get("key").unwrap().as_deref(), Some(&b"value"[..]));
}

#[test]
fn a_server_that_hangs_is_unavailable_after_the_timeout_and_keeps_the_order_of_calls() {
    let server = RedisServer::start();
    let options = RedisOptions::new(&server.url(), "test").unwrap();
    let store = open(&options.timeout(Duration::from_millis(100)).connect().unwrap());
    store.set("key", &[b"old".to_vec()]).unwrap();
    server.signal("-STOP");
    let begin = Instant::now();
    assert_eq!(store.set("key", &[b"1".to_vec()]).unwrap_err().code(), ErrorCode::Unavailable);
    assert!(begin.elapsed() >= Duration::from_millis(100));
    assert_eq!(store.get("key").unwrap_err().code(), ErrorCode::Unavailable);
    server.signal("-CONT");
    // The first call to get through comes after the ones that were given up.
    while store.set("key", &[b"2".to_vec()]).is_err() {}
    assert_eq!(store.get("key").unwrap().as_deref(), Some(&b"2"[..]));
    let other = open(&connect(&server));
    assert_eq!(other.get("key").unwrap().as_deref(), Some(&b"2"[..]));
}

#[test]
fn a_call_that_waits_for_the_server_is_interrupted() {
    let server = RedisServer::start();
    let interrupter = Interrupter::new();
    let options = RedisOptions::new(&server.url(), "test").unwrap();
    let served = options.timeout(Duration::from_hours(1)).connect().unwrap();
    let store = try_open(&served, WRITE, &interrupter).unwrap();
    store.set("key", &[b"value".to_vec()]).unwrap();
    let other = try_open(&served, WRITE, &interrupter).unwrap();
    server.signal("-STOP");
    // More bytes than the system keeps for a server that does not read.
    let many: Vec<_> =
        (0..100).map(|number| (format!("many {number}"), vec![0; 1 << 20])).collect();
    let calls: [&dyn Fn() -> Result<(), Error>; 6] = [
        &|| other.update(&many),
        &|| store.set("key", &[b"new".to_vec()]),
        &|| store.get("key").map(drop),
        &|| store.len().map(drop),
        &|| store.items()?.next(1).map(drop),
        &|| try_open(&served, WRITE, &interrupter).map(drop),
    ];
    for (number, call) in calls.iter().enumerate() {
        interrupter.set_deadline(Instant::now() + Duration::from_millis(30));
        assert_eq!(call().unwrap_err().code(), ErrorCode::Interrupted, "call {number}");
        // Every further call ends at once.
        assert_eq!(store.contains("key").unwrap_err().code(), ErrorCode::Interrupted);
        interrupter.reset();
    }
    server.signal("-CONT");
    // Each interrupted call has happened or not.
    let found = store.get("key").unwrap().unwrap();
    assert!(found == b"value" || found == b"new", "{} bytes", found.len());
    is_consistent_but_for_temporary(&server);
}

fn is_consistent_but_for_temporary(server: &RedisServer) {
    let names = names(server);
    let kept: Vec<_> = names.iter().filter(|name| !name.contains(":temporary:")).collect();
    assert_eq!(kept, ["{test}:keys", "{test}:value:key"]);
}

#[test]
fn a_full_server_is_no_space_and_keeps_the_old_values() {
    let server = RedisServer::with("--maxmemory 20mb --maxmemory-policy noeviction");
    let store = open(&connect(&server));
    store.set("key", &[b"old".to_vec()]).unwrap();
    let large = vec![1; 30 << 20];
    let error = store.set("key", std::slice::from_ref(&large)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NoSpace, "{error}");
    let items = [("a".into(), b"new".to_vec()), ("key".into(), large)];
    assert_eq!(store.update(&items).unwrap_err().code(), ErrorCode::NoSpace);
    assert_eq!(store.get("key").unwrap().as_deref(), Some(&b"old"[..]));
    assert_eq!(store.len().unwrap(), 1);
    is_consistent(&server);
}
