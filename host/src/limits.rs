//! The caps that keep one plugin from using up its host.
//!
//! The constants are defaults, which [`CtxBuilder`](crate::CtxBuilder) changes for one plugin. A
//! call over a cap fails with `limit-exceeded`. The plugin can continue: with less in one call, or
//! after it has closed or dropped something.

mod budget;
mod budgets;
mod usage;

pub(crate) use budget::{Budget, Reservation};
pub(crate) use budgets::{
    Budgets, CallLimits, DTYPES, FILES, HANDLES, INDEX, MAPPED, PAGE_TABLES, PRIVATE, STORED_BYTES,
    STORED_KEYS, WINDOWS, over_limit,
};
pub use usage::{Amount, Unit, Usage};

/// The number of arrays, views, stores, streams, readers and writers that a plugin can have at
/// once, by default: 10,000. Each takes some hundred bytes of the host's memory.
pub const MAX_HANDLES: u64 = 10_000;

/// The number of files and directories that can be mapped or held open for a plugin at once, by
/// default: 256. A store that is open for writing counts as two, its directory and the lock on it;
/// a reader and a writer of a value count as one each. They count the same in a store on a server.
/// On Linux a process has by default 1,024 file descriptors and 65,530 mappings.
pub const MAX_FILES: u64 = 256;

/// The address space that the mappings of a plugin can have at once, in bytes, by default: 16 TiB
/// of the 128 TiB of a process. Address space is not memory, but Wasmtime needs some for every
/// other plugin.
pub const MAX_MAPPED: u64 = 16 << 40;

/// The number of bytes that a plugin can have changed in mappings of the mode `copy-on-write`, by
/// default: 1 GiB. This is memory of the host; the system cannot drop it as it can drop pages of a
/// file.
pub const MAX_PRIVATE: u64 = 1 << 30;

/// The memory that the keys of a plugin's open stores can take, in bytes, by default: 256 MiB, for
/// more than a million keys.
pub const MAX_INDEX: u64 = filemap::limits::MAX_INDEX;

/// The memory that the dtypes of a plugin's open arrays and views can take, in bytes, by default:
/// 64 MiB, for some hundred thousand fields. Each view counts separately, even if it shares the
/// dtype of its array.
pub const MAX_DTYPES: u64 = 64 << 20;

/// The number of windows that a plugin can have in its memory at once, by default: 64. Each splits
/// the mapping of that memory, and a process can have 65,530 mappings. The windows of one plugin
/// take none from another.
pub const MAX_WINDOWS: u64 = 64;

/// The number of bytes that a plugin can add to files, by default: no limit.
///
/// Counting them takes system calls, so they are counted only under a limit. The function
/// [`CtxBuilder::max_stored_bytes`](crate::CtxBuilder::max_stored_bytes) says what counts.
pub const MAX_STORED_BYTES: u64 = u64::MAX;

/// The number of keys that a plugin can add to stores, by default: no limit. They are counted only
/// under a limit.
pub const MAX_STORED_KEYS: u64 = u64::MAX;

/// The length of a file that a plugin can make or extend, in bytes, by default: no limit but 2^53 -
/// 1, which every file has.
pub const MAX_FILE_SIZE: u64 = u64::MAX;

/// The number of threads that one call of `reduce` can compute in, by default: 1, the thread that
/// runs the plugin. A host that serves many plugins has work for its other processors.
pub const MAX_THREADS: usize = 1;

/// The number of pages of a file that one call can touch, by default: 2^28 + 1, which are
/// 1 TiB in pages of 4 KiB, as much as [`MAX_SCANNED`], beginning anywhere in a page.
///
/// The elements of a selection can lie any distance apart, and each page that one of them lies in
/// is fetched. A page counts once, also if the call goes through the array in several steps, as
/// `reduce` and `fill` do. The pages of a file on a disk can be dropped again. On a file system in
/// memory, a page of a hole takes memory when it is read: a host that grants such files sets a
/// lower limit, and a plugin then takes a part of a large array at a time.
pub const MAX_TOUCHED_PAGES: u64 = (1 << 28) + 1;

/// The number of page tables that one call can create, by default: 65,536. Each is 4 KiB of memory
/// that the system cannot drop, and maps 2 MiB of a file. A `reduce` or `fill` gives them back
/// while it goes on, and those that one of its steps needs count.
///
/// Between calls, all mappings of a plugin keep at most as many. A mapping that would keep more, or
/// more than 2,048, is unmapped after the call, which frees its page tables. The next call maps it
/// again.
pub const MAX_PAGE_TABLES: u64 = 1 << 16;

/// The number of bytes of a file that one call of `reduce` or `fill` can process, by default: 1
/// TiB, which takes minutes. A plugin can map files that are larger than any disk. To end a call
/// earlier, an embedder has the [`Interrupter`](crate::Interrupter).
///
/// An element counts as at least 4 bytes. If elements lie apart, the bytes that the system reads
/// around them count too. `fill` counts four times the bytes that it writes, and no more for small
/// elements of a contiguous array.
///
/// The same number of zeroes can be written to a new part of a file, where the file system has no
/// `fallocate`.
pub const MAX_SCANNED: u64 = 1 << 40;

/// The number of bytes that a hint or a window with prefaulted pages fetches in advance.
pub(crate) const MAX_FETCHED: usize = 1 << 30;

/// The number of page tables with which a mapping is kept from one call to the next. A mapping with
/// more is unmapped after the call, which frees them.
pub(crate) const KEPT_PAGE_TABLES: u64 = 1 << 11;
