//! A window over a host that places pages, or fails, as a test requires.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::*;

const MIB: usize = 1 << 20;

/// A file, and a host that places its pages by copying them.
struct Host {
    file: Vec<u8>,
    /// The distance of the first byte from the address, or the error of `place`.
    place_result: RefCell<Result<u64>>,
    /// The result of `remove`.
    remove_result: RefCell<Result<()>>,
    /// The address and the length of each placed window.
    placed: RefCell<Vec<(u64, u64)>>,
    /// The argument of the last `place`.
    prefaulted: Cell<bool>,
    /// The number of calls of `read`.
    reads: Cell<usize>,
}

impl Host {
    fn new(place_result: Result<u64>) -> Rc<Self> {
        Rc::new(Self {
            file: (0..=250).collect::<Vec<_>>().repeat(3 * MIB / 251 + 1),
            place_result: RefCell::new(place_result),
            remove_result: RefCell::new(Ok(())),
            placed: RefCell::default(),
            prefaulted: Cell::new(false),
            reads: Cell::new(0),
        })
    }

    fn piece(&self, offset: u64, length: u64) -> &[u8] {
        let offset = usize::try_from(offset).unwrap();
        &self.file[offset..][..usize::try_from(length).unwrap()]
    }
}

impl WindowSource for Rc<Host> {
    fn place(&self, offset: u64, length: u64, here: FirstByte, prefault: bool) -> Result<u64> {
        let address = here.address();
        assert!(address.is_multiple_of(PAGE as u64));
        here.pass(|byte| assert_eq!(byte, [0]));
        self.prefaulted.set(prefault);
        let skipped = self.place_result.borrow().clone()?;
        self.placed.borrow_mut().push((address, length));
        if skipped < PAGE as u64 {
            let first = usize::try_from(address + skipped).unwrap();
            let piece = self.piece(offset, length);
            // SAFETY: the address is in the memory of a window, which is larger than the piece by a
            // page.
            unsafe {
                std::ptr::with_exposed_provenance_mut::<u8>(first)
                    .copy_from(piece.as_ptr(), piece.len());
            };
        }
        Ok(address.wrapping_add(skipped))
    }

    fn remove(&self, address: u64, length: u64) -> Result<()> {
        let removed = self.remove_result.borrow().clone();
        if matches!(removed, Ok(()) | Err(Error::Truncated(_))) {
            let place = self.placed.borrow().iter().position(|placed| *placed == (address, length));
            self.placed.borrow_mut().remove(place.expect("it was placed"));
        }
        removed
    }

    fn read(&mut self, offset: u64, target: &mut Target<'_>) -> Result<()> {
        self.reads.set(self.reads.get() + 1);
        let length = target.left() as u64;
        self.piece(offset, length).chunks(100_000).try_for_each(|piece| target.push(piece))
    }
}

/// A window of bytes, for ranges of up to `length` bytes.
fn window(host: Rc<Host>, length: u64) -> Result<Window<Rc<Host>, u8>> {
    Window::new(host, length)
}

fn unsupported() -> Result<u64> {
    Err(Error::Unsupported("pages cannot be placed".to_owned()))
}

#[test]
fn the_memory_is_whole_pages_and_one_more() {
    for (length, pages) in [(1, 2), (PAGE, 2), (PAGE + 1, 3), (10 * PAGE - 1, 11)] {
        let layout = layout::<u8>(length as u64).unwrap();
        assert_eq!((layout.size(), layout.align()), (pages * PAGE, PAGE), "{length}");
    }
    for length in [u64::MAX, usize::MAX as u64, isize::MAX as u64] {
        assert_eq!(layout::<u8>(length), None);
        assert!(matches!(window(Host::new(Ok(0)), length), Err(Error::LimitExceeded(_))));
    }
}

#[test]
fn placed_pages_are_removed_before_the_next_ones_and_at_the_drop() {
    let host = Host::new(Ok(24));
    let mut window = window(Rc::clone(&host), 100_000).unwrap();
    assert!(window.elements().is_empty());
    for (offset, length, prefault) in [(0, 100_000, true), (40, 99_992, false), (8, 8, true)] {
        window.show(offset, length, prefault).unwrap();
        assert_eq!(host.prefaulted.get(), prefault);
        assert_eq!(window.elements(), host.piece(offset, length as u64));
        assert!(!window.is_copy());
        assert_eq!(host.placed.borrow().len(), 1);
    }
    window.elements_mut()[7] = 99;
    assert_eq!(window.elements()[7], 99);
    drop(window);
    assert!(host.placed.borrow().is_empty());
    assert_eq!(host.reads.get(), 0);
}

