//! Files without a number: values that zict 2 or another program wrote. They are read and never
//! changed.

use std::fs;

use crate::bindings::{ErrorCode, Mode, Store};
use crate::store::{holds, keys, open};
use crate::store_changes::WRITES;
use crate::store_files::{files, prepare};
use crate::support::{READ_ONLY, described, fails, holds as array_holds};

/// File names, and the keys that Python's `unquote` returns for them, in the order of the keys. The
/// content of each file is its name.
const NAMES: [(&str, &str); 12] = [
    ("%25", "%"),
    ("%temporary-filemap", "%temporary-filemap"),
    ("%zz", "%zz"),
    (".hidden", ".hidden"),
    ("100%", "100%"),
    ("%41", "A"),
    ("a b", "a b"),
    ("a+b", "a+b"),
    ("a%2Fb", "a/b"),
    ("notes.txt", "notes.txt"),
    ("%c3%a9", "é"),
    ("%FF", "\u{fffd}"),
];

/// Creates the store `work/store` with these files.
#[track_caller]
fn unnumbered() -> Store {
    prepare(&NAMES.map(|(file, _)| file));
    open()
}

/// Checks that all files are unchanged.
#[track_caller]
fn check_unchanged() {
    let mut expected = NAMES.map(|(file, _)| file);
    expected.sort_unstable();
    assert_eq!(files(), expected);
    for file in expected {
        assert_eq!(fs::read(format!("work/store/{file}")).unwrap(), file.as_bytes());
    }
}

pub(crate) fn store_files_without_a_number_are_keys_as_python_unquotes_them() {
    let store = unnumbered();
    assert_eq!(keys(&store), NAMES.map(|(_, key)| key));
    assert_eq!(store.len().unwrap(), 12);
    assert_eq!(described(&store), "<File: work/store, 12 elements>");
    assert!(!store.contains("%41").unwrap(), "the name of a file is not its key");
    assert_eq!(store.verify().unwrap().foreign, 0);
    check_unchanged();
}

pub(crate) fn store_files_without_a_number_are_read_in_every_way() {
    drop(unnumbered());
    for store in [open(), Store::open("work/store", READ_ONLY).unwrap()] {
        let mut items = store.items().unwrap().next(100).unwrap().into_iter();
        let all: Vec<String> = NAMES.map(|(_, key)| key.into()).into();
        let mut values = store.get_many(&all).unwrap().into_iter();
        for (file, key) in NAMES {
            let bytes = file.as_bytes();
            holds(&store, key, bytes);
            assert!(store.contains(key).unwrap());
            assert_eq!(store.size_of(key).unwrap(), Some(bytes.len() as u64));
            assert_eq!(store.get_range(key, 1, 2).unwrap().unwrap(), &bytes[1..3]);
            assert_eq!(store.reader(key).unwrap().unwrap().read(100).unwrap(), bytes);
            assert_eq!(items.next(), Some((key.into(), bytes.to_vec())));
            assert_eq!(values.next(), Some(Some(bytes.to_vec())));
            array_holds(
                &store.open_value(key, Mode::ReadOnly).unwrap().unwrap(),
                &[bytes.len() as u64],
                bytes,
            );
            let copy = store.open_value(key, Mode::CopyOnWrite).unwrap().unwrap();
            copy.fill(b"x").unwrap();
        }
        assert_eq!((items.next(), values.next()), (None, None));
    }
    check_unchanged();
}

pub(crate) fn store_files_without_a_number_are_not_changed() {
    let store = unnumbered();
    for (file, key) in NAMES {
        let file = format!("`{file}`");
        let parts = [&file, "number"];
        for (name, write) in WRITES {
            // The call returns the existing value.
            if name != "set-default" {
                fails(write(&store, key, b"new"), ErrorCode::AccessDenied, &parts);
            }
        }
        fails(store.writer(key), ErrorCode::AccessDenied, &parts);
        fails(store.remove(key), ErrorCode::AccessDenied, &parts);
        fails(store.pop(key), ErrorCode::AccessDenied, &parts);
        fails(store.open_value(key, Mode::ReadWrite), ErrorCode::AccessDenied, &parts);
        assert_eq!(store.set_default(key, b"new").unwrap(), file.trim_matches('`').as_bytes());
    }
    check_unchanged();
    assert_eq!(keys(&store), NAMES.map(|(_, key)| key));
}

pub(crate) fn store_update_with_a_file_without_a_number_changes_nothing() {
    prepare(&["plain", "key#0"]);
    let store = open();
    for place in 0..3 {
        let mut items: Vec<(String, Vec<u8>)> =
            vec![("key".into(), vec![1]), ("new".into(), vec![2])];
        items.insert(place, ("plain".into(), vec![3]));
        fails(store.update(&items), ErrorCode::AccessDenied, &["`plain`", "number"]);
        assert_eq!(
            (keys(&store), files()),
            (vec!["key".into(), "plain".into()], vec!["key#0".into(), "plain".into()])
        );
        holds(&store, "key", b"key#0");
    }
}

