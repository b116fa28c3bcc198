//! Resource usage of a process, from `/proc`.

#![allow(unsafe_code, reason = "the allocator returns memory to the system by a call of C")]

use std::fs;
use std::path::Path;

/// How many more threads there may be at one time than at another without a leak: those of Tokio's
/// pool end some seconds after their last work.
const ENDING_THREADS: usize = 8;

/// How many more bytes may be allocated then, for such threads.
const ENDING_ALLOCATED: u64 = 1 << 20;

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
    /// Resident memory in bytes, without pages of files, such as this program's.
    pub(crate) memory: u64,
    /// Bytes that are allocated and not freed.
    pub(crate) allocated: u64,
}

impl Held {
    /// What this process holds, after the allocator has returned what it can to the system.
    pub(crate) fn now() -> Self {
        // SAFETY: the call has no preconditions.
        unsafe { libc::malloc_trim(0) };
        // SAFETY: the call has no preconditions.
        let allocator = unsafe { libc::mallinfo2() };
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
            memory: value("RssAnon:") * 1024,
            allocated: (allocator.uordblks + allocator.hblkhd) as u64,
        }
    }

    /// Asserts that this process holds no more than at an earlier time, except for what the
    /// allocator keeps for later: `mappings` more mappings, and `memory` more bytes; and for
    /// threads that are about to end.
    #[track_caller]
    pub(crate) fn assert_no_more_than(&self, before: &Self, mappings: usize, memory: u64) {
        assert!(
            self.files <= before.files
                && self.file_mappings <= before.file_mappings
                && self.threads <= before.threads + ENDING_THREADS
                && self.mappings <= before.mappings + mappings
                && self.memory <= before.memory + memory
                && self.allocated <= before.allocated + ENDING_ALLOCATED,
            "before: {before:?}, now: {self:?}"
        );
    }
}