#[test]
fn an_access_to_placed_pages_makes_no_call() {
    let host = Host::new(Ok(24));
    let mut window = window(Rc::clone(&host), 3_000_000).unwrap();
    window.show(0, 3_000_000, false).unwrap();
    for start in (0..2_995_904).step_by(7919) {
        assert_eq!(window.elements()[start..][..4096], *host.piece(start as u64, 4096));
    }
    assert_eq!((host.placed.borrow().len(), host.reads.get()), (1, 0));
}

#[test]
fn bytes_are_read_if_placing_is_unsupported_and_it_is_tried_only_once() {
    let host = Host::new(unsupported());
    let mut window = window(Rc::clone(&host), 2 * MIB as u64 + 5).unwrap();
    window.show(3, 2 * MIB + 5, false).unwrap();
    assert!(window.is_copy());
    assert!(window.elements() == host.piece(3, 2 * MIB as u64 + 5));
    assert!(window.elements().as_ptr().addr().is_multiple_of(PAGE));
    assert_eq!(host.reads.get(), 1);
    *host.place_result.borrow_mut() = Ok(0);
    window.show(8, 16, false).unwrap();
    assert!(window.is_copy() && host.placed.borrow().is_empty());
    assert_eq!(window.elements(), host.piece(8, 16));
}

#[test]
fn bytes_are_read_if_placed_elements_would_not_be_aligned() {
    let host = Host::new(Ok(14));
    let mut numbers = Window::<_, u32>::new(Rc::clone(&host), 64).unwrap();
    numbers.show(4, 16, false).unwrap();
    assert!(numbers.is_copy() && host.placed.borrow().is_empty());
    assert!(numbers.elements().as_ptr().is_aligned());
    assert_eq!(bytemuck::cast_slice::<_, u8>(numbers.elements()), host.piece(4, 64));
    // The same address is aligned for a smaller type.
    let mut numbers = Window::<_, u16>::new(Rc::clone(&host), 64).unwrap();
    numbers.show(4, 32, false).unwrap();
    assert!(!numbers.is_copy());
    assert_eq!(bytemuck::cast_slice::<_, u8>(numbers.elements()), host.piece(4, 64));
}

#[test]
fn any_other_error_is_returned_and_a_retry_can_succeed() {
    let host = Host::new(Err(Error::LimitExceeded("64 windows".to_owned())));
    let mut window = window(Rc::clone(&host), 64).unwrap();
    assert_eq!(window.show(0, 64, false), Err(Error::LimitExceeded("64 windows".to_owned())));
    assert!(window.elements().is_empty());
    assert_eq!(host.reads.get(), 0);
    *host.place_result.borrow_mut() = Ok(0);
    window.show(0, 64, false).unwrap();
    assert!(!window.is_copy());
}

#[test]
fn lost_pages_are_reported_once_and_removed() {
    let host = Host::new(Ok(0));
    let mut window = window(Rc::clone(&host), 64).unwrap();
    window.show(0, 64, false).unwrap();
    *host.remove_result.borrow_mut() = Err(Error::Truncated("the file is shorter".to_owned()));
    assert!(matches!(window.show(0, 64, false), Err(Error::Truncated(_))));
    assert!(window.elements().is_empty() && host.placed.borrow().is_empty());
    window.show(0, 64, false).unwrap();
    drop(window);
    assert!(host.placed.borrow().is_empty());
}

#[test]
fn memory_whose_pages_cannot_be_removed_is_leaked() {
    let host = Host::new(Ok(0));
    let mut window = window(Rc::clone(&host), 64).unwrap();
    window.show(0, 64, false).unwrap();
    *host.remove_result.borrow_mut() = Err(Error::Other("the host failed".to_owned()));
    assert!(window.show(8, 8, false).is_err());
    assert_eq!(window.elements(), host.piece(0, 64), "the pages are still placed");
    let address = window.elements().as_ptr();
    drop(window);
    assert_eq!(host.placed.borrow().len(), 1);
    // SAFETY: the memory was not freed.
    assert_eq!(unsafe { std::slice::from_raw_parts(address, 64) }, host.piece(0, 64));
}

#[test]
fn pages_placed_outside_the_first_page_are_an_error() {
    for elsewhere in [PAGE as u64, u64::MAX, u64::MAX - 7] {
        let host = Host::new(Ok(elsewhere));
        let mut window = window(Rc::clone(&host), 64).unwrap();
        assert!(matches!(window.show(0, 64, false), Err(Error::Other(_))));
        assert!(window.elements().is_empty() && host.placed.borrow().is_empty());
    }
}
