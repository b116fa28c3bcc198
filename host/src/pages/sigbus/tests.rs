//! Lost pages, foreign signals, and a process that has no room for another mapping.
//!
//! What a signal may end happens in a child process: this test program once more, which runs one
//! test only.

use std::fs::File;
use std::mem::MaybeUninit;
use std::os::unix::fs::FileExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, ExitStatus};
use std::ptr;

use libc::{SA_SIGINFO, SIG_DFL, SIG_IGN};
use memmap2::MmapRaw;

use super::super::guard::{self, FaultedPages, guard, guard_range};
use super::*;

/// Is set in a child process, to the name of its test.
const CHILD: &str = "FILEMAP_SIGBUS_TEST";

/// Runs `action` in a child process, in the test of that name, and returns how it ended. `None` in
/// the child itself, if it comes back.
fn in_child(name: &str, action: impl FnOnce()) -> Option<ExitStatus> {
    if std::env::var_os(CHILD).is_some_and(|child| child == name) {
        action();
        return None;
    }
    // The test program names its tests without the crate.
    let (_crate, module) = module_path!().split_once("::").unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", &format!("{module}::{name}"), "--test-threads=1"]).env(CHILD, name);
    let output = child.output().unwrap();
    // A child that ran another number of tests has proved nothing.
    assert!(String::from_utf8_lossy(&output.stdout).contains("running 1 test"), "{output:?}");
    Some(output.status)
}

fn page_size() -> usize {
    rustix::param::page_size()
}

/// A file of so many pages whose bytes are all 7.
fn file(pages: usize) -> File {
    let file = tempfile::tempfile().unwrap();
    file.write_all_at(&vec![7; pages * page_size()], 0).unwrap();
    file
}

fn mapped(file: &File) -> MmapRaw {
    install().unwrap();
    MmapRaw::map_raw(file).unwrap()
}

/// The first byte of every page from `start` on.
///
/// # Safety
///
/// They can be read.
unsafe fn first_bytes(start: *const u8, pages: usize) -> Vec<u8> {
    // SAFETY: the caller's promise. Volatile, so that each is read, and in this order.
    (0..pages).map(|page| unsafe { start.add(page * page_size()).read_volatile() }).collect()
}

/// Reads the first byte of every page under the guard.
fn guarded_bytes(map: &mut MmapRaw) -> (Vec<u8>, Result<(), FaultedPages>) {
    let pages = map.len() / page_size();
    let mut bytes = Vec::new();
    // SAFETY: the mapping has that many pages, and the guard answers for lost ones.
    let result = guard(map, |start| bytes = unsafe { first_bytes(start, pages) });
    (bytes, result)
}

/// Touches a lost page without a guard: a fault that is not for us.
fn fault() {
    let file = file(1);
    let map = mapped(&file);
    file.set_len(0).unwrap();
    // SAFETY: one page is mapped. It is lost, and a signal is what the test wants.
    unsafe { first_bytes(map.as_ptr(), 1) };
}

#[test]
fn a_lost_page_becomes_zeroes_and_an_error() {
    let file = file(4);
    let mut map = mapped(&file);
    assert_eq!(guarded_bytes(&mut map), (vec![7; 4], Ok(())));
    file.set_len(2 * page_size() as u64).unwrap();
    assert_eq!(
        guarded_bytes(&mut map),
        (vec![7, 7, 0, 0], Err(FaultedPages { offset: 2 * page_size() }))
    );
    assert_eq!(
        guarded_bytes(&mut map),
        (vec![0; 4], Ok(())),
        "the mapping is of no more use, but does no harm"
    );
}

#[test]
fn a_write_to_a_lost_page_becomes_an_error() {
    let file = file(2);
    let mut map = mapped(&file);
    file.set_len(1).unwrap();
    // SAFETY: the second page is mapped for writing.
    let lost = guard(&mut map, |start| unsafe { start.add(page_size()).write_volatile(1) });
    assert_eq!(lost, Err(FaultedPages { offset: page_size() }));
    assert_eq!(file.metadata().unwrap().len(), 1);
}

#[test]
fn a_page_that_is_lost_where_the_mapping_begins_within_it_is_at_its_beginning() {
    let file = file(1);
    install().unwrap();
    let mut map = memmap2::MmapOptions::new().offset(100).len(10).map_raw(&file).unwrap();
    file.set_len(0).unwrap();
    // SAFETY: ten bytes are mapped.
    let lost = guard(&mut map, |start| _ = unsafe { start.add(9).read_volatile() });
    assert_eq!(lost, Err(FaultedPages { offset: 0 }));
}

#[test]
fn memory_beside_the_mapping_and_errno_stay_as_they_are() {
    install().unwrap();
    let page = page_size();
    let around = MmapRaw::from(memmap2::MmapMut::map_anon(6 * page).unwrap());
    let file = file(2);
    let first = around.as_mut_ptr();
    // SAFETY: the six pages are ours. The two in the middle become those of the file, and go when
    // the six are unmapped. Of these two the range has all but some bytes at either end. `errno` is
    // the thread's own.
    unsafe {
        first.write_bytes(5, 6 * page);
        let (protection, flags) =
            (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_FIXED);
        let middle = first.add(2 * page);
        let descriptor = std::os::fd::AsRawFd::as_raw_fd(&file);
        assert_eq!(
            libc::mmap(middle.cast(), 2 * page, protection, flags, descriptor, 0),
            middle.cast()
        );
        file.set_len(0).unwrap();

        let mut errno = 0;
        let lost = guard_range(middle.add(100), 2 * page - 150, |start| {
            *libc::__errno_location() = 77;
            start.add(page).write_volatile(1);
            errno = *libc::__errno_location();
        });
        assert_eq!(lost, Err(FaultedPages { offset: page - 100 }));
        assert_eq!(errno, 77);
        let mut expected = vec![5; 6 * page];
        expected[2 * page..4 * page].fill(0);
        expected[3 * page + 100] = 1;
        assert!(std::slice::from_raw_parts(first, 6 * page) == expected);
    }
}

