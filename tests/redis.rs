//! Stores in Redis: the cases of the contract suite that hold for every store, on a real server,
//! and the option `--store` of the command. The tests of the crate `filemap-host` have the rest.

mod support;

use filemap_host::{CtxBuilder, RedisStore};
use support::cases::tests_under_provider;
use support::folders::Folders;
use support::redis::RedisServer;
use support::run::{Outcome, Provider, run_within};

include!("programs/src/bin/contract/list.rs");

// After the list, whose macro they use.
#[path = "redis/command.rs"]
mod command;
#[path = "redis/deaths.rs"]
mod deaths;
#[path = "redis/keyvalue.rs"]
mod keyvalue;

/// Runs a case whose store is on the server of a URL.
fn run_case(provider: Provider, case: &str, url: &str) -> Outcome {
    let store = RedisStore::connect(url, "contract").unwrap();
    let limits = CtxBuilder::new().store_at("work/store", store);
    run_within(provider, "contract", &[case], &Folders::new(), &limits)
}

fn check(provider: Provider, case: &str) {
    let server = RedisServer::start();
    let outcome = run_case(provider, case, &server.url());
    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
}

macro_rules! tests_on_a_server {
    ($($case:ident)*) => {
        tests_under_provider! { native, Native: $($case)* }
        tests_under_provider! { asynchronous, Asynchronous: $($case)* }
    };
}
for_each_server_case!(tests_on_a_server);
