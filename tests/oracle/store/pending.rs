//! Answers that the model cannot predict: it checks them afterwards and follows them.

use std::collections::BTreeSet;

use super::super::lines::decode;
use super::contents::{Contents, answer};
use super::side::Side;

/// The printed answers to one or several lines with the answer `?`.
pub(crate) enum PendingAnswer {
    PopItem(Side),
    Walk(Walk),
}

/// A stream of keys or items that is read while the store changes.
pub(crate) struct Walk {
    /// Whether the stream has values, too.
    pub(crate) items: bool,
    /// The contents of the store since the stream was created: the first ones, and those after each
    /// line.
    pub(crate) states: Vec<Contents>,
    pub(crate) calls: Vec<Call>,
}

/// One call of a stream.
pub(crate) struct Call {
    /// The maximum number of entries that it asks for.
    pub(crate) max: usize,
    /// The number of states at the time of the call.
    pub(crate) states: usize,
}

impl PendingAnswer {
    /// Takes its answers from the output of a side, checks them, and updates the contents.
    #[track_caller]
    pub(crate) fn resolve(
        self,
        contents: &mut Contents,
        answers: &mut impl Iterator<Item = String>,
    ) {
        match self {
            Self::PopItem(side) => pop_item(side, contents, &next(answers)),
            Self::Walk(walk) => walk.check(answers),
        }
    }
}

/// Removes the item that a side has popped from the contents, where it must be.
///
/// `popitem` is the one operation whose result may differ. zict takes the key that was listed or
/// set first, which depends on the file system. filemap takes the smallest key that it may remove.
#[track_caller]
fn pop_item(side: Side, contents: &mut Contents, popped: &str) {
    let (key, value) = popped
        .split_once(':')
        .unwrap_or_else(|| panic!("{side:?} popped `{popped}`, which is not an item"));
    let key = text(key);
    if side != Side::Zict {
        let smallest = contents
            .iter()
            .find(|(_, value)| value.unnumbered.is_none())
            .expect("the store has a key that filemap may remove");
        assert_eq!(&key, smallest.0, "{side:?} pops the smallest key");
    }
    let removed = contents.remove(&key);
    assert_eq!(answer(removed.as_ref()), value, "the value of {key:?} that {side:?} popped");
}

impl Walk {
    /// Checks that the keys come in order and at most once, each with a value that it had between
    /// the stream's creation and the call. A key that was in the store all the time must come.
    #[track_caller]
    fn check(&self, answers: &mut impl Iterator<Item = String>) {
        let mut seen = BTreeSet::new();
        for call in &self.calls {
            let entries = next(answers);
            let entries: Vec<_> = entries
                .trim_matches(['[', ']'])
                .split(',')
                .filter(|entry| !entry.is_empty())
                .collect();
            assert!(entries.len() <= call.max, "at most {} entries: {entries:?}", call.max);
            for entry in entries {
                let (key, value) = if self.items {
                    entry.split_once(':').expect("an entry is an item")
                } else {
                    (entry, "")
                };
                let key = text(key);
                let has_entry = |state: &Contents| {
                    state.get(&key).is_some_and(|had| !self.items || answer(Some(had)) == value)
                };
                assert!(
                    self.states[..call.states].iter().any(has_entry),
                    "{key:?} was in the store, with the value {value}"
                );
                assert!(
                    seen.last() < Some(&key),
                    "{key:?} is greater than the key before, {:?}",
                    seen.last()
                );
                seen.insert(key);
            }
        }
        for key in self.states[0].keys() {
            let stayed = self.states.iter().all(|state| state.contains_key(key));
            assert!(
                !stayed || seen.contains(key),
                "{key:?} was in the store all the time, and the stream must have it"
            );
        }
    }
}

#[track_caller]
fn next(answers: &mut impl Iterator<Item = String>) -> String {
    answers.next().expect("a side prints an answer for every line with `?`")
}

/// Returns the text of a field.
fn text(field: &str) -> String {
    String::from_utf8(decode(field.trim_matches('-'))).unwrap()
}
