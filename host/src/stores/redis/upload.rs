//! Values that come in pieces: a temporary entry, to which the pieces are appended, and which a
//! transaction renames at the end.

use std::sync::Arc;

use filemap::checkpoint::PIECE;
use redis::Cmd;
use rustls::crypto::CryptoProvider;

use super::failure::{Failure, Outcome};
use super::link::{Session, command};
use super::open_store::{OpenStore, SHORT};
use super::replies::{exactly, number};

/// The time after which the server removes a temporary entry that nobody uses, in seconds.
pub(super) const LIFETIME: &str = "3600";

/// The number of bytes that are gathered before they are sent.
const MAX_GATHERED: usize = 64 << 10;

/// A value that is not complete. Dropping it removes the temporary entry.
pub(super) struct Upload {
    store: Arc<OpenStore>,
    /// The temporary entry, once there is one.
    name: Option<String>,
    /// The number of bytes in the entry.
    sent: u64,
    /// The bytes that follow.
    gathered: Vec<u8>,
    /// Whether a request has failed, so that the content of the entry is not known.
    is_broken: bool,
}

impl Upload {
    pub(super) const fn new(store: Arc<OpenStore>) -> Self {
        Self { store, name: None, sent: 0, gathered: Vec::new(), is_broken: false }
    }

    /// Returns the length of the value so far.
    pub(super) const fn length(&self) -> u64 {
        self.sent + self.gathered.len() as u64
    }

    /// Appends bytes. After an error nothing can be appended or committed any more, unless nothing
    /// was sent.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Outcome<()> {
        self.check()?;
        if self.gathered.len() + bytes.len() <= MAX_GATHERED {
            self.gathered.extend_from_slice(bytes);
            return Ok(());
        }
        self.flush()?;
        let before = self.sent;
        let sent = bytes.chunks(PIECE).try_for_each(|piece| self.send(piece));
        self.is_broken |= sent.is_err() && self.sent != before;
        sent
    }

    /// Ends the value: sends the rest of it, or returns all of it if nothing was sent.
    pub(super) fn finish(&mut self) -> Outcome<Option<Vec<u8>>> {
        self.check()?;
        if self.name.is_none() {
            return Ok(Some(std::mem::take(&mut self.gathered)));
        }
        self.flush()?;
        Ok(None)
    }

    /// Takes the value. Nothing can be appended to what is left.
    pub(super) fn take(&mut self) -> Self {
        let mut left = Self::new(Arc::clone(&self.store));
        left.is_broken = true;
        std::mem::replace(self, left)
    }

    /// Watches the temporary entry until the next transaction of the session. Fails if it does not
    /// have all bytes.
    pub(super) fn watch(&self, session: &mut Session<'_>) -> Outcome<()> {
        let name = self.name.as_deref().ok_or(Failure::Lost)?;
        let commands = [command("WATCH", &[name]), command("STRLEN", &[name])];
        let [_, length] = exactly(session.batch(&commands, SHORT)?)?;
        if number(&length)? == self.sent { Ok(()) } else { Err(Failure::Lost) }
    }

    /// Returns the commands that rename the temporary entry to `value` by `RENAME` or `RENAMENX`,
    /// and let it stay.
    pub(super) fn rename(&self, rename: &str, value: &str) -> [Cmd; 2] {
        let name = self.name.as_deref().unwrap_or_default();
        [command(rename, &[name, value]), command("PERSIST", &[value])]
    }

    /// Forgets the temporary entry, which was renamed.
    pub(super) fn forget(&mut self) {
        self.name = None;
    }

    fn check(&self) -> Outcome<()> {
        if self.is_broken { Err(Failure::InDoubt) } else { Ok(()) }
    }

    fn flush(&mut self) -> Outcome<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let gathered = std::mem::take(&mut self.gathered);
        self.send(&gathered).inspect_err(|_| self.gathered = gathered)
    }

    /// Appends a piece to the temporary entry.
    fn send(&mut self, piece: &[u8]) -> Outcome<()> {
        let store = Arc::clone(&self.store);
        let mut session = store.link.session()?;
        let name = match &mut self.name {
            Some(name) => &*name,
            none => none.insert(temporary_name(&store)),
        };
        let mut append = command("APPEND", &[name]);
        append.arg(piece);
        let commands = [append, command("EXPIRE", &[name, LIFETIME])];
        let expected = self.sent + piece.len() as u64;
        // Until the reply is there, and is the right one.
        self.is_broken = true;
        let [length, _] = exactly::<2>(session.batch(&commands, SHORT)?)?;
        if number(&length)? != expected {
            return Err(Failure::Lost);
        }
        self.sent = expected;
        self.is_broken = false;
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            self.store.link.forget(name);
        }
    }
}

/// Returns a new name for a temporary entry.
pub(super) fn temporary_name(store: &OpenStore) -> String {
    let mut token = [0; 16];
    provider().secure_random.fill(&mut token).expect("the system has random numbers");
    store.names.temporary(u128::from_le_bytes(token))
}

/// Returns the cryptography of TLS, whose random numbers also make names.
pub(super) fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}
