//! A region that reads and writes its file in every call, for providers that cannot map files.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::ops::Range;

use super::overlay::Overlay;
use super::resize::Resize;
use super::{Advice, Region, Sharing, Window};
use crate::fs::{File, IoErrorKind, IoResult, zeroed};
use crate::layout::Transfer;

/// The maximum number of bytes to read ahead: the maximum that one WASI call returns.
const BUFFER: usize = 64 << 10;

/// A region over any file, which reads and writes the file in every call.
pub struct BufferedRegion<F>(Rc<RefCell<Option<Mapping<F>>>>);

struct Mapping<F> {
    file: F,
    window: Window,
    sharing: Sharing,
    /// The changed pages of a private region.
    overlay: Overlay,
}

impl<F: File> BufferedRegion<F> {
    /// Creates a region over a part of a file. Reads nothing.
    pub fn new(file: F, window: Window, sharing: Sharing) -> Self {
        Self(Rc::new(RefCell::new(Some(Mapping {
            file,
            window,
            sharing,
            overlay: Overlay::default(),
        }))))
    }

    /// Returns the file, and the offset in the file of a byte of the region.
    pub(crate) fn file_position(&self, at: u64) -> IoResult<(F, u64)>
    where
        F: Clone,
    {
        self.with(|mapping| Ok((mapping.file.clone(), mapping.window.offset + at)))
    }

    fn with<T>(&self, action: impl FnOnce(&mut Mapping<F>) -> IoResult<T>) -> IoResult<T> {
        match &mut *self.0.borrow_mut() {
            Some(mapping) => action(mapping),
            None => Err(IoErrorKind::Closed.into()),
        }
    }
}

impl<F> Clone for BufferedRegion<F> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<F: File> Region for BufferedRegion<F> {
    fn read(&self, transfer: Transfer, buffer: &mut [u8]) -> IoResult<()> {
        self.with(|mapping| {
            mapping.check_size()?;
            mapping.read(transfer, buffer)
        })
    }

    fn read_vec(&self, transfer: Transfer, length: u64) -> IoResult<Vec<u8>> {
        self.with(|mapping| {
            mapping.check_size()?;
            let run = transfer.as_run().filter(|_| mapping.overlay.size() == 0);
            if let Some((start, _)) = run.filter(|&(_, run)| run as u64 == length) {
                return mapping.file.read_vec(length, mapping.window.offset + start);
            }
            let mut bytes = zeroed(length)?;
            mapping.read(transfer, &mut bytes)?;
            Ok(bytes)
        })
    }

    fn write(&self, transfer: Transfer, buffer: &[u8]) -> IoResult<()> {
        self.with(|mapping| {
            mapping.check_size()?;
            mapping.write(transfer, buffer)
        })
    }

    fn changed_run(&self, range: Range<u64>) -> IoResult<(u64, bool)> {
        self.with(|mapping| Ok(mapping.overlay.changed_run(mapping.window.offset, range)))
    }

    fn flush(&self) -> IoResult<()> {
        self.with(|mapping| {
            if mapping.sharing == Sharing::Shared { mapping.file.sync_data() } else { Ok(()) }
        })
    }

    fn advise(&self, _: Range<u64>, _: Advice) -> IoResult<()> {
        // There is no cache to drop or to fill.
        self.with(|_| Ok(()))
    }

    fn resize(&self, resize: &Resize) -> IoResult<()> {
        self.with(|mapping| {
            (mapping.window, ()) = resize.apply(&mapping.file, mapping.window, |_| Ok(()))?;
            Ok(())
        })
    }

    fn close(&self) {
        self.0.borrow_mut().take();
    }

    fn is_closed(&self) -> bool {
        self.0.borrow().is_none()
    }
}

impl<F: File> Mapping<F> {
    /// Fails if the file has become shorter than the region. Without this check, a write past the
    /// end would extend the file again, while a write to a missing page of a real mapping fails.
    fn check_size(&self) -> IoResult<()> {
        let end = self.window.offset + self.window.length;
        if self.file.size()? < end { Err(IoErrorKind::Truncated.into()) } else { Ok(()) }
    }

    fn read(&self, transfer: Transfer, out: &mut [u8]) -> IoResult<()> {
        let mut ahead = ReadAhead { mapping: self, bytes: Vec::new(), begin: 0 };
        let changed = (self.overlay.size() > 0).then(|| transfer.clone());
        let mut blocks = transfer.peekable();
        while let Some(block) = blocks.next() {
            let after = blocks.peek().map(|block| block.region);
            for number in 0..block.count {
                let (region, at) = block.run(number);
                let next = if number + 1 < block.count {
                    Some(region + block.region_stride)
                } else {
                    after
                };
                ahead.copy(region, next, &mut out[at..at + block.length])?;
            }
        }
        if let Some(transfer) = changed {
            self.overlay.patch(self.window.offset, transfer, out);
        }
        Ok(())
    }

    fn write(&mut self, transfer: Transfer, bytes: &[u8]) -> IoResult<()> {
        if self.sharing == Sharing::Private {
            return self.overlay.write(&self.file, self.window.offset, transfer, bytes);
        }
        let mut staged = Vec::new();
        for block in transfer {
            // Runs that are adjacent in the file are written together, even if they are not
            // adjacent in the buffer.
            let together = if block.region_stride == block.length as u64 {
                (BUFFER / block.length).max(1)
            } else {
                1
            };
            let mut number = 0;
            while number < block.count {
                let runs = together.min(block.count - number);
                let (region, at) = block.run(number);
                let offset = self.window.offset + region;
                if runs == 1 {
                    self.file.write_all(&bytes[at..at + block.length], offset)?;
                } else {
                    staged.clear();
                    for run in number..number + runs {
                        let (_, at) = block.run(run);
                        staged.extend_from_slice(&bytes[at..at + block.length]);
                    }
                    self.file.write_all(&staged, offset)?;
                }
                number += runs;
            }
        }
        Ok(())
    }
}

/// Reads small runs that lie close together by one call.
struct ReadAhead<'a, F> {
    mapping: &'a Mapping<F>,
    /// Bytes of the region that were read ahead; the first one lies at `begin`.
    bytes: Vec<u8>,
    begin: u64,
}

impl<F: File> ReadAhead<'_, F> {
    /// Copies the run at `region` to `out`; `next` is the start of the next run.
    fn copy(&mut self, region: u64, next: Option<u64>, out: &mut [u8]) -> IoResult<()> {
        let held = self.begin..self.begin + self.bytes.len() as u64;
        if !(held.contains(&region) && region + out.len() as u64 <= held.end) {
            let end = self.mapping.window.length.min(region + BUFFER as u64);
            let Mapping { file, window, .. } = self.mapping;
            if next.is_none_or(|next| next >= end) || out.len() >= BUFFER {
                return file.read_exact(out, window.offset + region);
            }
            self.begin = region;
            let length = usize::try_from(end - region).unwrap_or(BUFFER);
            self.bytes.resize(length, 0);
            file.read_exact(&mut self.bytes, window.offset + region)?;
        }
        let from = usize::try_from(region - self.begin).unwrap_or(usize::MAX);
        out.copy_from_slice(&self.bytes[from..from + out.len()]);
        Ok(())
    }
}
