//! The turn of one side: its operations as lines, with the answers that the model expects.
//!
//! A line is `OPERATION FIELD... = ANSWER`. Keys, values and texts are in hexadecimal, numbers are
//! decimal. An answer is `none`, `true`, `false`, a number, bytes, `KEY:VALUE`, a list
//! `[ANSWER,...]`, `!CODE` for an error, or `?` for an answer that the side prints.
//! `store/operations.py` implements the operations with zict; the test program
//! `tests/programs/src/bin/oracle/store` implements them with filemap.

use std::fmt::Write as _;

use super::super::lines::{encode, fields};
use super::super::support::folders::Folders;
use super::contents::{Contents, answer, list};
use super::pending::{Call, PendingAnswer, Walk};
use super::side::Side;

const CLOSED: &str = "!closed";
const REFUSED: &str = "!access-denied";

/// The lines of a turn, and the contents that they lead to.
pub(crate) struct Turn<'a> {
    pub(crate) side: Side,
    /// The side's path of the directory.
    path: String,
    writing: bool,
    closed: bool,
    pub(crate) contents: &'a mut Contents,
    lines: &'a mut String,
    pub(crate) pending: Vec<PendingAnswer>,
    /// The keys of which the side holds a reader and an array, and the values that these must have
    /// at the end of the turn.
    held: Vec<(String, String)>,
    walk: Option<Walk>,
}

impl<'a> Turn<'a> {
    /// Begins a turn in which a side opens the directory `place` in `grant`. With `writing` false,
    /// filemap opens it read-only; zict has no such option.
    pub(crate) fn begin(
        side: Side,
        (grant, place): (&str, &str),
        writing: bool,
        folders: &Folders,
        contents: &'a mut Contents,
        lines: &'a mut String,
    ) -> Self {
        let path = format!("{}/{place}", side.path(grant, folders));
        let (held, pending, walk) = (Vec::new(), Vec::new(), None);
        let mut turn =
            Self { side, path, writing, closed: false, contents, lines, pending, held, walk };
        turn.push(&format!("open {place} {}", if writing { "writing" } else { "reading" }), "none");
        turn
    }

    /// Ends the turn, and checks that the held readers and arrays have the bytes from when they
    /// were opened. Returns the pending answers.
    pub(crate) fn end(self) -> Vec<PendingAnswer> {
        let held = list(self.held.into_iter().map(|(_, value)| value));
        writeln!(self.lines, "held = {held}").expect("writing to a string succeeds");
        self.pending
    }

    /// Adds a line.
    fn push(&mut self, operation: &str, answer: &str) {
        writeln!(self.lines, "{operation} = {answer}").expect("writing to a string succeeds");
        if let Some(walk) = &mut self.walk {
            walk.states.push(self.contents.clone());
        }
    }

    /// Adds an operation that changes nothing.
    pub(crate) fn query(&mut self, operation: &str, answer: &str) {
        self.push(operation, if self.refuses_calls() { CLOSED } else { answer });
    }

    /// Adds an operation that changes these keys or is refused. `change` changes the contents and
    /// returns the answer.
    pub(crate) fn change(
        &mut self,
        operation: &str,
        keys: &[&str],
        change: impl FnOnce(&mut Contents) -> String,
    ) {
        let refused = |key: &&str| !self.may_change(key);
        let answer = if self.refuses_calls() {
            CLOSED.into()
        } else if keys.iter().any(refused) {
            REFUSED.into()
        } else {
            change(self.contents)
        };
        self.push(operation, &answer);
    }

    /// Returns whether the side refuses every call because the store is closed.
    fn refuses_calls(&self) -> bool {
        self.closed && !self.side.is_usable_after_close()
    }

    /// Returns whether the side may change the value of a key. filemap does not change a value
    /// whose file has no number.
    pub(crate) fn may_change(&self, key: &str) -> bool {
        let unnumbered = self.contents.get(key).is_some_and(|value| value.unnumbered.is_some());
        !unnumbered || self.side.changes_unnumbered()
    }

    /// Adds an operation that is refused as an invalid argument.
    pub(crate) fn query_invalid(&mut self, operation: &str) {
        self.query(operation, "!invalid-argument");
    }

    fn value(&self, key: &str) -> String {
        answer(self.contents.get(key))
    }

    /// Adds an operation that returns the value: `item`, `get` or `map`.
    pub(crate) fn read(&mut self, operation: &str, key: &str) {
        self.query(&format!("{operation} {}", encode(key)), &self.value(key));
    }

    pub(crate) fn read_in_pieces(&mut self, key: &str, piece: usize) {
        self.query(&format!("read {} {piece}", encode(key)), &self.value(key));
    }

    pub(crate) fn get_or(&mut self, key: &str, default: &[u8]) {
        let value = self.contents.get(key).map_or(default, |value| &value.bytes);
        let value = encode(value);
        self.query(&format!("get-or {} {}", encode(key), encode(default)), &value);
    }

