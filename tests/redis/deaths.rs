//! The cases once more, with a server that dies between the calls of the plugin. It is ended by
//! `SIGKILL` and started again with the files that it has left.

use std::cell::RefCell;
use std::sync::Once;

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::run_case;
use crate::support::redis::RedisServer;
use crate::support::run::Provider;

/// Kills the server before the calls with the numbers 1, 2, 3, 4, and then each power of two.
struct Killer {
    server: RedisServer,
    calls: u64,
}

impl Killer {
    fn call(&mut self) {
        if self.calls < 5 || self.calls.is_power_of_two() {
            self.server.kill();
            self.server.restart();
        }
        self.calls += 1;
    }
}

thread_local! {
    /// The killer of the case that this thread runs.
    static KILLER: RefCell<Option<Killer>> = const { RefCell::new(None) };
}

/// Calls the killer of the thread at each span: the host has one for each call of a plugin.
///
/// It is the subscriber of the process. One for each thread would miss calls: the library remembers
/// for each kind of span whether anybody wants it, and tests in other threads change that.
struct Calls;

impl Subscriber for Calls {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("filemap_host")
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        KILLER.with_borrow_mut(|killer| killer.iter_mut().for_each(Killer::call));
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}
    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
    fn event(&self, _event: &Event<'_>) {}
    fn enter(&self, _span: &Id) {}
    fn exit(&self, _span: &Id) {}
}

fn check(provider: Provider, case: &str) {
    static SUBSCRIBED: Once = Once::new();
    SUBSCRIBED.call_once(|| tracing::subscriber::set_global_default(Calls).unwrap());
    let server = RedisServer::start();
    let url = server.url();
    KILLER.set(Some(Killer { server, calls: 0 }));
    let outcome = run_case(provider, case, &url);
    let calls = KILLER.take().map(|killer| killer.calls);
    assert_eq!(outcome.exit, Ok(0), "{}", outcome.stderr);
    assert!(calls > Some(1), "the server has died {calls:?} times");
}

macro_rules! tests_with_deaths {
    ($($case:ident)*) => {
        $(#[test] fn $case() { check(Provider::Native, stringify!($case)); })*
    };
}
for_each_server_case!(tests_with_deaths);
