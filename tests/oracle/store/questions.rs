//! Answers that nobody can know beforehand: they are looked at, and the model follows them.

use std::collections::BTreeSet;

use super::super::lines::decode;
use super::contents::{Contents, answer};
use super::side::Side;

/// What a line with the answer `?` asks for.
pub(crate) enum Question {
    PopItem(Side),
    Walk(Walk),
}

/// A stream of keys or items that is read while the store changes.
pub(crate) struct Walk {
    /// Whether it has the values too.
    pub(crate) items: bool,
    /// What was in the store, from the moment on that the stream was made.
    pub(crate) states: Vec<Contents>,
    /// For each call: the most that it asks for, and how many of the states there had been by then.
    pub(crate) calls: Vec<(usize, usize)>,
}

impl Question {
    /// Takes its answers from what a side has printed.
    #[track_caller]
    pub(crate) fn settle(
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

/// The one place where `popitem` may differ: zict takes the key that its directory was listed with
/// first, or that was set first, which depends on the file system; filemap takes the smallest that
/// it may remove. So each side tells which one it was, it must be one that was there, with its
/// value, and from now on it is gone.
#[track_caller]
fn pop_item(side: Side, contents: &mut Contents, popped: &str) {
    let (key, value) =
        popped.split_once(':').unwrap_or_else(|| panic!("{side:?} popped no item, but `{popped}`"));
    let key = text(key);
    if side != Side::Zict {
        let smallest = contents
            .iter()
            .find(|(_, value)| value.unnumbered.is_none())
            .expect("there is one to remove");
        assert_eq!(&key, smallest.0, "{side:?} pops the first key");
    }
    let removed = contents.remove(&key);
    assert_eq!(answer(removed.as_ref()), value, "the value of {key:?} that {side:?} popped");
}

impl Walk {
    /// Every key comes in its place and at most once, with a value that it had meanwhile; one that
    /// was there all the time comes for sure.
    #[track_caller]
    fn check(&self, answers: &mut impl Iterator<Item = String>) {
        let mut seen = BTreeSet::new();
        for &(most, known) in &self.calls {
            let entries = next(answers);
            let entries: Vec<_> = entries
                .trim_matches(['[', ']'])
                .split(',')
                .filter(|entry| !entry.is_empty())
                .collect();
            assert!(entries.len() <= most, "{most} of {entries:?}");
            for entry in entries {
                let (key, value) =
                    if self.items { entry.split_once(':').expect("an item") } else { (entry, "") };
                let key = text(key);
                let had = |state: &Contents| {
                    state.get(&key).is_some_and(|had| !self.items || answer(Some(had)) == value)
                };
                assert!(
                    self.states[..known].iter().any(had),
                    "{key:?} was there, with the value {value}"
                );
                assert!(seen.last() < Some(&key), "{key:?} comes behind {:?}", seen.last());
                seen.insert(key);
            }
        }
        for key in self.states[0].keys() {
            let stayed = self.states.iter().all(|state| state.contains_key(key));
            assert!(
                !stayed || seen.contains(key),
                "{key:?} was there all the time, and was not seen"
            );
        }
    }
}

#[track_caller]
fn next(answers: &mut impl Iterator<Item = String>) -> String {
    answers.next().expect("a side prints every answer that it is asked for")
}

fn text(field: &str) -> String {
    String::from_utf8(decode(field.trim_matches('-'))).unwrap()
}
