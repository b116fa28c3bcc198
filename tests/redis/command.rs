//! `filemap run --store`.

use std::process::{Command, Output};

use crate::support::command::filemap;
use crate::support::folders::Folders;
use crate::support::programs::program;
use crate::support::redis::RedisServer;

const SECRET: &str = "open-sesame";

/// Returns a command that runs a case of the contract suite with these stores.
fn case(folders: &Folders, stores: &[&str]) -> Command {
    let mut command = filemap();
    command.args(["run", "--dir", &format!("{}::work", folders.work().display())]);
    for store in stores {
        command.args(["--store", store]);
    }
    command.arg(program("contract")).arg("store_returns_the_value_that_was_set");
    command
}

/// Runs a command that must fail, and returns what it says.
#[track_caller]
fn fails(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = String::from_utf8([stdout, stderr].concat()).unwrap();
    assert!(!status.success(), "{text}");
    assert!(!text.contains("sesame"), "{text}");
    text
}

#[track_caller]
fn succeeds(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_store_is_opened_by_its_path_and_its_entries_have_the_prefix() {
    let (server, folders) = (RedisServer::start(), Folders::new());
    succeeds(&mut case(&folders, &[&format!("work/store={}", server.url())]));
    assert_eq!(server.cli(&["GET", "{work/store}:value:key"]), "value");
    succeeds(&mut case(&folders, &[&format!("./work/store={}/3#other", server.url())]));
    assert_eq!(server.cli(&["-n", "3", "GET", "{other}:value:key"]), "value");
    assert!(!folders.work().join("store").exists());
}

#[test]
fn credentials_come_from_the_environment_or_a_file() {
    let server = RedisServer::with(&format!("--requirepass {SECRET}"));
    let folders = Folders::new();
    let store = format!("work/store={}", server.url());
    succeeds(case(&folders, &[&store]).env("FILEMAP_REDIS_PASSWORD", SECRET));
    let file = folders.work().join("password");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    succeeds(
        case(&folders, &[&store])
            .env("FILEMAP_REDIS_USERNAME", "default")
            .env("FILEMAP_REDIS_PASSWORD_FILE", &file),
    );
    let text = fails(&mut case(&folders, &[&store]));
    assert!(text.contains("does not allow it"), "{text}");
    let wrong = format!("{SECRET}-2");
    fails(case(&folders, &[&store]).env("FILEMAP_REDIS_PASSWORD", wrong));
    let missing = folders.work().join("missing");
    let text = fails(case(&folders, &[&store]).env("FILEMAP_REDIS_PASSWORD_FILE", missing));
    assert!(text.contains("`FILEMAP_REDIS_PASSWORD_FILE` names"), "{text}");
}

#[test]
fn an_invalid_store_is_an_error_that_does_not_repeat_a_password() {
    let folders = Folders::new();
    for (store, reason) in [
        ("work/store=redis://:open-sesame@localhost", "FILEMAP_REDIS_PASSWORD"),
        ("work/store=redis://open-sesame:x@localhost:port", "FILEMAP_REDIS_PASSWORD"),
        ("work/store=redis://localhost?password=open-sesame", "after which nothing is expected"),
        ("work/store=http://localhost", "neither `redis://` nor `rediss://`"),
        ("work/store=redis://localhost#{a}", "the prefix of a store"),
        ("=redis://localhost", "needs a path"),
        ("redis://localhost", "needs a path"),
    ] {
        let text = fails(&mut case(&folders, &[store]));
        assert!(text.contains(reason), "{store}: {text}");
    }
}

#[test]
fn a_server_that_cannot_be_reached_is_an_error_with_its_address() {
    let mut server = RedisServer::start();
    server.kill();
    let text = fails(&mut case(&Folders::new(), &[&format!("work/store={}", server.url())]));
    assert!(text.contains("failed to use the store `work/store`"), "{text}");
    assert!(text.contains(&server.host()), "{text}");
}
