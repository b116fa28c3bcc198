//! The loops, over a provider whose streams end or fail as a test requires.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::*;
use crate::error::Error;
use crate::target;

const PIECE: u64 = MAX_LIST as u64;

const LENGTH: u64 = 5 * PIECE + 3;

/// A file, and a provider that opens streams over it.
struct Provider {
    file: Rc<RefCell<Vec<u8>>>,
    /// The maximum length of a part.
    part: Cell<u64>,
    /// Whether a part has a stream.
    streams: Cell<bool>,
    /// The number of bytes after which a stream ends, or fails.
    ends_after: Cell<u64>,
    /// Whether a stream fails where it would end.
    fails: Cell<bool>,
    /// The number of parts that were opened.
    parts: Cell<usize>,
    /// The number of list calls.
    lists: Cell<usize>,
}

struct Stream {
    file: Rc<RefCell<Vec<u8>>>,
    offset: Cell<usize>,
    left: Cell<u64>,
    fails: bool,
}

impl Provider {
    fn new() -> Self {
        let file: Vec<u8> = (0..=250).cycle().take(usize::try_from(LENGTH).unwrap()).collect();
        Self {
            file: Rc::new(RefCell::new(file)),
            part: Cell::new(u64::MAX),
            streams: Cell::new(true),
            ends_after: Cell::new(u64::MAX),
            fails: Cell::new(false),
            parts: Cell::new(0),
            lists: Cell::new(0),
        }
    }

    fn part(&self, offset: u64, length: u64) -> (u64, Option<Stream>) {
        self.parts.update(|parts| parts + 1);
        let length = length.min(self.part.get());
        let stream = Stream {
            file: Rc::clone(&self.file),
            offset: Cell::new(usize::try_from(offset).unwrap()),
            left: Cell::new(self.ends_after.get()),
            fails: self.fails.get(),
        };
        (length, self.streams.get().then_some(stream))
    }

    fn read(&self, reader: &mut RangeReader<Stream>, offset: u64, length: u64) -> Result<Vec<u8>> {
        let mut data = Vec::new();
        target::append(&mut data, length, |target| reader.read(self, offset, target, LENGTH))?;
        Ok(data)
    }

    /// Reads the whole file, and returns the number of parts and of list calls.
    fn read_all(&self) -> (usize, usize) {
        self.parts.set(0);
        self.lists.set(0);
        assert!(self.read(&mut RangeReader::new(), 0, LENGTH).unwrap() == *self.file.borrow());
        (self.parts.get(), self.lists.get())
    }
}

impl ReadRange for Provider {
    type Stream = Stream;

    fn open_input(&self, offset: u64, length: u64) -> Result<(u64, Option<Stream>)> {
        Ok(self.part(offset, length))
    }

    fn read_list(&self, offset: u64, length: u64) -> Result<Vec<u8>> {
        self.lists.update(|lists| lists + 1);
        let (offset, length) = (usize::try_from(offset).unwrap(), usize::try_from(length).unwrap());
        let file = self.file.borrow();
        let bytes = file.get(offset..offset + length);
        bytes.map(<[u8]>::to_vec).ok_or_else(|| Error::Truncated("the file is shorter".to_owned()))
    }
}

impl WriteRange for Provider {
    type Stream = Stream;

    fn open_output(&self, offset: u64, length: u64) -> Result<(u64, Option<Stream>)> {
        Ok(self.part(offset, length))
    }

    fn write_list(&self, offset: u64, data: &[u8]) -> Result<()> {
        self.lists.update(|lists| lists + 1);
        let offset = usize::try_from(offset).unwrap();
        self.file.borrow_mut()[offset..offset + data.len()].copy_from_slice(data);
        Ok(())
    }
}

impl Input for Stream {
    fn read(&self, target: &mut Target<'_>, max: u64) -> Result<()> {
        if self.left.get() == 0 && self.fails {
            return Err(Error::Other("the disk fails".to_owned()));
        }
        let file = self.file.borrow();
        let rest = &file[self.offset.get().min(file.len())..];
        let max = max.min(target.left() as u64);
        let length = (rest.len() as u64).min(max).min(self.left.get());
        let bytes = &rest[..usize::try_from(length).unwrap()];
        self.offset.update(|offset| offset + bytes.len());
        self.left.update(|left| left - length);
        target.push(bytes)
    }
}

impl Output for Stream {
    fn write(&self, data: &[u8]) -> Result<Speed> {
        let (start, length) = (self.offset.get(), usize::try_from(self.left.get()));
        let length = length.unwrap_or(usize::MAX).min(data.len());
        self.file.borrow_mut()[start..start + length].copy_from_slice(&data[..length]);
        if length < data.len() {
            return Err(Error::Other("the disk fails".to_owned()));
        }
        Ok(Speed::Fast)
    }
}