    pub(crate) fn get_many(&mut self, keys: &[&str]) {
        let values = list(keys.iter().map(|key| self.value(key)));
        self.query(&format!("get-many{}", fields(keys)), &values);
    }

    pub(crate) fn get_range(&mut self, key: &str, offset: u64, length: u64) {
        let range = |bytes: &[u8]| {
            let bound =
                |position: u64| usize::try_from(position).unwrap_or(usize::MAX).min(bytes.len());
            encode(&bytes[bound(offset)..bound(offset.saturating_add(length))])
        };
        let part = self.contents.get(key).map_or("none".into(), |value| range(&value.bytes));
        self.query(&format!("get-range {} {offset} {length}", encode(key)), &part);
    }

    pub(crate) fn size_of(&mut self, key: &str) {
        let size =
            self.contents.get(key).map_or("none".into(), |value| value.bytes.len().to_string());
        self.query(&format!("size-of {}", encode(key)), &size);
    }

    pub(crate) fn contains(&mut self, key: &str) {
        let answer = self.contents.contains_key(key).to_string();
        self.query(&format!("contains {}", encode(key)), &answer);
    }

    pub(crate) fn len(&mut self) {
        let len = self.contents.len().to_string();
        self.query("len", &len);
    }

    /// Checks that the directory has one file for each key. This works on a closed store, too.
    pub(crate) fn count_files(&mut self) {
        let files = self.contents.len().to_string();
        self.push("files", &files);
    }

    /// Lists all keys, values or items; filemap lists at most `max` of them in each call.
    pub(crate) fn list(&mut self, operation: &str, max: usize) {
        let all = list(self.contents.iter().map(|(key, value)| match operation {
            "values" => encode(&value.bytes),
            "items" => format!("{}:{}", encode(key), encode(&value.bytes)),
            _ => encode(key),
        }));
        self.query(&format!("{operation} {max}"), &all);
    }

    /// Compares the store with this mapping.
    pub(crate) fn equals(&mut self, other: &[(String, Vec<u8>)]) {
        let same = other.len() == self.contents.len()
            && other
                .iter()
                .zip(self.contents.iter())
                .all(|((key, bytes), (had, value))| (key, bytes) == (had, &value.bytes));
        let other = fields(other.iter().flat_map(|(key, value)| [key.as_bytes(), value]));
        self.query(&format!("equals{other}"), &same.to_string());
    }

    pub(crate) fn describe(&mut self) {
        let (path, elements, remarks) =
            (&self.path, self.contents.len(), self.side.remarks(self.writing, self.closed));
        let text = format!("<File: {path}, {elements} elements{remarks}>");
        self.push("repr", &encode(text));
    }

    /// Checks by filemap's `verify` that no file is temporary, outdated or foreign, and that no
    /// file is missing.
    pub(crate) fn verify(&mut self) {
        assert_ne!(self.side, Side::Zict, "zict has no `verify`");
        self.query("verify", "[0,0,0,0]");
    }

    /// Opens a reader and an array of a value, which are read to the end when the turn ends.
    pub(crate) fn hold(&mut self, key: &str) {
        let value = self.value(key);
        self.query(&format!("hold {}", encode(key)), &value);
        if value != "none" && !self.refuses_calls() {
            self.held.push((key.to_owned(), value));
        }
    }

    /// Returns whether a reader or an array of the key is held.
    pub(crate) fn holds(&self, key: &str) -> bool {
        self.held.iter().any(|(held, _)| held == key)
    }

    /// Closes the store. The turn may go on: filemap then refuses every call, and zict does not.
    pub(crate) fn close(&mut self) {
        let streams = self.side != Side::Zict;
        if streams {
            self.push("walk items", "none");
        }
        self.push("close", "none");
        self.closed = true;
        if streams {
            self.push("next 1", CLOSED);
        }
    }

    /// Closes the store and opens it again.
    pub(crate) fn reopen(&mut self) {
        self.push("reopen", "none");
    }

    /// Opens a stream of keys or items, which is read while the store changes. zict raises
    /// `RuntimeError` in this case.
    pub(crate) fn start_walk(&mut self, items: bool) {
        assert_ne!(self.side, Side::Zict, "zict has no streams");
        self.push(if items { "walk items" } else { "walk keys" }, "none");
        self.walk = Some(Walk { items, states: vec![self.contents.clone()], calls: Vec::new() });
    }

    /// Reads at most `max` keys or items from the stream.
    pub(crate) fn continue_walk(&mut self, max: usize) {
        self.push(&format!("next {max}"), "?");
        let walk = self.walk.as_mut().expect("a stream is open");
        walk.calls.push(Call { max, states: walk.states.len() });
    }

    /// Reads the rest of the stream, and checks that it has then ended.
    pub(crate) fn finish_walk(&mut self) {
        self.continue_walk(1_000_000);
        self.push("next 1", "[]");
        self.pending.push(PendingAnswer::Walk(self.walk.take().expect("a stream is open")));
    }
}
