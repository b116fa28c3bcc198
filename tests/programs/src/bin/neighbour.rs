//! A well-behaved plugin that works beside hostile ones in its host: `neighbour ROUNDS`.
//!
//! Each round uses every part of filemap, and compares each byte that it reads with a copy of the
//! data in the plugin's own memory. After the first round the plugin prints `ready`. After all
//! rounds it reads its standard input to the end, does one more round, and prints a checksum of
//! everything that it has read, which depends on `ROUNDS` only.

#[path = "../bindings.rs"]
mod bindings;
#[path = "../bulk.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod bulk;
#[path = "../memory.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod memory;
#[path = "../support.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod support;

use std::collections::BTreeMap;
use std::io::Read as _;

use bindings::{ErrorCode, Index, Memmap, Mode, Operation, Store};
use bulk::{read_range, write_range};
use memory::Memory;
use support::{CREATE, index, shaped};

const ROWS: usize = 12;
const COLUMNS: usize = 5000;
const SIZE: usize = ROWS * COLUMNS;
const FILE: &str = "work/neighbour.bin";

fn main() {
    let rounds: usize = std::env::args().nth(1).expect("the number of rounds").parse().unwrap();
    let mut neighbour = Neighbour::new();
    neighbour.round(0);
    println!("ready");
    (1..rounds).for_each(|number| neighbour.round(number));
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    neighbour.round(rounds);
    println!("{:016x}", neighbour.checksum);
}

/// What the plugin has in its store and its array, and the checksum of what it has read.
struct Neighbour {
    store: Store,
    values: BTreeMap<String, Vec<u8>>,
    array: Memmap,
    bytes: Vec<u8>,
    checksum: u64,
}

/// Returns `length` bytes that depend on a number.
fn pattern(number: usize, length: usize) -> Vec<u8> {
    let bytes: Vec<u8> = (0..=250).map(|byte: u8| byte.wrapping_mul(31)).collect();
    bytes.into_iter().cycle().skip(number % 251).take(length).collect()
}

impl Neighbour {
    fn new() -> Self {
        let store = Store::open("work/neighbour", CREATE).unwrap();
        let shape = [ROWS as u64, COLUMNS as u64];
        let array = Memmap::open(FILE, &shaped(Mode::Write, "u1", &shape)).unwrap();
        Self { store, values: BTreeMap::new(), array, bytes: vec![0; SIZE], checksum: 0 }
    }

    fn round(&mut self, number: usize) {
        self.change_values(number);
        self.check_values();
        self.change_array(number);
        self.check_array(number);
        self.map_privately(number);
        self.map_into_memory(number);
        resize_file(number);
    }

