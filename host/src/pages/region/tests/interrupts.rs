//! An interruption at each checkpoint of a copy.

use std::fmt::Debug;
use std::ops::ControlFlow;
use std::slice::from_mut;

use filemap::layout::{FancyAxes, Selection};
use filemap::region::Bytes;

use super::*;
use crate::interrupter::Interrupter;

/// One piece of a long run, and a part of one.
pub(super) const SIZE: u64 = 5 << 16;

/// The bytes of a new region.
pub(super) fn bytes() -> Vec<u8> {
    (0..=250).cycle().take(usize::try_from(SIZE).unwrap()).collect()
}

fn new_region(sharing: Sharing) -> (MmapRegion, Interrupter) {
    let (region, file) = region(SIZE, sharing, &CtxBuilder::new());
    std::os::unix::fs::FileExt::write_all_at(&file, &bytes(), 0).unwrap();
    let interrupter = region.with(|mapping| Ok(mapping.file.budgets.interrupter.clone())).unwrap();
    (region, interrupter)
}

/// Transfers of each kind: a long run, runs that lie apart in both directions, and a list.
pub(super) fn transfers() -> Vec<Transfer> {
    let strided = |stride: i64| {
        let count = SIZE.div_ceil(stride.unsigned_abs());
        let start = if stride < 0 { SIZE - 1 } else { 0 };
        Transfer::new(&Layout {
            dtype: Dtype::UINT8,
            shape: vec![count],
            strides: vec![stride],
            start,
        })
    };
    let offsets: Vec<i64> = (0..50).map(|number| number * 37_003 % 300_000).collect();
    let layout = Layout { dtype: Dtype::UINT8, shape: vec![50], strides: vec![0], start: 0 };
    let listed = Selection { layout, fancy: Some(FancyAxes { axes: 0..1, offsets }) };
    vec![
        Transfer::contiguous(0, usize::try_from(SIZE).unwrap()),
        strided(-1),
        strided(9_991),
        Transfer::of_selection(&listed, &never).unwrap(),
    ]
}

/// The number of bytes of a transfer.
pub(super) fn length(transfer: &Transfer) -> usize {
    transfer.clone().map(|block| block.length * block.count).sum()
}

/// Makes a call again and again, and ends it at each of its checkpoints in turn. Returns the number
/// of checkpoints.
#[track_caller]
fn sweep<T: PartialEq + Debug>(
    interrupter: &Interrupter,
    mut call: impl FnMut() -> IoResult<T>,
) -> u64 {
    let expected = call().unwrap();
    for checkpoint in 1.. {
        interrupter.interrupt_at(checkpoint);
        let result = call();
        let is_interrupted = interrupter.is_interrupted();
        interrupter.interrupt_at(0);
        interrupter.reset();
        if !is_interrupted {
            assert!(result.unwrap() == expected, "after the interrupted calls");
            return checkpoint - 1;
        }
        assert_eq!(result.map(drop), Err(IoErrorKind::Interrupted.into()));
    }
    unreachable!("a call ends")
}

#[test]
fn a_read_can_be_interrupted_at_each_checkpoint() {
    for sharing in [Sharing::ReadOnly, Sharing::Shared, Sharing::Private] {
        let (region, interrupter) = new_region(sharing);
        for transfer in transfers() {
            let length = length(&transfer);
            let read = || {
                let mut buffer = vec![0; length];
                region.read(transfer.clone(), &mut buffer).map(|()| buffer)
            };
            assert!(sweep(&interrupter, read) >= 2);
            // A long run is read from the file.
            let read = || region.read_vec(transfer.clone(), length as u64);
            assert!(sweep(&interrupter, read) >= 1);
        }
    }
}

#[test]
fn a_read_of_changed_pages_can_be_interrupted_at_each_checkpoint() {
    let (region, interrupter) = new_region(Sharing::Private);
    region.write(scattered(SIZE / PAGE, PAGE), &[7; 80]).unwrap();
    for transfer in transfers() {
        let length = length(&transfer);
        let read = || region.read_vec(transfer.clone(), length as u64);
        assert!(sweep(&interrupter, read) >= 2);
    }
}

#[test]
fn a_write_can_be_interrupted_at_each_checkpoint() {
    for sharing in [Sharing::Shared, Sharing::Private] {
        for transfer in transfers() {
            let (region, interrupter) = new_region(sharing);
            let data = vec![9; length(&transfer)];
            sweep(&interrupter, || region.write(transfer.clone(), &data));
            let mut found = vec![0; data.len()];
            region.read(transfer, &mut found).unwrap();
            assert!(found == data);
        }
    }
}

/// Adds up the bytes.
#[derive(Default)]
pub(super) struct Sum(pub(super) u64);

impl Visitor for Sum {
    fn visit<B: Bytes>(&mut self, bytes: B) -> ControlFlow<()> {
        let mut copy = vec![0; bytes.count()];
        bytes.copy_to(&mut copy);
        self.0 += copy.iter().map(|&byte| u64::from(byte)).sum::<u64>();
        ControlFlow::Continue(())
    }
}

#[test]
fn a_visit_can_be_interrupted_before_each_piece() {
    for sharing in [Sharing::ReadOnly, Sharing::Private] {
        let (region, interrupter) = new_region(sharing);
        if sharing == Sharing::Private {
            region.write(scattered(1, 1), &[0]).unwrap();
        }
        let visit = || {
            let mut part = Part { range: 0..SIZE, piece: 64 << 10, visitor: Sum::default() };
            region.visit(from_mut(&mut part)).map(|()| part.visitor.0)
        };
        assert!(sweep(&interrupter, visit) >= 5);
    }
}

#[test]
fn a_count_of_scattered_pages_and_a_hint_can_be_interrupted() {
    const LARGE: u64 = 1 << 40;
    let (region, _file) = region(LARGE, Sharing::ReadOnly, &CtxBuilder::new());
    let interrupter = region.with(|mapping| Ok(mapping.file.budgets.interrupter.clone())).unwrap();
    let transfer = scattered(20, LARGE / 20);
    sweep(&interrupter, || region.read_vec(transfer.clone(), 20));
    interrupter.interrupt_at(2);
    let advised = region.advise(0..LARGE, Advice::WillNeed);
    assert_eq!(advised, Err(IoErrorKind::Interrupted.into()));
    interrupter.reset();
}
