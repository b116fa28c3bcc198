//! The page `docs/redis.md` lists the commands that a store sends: all of them, and no others.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use filemap::store::{Durability, OpenOptions};

use super::server::RedisServer;
use super::{WRITE, long_value, try_open};
use crate::interrupter::Interrupter;
use crate::{RedisOptions, RedisStore};

/// Returns the shell command of the section "Permissions".
fn shell_command() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/redis.md");
    let page = std::fs::read_to_string(path).unwrap();
    let section = page.split("## Permissions\n").nth(1).unwrap();
    let code = section.split("```sh\n").nth(1).unwrap();
    code.split("```").next().unwrap().to_owned()
}

/// The commands that the page permits, as Redis writes them.
fn permitted(shell_command: &str) -> BTreeSet<String> {
    let words = shell_command.split_whitespace().map(|word| word.trim_matches('\''));
    words.filter_map(|word| word.strip_prefix('+')).map(str::to_owned).collect()
}

/// Makes every kind of call on the store with the prefix of the page, which lists a key without a
/// value.
fn use_store(store: &RedisStore) {
    let options = OpenOptions { durability: Durability::Full, ..WRITE };
    let opened = try_open(store, options, &Interrupter::new()).unwrap();
    let long = long_value(1);
    opened.set("a", &[b"1".to_vec()]).unwrap();
    opened.set("long", std::slice::from_ref(&long)).unwrap();
    opened.update(&[("b".into(), b"2".to_vec()), ("c".into(), long.clone())]).unwrap();
    assert_eq!(opened.set_default("d", b"4").unwrap(), b"4");
    assert!(opened.set_default("e", &long).unwrap() == long);
    #[cfg(feature = "keyvalue")]
    {
        assert_eq!(opened.increment("a", 1).unwrap(), 2);
        opened.increment("long", 1).unwrap_err();
    }
    let mut writer = opened.writer("f").unwrap();
    writer.write(&long).unwrap();
    writer.commit().unwrap();
    let mut reader = opened.reader_from("f", 0).unwrap().unwrap();
    assert!(reader.read(u64::MAX).unwrap() == long);
    drop(reader);
    assert!(opened.get("long").unwrap() == Some(long.clone()));
    assert_eq!(opened.get_range("long", 1, 2).unwrap().unwrap(), b"..");
    assert_eq!(opened.get_many(&["b".into(), "d".into()]).unwrap().len(), 2);
    assert_eq!(opened.size_of("long").unwrap(), Some(long.len() as u64));
    assert!(opened.contains("a").unwrap());
    assert_eq!(opened.len().unwrap(), 8);
    assert_eq!(opened.keys().unwrap().next(99).unwrap().len(), 8);
    assert_eq!(opened.items().unwrap().next(99).unwrap().len(), 7);
    assert!(opened.remove("a").unwrap());
    assert_eq!(opened.pop("b").unwrap().unwrap(), b"2");
    assert!(opened.pop_item().unwrap().is_some());
    assert_eq!(opened.verify().unwrap().missing, 1);
    assert!(opened.describe().contains("5 elements"));
    opened.clear().unwrap();
    assert_eq!(opened.len().unwrap(), 0);
}

/// The commands that a server has executed or refused.
fn sent(server: &RedisServer) -> BTreeSet<String> {
    let statistics = server.cli(&["INFO", "commandstats"]);
    let name = |line: &str| Some(line.strip_prefix("cmdstat_")?.split(':').next()?.to_owned());
    statistics.lines().filter_map(name).collect()
}

#[test]
fn a_user_with_the_permissions_of_the_page_can_use_a_store() {
    let server = RedisServer::start();
    let shell_command = shell_command();
    let port = server.host().split_once(':').unwrap().1.to_owned();
    let line = shell_command.replace("redis-cli", &format!("redis-cli -p {port}"));
    let output = Command::new("sh").args(["-c", &line]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "OK\n", "{output:?}");
    // `verify` looks for it twice.
    server.cli(&["ZADD", "{results}:keys", "0", "without a value"]);
    let options = RedisOptions::new(&server.url(), "results").unwrap();
    let options = options.credentials(Some("filemap"), "PASSWORD");
    use_store(&options.connect().unwrap());
    let mut sent = sent(&server);
    for of_the_test in ["acl|setuser", "info"] {
        sent.remove(of_the_test);
    }
    // Everybody may log in.
    sent.remove("auth");
    assert_eq!(sent, permitted(&shell_command), "what was sent (left), and what the page permits");
    // The user has no other store, and no other command.
    let other = RedisOptions::new(&server.url(), "other").unwrap();
    let other = other.credentials(Some("filemap"), "PASSWORD").connect().unwrap();
    assert!(try_open(&other, WRITE, &Interrupter::new()).is_err());
}
