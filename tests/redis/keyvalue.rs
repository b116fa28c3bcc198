//! Buckets of `wasi:keyvalue` on a server.

use filemap_host::{CtxBuilder, RedisStore};

use crate::support::cases::tests_under_provider;
use crate::support::command::filemap;
use crate::support::folders::Folders;
use crate::support::programs::program;
use crate::support::redis::RedisServer;
use crate::support::run::{Provider, run_within};

mod cases {
    #![allow(unused_macros, reason = "the cases of directories are not for servers")]
    include!("../programs/src/bin/keyvalue/list.rs");
    pub(super) use {for_each_common_case, for_each_store_case};
}

/// Runs the test program with the bucket `default` on the server, and returns what it prints.
#[track_caller]
fn run(provider: Provider, arguments: &[&str], server: &RedisServer) -> String {
    let store = RedisStore::connect(&server.url(), "bucket").unwrap();
    let limits = CtxBuilder::new().store_at("default", store);
    let outcome = run_within(provider, "keyvalue", arguments, &Folders::new(), &limits);
    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
    outcome.stdout
}

fn check(provider: Provider, case: &str) {
    run(provider, &[case], &RedisServer::start());
}

macro_rules! tests_of_buckets {
    ($($case:ident)*) => {
        tests_under_provider! { native, Native: $($case)* }
        tests_under_provider! { asynchronous, Asynchronous: $($case)* }
    };
}

mod common {
    use super::*;
    cases::for_each_common_case!(tests_of_buckets);
}

mod stores {
    use super::*;
    cases::for_each_store_case!(tests_of_buckets);
}

#[test]
fn increments_of_several_connections_add_up() {
    const CONNECTIONS: usize = 4;
    const INCREMENTS: usize = 100;
    let server = RedisServer::start();
    let count = INCREMENTS.to_string();
    let outputs: Vec<_> = std::thread::scope(|scope| {
        let run = || run(Provider::Native, &["increment", &count], &server);
        let threads: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut sums: Vec<usize> =
        outputs.iter().flat_map(|it| it.lines()).map(|line| line.parse().unwrap()).collect();
    sums.sort_unstable();
    assert_eq!(sums, (1..=CONNECTIONS * INCREMENTS).collect::<Vec<_>>());
    assert_eq!(server.cli(&["GET", "{bucket}:value:shared"]), "400");
    assert_eq!(server.cli(&["ZRANGE", "{bucket}:keys", "0", "-1"]), "shared");
}

#[test]
fn redis_and_a_bucket_count_in_the_same_numbers() {
    let server = RedisServer::start();
    assert_eq!(run(Provider::Native, &["count"], &server), "1\n");
    assert_eq!(server.cli(&["INCRBY", "{bucket}:value:runs", "40"]), "41");
    assert_eq!(run(Provider::Asynchronous, &["count"], &server), "42\n");
}

#[test]
fn the_command_takes_a_bucket_from_its_options() {
    let server = RedisServer::start();
    for visits in 1..3 {
        let mut command = filemap();
        command.args(["run", "--store", &format!("default={}#visits", server.url())]);
        let output = command.arg(program("visits")).arg("home").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let expected = format!("visits of home: {visits}\n    home = {visits}\n");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    }
    assert_eq!(server.cli(&["GET", "{visits}:value:home"]), "2");
}
