//! The `filemap` command as a process: its output, its exit codes, and what a plugin that it runs
//! costs the host in memory, files and locks.
//!
//! A test that concerns plugins runs a test program natively and composed with the portable
//! component. The tests of `cli/kill.rs` are random: a run prints its seed, and
//! `FILEMAP_TEST_SEED=N cargo test --test cli kill` repeats it.

#[path = "cli/component.rs"]
mod component;
#[path = "cli/ending.rs"]
mod ending;
#[path = "cli/example.rs"]
mod example;
#[path = "cli/faults.rs"]
mod faults;
#[path = "cli/file_systems.rs"]
mod file_systems;
#[path = "cli/full_disk.rs"]
mod full_disk;
#[path = "cli/fuse.rs"]
mod fuse;
#[path = "cli/handles.rs"]
mod handles;
#[path = "cli/imports.rs"]
mod imports;
#[path = "cli/keyvalue.rs"]
mod keyvalue;
#[path = "cli/kill.rs"]
mod kill;
#[path = "cli/limits.rs"]
mod limits;
#[path = "cli/lock.rs"]
mod lock;
#[path = "cli/many.rs"]
mod many;
#[path = "cli/mapping.rs"]
mod mapping;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/plug.rs"]
mod plug;
#[path = "cli/printable.rs"]
mod printable;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/search.rs"]
mod search;
mod support;
#[path = "cli/usage.rs"]
mod usage;
#[path = "cli/wit.rs"]
mod wit;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::command::{composed, filemap};
use support::mounted;
use support::programs::{program, root};
use support::run::Provider;

/// The exit code and the output of a process.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// `None` if a signal ended the process.
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Outcome {
    fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("the output is UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Asserts exit code 0 and empty standard error. Returns standard output.
    #[track_caller]
    fn succeeds(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{}", self.stdout);
        self.stdout
    }

    /// Asserts this exit code and empty standard output. Returns standard error.
    #[track_caller]
    fn fails_with(self, code: i32) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (Some(code), ""), "{}", self.stderr);
        self.stderr
    }
}

/// Runs a command to its end.
fn outcome(command: &mut Command) -> Outcome {
    Outcome::new(&command.output().expect("the command starts"))
}

/// Runs `filemap` with these arguments.
fn run_filemap<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Outcome {
    outcome(filemap().args(arguments))
}

/// Runs a command after `script` has mounted a file system at `mount_point`, its `$1`. Returns
/// `None`, and prints that the test was skipped, if the system does not allow mounting.
fn outcome_mounted(script: &str, mount_point: &Path, command: &Command) -> Option<Outcome> {
    match mounted::run_mounted(script, mount_point, command) {
        Ok(output) => Some(Outcome::new(&output)),
        Err(refused) => {
            eprintln!("NOT TESTED, because this system does not allow mounting: {refused}");
            None
        }
    }
}

/// Returns the test program `name`: for the portable provider, composed to a file in `folder`.
fn plugin(provider: Provider, name: &str, folder: &Path) -> PathBuf {
    for_provider(provider, program(name), folder)
}

/// Returns the plugin: for the portable provider, composed to a file in `folder`.
fn for_provider(provider: Provider, plugin: PathBuf, folder: &Path) -> PathBuf {
    if provider == Provider::Portable { composed(&plugin, folder) } else { plugin }
}

/// Returns the command `filemap run` of a plugin that is granted the directory `work` under the
/// name `work`.
fn run_plugin(plugin: &Path, work: &Path, arguments: &[&str]) -> Command {
    run_plugin_with(&[], plugin, work, arguments)
}

/// Returns the same command as [`run_plugin`], with more options of `filemap run`.
fn run_plugin_with(options: &[&str], plugin: &Path, work: &Path, arguments: &[&str]) -> Command {
    let mut command = filemap();
    command
        .arg("run")
        .args(options)
        .args(["--dir", &format!("{}::work", work.display())])
        .arg(plugin)
        .args(arguments);
    command
}

/// Returns the blocks of output in the README of an example.
fn readme_outputs(example: &str) -> Vec<String> {
    let readme =
        fs::read_to_string(root().join("examples").join(example).join("README.md")).unwrap();
    readme
        .split("```text\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// Asserts that the text contains all parts in this order.
#[track_caller]
fn assert_contains(text: &str, parts: &[&str]) {
    parts.iter().fold(text, |rest, part| {
        let Some((_, rest)) = rest.split_once(part) else {
            panic!("`{part}` is missing, or does not follow the parts before it, in: {text}")
        };
        rest
    });
}
