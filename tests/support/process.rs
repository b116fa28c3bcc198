//! Resource usage of a process, from `/proc`.

use std::fs;

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

/// Returns the number of open file descriptors of a process.
pub(crate) fn open_files(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}
