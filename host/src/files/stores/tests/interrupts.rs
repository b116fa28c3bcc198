//! An interruption of one plugin's calls on a directory that several plugins use.

use filemap::error::{Error, Result};

use super::*;
use crate::interrupter::Interrupter;

/// A store of a plugin, and the handle that ends the plugin's calls.
fn plugin(folder: &TempDir) -> (Store<NativeDirectory>, Interrupter) {
    let handle = std::fs::File::open(folder.path()).unwrap();
    let given = wasi::Dir::new(handle, FsPerms::ReadWrite, OpenMode::READ, false);
    let budgets = CtxBuilder::new().budgets();
    let directory = NativeDirectory::from_descriptor(&given, &budgets).unwrap();
    let store = Store::open_directory(&REGISTRY, directory, "test", WRITE).unwrap();
    (store, budgets.interrupter)
}

fn names(folder: &TempDir) -> Vec<String> {
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
