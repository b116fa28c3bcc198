//! Misdeeds with the directories of stores, of which the test has to say something before or after.

use std::fs;
use std::path::Path;

use filemap_host::CtxBuilder;

use super::support::folders::Folders;
use super::support::run::{Provider, run_within};
use super::{BOTH, commit, prepared};

/// Some more than the names that `verify` lists.
const MANY: u32 = 10_050;

/// Makes a directory of many empty files.
fn make_files(directory: &Path, name: impl Fn(u32) -> String) {
    fs::create_dir(directory).unwrap();
    for number in 0..MANY {
        fs::write(directory.join(name(number)), []).unwrap();
    }
}

#[test]
fn opens_a_store_in_a_pipe() {
    for provider in BOTH {
        commit(provider, prepared::opens_a_store_in_a_pipe, &Folders::new(), &CtxBuilder::new());
    }
}

#[test]
fn opens_a_directory_of_strangers() {
    for provider in BOTH {
        let folders = Folders::new();
        make_files(&folders.work().join("strangers"), |number| {
            format!("stranger {number}#{number}")
        });
        commit(provider, prepared::opens_a_directory_of_strangers, &folders, &CtxBuilder::new());
    }
}

#[test]
fn loses_the_files_of_all_keys() {
    for provider in BOTH {
        let folders = Folders::new();
        make_files(&folders.work().join("values"), |number| format!("{number}#{number}"));
        commit(provider, prepared::loses_the_files_of_all_keys, &folders, &CtxBuilder::new());
    }
}

#[test]
fn leaves_writers_open() {
    for provider in BOTH {
        for misdeed in [prepared::leaves_writers_open, prepared::traps_with_writers_open] {
            let folders = Folders::new();
            // The second does not end well, and so this is no `commit`.
            let outcome = run_within(provider, "hostile", &[misdeed], &folders, &CtxBuilder::new());
            assert_eq!(
                outcome.exit == Ok(0),
                misdeed == prepared::leaves_writers_open,
                "{outcome:?}"
            );
            assert_eq!(outcome.stdout, "20 writers are open\n", "{provider:?}: {}", outcome.stderr);
            let entries = fs::read_dir(folders.work().join("store")).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let (temporary, others): (Vec<_>, Vec<_>) =
                names.partition(|name| name.starts_with("%temporary-filemap#"));
            assert_eq!(others, ["key#0"], "{provider:?}");
            // Nobody tells the portable provider that its plugin has ended.
            assert!(temporary.is_empty() || provider == Provider::Portable, "{temporary:?}");
            commit(provider, prepared::finds_nothing_of_writers, &folders, &CtxBuilder::new());
        }
    }
}
