//! The turn of one side: what it does, line by line, with the answers that the model expects.
//!
//! A line is `OPERATION FIELD... = ANSWER`. Keys, values and texts are in hexadecimal, numbers are
//! decimal. An answer is `none`, `true`, `false`, a number, bytes, `KEY:VALUE`, a list
//! `[ANSWER,...]`, the case of an error, `!closed`, or `?` where the side is to print it. What each
//! operation is in zict, `store/bench.py` says; what it is in filemap, the plugin
//! `tests/programs/src/bin/oracle/store`.

use std::fmt::Write as _;

use super::super::lines::{encode, fields};
use super::super::support::folders::Folders;
use super::contents::{Contents, answer, list};
use super::questions::{Question, Walk};
use super::side::Side;

const CLOSED: &str = "!closed";
const REFUSED: &str = "!access-denied";

pub(crate) struct Turn<'a> {
    pub(crate) side: Side,
    /// The directory as the side calls it.
    path: String,
    writing: bool,
    closed: bool,
    pub(crate) contents: &'a mut Contents,
    lines: &'a mut String,
    pub(crate) questions: Vec<Question>,
    /// The keys that the side holds a reader and an array of, and the values that they must keep.
    held: Vec<(String, String)>,
    walk: Option<Walk>,
}

impl<'a> Turn<'a> {
    /// Lets a side open the directory `place` in `grant`: for writing, or only for reading where it
    /// can tell.
    pub(crate) fn begin(
        side: Side,
        (grant, place): (&str, &str),
        writing: bool,
        folders: &Folders,
        contents: &'a mut Contents,
        lines: &'a mut String,
    ) -> Self {
        let path = format!("{}/{place}", side.path(grant, folders));
        let (held, questions, walk) = (Vec::new(), Vec::new(), None);
        let mut turn =
            Self { side, path, writing, closed: false, contents, lines, questions, held, walk };
        turn.say(&format!("open {place} {}", if writing { "writing" } else { "reading" }), "none");
        turn
    }

    /// The end of a turn: what is held has the bytes that it had. The side then goes on with
    /// another store.
    pub(crate) fn end(self) -> Vec<Question> {
        let held = list(self.held.into_iter().map(|(_, value)| value));
        writeln!(self.lines, "held = {held}").expect("it is memory");
        self.questions
    }

    fn say(&mut self, what: &str, answer: &str) {
        writeln!(self.lines, "{what} = {answer}").expect("it is memory");
        if let Some(walk) = &mut self.walk {
            walk.states.push(self.contents.clone());
        }
    }

    /// A line that changes nothing.
    pub(crate) fn ask(&mut self, what: &str, answer: &str) {
        self.say(what, if self.is_shut() { CLOSED } else { answer });
    }

    /// A line that changes these keys, or is refused.
    pub(crate) fn change(
        &mut self,
        what: &str,
        keys: &[&str],
        change: impl FnOnce(&mut Contents) -> String,
    ) {
        let refused = |key: &&str| !self.may_change(key);
        let answer = if self.is_shut() {
            CLOSED.into()
        } else if keys.iter().any(refused) {
            REFUSED.into()
        } else {
            change(self.contents)
        };
        self.say(what, &answer);
    }

    /// Whether every call is refused, because the store was closed.
    fn is_shut(&self) -> bool {
        self.closed && !self.side.works_closed()
    }

    /// Whether the side changes the value of a key: filemap leaves those alone whose files have no
    /// number.
    pub(crate) fn may_change(&self, key: &str) -> bool {
        let unnumbered = self.contents.get(key).is_some_and(|value| value.unnumbered.is_some());
        !unnumbered || self.side.changes_unnumbered()
    }

    /// Something that is refused for what it is given.
    pub(crate) fn refuse(&mut self, what: &str) {
        self.ask(what, "!invalid-argument");
    }

    fn value(&self, key: &str) -> String {
        answer(self.contents.get(key))
    }

    /// One of the operations that answer with the value: `item`, `get`, `map`.
    pub(crate) fn read(&mut self, operation: &str, key: &str) {
        self.ask(&format!("{operation} {}", encode(key)), &self.value(key));
    }

    pub(crate) fn read_in_pieces(&mut self, key: &str, piece: usize) {
        self.ask(&format!("read {} {piece}", encode(key)), &self.value(key));
    }

    pub(crate) fn get_or(&mut self, key: &str, default: &[u8]) {
        let value = self.contents.get(key).map_or(default, |value| &value.bytes);
        let value = encode(value);
        self.ask(&format!("get-or {} {}", encode(key), encode(default)), &value);
    }

    pub(crate) fn get_many(&mut self, keys: &[&str]) {
        let values = list(keys.iter().map(|key| self.value(key)));
        self.ask(&format!("get-many{}", fields(keys)), &values);
    }

