//! The socket to a server. Its reads and writes end when the call is interrupted, and when the
//! server does nothing for too long.
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

/// A socket, and the limits on the call that uses it.
pub(super) struct Wire {
    socket: TcpStream,
    patience: Patience,
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
}

impl Patience {
    pub(super) fn new(interrupter: Interrupter, timeout: Duration) -> Self {
        Self { interrupter, timeout, since: Instant::now() }
    }

    /// Fails if the call must not wait any longer.
    fn check(&self) -> io::Result<()> {
        if self.interrupter.is_interrupted() {
            return Err(Errno::CANCELED.into());
        }
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
        Ok(Self { socket, patience, left: 0, error: None })
    }

    /// Begins to count the time of a call.
    pub(super) fn restart(&mut self) {
        self.patience.since = Instant::now();
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
            match act(&mut self.socket) {
                Ok(count) => {
                    self.patience.since = Instant::now();
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error)
                    if matches!(
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
