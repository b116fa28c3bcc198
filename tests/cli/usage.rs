//! Help, version, usage errors and closed standard output of the `filemap` command.

use std::process::Stdio;

use super::support::command::filemap;
use super::{assert_contains, outcome, run_filemap};

#[test]
fn a_closed_standard_output_is_not_a_failure() {
    // The reader is closed before the command starts, so that the first write fails.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    outcome(filemap().arg("wit").stdout(writer).stderr(Stdio::piped())).succeeds();
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(
        run_filemap(["--version"]).succeeds(),
        concat!("filemap ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn help_lists_the_exit_codes() {
    let codes = [
        "Exit codes:",
        "  1    the plugin failed, or filemap did",
        "  2    invalid",
        "  124  the plugin ran longer than",
        "  125  the plugin used up its",
        "  134  the plugin trapped",
        "  141  the plugin wrote to a closed pipe",
    ];
    assert_contains(&run_filemap(["--help"]).succeeds(), &codes);
}

#[test]
fn an_unknown_command_is_a_usage_error() {
    assert_contains(&run_filemap(["walk"]).fails_with(2), &["'walk'", "Usage: filemap <COMMAND>"]);
}
