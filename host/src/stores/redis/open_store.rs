//! An open store in Redis: the state that its streams, readers and writers share.
//!
//! A value is a string, and the keys are the members of a sorted set with equal scores, which Redis
//! keeps in the order of their bytes. Every change of a value changes the sorted set in the same
//! transaction. The string decides whether a key exists; the sorted set is for the order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use filemap::error::{Error, Result};
use filemap::message;
use filemap::store::rules;
use filemap::store::{Durability, OpenOptions};
use redis::Value;

use super::failure::Failure;
use super::link::{Link, Server, Session, command};
use super::names::Names;
use super::replies::{bytes, elements, exactly};
use crate::interrupter::Interrupter;

/// The maximum number of bytes of a short reply.
pub(super) const SHORT: u64 = 1 << 12;

/// An open store.
pub(super) struct OpenStore {
    /// The path that it was opened by.
    pub(super) path: String,
    pub(super) names: Names,
    pub(super) link: Link,
    options: OpenOptions,
    is_closed: AtomicBool,
}

impl OpenStore {
    /// Opens a store, and checks that the server can do what `options` ask for.
    pub(super) fn open(
        server: &Arc<Server>,
        names: &Names,
        path: &str,
        options: OpenOptions,
        interrupter: &Interrupter,
    ) -> Result<Arc<Self>> {
        let store = Self {
            path: path.to_owned(),
            names: names.clone(),
            link: Link::new(Arc::clone(server), interrupter.clone()),
            options,
            is_closed: AtomicBool::new(false),
        };
        let failed = |failure: Failure| failure.into_error("open the store", path);
        let mut session = store.link.session().map_err(failed)?;
        let kind = session.call(&command("TYPE", &[&store.names.index()]), SHORT);
        match kind.map_err(failed)? {
            Value::SimpleString(kind) if matches!(&*kind, "none" | "zset") => {}
            _ => {
                return Err(Error::Corrupt(message!(
                    "cannot open the store `{path}`: something else has put an entry of another \
                     type in the place of its keys"
                )));
            }
        }
        if !options.read_only && options.durability > Durability::None {
            syncs_always(&mut session, path)?;
        }
        drop(session);
        Ok(Arc::new(store))
    }

    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }

    /// Fails if the store is closed, or the host has ended the calls of the plugin.
    pub(super) fn live(&self) -> Result<()> {
        if self.is_closed() {
            return Err(rules::closed(&self.path));
        }
        let checked = self.link.checkpoint();
        checked.map_err(|error| Error::io("use the store", &self.path, &error))
    }

    /// Like [`live`](Self::live), for a call that changes the store.
    pub(super) fn writeable(&self) -> Result<()> {
        self.live()?;
        if self.options.read_only { Err(rules::read_only(&self.path)) } else { Ok(()) }
    }

    pub(super) fn read_failed(&self, key: &str, failure: Failure) -> Error {
        failure.into_error(&rules::reading(key), &self.path)
    }
}

/// Fails if the server does not sync every change before it replies.
fn syncs_always(session: &mut Session<'_>, path: &str) -> Result<()> {
    let setting = |session: &mut Session<'_>, name: &str| {
        let reply = session.call(&command("CONFIG", &["GET", name]), SHORT);
        let [_, value] = exactly(elements(reply?)?)?;
        bytes(value)
    };
    let refuse = |reason: &str| {
        Err(Error::Unsupported(message!(
            "cannot open the store `{path}` with the durability `data` or `full`: {reason}; use \
             `none`, or let the server have `appendonly yes` and `appendfsync always`"
        )))
    };
    for (name, needed) in [("appendonly", "yes"), ("appendfsync", "always")] {
        match setting(session, name) {
            Ok(value) if value == needed.as_bytes() => {}
            Ok(_) => return refuse(&format!("the server's `{name}` is not `{needed}`")),
            Err(Failure::Refused(_) | Failure::Reply) => {
                return refuse(&format!("the server does not tell its `{name}`"));
            }
            Err(failure) => return Err(failure.into_error("open the store", path)),
        }
    }
    Ok(())
}
