//! The table of windows: a handler never takes two windows for one, and finds those that stay.

use filemap_models::windows::{Window, copied_by_sigsegv, replaced_by_sigbus};
use filemap_models::{check, thread};

const STAYS: usize = 0x5000_0000_0000;
const BELOW: usize = 0x1000_0000_0000;
const ABOVE: usize = 0x9000_0000_0000;
const PAGE: usize = 0x1000;

#[test]
fn a_handler_finds_only_whole_windows() {
    check(|| {
        let stays = Window::new(STAYS);
        // These take the same slot.
        let changes = thread::spawn(|| {
            for begin in [ABOVE, BELOW, ABOVE] {
                drop(Window::new(begin));
            }
        });
        let handler = thread::spawn(|| {
            // Between the two windows that come and go.
            assert_eq!(replaced_by_sigbus(STAYS + PAGE), None);
            assert_eq!(copied_by_sigsegv(STAYS + PAGE), None);
            // In a window that stays.
            let end = STAYS + PAGE;
            assert_eq!(copied_by_sigsegv(STAYS + 8), Some((STAYS, end)));
            assert_eq!(replaced_by_sigbus(STAYS + 8), Some((STAYS, end)));
        });
        changes.join().unwrap();
        handler.join().unwrap();
        assert!(stays.has_faulted());
        drop(stays);
        assert_eq!(replaced_by_sigbus(STAYS), None);
    });
}
