//! A region that reads and writes its file in every call, for providers that cannot map files.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::ops::Range;

use super::overlay::Overlay;
use super::resize::Resize;
use super::{Advice, Part, Region, Sharing, Visitor, Window, visit_pieces};
use crate::fs::{File, IoErrorKind, IoResult, zeroed};
use crate::layout::Transfer;

/// The maximum number of bytes that one call reads for several runs: the maximum that one WASI call
/// returns.
const BUFFER: u64 = 64 << 10;

/// The maximum distance of neighbouring runs that one call reads together, in bytes. Under
/// Wasmtime, the call for a second run takes about as long as to read and skip this many bytes.
const MAX_GAP: u64 = 8 << 10;

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
    fn checkpoint(&self) -> IoResult<()> {
        // A closed region has nothing to end. No call of a region asks while it borrows the
        // mapping, but an attempt is smaller: where the file has no checkpoints, nothing is left of
        // it.
        match self.0.try_borrow().as_deref() {
            Ok(Some(mapping)) => mapping.file.checkpoint(),
            _ => Ok(()),
        }
    }

    fn read(&self, transfer: Transfer, buffer: &mut [u8]) -> IoResult<()> {
        self.with(|mapping| {
            mapping.check_size()?;
            mapping.read(transfer, buffer)
        })
    }

    fn read_vec(&self, transfer: Transfer, length: u64) -> IoResult<Vec<u8>> {
        self.with(|mapping| {
            mapping.check_size()?;
            mapping.read_vec(transfer, length)
        })
    }

    fn visit<V: Visitor + Send>(&self, parts: &mut [Part<V>]) -> IoResult<()> {
        self.with(|mapping| {
            // Once is enough: reading past the end fails too.
            mapping.check_size()?;
            visit_pieces(parts, |at, length| {
                mapping.read_vec(Transfer::contiguous(at, length), length as u64)
            })
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
        let changed = (self.overlay.size() > 0).then(|| transfer.clone());
        let mut group = Group::default();
        for block in transfer {
            if group.length != block.length {
                self.read_group(&mut group, out)?;
                group.length = block.length;
            }
            for number in 0..block.count {
                let (region, at) = block.run(number);
                if !group.add(region, at) {
                    self.read_group(&mut group, out)?;
                    group.add(region, at);
                }
            }
        }
        self.read_group(&mut group, out)?;
        if let Some(transfer) = changed {
            self.overlay.patch(self.window.offset, transfer, out, &|| self.file.checkpoint())?;
        }
        Ok(())
    }

    /// Returns what `read` reads. One run of the file is the memory that the file returns.
    fn read_vec(&self, transfer: Transfer, length: u64) -> IoResult<Vec<u8>> {
        let run = transfer.as_run().filter(|_| self.overlay.size() == 0);
        if let Some((start, _)) = run.filter(|&(_, run)| run as u64 == length) {
            return self.file.read_vec(length, self.window.offset + start);
        }
        let mut bytes = zeroed(length, &|| self.file.checkpoint())?;
        self.read(transfer, &mut bytes)?;
        Ok(bytes)
    }

    /// Reads the runs of a group, and empties it.
    fn read_group(&self, group: &mut Group, out: &mut [u8]) -> IoResult<()> {
        let offset = self.window.offset + group.begin;
        self.file.checkpoint()?;
        match group.runs[..] {
            [] => {}
            [(_, at)] => self.file.read_exact(&mut out[at..at + group.length], offset)?,
            _ => group.copy(&self.file.read_vec(group.end - group.begin, offset)?, out),
        }
        group.runs.clear();
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
            let length = block.length as u64;
            let together = usize::try_from((BUFFER / length).max(1)).unwrap_or(1);
            let mut number = 0;
            while number < block.count {
                let (region, at) = block.run(number);
                let offset = self.window.offset + region;
                let adjacent = (0..together.min(block.count - number)).take_while(|&runs| {
                    block.run(number + runs).0 == region + runs as u64 * length
                });
                let runs = adjacent.count();
                if runs == 1 {
                    self.file.write_in_pieces(&bytes[at..at + block.length], offset)?;
                } else {
                    staged.clear();
                    for run in number..number + runs {
                        let (_, at) = block.run(run);
                        staged.extend_from_slice(&bytes[at..at + block.length]);
                    }
                    self.file.write_in_pieces(&staged, offset)?;
                }
                number += runs;
            }
        }
        Ok(())
    }
}

/// Runs that lie close together, which one call reads with the bytes between them.
#[derive(Default)]
struct Group {
    /// The length of each run in bytes.
    length: usize,
    /// The part of the region from the first run to the last one.
    begin: u64,
    end: u64,
    /// The offsets of the runs, from `begin` and in the buffer. At most [`BUFFER`] of them: an
    /// index array can name an element any number of times.
    runs: Vec<(usize, usize)>,
}

impl Group {
    /// Adds the run at `region` in the region and at `at` in the buffer. Returns false if it has to
    /// be read by another call.
    fn add(&mut self, region: u64, at: usize) -> bool {
        let end = region + self.length as u64;
        if self.runs.is_empty() {
            (self.begin, self.end) = (region, end);
        } else if region < self.begin
            || region > self.end.saturating_add(MAX_GAP)
            || end - self.begin > BUFFER
            || self.runs.len() as u64 == BUFFER
        {
            return false;
        }
        self.end = self.end.max(end);
        // The distance is at most `BUFFER`.
        self.runs.push((usize::try_from(region - self.begin).unwrap_or(usize::MAX), at));
        true
    }

    /// Copies the runs from the bytes that were read to the buffer.
    fn copy(&self, bytes: &[u8], out: &mut [u8]) {
        match self.length {
            1 => self.copy_elements::<1>(bytes, out),
            2 => self.copy_elements::<2>(bytes, out),
            4 => self.copy_elements::<4>(bytes, out),
            8 => self.copy_elements::<8>(bytes, out),
            16 => self.copy_elements::<16>(bytes, out),
            length => {
                for &(from, at) in &self.runs {
                    out[at..at + length].copy_from_slice(&bytes[from..from + length]);
                }
            }
        }
    }

    /// Copies runs of `N` bytes, without a call for each.
    fn copy_elements<const N: usize>(&self, bytes: &[u8], out: &mut [u8]) {
        for &(from, at) in &self.runs {
            out[at..at + N].copy_from_slice(&bytes[from..from + N]);
        }
    }
}
