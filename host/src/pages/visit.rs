//! Visits of mapped pages: computations over their bytes without a buffer in between.
//!
//! The visitor gets copies of a few bytes, on the stack, under the [guard](super::guard). It is
//! compiled twice: for every processor of the architecture, and with AVX2, which computes with
//! twice as many numbers at once. Both give the same results, because Rust never changes the order
//! of floating-point operations, nor merges them.

#![expect(
    unsafe_code,
    reason = "mapped pages that others can change are accessed through raw pointers"
)]

use std::marker::PhantomData;
use std::ops::{ControlFlow, Range};
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};

use filemap::region::{BLOCK, Bytes, Part, Visitor};
use memmap2::MmapRaw;

use super::guard::{FaultedPages, guard_range};

/// Visits parts of a mapping in at most `threads` threads, the calling one included. After an
/// error, some bytes of any part may have been zero.
pub(super) fn visit<V: Visitor + Send>(
    map: &mut MmapRaw,
    parts: &mut [Part<V>],
    threads: usize,
) -> Result<(), FaultedPages> {
    let threads = threads.min(parts.len());
    let map: &MmapRaw = map;
    let queue = Mutex::new(parts.iter_mut());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let visit_next_parts = || {
        let visit_parts = |pages: *mut u8| {
            while let Some(Part { range, piece, visitor }) = next() {
                let range = checked_range(range, map.len());
                // SAFETY: the range is within the mapping, which is guarded until after this
                // closure, and the closure does not keep the bytes.
                let bytes = unsafe { MappedBytes::new(pages.add(range.start), range.len()) };
                visit_bytes(bytes, *piece, visitor);
            }
        };
        // SAFETY: the mapping is borrowed exclusively until all these threads have ended, so nobody
        // else reads, writes or unmaps it. The threads only read, all under such a guard, and after
        // a fault in one of them the caller gets the error instead of the results of all.
        unsafe { guard_range(map.as_mut_ptr(), map.len(), visit_parts) }
    };
    thread::scope(|scope| {
        // If the system refuses a thread, the others do its work.
        let helpers: Vec<_> = (1..threads)
            .map_while(|_| {
                let thread = Builder::new().name("filemap-visit".into());
                thread.spawn_scoped(scope, visit_next_parts).ok()
            })
            .collect();
        let own = visit_next_parts();
        helpers
            .into_iter()
            .map(|helper| helper.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .fold(own, first_fault)
    })
}

/// Returns a range as numbers of the memory. The engine has checked it; the memory safety of this
/// file must not depend on that.
fn checked_range(range: &Range<u64>, length: usize) -> Range<usize> {
    let [start, end] = [range.start, range.end].map(|at| usize::try_from(at).unwrap_or(usize::MAX));
    assert!(start <= end && end <= length, "the engine asked for bytes outside of a mapping");
    start..end
}

/// Passes bytes to a visitor in pieces, until it needs no more.
fn visit_bytes<V: Visitor>(bytes: MappedBytes<'_>, piece: usize, visitor: &mut V) {
    let mut rest = bytes;
    while rest.count() > 0 {
        let now;
        (now, rest) = rest.split_at(rest.count().min(piece.max(1)));
        if visit_piece(now, visitor).is_break() {
            break;
        }
    }
}

/// Returns the fault with the lower offset, so that the error does not depend on the threads.
fn first_fault(
    one: Result<(), FaultedPages>,
    other: Result<(), FaultedPages>,
) -> Result<(), FaultedPages> {
    match (one, other) {
        (Err(one), Err(other)) if other.offset < one.offset => Err(other),
        (Err(one), _) => Err(one),
        (Ok(()), other) => other,
    }
}

/// Calls the visitor that is compiled for this processor.
fn visit_piece<V: Visitor>(bytes: MappedBytes<'_>, visitor: &mut V) -> ControlFlow<()> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { visit_by_avx2(bytes, visitor) };
    }
    visitor.visit(bytes)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn visit_by_avx2<V: Visitor>(bytes: MappedBytes<'_>, visitor: &mut V) -> ControlFlow<()> {
    visitor.visit(bytes)
}

/// Bytes in mapped pages that can be read during `'a`, and that others may change meanwhile.
#[derive(Clone, Copy)]
struct MappedBytes<'a> {
    start: *const u8,
    count: usize,
    guard: PhantomData<&'a u8>,
}

impl MappedBytes<'_> {
    /// # Safety
    ///
    /// The `count` bytes that begin at `start` are mapped during `'a`, and a guard is active that
    /// covers them.
    const unsafe fn new(start: *const u8, count: usize) -> Self {
        Self { start, count, guard: PhantomData }
    }
}

#[expect(clippy::inline_always, reason = "the callers choose the processor's instructions")]
impl Bytes for MappedBytes<'_> {
    fn count(self) -> usize {
        self.count
    }

    #[inline(always)]
    fn split_at(self, at: usize) -> (Self, Self) {
        assert!(at <= self.count, "a visitor asked for more bytes than there are");
        // SAFETY: both parts are within these bytes, by the assertion, and have their lifetime.
        unsafe { (Self::new(self.start, at), Self::new(self.start.add(at), self.count - at)) }
    }

    #[inline(always)]
    fn next_block<'a>(&mut self, copy: &'a mut [u8; BLOCK]) -> Option<&'a [u8]>
    where
        Self: 'a,
    {
        let count = self.count.min(BLOCK);
        if count == BLOCK {
            // SAFETY: there are at least `BLOCK` bytes, which are mapped and guarded. They are
            // copied, and an array of bytes has no alignment and no invalid values.
            *copy = unsafe { self.start.cast::<[u8; BLOCK]>().read() };
        } else if count > 0 {
            // SAFETY: the `count` bytes are mapped and guarded, and fewer than the copy has. The
            // copy is borrowed exclusively, so the two do not overlap.
            unsafe { copy.as_mut_ptr().copy_from_nonoverlapping(self.start, count) };
        } else {
            return None;
        }
        *self = self.split_at(count).1;
        Some(&copy[..count])
    }
}
