//! Results are the same, bit for bit, from slices and from copies of short blocks.

use std::ops::ControlFlow;

use filemap::array::{Operation, reduce};
use filemap::dtype::Dtype;
use filemap::fs::IoResult;
use filemap::layout::{Layout, Order, Transfer};
use filemap::region::{BLOCK, Bytes, Part, Region, Visitor};
use proptest::prelude::*;

use super::OPERATIONS;
use super::region::{RecordingRegion, only_read};
use crate::try_random;

/// A region whose visitors get copies of blocks, as from mapped pages.
#[derive(Clone)]
struct BlockRegion(RecordingRegion);

/// Bytes that are copied block by block.
#[derive(Clone, Copy)]
struct Copied<'a>(&'a [u8]);

impl Bytes for Copied<'_> {
    fn count(self) -> usize {
        self.0.len()
    }

    fn split_at(self, at: usize) -> (Self, Self) {
        let (first, others) = self.0.split_at(at);
        (Self(first), Self(others))
    }

    fn next_block<'a>(&mut self, copy: &'a mut [u8; BLOCK]) -> Option<&'a [u8]>
    where
        Self: 'a,
    {
        let (block, others) = self.0.split_at(self.0.len().min(BLOCK));
        self.0 = others;
        copy[..block.len()].copy_from_slice(block);
        (!block.is_empty()).then(|| &copy[..block.len()])
    }
}

/// Passes slices on as copied bytes.
struct Copying<'a, V>(&'a mut V);

impl<V: Visitor> Visitor for Copying<'_, V> {
    fn visit<B: Bytes>(&mut self, bytes: B) -> ControlFlow<()> {
        let mut buffer = vec![0; bytes.count()];
        bytes.copy_to(&mut buffer);
        self.0.visit(Copied(&buffer))
    }
}

impl Region for BlockRegion {
    fn read(&self, transfer: Transfer, buffer: &mut [u8]) -> IoResult<()> {
        self.0.read(transfer, buffer)
    }

    fn visit<V: Visitor + Send>(&self, parts: &mut [Part<V>]) -> IoResult<()> {
        let copying = parts.iter_mut().map(|Part { range, piece, visitor }| Part {
            range: range.clone(),
            piece: *piece,
            visitor: Copying(visitor),
        });
        self.0.visit(&mut copying.collect::<Vec<_>>())
    }

    only_read!();
}

/// Generates a dtype, the lengths of two axes, and bytes that are repeated. Few different bytes
/// make equal elements, zeroes of both signs, infinities and NaNs likely.
fn case() -> impl Strategy<Value = (&'static str, [u64; 2], Vec<u8>)> {
    let dtypes = vec![
        "?", "i1", "u1", "<i2", "<u2", ">i4", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8",
        ">f8", "<c8", "<c16", "S3",
    ];
    let length = || prop_oneof![3 => 1_u64..40, 1 => 200_u64..300];
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..2000),
        prop::collection::vec(prop::sample::select(vec![0, 0, 0, 0, 0x80, 0x7f, 0xf0]), 1..2000)
    ];
    (prop::sample::select(dtypes), [length(), length()], bytes)
}

#[test]
fn blocks_and_slices_give_the_same_bits() {
    try_random(60, &case(), |(dtype, shape, bytes)| {
        let layout = Layout::new(Dtype::parse(dtype).expect("a dtype"), shape.to_vec(), Order::C)
            .expect("a layout");
        let length = usize::try_from(layout.nbytes()).expect("small");
        let file: Vec<u8> = bytes.iter().copied().cycle().take(length).collect();
        let slices = RecordingRegion::new(file);
        let blocks = BlockRegion(slices.clone());
        for (operation, axis) in OPERATIONS
            .into_iter()
            .flat_map(|operation| [None, Some(0), Some(1)].map(|axis| (operation, axis)))
        {
            let found = reduce(&blocks, &layout, operation, axis, "a");
            let wanted = reduce(&slices, &layout, operation, axis, "a");
            assert_eq!(found, wanted, "{operation} of {dtype} {shape:?} along {axis:?}");
        }
    });
}

/// A direct kernel adds long runs; a column beside another one goes through words.
#[test]
fn direct_kernels_give_the_same_results_as_words() {
    try_random(60, &case(), |(dtype, [rows, columns], bytes)| {
        let parse = |shape: &[u64]| {
            Layout::new(Dtype::parse(dtype).expect("a dtype"), shape.to_vec(), Order::C)
                .expect("a layout")
        };
        let count = rows * columns;
        let (alone, beside) = (parse(&[count]), parse(&[count, 2]));
        let size = usize::try_from(alone.dtype.size()).expect("small");
        let length = usize::try_from(alone.nbytes()).expect("small");
        let file: Vec<u8> = bytes.iter().copied().cycle().take(length).collect();
        let doubled = file.chunks(size).flat_map(|item| [item, item].concat()).collect();
        let (file, doubled) = (RecordingRegion::new(file), RecordingRegion::new(doubled));
        for operation in OPERATIONS {
            let is_sum = matches!(
                operation,
                Operation::Sum
                    | Operation::Prod
                    | Operation::Mean
                    | Operation::Var
                    | Operation::Std
            );
            let has_floats = dtype.contains(['f', 'c']) || operation != Operation::Sum;
            if is_sum && has_floats {
                // The order of the additions differs.
                continue;
            }
            let found = reduce(&file, &alone, operation, None, "a").map(|found| found.data);
            let wanted = reduce(&doubled, &beside, operation, Some(0), "a").map(|wanted| {
                let half = wanted.data.len() / 2;
                wanted.data[..half].to_vec()
            });
            assert_eq!(found, wanted, "{operation} of {count} {dtype}");
        }
    });
}
