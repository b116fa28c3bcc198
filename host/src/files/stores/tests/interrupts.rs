//! An interruption of one plugin's calls on a directory that several plugins use.

use filemap::checkpoint::never;
use filemap::error::{Error, Result};

use super::*;
use crate::interrupter::Interrupter;
use crate::pages::in_child::{in_child, limit_memory};
use crate::stores::KeyValueStore;

/// A store of a plugin, and the handle that ends the plugin's calls.
pub(super) fn plugin(folder: &TempDir) -> (Store<NativeDirectory>, Interrupter) {
    let handle = std::fs::File::open(folder.path()).unwrap();
    let given = wasi::Dir::new(handle, FsPerms::ReadWrite, OpenMode::READ, false);
    let budgets = CtxBuilder::new().budgets();
    let directory = NativeDirectory::from_descriptor(&given, &budgets).unwrap();
    let store = Store::open_directory(&REGISTRY, directory, "test", WRITE).unwrap();
    (store, budgets.interrupter)
}

pub(super) fn names(folder: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn an_interrupted_plugin_does_not_stop_another_one_on_its_directory() {
    let folder = TempDir::new().unwrap();
    // The last store that was opened for writing is the directory's witness.
    let (other, _) = plugin(&folder);
    let (store, interrupter) = plugin(&folder);
    store.set("k", &[b"v"]).unwrap();
    interrupter.interrupt();
    assert!(matches!(store.get("k"), Err(Error::Interrupted(_))));
    assert_eq!(other.get("k"), Ok(Some(b"v".to_vec())));
    other.set("k", &[b"w"]).unwrap();
    let third = open(&folder, WRITE);
    assert_eq!(third.get("k"), Ok(Some(b"w".to_vec())), "all have the same index");
    assert_eq!(open(&folder, READ).get("k"), Ok(Some(b"w".to_vec())));
    drop(store);
    interrupter.reset();
    third.clear().unwrap();
    assert_eq!(other.len(), Ok(0));
    drop((other, third));
    assert!(directory(&folder).try_lock().unwrap().is_some(), "the lock is released");
}

#[test]
fn a_call_that_is_interrupted_at_any_checkpoint_has_happened_or_not() {
    type Call = fn(&Store<NativeDirectory>) -> Result<()>;
    let calls: [(Call, &[&str]); 4] = [
        (|store| store.set("a", &[vec![1; 3 << 20]]), &["a#2", "b#1"]),
        (|store| store.update(&[("a", b"x"), ("c", b"y")]), &["a#2", "b#1", "c#3"]),
        (|store| store.remove("a").map(drop), &["b#1"]),
        (
            |store| {
                let mut writer = store.writer("b")?;
                writer.write(b"x")?;
                writer.commit()
            },
            &["a#0", "b#2"],
        ),
    ];
    for (call, after) in calls {
        for checkpoint in 1.. {
            let folder = TempDir::new().unwrap();
            let (store, interrupter) = plugin(&folder);
            store.update(&[("a", b"1"), ("b", b"2")]).unwrap();
            let before = names(&folder);
            assert_eq!(before, ["a#0", "b#1"]);
            interrupter.interrupt_at(checkpoint);
            let result = call(&store);
            let is_interrupted = interrupter.is_interrupted();
            interrupter.interrupt_at(0);
            interrupter.reset();
            if !is_interrupted {
                assert_eq!(
                    (result, names(&folder)),
                    (Ok(()), after.iter().map(|&name| name.into()).collect())
                );
                break;
            }
            match result {
                Ok(()) => assert_eq!(names(&folder), after),
                Err(Error::Interrupted(_)) => assert_eq!(names(&folder), before),
                Err(other) => panic!("{other:?}"),
            }
            call(&store).unwrap();
            assert_eq!(store.len().unwrap(), names(&folder).len() as u64);
        }
    }
}

/// So many keys that a thread completes their update.
pub(super) const KEYS: usize = 100;

/// Updates a store as a plugin does.
pub(super) fn update(store: &dyn KeyValueStore, value: &[u8]) -> Result<()> {
    let key = |number| (format!("{number:02}"), value.to_vec());
    store.update(&(0..KEYS).map(key).collect::<Vec<_>>())
}

/// Returns the number of checkpoints of [`update`] until all values are in temporary files.
fn checkpoints_of_preparation() -> u64 {
    let (folder, many) = (TempDir::new().unwrap(), 1 << 20);
    let (store, interrupter) = plugin(&folder);
    let items: Vec<_> = (0..KEYS).map(|number| (format!("{number:02}"), b"x")).collect();
    interrupter.interrupt_at(many);
    let mut completion = store.prepare_update(&items).unwrap();
    let count = many - interrupter.checkpoints_left();
    completion.run(&never).unwrap();
    count
}

#[test]
fn an_interrupted_update_of_many_keys_happens_or_not_although_its_caller_has_left() {
    let prepared = checkpoints_of_preparation();
    assert!(prepared > KEYS as u64);
    let (old, new): (Vec<_>, Vec<_>) = (0..KEYS)
        .map(|number| (format!("{number:02}#{number}"), format!("{number:02}#{}", KEYS + number)))
        .unzip();
    // The checkpoints after the last value are those of the caller while it waits.
    for checkpoint in (2..prepared).step_by(29).chain(prepared..prepared + 4) {
        let folder = TempDir::new().unwrap();
        let (store, interrupter) = plugin(&folder);
        update(&store, b"old").unwrap();
        assert_eq!(names(&folder), old);
        interrupter.interrupt_at(checkpoint);
        let result = update(&store, b"new");
        assert_eq!(result.is_err(), interrupter.is_interrupted(), "{result:?}");
        interrupter.interrupt_at(0);
        interrupter.reset();
        // A call that comes later has the last word.
        store.set("00", &[b"last"]).unwrap();
        drop(store);
        interrupter.wait_for_updates();
        assert!(directory(&folder).try_lock().unwrap().is_some(), "the lock is released");
        let found = names(&folder);
        assert_eq!((found.len(), &found[0][..3]), (KEYS, "00#"));
        let has_happened = found[1..] == new[1..];
        assert!(has_happened || found[1..] == old[1..], "{found:?}");
        match result {
            Ok(()) => assert!(has_happened),
            Err(Error::Interrupted(message)) => {
                assert!(message.starts_with("cannot write the value of `"), "{message}");
            }
            Err(other) => panic!("{other:?}"),
        }
        assert_eq!(open(&folder, READ).get("00"), Ok(Some(b"last".to_vec())));
    }
}

#[test]
fn an_update_of_many_keys_is_complete_when_it_returns() {
    let folder = TempDir::new().unwrap();
    let (store, interrupter) = plugin(&folder);
    update(&store, b"x").unwrap();
    drop(store);
    assert!(directory(&folder).try_lock().unwrap().is_some(), "the lock is released");
    assert_eq!(names(&folder).len(), KEYS);
    // A directory has the name of a value file, so that one of the renames fails.
    let (store, _) = plugin(&folder);
    std::fs::create_dir(folder.path().join(format!("50#{}", KEYS + 50))).unwrap();
    let refused = update(&store, b"new").unwrap_err();
    assert!(refused.to_string().contains("`50`"), "{refused}");
    assert_eq!(names(&folder).len(), KEYS + 1, "nothing is left");
    assert_eq!(store.get("00"), Ok(Some(b"x".to_vec())));
    interrupter.wait_for_updates();
}

#[test]
fn an_update_of_many_keys_needs_no_further_thread() {
    let test = "an_update_of_many_keys_needs_no_further_thread";
    let status = in_child(module_path!(), test, || {
        let folder = TempDir::new().unwrap();
        let (store, interrupter) = plugin(&folder);
        // The stack of a thread takes 512 pages.
        limit_memory(128);
        assert!(thread::Builder::new().spawn(|| ()).is_err());
        update(&store, b"x").unwrap();
        assert_eq!(names(&folder).len(), KEYS);
        interrupter.wait_for_updates();
    });
    assert!(status.is_none_or(|status| status.success()));
}

#[test]
fn an_interrupted_opening_leaves_the_other_stores_as_they_were() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("k#0"), b"v").unwrap();
    let (store, _) = plugin(&folder);
    let budgets = CtxBuilder::new().budgets();
    let handle = std::fs::File::open(folder.path()).unwrap();
    let given = wasi::Dir::new(handle, FsPerms::ReadWrite, OpenMode::READ, false);
    for checkpoint in 1.. {
        let interrupter = &budgets.interrupter;
        let directory = NativeDirectory::from_descriptor(&given, &budgets).unwrap();
        interrupter.interrupt_at(checkpoint);
        let opened = Store::open_directory(&REGISTRY, directory, "test", WRITE);
        let is_interrupted = interrupter.is_interrupted();
        interrupter.interrupt_at(0);
        interrupter.reset();
        if !is_interrupted {
            assert_eq!(opened.unwrap().len(), Ok(1));
            break;
        }
        let message = "cannot open the directory `test`: the host ended the call before it was \
            complete; try again later, or end soon";
        assert_eq!(opened.map(drop), Err(Error::Interrupted(message.into())));
    }
    assert_eq!(store.get("k"), Ok(Some(b"v".to_vec())));
}
