//! The example `host/examples/service.rs`: many plugins at once, with a time-out.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

use super::support::command::succeeds;
use super::support::files::file_contents;
use super::support::programs::program;

/// The number of plugins that share the two threads with one that never ends.
const PLUGINS: usize = 50;

/// A time-out that a plugin that ends by itself does not reach, in milliseconds.
const HOUR: u64 = 3_600_000;

/// Returns a job in a new folder.
fn job(time_out: u64, base: &Path, name: &str, program_name: &str, arguments: &str) -> String {
    fs::create_dir(base.join(name)).unwrap();
    let plugin = program(program_name);
    format!("{time_out} {} {} {arguments}", base.join(name).display(), plugin.display())
}

#[test]
fn plugins_that_share_two_threads_finish_although_two_never_end() {
    let base = tempdir().unwrap();
    let base = base.path();
    let mut jobs = vec![
        job(500, base, "spins", "command", "spin"),
        job(500, base, "spins-too", "command", "spin"),
        job(HOUR, base, "traps", "console", "out-of-bounds"),
        job(HOUR, base, "fails", "command", "fail"),
    ];
    for number in 0..PLUGINS {
        let name = format!("good-{number}");
        jobs.push(job(HOUR, base, &name, "console", "create-npy work/a.npy 1000"));
    }
    let mut service = Command::new(env!("CARGO_BIN_EXE_service-tested"));
    let output = succeeds(service.args(&jobs));

    let assert_ending = |name: &str, ending: &str| {
        let line = format!("{}: {ending}", base.join(name).display());
        assert!(output.contains(&line), "there is no line `{line}` in:\n{output}");
    };
    assert_ending("spins", "ended after 500 ms\n");
    assert_ending("spins-too", "ended after 500 ms\n");
    assert_ending("traps", "trapped: wasm trap: out of bounds memory access\n");
    assert_ending("fails", "exit code 1\n");
    for number in 0..PLUGINS {
        let name = format!("good-{number}");
        assert_ending(&name, "exit code 0\n");
        assert_eq!(file_contents(&base.join(name))["a.npy"].len(), 128 + 1000);
    }
}
