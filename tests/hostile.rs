//! Plugins that mean harm, under both providers: each misdeed is answered by an error, and
//! afterwards the host is alive and serves a plugin that behaves well.
//!
//! What is tried stands in `tests/programs/src/bin/hostile`.

#[path = "hostile/stores.rs"]
mod stores;
mod support;

use std::fs::{self, File};
use std::os::unix::fs::{FileExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};

use filemap_host::CtxBuilder;
use support::folders::Folders;
use support::process::peak_memory;
use support::programs;
use support::run::{Provider, run_within};

include!("programs/src/bin/hostile/list.rs");

const BOTH: [Provider; 2] = [Provider::Native, Provider::Portable];
const PAGE: u64 = 4096;

/// Lets the plugin try a misdeed, which must not trap, and then sees that nobody else suffers from
/// it.
fn commit(provider: Provider, misdeed: &'static str, folders: &Folders, caps: &CtxBuilder) {
    let outcome = run_within(provider, "hostile", &[misdeed], folders, caps);
    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
    print!("{}", outcome.stdout);
    for provider in BOTH {
        let outcome =
            run_within(provider, "hostile", &[prepared::behaves_well], folders, &CtxBuilder::new());
        assert_eq!(
            outcome.exit,
            Ok(0),
            "after `{misdeed}`, under {provider:?}: {}",
            outcome.stderr
        );
    }
}

macro_rules! under_both {
    ($($misdeed:ident)*) => {
        mod native {
            use super::*;
            $(#[test] fn $misdeed() {
                commit(Provider::Native, stringify!($misdeed), &Folders::new(), &CtxBuilder::new());
            })*
        }
        mod portable {
            use super::*;
            $(#[test] fn $misdeed() {
                let folders = Folders::new();
                commit(Provider::Portable, stringify!($misdeed), &folders, &CtxBuilder::new());
            })*
        }
    };
}

for_each_misdeed!(under_both);

/// The names of the others. Each has to be used by a test below, or this does not compile without a
/// warning.
#[expect(non_upper_case_globals, reason = "they are the names of functions of the plugin")]
mod prepared {
    macro_rules! names {
        ($($misdeed:ident)*) => { $(pub(crate) const $misdeed: &str = stringify!($misdeed);)* };
    }
    for_each_prepared_misdeed!(names);
}

/// Runs this test once more, in a process of its own where the function `this_is_the_child` says
/// so, by a command that ends with `arguments`.
fn again(mut command: Command, test: &str) -> Output {
    command.args(["--exact", test, "--nocapture"]).env(CHILD, test).output().expect("it runs")
}

/// Is set in a child process, to the name of its test.
const CHILD: &str = "FILEMAP_HOSTILE_TEST";

fn is_child(test: &str) -> bool {
    std::env::var_os(CHILD).is_some_and(|name| name == test)
}

#[track_caller]
fn assert_passed(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    // A child that ran another number of tests has proved nothing.
    assert!(
        output.status.success() && text.contains("test result: ok. 1 passed"),
        "{text}{output:?}"
    );
}

#[test]
fn opens_links_in_a_circle() {
    for provider in BOTH {
        let folders = Folders::new();
        for (link, target) in [("one", "two"), ("two", "one"), ("self", "self"), ("here", ".")] {
            symlink(target, folders.work().join(link)).unwrap();
        }
        commit(provider, prepared::opens_links_in_a_circle, &folders, &CtxBuilder::new());
    }
}

#[test]
fn opens_what_is_no_file() {
    for provider in BOTH {
        let folders = Folders::new();
        let odd = folders.work().join("odd");
        fs::create_dir_all(odd.join("folder#0")).unwrap();
        // What the folder has under other names, under such as values have.
        fs::rename(folders.work().join("pipe"), odd.join("pipe#1")).unwrap();
        fs::rename(folders.work().join("socket"), odd.join("socket#2")).unwrap();
        commit(provider, prepared::opens_what_is_no_file, &folders, &CtxBuilder::new());
    }
}

/// Runs a misdeed while another thread truncates and extends the file that it is about.
fn while_truncating(provider: Provider, misdeed: &'static str) {
    const SIZE: u64 = 256 << 10;
    let folders = Folders::new();
    let file = File::create(folders.work().join("moving.bin")).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (mut cut, filling) = (1, vec![0x55; 64 << 10]);
            while !done.load(Ordering::Relaxed) {
                // All over the file, at the ends of pages and within them.
                cut = cut * 48_271 % 2_147_483_647;
                file.set_len(if cut % 2 == 0 { cut % SIZE } else { cut % SIZE / PAGE * PAGE })
                    .unwrap();
                file.set_len(SIZE).unwrap();
                file.write_all_at(&filling, cut % SIZE / 2).unwrap();
            }
        });
        let outcome =
            std::panic::catch_unwind(|| commit(provider, misdeed, &folders, &CtxBuilder::new()));
        done.store(true, Ordering::Relaxed);
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

#[test]
fn reads_what_somebody_truncates() {
    for provider in BOTH {
        while_truncating(provider, prepared::reads_what_somebody_truncates);
    }
}

#[test]
fn writes_to_what_somebody_truncates() {
    for provider in BOTH {
        while_truncating(provider, prepared::writes_to_what_somebody_truncates);
    }
}

#[test]
fn reduces_what_somebody_truncates() {
    for provider in BOTH {
        while_truncating(provider, prepared::reduces_what_somebody_truncates);
    }
}

#[test]
fn resizes_what_somebody_truncates() {
    for provider in BOTH {
        while_truncating(provider, prepared::resizes_what_somebody_truncates);
    }
}

