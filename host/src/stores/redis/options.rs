//! What an embedder says about a store in Redis.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::address::{self, Address, Credentials};
use super::link::Server;
use super::names::Names;
use super::upload::provider;
use crate::interrupter::Interrupter;

/// The default of [`RedisOptions::timeout`].
const TIMEOUT: Duration = Duration::from_secs(10);

/// A store in Redis that plugins can open, once
/// [`CtxBuilder::store_at`](crate::CtxBuilder::store_at) has put it at a path. A clone is the same
/// store.
///
/// Each store that a plugin opens has a connection of its own. Several hosts can share a store: the
/// page `docs/redis.md` says what each call guarantees then.
///
/// ```no_run
/// use filemap_host::{CtxBuilder, RedisStore};
///
/// let store = RedisStore::connect("redis://cache.example.com:6379/0", "results")?;
/// let ctx = CtxBuilder::new().store_at("results", store).build();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct RedisStore {
    server: Arc<Server>,
    names: Names,
}

/// Configures a [`RedisStore`].
///
/// ```no_run
/// use std::time::Duration;
/// use filemap_host::RedisOptions;
///
/// let password = std::fs::read_to_string("/run/secrets/redis")?;
/// let store = RedisOptions::new("rediss://cache.example.com", "results")?
///     .credentials(None, password.trim_end())
///     .timeout(Duration::from_secs(3))
///     .connect()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct RedisOptions {
    address: Address,
    names: Names,
    credentials: Option<Credentials>,
    certificates: Option<Vec<u8>>,
    timeout: Duration,
}

impl RedisStore {
    /// Connects to a server with the default options, as [`RedisOptions::connect`] does.
    ///
    /// # Errors
    ///
    /// Those of [`RedisOptions::new`] and [`RedisOptions::connect`].
    pub fn connect(url: &str, prefix: &str) -> io::Result<Self> {
        RedisOptions::new(url, prefix)?.connect()
    }

    pub(super) const fn parts(&self) -> (&Arc<Server>, &Names) {
        (&self.server, &self.names)
    }
}

impl RedisOptions {
    /// Returns the options for the server of a URL `redis://[[user]:password@]host[:port][/db]`, or
    /// `rediss://...` for TLS. All entries of the store on the server have names that begin with
    /// `{prefix}:`. The prefix has 1 to 200 bytes, and neither braces nor control characters.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) if the URL or the prefix is invalid. No error
    /// of a store contains credentials.
    pub fn new(url: &str, prefix: &str) -> io::Result<Self> {
        let (address, credentials) = address::parse(url)?;
        let names = Names::new(prefix)?;
        Ok(Self { address, names, credentials, certificates: None, timeout: TIMEOUT })
    }

    /// Sets the password, and the user that it belongs to: `None` is the user `default`. Replaces
    /// those of the URL.
    #[must_use]
    pub fn credentials(mut self, username: Option<&str>, password: &str) -> Self {
        let (username, password) = (username.map(Into::into), password.into());
        self.credentials = Some(Credentials { username, password });
        self
    }

    /// Sets the certificates, in PEM, of the authorities that may have signed the certificate of a
    /// server with TLS. By default these are the system's, or those of the file that the
    /// environment variable `SSL_CERT_FILE` names.
    #[must_use]
    pub fn certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates = Some(pem.into());
        self
    }

    /// Sets the time in which the server must send or take 64 KiB, or else the rest of a request,
    /// or of its replies. If it does not, the call is `unavailable`. A longer transfer may take
    /// longer; an [`Interrupter`] ends it. Default: 10 seconds.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Connects to the server, to find out whether it can be used, and returns the store. A server
    /// that cannot be reached later is `unavailable` for the plugin until it can be reached again.
    ///
    /// # Errors
    ///
    /// Fails if the server cannot be reached, refuses the credentials, or has no valid certificate.
    pub fn connect(self) -> io::Result<RedisStore> {
        let Self { address, names, credentials, certificates, timeout } = self;
        let tls = if address.is_tls { Some(Arc::new(tls(certificates)?)) } else { None };
        let server = Server { address, credentials, tls, timeout };
        match server.connect(&Interrupter::new()) {
            Ok(_) => Ok(RedisStore { server: Arc::new(server), names }),
            Err(failure) => {
                let error = failure.into_error("connect to", &server.address.to_string());
                Err(io::Error::other(error.into_message()))
            }
        }
    }
}

/// Returns how to use TLS.
fn tls(certificates: Option<Vec<u8>>) -> io::Result<ClientConfig> {
    let invalid = |text: String| io::Error::new(io::ErrorKind::InvalidInput, text);
    let mut roots = RootCertStore::empty();
    if let Some(pem) = certificates {
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate
                .map_err(|error| invalid(format!("a certificate is invalid: {error}")))?;
            roots
                .add(certificate)
                .map_err(|error| invalid(format!("a certificate is invalid: {error}")))?;
        }
    } else {
        let found = rustls_native_certs::load_native_certs();
        // A system may have some that are too old to be valid.
        roots.add_parsable_certificates(found.certs);
    }
    if roots.is_empty() {
        return Err(invalid(
            "there is no certificate of an authority that could have signed the server's: install \
             the system's, or name a file by `SSL_CERT_FILE`"
                .into(),
        ));
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(io::Error::other)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { server, names } = self;
        formatter
            .debug_struct("RedisStore")
            .field("address", &server.address)
            .field("names", names)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RedisOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, names, timeout, .. } = self;
        formatter
            .debug_struct("RedisOptions")
            .field("address", address)
            .field("names", names)
            .field("timeout", timeout)
            .finish_non_exhaustive()
    }
}
