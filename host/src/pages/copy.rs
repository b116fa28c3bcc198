//! Copies between mapped pages and buffers.
//!
//! A long copy passes checkpoints, at which the host can end it. Mapped memory is never lent as a
//! slice, because another process or the plugin itself can change or truncate the file at any time.
//! It is only copied, through raw pointers, under the [`guard`].

#![expect(
    unsafe_code,
    reason = "mapped pages that others can change are accessed through raw pointers"
)]

use filemap::checkpoint::Checkpoint;
use filemap::fs::{IoError, IoResult};
use filemap::layout::{Block, Transfer};
use memmap2::MmapRaw;

use super::guard::{FaultedPages, guard};

/// The number of bytes of a mapping that are copied between two checkpoints, with the gaps between
/// them: each page may have to be fetched from a disk.
const SPAN: usize = 256 << 10;

/// The number of runs of a list that are copied between two checkpoints: each may lie in another
/// page.
const LISTED_AT_ONCE: usize = 4;

/// Copies the blocks of `transfer` from the mapping to `buffer`. After an error, some bytes of the
/// buffer may be zero. Returns the result of the last checkpoint: after an interruption, a part is
/// copied.
pub(super) fn read(
    map: &mut MmapRaw,
    transfer: Transfer,
    buffer: &mut [u8],
    checkpoint: Checkpoint<'_, IoError>,
) -> Result<IoResult<()>, FaultedPages> {
    let (mapped, mut result) = (map.len(), Ok(()));
    guard(map, |pages| {
        let mut blocks = transfer;
        result = blocks.try_for_each(|block| {
            for_each_piece(&block, mapped, buffer.len(), checkpoint, |region, at, length| {
                // SAFETY: the piece is within the mapping and within the buffer. The buffer is
                // borrowed exclusively, so the two do not overlap.
                unsafe { copy(pages.add(region), buffer.as_mut_ptr().add(at), length) };
            })
        });
    })?;
    Ok(result)
}

/// Copies the blocks of `transfer` from `buffer` to the mapping. After an error, some bytes may not
/// be in the file. Returns the result of the last checkpoint: after an interruption, a part is
/// copied.
///
/// # Safety
///
/// The mapping can be written.
pub(super) unsafe fn write(
    map: &mut MmapRaw,
    transfer: Transfer,
    buffer: &[u8],
    checkpoint: Checkpoint<'_, IoError>,
) -> Result<IoResult<()>, FaultedPages> {
    let (mapped, mut result) = (map.len(), Ok(()));
    guard(map, |pages| {
        let mut blocks = transfer;
        result = blocks.try_for_each(|block| {
            for_each_piece(&block, mapped, buffer.len(), checkpoint, |region, at, length| {
                // SAFETY: the piece is within the mapping, which can be written by the caller's
                // promise, and within the buffer. The mapping is borrowed exclusively and never
                // lent as a slice, so the two do not overlap.
                unsafe { copy(buffer.as_ptr().add(at), pages.add(region), length) };
            })
        });
    })?;
    Ok(result)
}

/// Calls `visit` with the offsets of each run of the block in a mapping and in a buffer of these
/// lengths, and with the length of the run. A long run comes in pieces. Passes a checkpoint before
/// each piece, or before a few runs.
///
/// Panics before a run that is not within both: the engine has checked that, but the memory safety
/// of this file must not depend on it.
fn for_each_piece(
    block: &Block,
    mapped: usize,
    buffer: usize,
    checkpoint: Checkpoint<'_, IoError>,
    mut visit: impl FnMut(usize, usize, usize),
) -> IoResult<()> {
    if block.offsets.is_none() {
        check(block, is_inside(block, mapped, buffer));
    }
    let (at_once, mut number) = (runs_at_once(block), 0);
    while number < block.count {
        checkpoint()?;
        let end = block.count.min(number + at_once);
        let mut result = Ok(());
        block.for_each_run_of(number..end, |region, at| {
            if block.offsets.is_some() {
                check(block, is_run_inside(region, at, block.length, mapped, buffer));
            }
            // The run is within the mapping, whose length fits in a `usize`.
            let region = usize::try_from(region).unwrap_or(usize::MAX);
            if block.length <= SPAN {
                visit(region, at, block.length);
            } else {
                result = for_each_part(block.length, checkpoint, |part, length| {
                    visit(region + part, at + part, length);
                });
            }
        });
        result?;
        number = end;
    }
    Ok(())
}

