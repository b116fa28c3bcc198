//! `filemap-host` in programs of others: both forms of its functions, the ways to link them, and
//! the features of Wasmtime that embedders use.

#[path = "embedding/engines.rs"]
mod engines;
#[path = "embedding/executor.rs"]
mod executor;
#[path = "embedding/host.rs"]
mod host;
#[path = "embedding/linking.rs"]
mod linking;
#[path = "embedding/service.rs"]
mod service;
#[path = "embedding/spans.rs"]
mod spans;
mod support;
#[path = "embedding/usage.rs"]
mod usage;
