//! Missing pages, signals for other handlers, and a process with the maximum number of mappings.
//!
//! A test in which a signal can end the process runs in a child process: the test program again,
//! with that test only.

use std::fs::File;
use std::mem::MaybeUninit;
use std::os::unix::fs::FileExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitStatus;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use libc::{SA_SIGINFO, SIG_DFL, SIG_IGN};
use memmap2::MmapRaw;

use super::super::guard::{self, FaultedPages, guard, guard_range};
use super::super::in_child::{limit_memory, use_up_mappings};
use super::super::spare;
use super::super::window_table::{Registration, WindowRange};
use super::*;

fn in_child(name: &str, action: impl FnOnce()) -> Option<ExitStatus> {
    super::super::in_child::in_child(module_path!(), name, action)
}

fn page_size() -> usize {
    rustix::param::page_size()
}

/// A file of this number of pages, whose bytes are all 7.
fn file(pages: usize) -> File {
    let file = tempfile::tempfile().unwrap();
    file.write_all_at(&vec![7; pages * page_size()], 0).unwrap();
    file
}

fn mapped(file: &File) -> MmapRaw {
    install().unwrap();
    MmapRaw::map_raw(file).unwrap()
}

/// Reads the first byte of each of `pages` pages, the first of which begins at `start`.
///
/// # Safety
///
/// The pages can be read.
unsafe fn first_bytes(start: *const u8, pages: usize) -> Vec<u8> {
    // SAFETY: the caller's promise. Volatile reads are neither removed nor reordered.
    (0..pages).map(|page| unsafe { start.add(page * page_size()).read_volatile() }).collect()
}

/// Reads the first byte of each page under the guard.
fn guarded_bytes(map: &mut MmapRaw) -> (Vec<u8>, Result<(), FaultedPages>) {
    let pages = map.len() / page_size();
    let mut bytes = Vec::new();
    // SAFETY: the mapping has this number of pages, and the guard replaces missing ones.
    let result = guard(map, |start| bytes = unsafe { first_bytes(start, pages) });
    (bytes, result)
}

/// Reads a missing page without a guard, which our handler passes on.
fn fault() {
    let file = file(1);
    let map = mapped(&file);
    file.set_len(0).unwrap();
    // SAFETY: one page is mapped. The test wants the signal.
    unsafe { first_bytes(map.as_ptr(), 1) };
}

#[test]
fn a_missing_page_becomes_zeroes_and_an_error() {
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
        "the mapping has zeroes now, and can still be read"
    );
}

#[test]
fn a_write_to_a_missing_page_becomes_an_error() {
    let file = file(2);
    let mut map = mapped(&file);
    file.set_len(1).unwrap();
    // SAFETY: the second page is mapped for writing.
    let result = guard(&mut map, |start| unsafe { start.add(page_size()).write_volatile(1) });
    assert_eq!(result, Err(FaultedPages { offset: page_size() }));
    assert_eq!(file.metadata().unwrap().len(), 1);
}

#[test]
fn a_missing_first_page_of_a_mapping_that_begins_within_it_has_offset_0() {
    let file = file(1);
    install().unwrap();
    let mut map = memmap2::MmapOptions::new().offset(100).len(10).map_raw(&file).unwrap();
    file.set_len(0).unwrap();
    // SAFETY: ten bytes are mapped.
    let result = guard(&mut map, |start| _ = unsafe { start.add(9).read_volatile() });
    assert_eq!(result, Err(FaultedPages { offset: 0 }));
}

#[test]
fn memory_beside_the_range_and_errno_do_not_change() {
    install().unwrap();
    let page = page_size();
    let around = MmapRaw::from(memmap2::MmapMut::map_anon(6 * page).unwrap());
    let file = file(2);
    let first = around.as_mut_ptr();
    // SAFETY: the six pages belong to this test. The two in the middle become pages of the file,
    // and are unmapped with the six. The range has all bytes of these two except some at each end.
    // `errno` is the thread's own.
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
        let result = guard_range(middle.add(100), 2 * page - 150, |start| {
            *libc::__errno_location() = 77;
            start.add(page).write_volatile(1);
            errno = *libc::__errno_location();
        });
        assert_eq!(result, Err(FaultedPages { offset: page - 100 }));
        assert_eq!(errno, 77);
        let mut expected = vec![5; 6 * page];
        expected[2 * page..4 * page].fill(0);
        expected[3 * page + 100] = 1;
        assert!(std::slice::from_raw_parts(first, 6 * page) == expected);
    }
}

