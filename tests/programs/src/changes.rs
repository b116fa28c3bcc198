//! Changes of a store as lines of text, and values that can be verified.
//!
//! A line is `set KEY LENGTH`, `parts KEY LENGTH`, `writer KEY LENGTH`, `default KEY LENGTH`,
//! `update` with a key and a length for each of its items, `remove KEY` or `pop KEY`. A value
//! starts with its number, its key and the length of the rest, which is a pattern of the number.

use crate::bindings::filemap::data::errors::Error;
use crate::bindings::filemap::data::store::Store;

/// The result of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The change succeeded.
    Done,
    /// Whether the key existed.
    Removed(bool),
    /// The number of the value that the call returned.
    Value(Option<u64>),
}

/// Returns the kind of a change, and its keys with the lengths of their new values.
pub(crate) fn parse(line: &str) -> (&str, Vec<(&str, usize)>) {
    let words: Vec<_> = line.split(' ').collect();
    let items = words[1..]
        .chunks(2)
        .map(|item| (item[0], item.get(1).map_or(0, |length| length.parse().unwrap())));
    (words[0], items.collect())
}

/// Makes the change of a line. New values have this number.
pub(crate) fn apply(store: &Store, line: &str, number: u64) -> Result<Answer, Error> {
    let (kind, items) = parse(line);
    let mut items: Vec<_> = items
        .into_iter()
        .map(|(key, length)| (key.to_owned(), value(number, key, length)))
        .collect();
    if kind == "update" {
        store.update(&items)?;
        return Ok(Answer::Done);
    }
    let (key, value) = items.pop().expect("a change has a key");
    // The lengths of pieces differ, and are no multiples of a page.
    let pieces = || value.chunks(value.len() / 3 + 1);
    match kind {
        "set" => store.set(&key, &value)?,
        "parts" => store.set_parts(&key, &pieces().map(<[u8]>::to_vec).collect::<Vec<_>>())?,
        "writer" => {
            let writer = store.writer(&key)?;
            pieces().try_for_each(|piece| writer.write(piece))?;
            writer.commit()?;
        }
        "default" => {
            return Ok(Answer::Value(Some(self::number(&key, &store.set_default(&key, &value)?))));
        }
        "remove" => return Ok(Answer::Removed(store.remove(&key)?)),
        "pop" => {
            return Ok(Answer::Value(store.pop(&key)?.map(|value| self::number(&key, &value))));
        }
        _ => panic!("unknown change: {line}"),
    }
    Ok(Answer::Done)
}

/// Returns the value with this number, and `length` bytes after its first line.
pub(crate) fn value(number: u64, key: &str, length: usize) -> Vec<u8> {
    let mut value = format!("{number} {key} {length}\n").into_bytes();
    value.extend(format!("{number},").bytes().cycle().take(length));
    value
}

/// Checks that a value of this key is complete, and returns its number.
#[track_caller]
pub(crate) fn number(key: &str, bytes: &[u8]) -> u64 {
    let head =
        bytes.split(|&byte| byte == b'\n').next().expect("`split` returns at least one part");
    let words: Vec<_> = str::from_utf8(head).unwrap_or_default().split(' ').collect();
    let number = words[0].parse().unwrap_or(0);
    let expected = value(number, key, bytes.len().saturating_sub(head.len() + 1));
    assert!(
        bytes == expected,
        "`{key}` has a value of {} bytes that starts with {head:?} and is not complete",
        bytes.len()
    );
    number
}
