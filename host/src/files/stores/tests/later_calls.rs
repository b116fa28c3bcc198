//! Calls after an update whose caller has left.

use std::sync::mpsc::Sender;

use filemap::array::Mode;
use filemap::error::Error;

use super::interrupts::{KEYS, names, plugin, update};
use super::*;
use crate::interrupter::Interrupter;
use crate::stores::KeyValueStore;

/// A checkpoint that a call reaches only if it waits for the update: otherwise it is over before.
const WAITING: u64 = 30;

/// Updates a store until the call is interrupted. Its thread then waits for a message of the
/// returned sender, before the first value gets its name.
fn begin_update(store: &Store<NativeDirectory>, interrupter: &Interrupter) -> Sender<()> {
    let release = interrupter.interrupt_at_rename();
    assert!(matches!(update(store, b"new"), Err(Error::Interrupted(_))));
    interrupter.reset();
    release
}

/// Makes a call on a store while an interrupted update goes on, whose thread continues when the
/// call waits for it. Waits for the end of the update.
fn call_after_update<T>(
    (store, interrupter): &(Store<NativeDirectory>, Interrupter),
    call: impl FnOnce(&dyn KeyValueStore) -> T,
) -> T {
    let release = begin_update(store, interrupter);
    let release_at_wait = release.clone();
    interrupter.call_at(WAITING, move || _ = release_at_wait.send(()));
    let result = call(store);
    interrupter.forget_hook();
    _ = release.send(());
    interrupter.wait_for_updates();
    result
}

#[test]
fn clear_removes_the_keys_of_an_update_whose_caller_has_left() {
    for old in [&[][..], &["z"], &["00", "z"]] {
        let folder = TempDir::new().unwrap();
        let plugin = plugin(&folder);
        for key in old {
            plugin.0.set(key, &[b"old"]).unwrap();
        }
        call_after_update(&plugin, |store| store.clear().unwrap());
        assert_eq!((plugin.0.len(), names(&folder)), (Ok(0), vec![]), "before: {old:?}");
    }
}

#[test]
fn pop_item_takes_the_first_key_of_an_update_whose_caller_has_left() {
    for old in [&[][..], &["z"], &["00"]] {
        let folder = TempDir::new().unwrap();
        let plugin = plugin(&folder);
        for key in old {
            plugin.0.set(key, &[b"old"]).unwrap();
        }
        let popped = call_after_update(&plugin, |store| store.pop_item().unwrap());
        assert_eq!(popped, Some(("00".into(), b"new".to_vec())), "before: {old:?}");
    }
}

#[test]
fn a_call_that_may_change_a_key_finds_the_value_of_an_update_whose_caller_has_left() {
    type Call = fn(&dyn KeyValueStore) -> usize;
    let calls: [Call; 3] = [
        |store| store.set_default("00", b"default").unwrap().len(),
        |store| store.pop("00").unwrap().unwrap().len(),
        |store| {
            let array = store.open_value("00", Mode::ReadWrite).unwrap().unwrap();
            array.shape_of(&[]).unwrap()[0].try_into().unwrap()
        },
    ];
    for call in calls {
        let folder = TempDir::new().unwrap();
        let plugin = plugin(&folder);
        plugin.0.set("00", &[b"old value"]).unwrap();
        let found = call_after_update(&plugin, call);
        assert_eq!(found, b"new".len());
    }
}

#[test]
fn a_call_that_waits_for_an_update_can_be_interrupted() {
    type Call = fn(&dyn KeyValueStore) -> bool;
    let calls: [Call; 2] = [
        |store| matches!(store.clear(), Err(Error::Interrupted(_))),
        |store| matches!(store.pop_item(), Err(Error::Interrupted(_))),
    ];
    for call in calls {
        let folder = TempDir::new().unwrap();
        let (store, interrupter) = plugin(&folder);
        let release = begin_update(&store, &interrupter);
        interrupter.interrupt_at(WAITING);
        let is_interrupted = call(&store);
        interrupter.interrupt_at(0);
        interrupter.reset();
        release.send(()).unwrap();
        interrupter.wait_for_updates();
        assert!(is_interrupted);
        assert_eq!(store.len(), Ok(KEYS as u64), "the update has happened");
    }
}

#[test]
fn a_store_of_another_plugin_comes_after_an_update_whose_caller_has_left() {
    let folder = TempDir::new().unwrap();
    let (store, interrupter) = plugin(&folder);
    let release = begin_update(&store, &interrupter);
    let (other, other_interrupter) = plugin(&folder);
    let release_at_wait = release.clone();
    other_interrupter.call_at(WAITING, move || _ = release_at_wait.send(()));
    let other: &dyn KeyValueStore = &other;
    other.clear().unwrap();
    other_interrupter.forget_hook();
    _ = release.send(());
    interrupter.wait_for_updates();
    assert_eq!(other.len(), Ok(0));
}
