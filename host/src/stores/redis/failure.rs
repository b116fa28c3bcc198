//! Why a request failed, and the plugin's error for it.

use std::io;

use filemap::error::Error;
use filemap::fs::{IoError, IoErrorKind};
use filemap::message;
use redis::ServerError;
use rustix::io::Errno;

/// The maximum number of characters of a server's own message.
const MAX_MESSAGE: usize = 200;

/// The result of a request.
pub(super) type Outcome<T> = Result<T, Failure>;

/// Why a request failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server has not replied. Whether it carries the request out is not known.
    Io(io::Error),
    /// The request was not sent, or not completely. A transaction has not happened then.
    Broken(io::Error),
    /// The server refused the request.
    Refused(ServerError),
    /// The server's reply has another form than the documented one.
    Reply,
    /// A temporary value is not as it was left: the server has removed it, or lost a part of it.
    Lost,
    /// An earlier request for the same temporary value has failed.
    InDoubt,
}

impl Failure {
    /// Whether the next request can use the same connection. It then comes after this one on the
    /// server, even if the server carries this one out later.
    pub(super) fn keeps_connection(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Lost | Self::InDoubt => true,
            Self::Reply | Self::Broken(_) => false,
            Self::Io(error) => {
                matches!(Errno::from_io_error(error), Some(Errno::CANCELED | Errno::TIMEDOUT))
            }
        }
    }

    /// Returns the plugin's error: "cannot `action` `path`", followed by the reason. The plugin
    /// does not learn where the server is, or who its users are.
    pub(super) fn into_error(self, action: &str, path: &str) -> Error {
        let (kind, reason): (fn(String) -> Error, String) = match self {
            Self::Io(error) | Self::Broken(error) => io_reason(&error),
            Self::Refused(error) => refusal(&error),
            Self::Reply => {
                (Error::Other, "the server has sent something that is not a reply of Redis".into())
            }
            Self::Lost => (
                Error::NotFound,
                "the server does not have the temporary value any more: it was not used for an \
                 hour, or the server has lost it; begin again"
                    .into(),
            ),
            Self::InDoubt => (
                Error::Unavailable,
                "an earlier write has failed, and whether the server has its bytes is not known; \
                 begin again"
                    .into(),
            ),
        };
        kind(message!("cannot {action} `{path}`: {reason}"))
    }
}

impl From<IoError> for Failure {
    /// The error of a checkpoint.
    fn from(_: IoError) -> Self {
        Self::Broken(Errno::CANCELED.into())
    }
}

/// The code and the reason of an error of the connection.
fn io_reason(error: &io::Error) -> (fn(String) -> Error, String) {
    let text = |kind: IoErrorKind| IoError::from(kind).to_string();
    match Errno::from_io_error(error) {
        Some(Errno::CANCELED) => (Error::Interrupted, text(IoErrorKind::Interrupted)),
        Some(Errno::FBIG) => (
            Error::LimitExceeded,
            "the server's reply is larger than one call moves; request less".into(),
        ),
        Some(Errno::MFILE | Errno::NFILE) => {
            (Error::LimitExceeded, text(IoErrorKind::TooManyHandles))
        }
        _ => {
            let unavailable = text(IoErrorKind::Unavailable);
            (Error::Unavailable, format!("{unavailable} ({})", error.kind()))
        }
    }
}

/// The code and the reason of a server's refusal.
fn refusal(error: &ServerError) -> (fn(String) -> Error, String) {
    let code = error.code();
    let detail: String = error.details().unwrap_or_default().chars().take(MAX_MESSAGE).collect();
    match code {
        // Their texts name users.
        "NOAUTH" | "WRONGPASS" | "NOPERM" => (
            Error::AccessDenied,
            format!(
                "the server does not allow it ({code}); the embedder's credentials decide this"
            ),
        ),
        "READONLY" => {
            (Error::AccessDenied, "the server is a replica, which takes no changes".into())
        }
        "OOM" => (Error::NoSpace, "the server has no memory left; remove some values".into()),
        "MISCONF" if detail.contains("No space left") => {
            (Error::NoSpace, "the server's disk is full".into())
        }
        "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "BUSY" => {
            (Error::Unavailable, format!("the server is not ready ({code}); try again later"))
        }
        "MOVED" | "ASK" | "CROSSSLOT" => (
            Error::Unsupported,
            "the server is a node of a cluster, and a store needs a single server".into(),
        ),
        "WRONGTYPE" => (
            Error::Corrupt,
            "something else has put an entry of another type in the place of the value".into(),
        ),
        "ERR" if detail.contains("maximum allowed size") => (
            Error::LimitExceeded,
            "the value is larger than the server allows (`proto-max-bulk-len`)".into(),
        ),
        "ERR" if detail.starts_with("unknown command") => {
            (Error::Unsupported, "the server is older than Redis 7".into())
        }
        _ => (Error::Other, format!("the server answered {code} {detail}")),
    }
}
