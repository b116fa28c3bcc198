//! A window over a provider that does what it is told to.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::*;

const MIB: usize = 1 << 20;

/// A file, and a host that places its pages by copying them.
struct Host {
    file: Vec<u8>,
    /// How far behind the address the first byte is placed, or why none is.
    places: RefCell<Result<u64>>,
    removes: RefCell<Result<()>>,
    placed: RefCell<Vec<(u64, u64)>>,
    prefaulted: Cell<bool>,
    reads: Cell<usize>,
}

impl Host {
    fn new(places: Result<u64>) -> Rc<Self> {
        Rc::new(Self {
            file: (0..=250).cycle().take(3 * MIB + 5).collect(),
            places: RefCell::new(places),
            removes: RefCell::new(Ok(())),
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

impl Source for Rc<Host> {
    fn place(
        &self,
        offset: u64,
        length: u64,
        address: u64,
        here: &[u8],
        prefault: bool,
    ) -> Result<u64> {
        assert!(
            address.is_multiple_of(PAGE as u64)
                && here.len() == 1
                && here.as_ptr().addr() as u64 == address
        );
        self.prefaulted.set(prefault);
        let skipped = self.places.borrow().clone()?;
        self.placed.borrow_mut().push((address, length));
        if skipped < PAGE as u64 {
            let first = usize::try_from(address + skipped).unwrap();
            let piece = self.piece(offset, length);
            // SAFETY: it is the memory of a window, which is larger than the piece by a page.
            unsafe {
                std::ptr::with_exposed_provenance_mut::<u8>(first)
                    .copy_from(piece.as_ptr(), piece.len());
            };
        }
        Ok(address.wrapping_add(skipped))
    }

    fn remove(&self, address: u64, length: u64) -> Result<()> {
        let removed = self.removes.borrow().clone();
        if matches!(removed, Ok(()) | Err(Error::Truncated(_))) {
            let place = self.placed.borrow().iter().position(|placed| *placed == (address, length));
            self.placed.borrow_mut().remove(place.expect("it was placed"));
        }
        removed
    }

    fn read(&mut self, offset: u64, length: u64, sink: &mut dyn FnMut(&[u8])) -> Result<()> {
        self.reads.set(self.reads.get() + 1);
        for piece in self.piece(offset, length).chunks(100_000) {
            sink(piece);
        }
        Ok(())
    }
}

/// A window for pieces of so many bytes, as bytes.
fn window(host: Rc<Host>, length: u64) -> Result<Window<Rc<Host>, u8>> {
    Window::new(host, length)
}

fn unsupported() -> Result<u64> {
    Err(Error::Unsupported("pages cannot be placed".to_owned()))
}

#[test]
fn memory_is_whole_pages_and_one_more() {
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
fn placed_pages_are_shown_where_they_are_and_removed_before_the_next_and_at_the_end() {
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
fn a_slice_of_placed_pages_costs_no_call() {
    let host = Host::new(Ok(24));
    let mut window = window(Rc::clone(&host), 3_000_000).unwrap();
    window.show(0, 3_000_000, false).unwrap();
    for start in (0..2_995_904).step_by(7919) {
        assert_eq!(window.elements()[start..][..4096], *host.piece(start as u64, 4096));
    }
    assert_eq!((host.placed.borrow().len(), host.reads.get()), (1, 0));
}

#[test]
fn bytes_are_read_where_placing_is_unsupported_and_it_is_asked_for_once() {
    let host = Host::new(unsupported());
    let mut window = window(Rc::clone(&host), 2 * MIB as u64 + 5).unwrap();
    window.show(3, 2 * MIB + 5, false).unwrap();
    assert!(window.is_copy());
    assert!(window.elements() == host.piece(3, 2 * MIB as u64 + 5));
    assert!(window.elements().as_ptr().addr().is_multiple_of(PAGE));
    assert_eq!(host.reads.get(), 1);
    *host.places.borrow_mut() = Ok(0);
    window.show(8, 16, false).unwrap();
    assert!(window.is_copy() && host.placed.borrow().is_empty());
    assert_eq!(window.elements(), host.piece(8, 16));
}

#[test]
fn bytes_are_read_where_they_would_not_be_aligned() {
    let host = Host::new(Ok(14));
    let mut numbers = Window::<_, u32>::new(Rc::clone(&host), 64).unwrap();
    numbers.show(4, 16, false).unwrap();
    assert!(numbers.is_copy() && host.placed.borrow().is_empty());
    assert!(numbers.elements().as_ptr().is_aligned());
    assert_eq!(bytemuck::cast_slice::<_, u8>(numbers.elements()), host.piece(4, 64));
    // For smaller ones that address will do.
    let mut numbers = Window::<_, u16>::new(Rc::clone(&host), 64).unwrap();
    numbers.show(4, 32, false).unwrap();
    assert!(!numbers.is_copy());
    assert_eq!(bytemuck::cast_slice::<_, u8>(numbers.elements()), host.piece(4, 64));
}

#[test]
fn any_other_error_is_an_error_and_another_try_may_succeed() {
    let host = Host::new(Err(Error::LimitExceeded("64 windows".to_owned())));
    let mut window = window(Rc::clone(&host), 64).unwrap();
    assert_eq!(window.show(0, 64, false), Err(Error::LimitExceeded("64 windows".to_owned())));
    assert!(window.elements().is_empty());
    assert_eq!(host.reads.get(), 0);
    *host.places.borrow_mut() = Ok(0);
    window.show(0, 64, false).unwrap();
    assert!(!window.is_copy());
}

#[test]
fn lost_pages_are_told_once_and_taken_away() {
    let host = Host::new(Ok(0));
    let mut window = window(Rc::clone(&host), 64).unwrap();
    window.show(0, 64, false).unwrap();
    *host.removes.borrow_mut() = Err(Error::Truncated("the file is shorter".to_owned()));
    assert!(matches!(window.show(0, 64, false), Err(Error::Truncated(_))));
    assert!(window.elements().is_empty() && host.placed.borrow().is_empty());
    window.show(0, 64, false).unwrap();
    drop(window);
    assert!(host.placed.borrow().is_empty());
}

#[test]
fn memory_whose_pages_stay_is_never_used_again() {
    let host = Host::new(Ok(0));
    let mut window = window(Rc::clone(&host), 64).unwrap();
    window.show(0, 64, false).unwrap();
    *host.removes.borrow_mut() = Err(Error::Other("the host is ill".to_owned()));
    assert!(window.show(8, 8, false).is_err());
    assert_eq!(window.elements(), host.piece(0, 64), "they are still there");
    let address = window.elements().as_ptr();
    drop(window);
    assert_eq!(host.placed.borrow().len(), 1);
    // SAFETY: the memory was not given back.
    assert_eq!(unsafe { std::slice::from_raw_parts(address, 64) }, host.piece(0, 64));
}

#[test]
fn pages_that_are_placed_elsewhere_are_an_error() {
    for elsewhere in [PAGE as u64, u64::MAX, u64::MAX - 7] {
        let host = Host::new(Ok(elsewhere));
        let mut window = window(Rc::clone(&host), 64).unwrap();
        assert!(matches!(window.show(0, 64, false), Err(Error::Other(_))));
        assert!(window.elements().is_empty() && host.placed.borrow().is_empty());
    }
}
