//! The calls that remove keys, with their values.

use filemap::error::{Error, Result};
use filemap::limits::MAX_TRANSFER;
use filemap::store::StreamSource as _;
use filemap::store::rules::{self, check_read};
use redis::cmd;

use super::failure::Failure;
use super::link::command;
use super::open_store::{OpenStore, SHORT};
use super::reading::KEYS_AT_A_TIME;
use super::replies::{exactly, number, optional_bytes};

impl OpenStore {
    fn remove_failed(&self, key: &str, failure: Failure) -> Error {
        failure.into_error(&rules::removing(key), &self.path)
    }

    pub(super) fn remove(&self, key: &str) -> Result<bool> {
        self.writeable()?;
        let Some(name) = self.names.value(key) else { return Ok(false) };
        let commands = [command("UNLINK", &[&name]), command("ZREM", &[&self.names.index(), key])];
        let removed = || {
            let replies = self.link.session()?.transact_always(&commands, SHORT)?;
            let [removed, _] = exactly(replies)?;
            number(&removed)
        };
        Ok(removed().map_err(|failure| self.remove_failed(key, failure))? > 0)
    }

    pub(super) fn pop(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.writeable()?;
        let Some(name) = self.names.value(key) else { return Ok(None) };
        let failed = |failure: Failure| self.remove_failed(key, failure);
        let commands = [command("GETDEL", &[&name]), command("ZREM", &[&self.names.index(), key])];
        loop {
            let mut session = self.link.session().map_err(failed)?;
            let watch = [command("WATCH", &[&name]), command("STRLEN", &[&name])];
            let watched = session.batch(&watch, SHORT).and_then(exactly);
            let [_, size] = watched.map_err(failed)?;
            check_read(key, number(&size).map_err(failed)?)?;
            let popped = session.transact(&commands, MAX_TRANSFER).map_err(failed)?;
            // Without replies, another host has changed the value since.
            if let Some(replies) = popped {
                let popped = exactly(replies).and_then(|[value, _]| optional_bytes(value));
                return popped.map_err(failed);
            }
        }
    }

    pub(super) fn pop_item(&self) -> Result<Option<(String, Vec<u8>)>> {
        loop {
            self.writeable()?;
            let Some(key) = self.keys_after(&(), None, 1)?.pop() else { return Ok(None) };
            // Another host may have removed the key since.
            if let Some(value) = self.pop(&key)? {
                return Ok(Some((key, value)));
            }
        }
    }

    pub(super) fn clear(&self) -> Result<()> {
        self.writeable()?;
        let failed = |failure: Failure| failure.into_error("clear the store", &self.path);
        let mut after: Option<String> = None;
        loop {
            let keys = self.keys_after(&(), after.as_deref(), KEYS_AT_A_TIME)?;
            let Some(last) = keys.last() else { return Ok(()) };
            after = Some(last.clone());
            let (mut unlink, mut unlist) = (cmd("UNLINK"), cmd("ZREM"));
            unlist.arg(self.names.index());
            for key in &keys {
                unlink.arg(self.names.value(key));
                unlist.arg(key);
            }
            let mut session = self.link.session().map_err(failed)?;
            session.transact_always(&[unlink, unlist], SHORT).map_err(failed)?;
        }
    }
}
