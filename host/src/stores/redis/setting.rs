//! The calls that set values. Each change is one transaction, so that it happens at one moment for
//! every host, and a crash of the server leaves all of it or nothing.
//!
//! A value of more than [`PIECE`] bytes is uploaded before its transaction, in pieces: neither host
//! nor server has to hold a request of 128 MiB, and an interruption ends it soon.

use std::borrow::Cow;
use std::sync::Arc;

use filemap::checkpoint::PIECE;
use filemap::error::{Error, Result};
use filemap::limits::MAX_TRANSFER;
use filemap::store::rules::{
    self, check_items, check_new_key, check_read, check_value, last_of_each_key,
};
use redis::{Cmd, Value};

use super::failure::{Failure, Outcome};
use super::link::command;
use super::open_store::{OpenStore, SHORT};
use super::reading::get_range;
use super::replies::{bytes, exactly, number};
use super::upload::Upload;

/// A value that a transaction sets.
enum NewValue<'a> {
    Bytes(Cow<'a, [u8]>),
    Upload(Upload),
}

impl NewValue<'_> {
    /// Returns the commands that set the value.
    fn commands(&self, name: &str) -> Vec<Cmd> {
        match self {
            Self::Bytes(bytes) => {
                let mut set = command("SET", &[name]);
                set.arg(&**bytes);
                vec![set]
            }
            Self::Upload(upload) => upload.rename("RENAME", name).into(),
        }
    }

    fn forget(&mut self) {
        if let Self::Upload(upload) = self {
            upload.forget();
        }
    }
}

impl OpenStore {
    pub(super) fn write_failed(&self, key: &str, failure: Failure) -> Error {
        failure.into_error(&rules::writing(key), &self.path)
    }

    /// Fails if the store or the key cannot be written. Returns the name of the key's value.
    pub(super) fn check_settable(&self, key: &str) -> Result<String> {
        self.writeable()?;
        check_new_key(key)?;
        Ok(self.names.value(key).unwrap_or_default())
    }

    pub(super) fn set(self: &Arc<Self>, key: &str, parts: &[Vec<u8>]) -> Result<()> {
        self.writeable()?;
        check_value(parts.iter().map(|part| part.len() as u64).sum())?;
        let name = self.check_settable(key)?;
        let value = self.new_value(parts);
        let set = value.and_then(|value| self.commit(vec![(key, name, value)]));
        set.map_err(|failure| self.write_failed(key, failure))
    }

    pub(super) fn update(self: &Arc<Self>, items: &[(String, Vec<u8>)]) -> Result<()> {
        self.writeable()?;
        check_items(items)?;
        let mut values = Vec::new();
        let last = last_of_each_key(items);
        let Some(&first) = last.first() else { return Ok(()) };
        for &number in &last {
            check_new_key(&items[number].0)?;
        }
        for number in last {
            let (key, value) = &items[number];
            let name = self.check_settable(key)?;
            let value = self.new_value(std::slice::from_ref(value));
            let value = value.map_err(|failure| self.write_failed(key, failure))?;
            values.push((&**key, name, value));
        }
        self.commit(values).map_err(|failure| self.write_failed(&items[first].0, failure))
    }

