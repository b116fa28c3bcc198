//! A plugin whose work is divided into rows, for the tests of `filemap.dask`.
//!
//! `cluster SOURCE OUT START STOP [WORD]` writes the doubles of the rows START to STOP of an array
//! of `int32`. WORD says what else it does. For `keep` and `hold`, OUT is a store. `marker` is a
//! directory, in which the test and the plugin tell each other how far they are.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use filemap_plugin::{Memmap, Mode, Result, Store, index};

const USAGE: &str =
    "usage: cluster SOURCE OUT START STOP [trap|fail|fail-once|spin|half|keep|hold]";

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let [source, out, start, stop, ref word @ ..] = words[..] else { panic!("{USAGE}") };
    let (start, stop): (u64, u64) = (start.parse().expect(USAGE), stop.parse().expect(USAGE));
    match word {
        // The first window is well.
        ["trap"] if start > 0 => panic!("row {start} is too steep"),
        [] | ["trap"] => double(source, out, start, stop).unwrap(),
        ["fail"] => fail("it was asked to"),
        ["fail-once"] => {
            if fs::create_dir("marker/failed").is_ok() {
                fail("this time only");
            }
            double(source, out, start, stop).unwrap();
        }
        ["spin"] => loop {
            std::hint::black_box(());
        },
        ["half"] => {
            if start == 0 && fs::create_dir("marker/begun").is_ok() {
                double(source, out, start, stop / 2).unwrap();
                fs::create_dir("marker/half").unwrap();
                wait("marker/never");
            }
            double(source, out, start, stop).unwrap();
        }
        ["keep"] => drop(keep(out, start, stop)),
        ["hold"] => {
            let _store = keep(out, start, stop);
            fs::create_dir("marker/held").unwrap();
            wait("marker/release");
        }
        _ => panic!("{USAGE}"),
    }
}

fn double(source: &str, out: &str, start: u64, stop: u64) -> Result<()> {
    let source = Memmap::open_npy(source, Mode::ReadOnly)?;
    let out = Memmap::open_npy(out, Mode::ReadWrite)?;
    let numbers = source.read_as::<i32>(&index![start..stop])?;
    let doubles: Vec<_> = numbers.iter().map(|number| number * 2).collect();
    out.write_as(&index![start..stop], &doubles)
}

/// Sets a key for the rows, and returns the open store.
fn keep(path: &str, start: u64, stop: u64) -> Store {
    let store = Store::open(path).unwrap_or_else(|error| fail(&format!("{error:?}")));
    store.insert(&format!("rows from {start}"), format!("to {stop}")).unwrap();
    store
}

/// Waits until there is a file.
fn wait(path: &str) {
    while !Path::new(path).exists() {
        thread::sleep(Duration::from_millis(1));
    }
}

fn fail(message: &str) -> ! {
    eprintln!("{message}");
    std::process::exit(1)
}
