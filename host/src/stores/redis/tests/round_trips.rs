//! The round trips that `docs/redis.md` lists, by what the server has counted.

use filemap::error::Result;
use filemap::store::{Durability, OpenOptions};

use super::server::RedisServer;
use super::{WRITE, connect, open, try_open};
use crate::interrupter::Interrupter;

/// How often the server has read from a connection. Each short request is read at once.
fn reads(server: &RedisServer) -> u64 {
    let statistics = server.cli(&["INFO", "stats"]);
    let count = statistics.lines().find_map(|line| line.strip_prefix("total_reads_processed:"));
    count.unwrap().trim().parse().unwrap()
}

/// The number of requests of a call.
#[track_caller]
fn requests<T>(server: &RedisServer, call: impl FnOnce() -> Result<T>) -> u64 {
    let before = reads(server);
    let result = call();
    // Without the end of the first connection that asked, and the question of the second one.
    let count = reads(server) - before - 2;
    assert!(result.is_ok());
    count
}

#[test]
fn calls_take_as_many_round_trips_as_the_page_says() {
    let server = RedisServer::start();
    let served = connect(&server);
    let store = open(&served);
    let value = || b"1".to_vec();
    let count = |call: &dyn Fn() -> Result<()>| requests(&server, call);

    let durable = OpenOptions { durability: Durability::Full, ..WRITE };
    let open_with = |options| try_open(&served, options, &Interrupter::new());
    assert_eq!(requests(&server, || open_with(WRITE)), 2);
    assert_eq!(requests(&server, || open_with(durable)), 4);

    assert_eq!(count(&|| store.set("a", &[value()])), 1);
    assert_eq!(count(&|| store.update(&[("b".into(), value()), ("c".into(), value())])), 1);
    assert_eq!(count(&|| store.set_default("d", b"1").map(drop)), 1);
    assert_eq!(count(&|| store.get("a").map(drop)), 1);
    assert_eq!(count(&|| store.get_range("a", 0, 1).map(drop)), 1);
    assert_eq!(count(&|| store.size_of("a").map(drop)), 1);
    assert_eq!(count(&|| store.contains("a").map(drop)), 1);
    assert_eq!(count(&|| store.len().map(drop)), 1);
    assert_eq!(count(&|| store.reader_from("a", 0).map(drop)), 1);

    assert_eq!(count(&|| store.get_many(&["a".into(), "b".into()]).map(drop)), 2);
    #[cfg(feature = "keyvalue")]
    assert_eq!(count(&|| store.increment("a", 1).map(drop)), 2);
    assert_eq!(count(&|| store.keys()?.next(4).map(drop)), 1);
    assert_eq!(count(&|| store.items()?.next(4).map(drop)), 1 + 4);
    assert_eq!(count(&|| store.verify().map(drop)), 2 + 1);

    assert_eq!(count(&|| store.remove("a").map(drop)), 1);
    assert_eq!(count(&|| store.pop("b").map(drop)), 2);
    assert_eq!(count(&|| store.pop_item().map(drop)), 3);
    assert_eq!(count(&|| store.clear()), 2 + 1);
}
