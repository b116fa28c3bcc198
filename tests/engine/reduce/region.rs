//! A region in memory that records how it is read.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use filemap::fs::{IoErrorKind, IoResult};
use filemap::layout::{Layout, Transfer};
use filemap::region::Region;

/// Implements the methods of `Region` that a reduction does not call.
macro_rules! only_read {
    () => {
        fn write(&self, _: filemap::layout::Transfer, _: &[u8]) -> IoResult<()> {
            unreachable!("a reduction writes nothing")
        }

        fn changed_run(&self, _: std::ops::Range<u64>) -> IoResult<(u64, bool)> {
            unreachable!("nothing is streamed")
        }

        fn flush(&self) -> IoResult<()> {
            unreachable!("nothing is flushed")
        }

        fn advise(&self, _: std::ops::Range<u64>, _: filemap::region::Advice) -> IoResult<()> {
            unreachable!("nothing is advised")
        }

        fn resize(&self, _: &filemap::region::Resize) -> IoResult<()> {
            unreachable!("nothing is resized")
        }

        fn close(&self) {}

        fn is_closed(&self) -> bool {
            false
        }
    };
}
pub(super) use only_read;

/// Bytes in memory, optionally followed by endless zeroes, and a record of the reads.
#[derive(Clone, Default)]
pub(super) struct RecordingRegion {
    pub(super) bytes: Rc<Vec<u8>>,
    /// Whether endless zeroes follow the bytes.
    pub(super) endless: bool,
    /// For each read, the offsets of its first and last byte, and the length of its buffer.
    pub(super) reads: Rc<RefCell<Vec<(u64, u64, usize)>>>,
    /// The budget that the reader asked for, and the allowed maximum.
    pub(super) asked: Rc<Cell<u64>>,
    pub(super) most: Option<u64>,
}

impl RecordingRegion {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes: Rc::new(bytes), ..Self::default() }
    }
}

impl Region for RecordingRegion {
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

    fn check_budget(&self, bytes: u64, _: &Layout) -> IoResult<()> {
        self.asked.set(bytes);
        if self.most.is_some_and(|most| bytes > most) {
            Err(IoErrorKind::OverLimit.into())
        } else {
            Ok(())
        }
    }

    only_read!();
}
