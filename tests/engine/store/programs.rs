//! Random programs against a plain mapping.

use std::collections::BTreeMap;

use filemap::key::{Name, parse};
use filemap::store::{Durability, OpenOptions, Store};
use proptest::prelude::*;

use super::{READ, WRITE, contents, open};
use crate::memory::{Disk, MemoryDirectory};
use crate::try_random;

/// What is done with a store.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Set(&'static str, Vec<Vec<u8>>),
    Remove(&'static str),
    GetRange(&'static str, u64, u64),
    Clear,
    Reopen,
}

/// A few keys, so that they meet often.
pub(super) const KEYS: [&str; 5] = ["a", "", "a#1", "../é", "%temporary-filemap#3"];

pub(super) fn action() -> impl Strategy<Value = Action> {
    let key = || prop_oneof![2 => Just(KEYS[0]), 1 => prop::sample::select(KEYS.to_vec())];
    let part = prop::collection::vec(any::<u8>(), 0..6);
    prop_oneof![
        8 => (key(), prop::collection::vec(part, 0..4)).prop_map(|(key, parts)| Action::Set(key, parts)),
        3 => key().prop_map(Action::Remove),
        2 => (key(), 0_u64..10, 0_u64..10).prop_map(|(key, offset, length)| Action::GetRange(key, offset, length)),
        1 => Just(Action::Clear),
        2 => Just(Action::Reopen),
    ]
}

pub(super) fn durability() -> impl Strategy<Value = Durability> {
    prop::sample::select(vec![Durability::None, Durability::Data, Durability::Full])
}

type Mapping = BTreeMap<String, Vec<u8>>;

/// Does the same to a store and to a mapping.
fn act(store: &mut Store<MemoryDirectory>, mapping: &mut Mapping, action: &Action) {
    match action {
        Action::Set(key, parts) => {
            assert_eq!(store.set(key, parts), Ok(()));
            mapping.insert((*key).to_string(), parts.concat());
        }
        Action::Remove(key) => assert_eq!(store.remove(key), Ok(mapping.remove(*key).is_some())),
        Action::GetRange(key, offset, length) => {
            let part = |value: &Vec<u8>| {
                value
                    .iter()
                    .skip(usize::try_from(*offset).expect("small"))
                    .take(usize::try_from(*length).expect("small"))
                    .copied()
                    .collect()
            };
            assert_eq!(store.get_range(key, *offset, *length), Ok(mapping.get(*key).map(part)));
        }
        Action::Clear => {
            assert_eq!(store.clear(), Ok(()));
            mapping.clear();
        }
        Action::Reopen => {}
    }
}

/// Whether every file is the one value of a key.
#[track_caller]
pub(super) fn check_names(disk: &Disk) {
    let key = |name: &String| match parse(name) {
        Name::Value(key, _) => key,
        other => panic!("{name}: {other:?}"),
    };
    let mut keys: Vec<_> = disk.names().iter().map(key).collect();
    keys.sort();
    assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "two files of a key: {:?}", disk.names());
}

#[test]
fn a_store_is_a_mapping() {
    let input = (prop::collection::vec(action(), 0..25), durability(), 0_usize..5);
    try_random(1000, &input, |(actions, durability, piece)| {
        let disk = Disk::default();
        disk.in_pieces(piece);
        let options = OpenOptions { durability, ..WRITE };
        let mut store = open(&disk, options);
        let mut mapping = Mapping::new();
        for action in actions {
            act(&mut store, &mut mapping, &action);
            if let Action::Reopen = action {
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
