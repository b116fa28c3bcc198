//! Bounded streams over a source and sink that can fail.

use super::*;
use crate::limits::Budget;

/// A source and sink of `left` bytes, after which every call fails.
#[derive(Default)]
struct Failing {
    left: usize,
    written: Vec<u8>,
}

impl Failing {
    fn take(&mut self, length: usize) -> Result<()> {
        self.left = self.left.checked_sub(length).ok_or_else(|| Error::Other("x".repeat(5000)))?;
        Ok(())
    }
}

impl Source for Failing {
    fn read(&mut self, length: usize) -> Result<Vec<u8>> {
        self.take(length)?;
        Ok(vec![b'x'; length])
    }
}

impl Sink for Failing {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.take(bytes.len())?;
        self.written.extend_from_slice(bytes);
        Ok(())
    }
}

fn reservations() -> [Reservation; 2] {
    let budget = Budget::new("things", 2);
    [budget.reserve(1).unwrap(), budget.reserve(1).unwrap()]
}

fn input(length: u64, left: usize) -> BoundedInput<Failing> {
    BoundedInput::new(Failing { left, ..Failing::default() }, length, reservations())
}

fn output(length: u64, left: usize) -> BoundedOutput<Failing> {
    BoundedOutput::new(Failing { left, ..Failing::default() }, length, reservations())
}

#[test]
fn an_input_stream_ends_where_its_part_ends() {
    let mut stream = input((MAX_READ + 50) as u64, usize::MAX);
    assert_eq!(stream.read(0).unwrap().len(), 0);
    assert_eq!(stream.read(7).unwrap(), "xxxxxxx");
    assert_eq!(stream.read(usize::MAX).unwrap().len(), MAX_READ);
    assert_eq!(stream.read(usize::MAX).unwrap().len(), 50 - 7);
    assert!(matches!(stream.read(1), Err(StreamError::Closed)));
}

#[test]
fn bytes_become_a_vector_again_without_a_copy() {
    let mut stream = input(10, usize::MAX);
    let bytes = stream.read(10).unwrap();
    let address = bytes.as_ptr();
    let vector = Vec::from(bytes);
    assert_eq!(vector.as_ptr(), address);
}

#[test]
fn an_output_stream_takes_only_its_part() {
    let mut stream = output(5, usize::MAX);
    assert_eq!(stream.check_write().unwrap(), MAX_WRITE);
    stream.write(Bytes::from_static(b"abc")).unwrap();
    stream.write(Bytes::from_static(b"de")).unwrap();
    stream.flush().unwrap();
    assert!(matches!(
        stream.write(Bytes::from_static(b"f")),
        Err(StreamError::LastOperationFailed(_))
    ));
    assert_eq!(stream.sink.written, b"abcde");
    assert!(matches!(stream.flush(), Err(StreamError::Closed)));
}

#[test]
fn a_write_over_the_permit_traps() {
    let mut stream = output(u64::MAX, usize::MAX);
    stream.write(Bytes::from(vec![0; MAX_WRITE])).unwrap();
    assert!(matches!(stream.write(Bytes::from(vec![0; MAX_WRITE + 1])), Err(StreamError::Trap(_))));
}

#[test]
fn a_failed_stream_is_closed_and_its_error_is_short() {
    let (mut input, mut output) = (input(10, 4), output(10, 4));
    let errors = [
        input.read(5).map(drop).unwrap_err(),
        output.write(Bytes::from_static(b"abcde")).unwrap_err(),
    ];
    for error in errors {
        let StreamError::LastOperationFailed(error) = error else { panic!("{error}") };
        assert_eq!(error.to_string().len(), MAX_MESSAGE);
    }
    assert!(matches!(input.read(1), Err(StreamError::Closed)));
    assert!(matches!(output.write(Bytes::new()), Err(StreamError::Closed)));
}
