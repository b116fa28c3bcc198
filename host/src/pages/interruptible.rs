//! A visitor that passes a checkpoint before each piece.

use std::ops::ControlFlow;

use filemap::fs::IoResult;
use filemap::region::{Bytes, Part, Visitor};

use crate::interrupter::Interrupter;

/// A visitor, and the result of its checkpoints. After an interruption it needs no more bytes.
pub(super) struct Interruptible<'a, V> {
    visitor: &'a mut V,
    interrupter: &'a Interrupter,
    pub(super) result: IoResult<()>,
}

/// Returns the same part, whose visitor passes checkpoints.
pub(super) fn interruptible<'a, V>(
    part: &'a mut Part<V>,
    interrupter: &'a Interrupter,
) -> Part<Interruptible<'a, V>> {
    let Part { range, piece, visitor } = part;
    let visitor = Interruptible { visitor, interrupter, result: Ok(()) };
    Part { range: range.clone(), piece: *piece, visitor }
}

impl<V: Visitor> Visitor for Interruptible<'_, V> {
    #[expect(clippy::inline_always, reason = "the visitor is compiled for a processor")]
    #[inline(always)]
    fn visit<B: Bytes>(&mut self, bytes: B) -> ControlFlow<()> {
        self.result = self.interrupter.checkpoint();
        if self.result.is_err() { ControlFlow::Break(()) } else { self.visitor.visit(bytes) }
    }
}
