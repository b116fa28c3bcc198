//! Tests that run in a child process: the test program again, with one test only.

#![expect(unsafe_code, reason = "mappings that nobody uses, and plain system calls")]

use std::process::{Command, ExitStatus};
use std::ptr;

/// The environment variable that a child process has, with the name of its test.
const CHILD: &str = "FILEMAP_TEST_IN_CHILD";

/// More mappings than a process can have by default.
const MANY: usize = 70_000;

/// Runs `action` in a child process, in the test `name` of `module` (`module_path!()`), and returns
/// the child's status. In the child itself, returns `None` after `action`.
pub(crate) fn in_child(module: &str, name: &str, action: impl FnOnce()) -> Option<ExitStatus> {
    if std::env::var_os(CHILD).is_some_and(|child| child == name) {
        // A fault that recurs for ever ends the child too.
        //
        // SAFETY: a plain system call.
        unsafe { libc::alarm(60) };
        action();
        return None;
    }
    // The test program names its tests without the crate.
    let (_crate, module) = module.split_once("::").unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", &format!("{module}::{name}"), "--test-threads=1"]).env(CHILD, name);
    let output = child.output().unwrap();
    // If the name matched no test, the child has tested nothing.
    assert!(String::from_utf8_lossy(&output.stdout).contains("running 1 test"), "{output:?}");
    Some(output.status)
}

/// Makes mappings until the system refuses another one. Returns false if it allows [`MANY`].
pub(super) fn use_up_mappings() -> bool {
    let page = rustix::param::page_size();
    let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
    // Shared mappings are not merged with their neighbours.
    //
    // SAFETY: the system chooses addresses that are not in use, and nobody uses the mappings.
    let map = |_| unsafe {
        libc::mmap(ptr::null_mut(), page, libc::PROT_NONE, flags, -1, 0) != libc::MAP_FAILED
    };
    !(0..MANY).all(map)
}

/// Lets this process have no more memory that can be written than it has now, and `pages` more.
pub(crate) fn limit_memory(pages: usize) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmData:")).unwrap();
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    let max = kibibytes * 1024 + (pages * rustix::param::page_size()) as u64;
    let limit = libc::rlimit { rlim_cur: max, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: a plain system call, which reads the limit.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_DATA, &raw const limit) }, 0);
}
