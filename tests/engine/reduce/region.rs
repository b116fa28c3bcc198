//! A region in memory that tells how it was read.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use filemap::fs::{IoErrorKind, IoResult};
use filemap::layout::Transfer;
use filemap::region::{Advice, Region, Resize};

/// Bytes in memory, or zeroes without end, and what was asked of them.
#[derive(Clone, Default)]
pub(super) struct Watched {
    pub(super) bytes: Rc<Vec<u8>>,
    /// Whether there are zeroes behind the bytes, as many as anyone wants.
    pub(super) endless: bool,
    /// Of each read, where its first and its last byte lie, and the length of its buffer.
    pub(super) reads: Rc<RefCell<Vec<(u64, u64, usize)>>>,
    /// What the reader asked to be allowed, and the most that it is.
    pub(super) asked: Rc<Cell<u64>>,
    pub(super) most: Option<u64>,
}

impl Watched {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes: Rc::new(bytes), ..Self::default() }
    }
}

impl Region for Watched {
    fn read(&self, transfer: Transfer, buffer: &mut [u8]) -> IoResult<()> {
        let (mut first, mut last) = (u64::MAX, 0);
        for block in transfer {
            for number in 0..block.count {
                let (region, at) = block.run(number);
                let end = region + block.length as u64;
                (first, last) = (first.min(region), last.max(end));
                let out = &mut buffer[at..at + block.length];
                if self.endless && end > self.bytes.len() as u64 {
                    out.fill(0);
                } else {
                    let begin = usize::try_from(region).expect("a small region");
                    out.copy_from_slice(&self.bytes[begin..begin + out.len()]);
                }
            }
        }
        self.reads.borrow_mut().push((first, last, buffer.len()));
        Ok(())
    }

    fn write(&self, _: Transfer, _: &[u8]) -> IoResult<()> {
        panic!("a reduction writes");
    }

    fn check_budget(&self, bytes: u64) -> IoResult<()> {
        self.asked.set(bytes);
        if self.most.is_some_and(|most| bytes > most) {
            Err(IoErrorKind::OverLimit.into())
        } else {
            Ok(())
        }
    }

    fn advise(&self, _: Range<u64>, _: Advice) -> IoResult<()> {
        unreachable!("nothing is advised")
    }

    fn resize(&self, _: &Resize) -> IoResult<()> {
        unreachable!("nothing is resized")
    }

    fn changed_run(&self, _: Range<u64>) -> IoResult<(u64, bool)> {
        unreachable!("nothing is streamed")
    }

    fn flush(&self) -> IoResult<()> {
        Ok(())
    }

    fn close(&self) {}

    fn is_closed(&self) -> bool {
        false
    }
}
