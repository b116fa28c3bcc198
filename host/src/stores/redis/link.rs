//! The link of one open store to its server: one connection, which is opened again when the server
//! has closed it.

use std::borrow::Borrow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use redis::{Cmd, Value, cmd};
use rustix::io::Errno;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::address::{Address, Credentials};
use super::connection::{Connection, Request, Stream};
use super::failure::{Failure, Outcome};
use super::wire::{Patience, Wire};
use crate::interrupter::Interrupter;

/// A server, and how to connect to it.
pub(super) struct Server {
    pub(super) address: Address,
    pub(super) credentials: Option<Credentials>,
    pub(super) tls: Option<Arc<ClientConfig>>,
    pub(super) timeout: Duration,
}

impl Server {
    /// Opens a connection.
    pub(super) fn connect(&self, interrupter: &Interrupter) -> Outcome<Connection> {
        let patience = Patience::new(interrupter.clone(), self.timeout);
        let mut wire = Wire::connect(&self.address, patience).map_err(Failure::Broken)?;
        wire.restart();
        let stream = match &self.tls {
            None => Stream::Plain(wire),
            Some(tls) => {
                let name = ServerName::try_from(self.address.host.clone());
                let name = name.map_err(|_| Failure::Broken(Errno::HOSTUNREACH.into()))?;
                let client = ClientConnection::new(Arc::clone(tls), name);
                let client =
                    client.map_err(|error| Failure::Broken(std::io::Error::other(error)))?;
                Stream::Tls(Box::new(StreamOwned::new(client, wire)))
            }
        };
        Connection::log_in(stream, self.credentials.as_ref(), self.address.database)
    }
}

/// The link of one open store.
pub(super) struct Link {
    server: Arc<Server>,
    interrupter: Interrupter,
    connection: Mutex<Option<Connection>>,
}

impl Link {
    pub(super) const fn new(server: Arc<Server>, interrupter: Interrupter) -> Self {
        Self { server, interrupter, connection: Mutex::new(None) }
    }

    /// Fails if the host has ended the calls of the plugin.
    pub(super) fn checkpoint(&self) -> Result<(), filemap::fs::IoError> {
        self.interrupter.checkpoint()
    }

    /// Begins a sequence of requests on one connection. Connects if there is none, or if the server
    /// has closed it meanwhile. Nothing was sent then, so that no change is in doubt.
    pub(super) fn session(&self) -> Outcome<Session<'_>> {
        self.checkpoint()?;
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.as_mut().is_none_or(Connection::is_dead) {
            *connection = None;
            *connection = Some(self.server.connect(&self.interrupter)?);
        }
        Ok(Session { link: self, connection })
    }

    /// Removes an entry without waiting for the server. If that cannot be done, the entry expires.
    pub(super) fn forget(&self, name: &str) {
        let mut connection = match self.connection.try_lock() {
            Ok(connection) => connection,
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let commands = [reply_skip(), command("UNLINK", &[name])];
        let told = connection.as_mut().map(|it| it.tell(&commands.iter().collect()));
        if told.is_some_and(|told| told.is_err()) {
            *connection = None;
        }
    }
}

/// A sequence of requests that no other request interrupts.
pub(super) struct Session<'a> {
    link: &'a Link,
    connection: MutexGuard<'a, Option<Connection>>,
}

impl Session<'_> {
    /// Sends a command, and returns its reply, which has at most `max` bytes.
    pub(super) fn call(&mut self, command: &Cmd, max: u64) -> Outcome<Value> {
        self.batch([command], max)?.pop().ok_or(Failure::Reply)
    }

    /// Sends commands together, and returns their replies, which have at most `max` bytes together.
    /// Fails if the server refuses one of them.
    pub(super) fn batch<'c>(
        &mut self,
        commands: impl IntoIterator<Item = &'c Cmd>,
        max: u64,
    ) -> Outcome<Vec<Value>> {
        self.exchange(&commands.into_iter().collect(), max)?.into_iter().map(refused).collect()
    }

    /// Executes commands as a transaction: all at one moment. Returns their replies, or `None` if
    /// an entry has changed that an earlier `WATCH` of the session names.
    pub(super) fn transact<C: Borrow<Cmd>>(
        &mut self,
        commands: impl IntoIterator<Item = C>,
        max: u64,
    ) -> Outcome<Option<Vec<Value>>> {
        let request = self.transaction(commands)?;
        self.execute(&request, max)
    }

    /// Like [`transact`](Self::transact), without an earlier `WATCH`.
    pub(super) fn transact_always<C: Borrow<Cmd>>(
        &mut self,
        commands: impl IntoIterator<Item = C>,
        max: u64,
    ) -> Outcome<Vec<Value>> {
        let request = self.transaction(commands)?;
        // An interrupted call may have left a `WATCH`, which ends with the first transaction.
        for _ in 0..2 {
            if let Some(replies) = self.execute(&request, max)? {
                return Ok(replies);
            }
        }
        Err(Failure::Reply)
    }

    /// Returns commands as a transaction.
    fn transaction<C: Borrow<Cmd>>(
        &self,
        commands: impl IntoIterator<Item = C>,
    ) -> Outcome<Request> {
        let mut request = Request::default();
        request.add(&cmd("MULTI"));
        for command in commands {
            // The values of an update have 128 MiB together, whose copy takes a tenth of a second.
            self.link.checkpoint()?;
            request.add(command.borrow());
        }
        request.add(&cmd("EXEC"));
        Ok(request)
    }

    /// Sends a transaction.
    fn execute(&mut self, transaction: &Request, max: u64) -> Outcome<Option<Vec<Value>>> {
        let mut replies = self.exchange(transaction, max)?;
        let executed = replies.pop().ok_or(Failure::Reply)?;
        let count = replies.len() - 1;
        for (number, reply) in replies.into_iter().enumerate() {
            // A refused command is the reason why `EXEC` fails.
            match refused(reply)? {
                Value::Okay if number == 0 => {}
                Value::SimpleString(text) if number > 0 && text == "QUEUED" => {}
                _ => return Err(Failure::Reply),
            }
        }
        match refused(executed)? {
            Value::Array(replies) if replies.len() == count => {
                replies.into_iter().map(refused).collect::<Outcome<_>>().map(Some)
            }
            Value::Nil => Ok(None),
            _ => Err(Failure::Reply),
        }
    }

    /// Ends what an interrupted call has left watched.
    pub(super) fn unwatch(&mut self) -> Outcome<()> {
        self.call(&cmd("UNWATCH"), 0).map(drop)
    }

    fn exchange(&mut self, request: &Request, max: u64) -> Outcome<Vec<Value>> {
        let lost = || Failure::Broken(Errno::NOTCONN.into());
        let result = self.connection.as_mut().ok_or_else(lost)?.exchange(request, max);
        if result.as_ref().is_err_and(|failure| !failure.keeps_connection()) {
            *self.connection = None;
        }
        result
    }
}

/// Returns a command with these arguments.
pub(super) fn command(name: &str, arguments: &[&str]) -> Cmd {
    let mut command = cmd(name);
    command.arg(arguments);
    command
}

/// The command that keeps the server from replying to the next one.
fn reply_skip() -> Cmd {
    command("CLIENT", &["REPLY", "SKIP"])
}

/// Fails if a reply is the server's refusal.
fn refused(reply: Value) -> Outcome<Value> {
    match reply {
        Value::ServerError(error) => Err(Failure::Refused(error)),
        reply => Ok(reply),
    }
}
