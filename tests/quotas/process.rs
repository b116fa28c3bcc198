//! The quotas of `filemap run`, for what a plugin does beside filemap too.

use std::fs;
use std::process::{Command, Output, Stdio};

use tempfile::{TempDir, tempdir};

use super::support::command::filemap;
use super::support::programs::program;

/// Returns `filemap run` with options and a program that has a folder `work`.
fn command(folder: &TempDir, options: &[&str], name: &str, arguments: &[&str]) -> Command {
    let work = format!("{}::work", folder.path().to_str().unwrap());
    let mut command = filemap();
    command.arg("run").args(options).args(["--dir", &work]).arg(program(name)).args(arguments);
    command.stdin(Stdio::null());
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs the program `console` with one command, and returns its answer.
#[track_caller]
fn ask(folder: &TempDir, options: &[&str], words: &[&str]) -> String {
    let output = command(folder, options, "console", words).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output).trim_end().to_owned()
}

#[test]
fn fuel_that_is_used_up_ends_the_plugin() {
    let output = command(&tempdir().unwrap(), &["--fuel", "1000000"], "command", &["spin"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(125));
    let path = program("command");
    let expected = format!(
        "the plugin `{}` was ended: the limit `--fuel` is 1000000, and all of it is used: give it \
         more\n",
        path.display()
    );
    assert_eq!(stderr(&output), expected);
}

#[test]
fn a_plugin_with_enough_fuel_succeeds() {
    let folder = tempdir().unwrap();
    let output = command(&folder, &["--fuel", "1000000000"], "command", &["succeed"]).output();
    assert!(output.unwrap().status.success());
}

#[test]
fn memory_over_the_limit_is_named_if_the_plugin_cannot_start() {
    let folder = tempdir().unwrap();
    let output =
        command(&folder, &["--max-memory", "1KiB"], "command", &["succeed"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    for part in ["the limit `--max-memory` is 1024 bytes, with ", " more needed: allow more"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn files_are_no_longer_than_the_limit_through_filemap_and_through_wasi() {
    let (folder, options) = (tempdir().unwrap(), ["--max-file-size", "1000"]);
    assert_eq!(
        ask(&folder, &options, &["create-npy", "work/x.npy", "873"]),
        "ErrorCode::LimitExceeded: cannot extend to 1001 bytes `work/x.npy`: it is more than this \
         host allows a plugin (the limit `max_file_size` is 1000 bytes for one file, and it would \
         have 1001: write less, or use several files)"
    );
    assert_ne!(ask(&folder, &options, &["wasi-write", "work/a.bin", "1001"]), "ok");
    assert_eq!(fs::metadata(folder.path().join("a.bin")).unwrap().len(), 1000);
    assert_eq!(ask(&folder, &options, &["create-npy", "work/x.npy", "872"]), "ok");
    assert_eq!(ask(&folder, &options, &["wasi-write", "work/b.bin", "1000"]), "ok");
    assert_eq!(ask(&folder, &[], &["wasi-write", "work/a.bin", "1001"]), "ok");
}

#[test]
fn open_files_are_at_most_the_limit_through_filemap_and_through_wasi() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("x"), b"123").unwrap();
    let options = ["--max-descriptors", "40"];
    let answer = ask(&folder, &options, &["wasi-open", "work/x"]);
    assert!(answer.starts_with("no more: "), "{answer}");
    let answer = ask(&folder, &options, &["exhaust", "work/x"]);
    assert_eq!(
        answer,
        "ErrorCode::LimitExceeded: cannot open `work/x`: too many files are open; close some"
    );
    // Each command above has ended with its files, and one file is always possible.
    assert_eq!(ask(&folder, &options, &["open", "work/x", "r"]), "ok");
}

#[test]
fn resources_of_filemap_over_the_limit_are_an_error() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("x"), b"123").unwrap();
    assert_eq!(
        ask(&folder, &["--max-resources", "50"], &["open-all", "work/x"]),
        "ErrorCode::LimitExceeded: the limit of the host on all resources of the plugin \
         (`set_max_capacity` of its `ResourceTable`) is reached: drop some first"
    );
    assert_eq!(ask(&folder, &["--max-resources", "50"], &["open", "work/x", "r"]), "ok");
}

#[test]
fn resources_of_wasi_over_the_limit_end_the_plugin() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("x"), b"123").unwrap();
    let output =
        command(&folder, &["--max-resources", "50"], "console", &["wasi-open", "work/x"]).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(134));
    assert!(stderr(&output).contains("resource table has no free keys"), "{}", stderr(&output));
}

#[test]
fn failed_openings_leave_nothing_among_the_resources() {
    let [folder, other] = [tempdir().unwrap(), tempdir().unwrap()];
    fs::write(folder.path().join("x"), b"123").unwrap();
    let second = format!("{}::second", other.path().to_str().unwrap());
    let options = ["--max-descriptors", "40", "--max-resources", "100", "--dir", &second];
    let mut command = command(&folder, &options, "console", &["wasi-hold", "work/x", "100"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    // More openings than there is room for resources, all before the first that succeeds.
    let lines = "open work/x r\n".repeat(200) + "release\nopen work/x r\n";
    let mut input = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, lines.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let printed = stdout(&output);
    let lines: Vec<_> = printed.lines().collect();
    assert!(lines[0].starts_with("no more: "), "{printed}");
    let failed = "ErrorCode::LimitExceeded: cannot open the directory `second`: too many files \
                  are open; close some";
    assert_eq!(lines.iter().filter(|line| **line == failed).count(), 200);
    assert_eq!(lines[201..], ["ok", "ok"]);
}

#[test]
fn a_list_of_millions_of_parts_is_refused_before_it_is_copied() {
    let folder = tempdir().unwrap();
    // They carry nothing, and take 24 bytes each in the host.
    let ask = |count| {
        let words = ["parts", "key", count];
        let mut command = command(&folder, &[], "console", &["store", "work"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, (words.join(" ") + "\n").as_bytes()).unwrap();
        drop(input);
        child.wait_with_output().unwrap()
    };
    let refused = ask("12000000");
    assert_eq!(refused.status.code(), Some(134));
    assert!(stderr(&refused).contains("fuel"), "{}", stderr(&refused));
    assert_eq!(stdout(&ask("1000000")), "ok\nok\n");
}
