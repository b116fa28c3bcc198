//! A plugin that places windows, and takes them away, while a test looks at its host: `windows
//! rounds` or `windows walk`. It prints a word, and goes on when it reads a line.

#[path = "contract/bindings.rs"]
mod bindings;
#[path = "mapping/memory.rs"]
#[allow(dead_code, reason = "shared with the tests of windows")]
mod memory;

use bindings::wit_array::{MemmapOptions, Order};
use bindings::{Memmap, Mode};
use memory::{Memory, PAGE};

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("rounds") => rounds(),
        Some("walk") => walk(),
        other => panic!("there is no `{other:?}`"),
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

/// Prints a word, after a line.
fn say(word: &str) {
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
    say("ready");
    (0..10_000).for_each(&mut round);
    say("done");
    wait();
}

/// How many pages the plugin's memory has. Natively, where the program is only checked, there is
/// none.
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
        // Around each byte, the system reads some megabytes.
        assert!((0..4).all(|number| memory.bytes_at(first + number * (1024 * PAGE), 1) == [0]));
        memory.remove(WINDOW).unwrap();
    };
    window(0);
    say("ready");
    let before = pages();
    (0..size).step_by(256 << 20).for_each(window);
    assert_eq!(pages(), before);
    say("done");
    wait();
}
