//! Redis servers for tests.

#[path = "../../host/src/stores/redis/tests/server.rs"]
mod server;

pub(crate) use server::RedisServer;
