//! Bytes of a region that can be copied but not borrowed.
//!
//! Another process can change or truncate a mapped file at any time, so no slice of mapped pages
//! exists. A [`Visitor`] gets [`Bytes`] instead, which hand out copies of a few bytes at a time. Such
//! a copy stays in registers or in the processor's first cache. The provider can also compile the
//! visitor for the processor that it runs on.

use core::ops::ControlFlow;

/// The length of the copies that [`Bytes::for_each_block`] makes: so short that a processor copies
/// the next block while it computes with this one.
pub const BLOCK: usize = 256;

/// Contiguous bytes, whose copies can be borrowed.
pub trait Bytes: Copy {
    /// Returns the number of bytes.
    fn count(self) -> usize;

    /// Returns the first `at` bytes and the others.
    ///
    /// # Panics
    ///
    /// Panics if there are fewer bytes.
    #[must_use]
    fn split_at(self, at: usize) -> (Self, Self);

    /// Calls `visit` with all bytes, in blocks whose lengths are multiples of [`BLOCK`]. Only the
    /// last block may have another length.
    fn for_each_block(self, visit: impl FnMut(&[u8]));

    /// Copies all bytes to the start of `buffer`.
    ///
    /// # Panics
    ///
    /// Panics if the buffer is shorter.
    fn copy_to(self, buffer: &mut [u8]) {
        let mut at = 0;
        self.for_each_block(|block| {
            buffer[at..at + block.len()].copy_from_slice(block);
            at += block.len();
        });
    }
}

#[expect(clippy::inline_always, reason = "the provider's instructions reach only inlined code")]
impl Bytes for &[u8] {
    fn count(self) -> usize {
        self.len()
    }

    fn split_at(self, at: usize) -> (Self, Self) {
        self.split_at(at)
    }

    #[inline(always)]
    fn for_each_block(self, mut visit: impl FnMut(&[u8])) {
        visit(self);
    }
}

/// A computation over the bytes of a region.
///
/// The provider may call it while a guard for mapped pages is active, so it must not access a
/// region. `visit` and the loops below it should be marked `#[inline(always)]`: then they use the
/// instructions of the processor that the provider has found.
pub trait Visitor {
    /// Takes the next bytes. Returns `Break` if it needs no more.
    fn visit<B: Bytes>(&mut self, bytes: B) -> ControlFlow<()>;
}