/// Returns the number of runs between two checkpoints. It is 1 for a run that comes in pieces.
fn runs_at_once(block: &Block) -> usize {
    if block.length > SPAN {
        return 1;
    }
    if block.offsets.is_some() {
        return LISTED_AT_ONCE;
    }
    let stride = usize::try_from(block.region_stride).unwrap_or(usize::MAX);
    (SPAN / stride.max(1)).max(1)
}

/// Divides a long run into parts: calls `visit` with the offset and the length of each, after a
/// checkpoint.
fn for_each_part(
    length: usize,
    checkpoint: Checkpoint<'_, IoError>,
    mut visit: impl FnMut(usize, usize),
) -> IoResult<()> {
    for part in (0..length).step_by(SPAN) {
        checkpoint()?;
        visit(part, SPAN.min(length - part));
    }
    Ok(())
}

fn check(block: &Block, is_inside: bool) {
    assert!(is_inside, "the engine asked for bytes outside of a mapping: {block:?}");
}

/// Whether a run of `length` bytes is within a mapping and a buffer of these lengths.
fn is_run_inside(region: u64, at: usize, length: usize, mapped: usize, buffer: usize) -> bool {
    region.checked_add(length as u64).is_some_and(|end| end <= mapped as u64)
        && at.checked_add(length).is_some_and(|end| end <= buffer)
}

/// Whether every run of a block without a list of offsets is within a mapping and a buffer of these
/// lengths.
fn is_inside(block: &Block, mapped: usize, buffer: usize) -> bool {
    let Block { region, region_stride, buffer: at, buffer_stride, length, count, .. } = *block;
    let Some(last) = count.checked_sub(1) else { return true };
    // The offsets rise or fall from run to run, so the first and the last run are the outermost.
    let in_region = || {
        let end = region_stride
            .checked_mul(last as u64)?
            .checked_add(region)?
            .checked_add(length as u64)?;
        Some(end <= mapped as u64)
    };
    let in_buffer = || {
        let other =
            at.checked_add_signed(buffer_stride.checked_mul(isize::try_from(last).ok()?)?)?;
        Some(other.max(at).checked_add(length)? <= buffer)
    };
    in_region() == Some(true) && in_buffer() == Some(true)
}

/// Copies `length` bytes. For the common sizes of elements this is inlined.
///
/// # Safety
///
/// `from` can be read and `to` written for `length` bytes, and they do not overlap.
unsafe fn copy(from: *const u8, to: *mut u8, length: usize) {
    // SAFETY: the caller's promise covers these pointers and this number of bytes.
    unsafe {
        match length {
            1 => to.write(from.read()),
            2 => to.cast::<u16>().write_unaligned(from.cast::<u16>().read_unaligned()),
            4 => to.cast::<u32>().write_unaligned(from.cast::<u32>().read_unaligned()),
            8 => to.cast::<u64>().write_unaligned(from.cast::<u64>().read_unaligned()),
            16 => to.cast::<u128>().write_unaligned(from.cast::<u128>().read_unaligned()),
            _ => to.copy_from_nonoverlapping(from, length),
        }
    }
}

#[cfg(test)]
mod tests {
    use filemap::checkpoint::never;

    use super::*;

    const BLOCK: Block = Block {
        region: 4,
        region_stride: 10,
        buffer: 2,
        buffer_stride: 5,
        length: 3,
        count: 4,
        offsets: None,
    };

