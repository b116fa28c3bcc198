//! The limits of one call: what it goes through, and the pages and page tables that it touches.
//!
//! A call such as `reduce` makes many transfers. Its pages are counted before the first one, so
//! that a call that is refused has changed nothing. Page tables are counted in each transfer: they
//! are given back between two transfers.

use filemap::fs::{File as _, IoResult};
use filemap::layout::{Layout, Transfer};

use super::mapping::{Mapping, PAGE_TABLE};
use crate::limits::{KEPT_PAGE_TABLES, over_limit};
use crate::pages::spread::{check_touched, count_touched};

impl Mapping {
    /// The engine's `Region::check_budget`.
    pub(super) fn check_budget(&self, bytes: u64, layout: &Layout) -> IoResult<()> {
        let max = self.file.budgets.call.scanned;
        if bytes > max {
            return Err(over_limit(format!(
                "the limit `max_scanned` is {max} bytes a call, and this call counts as {bytes} \
                 bytes: an element counts as 4 bytes or more, one that lies apart as the bytes \
                 around it, and a byte that is filled as 4; take a part at a time"
            )));
        }
        self.check_pages(|| match usize::try_from(layout.nbytes()) {
            // Fewer blocks than by the order of the elements.
            Ok(length) if layout.order().is_some() => Transfer::contiguous(layout.start, length),
            _ => Transfer::new(layout),
        })
    }

    /// Fails if a transfer touches too many pages. Only a large file can have that many.
    pub(super) fn check_pages(&self, transfer: impl FnOnce() -> Transfer) -> IoResult<()> {
        let (page, max) = (rustix::param::page_size() as u64, self.file.budgets.call.touched_pages);
        if self.window.length / page < max {
            return Ok(());
        }
        let checkpoint = || self.file.checkpoint();
        let pages = count_touched(&transfer(), self.window.offset, page, &checkpoint)?;
        check_touched(pages, max, "max_touched_pages", "pages")
    }

    /// Fails if a transfer touches too many pages or page tables.
    pub(super) fn check_spread(&mut self, transfer: &Transfer) -> IoResult<()> {
        self.check_pages(|| transfer.clone())?;
        let max = self.file.budgets.call.page_tables;
        let all = self.window.length / PAGE_TABLE + 1;
        if self.window.length / PAGE_TABLE >= KEPT_PAGE_TABLES.min(max) {
            let checkpoint = || self.file.checkpoint();
            let tables = count_touched(transfer, self.window.offset, PAGE_TABLE, &checkpoint)?;
            check_touched(tables, max, "max_page_tables", "page tables")?;
            self.page_tables = (self.page_tables + tables).min(all);
        } else {
            // Counting would take longer than it is worth.
            self.page_tables = all;
        }
        Ok(())
    }
}
