//! The options of `filemap run` that limit a plugin: its time, its memory, and the caps of
//! filemap.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use tempfile::tempdir;

use super::support::command::filemap;
use super::support::programs::program;
use super::{Outcome, assert_contains, outcome, run_filemap, run_plugin_with};

/// Returns the command that runs the test program `command`.
fn command(options: &[&str], arguments: &[&str]) -> Command {
    let mut command = filemap();
    command.arg("run").args(options).arg(program("command")).args(arguments);
    command
}

mod timeout {
    use super::*;

    /// Asserts that a plugin was ended by `--timeout 0.2`.
    #[track_caller]
    fn check_ended(outcome: &Outcome) {
        assert_eq!(outcome.code, Some(124), "{}", outcome.stderr);
        let expected = "command.wasm` was ended: it ran longer than 0.2 s (`--timeout`)\n";
        assert_contains(&outcome.stderr, &["the plugin `", expected]);
    }

    #[test]
    fn ends_a_plugin_that_computes() {
        check_ended(&outcome(&mut command(&["--timeout", "0.2"], &["spin"])));
    }

    #[test]
    fn ends_a_plugin_that_waits_in_a_call_of_the_host() {
        let mut command = command(&["--timeout", "0.2"], &["cat"]);
        let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = streams.spawn().unwrap();
        // The writer stays open, so the plugin waits for more.
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"first\n").unwrap();
        let output = child.wait_with_output().unwrap();
        drop(stdin);
        let outcome = Outcome::new(&output);
        check_ended(&outcome);
        assert_eq!(outcome.stdout, "first\n", "what was written before is not lost");
    }

    #[test]
    fn ends_a_plugin_whose_output_nobody_reads() {
        let mut command = command(&["--timeout", "0.2"], &["flood"]);
        let streams = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = streams.spawn().unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(124));
        let mut stdout = Vec::new();
        child.stdout.take().unwrap().read_to_end(&mut stdout).unwrap();
        assert!(!stdout.is_empty());
    }

    #[test]
    fn leaves_a_plugin_alone_that_ends_in_time() {
        outcome(&mut command(&["--timeout", "3600"], &["succeed"])).succeeds();
    }

    #[test]
    fn is_a_number_of_seconds() {
        for (value, reason) in
            [("soon", "a number of seconds"), ("0", "more time than none"), ("-1", "negative")]
        {
            let options = [&format!("--timeout={value}")[..]];
            let stderr = outcome(&mut command(&options, &["succeed"])).fails_with(2);
            assert_contains(&stderr, &["--timeout <SECONDS>", reason]);
        }
    }
}

mod memory {
    use super::*;

    #[test]
    fn is_given_up_to_the_limit() {
        let options = ["--max-memory", "32MiB"];
        let printed = outcome(&mut command(&options, &["grow", "16777216"])).succeeds();
        assert_eq!(printed, "got 16777216 bytes\n");
        let printed = outcome(&mut command(&options, &["grow", "33554432"])).succeeds();
        assert_eq!(printed, "no memory for 33554432 bytes\n");
        let printed = outcome(&mut command(&[], &["grow", "33554432"])).succeeds();
        assert_eq!(printed, "got 33554432 bytes\n");
    }

    #[test]
    fn that_a_plugin_needs_to_start_is_named() {
        let stderr = outcome(&mut command(&["--max-memory", "1KiB"], &["succeed"])).fails_with(1);
        assert_contains(
            &stderr,
            &["failed to start `", "command.wasm`: the limit `--max-memory` is 1024 bytes, with "],
        );
    }
}

mod cap {
    use super::*;

    /// Runs the program `console` with one cap. Each command but the last succeeds, and the last
    /// answers `limit-exceeded` with this part of a message. Without the cap, it succeeds.
    #[track_caller]
    fn check(options: &[&str], commands: &[&str], unit: &str) {
        let run = |options: &[&str]| {
            let work = tempdir().unwrap();
            let plugin = program("console");
            let mut command = run_plugin_with(options, &plugin, work.path(), &[]);
            let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = streams.spawn().unwrap();
            let lines = commands.join("\n") + "\n";
            child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
            Outcome::new(&child.wait_with_output().unwrap()).succeeds()
        };
        let before = "ok\n".repeat(commands.len() - 1);
        let printed = run(options);
        let last = printed.strip_prefix(&before).unwrap_or_else(|| panic!("{printed}"));
        assert_contains(last, &["LimitExceeded: ", unit]);
        // `--map` stays.
        let allowed: Vec<_> = options.iter().copied().filter(|word| *word == "--map").collect();
        assert_eq!(run(&allowed), before + "ok\n");
    }

    const ARRAY: &str = "create-npy work/x.npy 100000";

    #[test]
    fn of_handles() {
        let unit = "open arrays, views, stores, streams, readers and writers";
        check(&["--max-handles", "1"], &[ARRAY, "open work/x.npy r"], unit);
    }

    #[test]
    fn of_files() {
        check(&["--max-files", "1"], &[ARRAY, "open work/x.npy r"], "open files");
    }

    #[test]
    fn of_mapped_bytes() {
        check(&["--max-mapped", "64KiB"], &[ARRAY], "mapped bytes");
    }

    #[test]
    fn of_changed_bytes() {
        let commands = [ARRAY, "open work/x.npy c", "write 0 9 1", "write 90000 9 1"];
        check(&["--max-private", "4096"], &commands, "bytes changed in mode `copy-on-write`");
    }

    #[test]
    fn of_memory_for_keys() {
        let unit = "bytes of memory for the keys of open stores";
        check(&["--max-index", "10"], &["store work", "set key 1"], unit);
    }

    #[test]
    fn of_memory_for_dtypes() {
        let unit = "bytes of memory for the dtypes of open arrays and views";
        check(&["--max-dtypes", "10"], &[ARRAY], unit);
    }

    #[test]
    fn of_windows() {
        let commands = [ARRAY, "drop", "open-npy work/x.npy r", "window"];
        check(&["--map", "--max-windows", "0"], &commands, "`max_windows` is 0 windows");
    }

    #[test]
    fn is_a_number_with_or_without_a_binary_unit() {
        for (option, value) in
            [("--max-mapped", "1GB"), ("--max-memory", "-1"), ("--max-index", "x")]
        {
            let options = [&format!("{option}={value}")[..]];
            let stderr = outcome(&mut command(&options, &["succeed"])).fails_with(2);
            assert_contains(&stderr, &[&format!("{option} <BYTES>"), "KiB, MiB, GiB or TiB"]);
        }
    }

    #[test]
    fn is_in_the_help_with_its_default() {
        let help = run_filemap(["run", "--help"]).succeeds();
        let parts = [
            "Arguments:",
            "<PLUGIN.wasm>",
            "Options:",
            "Limits:",
            "--timeout <SECONDS>",
            "--max-memory <BYTES>",
            "--max-handles <COUNT>",
            "[default: 10000]",
            "--max-files <COUNT>",
            "[default: 256]",
            "--max-mapped <BYTES>",
            "[default: 16TiB]",
            "--max-private <BYTES>",
            "[default: 1GiB]",
            "--max-index <BYTES>",
            "[default: 256MiB]",
            "--max-dtypes <BYTES>",
            "[default: 64MiB]",
            "--max-windows <COUNT>",
            "[default: 64]",
            "--max-threads <COUNT>",
            "[default: 1]",
            "124  the plugin ran longer",
            "125  the plugin used up",
        ];
        assert_contains(&help, &parts);
    }
}
