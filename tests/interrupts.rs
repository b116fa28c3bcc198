//! Plugins whose calls another thread ends, under the native provider.
//!
//! The test program `slow` repeats each kind of call until it is `interrupted`. The interruption at
//! each step of a call is tested in `tests/engine/interrupts.rs` and in `host/src/`. The portable
//! provider has no such handle: its calls are code of the plugin, which fuel and epochs end.

mod support {
    #[path = "../support/interrupting.rs"]
    pub(crate) mod interrupting;
    #[path = "../support/programs.rs"]
    #[allow(dead_code, reason = "shared with other tests")]
    pub(crate) mod programs;
}

use std::time::Instant;

use filemap_host::Interrupter;

use support::interrupting::{ARRAY_CASES, STORE_CASES, prepare, run};
use support::programs::program;
use wasmtime::Engine;
use wasmtime::component::Component;

fn slow() -> Component {
    Component::from_file(&Engine::default(), program("slow")).unwrap()
}

#[test]
fn another_thread_ends_each_call_that_can_be_slow() {
    let slow = slow();
    for case in ARRAY_CASES.iter().chain(&STORE_CASES) {
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path(), 1 << 30, 8 << 20, 2000).unwrap();
        let ended = run(&slow, case, folder.path(), Interrupter::interrupt);
        let message = ended.message;
        assert!(message.starts_with("cannot ") && message.contains("work/"), "{case}: {message}");
        assert!(message.contains(": the host ended the call before it was complete"), "{message}");
        let stores = ["store", "updated", "set"].map(|name| folder.path().join(name));
        for store in stores.iter().filter(|store| store.exists()) {
            for entry in std::fs::read_dir(store).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                assert!(!name.starts_with("%temporary"), "{case} leaves `{name}`");
            }
        }
    }
}

#[test]
fn a_deadline_that_has_passed_ends_a_call() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path(), 1 << 30, 0, 10).unwrap();
    let ended = run(&slow(), "sum", folder.path(), |interrupter| {
        interrupter.set_deadline(Instant::now());
    });
    assert!(ended.message.contains("the array over `work/large.bin`"), "{}", ended.message);
}
