//! Installs what the tests of stores in Redis use: a server, its client, and a maker of
//! certificates.

use std::process::Command;

use anyhow::Result;

use crate::apt;
use crate::process::stdout_of;

/// The programs, each with an option that makes it print something and end.
const PROGRAMS: [(&str, &str); 3] =
    [("redis-server", "--version"), ("redis-cli", "--version"), ("openssl", "version")];

/// Installs Debian's packages, unless their programs are there.
pub(crate) fn install() -> Result<()> {
    let is_there =
        |(program, option): (&str, &str)| stdout_of(Command::new(program).arg(option)).is_ok();
    if PROGRAMS.into_iter().all(is_there) { Ok(()) } else { apt::install("redis-server openssl") }
}
