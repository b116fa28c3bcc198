//! The `filemap` command, through its process.

#[path = "cli/example.rs"]
mod example;
#[path = "cli/full_disk.rs"]
mod full_disk;
#[path = "cli/interface.rs"]
mod interface;
#[path = "cli/plug.rs"]
mod plug;
#[path = "cli/run.rs"]
mod run;
mod support;
#[path = "cli/written.rs"]
mod written;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use support::programs::FILEMAP;

/// How a process ended, and what it printed.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// `None` where a signal ended it.
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// The `filemap` command, which has its cache, and the settings of that, in cargo's target directory rather than the
/// user's home.
fn filemap() -> Command {
    let mut command = Command::new(FILEMAP);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    command.env("XDG_CACHE_HOME", folder.join("cache")).env("XDG_CONFIG_HOME", folder.join("config"));
    command
}

/// Runs `filemap` with these arguments.
fn run_filemap<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Outcome {
    outcome(&filemap().args(arguments).output().expect("it starts"))
}

fn outcome(output: &Output) -> Outcome {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("it prints UTF-8");
    Outcome { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
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
        let Some((_, rest)) = rest.split_once(part) else { panic!("there is no `{part}` where it belongs in: {text}") };
        rest
    });
}
