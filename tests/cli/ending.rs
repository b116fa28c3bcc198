//! How `filemap run` reports the end of a plugin: its last words, the reason, a backtrace; and the
//! quiet end of a plugin whose output nobody reads.

use std::process::{Command, Stdio};

use super::support::command::filemap;
use super::support::programs::{program, program_with_names};
use super::support::run::Provider;
use super::{Outcome, assert_contains, outcome, plugin, run_plugin};

fn run(plugin: &std::path::Path, options: &[&str], arguments: &[&str]) -> Outcome {
    outcome(filemap().arg("run").args(options).arg(plugin).args(arguments))
}

/// Returns the lines of a backtrace.
fn frames(stderr: &str) -> Vec<&str> {
    let is_frame = |line: &&str| {
        line.trim_start().split_once(": ").is_some_and(|(number, _)| number.parse::<u32>().is_ok())
    };
    stderr.lines().filter(is_frame).collect()
}

#[test]
fn the_last_words_come_before_the_reason_and_the_backtrace() {
    let plugin = program_with_names("command");
    let stderr = run(&plugin, &[], &["panic"]).fails_with(134);
    let reason = format!(
        "the plugin `{}` trapped: wasm `unreachable` instruction executed\n",
        plugin.display()
    );
    let parts = ["panicked at", "it was asked to\n", &reason, "command::main\n", "more; `"];
    assert_contains(&stderr, &parts);
    assert!(stderr.contains("\n   0: "), "{stderr}");
    let frames = frames(&stderr);
    assert!((1..=8).contains(&frames.len()), "{stderr}");
    for noise in ["_ZN", "_R", "std::process::abort", "rust_panic", "_start", "::h"] {
        assert!(!frames.iter().any(|frame| frame.contains(noise)), "`{noise}` is in {stderr}");
    }
}

#[test]
fn all_of_the_backtrace_comes_on_request() {
    let plugin = program_with_names("command");
    let short = run(&plugin, &[], &["panic"]).fails_with(134);
    let long = run(&plugin, &["--backtrace"], &["panic"]).fails_with(134);
    let (short, frames) = (frames(&short).len(), frames(&long));
    assert!(frames.len() > short, "{long}");
    assert_contains(
        &long,
        &["rust_panic", "command::main (command-", ".wasm, at 0x", ": _start ("],
    );
    assert!(!long.contains("more; `"), "{long}");
}

#[test]
fn a_plugin_without_names_has_a_short_backtrace_too() {
    let stderr = run(&program("command"), &[], &["abort"]).fails_with(134);
    let parts =
        ["trapped: wasm `unreachable` instruction executed\n", "   0: function ", "without"];
    assert_contains(&stderr, &parts);
    assert!(frames(&stderr).len() <= 8, "{stderr}");
}

/// Runs a command whose standard output nobody reads, and returns the exit code and the standard
/// error.
fn with_closed_output(command: &mut Command) -> (Option<i32>, String) {
    // The reader is closed before the command starts, so that the first write fails.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let outcome = outcome(command.stdout(writer).stderr(Stdio::piped()));
    (outcome.code, outcome.stderr)
}

#[test]
fn a_plugin_whose_output_nobody_reads_ends_quietly() {
    let mut command = filemap();
    command.arg("run").arg(program("command")).arg("flood");
    assert_eq!(with_closed_output(&mut command), (Some(141), String::new()));
}

#[test]
fn a_plugin_whose_output_nobody_reads_any_more_ends_quietly() {
    // In a shell, as users do.
    let mut shell = Command::new("bash");
    let [filemap, plugin] = [filemap().get_program().into(), program("command").into_os_string()];
    shell.args(["-c", "\"$0\" run \"$1\" flood | head -1; echo ${PIPESTATUS[0]}"]);
    let mut prepared = super::support::command::filemap();
    shell.envs(prepared.args([""; 0]).get_envs().filter_map(|(key, value)| Some((key, value?))));
    let printed = outcome(shell.arg(filemap).arg(plugin)).succeeds();
    assert_eq!(printed, format!("{}\n141\n", "water ".repeat(100)));
}

#[test]
fn a_plugin_that_prints_nothing_does_not_notice_a_closed_output() {
    let mut command = filemap();
    command.arg("run").arg(program("command")).arg("succeed");
    assert_eq!(with_closed_output(&mut command), (Some(0), String::new()));
}

/// The plugin stops in the middle of its work, as a process does that `SIGPIPE` ends. What it had
/// stored stays, and a value that it was writing is not there.
#[test]
fn a_store_survives_the_end_of_a_plugin_whose_output_nobody_reads() {
    for provider in [Provider::Native, Provider::Portable] {
        let folder = tempfile::tempdir().unwrap();
        let work = folder.path().join("work");
        std::fs::create_dir(&work).unwrap();
        let plugin = plugin(provider, "console", folder.path());
        let mut command = run_plugin(&plugin, &work, &["store", "work"]);
        assert_eq!(with_closed_output(&mut command), (Some(141), String::new()), "{provider:?}");
        let mut command = run_plugin(&plugin, &work, &["store", "work"]);
        assert_eq!(outcome(&mut command).succeeds(), "ok\n");
        assert_eq!(std::fs::read_dir(&work).unwrap().count(), 0);
    }
}

#[test]
fn a_full_disk_is_no_closed_output() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = filemap();
    command.arg("run").arg(program("command")).args(["args", "x"]).stdout(full);
    let outcome = outcome(command.stderr(Stdio::piped()));
    assert_eq!(outcome.code, Some(134));
    assert_contains(&outcome.stderr, &["failed printing to stdout", "the plugin `"]);
}
