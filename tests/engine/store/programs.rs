//! Random programs, compared to a plain mapping.

use std::collections::BTreeMap;

use filemap::array::Mode;
use filemap::error::Result;
use filemap::store::key::{FileName, parse};
use filemap::store::{Durability, OpenOptions, Store};
use proptest::prelude::*;

use super::{READ, WRITE, contents, open};
use crate::memory::{Disk, MemoryDirectory};
use crate::try_random;

type Key = &'static str;
type Value = Vec<u8>;

/// An action on a store.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Set(Key, Vec<Value>),
    SetDefault(Key, Value),
    Update(Vec<(Key, Value)>),
    /// Writes pieces, and commits them or not.
    Write(Key, Vec<Value>, bool),
    Remove(Key),
    Pop(Key),
    PopItem,
    Clear,
    GetRange(Key, u64, u64),
    GetMany(Vec<Key>),
    /// Reads the value in pieces of a length.
    Read(Key, u64),
    OpenValue(Key),
    Items(u32),
    Reopen,
}

/// The result of a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Nothing,
    WasThere(bool),
    Value(Option<Value>),
    Values(Vec<Option<Value>>),
    Item(Option<(String, Value)>),
    Items(Vec<(String, Value)>),
}

/// A few keys, so that actions often concern the same key.
pub(super) const KEYS: [Key; 5] = ["a", "", "a#1", "../é", "%temporary-filemap#3"];

pub(super) fn action() -> impl Strategy<Value = Action> {
    let key = || prop_oneof![2 => Just(KEYS[0]), 1 => prop::sample::select(KEYS.to_vec())];
    let value = || prop::collection::vec(any::<u8>(), 0..6);
    let values = || prop::collection::vec(value(), 0..4);
    prop_oneof![
        6 => (key(), values()).prop_map(|(key, parts)| Action::Set(key, parts)),
        2 => (key(), value()).prop_map(|(key, value)| Action::SetDefault(key, value)),
        3 => prop::collection::vec((key(), value()), 0..5).prop_map(Action::Update),
        3 => (key(), values(), any::<bool>())
            .prop_map(|(key, parts, commits)| Action::Write(key, parts, commits)),
        3 => key().prop_map(Action::Remove),
        2 => key().prop_map(Action::Pop),
        1 => Just(Action::PopItem),
        1 => Just(Action::Clear),
        1 => (key(), 0_u64..10, 0_u64..10)
            .prop_map(|(key, offset, length)| Action::GetRange(key, offset, length)),
        1 => prop::collection::vec(key(), 0..5).prop_map(Action::GetMany),
        1 => (key(), 1_u64..4).prop_map(|(key, piece)| Action::Read(key, piece)),
        1 => key().prop_map(Action::OpenValue),
        1 => (1_u32..4).prop_map(Action::Items),
        2 => Just(Action::Reopen),
    ]
}

pub(super) fn durability() -> impl Strategy<Value = Durability> {
    prop::sample::select(vec![Durability::None, Durability::Data, Durability::Full])
}

pub(super) type Mapping = BTreeMap<String, Value>;

