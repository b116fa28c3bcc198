//! Resource usage of a process, from `/proc`.

#![allow(unsafe_code, reason = "the allocator returns memory to the system by a call of C")]

use std::fs;
use std::path::Path;

/// Returns the peak resident memory of a process in bytes.
pub(crate) fn peak_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Returns the number of mappings of a process.
pub(crate) fn mappings(process: u32) -> usize {
    fs::read_to_string(format!("/proc/{process}/maps")).unwrap().lines().count()
}

/// Returns the number of open file descriptors of a process. Those of Wasmtime's cache do not
/// count: a thread of its own opens and closes files there at any time.
pub(crate) fn open_files(process: u32) -> usize {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache");
    let descriptors = fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    // A descriptor that is closed meanwhile has no target any more.
    let files = descriptors.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    files.filter(|file| !file.starts_with(&cache)).count()
}

/// What this process holds. A leak is a number that grows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    /// Open file descriptors.
    pub(crate) files: usize,
    /// Mappings of files.
    pub(crate) file_mappings: usize,
    /// All mappings. The allocator and the stacks of threads have some.
    pub(crate) mappings: usize,
    pub(crate) threads: usize,
    /// Resident memory, in bytes.
    pub(crate) memory: u64,
}

impl Held {
    /// What this process holds, after the allocator has returned what it can to the system.
    pub(crate) fn now() -> Self {
        // SAFETY: the call has no preconditions.
        unsafe { libc::malloc_trim(0) };
        let process = std::process::id();
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let value = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
        };
        Self {
            files: open_files(process),
            file_mappings: maps.lines().filter(|line| line.contains('/')).count(),
            mappings: maps.lines().count(),
            threads: usize::try_from(value("Threads:")).unwrap(),
            memory: value("VmRSS:") * 1024,
        }
    }

    /// Asserts that this process holds no more than at an earlier time, except for what the
    /// allocator keeps for later: `mappings` more mappings, and `memory` more bytes.
    #[track_caller]
    pub(crate) fn assert_no_more_than(&self, before: &Self, mappings: usize, memory: u64) {
        assert!(
            self.files <= before.files
                && self.file_mappings <= before.file_mappings
                && self.threads <= before.threads
                && self.mappings <= before.mappings + mappings
                && self.memory <= before.memory + memory,
            "before: {before:?}, now: {self:?}"
        );
    }
}
