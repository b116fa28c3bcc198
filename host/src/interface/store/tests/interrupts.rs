//! What interrupted calls take of a plugin's budgets.

use super::*;

/// So many keys that a thread completes their update.
const KEYS: usize = 1000;

/// Sets [`KEYS`] new keys, until the call is interrupted. Its thread then waits for a message of
/// the returned sender, before the first value gets its name.
fn begin_update(plugin: &mut Plugin, store: &Resource<StoreSlot>) -> std::sync::mpsc::Sender<()> {
    let release = plugin.ctx.interrupter().interrupt_at_rename();
    let items = (0..KEYS).map(|number| (format!("new {number}"), vec![])).collect();
    let left = plugin_error(now(plugin.view().update(copy(store), items)).expect_err("an error"));
    assert!(matches!(left.code, ErrorCode::Interrupted), "{left:?}");
    plugin.ctx.interrupter().reset();
    release
}

#[test]
fn interrupted_calls_give_the_memory_of_their_keys_back() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new().max_index(1000));
    let store = plugin.open(false);
    plugin.ctx.interrupter().interrupt();
    for _ in 0..100 {
        let refused = now(plugin.view().set(copy(&store), "new".into(), vec![]));
        let refused = plugin_error(refused.expect_err("it is interrupted"));
        assert!(matches!(refused.code, ErrorCode::Interrupted), "{refused:?}");
    }
    plugin.ctx.interrupter().reset();
    now(plugin.view().set(copy(&store), "new".into(), vec![])).ok().unwrap();
}

#[test]
fn another_change_leaves_the_keys_of_an_update_reserved() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let store = plugin.open(false);
    now(plugin.view().set(copy(&store), "old".into(), vec![])).ok().unwrap();
    let release = begin_update(&mut plugin, &store);
    let before = plugin.index_used();
    // A change that needs no lock of a key.
    now(plugin.view().update(copy(&store), vec![])).ok().unwrap();
    assert_eq!(plugin.index_used(), before);
    release.send(()).unwrap();
    plugin.ctx.interrupter().wait_for_updates();
    assert_eq!((plugin.index_used(), plugin.index_memory(&store)), (before, before));
    now(plugin.view().clear(copy(&store))).ok().unwrap();
    assert_eq!(plugin.index_used(), 0);
}

#[test]
fn an_update_whose_caller_has_closed_the_store_keeps_its_reservations_until_its_end() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let mut other = Plugin::new(&folder, &CtxBuilder::new());
    let (store, kept) = (plugin.open(false), other.open(true));
    let release = begin_update(&mut plugin, &store);
    now(wit::HostStore::drop(&mut plugin.view(), store)).unwrap();
    assert!(plugin.index_used() > 0);
    assert_eq!(plugin.files_used(), 2, "the directory and the lock on it");
    release.send(()).unwrap();
    plugin.ctx.interrupter().wait_for_updates();
    assert_eq!((plugin.index_used(), plugin.files_used()), (0, 0));
    let taken = other.index_memory(&kept);
    assert_eq!((taken > 0, other.index_used()), (true, taken), "the keys count for the other one");
}
