//! `latency get COUNT PAUSE` gets a value of 1 KiB this many times, with a pause of this many
//! milliseconds before each, and prints how many microseconds each `get` took.
//!
//! `latency reduce` sums the file `data/large.bin` again and again, until the host ends it.

#[path = "../bindings.rs"]
mod bindings;
#[path = "../support.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod support;

use std::env;
use std::thread::sleep;
use std::time::{Duration, Instant};

use bindings::{Memmap, Mode, Operation, Store};
use support::{CREATE, options};

/// Returns an argument as a number.
fn number(position: usize) -> u64 {
    let word = env::args().nth(position).expect("the argument is there");
    word.parse().expect("the argument is a number")
}

fn get(count: u64, pause: Duration) {
    let store = Store::open("work/store", CREATE).unwrap();
    store.set("key", &[7; 1024]).unwrap();
    for _ in 0..count {
        if !pause.is_zero() {
            sleep(pause);
        }
        let start = Instant::now();
        let value = store.get("key").unwrap().unwrap();
        println!("{}", start.elapsed().as_micros());
        assert_eq!(value, [7; 1024]);
    }
}

fn reduce() {
    let array = Memmap::open("data/large.bin", &options(Mode::ReadOnly, "f8")).unwrap();
    loop {
        array.reduce(Operation::Sum, None).unwrap();
        println!("0");
    }
}

fn main() {
    match env::args().nth(1).as_deref() {
        Some("get") => get(number(2), Duration::from_millis(number(3))),
        Some("reduce") => reduce(),
        other => panic!("unknown work {other:?}"),
    }
}
