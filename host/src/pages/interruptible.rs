//! A visitor that passes a checkpoint before each piece.

use std::ops::ControlFlow;

use filemap::checkpoint::Checkpoint;
use filemap::fs::{IoError, IoResult};
use filemap::region::{Bytes, Visitor};

/// A visitor, and the result of its checkpoints. After an interruption it needs no more bytes.
pub(super) struct Interruptible<'a, V> {
    visitor: &'a mut V,
    checkpoint: Checkpoint<'a, IoError>,
    pub(super) result: IoResult<()>,
}

impl<'a, V> Interruptible<'a, V> {
    pub(super) const fn new(visitor: &'a mut V, checkpoint: Checkpoint<'a, IoError>) -> Self {
        Self { visitor, checkpoint, result: Ok(()) }
    }
}

impl<V: Visitor> Visitor for Interruptible<'_, V> {
    #[expect(clippy::inline_always, reason = "the visitor is compiled for a processor")]
    #[inline(always)]
    fn visit<B: Bytes>(&mut self, bytes: B) -> ControlFlow<()> {
        self.result = (self.checkpoint)();
        if self.result.is_err() { ControlFlow::Break(()) } else { self.visitor.visit(bytes) }
    }
}
