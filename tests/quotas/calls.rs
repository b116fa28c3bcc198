//! The caps of one call. A plugin goes on with less in a call.

use filemap_host::CtxBuilder;

use super::{Quota, tests_of_quotas};

const SPARSE: &str = "open work/sparse.bin r";

tests_of_quotas! {
    touched_pages: Quota {
        limits: CtxBuilder::new().max_touched_pages(1000),
        before: &[SPARSE],
        over: "read-every 4096",
        message: "cannot read the array over `work/sparse.bin`: it is more than this host allows a \
                  plugin (the limit `max_touched_pages` is 1000 pages a call, and the selection \
                  lies in 1464844: take a part at a time)",
        giving_back: &[],
        after: "flush",
    };

    pages_of_a_long_read: Quota {
        limits: CtxBuilder::new().max_touched_pages(1000),
        before: &[SPARSE],
        over: "read 0 8192000",
        message: "cannot read the array over `work/sparse.bin`: it is more than this host allows a \
                  plugin (the limit `max_touched_pages` is 1000 pages a call, and the selection \
                  lies in 2000: take a part at a time)",
        giving_back: &[],
        after: "flush",
    };

    // `sum` and `fill` go through their part in pieces, each of which is below the limit.
    pages_of_a_sum: Quota {
        limits: CtxBuilder::new().max_touched_pages(1500),
        before: &[SPARSE],
        over: "sum 0 8192000",
        message: "cannot read the array over `work/sparse.bin`: it is more than this host allows a \
                  plugin (the limit `max_touched_pages` is 1500 pages a call, and the selection \
                  lies in 2000: take a part at a time)",
        giving_back: &["sum 0 6144000"],
        after: "sum 4096000 4096000",
    };

    pages_of_a_fill: Quota {
        limits: CtxBuilder::new().max_touched_pages(1000),
        before: &["create-npy work/x.npy 8192000"],
        over: "fill 0 8000000",
        message: "cannot fill the array over `work/x.npy`: it is more than this host allows a \
                  plugin (the limit `max_touched_pages` is 1000 pages a call, and the selection \
                  lies in 1954: take a part at a time)",
        giving_back: &["fill 0 4000000"],
        after: "fill 4000000 4000000",
    };

    page_tables: Quota {
        limits: CtxBuilder::new().max_page_tables(1000),
        before: &[SPARSE],
        over: "read-every 4194304",
        message: "cannot read the array over `work/sparse.bin`: it is more than this host allows a \
                  plugin (the limit `max_page_tables` is 1000 page tables a call, and the \
                  selection lies in 1431: take a part at a time)",
        giving_back: &[],
        after: "flush",
    };

    scanned_by_reduce: Quota {
        limits: CtxBuilder::new().max_scanned(1 << 20),
        before: &[SPARSE],
        over: "sum 0 1000000",
        message: "cannot read the array over `work/sparse.bin`: it is more than this host allows \
                  a plugin (the limit `max_scanned` is 1048576 bytes a call, and this call counts \
                  as 4000000 bytes: an element counts as 4 bytes or more, one that lies apart as \
                  the bytes around it, and a byte that is filled as 4; take a part at a time)",
        giving_back: &["sum 0 262144"],
        after: "sum 262144 262144",
    };

    scanned_by_fill: Quota {
        limits: CtxBuilder::new().max_scanned(1 << 20),
        before: &["create-npy work/x.npy 1000000"],
        over: "fill 0 1000000",
        message: "cannot fill the array over `work/x.npy`: it is more than this host allows a \
                  plugin (the limit `max_scanned` is 1048576 bytes a call, and this call counts as \
                  4000000 bytes: an element counts as 4 bytes or more, one that lies apart as the \
                  bytes around it, and a byte that is filled as 4; take a part at a time)",
        giving_back: &["fill 0 262144"],
        after: "fill 262144 262144",
    };

    moved_bytes: Quota {
        limits: CtxBuilder::new(),
        before: &["open work/sparse.bin r"],
        over: "read 0 134217729",
        message: "the selection is 134217729 bytes, and one call moves at most 134217728 (fixed): \
                  read it in smaller pieces",
        giving_back: &[],
        after: "flush",
    };

    moved_keys: Quota {
        limits: CtxBuilder::new(),
        before: &["store work/store"],
        over: "update 10001 0",
        message: "10001 keys are too many for one call, which takes at most 10000 (fixed): use \
                  several calls",
        giving_back: &["update 1000 0"],
        after: "get-many 10000",
    };
}
