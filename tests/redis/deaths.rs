//! The cases once more, with a server that dies between the calls of the plugin. It is ended by
//! `SIGKILL` and started again with the files that it has left.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::run_case;
use crate::support::redis::RedisServer;
use crate::support::run::Provider;

/// Kills the server before the calls with the numbers 1, 2, 3, 4, and then each power of two. The
/// host has a span for each call.
struct Killer {
    server: Mutex<RedisServer>,
    calls: AtomicU64,
}

impl Subscriber for Killer {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("filemap_host")
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        if call < 5 || call.is_power_of_two() {
            let mut server = self.server.lock().unwrap();
            server.kill();
            server.restart();
        }
        Id::from_u64(call + 1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}
    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
    fn event(&self, _event: &Event<'_>) {}
    fn enter(&self, _span: &Id) {}
    fn exit(&self, _span: &Id) {}
}

fn check(provider: Provider, case: &str) {
    let server = RedisServer::start();
    let url = server.url();
    let killer =
        std::sync::Arc::new(Killer { server: Mutex::new(server), calls: AtomicU64::new(0) });
    let outcome = tracing::subscriber::with_default(std::sync::Arc::clone(&killer), || {
        run_case(provider, case, &url)
    });
    assert_eq!(outcome.exit, Ok(0), "{}", outcome.stderr);
    assert!(killer.calls.load(Ordering::Relaxed) > 1, "the server has died");
}

macro_rules! tests_with_deaths {
    ($($case:ident)*) => {
        $(#[test] fn $case() { check(Provider::Native, stringify!($case)); })*
    };
}
for_each_server_case!(tests_with_deaths);
