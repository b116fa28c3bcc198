//! The quotas of what a plugin stores: bytes, keys, and the length of a file.

use filemap_host::CtxBuilder;

use super::support::folders::Folders;
use super::{Quota, run, run_in, tests_of_quotas};

const STORE: &str = "store work/store";

const fn bytes(max: u64) -> CtxBuilder {
    CtxBuilder::new().max_stored_bytes(max)
}

tests_of_quotas! {
    bytes_of_values: Quota {
        limits: bytes(1000),
        before: &[STORE, "set a 400", "set b 500"],
        over: "set c 101",
        message: "cannot write the value of `c` in `work/store`: it is more than this host allows \
                  a plugin (the limit `max_stored_bytes` is 1000 bytes in files, with 900 in use \
                  and 101 more needed: remove keys, or resize arrays to fewer elements first)",
        giving_back: &["remove a", "set c 101"],
        after: "set a 399",
    };

    bytes_of_writers: Quota {
        limits: bytes(1000),
        before: &[STORE, "begin a 600"],
        over: "writer b 500",
        message: "cannot write the value of `b` in `work/store`: it is more than this host allows \
                  a plugin (the limit `max_stored_bytes` is 1000 bytes in files, with 600 in use \
                  and 500 more needed: remove keys, or resize arrays to fewer elements first)",
        // The failed writer is dropped, and has left nothing.
        giving_back: &["writer b 400", "pop b", "release", "stream b 500", "clear"],
        after: "writer b 1000",
    };

    bytes_of_arrays: Quota {
        limits: bytes(1000),
        // The header has 128 bytes.
        before: &["create-npy work/x.npy 500"],
        over: "resize 873",
        message: "cannot resize the array over `work/x.npy`: it is more than this host allows a \
                  plugin (the limit `max_stored_bytes` is 1000 bytes in files, with 628 in use and \
                  373 more needed: remove keys, or resize arrays to fewer elements first)",
        giving_back: &["resize 872", "resize 0"],
        after: "open work/y.bin w+ 872",
    };

    keys: Quota {
        limits: CtxBuilder::new().max_stored_keys(3),
        before: &[STORE, "update 2 1", "set c 1"],
        over: "set d 1",
        message: "cannot write the value of `d` in `work/store`: it is more than this host allows \
                  a plugin (the limit `max_stored_keys` is 3 keys, with 3 in use and 1 more \
                  needed: remove some first)",
        giving_back: &["set c 2", "remove 0", "writer d 1", "pop 1", "stream e 1", "clear"],
        after: "update 3 1",
    };

    file_size: Quota {
        limits: CtxBuilder::new().max_file_size(1000),
        before: &[STORE, "set a 1000"],
        over: "set b 1001",
        message: "cannot write the value of `b` in `work/store`: it is more than this host allows \
                  a plugin (the limit `max_file_size` is 1000 bytes for one file, and it would \
                  have 1001: write less, or use several files)",
        giving_back: &["set b 1000", "stream c 1000", "create-npy work/x.npy 872", "resize 1"],
        after: "open work/y.bin w+ 1000",
    };
}

/// Returns the bytes that are in use after these commands, which all succeed.
#[track_caller]
fn used_after(folders: &Folders, commands: &[&str]) -> u64 {
    let (printed, usage) = run_in(&bytes(100_000), folders, commands);
    assert!(printed.iter().all(|line| line == "ok"), "{printed:#?}");
    usage.stored_bytes.used
}

#[test]
fn every_way_to_write_and_to_remove_is_counted() {
    for (commands, used) in [
        (&["set a 10"][..], 10),
        (&["set a 10", "set a 7"], 7),
        (&["set a 10", "writer a 2500", "stream b 5000"], 7500),
        (&["update 3 10", "set 1 20"], 40),
        (&["update 3 10", "pop 1"], 20),
        (&["update 3 10", "clear"], 0),
        (&["begin a 3000"], 3000),
        (&["begin a 3000", "release"], 0),
        (&["create-npy work/x.npy 100"], 228),
        (&["create-npy work/x.npy 100", "resize 200", "resize 50"], 178),
        (&["open work/x.bin w+ 300"], 300),
        (&["open work/x.bin w+ 300", "open work/x.bin w+ 200"], 200),
        (&["open work/x.bin w+ 300", "open work/x.bin r+ 400"], 400),
    ] {
        let commands = [&[STORE], commands].concat();
        assert_eq!(used_after(&Folders::new(), &commands), used, "{commands:?}");
    }
}

