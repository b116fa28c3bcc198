//! Changes of a store as the tests write them down, and values that say what they are.
//!
//! A line is `set KEY LENGTH`, `parts KEY LENGTH`, `writer KEY LENGTH`, `default KEY LENGTH`,
//! `update` with a key and a length for each of its items, `remove KEY` or `pop KEY`. A new value
//! begins with its number, its key and the length of what follows: a pattern that no other number
//! has.

use crate::bindings::filemap::data::errors::Error;
use crate::bindings::filemap::data::store::Store;

/// What a change has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// That it is done.
    Done,
    /// Whether the key was there.
    Removed(bool),
    /// The number of the value that it has returned, which was whole.
    Value(Option<u64>),
}

/// The kind of change, and for each of its keys the length of the value that it is to have.
pub(crate) fn parse(line: &str) -> (&str, Vec<(&str, usize)>) {
    let words: Vec<_> = line.split(' ').collect();
    let items = words[1..]
        .chunks(2)
        .map(|item| (item[0], item.get(1).map_or(0, |length| length.parse().unwrap())));
    (words[0], items.collect())
}

/// Does what a line says. What is written has that number.
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
    // Neither parts nor pieces are as long as a page, or all as long as each other.
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
        _ => panic!("no such change: {line}"),
    }
    Ok(Answer::Done)
}

/// The value of that number, with so many bytes behind its head.
pub(crate) fn value(number: u64, key: &str, length: usize) -> Vec<u8> {
    let mut value = format!("{number} {key} {length}\n").into_bytes();
    value.extend(format!("{number},").bytes().cycle().take(length));
    value
}

/// The number of a value of that key, which has to be whole.
#[track_caller]
pub(crate) fn number(key: &str, bytes: &[u8]) -> u64 {
    let head = bytes.split(|&byte| byte == b'\n').next().expect("there is always a first part");
    let words: Vec<_> = str::from_utf8(head).unwrap_or_default().split(' ').collect();
    let number = words[0].parse().unwrap_or(0);
    let whole = value(number, key, bytes.len().saturating_sub(head.len() + 1));
    assert!(
        bytes == whole,
        "`{key}` has a value of {} bytes that begins with {head:?} and is not whole",
        bytes.len()
    );
    number
}
