//! Helpers for the tests: plugins, the providers to run them with, and folders for them.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod cases;
pub(crate) mod changes;
pub(crate) mod child;
pub(crate) mod command;
pub(crate) mod crash;
pub(crate) mod executor;
pub(crate) mod exhaustion;
pub(crate) mod files;
pub(crate) mod folders;
pub(crate) mod fuse;
pub(crate) mod interface;
pub(crate) mod lines;
pub(crate) mod mounted;
pub(crate) mod neighbour;
pub(crate) mod process;
pub(crate) mod programs;
pub(crate) mod python;
pub(crate) mod random;
#[path = "../../host/src/stores/redis/tests/server.rs"]
pub(crate) mod redis;
pub(crate) mod run;
pub(crate) mod seccomp;
pub(crate) mod session;
