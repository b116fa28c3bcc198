//! The socket to a server. Its reads and writes end when the call is interrupted, and when the
//! server does too little for too long, also while bytes flow without a pause.
//!
//! The crate `redis` has connections of its own, but a write to one cannot be interrupted: after a
//! time-out it does not know how many bytes it has written. So this file is below the crate's
//! parser and below TLS. Both see a socket that waits, and an error when waiting ends.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::address::Address;
use crate::interrupter::Interrupter;

/// The time after which a waiting call asks again whether it was interrupted.
const POLL: Duration = Duration::from_millis(10);

/// The number of bytes that the server must send or take within the time-out. A server that sends
/// one byte at a time would otherwise hold a call for as long as it likes.
const PROGRESS: u64 = 64 << 10;

/// The maximum number of bytes that one call of the socket writes. The system may copy all of them
/// before it returns.
const MAX_WRITE: usize = 1 << 20;

/// A socket, and the limits on the call that uses it.
pub(super) struct Wire {
    socket: TcpStream,
    patience: Patience,
    /// Whether reads and writes wait for the server.
    waits: bool,
    /// The number of bytes that the server may still send in this call.
    left: u64,
    /// The last error, which the layers above replace by their own.
    error: Option<Errno>,
}

/// How long a call waits for a server.
pub(super) struct Patience {
    interrupter: Interrupter,
    timeout: Duration,
    /// The time of the last progress.
    since: Instant,
    /// The number of bytes that were moved since.
    moved: u64,
}

impl Patience {
    pub(super) fn new(interrupter: Interrupter, timeout: Duration) -> Self {
        Self { interrupter, timeout, since: Instant::now(), moved: 0 }
    }

    /// Begins to count the time again.
    fn restart(&mut self) {
        (self.since, self.moved) = (Instant::now(), 0);
    }

    /// Counts bytes that were sent or received.
    fn count(&mut self, bytes: usize) {
        self.moved += bytes as u64;
        if self.moved >= PROGRESS {
            self.restart();
        }
    }

    /// Fails if the call must end before the socket is asked.
    fn check_transfer(&self) -> io::Result<()> {
        // What has arrived while this process stood still is in time: before the first bytes, the
        // socket is asked whatever the time is.
        if self.moved > 0 { self.check() } else { self.check_interruption() }
    }

    fn check_interruption(&self) -> io::Result<()> {
        if self.interrupter.is_interrupted() { Err(Errno::CANCELED.into()) } else { Ok(()) }
    }

    /// Fails if the call must not wait any longer.
    fn check(&self) -> io::Result<()> {
        self.check_interruption()?;
        if self.since.elapsed() >= self.timeout { Err(Errno::TIMEDOUT.into()) } else { Ok(()) }
    }
}

