//! A connection to a server: requests and their replies.
//!
//! The server carries out the requests of a connection in their order. So after an interruption or
//! a time-out the connection stays, and the next call first reads the replies that are still to
//! come. With a new connection, an old request could be carried out after a later one.

use std::io::{Read, Write};

use redis::{Cmd, Parser, Value, cmd};
use rustls::{ClientConnection, StreamOwned};

use super::address::Credentials;
use super::failure::{Failure, Outcome};
use super::wire::Wire;

/// The number of bytes of a reply besides its data.
const OVERHEAD: u64 = 1 << 10;

/// The number of bytes that a server may send to begin TLS.
const HANDSHAKE: u64 = 1 << 16;

/// The size from which a reply's memory is freed after the call.
const KEPT: u64 = 1 << 20;

/// The commands of a request.
#[derive(Default)]
pub(super) struct Request {
    packed: Vec<u8>,
    replies: usize,
}

impl Request {
    /// Adds a command.
    pub(super) fn add(&mut self, command: &Cmd) {
        command.write_packed_command(&mut self.packed);
        self.replies += 1;
    }
}

impl<'a> FromIterator<&'a Cmd> for Request {
    fn from_iter<I: IntoIterator<Item = &'a Cmd>>(commands: I) -> Self {
        let mut request = Self::default();
        commands.into_iter().for_each(|command| request.add(command));
        request
    }
}

/// An open connection.
pub(super) struct Connection {
    stream: Stream,
    parser: Parser,
    /// The number of replies to earlier requests that were not read.
    outstanding: usize,
}

/// The bytes of a connection.
pub(super) enum Stream {
    Plain(Wire),
    Tls(Box<StreamOwned<ClientConnection, Wire>>),
}

impl Stream {
    fn wire(&mut self) -> &mut Wire {
        match self {
            Self::Plain(wire) => wire,
            Self::Tls(stream) => &mut stream.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Plain(wire) => wire.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

impl Connection {
    /// Logs in, and chooses the database.
    pub(super) fn log_in(
        stream: Stream,
        credentials: Option<&Credentials>,
        database: u32,
    ) -> Outcome<Self> {
        let mut connection = Self { stream, parser: Parser::new(), outstanding: 0 };
        let mut request = Request::default();
        if let Some(Credentials { username, password }) = credentials {
            let mut login = cmd("AUTH");
            login.arg(username.as_deref()).arg(password);
            request.add(&login);
        }
        request.add(cmd("SELECT").arg(database));
        for reply in connection.exchange(&request, HANDSHAKE)? {
            if let Value::ServerError(error) = reply {
                return Err(Failure::Refused(error));
            }
        }
        Ok(connection)
    }

    /// Whether the server has closed the connection, or sent something that nobody has asked for.
    pub(super) fn is_dead(&mut self) -> bool {
        match self.stream.wire().has_bytes() {
            None => true,
            Some(has_bytes) => has_bytes && self.outstanding == 0,
        }
    }

    /// Sends a request and returns the replies, which have at most `max` bytes of data. If the
    /// failure does not [keep the connection](Failure::keeps_connection), it must not be used any
    /// more.
    pub(super) fn exchange(&mut self, request: &Request, max: u64) -> Outcome<Vec<Value>> {
        self.stream.wire().restart();
        while self.outstanding > 0 {
            self.reply()?;
        }
        // What an earlier call has left does not take the time of this one.
        self.stream.wire().restart();
        // TLS adds less than a hundredth.
        let overhead = (request.replies as u64).saturating_mul(OVERHEAD).saturating_add(max / 100);
        let max = max.saturating_add(overhead);
        self.stream.wire().allow(max);
        self.send(&request.packed)?;
        self.outstanding = request.replies;
        // The server has the whole time-out to begin its replies.
        self.stream.wire().restart();
        let replies = (0..request.replies).map(|_| self.reply()).collect();
        if max - self.stream.wire().allowed() > KEPT && self.outstanding == 0 {
            // All replies were read, so nothing is left in the parser but its memory.
            self.parser = Parser::new();
        }
        replies
    }

    /// Sends commands whose replies the server leaves out, if that is possible without waiting.
    pub(super) fn tell(&mut self, request: &Request) -> Outcome<()> {
        if self.outstanding > 0 {
            return Ok(());
        }
        self.stream.wire().set_waits(false);
        let sent = self.send(&request.packed);
        self.stream.wire().set_waits(true);
        sent
    }

    fn send(&mut self, bytes: &[u8]) -> Outcome<()> {
        let sent = self.stream.write_all(bytes).and_then(|()| self.stream.flush());
        // A request that was sent in part breaks the connection, whatever the reason.
        sent.map_err(Failure::Broken)
    }

    fn reply(&mut self) -> Outcome<Value> {
        match self.parser.parse_value(&mut self.stream) {
            Ok(reply) => {
                self.outstanding -= 1;
                Ok(reply)
            }
            Err(error) => Err(match self.stream.wire().take_error() {
                Some(error) => Failure::Io(error.into()),
                None if error.is_io_error() => {
                    Failure::Io(std::io::ErrorKind::UnexpectedEof.into())
                }
                None => Failure::Reply,
            }),
        }
    }
}