#[test]
fn each_thread_repairs_its_own_mapping() {
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

/// Blocks all signals of this thread.
fn block_all_signals() {
    let mut all = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the first call fills the set, which the second one reads. The mask is the thread's.
    unsafe {
        assert_eq!(libc::sigfillset(all.as_mut_ptr()), 0);
        assert_eq!(libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), ptr::null_mut()), 0);
    }
}

#[test]
fn a_thread_that_blocks_all_signals_survives_a_missing_page() {
    let test = "a_thread_that_blocks_all_signals_survives_a_missing_page";
    let status = in_child(test, || {
        let file = file(2);
        let mut map = mapped(&file);
        file.set_len(page_size() as u64).unwrap();
        block_all_signals();
        let expected = (vec![7, 0], Err(FaultedPages { offset: page_size() }));
        assert_eq!(guarded_bytes(&mut map), expected);
        // A new thread blocks what its creator blocks.
        let thread = std::thread::spawn(|| {
            block_all_signals();
            a_missing_page_becomes_zeroes_and_an_error();
        });
        thread.join().unwrap();
        std::process::exit(47);
    });
    assert!(status.is_none_or(|status| status.code() == Some(47)), "{status:?}");
}

#[test]
fn a_fault_without_a_guard_ends_the_process() {
    if let Some(status) = in_child("a_fault_without_a_guard_ends_the_process", fault) {
        assert_eq!(status.signal(), Some(SIGBUS), "{status:?}");
    }
}

