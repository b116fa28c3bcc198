//! Bytes of a region that can be copied but not borrowed.
//!
//! Another process can change or truncate a mapped file at any time, so no slice of mapped pages
//! exists. A [`Visitor`] gets [`Bytes`] instead, which hand out copies of a few bytes at a time.
//! Such a copy stays in registers or in the processor's first cache. The provider can also compile
//! the visitor for the processor that it runs on.

use core::ops::ControlFlow;

/// The length of the copies that [`Bytes::next_block`] makes: so short that a processor copies
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

    /// Removes the first block and returns it, or `None` at the end. A block has a multiple of
    /// [`BLOCK`] bytes, unless it is the last one. It may lie in `copy`.
    ///
    /// A loop over blocks is compiled as a part of its function, unlike a closure.
    fn next_block<'a>(&mut self, copy: &'a mut [u8; BLOCK]) -> Option<&'a [u8]>
    where
        Self: 'a;

    /// Copies all bytes to the start of `buffer`.
    ///
    /// # Panics
    ///
    /// Panics if the buffer is shorter.
    fn copy_to(mut self, buffer: &mut [u8]) {
        let (mut at, mut copy) = (0, [0; BLOCK]);
        while let Some(block) = self.next_block(&mut copy) {
            buffer[at..at + block.len()].copy_from_slice(block);
            at += block.len();
        }
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
    fn next_block<'a>(&mut self, _: &'a mut [u8; BLOCK]) -> Option<&'a [u8]>
    where
        Self: 'a,
    {
        let block = core::mem::take(self);
        (!block.is_empty()).then_some(block)
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
