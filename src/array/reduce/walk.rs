//! The walk over an array: which elements are added to which accumulators, and in which order.
//!
//! The provider may visit several parts of a contiguous array at once. Each part then has
//! accumulators of its own. If parts have different results, that is all. Otherwise the
//! accumulators of the parts are added to those of the first part, in the order of the region. The
//! parts depend on the array only, so the results are the same, bit for bit, on all providers and
//! for any number of threads.

use alloc::vec::Vec;
use core::mem;

use super::Operation;
use super::accumulators::Accumulators;
use super::decode::Decoder;
use super::feed::Feed;
use super::traversal::{Section, Sections, Traversal};
use crate::dtype::Scalar;
use crate::fs::IoResult;
use crate::layout::{MAX_PIECE_ELEMENTS, Order, Transfer};
use crate::region::{Part, Region, visit_slice};

/// The number of bytes of scattered elements to read at once: enough to make the cost of a call
/// small, and few enough for a cache.
const BUFFER_BYTES: u64 = 256 << 10;

/// The approximate number of bytes of a part: enough to make the cost of a thread's step small.
const PART_BYTES: u64 = 4 << 20;

/// The approximate memory of the accumulators of one part, in bytes.
const MAX_ACCUMULATOR_BYTES: u64 = 4 << 20;

/// The least ratio of the bytes of a part to the bytes of its accumulators, if these have to be
/// added to others afterwards.
const BYTES_PER_ACCUMULATOR_BYTE: u64 = 16;

/// The number of parts to hand to a provider that visits several at once, and the approximate
/// memory of all their accumulators, in bytes.
const MAX_PARTS: u64 = 64;
const MAX_BATCH_BYTES: u64 = 16 << 20;

/// A reduction of the elements that `traversal` finds in `region`.
pub(super) struct Walk<'a, R> {
    pub(super) region: &'a R,
    pub(super) traversal: &'a Traversal,
    pub(super) decoder: &'a Decoder,
    pub(super) operation: Operation,
    pub(super) source: Scalar,
    /// The number of results, and of the elements that each is made of.
    pub(super) results: u64,
    pub(super) count: u64,
}

/// Contiguous elements, and accumulators for them.
struct Chunk {
    section: Section,
    own: Accumulators,
}