    pub(crate) fn get_range(&mut self, key: &str, offset: u64, length: u64) {
        let range = |bytes: &[u8]| {
            let bound =
                |position: u64| usize::try_from(position).unwrap_or(usize::MAX).min(bytes.len());
            encode(&bytes[bound(offset)..bound(offset.saturating_add(length))])
        };
        let part = self.contents.get(key).map_or("none".into(), |value| range(&value.bytes));
        self.ask(&format!("get-range {} {offset} {length}", encode(key)), &part);
    }

    pub(crate) fn size_of(&mut self, key: &str) {
        let size =
            self.contents.get(key).map_or("none".into(), |value| value.bytes.len().to_string());
        self.ask(&format!("size-of {}", encode(key)), &size);
    }

    pub(crate) fn contains(&mut self, key: &str) {
        let answer = self.contents.contains_key(key).to_string();
        self.ask(&format!("contains {}", encode(key)), &answer);
    }

    pub(crate) fn len(&mut self) {
        let len = self.contents.len().to_string();
        self.ask("len", &len);
    }

    /// The files in the directory now: one a key, also in the middle of a turn, and also where the
    /// store is closed.
    pub(crate) fn count_files(&mut self) {
        let files = self.contents.len().to_string();
        self.say("files", &files);
    }

    /// All keys, values or items, so many of them a call where there are calls.
    pub(crate) fn list(&mut self, operation: &str, most: usize) {
        let all = list(self.contents.iter().map(|(key, value)| match operation {
            "values" => encode(&value.bytes),
            "items" => format!("{}:{}", encode(key), encode(&value.bytes)),
            _ => encode(key),
        }));
        self.ask(&format!("{operation} {most}"), &all);
    }

    /// Whether the store is equal to this mapping.
    pub(crate) fn equals(&mut self, other: &[(String, Vec<u8>)]) {
        let same = other.len() == self.contents.len()
            && other
                .iter()
                .zip(self.contents.iter())
                .all(|((key, bytes), (had, value))| (key, bytes) == (had, &value.bytes));
        let other = fields(other.iter().flat_map(|(key, value)| [key.as_bytes(), value]));
        self.ask(&format!("equals{other}"), &same.to_string());
    }

    pub(crate) fn describe(&mut self) {
        let (path, elements, remark) =
            (&self.path, self.contents.len(), self.side.remark(self.writing, self.closed));
        let text = format!("<File: {path}, {elements} elements{remark}>");
        self.say("repr", &encode(text));
    }

    /// Lets filemap look at every file: no write was left unfinished, no value is outdated,
    /// foreign, or missing.
    pub(crate) fn verify(&mut self) {
        assert_ne!(self.side, Side::Zict, "only filemap looks");
        self.ask("verify", "[0,0,0,0]");
    }

    /// Reads the beginning of a value, and looks at the rest when the turn ends.
    pub(crate) fn hold(&mut self, key: &str) {
        let value = self.value(key);
        self.ask(&format!("hold {}", encode(key)), &value);
        if value != "none" && !self.is_shut() {
            self.held.push((key.to_owned(), value));
        }
    }

    /// Whether something reads the file that has the value of a key, or had it when it was held.
    pub(crate) fn holds(&self, key: &str) -> bool {
        self.held.iter().any(|(held, _)| held == key)
    }

    /// Closes the store. The turn may go on, to see that zict goes on too and filemap does not.
    pub(crate) fn close(&mut self) {
        let streams = self.side != Side::Zict;
        if streams {
            self.say("walk items", "none");
        }
        self.say("close", "none");
        self.closed = true;
        if streams {
            self.say("next 1", CLOSED);
        }
    }

    /// Closes the store and opens it again.
    pub(crate) fn reopen(&mut self) {
        self.say("reopen", "none");
    }

    /// Begins to read the keys or the items while the store may change. zict raises `RuntimeError`
    /// then.
    pub(crate) fn walk(&mut self, items: bool) {
        assert_ne!(self.side, Side::Zict, "only filemap has streams");
        self.say(if items { "walk items" } else { "walk keys" }, "none");
        self.walk = Some(Walk { items, states: vec![self.contents.clone()], calls: Vec::new() });
    }

    /// The next keys or items of the walk.
    pub(crate) fn step(&mut self, most: usize) {
        self.say(&format!("next {most}"), "?");
        let walk = self.walk.as_mut().expect("there is a walk");
        walk.calls.push((most, walk.states.len()));
    }

    /// The end of the walk: all that is left of it, and that nothing is left then.
    pub(crate) fn arrive(&mut self) {
        self.step(1_000_000);
        self.say("next 1", "[]");
        self.questions.push(Question::Walk(self.walk.take().expect("there is a walk")));
    }
}
