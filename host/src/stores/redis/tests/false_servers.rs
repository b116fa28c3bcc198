//! Servers that answer something else than Redis does, or too slowly, or too much. Every call fails
//! with an error, and nothing panics.

use filemap::error::ErrorCode;

use super::false_server::false_server;
use super::{KeyValueStore, WRITE, open, try_open};
use crate::interrupter::Interrupter;

/// Makes every kind of call, and returns the codes of their errors.
fn codes(store: &dyn KeyValueStore) -> Vec<Option<ErrorCode>> {
    let items = [("key".to_owned(), b"value".to_vec())];
    let long = vec![vec![0; 2 << 20]];
    let writes = || {
        let mut writer = store.writer("key")?;
        writer.write(&vec![0; 100_000])?;
        writer.commit()
    };
    let errors = [
        store.get("key").err(),
        store.get_range("key", 1, 2).err(),
        store.get_many(&["key".into()]).err(),
        store.size_of("key").err(),
        store.reader_from("key", 0).err(),
        store.set("key", &[b"value".to_vec()]).err(),
        store.set("key", &long).err(),
        store.set_default("key", b"value").err(),
        store.set_default("key", &long[0]).err(),
        store.update(&items).err(),
        writes().err(),
        store.remove("key").err(),
        store.pop("key").err(),
        store.pop_item().err(),
        store.clear().err(),
        store.contains("key").err(),
        store.len().err(),
        store.keys().unwrap().next(1).err(),
        store.items().unwrap().next(1).err(),
        store.verify().err(),
    ];
    errors.into_iter().map(|error| error.map(|error| error.code())).collect()
}

#[test]
fn garbage_is_an_error_of_every_call() {
    let deep = "*1\r\n".repeat(1000).into_bytes();
    let garbage: [&[u8]; 24] = [
        b"",
        b"garbage\r\n",
        b"\xff\xfe\r\n",
        b"\r\n",
        b"-\r\n",
        b"-ERR \x1b[31m\r\n",
        b"-NOPERM user\r\n",
        b":x\r\n",
        b":99999999999999999999\r\n",
        b"$-5\r\n",
        b"$3\r\nab",
        b"$3\r\nabcde\r\n",
        b"$9223372036854775807\r\nab",
        b"*-7\r\n",
        b"*1000000000\r\n",
        b"*9223372036854775807\r\n",
        b"%9223372036854775807\r\n",
        b"|9223372036854775807\r\n",
        b"~9223372036854775807\r\n",
        b">9223372036854775807\r\n",
        b"=-1\r\n",
        b"!9223372036854775807\r\nx",
        b",nan\r\n",
        &deep,
    ];
    for bytes in garbage {
        let sent = bytes.to_vec();
        let store = open(&false_server(move |connection| {
            _ = connection.write_all(&sent);
            false
        }));
        for (number, code) in codes(&*store).into_iter().enumerate() {
            assert!(code.is_some(), "call {number} succeeds with {:?}", bytes.escape_ascii());
        }
        store.describe();
        store.close();
    }
}

#[test]
fn the_words_of_a_server_are_printable() {
    let store = open(&false_server(|connection| {
        connection.write_all("-EVIL \x1b[2J\u{9b}2J\u{202e}it\r\n".as_bytes()).is_ok()
    }));
    let error = store.len().unwrap_err();
    let words = r"the server answered EVIL \x1b[2J\x9b2J\u202eit";
    assert_eq!(error.message(), format!("cannot count the keys of `results`: {words}"));
}

#[test]
fn replies_of_the_wrong_type_or_number_are_errors() {
    for reply in [&b"+OK\r\n"[..], b":1\r\n", b"$-1\r\n", b"*-1\r\n", b"*1\r\n:1\r\n", b"#t\r\n"] {
        let sent = reply.repeat(20);
        let store = open(&false_server(move |connection| {
            _ = connection.write_all(&sent);
            false
        }));
        // Some of these are valid replies to some calls.
        codes(&*store);
        assert!(store.get("key").is_err(), "{}", reply.escape_ascii());
        assert!(store.update(&[("key".into(), Vec::new())]).is_err(), "{}", reply.escape_ascii());
    }
}

#[test]
fn a_reply_without_an_end_is_limit_exceeded() {
    for reply in [&b"$9223372036854775807\r\n"[..], b"+", b"*1000000000\r\n:1\r\n"] {
        let (start, more) = (reply.to_vec(), b":1\r\n".repeat(1000));
        let store = open(&false_server(move |connection| {
            _ = connection.write_all(&start);
            while connection.write_all(&more).is_ok() {}
            false
        }));
        let error = store.len().unwrap_err();
        assert_eq!(error.code(), ErrorCode::LimitExceeded, "{error}");
    }
}

#[test]
fn a_reply_that_comes_byte_by_byte_is_read_after_interruptions() {
    let interrupter = Interrupter::new();
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let receiver = std::sync::Mutex::new(receiver);
    let served = false_server(move |connection| {
        for byte in b":1234\r\n" {
            receiver.lock().unwrap().recv().unwrap();
            connection.write_all(&[*byte]).unwrap();
        }
        true
    });
    let store = try_open(&served, WRITE, &interrupter).unwrap();
    interrupter.set_deadline(std::time::Instant::now());
    for _ in 0..7 {
        // The reply of the call that is interrupted first comes in seven parts.
        interrupter.reset();
        interrupter.set_deadline(std::time::Instant::now() + std::time::Duration::from_millis(20));
        assert_eq!(store.len().unwrap_err().code(), ErrorCode::Interrupted);
        sender.send(()).unwrap();
    }
    interrupter.reset();
    (0..7).for_each(|_| sender.send(()).unwrap());
    assert_eq!(store.len().unwrap(), 1234);
}
