//! x

use filemap::fs::{IoError, IoErrorKind, IoResult};
use filemap::layout::Transfer;

/// About how many pages, or tables, of `size` bytes a transfer touches in a region that begins at
/// `offset` of its file: at least the true number, but for one at each end.
pub(super) fn touched(transfer: &Transfer, offset: u64, size: u64) -> u64 {
    let (mut count, mut next) = (0, 0);
    for block in transfer.clone().filter(|block| block.count > 0) {
        let (length, runs) = (block.length as u64, block.count as u64);
        let begin = offset % size + block.region;
        let (first, last) =
            (begin / size, (offset % size + block.run(block.count - 1).0 + length - 1) / size);
        if first + 1 < next {
            // It goes back, to what may have been counted before.
            next = first;
        }
        let aligned = [begin, block.region_stride, size].iter().all(|number| number % length == 0);
        // A run that is not aligned may lie across a border.
        let each = (length - 1) / size + 1 + u64::from(!aligned);
        count += (last + 1).saturating_sub(first.max(next)).min(runs * each);
        next = last + 1;
    }
    count
}

pub(super) fn check_touched(touched: u64, most: u64, what: &str) -> IoResult<()> {
    if touched <= most {
        return Ok(());
    }
    let detail = format!(
        "the selection lies in {touched} {what}, and one call touches at most {most}: take less of \
         it at a time"
    );
    Err(IoError { kind: IoErrorKind::OverLimit, detail })
}

#[cfg(test)]
mod tests {
    use filemap::dtype::Dtype;
    use filemap::layout::{Index, Layout, Order, Slice};

    use super::*;

    const PAGE: u64 = 4096;

    /// How many pages of 4 KiB a selection of an array lies in.
    #[track_caller]
    fn check(dtype: &str, shape: &[u64], index: &[Index], expected: u64) {
        let layout = Layout::new(Dtype::parse(dtype).unwrap(), shape.to_vec(), Order::C).unwrap();
        assert_eq!(touched(&Transfer::new(&layout.select(index).unwrap()), 0, PAGE), expected);
    }

    const fn every(step: i64) -> Index {
        Index::Slice(Slice { start: None, stop: None, step: Some(step) })
    }

    #[test]
    fn pages_are_counted_once() {
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
        // Rows of 50,000 bytes, and of every other the first 100.
        let some = Index::Slice(Slice { start: None, stop: Some(100), step: None });
        check("u1", &[4, 50_000], &[every(2), some], 4);
    }

    #[test]
    fn the_last_page_of_the_address_space_is_counted() {
        let elements = i64::MAX.unsigned_abs() / 8;
        check("f8", &[elements], &[every(i64::MAX / 16)], 3);
    }
}
