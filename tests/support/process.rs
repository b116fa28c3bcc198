//! Resource usage of a process, from `/proc`.

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
