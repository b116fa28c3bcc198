//! What the system says of a process.

use std::fs;

/// The most memory that the process has had at once, in bytes.
pub(crate) fn peak_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// How many mappings the process has.
pub(crate) fn mappings(process: u32) -> usize {
    fs::read_to_string(format!("/proc/{process}/maps")).unwrap().lines().count()
}

/// How many files and directories the process has open.
pub(crate) fn open_files(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}
