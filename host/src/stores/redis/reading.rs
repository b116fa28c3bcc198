//! The calls that read: values, keys, and their number.

use filemap::error::Result;
use filemap::limits::{MAX_QUOTED_KEY, MAX_TRANSFER};
use filemap::message;
use filemap::store::rules::{check_keys, check_read, check_values};
use filemap::store::{Findings, StreamSource};
use redis::Cmd;

use super::failure::{Failure, Outcome};
use super::link::command;
use super::open_store::{OpenStore, SHORT};
use super::replies::{bytes, elements, exactly, number, optional_bytes};

/// The number of keys that `verify` and `clear` look up at a time.
pub(super) const KEYS_AT_A_TIME: u32 = 1000;

/// The maximum number of names of each kind in [`Findings`].
const MAX_LISTED_NAMES: usize = 10_000;

impl OpenStore {
    /// Returns the length of a value, and its bytes from `offset`, at most `max`, all of one
    /// moment.
    pub(super) fn read(&self, key: &str, offset: u64, max: u64) -> Outcome<Option<(u64, Vec<u8>)>> {
        let Some(name) = self.names.value(key) else { return Ok(None) };
        let commands = [
            command("EXISTS", &[&name]),
            command("STRLEN", &[&name]),
            get_range(&name, offset, max),
        ];
        let replies = self.link.session()?.transact_always(&commands, max)?;
        let [exists, size, data] = exactly(replies)?;
        if number(&exists)? == 0 {
            return Ok(None);
        }
        let data = if max == 0 { Vec::new() } else { bytes(data)? };
        Ok(Some((number(&size)?, data)))
    }

    pub(super) fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let read = self.read(key, 0, MAX_TRANSFER).map_err(|it| self.read_failed(key, it))?;
        let Some((size, data)) = read else { return Ok(None) };
        check_read(key, size)?;
        Ok(Some(data))
    }

    pub(super) fn get_range(&self, key: &str, offset: u64, length: u64) -> Result<Option<Vec<u8>>> {
        let max = length.min(MAX_TRANSFER);
        let read = self.read(key, offset, max).map_err(|it| self.read_failed(key, it))?;
        let Some((size, data)) = read else { return Ok(None) };
        check_read(key, length.min(size.saturating_sub(offset)))?;
        Ok(Some(data))
    }

    pub(super) fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>> {
        check_keys(keys.len())?;
        let failed = |failure: Failure| failure.into_error("read values in", &self.path);
        let names: Vec<_> = keys.iter().filter_map(|key| self.names.value(key)).collect();
        let mut values = Vec::new();
        if !names.is_empty() {
            let sizes: Vec<_> = names.iter().map(|name| command("STRLEN", &[name])).collect();
            let mut session = self.link.session().map_err(failed)?;
            let sizes = session.batch(&sizes, SHORT).map_err(failed)?;
            let sizes = sizes.iter().map(number).collect::<Outcome<Vec<_>>>().map_err(failed)?;
            check_values(sizes.into_iter().fold(0, u64::saturating_add))?;
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            // A value that has become longer since is too much for the session.
            let max = MAX_TRANSFER + SHORT * names.len() as u64;
            let found = session.call(&command("MGET", &names), max).map_err(failed)?;
            values = elements(found).map_err(failed)?;
        }
        let mut values = values.into_iter();
        let value = |key: &String| match self.names.value(key) {
            None => Ok(None),
            Some(_) => values.next().ok_or(Failure::Reply).and_then(optional_bytes),
        };
        keys.iter().map(value).collect::<Outcome<_>>().map_err(failed)
    }

    pub(super) fn size_of(&self, key: &str) -> Result<Option<u64>> {
        let read = self.read(key, 0, 0).map_err(|failure| self.read_failed(key, failure))?;
        Ok(read.map(|(size, _)| size))
    }

    pub(super) fn contains(&self, key: &str) -> Result<bool> {
        let Some(name) = self.names.value(key) else { return Ok(false) };
        let exists = self.ask(&command("EXISTS", &[&name]));
        Ok(exists.map_err(|failure| self.read_failed(key, failure))? > 0)
    }

    /// Returns the number of keys.
    pub(super) fn count(&self) -> Outcome<u64> {
        self.ask(&command("ZCARD", &[&self.names.index()]))
    }

    /// Sends a command whose reply is a number.
    fn ask(&self, command: &Cmd) -> Outcome<u64> {
        number(&self.link.session()?.call(command, SHORT)?)
    }

    /// Looks for the value of every key.
    pub(super) fn verify(&self) -> Result<Findings> {
        let failed = |failure: Failure| failure.into_error("verify the store", &self.path);
        let mut findings = Findings::default();
        let mut after: Option<String> = None;
        loop {
            let keys = self.keys_after(&(), after.as_deref(), KEYS_AT_A_TIME)?;
            let Some(last) = keys.last() else { return Ok(findings) };
            after = Some(last.clone());
            let exists = |key: &String| self.names.value(key).map(|it| command("EXISTS", &[&it]));
            let commands: Vec<_> = keys.iter().filter_map(exists).collect();
            let replies = self.link.session().and_then(|mut it| it.batch(&commands, SHORT));
            for (key, reply) in keys.into_iter().zip(replies.map_err(failed)?) {
                // The key may have been removed since.
                if number(&reply).map_err(failed)? == 0 && self.is_listed(&key).map_err(failed)? {
                    findings.missing += 1;
                    if findings.missing_keys.len() < MAX_LISTED_NAMES {
                        findings.missing_keys.push(key);
                    }
                }
            }
        }
    }

    /// Whether a key is listed although it has no value.
    fn is_listed(&self, key: &str) -> Outcome<bool> {
        let Some(name) = self.names.value(key) else { return Ok(false) };
        let commands =
            [command("EXISTS", &[&name]), command("ZSCORE", &[&self.names.index(), key])];
        let [exists, score] = exactly(self.link.session()?.transact_always(&commands, SHORT)?)?;
        Ok(number(&exists)? == 0 && optional_bytes(score)?.is_some())
    }

    /// Returns a line like Python's `repr`. It is complete only while the server answers.
    pub(super) fn describe(&self) -> String {
        let path = &self.path;
        if self.is_closed() {
            return message!("<Redis: {path}, closed>");
        }
        let count = self.count().map_or("unknown".into(), |count| count.to_string());
        message!("<Redis: {path}, {count} elements, values cannot be mapped>")
    }
}