/// Installs another handler first, as an embedder does.
fn install_previous(handler: usize, flags: c_int) {
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
fn the_previous_handler_gets_other_faults() {
    extern "C" fn previous(signal: c_int, info: *mut siginfo_t, _: *mut c_void) {
        // SAFETY: our handler passes on what the kernel has passed to it. `_exit` ends the process.
        unsafe {
            libc::_exit(if signal == SIGBUS && !(*info).si_addr().is_null() { 42 } else { 1 })
        }
    }
    let status = in_child("the_previous_handler_gets_other_faults", || {
        install_previous(previous as *const () as usize, SA_SIGINFO);
        a_missing_page_becomes_zeroes_and_an_error();
        fault();
    });
    assert!(status.is_none_or(|status| status.code() == Some(42)), "{status:?}");
}

#[test]
fn a_previous_handler_without_siginfo_gets_other_faults() {
    extern "C" fn previous(signal: c_int) {
        // SAFETY: `_exit` ends the process.
        unsafe { libc::_exit(if signal == SIGBUS { 43 } else { 1 }) }
    }
    let status = in_child("a_previous_handler_without_siginfo_gets_other_faults", || {
        install_previous(previous as *const () as usize, 0);
        a_missing_page_becomes_zeroes_and_an_error();
        fault();
    });
    assert!(status.is_none_or(|status| status.code() == Some(43)), "{status:?}");
}

#[test]
fn a_sent_signal_is_ignored_if_it_was_before() {
    let status = in_child("a_sent_signal_is_ignored_if_it_was_before", || {
        install_previous(SIG_IGN, 0);
        install().unwrap();
        // SAFETY: a plain system call.
        unsafe { libc::raise(SIGBUS) };
        a_missing_page_becomes_zeroes_and_an_error();
        std::process::exit(44);
    });
    assert!(status.is_none_or(|status| status.code() == Some(44)), "{status:?}");
}

/// Sends the signal to this process.
fn send() {
    // SAFETY: a plain system call.
    assert_eq!(unsafe { libc::raise(SIGBUS) }, 0);
}

#[test]
fn sent_signals_keep_the_handler_in_front_of_one_that_resets_the_action() {
    extern "C" fn previous(signal: c_int) {
        // SAFETY: a plain system call, which a handler may make.
        unsafe { libc::signal(signal, SIG_DFL) };
    }
    keeps_the_handler(
        "sent_signals_keep_the_handler_in_front_of_one_that_resets_the_action",
        Some(previous),
    );
}

#[test]
fn sent_signals_keep_the_handler_in_front_of_one_that_installs_itself() {
    extern "C" fn previous(signal: c_int) {
        // SAFETY: a plain system call, which a handler may make. The function is a handler.
        unsafe { libc::signal(signal, previous as *const () as usize) };
    }
    keeps_the_handler(
        "sent_signals_keep_the_handler_in_front_of_one_that_installs_itself",
        Some(previous),
    );
}

#[test]
fn sent_signals_keep_the_handler_in_front_of_the_standard_library_s() {
    keeps_the_handler("sent_signals_keep_the_handler_in_front_of_the_standard_library_s", None);
}

/// Checks that missing pages are repaired after sent signals. Without a previous handler, it is the
/// standard library's.
#[track_caller]
fn keeps_the_handler(test: &str, previous: Option<extern "C" fn(c_int)>) {
    let status = in_child(test, || {
        if let Some(previous) = previous {
            install_previous(previous as *const () as usize, 0);
        }
        install().unwrap();
        for _ in 0..3 {
            send();
            a_missing_page_becomes_zeroes_and_an_error();
        }
        std::process::exit(46);
    });
    assert!(status.is_none_or(|status| status.code() == Some(46)), "{status:?}");
}

#[test]
fn a_fault_without_a_guard_ends_the_process_after_a_sent_signal() {
    let status = in_child("a_fault_without_a_guard_ends_the_process_after_a_sent_signal", || {
        install().unwrap();
        send();
        fault();
    });
    assert!(status.is_none_or(|status| status.signal() == Some(SIGBUS)), "{status:?}");
}

#[test]
fn a_sent_signal_ends_the_process_if_it_did_before() {
    let status = in_child("a_sent_signal_ends_the_process_if_it_did_before", || {
        install_previous(SIG_DFL, 0);
        install().unwrap();
        // SAFETY: a plain system call.
        unsafe { libc::raise(SIGBUS) };
    });
    assert!(status.is_none_or(|status| status.signal() == Some(SIGBUS)), "{status:?}");
}

#[test]
fn a_report_of_broken_memory_is_no_access() {
    static IN_MAPPING: AtomicUsize = AtomicUsize::new(0);
    extern "C" fn previous(_: c_int, info: *mut siginfo_t, _: *mut c_void) {
        // SAFETY: our handler passes on what the kernel has passed to it.
        IN_MAPPING.store(unsafe { (*info).si_addr() }.addr(), Ordering::Relaxed);
    }
    let status = in_child("a_report_of_broken_memory_is_no_access", || {
        install_previous(previous as *const () as usize, SA_SIGINFO);
        let file = file(1);
        let mut map = mapped(&file);
        let result = guard(&mut map, |start| {
            // Only a process itself can send a signal with a code of the kernel.
            //
            // SAFETY: a `siginfo_t` of zeroes is a valid one. The address of a fault is the first
            // field after the three numbers and their padding. The system call reads it.
            unsafe {
                let mut info: siginfo_t = std::mem::zeroed();
                (info.si_signo, info.si_code) = (SIGBUS, libc::BUS_MCEERR_AO);
                (&raw mut info).cast::<*mut u8>().add(2).write(start);
                let (process, thread) = (libc::getpid(), libc::gettid());
                let number = libc::SYS_rt_tgsigqueueinfo;
                assert_eq!(libc::syscall(number, process, thread, SIGBUS, &raw const info), 0);
            }
            assert_eq!(IN_MAPPING.load(Ordering::Relaxed), start.addr());
        });
        assert_eq!(result, Ok(()), "no page is missing");
        assert_eq!(guarded_bytes(&mut map), (vec![7], Ok(())));
        std::process::exit(47);
    });
    assert!(status.is_none_or(|status| status.code() == Some(47)), "{status:?}");
}

#[test]
fn a_write_goes_on_if_there_is_memory_for_single_pages_only() {
    let status = in_child("a_write_goes_on_if_there_is_memory_for_single_pages_only", || {
        let (file, page) = (file(1), page_size());
        file.set_len(10_000 * page as u64).unwrap();
        let mut map = mapped(&file);
        file.set_len(page as u64).unwrap();
        // The child may free and take some memory itself.
        limit_memory(4000);
        let result = guard(&mut map, |start| {
            for number in 0..3 {
                // SAFETY: these pages are mapped for writing.
                unsafe { start.add(number * page).write_volatile(8) };
            }
        });
        assert_eq!(result, Err(FaultedPages { offset: page }));
        std::process::exit(48);
    });
    assert!(status.is_none_or(|status| status.code() == Some(48)), "{status:?}");
}

#[test]
fn a_window_without_memory_for_zeroes_does_not_end_the_process() {
    let status = in_child("a_window_without_memory_for_zeroes_does_not_end_the_process", || {
        let file = file(1);
        file.set_len(10_000 * page_size() as u64).unwrap();
        let map = mapped(&file);
        let begin = map.as_mut_ptr().expose_provenance();
        let window = WindowRange { begin, end: begin + map.len(), is_read_only: false };
        let registration = Registration::new(window).unwrap();
        limit_memory(4000);
        assert!(window_table::replace_missing_pages(begin + page_size()));
        assert!(registration.has_faulted());
        std::process::exit(49);
    });
    assert!(status.is_none_or(|status| status.code() == Some(49)), "{status:?}");
}

#[test]
fn a_page_is_replaced_although_no_further_mapping_is_possible() {
    let status = in_child("a_page_is_replaced_although_no_further_mapping_is_possible", || {
        let (file, page) = (file(4), page_size());
        let mut map = mapped(&file);
        file.set_len(2 * page as u64).unwrap();
        // A page with another protection than its neighbours is a separate mapping.
        let reservation =
            memmap2::MmapOptions::new().len((4 << 20) * page).no_reserve_swap().map_anon().unwrap();
        let protect = |number: usize| {
            // SAFETY: the pages belong to this test, and nobody accesses them.
            unsafe {
                libc::mprotect(
                    reservation.as_ptr().add(number * page).cast_mut().cast(),
                    page,
                    libc::PROT_NONE,
                ) == 0
            }
        };
        if (1..4 << 20).step_by(2).all(protect) {
            // This system allows millions of mappings, so the test cannot reach the maximum.
            std::process::exit(45);
        }
        let mut bytes = [1; 4];
        let result = guard(&mut map, |start| {
            for (number, byte) in bytes.iter_mut().enumerate() {
                // SAFETY: four pages are mapped.
                *byte = unsafe { start.add(number * page).read_volatile() };
            }
        });
        drop(reservation);
        assert_eq!((bytes, result), ([7, 7, 0, 0], Err(FaultedPages { offset: 2 * page })));
        std::process::exit(45);
    });
    assert!(status.is_none_or(|status| status.code() == Some(45)), "{status:?}");
}

#[test]
fn a_page_is_replaced_although_no_mapping_may_take_the_place_of_another() {
    let test = "a_page_is_replaced_although_no_mapping_may_take_the_place_of_another";
    let status = in_child(test, || {
        let mut maps: Vec<_> = (0..3)
            .map(|_| {
                let file = file(4);
                (mapped(&file), file)
            })
            .collect();
        spare::fill().unwrap();
        use_up_mappings();
        for (map, file) in &mut maps {
            file.set_len(2 * page_size() as u64).unwrap();
            let expected = (vec![7, 7, 0, 0], Err(FaultedPages { offset: 2 * page_size() }));
            assert_eq!(guarded_bytes(map), expected);
        }
        std::process::exit(49);
    });
    assert!(status.is_none_or(|status| status.code() == Some(49)), "{status:?}");
}
