//! The limits of the native provider hold for buckets.

use filemap_host::CtxBuilder;

use crate::run_keyvalue;
use crate::support::files::{file_contents, file_names};
use crate::support::folders::Folders;
use crate::support::run::Provider;

/// Runs a case that must fail because of a limit.
#[track_caller]
fn exceeds(limits: &CtxBuilder, case: &str, text: &str) -> Folders {
    let folders = Folders::new();
    let outcome = run_keyvalue(Provider::Native, &[case], &folders, limits);
    assert!(outcome.exit.is_err(), "{case} succeeded");
    assert!(outcome.stderr.contains(text), "{case}: {}", outcome.stderr);
    folders
}

#[test]
fn buckets_count_as_stores() {
    let handles = CtxBuilder::new().max_handles(1);
    exceeds(&handles, "handles_of_one_bucket_see_each_others_changes", "arrays, views, stores");
    let files = CtxBuilder::new().max_files(3);
    exceeds(&files, "handles_of_one_bucket_see_each_others_changes", "files");
    for provider in [Provider::Native, Provider::Asynchronous] {
        let (folders, two) = (Folders::new(), CtxBuilder::new().max_handles(2).max_files(4));
        let case = ["handles_of_one_bucket_see_each_others_changes"];
        let outcome = run_keyvalue(provider, &case, &folders, &two);
        assert_eq!(outcome.exit, Ok(0), "{}", outcome.stderr);
    }
}

#[test]
fn keys_and_bytes_of_buckets_count_as_stored() {
    let keys = CtxBuilder::new().max_stored_keys(99);
    let folders = exceeds(&keys, "list_keys_lists_every_key_once", "99");
    let default = folders.work().join("default");
    assert_eq!(file_names(&default), [""; 0], "`set-many` has set nothing");
    let bytes = CtxBuilder::new().max_stored_bytes(3);
    let case = "increment_returns_the_sum_and_leaves_it_as_a_decimal_number";
    let folders = exceeds(&bytes, case, "3 bytes");
    // The next value is 100, and the old one counts until it is replaced.
    let files = file_contents(&folders.work().join("default"));
    assert_eq!(files.into_values().collect::<Vec<_>>(), [b"3"]);
}
