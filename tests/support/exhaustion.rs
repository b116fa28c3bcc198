//! A process that has used up its mappings or its address space.

#![allow(unsafe_code, reason = "mappings that nobody uses")]

use std::ptr;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More mappings than a process can have by default.
const MANY: usize = 70_000;

/// All mappings that this process can have in addition. Dropping this unmaps them.
pub(crate) struct AllMappings(Vec<usize>);

impl AllMappings {
    /// Makes mappings until the system refuses another one.
    #[track_caller]
    pub(crate) fn use_up() -> Self {
        let mut all = Self(Vec::with_capacity(MANY));
        let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
        while all.0.len() < MANY {
            // Shared mappings are not merged with their neighbours.
            //
            // SAFETY: the system chooses an address that is not in use, and nobody accesses it.
            let made = unsafe { libc::mmap(ptr::null_mut(), 1, libc::PROT_NONE, flags, -1, 0) };
            if made == libc::MAP_FAILED {
                return all;
            }
            all.0.push(made.expose_provenance());
        }
        panic!(
            "this test uses up the mappings of a process, and the system allows more than {MANY}: \
             run it with `vm.max_map_count` at its default, 65530"
        );
    }
}

impl Drop for AllMappings {
    fn drop(&mut self) {
        for address in &self.0 {
            // SAFETY: the mapping was made above, and nobody accesses it.
            unsafe { libc::munmap(ptr::with_exposed_provenance_mut(*address), 1) };
        }
    }
}

/// A limit of the address space of this process. Dropping this removes it.
///
/// The system refuses memory beyond it, as a system without overcommitment (`overcommit_memory=2`)
/// does when the machine has no more.
pub(crate) struct AddressSpaceLimit(Rlimit);

impl AddressSpaceLimit {
    /// Allows `more` bytes beyond what the process has now.
    pub(crate) fn of(more: u64) -> Self {
        let before = getrlimit(Resource::As);
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmSize:")).unwrap();
        let size: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        let limit = Rlimit { current: Some(size * 1024 + more), maximum: before.maximum };
        setrlimit(Resource::As, limit).unwrap();
        Self(before)
    }
}

impl Drop for AddressSpaceLimit {
    fn drop(&mut self) {
        setrlimit(Resource::As, self.0).unwrap();
    }
}
