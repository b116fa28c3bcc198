//! Tests that run in a separate process: the test program again, with one test only.

use std::process::{Command, Output, Stdio};

use super::random::is_long;

/// The environment variable that names the test in its child process.
const CHILD: &str = "FILEMAP_CHILD_TEST";

/// Returns whether this process is the child process of `test`.
pub(crate) fn is_child(test: &str) -> bool {
    std::env::var_os(CHILD).is_some_and(|name| name == test)
}

/// Returns the command that runs `test` in a child process, where [`is_child`] is true for it.
pub(crate) fn child(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(CHILD, test);
    // All threads share one heap. The allocator of glibc makes one for each, and keeps the largest
    // size that each has had: the memory of the process would grow for hours without a leak.
    command.env("MALLOC_ARENA_MAX", "1");
    command
}

/// Runs `test` in a child process, because the parallel tests use mappings and memory too.
///
/// Returns whether this process is the child, which then has to run the test's body. The parent
/// runs the child instead, and asserts that the test passed there.
#[track_caller]
pub(crate) fn runs_in_child(test: &str) -> bool {
    if is_child(test) {
        return true;
    }
    let mut child = child(test);
    if is_long() {
        // It tells of its progress.
        child.stderr(Stdio::inherit());
    }
    let output = child.output().expect("this executable starts");
    assert_passed(&output);
    print!("{}", String::from_utf8_lossy(&output.stdout));
    false
}

#[track_caller]
pub(crate) fn assert_passed(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    // The child must have run exactly this test: with a wrong name it runs none and succeeds.
    assert!(
        output.status.success() && text.contains("test result: ok. 1 passed"),
        "{text}{output:?}"
    );
}
