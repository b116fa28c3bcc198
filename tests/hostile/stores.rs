//! Hostile cases for which the test prepares the directory of a store or inspects it afterwards.

use std::fs;
use std::path::Path;

use filemap_host::CtxBuilder;

use super::support::cases::BOTH_PROVIDERS;
use super::support::files::file_names;
use super::support::folders::Folders;
use super::support::run::Provider;
use super::{check, check_with, prepared, run_case};

/// More names than `verify` lists.
const FILE_COUNT: u32 = 10_050;

/// Creates a directory of empty files.
fn create_files(directory: &Path, name: impl Fn(u32) -> String) {
    fs::create_dir(directory).unwrap();
    for number in 0..FILE_COUNT {
        fs::write(directory.join(name(number)), []).unwrap();
    }
}

#[test]
fn opens_a_store_in_a_pipe() {
    for provider in BOTH_PROVIDERS {
        check(provider, prepared::opens_a_store_in_a_pipe);
    }
}

#[test]
fn opens_a_directory_of_foreign_files() {
    for provider in BOTH_PROVIDERS {
        let folders = Folders::new();
        create_files(&folders.work().join("strangers"), |number| {
            format!("stranger {number}#{number}")
        });
        let case = prepared::opens_a_directory_of_foreign_files;
        check_with(provider, case, &folders, &CtxBuilder::new());
    }
}

#[test]
fn loses_the_files_of_all_keys() {
    for provider in BOTH_PROVIDERS {
        let folders = Folders::new();
        create_files(&folders.work().join("values"), |number| format!("{number}#{number}"));
        check_with(provider, prepared::loses_the_files_of_all_keys, &folders, &CtxBuilder::new());
    }
}

#[test]
fn leaves_writers_open() {
    for provider in BOTH_PROVIDERS {
        for case in [prepared::leaves_writers_open, prepared::traps_with_writers_open] {
            let folders = Folders::new();
            let outcome = run_case(provider, case, &folders, &CtxBuilder::new());
            match (case, &outcome.exit) {
                (prepared::leaves_writers_open, Ok(0)) => {}
                (prepared::traps_with_writers_open, Err(trap)) => {
                    assert!(trap.contains("wasm `unreachable` instruction executed"), "{trap}");
                }
                _ => panic!("{outcome:?}"),
            }
            assert_eq!(outcome.stdout, "20 writers are open\n", "{provider:?}: {}", outcome.stderr);
            let (temporary, others): (Vec<_>, Vec<_>) = file_names(&folders.work().join("store"))
                .into_iter()
                .partition(|name| name.starts_with("%temporary-filemap#"));
            assert_eq!(others, ["key#0"], "{provider:?}");
            // The portable provider is not notified when its plugin ends, so it cannot clean up.
            assert!(temporary.is_empty() || provider == Provider::Portable, "{temporary:?}");
            check_with(provider, prepared::finds_no_files_of_writers, &folders, &CtxBuilder::new());
        }
    }
}
