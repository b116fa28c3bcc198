//! The way of a chunk's bytes to the accumulators: through direct kernels or through words.

use alloc::vec::Vec;
use core::ops::ControlFlow;

use super::Operation;
use super::accumulators::Accumulators;
use super::decode::Decoder;
use super::direct::Direct;
use super::runs::Runs;
use crate::region::{Bytes, Visitor};

/// The approximate number of bytes that arrive at once. A float is added to the sum of these bytes
/// first, so the number is the same for all providers.
const PIECE: usize = 64 << 10;

/// The length from which a run goes through a direct kernel. Shorter ones are decoded together.
const MIN_DIRECT: u64 = 16;

/// Adds the bytes of a chunk to accumulators.
pub(super) struct Feed<'a> {
    decoder: &'a Decoder,
    /// The direct kernel, if the type and the runs have one.
    direct: Option<Direct>,
    runs: Runs,
    /// The columns that the runs follow, if any: see [`Runs::columns`].
    columns: Vec<(u64, u64)>,
    accumulators: &'a mut Accumulators,
    /// A copy of the bytes to decode.
    buffer: Vec<u8>,
    /// The operation and the number of elements so far, if one result can be final early.
    ends_early: Option<(Operation, u64)>,
}

impl<'a> Feed<'a> {
    /// Prepares for the elements that `runs` assigns to `accumulators`.
    pub(super) fn new(
        decoder: &'a Decoder,
        mut runs: Runs,
        accumulators: &'a mut Accumulators,
    ) -> Self {
        let columns = if accumulators.takes_bytes() {
            Vec::new()
        } else {
            runs.columns(decoder.elements_at_once())
        };
        let (length, kept) = runs.first_run();
        let direct = decoder.direct.filter(|direct| {
            columns.is_empty() && length >= MIN_DIRECT && (!kept || direct.takes_kept())
        });
        let (buffer, ends_early) = (Vec::new(), None);
        Self { decoder, direct, runs, columns, accumulators, buffer, ends_early }
    }

    /// Ends the visit when the first result is final. `seen` elements were added before.
    pub(super) fn stop_when_decided(&mut self, operation: Operation, seen: u64) {
        self.ends_early = Some((operation, seen));
    }

    /// Returns whether the first result is final.
    pub(super) fn is_decided(&self) -> bool {
        self.ends_early
            .is_some_and(|(operation, seen)| self.accumulators.is_decided(operation, seen))
    }

    /// Returns the number of bytes to visit at once: whole rows of columns.
    pub(super) fn piece(&self) -> usize {
        self.whole_rows(PIECE)
    }

    /// Rounds a number of bytes down to whole rows, but not to 0.
    fn whole_rows(&self, bytes: usize) -> usize {
        let row = self.decoder.item() * self.columns.len().max(1);
        (bytes / row).max(1) * row
    }

    /// Decodes elements and adds them.
    fn decode<B: Bytes>(&mut self, bytes: B) {
        let at_once = self.whole_rows(self.decoder.item() * self.decoder.elements_at_once());
        let mut buffer = core::mem::take(&mut self.buffer);
        let mut rest = bytes;
        while rest.count() > 0 {
            let now;
            (now, rest) = rest.split_at(rest.count().min(at_once));
            buffer.resize(now.count(), 0);
            now.copy_to(&mut buffer);
            if self.columns.is_empty() {
                self.decoder.feed(&buffer, &mut self.runs, self.accumulators);
            } else {
                self.decoder.feed_columns(
                    &buffer,
                    &self.columns,
                    &mut self.runs,
                    self.accumulators,
                );
            }
        }
        self.buffer = buffer;
    }
}

impl Visitor for Feed<'_> {
    #[expect(clippy::inline_always, reason = "direct kernels are compiled for a processor")]
    #[inline(always)]
    fn visit<B: Bytes>(&mut self, bytes: B) -> ControlFlow<()> {
        let item = self.decoder.item();
        if let Some(direct) = self.direct {
            let mut rest = bytes;
            while rest.count() > 0
                && let Some(run) = self.runs.next(rest.count() / item)
            {
                let now;
                (now, rest) = rest.split_at(run.count * item);
                if !direct.add(now, &run, self.accumulators) {
                    self.buffer.resize(now.count(), 0);
                    now.copy_to(&mut self.buffer);
                    self.decoder.feed_run(&self.buffer, &run, self.accumulators);
                }
            }
        } else {
            self.decode(bytes);
        }
        if let Some((_, seen)) = &mut self.ends_early {
            *seen += (bytes.count() / item) as u64;
        }
        if self.is_decided() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
