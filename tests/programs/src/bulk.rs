//! Reads and writes through streams, by the rules of the interface `bulk`.

use crate::bindings::bulk::{read_via_stream, write_via_stream};
use crate::bindings::wasi::io::streams::{InputStream, OutputStream, StreamError};
use crate::bindings::{Error, Memmap};

/// Reads `length` bytes, or all bytes of a stream that ends before.
pub(crate) fn read_from(input: &InputStream, length: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    each_piece(input, length, |_, piece| bytes.extend(piece));
    bytes
}

/// Reads like [`read_from`]. Calls `piece` with every piece and the number of bytes before it.
/// Returns the number of all bytes.
pub(crate) fn each_piece(
    input: &InputStream,
    length: u64,
    mut piece: impl FnMut(u64, &[u8]),
) -> u64 {
    let (mut done, mut without_progress) = (0, 0);
    while done < length {
        let Ok(bytes) = input.blocking_read(length - done) else { break };
        assert!(bytes.len() as u64 <= length - done, "{} bytes of {}", bytes.len(), length - done);
        without_progress = if bytes.is_empty() { without_progress + 1 } else { 0 };
        assert!(without_progress < 1000, "the stream neither ends nor returns bytes");
        piece(done, &bytes);
        done += bytes.len() as u64;
    }
    done
}

/// Writes all bytes, and waits until the file has them.
pub(crate) fn write_to(output: &OutputStream, mut bytes: &[u8]) -> Result<(), StreamError> {
    while !bytes.is_empty() {
        let room = usize::try_from(output.check_write()?).unwrap_or(usize::MAX);
        if room == 0 {
            output.subscribe().block();
            continue;
        }
        let (now, rest) = bytes.split_at(room.min(bytes.len()));
        output.write(now)?;
        bytes = rest;
    }
    output.blocking_flush()
}

/// Reads a range by the loop that the WIT describes.
pub(crate) fn read_range(
    array: &Memmap,
    mut offset: u64,
    mut length: u64,
) -> Result<Vec<u8>, Error> {
    let (mut bytes, mut without_progress) = (Vec::new(), 0);
    while length > 0 {
        let part = read_via_stream(array, offset, length)?;
        assert!((1..=length).contains(&part.length), "{} bytes of {length}", part.length);
        let data = match part.input {
            None => array.read_bytes(offset, part.length)?,
            Some(input) => read_from(&input, part.length),
        };
        without_progress = if data.is_empty() { without_progress + 1 } else { 0 };
        assert!(without_progress < 1000, "the loop does not end");
        offset += data.len() as u64;
        length -= data.len() as u64;
        bytes.extend(data);
    }
    Ok(bytes)
}

/// Writes a range by a similar loop.
pub(crate) fn write_range(array: &Memmap, mut offset: u64, mut bytes: &[u8]) -> Result<(), Error> {
    while !bytes.is_empty() {
        let length = bytes.len() as u64;
        let part = write_via_stream(array, offset, length)?;
        assert!((1..=length).contains(&part.length), "{} bytes of {length}", part.length);
        let (now, rest) = bytes.split_at(usize::try_from(part.length).unwrap());
        match part.output {
            None => array.write_bytes(offset, now)?,
            Some(output) => write_to(&output, now).unwrap(),
        }
        offset += part.length;
        bytes = rest;
    }
    Ok(())
}

/// Returns the parts of a range to read: the length of each, and whether it has a stream.
#[track_caller]
pub(crate) fn parts(array: &Memmap, mut offset: u64, mut length: u64) -> Vec<(u64, bool)> {
    let mut parts = Vec::new();
    while length > 0 {
        let part = read_via_stream(array, offset, length).unwrap();
        assert!((1..=length).contains(&part.length), "{} bytes of {length}", part.length);
        parts.push((part.length, part.input.is_some()));
        offset += part.length;
        length -= part.length;
    }
    parts
}
