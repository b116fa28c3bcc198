//! Copying between mapped pages and buffers.
//!
//! Mapped memory is never lent as a slice: another program, or the plugin itself, may change or
//! truncate the file at any moment. It is only copied, by raw pointers, under the guard against
//! lost pages.

#![expect(unsafe_code, reason = "mapped pages that others change are reached by raw pointers only")]

use filemap::layout::{Block, Transfer};
use memmap2::MmapRaw;

use super::guard::{FaultedPages, guard};

/// Copies from the pages to `buffer` what `transfer` says. After an error some bytes may be zero.
pub(super) fn read(
    map: &mut MmapRaw,
    transfer: Transfer,
    buffer: &mut [u8],
) -> Result<(), FaultedPages> {
    let mapped = map.len();
    guard(map, |pages| {
        for block in transfer {
            check(&block, mapped, buffer.len());
            for number in 0..block.count {
                let (region, at) = position(&block, number);
                // SAFETY: `check` has seen that every run of the block lies within the mapping and
                // within the buffer, which is ours alone, so that the two do not overlap.
                unsafe { copy(pages.add(region), buffer.as_mut_ptr().add(at), block.length) };
            }
        }
    })
}

/// Copies from `buffer` to the pages what `transfer` says. After an error some bytes may not have
/// been written.
///
/// # Safety
///
/// The pages were mapped for writing.
pub(super) unsafe fn write(
    map: &mut MmapRaw,
    transfer: Transfer,
    buffer: &[u8],
) -> Result<(), FaultedPages> {
    let mapped = map.len();
    guard(map, |pages| {
        for block in transfer {
            check(&block, mapped, buffer.len());
            for number in 0..block.count {
                let (region, at) = position(&block, number);
                // SAFETY: `check` has seen that every run of the block lies within the mapping,
                // which the caller says can be written, and within the buffer. The two do not
                // overlap: the mapping is borrowed for us alone, and is lent to nobody as a slice.
                unsafe { copy(buffer.as_ptr().add(at), pages.add(region), block.length) };
            }
        }
    })
}

/// Where in the mapping and in the buffer a run begins.
fn position(block: &Block, number: usize) -> (usize, usize) {
    let (region, buffer) = block.run(number);
    // A mapping fits in the address space, and `check` has seen that the run lies within it.
    (usize::try_from(region).unwrap_or(usize::MAX), buffer)
}

/// Panics unless every run of the block lies within the mapping and within the buffer: the engine
/// has made sure of it, and this is the last place to find out that it has not.
fn check(block: &Block, mapped: usize, buffer: usize) {
    assert!(
        is_inside(block, mapped, buffer),
        "the engine asked for bytes outside of a mapping: {block:?}"
    );
}

/// Whether every run of the block lies within the first bytes of a mapping and of a buffer.
fn is_inside(block: &Block, mapped: usize, buffer: usize) -> bool {
    let Block { region, region_stride, buffer: at, buffer_stride, length, count } = *block;
    let Some(last) = count.checked_sub(1) else { return true };
    // The offsets rise or fall from run to run, and so those of the first and of the last are the
    // outermost.
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

/// Copies `length` bytes; for the sizes of elements, without calling a function.
///
/// # Safety
///
/// `from` can be read and `to` written for `length` bytes, and they do not overlap.
unsafe fn copy(from: *const u8, to: *mut u8, length: usize) {
    // SAFETY: the caller's promise, for the same pointers and the same number of bytes.
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
    use super::*;

    const BLOCK: Block =
        Block { region: 4, region_stride: 10, buffer: 2, buffer_stride: 5, length: 3, count: 4 };

    #[test]
    fn a_block_is_inside_up_to_the_last_byte() {
        assert!(is_inside(&BLOCK, 37, 20));
        assert!(!is_inside(&BLOCK, 36, 20), "the last run ends behind the mapping");
        assert!(!is_inside(&BLOCK, 37, 19), "the last run ends behind the buffer");
        assert!(
            is_inside(&Block { buffer: 17, buffer_stride: -5, ..BLOCK }, 37, 20),
            "the buffer is filled from its end"
        );
        assert!(
            !is_inside(&Block { buffer: 14, buffer_stride: -5, ..BLOCK }, 37, 20),
            "it begins before the buffer"
        );
        assert!(is_inside(&Block { count: 0, region: u64::MAX, ..BLOCK }, 0, 0), "there is no run");
    }

    #[test]
    fn numbers_that_overflow_are_outside() {
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
}
