//! `windows rounds` and `windows walk` place and remove windows, while a test measures their host.
//! The plugin prints a word at each point of a measurement, and continues when it reads a line.

#[path = "../bindings.rs"]
mod bindings;
#[path = "../memory.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod memory;

use bindings::wit_array::{MemmapOptions, Order};
use bindings::{Memmap, Mode};
use memory::{Memory, PAGE};

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("rounds") => rounds(),
        Some("walk") => walk(),
        other => panic!("unknown argument: `{other:?}`"),
    }
}

fn open(path: &str, mode: Mode) -> Memmap {
    let options = MemmapOptions { dtype: None, mode, offset: 0, shape: None, order: Order::C };
    Memmap::open(path, &options).unwrap()
}

/// Waits for a line.
fn wait() {
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

/// Waits for a line, and prints a word.
fn wait_and_print(word: &str) {
    wait();
    println!("{word}");
}

fn rounds() {
    const SIZE: u64 = 1_000_000;
    let arrays = [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite]
        .map(|mode| open("work/bytes.bin", mode));
    let memory = Memory::for_bytes(1_000_000);
    let mut round = |number: u64| {
        let array = &arrays[(number % 3) as usize];
        let first = memory.place(array, 0, SIZE).unwrap();
        assert_eq!(memory.bytes_at(first + 999_999, 1), [7]);
        memory.remove(SIZE).unwrap();
    };
    (0..10).for_each(&mut round);
    wait_and_print("ready");
    (0..10_000).for_each(&mut round);
    wait_and_print("done");
    wait();
}

/// Returns the number of pages of the plugin's memory; 0 on other targets, where the program is
/// only checked.
fn pages() -> usize {
    #[cfg(target_family = "wasm")]
    return core::arch::wasm32::memory_size(0);
    #[cfg(not(target_family = "wasm"))]
    0
}

fn walk() {
    const WINDOW: u64 = 256 << 20;
    let array = open("work/large.bin", Mode::ReadOnly);
    let size = array.info().unwrap().nbytes;
    let memory = Memory::for_bytes(256 << 20);
    let window = |start| {
        let first = memory.place(&array, start, WINDOW).unwrap();
        // The system reads some megabytes around each byte.
        assert!((0..4).all(|number| memory.bytes_at(first + number * (1024 * PAGE), 1) == [0]));
        memory.remove(WINDOW).unwrap();
    };
    window(0);
    wait_and_print("ready");
    let before = pages();
    (0..size).step_by(256 << 20).for_each(window);
    assert_eq!(pages(), before);
    wait_and_print("done");
    wait();
}