/// Performs an action on a store; the caller performs `Reopen`.
pub(super) fn act(store: &Store<MemoryDirectory>, action: &Action) -> Result<Answer> {
    Ok(match action {
        Action::Set(key, parts) => nothing(store.set(key, parts)?),
        Action::SetDefault(key, value) => Answer::Value(Some(store.set_default(key, value)?)),
        Action::Update(items) => nothing(store.update(items)?),
        Action::Write(key, pieces, commits) => {
            let mut writer = store.writer(key)?;
            pieces.iter().try_for_each(|piece| writer.write(piece))?;
            if *commits {
                writer.commit()?;
            }
            Answer::Nothing
        }
        Action::Remove(key) => Answer::WasThere(store.remove(key)?),
        Action::Pop(key) => Answer::Value(store.pop(key)?),
        Action::PopItem => Answer::Item(store.pop_item()?),
        Action::Clear => nothing(store.clear()?),
        Action::GetRange(key, offset, length) => {
            Answer::Value(store.get_range(key, *offset, *length)?)
        }
        Action::GetMany(keys) => Answer::Values(store.get_many(keys)?),
        Action::Read(key, piece) => Answer::Value(read(store, key, *piece)?),
        Action::OpenValue(key) => {
            let array = store.open_value(key, Mode::ReadOnly)?;
            Answer::Value(array.map(|array| array.read(&[])).transpose()?)
        }
        Action::Items(piece) => {
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
        Action::Reopen => Answer::Nothing,
    })
}

fn nothing((): ()) -> Answer {
    Answer::Nothing
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

/// Performs an action on a mapping, and returns the expected result.
pub(super) fn act_on(mapping: &mut Mapping, action: &Action) -> Answer {
    let small = |number: u64| usize::try_from(number).expect("a small number");
    let mut set = |key: &str, value: Value| _ = mapping.insert(key.to_string(), value);
    match action {
        Action::Set(key, parts) => set(key, parts.concat()),
        Action::SetDefault(key, value) => {
            return Answer::Value(Some(
                mapping.entry((*key).to_string()).or_insert_with(|| value.clone()).clone(),
            ));
        }
        Action::Update(items) => items.iter().for_each(|(key, value)| set(key, value.clone())),
        Action::Write(key, pieces, commits) => {
            if *commits {
                set(key, pieces.concat());
            }
        }
        Action::Remove(key) => return Answer::WasThere(mapping.remove(*key).is_some()),
        Action::Pop(key) => return Answer::Value(mapping.remove(*key)),
        Action::PopItem => return Answer::Item(mapping.pop_first()),
        Action::Clear => mapping.clear(),
        Action::GetRange(key, offset, length) => {
            let part = |value: &Value| {
                value.iter().skip(small(*offset)).take(small(*length)).copied().collect()
            };
            return Answer::Value(mapping.get(*key).map(part));
        }
        Action::GetMany(keys) => {
            return Answer::Values(keys.iter().map(|key| mapping.get(*key).cloned()).collect());
        }
        Action::Read(key, _) | Action::OpenValue(key) => {
            return Answer::Value(mapping.get(*key).cloned());
        }
        Action::Items(_) => return Answer::Items(mapping.clone().into_iter().collect()),
        Action::Reopen => {}
    }
    Answer::Nothing
}

/// Checks that every file is the only value of a key.
#[track_caller]
pub(super) fn check_names(disk: &Disk) {
    let key = |name: &String| match parse(name) {
        FileName::Value(key, _) => key,
        other => panic!("{name}: {other:?}"),
    };
    let mut keys: Vec<_> = disk.names().iter().map(key).collect();
    keys.sort();
    assert!(
        keys.windows(2).all(|pair| pair[0] != pair[1]),
        "two files of a key: {:?}",
        disk.names()
    );
}

#[test]
fn a_store_behaves_like_a_mapping() {
    let input = (prop::collection::vec(action(), 0..25), durability(), 0_usize..5);
    try_random(1000, &input, |(actions, durability, piece)| {
        let disk = Disk::default();
        disk.in_pieces(piece);
        let options = OpenOptions { durability, ..WRITE };
        let mut store = open(&disk, options);
        let mut mapping = Mapping::new();
        for action in actions {
            assert_eq!(act(&store, &action), Ok(act_on(&mut mapping, &action)), "{action:?}");
            if let Action::Reopen = action {
                drop(store);
                store = open(&disk, options);
            }
            let wanted: Vec<_> = mapping.clone().into_iter().collect();
            assert_eq!(contents(&store), wanted);
            assert_eq!(contents(&open(&disk, READ)), wanted);
            check_names(&disk);
            assert_eq!(disk.names().len(), mapping.len());
        }
    });
}
