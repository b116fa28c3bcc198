//! The limits of the process that runs the plugin.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The length of a file that the process extends, in bytes.
pub(super) const FILE_SIZE: Resource = Resource::Fsize;

/// The number that is greater than that of each new file descriptor.
pub(super) const DESCRIPTORS: Resource = Resource::Nofile;

/// Lowers a limit of this process to `max`, unless it is lower already.
pub(super) fn lower(resource: Resource, max: Option<u64>) -> io::Result<()> {
    let Some(max) = max else { return Ok(()) };
    let Rlimit { current, maximum } = getrlimit(resource);
    let current = Some(current.unwrap_or(u64::MAX).min(max));
    Ok(setrlimit(resource, Rlimit { current, maximum })?)
}
