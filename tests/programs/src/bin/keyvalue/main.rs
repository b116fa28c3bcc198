//! A plugin that knows `wasi:keyvalue` and nothing of filemap: `keyvalue CASE` checks one case, and
//! traps if it fails.
//!
//! The bucket `default` is granted for writing. `tests/support/folders.rs` describes the other
//! folders.

mod batches;
mod buckets;
mod counters;
#[path = "../../dispatch.rs"]
mod dispatch;
#[path = "../../keyvalue.rs"]
mod keyvalue;
mod pages;
mod processes;
mod values;

use dispatch::run_case;
use keyvalue::{Bucket, Error};

include!("list.rs");

fn main() {
    match &*dispatch::case_name() {
        "count" => return processes::count(),
        "increment" => return processes::increment_many_times(),
        _ => {}
    }
    for_each_common_case!(run_case);
    for_each_store_case!(run_case);
    for_each_directory_case!(run_case);
    dispatch::unknown_case(&dispatch::case_name());
}

/// All cases, under their names in the list.
mod cases {
    pub(crate) use super::batches::*;
    pub(crate) use super::buckets::*;
    pub(crate) use super::counters::*;
    pub(crate) use super::pages::*;
    pub(crate) use super::values::*;
}

/// Opens the bucket without a name.
#[track_caller]
fn open() -> Bucket {
    keyvalue::open("").unwrap()
}

/// Checks that a call fails with `other`, and that the message has all `parts`.
#[track_caller]
fn fails<T>(result: Result<T, Error>, parts: &[&str]) {
    match result {
        Ok(_) => panic!("the call succeeded"),
        Err(Error::Other(message)) => {
            for part in parts {
                assert!(message.contains(part), "`{part}` is missing in `{message}`");
            }
        }
        Err(error) => panic!("{error:?}"),
    }
}
