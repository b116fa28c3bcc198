//! How a program starts and ends: arguments, errors that nothing catches, exit codes, promises.

use std::path::Path;

use tempfile::tempdir;

use super::super::filemap_run;
use super::super::support::command::filemap;
use super::{QUICKJS, STARLINGMONKEY};

/// Checks how the program of the suite ends under both engines: its exit code, its output and its
/// errors, in which `...` stands for the rest of the line.
#[track_caller]
fn check_ending(arguments: &[&str], expected: (i32, &str, &str)) {
    for plugin in [&*STARLINGMONKEY, &*QUICKJS] {
        check_ending_of(plugin, arguments, expected);
    }
}

#[track_caller]
fn check_ending_of(plugin: &Path, arguments: &[&str], (code, stdout, stderr): (i32, &str, &str)) {
    let work = tempdir().unwrap();
    let mut command = filemap();
    command.args(["run", "--env", "NAME=value"]);
    command.args(["--dir", &format!("{}::work", work.path().display())]);
    let output = command.arg(plugin).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_owned()).unwrap();
    let ended = (output.status.code(), text(&output.stdout), text(&output.stderr));
    assert_eq!(ended, (Some(code), stdout.to_owned(), stderr.to_owned()), "{}", plugin.display());
}

#[test]
fn a_program_has_arguments_and_an_environment() {
    check_ending(&["environment", "a", "b c"], (0, "environment a b c value undefined\n", ""));
}

#[test]
fn an_error_that_nothing_catches_is_printed_with_its_stack() {
    let missing = "FilemapError [not-found]: cannot open the directory `work/missing`: there is no \
                   such file or directory\n    at File (filemap-plugin/src/file.js:";
    for plugin in [&*STARLINGMONKEY, &*QUICKJS] {
        let work = tempdir().unwrap();
        for (name, first) in [
            ("error", "Uncaught "),
            ("cause", "Uncaught RangeError: cannot start\n    at cause (main.ts:"),
        ] {
            let output = filemap_run(plugin, work.path()).arg(name).output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1));
            assert!(stderr.starts_with(first) && stderr.contains(missing), "{stderr}");
            assert!(stderr.contains(&format!("\n    at {name} (main.ts:")), "{stderr}");
        }
    }
    check_ending(&["text"], (1, "", "Uncaught a text\n"));
}

#[test]
fn a_program_ends_with_its_exit_code() {
    check_ending(&["failure"], (1, "", ""));
    check_ending(&["success"], (0, "", "the last words\n"));
}

#[test]
fn promises_run_in_starlingmonkey_and_are_errors_in_quickjs() {
    check_ending_of(&STARLINGMONKEY, &["promise"], (0, "later\n", ""));
    let work = tempdir().unwrap();
    let output = filemap_run(&QUICKJS, work.path()).arg("promise").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.starts_with("Uncaught Error: QuickJS runs no promises"), "{stderr}");
}
