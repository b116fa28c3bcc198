//! What changes reserve for the keys of an index, and give back.

use filemap::error::Error;

use super::*;

#[test]
fn a_change_gives_back_what_it_has_not_needed() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let store = plugin.open(false);
    let before = plugin.index_used();
    let no_space = || Err(Error::NoSpace(String::new()));
    let interrupted = || Err(Error::Interrupted(String::new()));
    for result in [Ok(()), no_space(), interrupted()] {
        let resource = plugin.table.get(&store).unwrap().get().unwrap();
        let changed = resource.change(1000, |_| {
            assert_eq!(plugin.index_used() - before, 1000);
            result.clone()
        });
        assert_eq!((changed, plugin.index_used()), (result, before));
    }
}

#[test]
fn keys_that_another_plugin_has_removed_make_room_for_new_ones() {
    let folder = TempDir::new().unwrap();
    let mut small = Plugin::new(&folder, &CtxBuilder::new().max_index(1000));
    let mut other = Plugin::new(&folder, &CtxBuilder::new());
    let (store, remover) = (small.open(false), other.open(false));
    for number in 0..14 {
        now(small.view().set(copy(&store), format!("key {number}"), vec![])).ok().unwrap();
    }
    now(other.view().clear(copy(&remover))).ok().unwrap();
    for number in 14..28 {
        now(small.view().set(copy(&store), format!("key {number}"), vec![])).ok().unwrap();
    }
}

#[test]
fn a_commit_of_a_closed_store_leaves_the_index_of_another_store_reserved() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let (closed, open) = (plugin.open(false), plugin.open(false));
    for number in 0..1000 {
        now(plugin.view().set(copy(&open), format!("key {number}"), vec![])).ok().unwrap();
    }
    let before = plugin.index_used();
    let writer = now(plugin.view().writer(copy(&closed), "x".into())).ok().unwrap();
    now(plugin.view().close(copy(&closed))).unwrap();
    for _ in 0..2 {
        let refused =
            plugin_error(now(plugin.view().commit(copy(&writer))).expect_err("it is closed"));
        assert!(matches!(refused.code, ErrorCode::Closed), "{refused:?}");
        assert_eq!(plugin.index_used(), before, "1000 keys are in memory");
        assert_eq!(plugin.index_memory(&open), before);
    }
}
