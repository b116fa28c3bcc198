//! A truncation at each checkpoint of a call, which lies before each piece of a copy: the call
//! reads nothing wrong, whichever piece is the first that is missing.

use std::os::unix::fs::FileExt as _;
use std::slice::from_mut;

use super::interrupts::{SIZE, Sum, bytes, length, transfers};
use super::*;
use crate::interrupter::Interrupter;
use crate::pages::guard::FaultedPages;

/// What another program does to the file at a checkpoint.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// It truncates the file to this size.
    Truncate(u64),
    /// It truncates the file to this size, and extends it again.
    TruncateAndExtend(u64),
}

impl Change {
    /// Changes the file.
    pub(super) fn make(self, file: &std::fs::File) {
        match self {
            Self::Truncate(size) => file.set_len(size).unwrap(),
            Self::TruncateAndExtend(size) => {
                file.set_len(size).unwrap();
                file.set_len(SIZE).unwrap();
            }
        }
    }
}

/// Sizes at a page, within one, and none.
pub(super) const SIZES: [u64; 4] = [0, 3 * PAGE, 3 * PAGE + 100, SIZE - 1];

/// A file that is mapped, and that this file changes as another program does.
struct Attacked {
    region: MmapRegion,
    file: std::fs::File,
    interrupter: Interrupter,
}

impl Attacked {
    fn new(sharing: Sharing) -> Self {
        let (region, file) = region(SIZE, sharing, &CtxBuilder::new());
        file.write_all_at(&bytes(), 0).unwrap();
        let interrupter =
            region.with(|mapping| Ok(mapping.file.budgets.interrupter.clone())).unwrap();
        Self { region, file, interrupter }
    }

    /// Makes a call with the change at one of its checkpoints. Returns `None` if the call has fewer
    /// checkpoints. The file is as at first afterwards.
    fn call<T>(
        &self,
        checkpoint: u64,
        change: Change,
        call: impl FnOnce(&MmapRegion) -> IoResult<T>,
    ) -> Option<IoResult<T>> {
        let file = self.file.try_clone().unwrap();
        self.interrupter.call_at(checkpoint, move || change.make(&file));
        let result = call(&self.region);
        let was_called = self.interrupter.forget_hook();
        self.file.set_len(SIZE).unwrap();
        self.file.write_all_at(&bytes(), 0).unwrap();
        was_called.then_some(result)
    }
}

/// Makes a call with each change at each of its checkpoints, and passes each result to `check`.
/// Asserts that there were at least `min` checkpoints.
#[track_caller]
fn sweep<T>(
    attacked: &Attacked,
    sizes: &[u64],
    min: u64,
    mut call: impl FnMut(&MmapRegion) -> IoResult<T>,
    mut check: impl FnMut(Change, IoResult<T>),
) {
    for &size in sizes {
        for change in [Change::Truncate(size), Change::TruncateAndExtend(size)] {
            let mut checkpoint = 1;
            while let Some(result) = attacked.call(checkpoint, change, &mut call) {
                check(change, result);
                checkpoint += 1;
            }
            assert!(checkpoint > min, "{} checkpoints", checkpoint - 1);
        }
    }
}

/// Asserts that a file was truncated during a read, or that its bytes are the old ones or zeroes.
#[track_caller]
fn check_read(change: Change, read: IoResult<Vec<u8>>, old: &[u8]) {
    match (change, read) {
        (Change::Truncate(_), read) => {
            assert_eq!(read.map(drop).unwrap_err().kind, IoErrorKind::Truncated, "{change:?}");
        }
        (Change::TruncateAndExtend(_), Ok(read)) => {
            assert!(read.iter().zip(old).all(|(byte, old)| byte == old || *byte == 0));
            assert_eq!(read.len(), old.len());
        }
        (Change::TruncateAndExtend(_), Err(error)) => panic!("{change:?}: {error:?}"),
    }
}

/// The bytes of a transfer over the whole file.
fn expected(transfer: &Transfer) -> Vec<u8> {
    let (all, mut buffer) = (bytes(), vec![0; length(transfer)]);
    for block in transfer.clone() {
        block.for_each_run(|region, at| {
            let region = usize::try_from(region).unwrap();
            buffer[at..at + block.length].copy_from_slice(&all[region..region + block.length]);
        });
    }
    buffer
}