impl Wire {
    /// Connects to a server.
    pub(super) fn connect(address: &Address, patience: Patience) -> io::Result<Self> {
        let socket = connect(address, &patience)?;
        // A request is written at once, and waits for its reply.
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(POLL))?;
        socket.set_write_timeout(Some(POLL))?;
        Ok(Self { socket, patience, waits: true, left: 0, error: None })
    }

    /// Begins to count the time of a request, or of its replies.
    pub(super) fn restart(&mut self) {
        self.patience.restart();
    }

    /// Sets whether reads and writes wait for the server. Those that do not wait are made after an
    /// interruption too.
    pub(super) const fn set_waits(&mut self, waits: bool) {
        self.waits = waits;
    }

    /// Lets the server send `max` more bytes.
    pub(super) fn allow(&mut self, max: u64) {
        self.left = max;
    }

    /// Returns the number of bytes that the server may still send.
    pub(super) const fn allowed(&self) -> u64 {
        self.left
    }

    /// Takes the error that has ended the last read or write.
    pub(super) fn take_error(&mut self) -> Option<Errno> {
        self.error.take()
    }

    /// Whether the server has sent bytes that were not read, or `None` if it has closed the
    /// connection.
    pub(super) fn has_bytes(&self) -> Option<bool> {
        self.socket.set_nonblocking(true).ok()?;
        let peeked = self.socket.peek(&mut [0]);
        self.socket.set_nonblocking(false).ok()?;
        match peeked {
            Ok(0) => None,
            Ok(_) => Some(true),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Some(false),
            Err(_) => None,
        }
    }

    /// Repeats a call of the socket while it has to wait.
    fn wait_for(
        &mut self,
        mut act: impl FnMut(&mut TcpStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            // A transfer that never pauses asks here too.
            if self.waits {
                self.patience.check_transfer()?;
            }
            match act(&mut self.socket) {
                Ok(count) => {
                    self.patience.count(count);
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error)
                    if self.waits
                        && matches!(
                            error.kind(),
                            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                        ) =>
                {
                    self.patience.check()?;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.wait_for(|socket| socket.read(buffer)).inspect_err(|error| {
            self.error = Errno::from_io_error(error);
        })?;
        let left = self.left.checked_sub(count as u64);
        self.left = left.ok_or(Errno::FBIG).inspect_err(|error| self.error = Some(*error))?;
        Ok(count)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = &bytes[..bytes.len().min(MAX_WRITE)];
        self.wait_for(|socket| socket.write(bytes)).inspect_err(|error| {
            self.error = Errno::from_io_error(error);
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Resolves the host and connects, in another thread: the system cannot interrupt either. After an
/// interruption that thread goes on for as long as the time-out.
fn connect(address: &Address, patience: &Patience) -> io::Result<TcpStream> {
    let (sender, receiver) = channel();
    let (host, port, timeout) = (address.host.clone(), address.port, patience.timeout);
    let connect = move || {
        // Nobody waits any more after an interruption.
        _ = sender.send(connect_to_any(&host, port, timeout));
    };
    thread::Builder::new().name("filemap-connect".into()).spawn(connect)?;
    loop {
        match receiver.recv_timeout(POLL) {
            Ok(connected) => return connected,
            Err(RecvTimeoutError::Timeout) => patience.check()?,
            Err(RecvTimeoutError::Disconnected) => return Err(Errno::NOTCONN.into()),
        }
    }
}

/// Connects to one of the addresses of a host.
fn connect_to_any(host: &str, port: u16, timeout: Duration) -> io::Result<TcpStream> {
    let mut result = Err(Errno::HOSTUNREACH.into());
    for address in (host, port).to_socket_addrs()? {
        result = TcpStream::connect_timeout(&address, timeout);
        if result.is_ok() {
            break;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(10);

    /// A wire and its other end.
    fn wire() -> (Wire, TcpStream) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let patience = Patience::new(Interrupter::new(), TIMEOUT);
        let wire = Wire { socket, patience, waits: true, left: u64::MAX, error: None };
        (wire, listener.accept().unwrap().0)
    }

    impl Wire {
        /// Lets time pass since the last progress.
        fn age(&mut self, time: Duration) {
            self.patience.since -= time;
        }

        /// Receives bytes, which its other end sends.
        fn receive(&mut self, peer: &mut TcpStream, bytes: usize) -> io::Result<()> {
            peer.write_all(&vec![0; bytes])?;
            self.read_exact(&mut vec![0; bytes])
        }
    }

    #[test]
    fn an_interruption_ends_reads_and_writes_that_need_not_wait() {
        let (mut wire, mut peer) = wire();
        peer.write_all(&[0]).unwrap();
        wire.patience.interrupter.interrupt();
        for error in [wire.write(&[0]).unwrap_err(), wire.read(&mut [0]).unwrap_err()] {
            assert_eq!(Errno::from_io_error(&error), Some(Errno::CANCELED));
        }
        wire.set_waits(false);
        assert_eq!(wire.write(&[0]).unwrap(), 1, "what closes something is sent");
    }

    #[test]
    fn a_server_that_sends_too_little_within_the_timeout_is_given_up() {
        let (mut wire, mut peer) = wire();
        wire.receive(&mut peer, 1).unwrap();
        wire.age(TIMEOUT);
        let error = wire.receive(&mut peer, 1).unwrap_err();
        assert_eq!(Errno::from_io_error(&error), Some(Errno::TIMEDOUT));
        let error = wire.write(&[0]).unwrap_err();
        assert_eq!(Errno::from_io_error(&error), Some(Errno::TIMEDOUT));
        wire.restart();
        wire.write_all(&[0]).unwrap();
    }

    #[test]
    fn a_reply_that_has_arrived_while_the_process_stood_still_is_in_time() {
        let (mut wire, mut peer) = wire();
        wire.age(TIMEOUT);
        wire.receive(&mut peer, 1).unwrap();
        let error = wire.receive(&mut peer, 1).unwrap_err();
        assert_eq!(Errno::from_io_error(&error), Some(Errno::TIMEDOUT));
    }

    #[test]
    fn a_server_that_makes_progress_has_the_whole_timeout_again() {
        let (mut wire, mut peer) = wire();
        wire.age(TIMEOUT / 2);
        for _ in 1..PROGRESS >> 10 {
            wire.receive(&mut peer, 1 << 10).unwrap();
        }
        assert!(wire.patience.since.elapsed() >= TIMEOUT / 2);
        wire.receive(&mut peer, 1 << 10).unwrap();
        assert!(wire.patience.since.elapsed() < TIMEOUT / 2);
    }
}
