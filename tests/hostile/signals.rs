//! A host's own stack overflow, and threads that block signals, beside the signal handlers of
//! filemap and Wasmtime: each in a child process.

#![expect(unsafe_code, reason = "a thread blocks a signal by a system call")]

use std::hint::black_box;
use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt as _;
use std::ptr;

use super::support::child::{child, is_child, runs_in_child};
use super::support::folders::Folders;
use super::support::run::{Provider, run};
use super::{check, prepared};

/// Installs all handlers: those of an engine with files in its plugins' memory, and those of
/// running plugins.
fn install_handlers() {
    check(Provider::Mapping, prepared::behaves_well);
    let outcome = run(Provider::Mapping, "mapping", &["traps_with_windows"], &Folders::new());
    assert!(outcome.exit.is_err());
}

fn recurse(depth: u64) -> u64 {
    black_box(if depth == u64::MAX { depth } else { recurse(black_box(depth + 1)) + 1 })
}

#[test]
fn an_overflow_of_the_host_s_stack_ends_the_process_as_it_does_without_plugins() {
    const TEST: &str =
        "signals::an_overflow_of_the_host_s_stack_ends_the_process_as_it_does_without_plugins";
    if is_child(TEST) {
        install_handlers();
        println!("{}", recurse(0));
        return;
    }
    let output = child(TEST).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("has overflowed its stack"), "{text}");
    assert_eq!(output.status.signal(), Some(libc::SIGABRT), "{text}");
}

#[test]
fn truncated_windows_do_no_harm_in_a_thread_that_blocks_signals() {
    if !runs_in_child("signals::truncated_windows_do_no_harm_in_a_thread_that_blocks_signals") {
        return;
    }
    for case in ["truncated_file_shows_zeroes_and_is_reported", "window_is_zero_after_remove"] {
        let thread = std::thread::spawn(|| {
            block_sigbus();
            let outcome = run(Provider::Mapping, "mapping", &[case], &Folders::new());
            assert_eq!(outcome.exit, Ok(0), "{}", outcome.stderr);
        });
        thread.join().unwrap();
    }
}

/// Blocks `SIGBUS` in this thread. Wasmtime needs `SIGSEGV`, so that one must not be blocked.
fn block_sigbus() {
    let mut signals = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the first call fills the set, the second adds a valid signal, and the third reads it.
    // The mask is the thread's own.
    unsafe {
        libc::sigemptyset(signals.as_mut_ptr());
        libc::sigaddset(signals.as_mut_ptr(), libc::SIGBUS);
        let blocked = libc::pthread_sigmask(libc::SIG_BLOCK, signals.as_ptr(), ptr::null_mut());
        assert_eq!(blocked, 0);
    }
}