#[test]
fn a_read_survives_a_truncation_at_each_checkpoint() {
    for sharing in [Sharing::ReadOnly, Sharing::Shared, Sharing::Private] {
        let attacked = Attacked::new(sharing);
        for transfer in transfers() {
            let old = expected(&transfer);
            let read = |region: &MmapRegion| {
                let mut buffer = vec![1; old.len()];
                region.read(transfer.clone(), &mut buffer).map(|()| buffer)
            };
            sweep(&attacked, &SIZES, 2, read, |change, read| check_read(change, read, &old));
            // A long run is read from the file.
            let read = |region: &MmapRegion| region.read_vec(transfer.clone(), old.len() as u64);
            sweep(&attacked, &SIZES, 1, read, |change, read| check_read(change, read, &old));
        }
    }
}

#[test]
fn a_visit_survives_a_truncation_at_each_checkpoint() {
    let old: u64 = bytes().iter().map(|byte| u64::from(*byte)).sum();
    for sharing in [Sharing::ReadOnly, Sharing::Shared] {
        let attacked = Attacked::new(sharing);
        let visit = |region: &MmapRegion| {
            let mut part = Part { range: 0..SIZE, piece: 16 << 10, visitor: Sum::default() };
            region.visit(from_mut(&mut part)).map(|()| part.visitor.0)
        };
        sweep(&attacked, &SIZES, 20, visit, |change, sum| match (change, sum) {
            (Change::Truncate(_), sum) => {
                assert_eq!(sum.unwrap_err().kind, IoErrorKind::Truncated, "{change:?}");
            }
            (Change::TruncateAndExtend(_), sum) => assert!(sum.unwrap() <= old, "{change:?}"),
        });
    }
}

#[test]
fn a_write_survives_a_truncation_at_each_checkpoint() {
    let attacked = Attacked::new(Sharing::Shared);
    for transfer in transfers() {
        let data = vec![9; length(&transfer)];
        let write = |region: &MmapRegion| region.write(transfer.clone(), &data);
        sweep(&attacked, &SIZES, 2, write, |change, written| match written {
            Ok(()) => {}
            Err(error) => assert_eq!(error.kind, IoErrorKind::Truncated, "{change:?}"),
        });
    }
}

#[test]
fn a_private_write_survives_a_truncation_at_each_checkpoint() {
    // A write has a checkpoint for each page, so this test leaves out the transfer of single bytes.
    let has_few_runs = |transfer: &Transfer| transfer.clone().all(|block| block.count < 1000);
    for transfer in transfers().into_iter().filter(has_few_runs) {
        let data = vec![9; length(&transfer)];
        let attacked = Attacked::new(Sharing::Private);
        let write = |region: &MmapRegion| region.write(transfer.clone(), &data);
        sweep(&attacked, &SIZES[2..3], 1, write, |change, written| match written {
            Ok(()) => {}
            Err(error) => assert_eq!(error.kind, IoErrorKind::Truncated, "{change:?}"),
        });
        attacked.region.write(transfer.clone(), &data).unwrap();
        let mut found = vec![0; data.len()];
        attacked.region.read(transfer, &mut found).unwrap();
        assert!(found == data, "the changes stay");
    }
}

#[test]
fn a_page_that_is_missing_for_a_moment_is_a_truncation_and_no_full_disk() {
    for sharing in [Sharing::ReadOnly, Sharing::Shared, Sharing::Private] {
        let Attacked { region, file, .. } = Attacked::new(sharing);
        // Another program has extended the file again before the fault is explained.
        let faulted = FaultedPages { offset: usize::try_from(3 * PAGE).unwrap() };
        let error = region.with(|mapping| Ok(mapping.fault_error(&faulted))).unwrap();
        assert_eq!(error.kind, IoErrorKind::Truncated, "{sharing:?}");
        assert_eq!(file.metadata().unwrap().len(), SIZE);
    }
}
