//! How far a selection is spread over its file: the number of pages, or page tables, that copying
//! it touches. The caps on these numbers bound the time and the memory of one call.

use filemap::checkpoint::{Checkpoint, Pace};
use filemap::fs::{IoError, IoResult};
use filemap::layout::{Block, Transfer};

use crate::limits::over_limit;

/// Estimates how many pages (or page tables) of `size` bytes a transfer touches in a region that
/// begins at `offset` of its file. The estimate is at least the true number, except that it may
/// miss one page at each end.
pub(super) fn count_touched(
    transfer: &Transfer,
    offset: u64,
    size: u64,
    checkpoint: Checkpoint<'_, IoError>,
) -> IoResult<u64> {
    // `next` is the page after the last block. A page that two blocks share counts once.
    let (mut count, mut next) = (0, 0);
    let mut pace = Pace::new(checkpoint);
    let strided = transfer.clone().flat_map(Block::into_strided);
    for block in strided.filter(|block| block.count > 0) {
        pace.step()?;
        let (length, runs) = (block.length as u64, block.count as u64);
        let begin = offset % size + block.region;
        let last_run = offset % size + block.run(block.count - 1).0;
        let (first, last) = (begin / size, (last_run + length - 1) / size);
        if first + 1 < next {
            // The block lies before the last one. Its pages may have been counted, but count again.
            next = first;
        }
        // An aligned run of at most a page lies in one page; another run may lie across a border.
        let is_aligned =
            [begin, block.region_stride, size].iter().all(|number| number % length == 0);
        let pages_of_run = (length - 1) / size + 1 + u64::from(!is_aligned);
        count += (last + 1).saturating_sub(first.max(next)).min(runs * pages_of_run);
        next = last + 1;
    }
    Ok(count)
}

/// Fails if a call touches more than `max` pages or page tables (`unit`); `name` is the limit's.
pub(super) fn check_touched(touched: u64, max: u64, name: &str, unit: &str) -> IoResult<()> {
    if touched <= max {
        return Ok(());
    }
    Err(over_limit(format!(
        "the limit `{name}` is {max} {unit} a call, and the selection lies in {touched}: take a \
         part at a time"
    )))
}

#[cfg(test)]
mod tests {
    use filemap::checkpoint::never;
    use filemap::dtype::Dtype;
    use filemap::layout::{Index, Layout, Order, Slice};

    use super::*;

    const PAGE: u64 = 4096;

    /// Checks how many pages of 4 KiB a selection of an array touches.
    #[track_caller]
    fn check(dtype: &str, shape: &[u64], index: &[Index], expected: u64) {
        let layout = Layout::new(Dtype::parse(dtype).unwrap(), shape.to_vec(), Order::C).unwrap();
        assert_eq!(
            count_touched(&Transfer::new(&layout.select(index).unwrap()), 0, PAGE, &never),
            Ok(expected)
        );
    }

    const fn every(step: i64) -> Index {
        Index::Slice(Slice { start: None, stop: None, step: Some(step) })
    }

    #[test]
    fn a_page_counts_once() {
        check("u1", &[10 * PAGE], &[], 10);
        check("u1", &[10 * PAGE], &[every(100)], 10);
        check("u1", &[10 * PAGE], &[every(-1)], 10);
        check("f8", &[1000, 512], &[every(1), Index::At(3)], 1000);
        check("f8", &[1000, 512], &[every(10), Index::At(3)], 100);
        check("u1", &[1000, 2, 2048], &[every(1), every(1), every(1000)], 1000);
        check("f8", &[0], &[], 0);
    }

    #[test]
    fn a_run_that_is_not_aligned_may_lie_in_two_pages() {
        // The first 100 bytes of every other row of 50,000 bytes.
        let first_100 = Index::Slice(Slice { start: None, stop: Some(100), step: None });
        check("u1", &[4, 50_000], &[every(2), first_100], 4);
    }

    #[test]
    fn the_last_page_of_the_address_space_is_counted() {
        let elements = i64::MAX.unsigned_abs() / 8;
        check("f8", &[elements], &[every(i64::MAX / 16)], 3);
    }
}