#[test]
fn streams_what_somebody_truncates() {
    for provider in BOTH {
        while_truncating(provider, prepared::streams_what_somebody_truncates);
    }
}

#[test]
fn fills_the_disk() {
    const DIRECTORY: &str = "FILEMAP_FULL_DISK";
    if is_child("fills_the_disk") {
        tempfile::env::override_temp_dir(Path::new(&std::env::var_os(DIRECTORY).unwrap())).unwrap();
        for provider in BOTH {
            commit(provider, prepared::fills_the_disk, &Folders::new(), &CtxBuilder::new());
        }
        return;
    }
    // Built here, where there is room for it.
    programs::program("hostile");
    let place = tempfile::tempdir().unwrap();
    let mount = |how: &[&str]| {
        // A file system of one megabyte, which nobody sees but this process, and which goes when it
        // ends.
        let mut command = Command::new("unshare");
        command.args(how).args([
            "sh",
            "-c",
            r#"mount -t tmpfs -o size=1m filemap "$0" && exec "$@""#,
        ]);
        command
            .arg(place.path())
            .arg(std::env::current_exe().unwrap())
            .env(DIRECTORY, place.path());
        again(command, "fills_the_disk")
    };
    let mut output = mount(&["--mount"]);
    if output.stdout.is_empty() {
        output = mount(&["--mount", "--map-root-user"]);
    }
    assert!(
        !output.stdout.is_empty(),
        "a full disk needs a small file system, and this system lets nobody mount one: run the \
         tests as root, or allow user namespaces ({})",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_passed(&output);
}

macro_rules! under_native {
    ($($misdeed:ident: $caps:expr,)*) => {
        $(#[test] fn $misdeed() {
            commit(Provider::Native, prepared::$misdeed, &Folders::new(), &$caps);
        })*
    };
}

under_native! {
    piles_up_arrays: CtxBuilder::new(),
    piles_up_views: CtxBuilder::new(),
    piles_up_stores: CtxBuilder::new(),
    piles_up_key_streams: CtxBuilder::new(),
    piles_up_item_streams: CtxBuilder::new(),
    piles_up_writers: CtxBuilder::new(),
    piles_up_readers: CtxBuilder::new(),
    piles_up_values: CtxBuilder::new(),
    piles_up_keys: CtxBuilder::new().max_index(1_000_000),
    piles_up_mapped_bytes: CtxBuilder::new().max_mapped(10_000_000_000),
    piles_up_changed_pages: CtxBuilder::new().max_private(64 * PAGE),
    touches_pages_that_lie_far_apart: CtxBuilder::new(),
    fills_elements_of_no_bytes: CtxBuilder::new(),
    goes_through_terabytes: CtxBuilder::new(),
    asks_for_large_results: CtxBuilder::new(),
    looks_for_the_largest_of_large_texts: CtxBuilder::new(),
    pays_for_scattered_changes: CtxBuilder::new().max_private(64 * PAGE),
    resizes_beyond_its_address_space: CtxBuilder::new().max_mapped(10_000_000),
    makes_files_that_are_too_large: CtxBuilder::new(),
    lists_absurd_elements: CtxBuilder::new(),
    advises_on_terabytes: CtxBuilder::new(),
}

/// In a process of its own: the others need mappings, too.
#[test]
fn advises_on_every_other_page() {
    let misdeed = prepared::advises_on_every_other_page;
    if is_child(misdeed) {
        return commit(Provider::Native, misdeed, &Folders::new(), &CtxBuilder::new());
    }
    assert_passed(&again(Command::new(std::env::current_exe().unwrap()), misdeed));
}

/// What is only held by a cap of the native provider, or the portable one would need too long for.
const NATIVE_ONLY: [&str; 4] = [
    prepared::changes_pages_without_end,
    prepared::lists_millions_of_elements,
    prepared::piles_up_dtypes,
    prepared::holds_a_hundred_thousand_streams,
];

/// Runs a misdeed in a process of its own, and sees that this never holds more than `most` bytes
/// beyond what it needs anyway.
fn within_memory(misdeed: &'static str, most: u64, caps: &CtxBuilder) {
    if !is_child(misdeed) {
        return assert_passed(&again(Command::new(std::env::current_exe().unwrap()), misdeed));
    }
    for provider in BOTH {
        let folders = Folders::new();
        commit(provider, prepared::behaves_well, &folders, caps);
        let before = peak_memory(std::process::id());
        if provider == Provider::Native || !NATIVE_ONLY.contains(&misdeed) {
            commit(provider, misdeed, &folders, caps);
        }
        let grown = peak_memory(std::process::id()) - before;
        println!(
            "{misdeed} under {provider:?}: {} MB more than {} MB",
            grown / 1_000_000,
            before / 1_000_000
        );
        assert!(grown < most, "{provider:?}: {grown} bytes of {most}");
    }
}

#[test]
fn changes_pages_without_end() {
    within_memory(
        prepared::changes_pages_without_end,
        200 << 20,
        &CtxBuilder::new().max_private(64 << 20),
    );
}

#[test]
fn reads_large_pieces_without_end() {
    within_memory(prepared::reads_large_pieces_without_end, 1200 << 20, &CtxBuilder::new());
}

#[test]
fn lists_millions_of_elements() {
    within_memory(prepared::lists_millions_of_elements, 1000 << 20, &CtxBuilder::new());
}

#[test]
fn piles_up_dtypes() {
    within_memory(prepared::piles_up_dtypes, 200 << 20, &CtxBuilder::new());
}

#[test]
fn holds_a_hundred_thousand_streams() {
    within_memory(prepared::holds_a_hundred_thousand_streams, 100 << 20, &CtxBuilder::new());
}
