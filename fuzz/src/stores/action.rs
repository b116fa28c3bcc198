//! Calls of a store, and what each does to a plain mapping.

use arbitrary::Result as Chosen;
use filemap::error::Result;
use filemap::store::{Durability, Store};

use super::entry::{Entry, Mapping};
use crate::input::{self, Input};
use crate::memory::MemoryDirectory;

type Value = Vec<u8>;

/// A call of a store.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Set(String, Vec<Value>),
    SetDefault(String, Value),
    Update(Vec<(String, Value)>),
    /// Writes pieces, and commits them or not.
    Write(String, Vec<Value>, bool),
    Remove(String),
    Pop(String),
    PopItem,
    Clear,
    Get(String),
    GetRange(String, u64, u64),
    GetMany(Vec<String>),
    /// Reads the value in pieces of a length.
    Read(String, u64),
    SizeOf(String),
    Items(u32),
}

/// The result of a call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Nothing,
    WasThere(bool),
    Value(Option<Value>),
    Values(Vec<Option<Value>>),
    Size(Option<u64>),
    Item(Option<(String, Value)>),
    Items(Vec<(String, Value)>),
}

fn value(input: &mut Input<'_>) -> Chosen<Value> {
    input::list(input, 6, input::any)
}

impl Action {
    /// Chooses a call, with some of these keys.
    pub(crate) fn choose(input: &mut Input<'_>, keys: &[String]) -> Chosen<Self> {
        let key = |input: &mut Input<'_>| input.choose(keys).cloned();
        Ok(match input::below(input, 20)? {
            0..=4 => Self::Set(key(input)?, input::list(input, 3, value)?),
            5 => Self::SetDefault(key(input)?, value(input)?),
            6..=7 => Self::Update(input::list(input, 4, |input| Ok((key(input)?, value(input)?)))?),
            8..=9 => Self::Write(key(input)?, input::list(input, 3, value)?, input.arbitrary()?),
            10..=11 => Self::Remove(key(input)?),
            12 => Self::Pop(key(input)?),
            13 => Self::PopItem,
            14 => Self::Clear,
            15 => Self::Get(key(input)?),
            16 => Self::GetRange(
                key(input)?,
                input.int_in_range(0..=9)?,
                if input::chance(input, 2)? { u64::MAX } else { input.int_in_range(0..=9)? },
            ),
            17 => Self::GetMany(input::list(input, 4, key)?),
            18 if input.arbitrary()? => Self::SizeOf(key(input)?),
            18 => Self::Read(key(input)?, input.int_in_range(1..=3)?),
            _ => Self::Items(input.int_in_range(1..=3)?),
        })
    }

    /// Returns the keys that the call names.
    pub(crate) fn keys(&self) -> Vec<&str> {
        match self {
            Self::Set(key, _)
            | Self::SetDefault(key, _)
            | Self::Write(key, ..)
            | Self::Remove(key)
            | Self::Pop(key)
            | Self::Get(key)
            | Self::GetRange(key, ..)
            | Self::Read(key, _)
            | Self::SizeOf(key) => vec![key],
            Self::Update(items) => items.iter().map(|(key, _)| &**key).collect(),
            Self::GetMany(keys) => keys.iter().map(|key| &**key).collect(),
            Self::PopItem | Self::Clear | Self::Items(_) => Vec::new(),
        }
    }

    /// Whether the call has no effect if it fails. A removal that fails in its sync is not undone,
    /// and neither are the earlier removals of `clear`.
    pub(crate) fn is_undone(&self, durability: Durability) -> bool {
        match self {
            Self::Remove(_) | Self::Pop(_) | Self::PopItem => durability != Durability::Full,
            Self::Clear => false,
            _ => true,
        }
    }

    /// Whether the call changes the store.
    const fn changes(&self) -> bool {
        !matches!(
            self,
            Self::Get(_)
                | Self::GetRange(..)
                | Self::GetMany(_)
                | Self::Read(..)
                | Self::SizeOf(_)
                | Self::Items(_)
        )
    }

