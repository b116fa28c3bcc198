//! Bounded streams over a source and sink that can fail.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use wasmtime_wasi::runtime::in_tokio;

use super::*;
use crate::limits::{Budget, HANDLES};

/// A source and sink of `left` bytes, after which every call fails.
#[derive(Default)]
struct Failing {
    left: usize,
    written: Arc<Mutex<Vec<u8>>>,
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
        self.written.lock().unwrap().extend_from_slice(bytes);
        Ok(())
    }
}

/// A source and sink that waits for a signal before each call, as a slow disk would.
struct Slow {
    endpoint: Failing,
    signals: Receiver<()>,
}

impl Slow {
    fn new(left: usize) -> (Self, Sender<()>) {
        let (sender, signals) = channel();
        (Self { endpoint: Failing { left, ..Failing::default() }, signals }, sender)
    }
}

impl Source for Slow {
    fn read(&mut self, length: usize) -> Result<Vec<u8>> {
        self.signals.recv().unwrap();
        self.endpoint.read(length)
    }
}

impl Sink for Slow {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.signals.recv().unwrap();
        self.endpoint.write(bytes)
    }
}

/// Returns whether a future that is polled once waits.
fn waits(future: impl Future) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    std::pin::pin!(future).poll(&mut context).is_pending()
}

fn reservations() -> [Reservation; 2] {
    let budget = Budget::new(HANDLES, 2);
    [budget.reserve(1).unwrap(), budget.reserve(1).unwrap()]
}

fn input(length: u64, left: usize) -> BoundedInput<Failing> {
    let source = Failing { left, ..Failing::default() };
    BoundedInput::new(source, length, reservations(), Blocking::CurrentThread)
}

fn output(length: u64, left: usize) -> BoundedOutput<Failing> {
    let sink = Failing { left, ..Failing::default() };
    BoundedOutput::new(sink, length, reservations(), Blocking::CurrentThread)
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
    let sink = Failing { left: usize::MAX, ..Failing::default() };
    let written = Arc::clone(&sink.written);
    let mut stream = BoundedOutput::new(sink, 5, reservations(), Blocking::CurrentThread);
    assert_eq!(stream.check_write().unwrap(), MAX_WRITE);
    stream.write(Bytes::from_static(b"abc")).unwrap();
    stream.write(Bytes::from_static(b"de")).unwrap();
    stream.flush().unwrap();
    assert!(matches!(
        stream.write(Bytes::from_static(b"f")),
        Err(StreamError::LastOperationFailed(_))
    ));
    assert_eq!(*written.lock().unwrap(), b"abcde");
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

#[test]
fn an_asynchronous_read_returns_nothing_until_the_disk_answers() {
    let (source, disk) = Slow::new(usize::MAX);
    let mut stream = BoundedInput::new(source, 9, reservations(), Blocking::Pool);
    assert!(stream.read(5).unwrap().is_empty());
    assert!(waits(stream.ready()), "the stream is ready before the disk has answered");
    assert!(stream.read(5).unwrap().is_empty());
    disk.send(()).unwrap();
    in_tokio(stream.ready());
    assert_eq!(stream.read(3).unwrap(), "xxx", "a read takes a part of what is there");
    assert_eq!(stream.read(3).unwrap(), "xx");
    disk.send(()).unwrap();
    assert_eq!(in_tokio(stream.blocking_read(usize::MAX)).unwrap(), "xxxx");
    assert!(matches!(in_tokio(stream.blocking_read(1)), Err(StreamError::Closed)));
}

#[test]
fn a_plugin_that_waits_for_an_input_stream_finds_bytes() {
    let (source, disk) = Slow::new(usize::MAX);
    let mut stream = BoundedInput::new(source, 9, reservations(), Blocking::Pool);
    disk.send(()).unwrap();
    in_tokio(stream.ready());
    assert_eq!(stream.read(usize::MAX).unwrap().len(), 9);
    in_tokio(stream.ready());
    assert!(matches!(stream.read(1), Err(StreamError::Closed)));
}

#[test]
fn an_asynchronous_write_permits_no_other_until_the_disk_answers() {
    let (sink, disk) = Slow::new(usize::MAX);
    let written = Arc::clone(&sink.endpoint.written);
    let mut stream = BoundedOutput::new(sink, 9, reservations(), Blocking::Pool);
    stream.write(Bytes::from_static(b"abc")).unwrap();
    assert_eq!(stream.check_write().unwrap(), 0);
    assert!(matches!(stream.write(Bytes::from_static(b"d")), Err(StreamError::Trap(_))));
    assert!(waits(stream.ready()), "the stream is ready before the disk has answered");
    disk.send(()).unwrap();
    assert_eq!(in_tokio(stream.write_ready()).unwrap(), MAX_WRITE);
    disk.send(()).unwrap();
    in_tokio(stream.blocking_write_and_flush(Bytes::from_static(b"de"))).unwrap();
    assert_eq!(*written.lock().unwrap(), b"abcde");
}

#[test]
fn a_stream_that_is_dropped_waits_for_its_last_write() {
    let (sink, disk) = Slow::new(usize::MAX);
    let written = Arc::clone(&sink.endpoint.written);
    let mut stream = BoundedOutput::new(sink, 9, reservations(), Blocking::Pool);
    stream.write(Bytes::from_static(b"abc")).unwrap();
    assert!(waits(stream.cancel()));
    disk.send(()).unwrap();
    in_tokio(stream.cancel());
    assert_eq!(*written.lock().unwrap(), b"abc");
}

#[test]
fn work_keeps_the_reservations_of_a_stream_that_is_dropped_without_waiting() {
    let budget = Budget::new(HANDLES, 2);
    let reservations = || [budget.reserve(1).unwrap(), budget.reserve(1).unwrap()];
    for reads in [true, false] {
        let (endpoint, disk) = Slow::new(usize::MAX);
        if reads {
            let mut stream = BoundedInput::new(endpoint, 9, reservations(), Blocking::Pool);
            stream.read(1).unwrap();
            assert!(waits(stream.ready()));
        } else {
            let mut stream = BoundedOutput::new(endpoint, 9, reservations(), Blocking::Pool);
            stream.write(Bytes::from_static(b"abc")).unwrap();
            assert!(waits(stream.ready()));
        }
        assert_eq!(budget.used(), 2);
        disk.send(()).unwrap();
        while budget.used() > 0 {
            std::thread::yield_now();
        }
    }
}

#[test]
fn an_asynchronous_error_is_reported_once_and_closes_the_stream() {
    let (endpoint, disk) = Slow::new(4);
    let mut input = BoundedInput::new(endpoint, 9, reservations(), Blocking::Pool);
    disk.send(()).unwrap();
    let error = in_tokio(input.blocking_read(5)).unwrap_err();
    assert!(matches!(error, StreamError::LastOperationFailed(_)), "{error}");
    assert!(matches!(in_tokio(input.blocking_read(5)), Err(StreamError::Closed)));

    for flushes_by_itself in [true, false] {
        let (endpoint, disk) = Slow::new(4);
        let mut output = BoundedOutput::new(endpoint, 9, reservations(), Blocking::Pool);
        disk.send(()).unwrap();
        let bytes = Bytes::from_static(b"abcde");
        let error = if flushes_by_itself {
            in_tokio(output.blocking_write_and_flush(bytes)).unwrap_err()
        } else {
            output.write(bytes).unwrap();
            in_tokio(output.write_ready()).unwrap_err()
        };
        assert!(matches!(error, StreamError::LastOperationFailed(_)), "{error}");
        assert!(matches!(output.flush(), Err(StreamError::Closed)));
    }
}