    /// Adds bytes to the checksum: FNV-1a.
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.checksum = (self.checksum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn change_values(&mut self, number: usize) {
        let (key, value) = (format!("key {}", number % 5), pattern(number, number * 977 % 70_000));
        self.store.set(&key, &value).unwrap();
        self.values.insert(key, value);

        let items: Vec<_> = (0..3)
            .map(|item| (format!("item {}", (number + item) % 4), pattern(number + item, 100)))
            .collect();
        self.store.update(&items).unwrap();
        self.values.extend(items);

        let (writer, value) = (self.store.writer("written").unwrap(), pattern(number, 10_000));
        value.chunks(3333).for_each(|piece| writer.write(piece).unwrap());
        writer.commit().unwrap();
        self.values.insert("written".into(), value);

        let removed = format!("item {}", number % 4);
        assert!(self.store.remove(&removed).unwrap());
        self.values.remove(&removed);
    }

    fn check_values(&mut self) {
        let (items, mut found) = (self.store.items().unwrap(), Vec::new());
        loop {
            let next = items.next(3).unwrap();
            if next.is_empty() {
                break;
            }
            found.extend(next);
        }
        let expected = self.values.iter().map(|(key, value)| (key.clone(), value.clone()));
        assert!(found.iter().cloned().eq(expected), "the items are those that were written");
        for (key, value) in &found {
            assert!(self.store.get(key).unwrap().as_ref() == Some(value), "{key}");
            self.add(value);
        }
        let findings = self.store.verify().unwrap();
        assert_eq!((findings.missing, findings.foreign, findings.unfinished), (0, 0, 0));
    }

    fn change_array(&mut self, number: usize) {
        let (row, data) = (number % ROWS, pattern(number, COLUMNS));
        self.array.write(&[Index::At(row.try_into().unwrap())], &data, None).unwrap();
        self.bytes[row * COLUMNS..][..COLUMNS].copy_from_slice(&data);

        let (at, data) = (number * 7919 % (SIZE - 5000), pattern(number + 5, 5000));
        write_range(&self.array, at as u64, &data).unwrap();
        self.bytes[at..][..5000].copy_from_slice(&data);
        if number.is_multiple_of(4) {
            self.array.flush().unwrap();
        }
    }

    fn check_array(&mut self, number: usize) {
        assert!(self.array.read(&[]).unwrap() == self.bytes);
        assert!(read_range(&self.array, 0, SIZE as u64).unwrap() == self.bytes);
        let column = number * 37 % COLUMNS;
        let expected: Vec<_> = (0..ROWS).map(|row| self.bytes[row * COLUMNS + column]).collect();
        let transposed = self.array.transpose(None).unwrap();
        assert_eq!(transposed.read(&[Index::At(column.try_into().unwrap())]).unwrap(), expected);
        let sum: u64 = self.bytes.iter().map(|byte| u64::from(*byte)).sum();
        let reduced = self.array.reduce(Operation::Sum, None).unwrap();
        assert_eq!(reduced.data, sum.to_le_bytes());
        self.add(&sum.to_le_bytes());
        self.add(&expected);
    }

    /// Changes a private mapping of the file, which changes nothing else.
    fn map_privately(&mut self, number: usize) {
        let mode = Mode::CopyOnWrite;
        let private = Memmap::open(FILE, &shaped(mode, "u1", &[SIZE as u64])).unwrap();
        let data = pattern(number + 9, 3000);
        let mut expected = self.bytes.clone();
        expected[20_000..23_000].copy_from_slice(&data);
        private.write(&index("20000:23000"), &data, None).unwrap();
        assert!(private.read(&[]).unwrap() == expected);
        assert!(self.array.read(&[]).unwrap() == self.bytes);
    }

    /// Reads and writes the file in the plugin's own memory, if the host allows that.
    fn map_into_memory(&mut self, number: usize) {
        let memory = Memory::for_bytes(SIZE);
        match memory.place(&self.array, 0, SIZE as u64) {
            Ok(first) => {
                assert!(memory.bytes_at(first, SIZE) == self.bytes);
                let data = pattern(number, 50);
                memory.write_at(first + 30_000, &data);
                self.bytes[30_000..30_050].copy_from_slice(&data);
                memory.remove(SIZE as u64).unwrap();
                assert!(memory.is_zero());
            }
            // The checksum is the same under every provider.
            Err(error) => {
                assert_eq!(error.code, ErrorCode::Unsupported, "{error:?}");
                let data = pattern(number, 50);
                self.array.write_bytes(30_000, &data).unwrap();
                self.bytes[30_000..30_050].copy_from_slice(&data);
            }
        }
        assert!(self.array.read(&[]).unwrap() == self.bytes);
    }
}

/// Extends and truncates a file of its own.
fn resize_file(number: usize) {
    let rows = (number % 5 + 1) as u64;
    let path = "work/resized.bin";
    let array = Memmap::open(path, &shaped(Mode::Write, "<u2", &[rows, 3000])).unwrap();
    array.fill(&[7, 1]).unwrap();
    array.resize(rows + 3).unwrap();
    let expected = [[7, 1].repeat(3000 * (number % 5 + 1)), vec![0; 18_000]].concat();
    assert!(array.read(&[]).unwrap() == expected);
    array.resize(1).unwrap();
    assert_eq!(support::size(path), 6000);
}