    /// Makes the call.
    pub(crate) fn act(&self, store: &Store<MemoryDirectory>) -> Result<Answer> {
        let nothing = |(): ()| Answer::Nothing;
        Ok(match self {
            Self::Set(key, parts) => nothing(store.set(key, parts)?),
            Self::SetDefault(key, value) => Answer::Value(Some(store.set_default(key, value)?)),
            Self::Update(items) => nothing(store.update(items)?),
            Self::Write(key, pieces, commits) => {
                let mut writer = store.writer(key)?;
                pieces.iter().try_for_each(|piece| writer.write(piece))?;
                if *commits {
                    writer.commit()?;
                }
                Answer::Nothing
            }
            Self::Remove(key) => Answer::WasThere(store.remove(key)?),
            Self::Pop(key) => Answer::Value(store.pop(key)?),
            Self::PopItem => Answer::Item(store.pop_item()?),
            Self::Clear => nothing(store.clear()?),
            Self::Get(key) => Answer::Value(store.get(key)?),
            Self::GetRange(key, offset, length) => {
                Answer::Value(store.get_range(key, *offset, *length)?)
            }
            Self::GetMany(keys) => Answer::Values(store.get_many(keys)?),
            Self::Read(key, piece) => Answer::Value(read(store, key, *piece)?),
            Self::SizeOf(key) => Answer::Size(store.size_of(key)?),
            Self::Items(piece) => {
                let mut stream = store.items()?;
                let mut items = Vec::new();
                loop {
                    let next = stream.next(*piece)?;
                    if next.is_empty() {
                        break Answer::Items(items);
                    }
                    items.extend(next);
                }
            }
        })
    }

    /// Makes the call on a mapping. Returns `None`, and changes nothing, if a store has to refuse
    /// it.
    pub(crate) fn act_on(&self, mapping: &mut Mapping, read_only: bool) -> Option<Answer> {
        if self.changes() {
            let is_refused = |key: &&str| match (self, mapping.get(*key)) {
                (Self::SetDefault(..), _) | (_, None) => false,
                (Self::Remove(_) | Self::Pop(_), Some(entry)) => entry.is_kept,
                (_, Some(entry)) => !entry.is_numbered,
            };
            if read_only || self.keys().iter().any(is_refused) {
                return None;
            }
        }
        let bytes = |entry: &Entry| entry.content.borrow().clone();
        let get = |mapping: &Mapping, key: &String| mapping.get(key).map(bytes);
        let mut set = |key: &String, value: Value| {
            let entry = Entry::new(value, mapping.get(key));
            mapping.insert(key.clone(), entry);
            Answer::Nothing
        };
        Some(match self {
            Self::Set(key, parts) => set(key, parts.concat()),
            Self::Write(key, pieces, true) => set(key, pieces.concat()),
            Self::Write(_, _, false) => Answer::Nothing,
            Self::SetDefault(key, value) => {
                let entry =
                    mapping.entry(key.clone()).or_insert_with(|| Entry::new(value.clone(), None));
                Answer::Value(Some(bytes(entry)))
            }
            Self::Update(items) => {
                for (key, value) in items {
                    set(key, value.clone());
                }
                Answer::Nothing
            }
            Self::Remove(key) => Answer::WasThere(mapping.remove(key).is_some()),
            Self::Pop(key) => Answer::Value(mapping.remove(key).as_ref().map(bytes)),
            Self::PopItem => {
                let first = mapping.iter().find(|(_, entry)| !entry.is_kept);
                let first = first.map(|(key, entry)| (key.clone(), bytes(entry)));
                if let Some((key, _)) = &first {
                    mapping.remove(key);
                }
                Answer::Item(first)
            }
            Self::Clear => {
                mapping.retain(|_, entry| entry.is_kept);
                Answer::Nothing
            }
            Self::Get(key) | Self::Read(key, _) => Answer::Value(get(mapping, key)),
            Self::GetRange(key, offset, length) => Answer::Value(get(mapping, key).map(|value| {
                let count = usize::try_from(*length).unwrap_or(usize::MAX);
                let offset = usize::try_from(*offset).unwrap_or(usize::MAX);
                value.into_iter().skip(offset).take(count).collect()
            })),
            Self::GetMany(keys) => {
                Answer::Values(keys.iter().map(|key| get(mapping, key)).collect())
            }
            Self::SizeOf(key) => Answer::Size(get(mapping, key).map(|value| value.len() as u64)),
            Self::Items(_) => Answer::Items(
                mapping.iter().map(|(key, entry)| (key.clone(), bytes(entry))).collect(),
            ),
        })
    }
}

fn read(store: &Store<MemoryDirectory>, key: &str, piece: u64) -> Result<Option<Value>> {
    let Some(mut reader) = store.reader(key)? else { return Ok(None) };
    let mut value = Vec::new();
    loop {
        let next = reader.read(piece)?;
        if next.is_empty() {
            return Ok(Some(value));
        }
        value.extend(next);
    }
}
