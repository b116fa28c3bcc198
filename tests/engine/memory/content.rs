//! The bytes of a file in memory.

use std::collections::BTreeMap;

/// The size of a page in bytes. It differs from the engine's page size of 4096.
const PAGE: usize = 1000;

/// The bytes of a file. Only written pages are kept, so that a file of a terabyte needs no memory.
#[derive(Clone, Default)]
pub(super) struct Content {
    pages: BTreeMap<u64, Box<[u8; PAGE]>>,
    pub(super) size: u64,
    /// The content that a power cut leaves.
    pub(super) synced: Option<Box<Content>>,
}

impl Content {
    pub(super) fn resize(&mut self, size: u64) {
        let (last, rest) = place(size);
        self.pages.retain(|&page, _| page <= last);
        if let Some(page) = self.pages.get_mut(&last) {
            page[rest..].fill(0);
        }
        self.size = size;
    }

    pub(super) fn read(&self, buffer: &mut [u8], offset: u64) {
        let (mut offset, mut rest) = (offset, buffer);
        while !rest.is_empty() {
            let (number, within) = place(offset);
            let (now, later) = rest.split_at_mut(rest.len().min(PAGE - within));
            match self.pages.get(&number) {
                Some(page) => now.copy_from_slice(&page[within..within + now.len()]),
                None => now.fill(0),
            }
            offset = offset.saturating_add(now.len() as u64);
            rest = later;
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8], offset: u64) {
        let (mut offset, mut rest) = (offset, bytes);
        while !rest.is_empty() {
            let (number, within) = place(offset);
            let (now, later) = rest.split_at(rest.len().min(PAGE - within));
            let page = self.pages.entry(number).or_insert_with(|| Box::new([0; PAGE]));
            page[within..within + now.len()].copy_from_slice(now);
            offset += now.len() as u64;
            rest = later;
            self.size = self.size.max(offset);
        }
    }

    pub(super) fn sync(&mut self) {
        self.synced = None;
        self.synced = Some(Box::new(self.clone()));
    }
}

/// Returns the number of the page that contains a byte, and the byte's offset in it.
fn place(offset: u64) -> (u64, usize) {
    (offset / PAGE as u64, usize::try_from(offset % PAGE as u64).expect("less than a page"))
}
