//! The address of a server and the credentials for it, from a URL.

use std::fmt;
use std::io;

use filemap::store::key::unquote;
use url::{Host, Url};

/// The port of a server whose URL has none.
const PORT: u16 = 6379;

/// A server and a database on it. It can be printed: the credentials are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) database: u32,
    pub(super) is_tls: bool,
}

/// A password, and the user that it belongs to. It implements neither `Debug` nor `Display`, so
/// that it cannot get into a message.
#[derive(Clone)]
pub(super) struct Credentials {
    /// `None` for the user `default`.
    pub(super) username: Option<String>,
    pub(super) password: String,
}

/// Parses `redis://[[user]:password@]host[:port][/database]`, or the same with `rediss` for TLS.
/// The errors have no part of the URL, which may contain a password.
pub(super) fn parse(text: &str) -> io::Result<(Address, Option<Credentials>)> {
    let url = Url::parse(text).map_err(|error| invalid(&error.to_string()))?;
    let is_tls = match url.scheme() {
        "redis" => false,
        "rediss" => true,
        _ => return Err(invalid("it begins with neither `redis://` nor `rediss://`")),
    };
    let host = match url.host() {
        Some(Host::Domain(name)) if !name.is_empty() => unquote(name).into_owned(),
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => address.to_string(),
        _ => return Err(invalid("it has no host")),
    };
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("it has a `?` or `#`, after which nothing is expected"));
    }
    let database = match url.path().trim_start_matches('/') {
        "" => 0,
        number => {
            number.parse().map_err(|_| invalid("its path is not the number of a database"))?
        }
    };
    let address = Address { host, port: url.port().unwrap_or(PORT), database, is_tls };
    let username = Some(url.username()).filter(|name| !name.is_empty());
    let credentials = url.password().map(|password| Credentials {
        username: username.map(|name| unquote(name).into_owned()),
        password: unquote(password).into_owned(),
    });
    if username.is_some() && credentials.is_none() {
        return Err(invalid("it has a user without a password"));
    }
    Ok((address, credentials))
}

fn invalid(reason: &str) -> io::Error {
    let text = format!(
        "the URL of the Redis server is invalid: {reason}; it has the form \
         `redis://host:port/database`"
    );
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, database, is_tls } = self;
        let scheme = if *is_tls { "rediss" } else { "redis" };
        let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
        write!(formatter, "{scheme}://{open}{host}{close}:{port}/{database}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_printed_without_its_credentials() {
        for (url, printed) in [
            ("redis://localhost", "redis://localhost:6379/0"),
            ("redis://10.0.0.7:7000/3", "redis://10.0.0.7:7000/3"),
            ("rediss://user:secret@cache.example.com", "rediss://cache.example.com:6379/0"),
            ("redis://:secret@[::1]:6380/", "redis://[::1]:6380/0"),
        ] {
            let (address, _) = parse(url).unwrap();
            assert_eq!(address.to_string(), printed);
            assert!(!format!("{address:?}").contains("secret"));
        }
    }

    #[test]
    fn credentials_are_unquoted() {
        let (_, credentials) = parse("redis://a%20b:p%40%2Fw@host").unwrap();
        let credentials = credentials.unwrap();
        assert_eq!(
            (credentials.username.as_deref(), &*credentials.password),
            (Some("a b"), "p@/w")
        );
        let (_, credentials) = parse("redis://:word@host").unwrap();
        assert_eq!(credentials.unwrap().username, None);
        assert!(parse("redis://host").unwrap().1.is_none());
    }

    #[test]
    fn an_invalid_url_is_an_error_that_does_not_repeat_it() {
        for url in [
            "",
            "localhost:6379",
            "http://:secret@host",
            "redis://",
            "redis://:secret@",
            "redis://:secret@host:port",
            "redis://:secret@host/zero",
            "redis://:secret@host/-1",
            "redis://:secret@host/0?db=1",
            "redis://:secret@host#x",
            "redis://secret@host",
        ] {
            let error = parse(url).err().unwrap_or_else(|| panic!("{url} is valid"));
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
