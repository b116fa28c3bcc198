//! Keys whose file names are close to the maximum length of a file name.

use crate::bindings::ErrorCode;
use crate::bindings::Mode;
use crate::store::{holds, keys, open};
use crate::store_changes::WRITES;
use crate::store_files::{files, prepare};
use crate::support::fails;

/// The maximum length of the quoted form of a new key, in bytes.
const MAX_QUOTED: usize = 235;

/// The maximum length of the quoted form with a number of one digit, as zict can write it.
const MAX_QUOTED_BY_ZICT: usize = 253;

pub(crate) fn store_key_may_be_as_long_as_fits_with_every_number() {
    let key = "k".repeat(MAX_QUOTED);
    prepare(&["other#9223372036854775806"]);
    let store = open();
    store.set(&key, b"value").unwrap();
    holds(&store, &key, b"value");
    drop(store);
    holds(&open(), &key, b"value");
    // A name of 255 bytes.
    assert_eq!(files(), [format!("{key}#9223372036854775807"), "other#9223372036854775806".into()]);
}

pub(crate) fn store_key_of_the_longest_quoted_form_fits_in_every_write() {
    let quoted = "%C3%A9".repeat(39) + "k";
    let key = "é".repeat(39) + "k";
    assert_eq!(quoted.len(), MAX_QUOTED);
    for (name, write) in WRITES {
        let store = open();
        write(&store, &key, b"value").unwrap();
        holds(&store, &key, b"value");
        assert_eq!(files(), [format!("{quoted}#0")], "{name}");
        assert!(store.remove(&key).unwrap());
        drop(store);
        std::fs::remove_dir("work/store").unwrap();
    }
}

pub(crate) fn store_key_that_is_too_long_by_one_is_invalid_and_changes_nothing() {
    let store = open();
    store.set("key", b"value").unwrap();
    for (key, length) in [
        ("k".repeat(MAX_QUOTED + 1), "236"),
        ("é".repeat(39) + "kk", "236"),
        ("/".repeat(79), "237"),
        ("k".repeat(MAX_QUOTED_BY_ZICT), "253"),
        ("é".repeat(43), "258"),
        ("/".repeat(100_000), "300000"),
    ] {
        for (name, write) in WRITES {
            fails(
                write(&store, &key, b"value"),
                ErrorCode::InvalidArgument,
                &[length, "235", "shorter key"],
            );
            assert_eq!(files(), ["key#0"], "{name}");
        }
        // `writer` fails, not only its `commit`.
        fails(store.writer(&key), ErrorCode::InvalidArgument, &[length, "235"]);
        let items = ["new", &key, "key"].map(|key| (key.into(), b"new".to_vec()));
        fails(store.update(&items), ErrorCode::InvalidArgument, &[length, "235"]);
        assert_eq!(files(), ["key#0"]);
        holds(&store, "key", b"value");
        // The key does not exist, and reading calls do not fail.
        assert_eq!((store.get(&key).unwrap(), store.size_of(&key).unwrap()), (None, None));
        assert_eq!((store.contains(&key).unwrap(), store.remove(&key).unwrap()), (false, false));
    }
    assert_eq!(store.len().unwrap(), 1);
}

pub(crate) fn store_key_of_zict_may_be_longer_and_is_read() {
    let key = "k".repeat(MAX_QUOTED_BY_ZICT);
    let name = format!("{key}#0");
    prepare(&[&name]);
    let store = open();
    assert_eq!(keys(&store), [key.as_str()]);
    holds(&store, &key, name.as_bytes());
    assert!(store.contains(&key).unwrap());
    assert_eq!(store.size_of(&key).unwrap(), Some(255));
    assert_eq!(store.get_range(&key, 253, 9).unwrap().as_deref(), Some(&b"#0"[..]));
    assert_eq!(store.reader(&key).unwrap().unwrap().read(999).unwrap(), name.as_bytes());
    let array = store.open_value(&key, Mode::ReadWrite).unwrap().unwrap();
    array.fill(b"x").unwrap();
    holds(&store, &key, &[b'x'; 255]);
    // The key has a value, so that the call sets nothing.
    assert_eq!(store.set_default(&key, b"value").unwrap(), [b'x'; 255]);
    assert_eq!(files(), [name]);
}

pub(crate) fn store_key_of_zict_may_be_longer_and_is_removed() {
    let key = "k".repeat(MAX_QUOTED_BY_ZICT);
    let name = format!("{key}#0");
    prepare(&[&name]);
    let store = open();
    assert!(store.remove(&key).unwrap());
    assert_eq!((files().len(), store.get(&key).unwrap()), (0, None));
    // Now the key would be new.
    fails(store.set(&key, b"value"), ErrorCode::InvalidArgument, &["253", "235"]);
    drop(store);
    std::fs::write(format!("work/store/{name}"), b"value").unwrap();
    let store = open();
    assert_eq!(store.pop(&key).unwrap().as_deref(), Some(&b"value"[..]));
    assert!(files().is_empty());
    drop(store);
    std::fs::write(format!("work/store/{name}"), b"value").unwrap();
    assert_eq!(open().pop_item().unwrap(), Some((key, b"value".to_vec())));
    assert!(files().is_empty());
}

pub(crate) fn store_key_of_zict_may_be_longer_and_is_replaced_if_the_new_file_name_fits() {
    let key = "k".repeat(MAX_QUOTED_BY_ZICT);
    prepare(&[&format!("{key}#0")]);
    let store = open();
    // The numbers 1 to 9 fit.
    for (number, (name, write)) in
        WRITES.iter().filter(|(name, _)| *name != "set-default").enumerate()
    {
        write(&store, &key, name.as_bytes()).unwrap();
        holds(&store, &key, name.as_bytes());
        assert_eq!(files(), [format!("{key}#{}", number + 1)]);
    }
    for _ in 5..10 {
        store.set(&key, b"last").unwrap();
    }
    assert_eq!(files(), [format!("{key}#9")]);
    for (name, write) in WRITES.iter().filter(|(name, _)| *name != "set-default") {
        fails(write(&store, &key, b"new"), ErrorCode::InvalidArgument, &["256", "255"]);
        holds(&store, &key, b"last");
        assert_eq!(files(), [format!("{key}#9")], "{name}");
    }
    drop(store);
    holds(&open(), &key, b"last");
}