impl StreamSource for OpenStore {
    type Session = ();

    fn begin(&self) -> Result<()> {
        self.live()
    }

    fn keys_after(&self, (): &(), after: Option<&str>, max: u32) -> Result<Vec<String>> {
        let failed = |failure: Failure| failure.into_error("list the keys of", &self.path);
        let mut from = match after {
            None => b"-".to_vec(),
            Some(key) => [b"(", key.as_bytes()].concat(),
        };
        let max_bytes = u64::from(max) * MAX_QUOTED_KEY as u64 + SHORT;
        loop {
            let mut range = command("ZRANGE", &[&self.names.index()]);
            range.arg(&from).arg(&["+", "BYLEX", "LIMIT", "0"]).arg(max);
            let found = self.link.session().and_then(|mut it| it.call(&range, max_bytes));
            let members = found
                .and_then(elements)
                .and_then(|it| it.into_iter().map(bytes).collect::<Outcome<Vec<_>>>());
            let members = members.map_err(failed)?;
            let Some(last) = members.last() else { return Ok(Vec::new()) };
            from = [b"(", &**last].concat();
            // No store has written the others.
            let keys = members.into_iter().filter_map(|member| String::from_utf8(member).ok());
            let keys: Vec<_> = keys.filter(|key| self.names.value(key).is_some()).collect();
            if !keys.is_empty() {
                return Ok(keys);
            }
        }
    }

    fn value(&self, (): &(), key: &str, moved: u64) -> Result<Option<Vec<u8>>> {
        let Some(value) = self.get(key)? else { return Ok(None) };
        check_values(moved.saturating_add(value.len() as u64))?;
        Ok(Some(value))
    }
}

/// Returns the command that reads `length` bytes of a string from `offset`.
pub(super) fn get_range(name: &str, offset: u64, length: u64) -> Cmd {
    // Redis counts in `i64`, and no string is nearly as long. An end before the start is an empty
    // range; a negative one would count from the end.
    let start = offset.min(i64::MAX as u64);
    let end = start.saturating_add(length.max(1) - 1).min(i64::MAX as u64);
    let mut command = command("GETRANGE", &[name]);
    command.arg(start).arg(end);
    command
}