#[test]
fn one_stream_serves_consecutive_reads() {
    let provider = Provider::new();
    assert_eq!(provider.read_all(), (1, 0));
    let mut reader = RangeReader::new();
    for number in 0..5 {
        let data = provider.read(&mut reader, number * PIECE, PIECE).unwrap();
        let start = usize::try_from(number * PIECE).unwrap();
        assert!(data == provider.file.borrow()[start..start + data.len()]);
    }
    assert_eq!(provider.parts.get(), 2);
    provider.read(&mut reader, 0, PIECE).unwrap();
    assert_eq!(provider.parts.get(), 3);
    provider.read(&mut reader, LENGTH - PIECE, PIECE).unwrap();
    assert!(reader.open.is_none(), "nothing is left to read");
}

#[test]
fn a_read_returns_what_the_file_holds_at_that_moment() {
    let provider = Provider::new();
    let mut reader = RangeReader::new();
    provider.read(&mut reader, 0, PIECE).unwrap();
    let next = usize::try_from(PIECE).unwrap();
    provider.file.borrow_mut()[next] = 255;
    assert_eq!(provider.read(&mut reader, PIECE, PIECE).unwrap()[0], 255);
}

#[test]
fn a_range_is_read_in_several_parts() {
    let provider = Provider::new();
    provider.part.set(PIECE + 1);
    assert_eq!(provider.read_all(), (5, 0));
    provider.streams.set(false);
    // The last three bytes are too few for a stream.
    assert_eq!(provider.read_all(), (5, 6));
    let part = PIECE / 4 * 3;
    provider.part.set(part);
    let parts = usize::try_from(LENGTH.div_ceil(part)).unwrap();
    assert_eq!(provider.read_all(), (parts, parts));
    provider.streams.set(true);
    assert_eq!(provider.read_all(), (parts, 0));
}

#[test]
fn a_short_range_is_read_by_one_list_call() {
    let provider = Provider::new();
    let start = LENGTH - MIN_STREAM_READ + 1;
    let data = provider.read(&mut RangeReader::new(), start, LENGTH - start).unwrap();
    assert!(data == provider.file.borrow()[usize::try_from(start).unwrap()..]);
    assert_eq!((provider.parts.get(), provider.lists.get()), (0, 1));
}

#[test]
fn a_list_call_continues_where_a_stream_ends_or_fails() {
    for fails in [false, true] {
        let provider = Provider::new();
        provider.fails.set(fails);
        provider.ends_after.set(0);
        assert_eq!(provider.read_all(), (5, 6));
        provider.ends_after.set(PIECE);
        assert_eq!(provider.read_all(), (3, 3));
    }
}

#[test]
fn a_list_call_returns_the_reason_why_a_stream_ended() {
    let provider = Provider::new();
    let mut reader = RangeReader::new();
    provider.read(&mut reader, 0, PIECE).unwrap();
    provider.file.borrow_mut().truncate(usize::try_from(PIECE + 100).unwrap());
    assert!(matches!(provider.read(&mut reader, PIECE, PIECE), Err(Error::Truncated(_))));
    assert!(reader.open.is_none());
}

#[test]
fn data_is_written_by_list_calls_where_streams_are_missing_or_fail() {
    let data: Vec<u8> = (0..=100).cycle().take(usize::try_from(3 * PIECE).unwrap()).collect();
    for (part, streams, ends_after, parts, lists) in [
        (u64::MAX, true, u64::MAX, 1, 0),
        (PIECE, true, u64::MAX, 3, 0),
        (u64::MAX, false, u64::MAX, 1, 3),
        (PIECE + 1, true, 5, 3, 5),
    ] {
        let provider = Provider::new();
        provider.part.set(part);
        provider.streams.set(streams);
        provider.ends_after.set(ends_after);
        let before = provider.file.borrow().clone();
        write(&provider, 7, &data).unwrap();
        let file = provider.file.borrow();
        assert!(file[7..][..data.len()] == data, "{part}");
        assert!(file[..7] == before[..7] && file[7 + data.len()..] == before[7 + data.len()..]);
        assert_eq!((provider.parts.get(), provider.lists.get()), (parts, lists), "{part}");
    }
    let provider = Provider::new();
    write(&provider, 0, &data[..10]).unwrap();
    assert_eq!((provider.parts.get(), provider.lists.get()), (0, 1));
}
