//! Measures how long calls go on after another thread has ended them. The bound is 50 ms.
//!
//! `cargo bench -p filemap-tests --bench interrupt_latency [CASE]...` makes files of some gigabytes
//! and a store of a million keys in the folder `FILEMAP_BENCH_FOLDER`, or in the system's temporary
//! folder. The column `later` has the longest time of twelve interruptions up to a second after the
//! start of a call that writes.

mod support {
    #[path = "../support/interrupting.rs"]
    pub(crate) mod interrupting;
    #[path = "../support/programs.rs"]
    #[allow(dead_code, reason = "shared with the tests")]
    pub(crate) mod programs;
}

use std::time::Duration;
use std::{env, thread};

use support::interrupting::{ARRAY_CASES, STORE_CASES, prepare, run};
use support::programs::program;
use wasmtime::Engine;
use wasmtime::component::Component;

/// The cases that write to stores of their own.
const WRITING_CASES: [&str; 3] = ["update", "update-data", "set"];

/// The time that a call gets before it is ended.
const TIMES: [u64; 4] = [0, 30, 100, 300];

/// Further times for the calls that write. They write, rename and remove files one after the other,
/// and an interruption shall meet each of these steps.
const LATER: [u64; 12] = [150, 200, 250, 350, 400, 450, 500, 600, 700, 800, 900, 1000];

fn main() {
    let wanted: Vec<String> =
        env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let parent = env::var_os("FILEMAP_BENCH_FOLDER").map_or_else(env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(parent).unwrap();
    let is_wanted = |case: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == case);
    // A million files take longer than all measurements that do not need them.
    let mut reading = STORE_CASES.iter().filter(|case| !WRITING_CASES.contains(case));
    let keys = if reading.any(|case| is_wanted(case)) { 1_000_000 } else { 0 };
    prepare(folder.path(), 8 << 30, 512 << 20, keys).unwrap();
    let slow = Component::from_file(&Engine::default(), program("slow")).unwrap();
    println!(
        "milliseconds from the interruption to the end of the call, and for a call that is refused"
    );
    print!("{:30}", "after the start of the call");
    for time in TIMES {
        print!("{time:>6} ms");
    }
    println!("     later  refused");
    let cases = ARRAY_CASES.iter().chain(&STORE_CASES);
    for &case in cases.filter(|case| is_wanted(case)) {
        print!("{case:30}");
        let mut refusal = Duration::ZERO;
        let mut measure = |time| {
            let ended = run(&slow, case, folder.path(), |interrupter| {
                thread::sleep(Duration::from_millis(time));
                interrupter.interrupt();
            });
            assert!(ended.message.starts_with("cannot "), "{}", ended.message);
            refusal = refusal.max(ended.refusal);
            ended.time.as_secs_f64() * 1000.0
        };
        for time in TIMES {
            print!("{:>9.1}", measure(time));
        }
        if WRITING_CASES.contains(&case) {
            print!("{:>10.1}", LATER.map(measure).into_iter().fold(0.0, f64::max));
        } else {
            print!("{:>10}", "");
        }
        println!("{:>9.1}", refusal.as_secs_f64() * 1000.0);
    }
}
