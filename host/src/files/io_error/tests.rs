//! The WIT's error code for each error of the operating system.

use filemap::error::{Error, ErrorCode};
use rustix::io::Errno;

use super::io_error;

#[test]
fn each_system_error_has_its_code_in_the_wit() {
    for (code, errors) in [
        (ErrorCode::NotFound, &[Errno::NOENT][..]),
        (ErrorCode::AccessDenied, &[Errno::ACCESS, Errno::PERM, Errno::ROFS]),
        (ErrorCode::Busy, &[Errno::BUSY, Errno::TXTBSY, Errno::AGAIN, Errno::WOULDBLOCK]),
        (
            ErrorCode::InvalidArgument,
            &[
                Errno::INVAL,
                Errno::ISDIR,
                Errno::NOTDIR,
                Errno::EXIST,
                Errno::NAMETOOLONG,
                Errno::LOOP,
                Errno::FBIG,
                Errno::NXIO,
                Errno::ILSEQ,
            ],
        ),
        (ErrorCode::NoSpace, &[Errno::NOSPC, Errno::DQUOT]),
        (ErrorCode::LimitExceeded, &[Errno::NOMEM, Errno::MFILE, Errno::NFILE]),
        (ErrorCode::Unsupported, &[Errno::NOTSUP, Errno::NOSYS]),
        (
            ErrorCode::Unavailable,
            &[
                Errno::STALE,
                Errno::NOTCONN,
                Errno::HOSTDOWN,
                Errno::HOSTUNREACH,
                Errno::NETDOWN,
                Errno::NETUNREACH,
                Errno::TIMEDOUT,
                Errno::NODEV,
                Errno::NOLINK,
            ],
        ),
        (ErrorCode::Interrupted, &[Errno::INTR, Errno::CANCELED]),
        (ErrorCode::Other, &[Errno::IO, Errno::NOTTY]),
    ] {
        for &error in errors {
            let found = Error::io("read", "x", &io_error(error.into()));
            assert_eq!(found.code(), code, "{error:?}: {found}");
            assert!(found.message().starts_with("cannot read `x`: "), "{found}");
        }
    }
}