    /// Returns a value for a transaction; a long one is uploaded.
    fn new_value<'a>(self: &Arc<Self>, parts: &'a [Vec<u8>]) -> Outcome<NewValue<'a>> {
        if parts.iter().map(Vec::len).sum::<usize>() <= PIECE {
            return Ok(NewValue::Bytes(match parts {
                [part] => Cow::Borrowed(part),
                parts => Cow::Owned(parts.concat()),
            }));
        }
        let mut upload = Upload::new(Arc::clone(self));
        parts.iter().try_for_each(|part| upload.append(part))?;
        finished(upload)
    }

    /// Gives keys their new values, in one transaction.
    fn commit(&self, mut values: Vec<(&str, String, NewValue<'_>)>) -> Outcome<()> {
        let mut session = self.link.session()?;
        let is_upload = |(_, _, value): &(_, _, NewValue<'_>)| matches!(value, NewValue::Upload(_));
        let has_uploads = values.iter().any(is_upload);
        if has_uploads {
            session.unwatch()?;
        }
        for (.., value) in &values {
            if let NewValue::Upload(upload) = value {
                upload.watch(&mut session)?;
            }
        }
        let keys: Vec<_> = values.iter().map(|(key, ..)| *key).collect();
        // Each command copies its value, and is dropped when the request has it.
        let set = values.iter().flat_map(|(_, name, value)| value.commands(name));
        let commands = set.chain([self.list(&keys)]);
        if has_uploads {
            session.transact(commands, SHORT)?.ok_or(Failure::Lost)?;
        } else {
            session.transact_always(commands, SHORT)?;
        }
        for (.., value) in &mut values {
            value.forget();
        }
        Ok(())
    }

    /// Gives a key the value of a writer.
    pub(super) fn commit_upload(&self, key: &str, upload: Upload) -> Result<()> {
        let name = self.check_settable(key)?;
        let committed = finished(upload).and_then(|value| self.commit(vec![(key, name, value)]));
        committed.map_err(|failure| self.write_failed(key, failure))
    }

    pub(super) fn set_default(self: &Arc<Self>, key: &str, value: &[u8]) -> Result<Vec<u8>> {
        self.writeable()?;
        check_value(value.len() as u64)?;
        let name = self.check_settable(key)?;
        let found = if value.len() <= PIECE {
            self.create(&name, key, value)
        } else {
            self.create_long(&name, key, value)
        };
        match found.map_err(|failure| self.write_failed(key, failure))? {
            None => Ok(value.to_vec()),
            Some((size, found)) => {
                check_read(key, size)?;
                Ok(found)
            }
        }
    }

    /// Sets a key that does not exist. Otherwise returns the length of its value, and as much of
    /// the value as one call moves.
    fn create(&self, name: &str, key: &str, value: &[u8]) -> Outcome<Option<(u64, Vec<u8>)>> {
        let mut set = command("SET", &[name]);
        set.arg(value).arg("NX");
        let commands =
            [set, command("STRLEN", &[name]), get_range(name, 0, MAX_TRANSFER), self.list(&[key])];
        let replies = self.link.session()?.transact_always(&commands, MAX_TRANSFER)?;
        let [created, size, found, _] = exactly(replies)?;
        match created {
            Value::Okay => Ok(None),
            Value::Nil => Ok(Some((number(&size)?, bytes(found)?))),
            _ => Err(Failure::Reply),
        }
    }

    /// Like [`create`](Self::create), for a value that has to be uploaded.
    fn create_long(
        self: &Arc<Self>,
        name: &str,
        key: &str,
        value: &[u8],
    ) -> Outcome<Option<(u64, Vec<u8>)>> {
        let mut upload = Upload::new(Arc::clone(self));
        loop {
            if let Some(found) = self.read(key, 0, MAX_TRANSFER)? {
                return Ok(Some(found));
            }
            if upload.length() == 0 {
                upload.append(value)?;
            }
            let mut session = self.link.session()?;
            session.unwatch()?;
            upload.watch(&mut session)?;
            let [rename, persist] = upload.rename("RENAMENX", name);
            let commands = [rename, persist, self.list(&[key])];
            let replies = session.transact(&commands, SHORT)?.ok_or(Failure::Lost)?;
            let [created, _, _] = exactly(replies)?;
            if number(&created)? == 1 {
                upload.forget();
                return Ok(None);
            }
            // Another host has set the key since.
        }
    }

    /// Returns the command that lists keys in the sorted set.
    pub(super) fn list(&self, keys: &[&str]) -> Cmd {
        let mut list = command("ZADD", &[&self.names.index()]);
        for key in keys {
            list.arg(0).arg(key);
        }
        list
    }
}

/// Ends an upload. A short value was not sent yet.
fn finished(mut upload: Upload) -> Outcome<NewValue<'static>> {
    Ok(match upload.finish()? {
        Some(bytes) => NewValue::Bytes(Cow::Owned(bytes)),
        None => NewValue::Upload(upload),
    })
}
