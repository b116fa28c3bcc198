//! Calls that are interrupted while the server neither stops sending nor stops reading, over TLS
//! and without it.

use std::sync::mpsc::channel;

use filemap::error::ErrorCode;

use super::false_server::{Peer, false_server, false_server_with_tls};
use super::server::RedisServer;
use super::{RedisStore, WRITE, connect, long_value, names, try_open};
use crate::interrupter::Interrupter;

/// More bytes than the system keeps for a socket.
const MANY: usize = 100 << 20;

/// Begins the reply to `get` of a long value, interrupts the plugin, and goes on for ever.
fn sends_for_ever(connection: &mut dyn Peer, interrupter: &Interrupter) {
    let start =
        format!("+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n:1\r\n:{MANY}\r\n${MANY}\r\n");
    connection.write_all(start.as_bytes()).unwrap();
    let piece = [b'.'; 1000];
    connection.write_all(&piece).unwrap();
    interrupter.interrupt();
    while connection.write_all(&piece).is_ok() {}
}

/// Interrupts the plugin when the first bytes of a request have come, and reads on. Returns how
/// many bytes have come.
fn reads_for_ever(connection: &mut dyn Peer, interrupter: &Interrupter) -> usize {
    interrupter.interrupt();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    while let Ok(count @ 1..) = connection.read(&mut buffer) {
        bytes += count;
    }
    bytes
}

/// What a false server answers.
type Answer = Box<dyn Fn(&mut dyn Peer) -> bool + Send>;

#[track_caller]
fn check_receiving(serve: impl FnOnce(Answer) -> RedisStore) {
    let interrupter = Interrupter::new();
    let other = interrupter.clone();
    let served = serve(Box::new(move |connection| {
        sends_for_ever(connection, &other);
        false
    }));
    let store = try_open(&served, WRITE, &interrupter).unwrap();
    let error = store.get("key").expect_err("it was interrupted");
    assert_eq!(error.code(), ErrorCode::Interrupted, "{error}");
}

#[track_caller]
fn check_sending(serve: impl FnOnce(Answer) -> RedisStore) {
    let interrupter = Interrupter::new();
    let (other, (sender, receiver)) = (interrupter.clone(), channel());
    let served = serve(Box::new(move |connection| {
        sender.send(reads_for_ever(connection, &other)).unwrap();
        false
    }));
    let store = try_open(&served, WRITE, &interrupter).unwrap();
    let item = |number| (format!("key {number}"), vec![0; 1 << 20]);
    let items: Vec<_> = (0..MANY >> 20).map(item).collect();
    let error = store.update(&items).expect_err("it was interrupted");
    assert_eq!(error.code(), ErrorCode::Interrupted, "{error}");
    // The server reads until the connection is closed.
    drop(store);
    let sent = receiver.recv().unwrap();
    assert!(sent < MANY, "{sent} bytes were sent");
}

#[test]
fn a_call_that_receives_without_a_pause_is_interrupted() {
    check_receiving(false_server);
}

#[test]
fn a_call_that_receives_over_tls_without_a_pause_is_interrupted() {
    check_receiving(false_server_with_tls);
}

#[test]
fn a_call_that_sends_without_a_pause_is_interrupted() {
    check_sending(false_server);
}

#[test]
fn a_call_that_sends_over_tls_without_a_pause_is_interrupted() {
    check_sending(false_server_with_tls);
}

#[test]
fn an_update_is_interrupted_before_it_has_copied_all_values() {
    let server = RedisServer::start();
    let interrupter = Interrupter::new();
    let store = try_open(&connect(&server), WRITE, &interrupter).unwrap();
    let items: Vec<_> = (0..50).map(|number| (number.to_string(), vec![0; 1000])).collect();
    interrupter.interrupt_at(1 << 20);
    store.update(&items).unwrap();
    let checkpoints = (1 << 20) - interrupter.checkpoints_left();
    // One when the items are looked at, one when they are copied.
    assert!(checkpoints >= 100, "{checkpoints}");
    server.cli(&["FLUSHALL"]);
    for checkpoint in 1..=checkpoints {
        interrupter.interrupt_at(checkpoint);
        assert_eq!(store.update(&items).unwrap_err().code(), ErrorCode::Interrupted);
        interrupter.reset();
    }
    assert!(names(&server).is_empty());
    store.update(&items).unwrap();
}

#[test]
fn a_reader_that_is_dropped_after_an_interruption_leaves_nothing_on_the_server() {
    let server = RedisServer::start();
    let interrupter = Interrupter::new();
    let store = try_open(&connect(&server), WRITE, &interrupter).unwrap();
    store.set("key", &[long_value(1)]).unwrap();
    let reader = store.reader_from("key", 0).unwrap().unwrap();
    interrupter.interrupt();
    drop(reader);
    interrupter.reset();
    // The server has executed what the drop has sent, because this comes after it.
    assert_eq!(store.len().unwrap(), 1);
    assert_eq!(names(&server), ["{test}:keys", "{test}:value:key"]);
}
