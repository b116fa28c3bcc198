//! The budgets of what a plugin has at once.

use filemap_host::CtxBuilder;

use super::{Quota, run, tests_of_quotas};

const ARRAY: &str = "open work/bytes.bin r";

tests_of_quotas! {
    handles: Quota {
        limits: CtxBuilder::new().max_handles(3),
        before: &["store work/store", ARRAY, "view"],
        over: "view",
        message: "the limit `max_handles` is 3 open arrays, views, stores, streams, readers and \
                  writers, with 3 in use and 1 more needed: close or drop some first",
        giving_back: &["drop"],
        after: "view",
    };

    files: Quota {
        limits: CtxBuilder::new().max_files(3),
        // A directory and its lock count too.
        before: &["store work/store", ARRAY],
        over: ARRAY,
        message: "cannot map `work/bytes.bin`: it is more than this host allows a plugin (the \
                  limit `max_files` is 3 open files and directories, with 3 in use and 1 more \
                  needed: close or drop some first)",
        giving_back: &["drop-store"],
        after: ARRAY,
    };

    files_of_readers: Quota {
        limits: CtxBuilder::new().max_files(3),
        before: &["store work/store", "set key 1", "reader key"],
        over: "reader key",
        message: "the limit `max_files` is 3 open files and directories, with 3 in use and 1 more \
                  needed: close or drop some first",
        giving_back: &["release"],
        after: "reader key",
    };

    mapped: Quota {
        limits: CtxBuilder::new().max_mapped(100),
        before: &[ARRAY],
        over: ARRAY,
        message: "cannot map `work/bytes.bin`: it is more than this host allows a plugin (the \
                  limit `max_mapped` is 100 mapped bytes, with 64 in use and 64 more needed: close \
                  or drop some first, or map a smaller part of the file)",
        giving_back: &["drop"],
        after: ARRAY,
    };

    private: Quota {
        limits: CtxBuilder::new().max_private(4096),
        before: &["open work/bytes.bin c", "write 0 5 1", "open work/bytes.bin c"],
        over: "write 0 5 1",
        message: "cannot write the array over `work/bytes.bin`: it is more than this host \
                  allows a plugin (the limit `max_private` is 4096 bytes changed in mode \
                  `copy-on-write`, with 4096 in use and 4096 more needed: close arrays with \
                  changes first, or remove windows)",
        // The first array has the changes.
        giving_back: &["drop", "drop", "open work/bytes.bin c"],
        after: "write 0 5 1",
    };

    index: Quota {
        limits: CtxBuilder::new().max_index(200),
        before: &["store work/store", "set a 1", "set b 1", "set c 1"],
        over: "set d 1",
        message: "the limit `max_index` is 200 bytes of memory for the keys of open stores, with \
                  195 in use and 65 more needed: close a store or remove keys first",
        giving_back: &["remove a"],
        after: "set d 1",
    };

    dtypes: Quota {
        limits: CtxBuilder::new().max_dtypes(200),
        // The header of the file counts too.
        before: &["create-npy work/x.npy 10"],
        over: "open-npy work/x.npy r",
        message: "the limit `max_dtypes` is 200 bytes of memory for the dtypes of open arrays and \
                  views, with 128 in use and 128 more needed: close or drop some first",
        giving_back: &["drop"],
        after: "open-npy work/x.npy r",
    };

    windows: Quota {
        limits: CtxBuilder::new().max_windows(1),
        before: &["open work/bytes.bin r", "window"],
        over: "window",
        message: "cannot place a window of `the array`: it is more than this host allows a plugin \
                  (the limit `max_windows` is 1 windows, with 1 in use and 1 more needed: remove \
                  some first)",
        giving_back: &["window-remove"],
        after: "window",
    };
}

/// Mappings keep page tables between calls as far as the budget goes. It makes no call fail.
#[test]
fn page_tables_are_kept_as_far_as_the_budget_goes() {
    let limits = CtxBuilder::new().max_page_tables(5000);
    // The file has 2,862 page tables, and a call touches one of two.
    let read = "read-every 4194304";
    let open = "open work/sparse.bin r";
    let kept = |commands: &[&str]| {
        let (printed, usage) = run(&limits, commands);
        assert!(printed.iter().all(|line| line == "ok" || line.contains("zeroes")), "{printed:?}");
        assert_eq!(usage.page_tables.max, 5000);
        usage.page_tables.used
    };
    assert_eq!(kept(&[open]), 0);
    assert_eq!(kept(&[open, read]), 1431);
    assert_eq!(kept(&[open, read, open, read, open, read]), 4293);
    assert_eq!(kept(&[open, read, open, read, open, read, open, read]), 4293, "one more array");
    assert_eq!(kept(&[open, read, open, read, open, read, "drop", open, read]), 4293);
    assert_eq!(kept(&[open, read, open, read, open, read, "drop", "drop"]), 1431);
}
