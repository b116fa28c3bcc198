//! Visits of mapped pages: computations over their bytes without a buffer in between.
//!
//! The visitor gets copies of a few bytes, on the stack, under the [`guard`]. It is compiled twice:
//! for every processor of the architecture, and with AVX2, which computes with twice as many
//! numbers at once. Both give the same results, because Rust never changes the order of
//! floating-point operations, nor merges them.

#![expect(
    unsafe_code,
    reason = "mapped pages that others can change are accessed through raw pointers"
)]

use std::marker::PhantomData;
use std::ops::{ControlFlow, Range};

use filemap::region::{BLOCK, Bytes, Visitor};
use memmap2::MmapRaw;

use super::guard::{FaultedPages, guard};

/// Passes the bytes of `range` to `visitor`, in pieces of `piece` bytes, until it needs no more.
/// After an error, some bytes may have been zero.
pub(super) fn visit<V: Visitor>(
    map: &mut MmapRaw,
    range: Range<u64>,
    piece: usize,
    visitor: &mut V,
) -> Result<(), FaultedPages> {
    // The engine has checked the range; the memory safety of this file must not depend on it.
    let [start, end] = [range.start, range.end].map(|at| usize::try_from(at).unwrap_or(usize::MAX));
    assert!(start <= end && end <= map.len(), "the engine asked for bytes outside of a mapping");
    guard(map, |pages| {
        // SAFETY: the assertion ensures that the `end - start` bytes from `start` are within the
        // mapping. The guard ends after this function, which does not keep them, and until then
        // the mapping is borrowed exclusively, so nobody unmaps it.
        let mut rest = unsafe { MappedBytes::new(pages.add(start), end - start) };
        while rest.count() > 0 {
            let now;
            (now, rest) = rest.split_at(rest.count().min(piece.max(1)));
            if visit_piece(now, visitor).is_break() {
                break;
            }
        }
    })
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