impl<R: Region> Walk<'_, R> {
    /// Reduces all elements. Calls `finish` for each section of the results, with its accumulators.
    pub(super) fn run(&self, mut finish: impl FnMut(&Section, &Accumulators)) -> IoResult<()> {
        let per_result = self.accumulators().bytes_per_result();
        let max_results = MAX_ACCUMULATOR_BYTES / per_result;
        let max_elements = PART_BYTES / self.source.size.max(1);
        let separate =
            self.traversal.results_of_contiguous_tiles(self.source, max_elements, max_results);
        if let Some(results) = separate.filter(|_| self.reads()) {
            let mut tiles = self.traversal.tiles(results);
            return self.run_separate_tiles(&mut tiles, results * per_result, &mut finish);
        }
        let mut total = self.accumulators();
        for tile in self.traversal.tiles(max_results) {
            self.region.checkpoint()?;
            total.reset(self.traversal.results(&tile));
            for pass in 0..self.operation.passes() {
                if pass > 0 {
                    total.move_centres(self.count);
                }
                if !self.reads() {
                    continue;
                }
                if self.traversal.layout(&tile, self.source).order() == Some(Order::C) {
                    self.add_contiguous(&tile, &mut total)?;
                } else {
                    self.add_scattered(&tile, &mut total)?;
                }
            }
            finish(&tile, &total);
        }
        Ok(())
    }

    fn accumulators(&self) -> Accumulators {
        Accumulators::new(self.operation, self.source)
    }

    /// Returns whether there is anything to read: elements of 0 bytes are all equal.
    fn reads(&self) -> bool {
        self.count > 0 && self.source.size > 0
    }

    /// Returns the number of chunks to visit at once, if the accumulators of one take that memory.
    fn batch(&self, accumulator_bytes: u64) -> u64 {
        if self.region.parts_at_once() > 1 {
            (MAX_BATCH_BYTES / accumulator_bytes.max(1)).clamp(1, MAX_PARTS)
        } else {
            1
        }
    }

    /// Reduces tiles that are contiguous and no larger than a part, several at once.
    fn run_separate_tiles(
        &self,
        tiles: &mut Sections,
        accumulator_bytes: u64,
        finish: &mut impl FnMut(&Section, &Accumulators),
    ) -> IoResult<()> {
        let batch = self.batch(accumulator_bytes);
        let (mut now, mut spare) = (Vec::new(), Vec::new());
        while self.take(tiles, batch, &mut now, &mut spare) {
            for Chunk { section, own } in &mut now {
                own.reset(self.traversal.results(section));
            }
            for pass in 0..self.operation.passes() {
                if pass > 0 {
                    for chunk in &mut now {
                        chunk.own.move_centres(self.count);
                    }
                }
                self.visit(None, &mut now, 0)?;
            }
            for Chunk { section, own } in now.drain(..) {
                finish(&section, &own);
                spare.push(own);
            }
        }
        Ok(())
    }

    /// Adds the elements of a contiguous tile to its accumulators.
    fn add_contiguous(&self, tile: &Section, total: &mut Accumulators) -> IoResult<()> {
        let bytes = self.traversal.results(tile) * total.bytes_per_result();
        let part = PART_BYTES.max(bytes * BYTES_PER_ACCUMULATOR_BYTE) / self.source.size;
        let (mut chunks, batch) = (self.traversal.chunks(tile, part), self.batch(bytes));
        let (mut now, mut spare, mut seen) = (Vec::new(), Vec::new(), 0);
        loop {
            // The first chunk goes to the accumulators directly. It also sets the centres of
            // deviations, which all chunks need.
            let is_direct = seen == 0 || total.lacks_centres();
            if !self.take(&mut chunks, if is_direct { 1 } else { batch }, &mut now, &mut spare) {
                return Ok(());
            }
            if is_direct {
                mem::swap(total, &mut now[0].own);
            } else {
                for chunk in &mut now {
                    chunk.own.begin_part(total);
                }
            }
            self.visit(Some(tile), &mut now, if is_direct { seen } else { 0 })?;
            for Chunk { section, mut own } in now.drain(..) {
                seen += section.size();
                if is_direct {
                    mem::swap(total, &mut own);
                } else {
                    total.add_part(&own);
                }
                spare.push(own);
            }
            if self.results == 1 && total.is_decided(self.operation, seen) {
                return Ok(());
            }
        }
    }

    /// Takes the next sections, at most `batch`, with accumulators. Returns whether there are any.
    fn take(
        &self,
        sections: &mut Sections,
        batch: u64,
        now: &mut Vec<Chunk>,
        spare: &mut Vec<Accumulators>,
    ) -> bool {
        for section in (0..batch).map_while(|_| sections.next()) {
            let own = spare.pop().unwrap_or_else(|| self.accumulators());
            now.push(Chunk { section, own });
        }
        !now.is_empty()
    }

    /// Adds the elements of contiguous chunks to their accumulators, which are for the results of
    /// `tile`, or else for those of the chunk. `seen` elements were added before.
    fn visit(&self, tile: Option<&Section>, chunks: &mut [Chunk], seen: u64) -> IoResult<()> {
        self.region.checkpoint()?;
        let parts = chunks.iter_mut().map(|Chunk { section, own }| {
            let layout = self.traversal.layout(section, self.source);
            let visitor = self.feed(tile.unwrap_or(section), section, own, seen);
            let range = layout.start..layout.start + layout.nbytes();
            Part { range, piece: visitor.piece(), visitor }
        });
        self.region.visit(&mut parts.collect::<Vec<_>>())
    }

    /// Adds the elements of any tile to its accumulators.
    fn add_scattered(&self, tile: &Section, total: &mut Accumulators) -> IoResult<()> {
        let at_once = (BUFFER_BYTES / self.source.size).min(MAX_PIECE_ELEMENTS);
        let (mut buffer, mut seen) = (Vec::new(), 0);
        for chunk in self.traversal.chunks(tile, at_once) {
            self.region.checkpoint()?;
            let section = self.traversal.layout(&chunk, self.source);
            buffer.resize(usize::try_from(section.nbytes()).unwrap_or(usize::MAX), 0);
            self.region.read(Transfer::new(&section), &mut buffer)?;
            let mut feed = self.feed(tile, &chunk, total, seen);
            _ = buffer.chunks(feed.piece()).try_for_each(|piece| visit_slice(&mut feed, piece));
            seen += chunk.size();
            if feed.is_decided() {
                break;
            }
        }
        Ok(())
    }

    /// Returns the way of a chunk's elements to accumulators, to which `seen` elements were added
    /// before.
    fn feed<'b>(
        &'b self,
        tile: &Section,
        chunk: &Section,
        accumulators: &'b mut Accumulators,
        seen: u64,
    ) -> Feed<'b> {
        let runs = self.traversal.element_runs(tile, chunk);
        let mut feed = Feed::new(self.decoder, runs, accumulators);
        if self.results == 1 {
            feed.stop_when_decided(self.operation, seen);
        }
        feed
    }
}