    #[test]
    fn a_block_may_reach_to_the_last_byte() {
        assert!(is_inside(&BLOCK, 37, 20));
        assert!(!is_inside(&BLOCK, 36, 20), "the last run ends one byte after the mapping");
        assert!(!is_inside(&BLOCK, 37, 19), "the last run ends one byte after the buffer");
        assert!(
            is_inside(&Block { buffer: 17, buffer_stride: -5, ..BLOCK }, 37, 20),
            "the buffer is filled from its end"
        );
        assert!(
            !is_inside(&Block { buffer: 14, buffer_stride: -5, ..BLOCK }, 37, 20),
            "the last run begins before the buffer"
        );
        assert!(
            is_inside(&Block { count: 0, region: u64::MAX, ..BLOCK }, 0, 0),
            "the block has no run"
        );
    }

    #[test]
    fn overflowing_offsets_are_outside() {
        const ALL: usize = usize::MAX;
        for block in [
            Block { region: u64::MAX, ..BLOCK },
            Block { region_stride: u64::MAX, ..BLOCK },
            Block { buffer: ALL, ..BLOCK },
            Block { buffer_stride: isize::MAX, ..BLOCK },
            Block { buffer_stride: isize::MIN, ..BLOCK },
            Block { length: ALL, ..BLOCK },
            Block { count: ALL, region_stride: 0, ..BLOCK },
            Block { count: ALL, buffer_stride: 0, ..BLOCK },
        ] {
            assert!(!is_inside(&block, ALL, ALL), "{block:?}");
        }
    }

    /// Visits a block with one run at these distances from the first byte of a mapping and of a
    /// buffer of 10 bytes.
    fn visit_listed(region: u64, at: isize) {
        let offsets = Some([(0, 0), (region, at)].into());
        let block = Block { region: 0, buffer: 0, count: 2, offsets, ..BLOCK };
        for_each_piece(&block, 10, 10, &never, |_, _, _| ()).unwrap();
    }

    #[test]
    fn a_block_comes_in_pieces_that_are_the_whole_block() {
        let listed =
            |count: u64| Some((0..count).zip(0..).map(|(run, at)| (run * 10, at * 3)).collect());
        let blocks = [
            Block { length: 3 * SPAN + 1, region_stride: 4 * SPAN as u64, count: 2, ..BLOCK },
            Block { length: SPAN, region_stride: 2 * SPAN as u64, ..BLOCK },
            Block { length: 1, region_stride: 1, count: 2 * SPAN + 1, ..BLOCK },
            Block { count: 9, offsets: listed(9), ..BLOCK },
            Block { count: 0, ..BLOCK },
        ];
        for (block, checkpoints) in blocks.into_iter().zip([10, 4, 3, 3, 0]) {
            let block = Block { buffer: 0, buffer_stride: block.length.cast_signed(), ..block };
            let (passed, mut visited) = (std::cell::Cell::new(0), Vec::new());
            let count = || {
                passed.set(passed.get() + 1);
                Ok(())
            };
            for_each_piece(&block, usize::MAX, usize::MAX, &count, |region, at, length| {
                visited.extend((0..length).map(|byte| (region + byte, at + byte)));
            })
            .unwrap();
            let mut expected = Vec::new();
            block.for_each_run(|region, at| {
                let region = usize::try_from(region).unwrap();
                expected.extend((0..block.length).map(|byte| (region + byte, at + byte)));
            });
            assert!(visited == expected, "{:?}", (block.length, block.count));
            assert_eq!(passed.get(), checkpoints, "{:?}", (block.length, block.count));
        }
    }

    #[test]
    fn a_listed_run_may_reach_to_the_last_byte() {
        visit_listed(7, 7);
    }

    #[test]
    #[should_panic(expected = "outside of a mapping")]
    fn a_listed_run_must_not_end_after_the_mapping() {
        visit_listed(8, 7);
    }

    #[test]
    #[should_panic(expected = "outside of a mapping")]
    fn a_listed_run_must_not_end_after_the_buffer() {
        visit_listed(7, 8);
    }

    #[test]
    #[should_panic(expected = "outside of a mapping")]
    fn a_listed_run_must_not_begin_before_the_buffer() {
        visit_listed(7, -1);
    }
}
