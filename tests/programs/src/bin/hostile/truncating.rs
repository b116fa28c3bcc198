//! Attacks on a file that the test truncates and extends all the time, in another thread.

use crate::bindings::{Error, ErrorCode, Memmap, Mode, Operation};
use crate::support::{index, shaped};

/// The size of the file.
const SIZE: u64 = 256 << 10;

/// The byte that the test writes into the file.
pub(crate) const FILLED: u8 = 0x55;

/// The number of calls of each case.
const ROUNDS: usize = 1000;

/// Returns the value of a call, or `None` if the call fails because of a truncation.
pub(crate) fn unless_truncated<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        // If the file has grown again after a page was lost, the lost page looks like a page for
        // which the disk had no space.
        Err(Error { code: ErrorCode::Truncated | ErrorCode::NoSpace, .. }) => None,
        Err(error) => panic!("{error:?}"),
    }
}

pub(crate) fn reads_while_another_thread_truncates() {
    let array = Memmap::open("work/moving.bin", &shaped(Mode::ReadWrite, "u1", &[SIZE])).unwrap();
    let backwards = array.view(&index("::-3")).unwrap();
    let mut undisturbed = 0;
    for round in 0..ROUNDS {
        let read = if round % 2 == 0 { &array } else { &backwards }.read(&[]);
        if let Some(bytes) = unless_truncated(read) {
            assert!(bytes.iter().all(|byte| [0, FILLED].contains(byte)));
            undisturbed += 1;
        }
    }
    println!("{undisturbed} of {ROUNDS} reads were not disturbed");
}

pub(crate) fn writes_while_another_thread_truncates() {
    let array = Memmap::open("work/moving.bin", &shaped(Mode::ReadWrite, "u1", &[SIZE])).unwrap();
    let data = vec![FILLED; usize::try_from(SIZE).unwrap()];
    let mut undisturbed = 0;
    for round in 0..ROUNDS {
        undisturbed += usize::from(unless_truncated(array.write_bytes(0, &data)).is_some());
        if round % 100 == 0 {
            unless_truncated(array.flush());
        }
    }
    println!("{undisturbed} of {ROUNDS} writes were not disturbed");
}

pub(crate) fn reduces_while_another_thread_truncates() {
    let array =
        Memmap::open("work/moving.bin", &shaped(Mode::ReadWrite, "u1", &[8, SIZE / 8])).unwrap();
    let transposed = array.transpose(None).unwrap();
    let mut undisturbed = 0;
    for round in 0..ROUNDS {
        let array = if round % 2 == 0 { &array } else { &transposed };
        let axis = [None, Some(0), Some(1)][round % 3];
        if let Some(largest) = unless_truncated(array.reduce(Operation::Max, axis)) {
            assert!(largest.data.iter().all(|byte| [0, FILLED].contains(byte)));
            undisturbed += 1;
        }
        if round % 10 == 0 {
            unless_truncated(transposed.fill(&[FILLED]));
        }
    }
    println!("{undisturbed} of {ROUNDS} reductions were not disturbed");
}

pub(crate) fn resizes_while_another_thread_truncates() {
    let mut undisturbed = 0;
    for round in 0..ROUNDS as u64 {
        // If the file is truncated at that moment, the open extends it again.
        let array =
            Memmap::open("work/moving.bin", &shaped(Mode::ReadWrite, "u1", &[SIZE / 2])).unwrap();
        let length = SIZE / 4 + round * 4099 % SIZE;
        let resized = unless_truncated(array.resize(length)).is_some();
        assert_eq!(array.info().unwrap().shape, [if resized { length } else { SIZE / 2 }]);
        if let Some(bytes) = unless_truncated(array.read(&[])) {
            assert_eq!(bytes.len() as u64, array.info().unwrap().nbytes);
        }
        unless_truncated(array.write(&index("-1"), &[FILLED], None));
        undisturbed += u64::from(resized);
    }
    println!("{undisturbed} of {ROUNDS} arrays were resized");
}