#[test]
fn every_thread_loses_its_own_pages() {
    let threads: Vec<_> = (0..8)
        .map(|number| {
            std::thread::spawn(move || {
                for _ in 0..200 {
                    let file = file(4);
                    let mut map = mapped(&file);
                    file.set_len(number % 5 * page_size() as u64).unwrap();
                    let (bytes, result) = guarded_bytes(&mut map);
                    assert_eq!(
                        bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>(),
                        7 * (number % 5)
                    );
                    assert_eq!(result.is_err(), number % 5 < 4);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_panic_ends_the_guard() {
    let mut map = mapped(&file(1));
    catch_unwind(AssertUnwindSafe(|| guard(&mut map, |_| panic!("on purpose")))).unwrap_err();
    assert!(!guard::is_active());
    assert_eq!(guarded_bytes(&mut map), (vec![7], Ok(())));
}

#[test]
fn a_fault_without_a_guard_ends_the_process() {
    if let Some(status) = in_child("a_fault_without_a_guard_ends_the_process", fault) {
        assert_eq!(status.signal(), Some(SIGBUS), "{status:?}");
    }
}

/// Makes `handler` that of the signal, as a program does that uses the library.
fn install_foreign(handler: usize, flags: c_int) {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a `sigaction` of zeroes is a valid one, and the handlers of these tests have the
    // signatures that their flags ask for.
    unsafe {
        (*action.as_mut_ptr()).sa_sigaction = handler;
        (*action.as_mut_ptr()).sa_flags = flags;
        assert_eq!(libc::sigaction(SIGBUS, action.as_ptr(), ptr::null_mut()), 0);
    }
}

#[test]
fn a_foreign_handler_gets_what_is_not_for_us() {
    extern "C" fn foreign(signal: c_int, info: *mut siginfo_t, _: *mut c_void) {
        // SAFETY: what the kernel passes, by way of our handler; and the end of the process.
        unsafe {
            libc::_exit(if signal == SIGBUS && !(*info).si_addr().is_null() { 42 } else { 1 })
        }
    }
    let status = in_child("a_foreign_handler_gets_what_is_not_for_us", || {
        install_foreign(foreign as *const () as usize, SA_SIGINFO);
        a_lost_page_becomes_zeroes_and_an_error();
        fault();
    });
    assert!(status.is_none_or(|status| status.code() == Some(42)), "{status:?}");
}

#[test]
fn a_foreign_handler_of_the_old_kind_gets_what_is_not_for_us() {
    extern "C" fn foreign(signal: c_int) {
        // SAFETY: the end of the process.
        unsafe { libc::_exit(if signal == SIGBUS { 43 } else { 1 }) }
    }
    let status = in_child("a_foreign_handler_of_the_old_kind_gets_what_is_not_for_us", || {
        install_foreign(foreign as *const () as usize, 0);
        a_lost_page_becomes_zeroes_and_an_error();
        fault();
    });
    assert!(status.is_none_or(|status| status.code() == Some(43)), "{status:?}");
}

#[test]
fn a_signal_that_somebody_sends_is_ignored_where_it_was_before() {
    let status = in_child("a_signal_that_somebody_sends_is_ignored_where_it_was_before", || {
        install_foreign(SIG_IGN, 0);
        install().unwrap();
        // SAFETY: a plain system call.
        unsafe { libc::raise(SIGBUS) };
        a_lost_page_becomes_zeroes_and_an_error();
        std::process::exit(44);
    });
    assert!(status.is_none_or(|status| status.code() == Some(44)), "{status:?}");
}

#[test]
fn a_signal_that_somebody_sends_ends_the_process_where_it_did_before() {
    let status =
        in_child("a_signal_that_somebody_sends_ends_the_process_where_it_did_before", || {
            install_foreign(SIG_DFL, 0);
            install().unwrap();
            // SAFETY: a plain system call.
            unsafe { libc::raise(SIGBUS) };
        });
    assert!(status.is_none_or(|status| status.signal() == Some(SIGBUS)), "{status:?}");
}

#[test]
fn a_page_is_replaced_where_there_is_no_room_for_another_mapping() {
    let status = in_child("a_page_is_replaced_where_there_is_no_room_for_another_mapping", || {
        let (file, page) = (file(4), page_size());
        let mut map = mapped(&file);
        file.set_len(2 * page as u64).unwrap();
        // Every page of other protection than its neighbours is a mapping of its own.
        let many =
            memmap2::MmapOptions::new().len((4 << 20) * page).no_reserve_swap().map_anon().unwrap();
        let protect = |number: usize| {
            // SAFETY: the pages are ours, and nobody uses them.
            unsafe {
                libc::mprotect(
                    many.as_ptr().add(number * page).cast_mut().cast(),
                    page,
                    libc::PROT_NONE,
                ) == 0
            }
        };
        if (1..4 << 20).step_by(2).all(protect) {
            // A process that may have millions of mappings does not run out of them.
            std::process::exit(45);
        }
        let mut bytes = [1; 4];
        let lost = guard(&mut map, |start| {
            for (number, byte) in bytes.iter_mut().enumerate() {
                // SAFETY: four pages are mapped.
                *byte = unsafe { start.add(number * page).read_volatile() };
            }
        });
        drop(many);
        assert_eq!((bytes, lost), ([7, 7, 0, 0], Err(FaultedPages { offset: 2 * page })));
        std::process::exit(45);
    });
    assert!(status.is_none_or(|status| status.code() == Some(45)), "{status:?}");
}
