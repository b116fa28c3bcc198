//! The caps that keep one plugin from using up its host.
//!
//! A plugin that runs into one gets `limit-exceeded`, and can go on when it has closed or dropped
//! something.

mod budget;

pub(crate) use budget::{Budget, Budgets, Lease};

/// How many arrays, views, stores, streams, readers and writers a plugin has at once by default.
/// Each costs the host some hundred bytes.
pub const MAX_HANDLES: u64 = 10_000;

/// How many files and directories are mapped or held open for a plugin at once by default. A store
/// that is open for writing counts for two, its directory and the lock on that; a reader and a
/// writer of a value count for one each. A process has often no more than 1,024 file descriptors,
/// and 65,530 mappings.
pub const MAX_FILES: u64 = 256;

/// How much address space the mappings of a plugin have at once by default, in bytes: 16 TiB of the
/// 128 TiB that a process has. Address space is not memory, but Wasmtime needs some for every other
/// plugin.
pub const MAX_MAPPED: u64 = 16 << 40;

/// How many bytes the plugin may have changed in mappings of the mode `copy-on-write` by default: 1
/// GiB. Unlike the pages of a file, which the system can drop again, these are memory of the host.
pub const MAX_PRIVATE: u64 = 1 << 30;

/// How many bytes the keys of a plugin's open stores take in memory by default: 256 MiB, a million
/// keys and more.
pub const MAX_INDEX: u64 = filemap::limits::MAX_INDEX;

/// How many bytes the dtypes of a plugin's open arrays and views take in memory by default: 64 MiB,
/// some hundred thousand fields. A view counts by itself, also where it has its dtype together with
/// others.
pub const MAX_DTYPES: u64 = 64 << 20;

/// How many pages of a file one call touches at most: 1 GiB of them, where a page is 4 KiB. The
/// elements of a selection can lie as far apart as a plugin likes, and to fetch each from a page of
/// its own takes the host time that nothing interrupts.
pub const MAX_TOUCHED: u64 = 1 << 18;

/// How many page tables one call makes at most. Each is 4 KiB of memory that the system cannot
/// drop, for 2 MiB of a file.
pub const MAX_TABLES: u64 = 1 << 16;

/// How many bytes of a file `reduce` goes through in one call: 8 GiB, which takes some seconds, and
/// where they lie most awkwardly some twenty. A plugin can map files that are larger than any disk,
/// and nothing interrupts its host in a call. Elements count as 4 bytes at least, and as what a
/// system reads around them where they lie apart; what is written, by `fill`, counts fourfold.
pub const MAX_PASSED: u64 = 8 << 30;

/// How many windows a plugin has in its memory at once by default. Each splits the mapping that the
/// memory is, of which a process has room for 65,530. All plugins of a process together have 4,096.
pub const MAX_WINDOWS: u64 = 64;

/// With how many page tables a mapping is kept from one call to the next.
pub(crate) const KEPT_TABLES: u64 = 1 << 11;