#[test]
fn what_existed_before_is_given_back_but_is_no_credit() {
    let folders = Folders::new();
    assert_eq!(used_after(&folders, &[STORE, "set old 5000"]), 5000);
    assert_eq!(used_after(&folders, &[STORE, "set new 100"]), 100, "only what is new counts");
    assert_eq!(used_after(&folders, &[STORE, "set a 600", "set old 4500"]), 100);
    assert_eq!(used_after(&folders, &[STORE, "set b 100", "remove old", "set c 50"]), 50);
}

#[test]
fn a_removed_value_counts_until_it_is_closed() {
    for open in ["open-value a r", "open-value a c", "open-value a r+", "reader a"] {
        let commands = [STORE, "set a 500", open, "remove a"];
        assert_eq!(used_after(&Folders::new(), &commands), 500, "{open}");
        let close = [&commands[..], &["drop", "release", "set b 1"]].concat();
        assert_eq!(used_after(&Folders::new(), &close), 1, "{open}");
    }
    // Its length counts, as it is when it is closed.
    let commands = [STORE, "set a 500", "open-value a r+", "set a 1", "resize 900"];
    assert_eq!(used_after(&Folders::new(), &commands), 901);
    let commands = [&commands[..], &["resize 30", "drop"]].concat();
    assert_eq!(used_after(&Folders::new(), &commands), 1);
}

#[test]
fn a_failed_call_stores_nothing() {
    let limits = CtxBuilder::new().max_stored_bytes(1000).max_stored_keys(2);
    for (commands, message) in [
        (&["update 2 501"][..], "max_stored_bytes"),
        (&["update 3 1"], "max_stored_keys"),
        (&["stream a 1001"], "the stream failed"),
        (&["writer a 1001"], "max_stored_bytes"),
        (&["create-npy work/x.npy 900"], "max_stored_bytes"),
        (&["open work/x.bin w+ 1001"], "max_stored_bytes"),
        (&["open work/bytes.bin r+ 1065"], "max_stored_bytes"),
    ] {
        let (printed, usage) = run(&limits, &[&[STORE], commands].concat());
        assert!(printed.last().unwrap().contains(message), "{printed:?}");
        assert_eq!((usage.stored_bytes.used, usage.stored_keys.used), (0, 0), "{commands:?}");
    }
}

#[test]
fn a_value_is_replaced_only_if_there_is_room_for_both() {
    let commands = [STORE, "set a 600", "set a 401", "set a 400", "set a 600"];
    let (printed, usage) = run(&bytes(1000), &commands);
    assert!(printed[2].contains("with 600 in use and 401 more needed"), "{printed:#?}");
    assert_eq!(printed[3..], ["ok", "ok"]);
    assert_eq!(usage.stored_bytes.used, 600);
}

#[test]
fn without_a_limit_nothing_is_counted() {
    let (printed, usage) = run(&CtxBuilder::new(), &[STORE, "set a 600"]);
    assert_eq!(printed, ["ok", "ok"]);
    assert_eq!((usage.stored_bytes.used, usage.stored_bytes.max), (0, u64::MAX));
    assert_eq!((usage.stored_keys.used, usage.stored_keys.max), (0, u64::MAX));
}

#[test]
fn a_long_file_that_exists_is_changed_but_not_extended() {
    let limits = CtxBuilder::new().max_file_size(10);
    let (printed, _) = run(
        &limits,
        &["open work/bytes.bin r+", "write 60 4 1", "resize 65", "resize 20", "resize 10"],
    );
    assert_eq!(printed[..2], ["ok", "ok"]);
    assert!(printed[2].contains("is 10 bytes for one file, and it would have 65"), "{printed:?}");
    assert_eq!(printed[3..], ["ok", "ok"]);
}