pub(crate) fn store_clear_keeps_files_without_a_number_and_their_keys() {
    prepare(&["a b", "key#0", "plain"]);
    let store = open();
    store.clear().unwrap();
    assert_eq!(
        (keys(&store), files()),
        (vec!["a b".into(), "plain".into()], vec!["a b".into(), "plain".into()])
    );
    holds(&store, "a b", b"a b");
    store.clear().unwrap();
    assert_eq!(store.len().unwrap(), 2);
}

pub(crate) fn store_pop_item_skips_files_without_a_number() {
    prepare(&["a", "b#0", "c", "d#1", "e"]);
    let store = open();
    assert_eq!(store.pop_item().unwrap(), Some(("b".into(), b"b#0".to_vec())));
    assert_eq!(store.pop_item().unwrap(), Some(("d".into(), b"d#1".to_vec())));
    assert_eq!(store.pop_item().unwrap(), None);
    assert_eq!(
        (keys(&store), files()),
        (vec!["a".into(), "c".into(), "e".into()], vec!["a".into(), "c".into(), "e".into()])
    );
    store.set("b", b"again").unwrap();
    assert_eq!(store.pop_item().unwrap(), Some(("b".into(), b"again".to_vec())));
}

pub(crate) fn store_file_with_a_number_takes_precedence() {
    for names in [["key", "key#3"], ["a%20b#1", "a b"]] {
        prepare(&names);
        let (plain, numbered) =
            if names[0].contains('#') { (names[1], names[0]) } else { (names[0], names[1]) };
        let key = if plain == "a b" { "a b" } else { "key" };
        let store = open();
        assert_eq!(keys(&store), [key]);
        holds(&store, key, numbered.as_bytes());
        assert_eq!(described(&store), "<File: work/store, 1 elements, 1 other file ignored>");
        let found = store.verify().unwrap();
        assert_eq!(
            (found.foreign, found.foreign_names, found.outdated),
            (1, vec![plain.into()], 0)
        );
        store.set(key, b"new").unwrap();
        holds(&store, key, b"new");
        assert_eq!(fs::read(format!("work/store/{plain}")).unwrap(), plain.as_bytes());
        drop(store);
        fs::remove_dir_all("work/store").unwrap();
    }
}

pub(crate) fn store_removes_no_value_that_covers_an_older_one_without_a_number() {
    for names in [["key", "key#3"], ["a%20b#1", "a b"]] {
        prepare(&names);
        fs::write("work/store/last#7", b"last").unwrap();
        let (plain, key) = if names[1] == "a b" { ("a b", "a b") } else { ("key", "key") };
        let file = format!("`{plain}`");
        for set in [false, true] {
            let store = open();
            if set {
                store.set(key, b"new").unwrap();
            }
            let value = store.get(key).unwrap();
            fails(store.remove(key), ErrorCode::AccessDenied, &[&file, "number"]);
            fails(store.pop(key), ErrorCode::AccessDenied, &[&file, "number"]);
            let last = set.then(|| "last".to_owned()).xor(Some("last".to_owned()));
            let popped = store.pop_item().unwrap().map(|(key, _)| key);
            assert_eq!(popped, last, "the key `{key}` is skipped");
            store.clear().unwrap();
            assert_eq!((keys(&store), store.get(key).unwrap()), (vec![key.into()], value));
        }
        fs::remove_file(format!("work/store/{plain}")).unwrap();
        let store = open();
        assert!(store.remove(key).unwrap());
        assert_eq!(files(), [""; 0]);
        drop(store);
        fs::remove_dir_all("work/store").unwrap();
    }
}

pub(crate) fn store_files_without_a_number_of_one_key_are_one_value() {
    let names = ["%41", "A"];
    prepare(&names);
    let store = open();
    assert_eq!(keys(&store), ["A"]);
    let value = String::from_utf8(store.get("A").unwrap().unwrap()).unwrap();
    let found = store.verify().unwrap();
    let mut all = found.foreign_names;
    all.push(value);
    all.sort();
    assert_eq!(
        (found.foreign, all),
        (1, names.map(String::from).to_vec()),
        "every other name is foreign"
    );
    assert_eq!(files(), names);
}

pub(crate) fn store_file_that_is_given_a_number_can_be_changed() {
    prepare(&["a b", "other#4"]);
    fails(open().set("a b", b"new"), ErrorCode::AccessDenied, &["`a b`", "number"]);
    fs::rename("work/store/a b", "work/store/a%20b#5").unwrap();
    let store = open();
    holds(&store, "a b", b"a b");
    store.set("a b", b"new").unwrap();
    holds(&store, "a b", b"new");
    assert_eq!(files(), ["a%20b#6", "other#4"]);
}

pub(crate) fn store_file_without_a_number_may_have_a_key_that_cannot_be_set() {
    let name = "k".repeat(255);
    prepare(&[&name]);
    let store = open();
    assert_eq!(keys(&store), [name.as_str()]);
    holds(&store, &name, name.as_bytes());
    fs::remove_file(format!("work/store/{name}")).unwrap();
    fails(store.get(&name), ErrorCode::NotFound, &["`work/store`"]);
    assert_eq!(store.verify().unwrap().missing_keys, [name]);
}
