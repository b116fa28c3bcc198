//! The `filemap` command, through its process.

#[path = "cli/example.rs"]
mod example;
#[path = "cli/full_disk.rs"]
mod full_disk;
#[path = "cli/handles.rs"]
mod handles;
#[path = "cli/kill.rs"]
mod kill;
#[path = "cli/lock.rs"]
mod lock;
#[path = "cli/many.rs"]
mod many;
#[path = "cli/mapping.rs"]
mod mapping;
#[path = "cli/mounted.rs"]
mod mounted;
#[path = "cli/plug.rs"]
mod plug;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/search.rs"]
mod search;
#[path = "cli/session.rs"]
mod session;
mod support;
#[path = "cli/written.rs"]
mod written;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::programs::{FILEMAP, plugged, program, root};
use support::run::Provider;

/// How a process ended, and what it printed.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// `None` where a signal ended it.
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// The `filemap` command, which has its cache, and the settings of that, in cargo's target
/// directory rather than the user's home.
fn filemap() -> Command {
    let mut command = Command::new(FILEMAP);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    command
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("XDG_CONFIG_HOME", folder.join("config"));
    command
}

/// Runs `filemap` with these arguments.
fn run_filemap<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Outcome {
    outcome(&filemap().args(arguments).output().expect("it starts"))
}

/// The test program `name` for that provider: itself, or composed with the portable component to a
/// file in `folder`.
fn plugin(provider: Provider, name: &str, folder: &Path) -> PathBuf {
    for_provider(provider, program(name), folder)
}

/// The same for any plugin.
fn for_provider(provider: Provider, plugin: PathBuf, folder: &Path) -> PathBuf {
    if provider != Provider::Portable {
        return plugin;
    }
    let composed = folder.join("plugged.wasm");
    fs::write(&composed, plugged(&plugin)).unwrap();
    composed
}

/// `filemap run` of a plugin with these arguments, where the directory `work` is granted under this
/// name.
fn run_plugin(plugin: &Path, work: &Path, arguments: &[&str]) -> Command {
    run_plugin_with(&[], plugin, work, arguments)
}

/// The same with options of `filemap run`.
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

/// What the README of an example says that it prints.
fn samples(example: &str) -> Vec<String> {
    let readme =
        fs::read_to_string(root().join("examples").join(example).join("README.md")).unwrap();
    readme
        .split("```text\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// The names of the files in a directory, sorted.
fn file_names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn outcome(output: &Output) -> Outcome {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("it prints UTF-8");
    Outcome {
        code: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

impl Outcome {
    /// The whole of standard output, after a success without a word on standard error.
    #[track_caller]
    fn succeeds(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{}", self.stdout);
        self.stdout
    }

    /// The whole of standard error, after a failure with this code that printed nothing else.
    #[track_caller]
    fn fails_with(self, code: i32) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (Some(code), ""), "{}", self.stderr);
        self.stderr
    }
}

/// Whether the text has all of the parts, in their order.
#[track_caller]
fn assert_contains(text: &str, parts: &[&str]) {
    parts.iter().fold(text, |rest, part| {
        let Some((_, rest)) = rest.split_once(part) else {
            panic!("there is no `{part}` where it belongs in: {text}")
        };
        rest
    });
}
