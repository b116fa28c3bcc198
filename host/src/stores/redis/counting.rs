//! Counters. Redis has `INCRBY`, but its numbers end at 2^63 - 1, and those of a store at 2^64 - 1
//! in every place. So the sum is computed here, by the rule for all kinds of store, and set in a
//! transaction that fails if another host has changed the value since it was read.

use filemap::error::Result;
use filemap::store::counter::{MAX_COUNTER, incremented};
use redis::Value;

use super::failure::{Failure, Outcome};
use super::link::{Session, command};
use super::open_store::{OpenStore, SHORT};
use super::reading::get_range;
use super::replies::{bytes, exactly, number};

impl OpenStore {
    pub(super) fn increment(&self, key: &str, delta: u64) -> Result<u64> {
        let name = self.check_settable(key)?;
        let failed = |failure: Failure| self.write_failed(key, failure);
        loop {
            let mut session = self.link.session().map_err(failed)?;
            let value = watch(&mut session, &name).map_err(failed)?;
            let sum = incremented(&self.path, key, value.as_deref(), delta);
            let Ok(sum) = sum else {
                session.unwatch().map_err(failed)?;
                return sum;
            };
            let commands = [command("SET", &[&name, &sum.to_string()]), self.list(&[key])];
            // Without replies, another host has changed the value since.
            if session.transact(&commands, SHORT).map_err(failed)?.is_some() {
                return Ok(sum);
            }
        }
    }
}

/// Watches a value, and returns as much of it as a counter can have, and one byte more.
fn watch(session: &mut Session<'_>, name: &str) -> Outcome<Option<Vec<u8>>> {
    let commands = [
        command("WATCH", &[name]),
        command("EXISTS", &[name]),
        get_range(name, 0, MAX_COUNTER + 1),
    ];
    let [watched, exists, value] = exactly(session.batch(&commands, SHORT)?)?;
    match watched {
        Value::Okay if number(&exists)? == 0 => Ok(None),
        Value::Okay => Ok(Some(bytes(value)?)),
        _ => Err(Failure::Reply),
    }
}
