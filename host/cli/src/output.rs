//! Output to files and to standard output.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// The maximum number of links that lead to a new file, as on Linux.
const MAX_LINKS: usize = 40;

/// Writes to a path. The path `-` means standard output.
///
/// A regular file is replaced atomically: after a failure it has its old contents. A link keeps
/// leading to its target, which is replaced or created. A pipe or a character device is written to.
/// Nothing else is replaced or written to.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if path.as_os_str() == "-" {
        return print(bytes);
    }
    write_file(path, bytes).with_context(|| format!("failed to write `{}`", path.display()))
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return replace(&missing_target(path)?, bytes).map_err(Into::into);
        }
        Err(error) => return Err(error.into()),
    };
    let kind = found.file_type();
    if kind.is_file() {
        // A link of `/proc` may lead to a file that has no path any more.
        let target = fs::canonicalize(path).ok().filter(|target| {
            fs::metadata(target)
                .is_ok_and(|target| (target.dev(), target.ino()) == (found.dev(), found.ino()))
        });
        let written = match target {
            Some(target) => replace(&target, bytes),
            None => fs::write(path, bytes),
        };
        return written.map_err(Into::into);
    }
    if kind.is_fifo() || kind.is_char_device() {
        let mut opened = fs::OpenOptions::new().write(true).open(path)?;
        return opened.write_all(bytes).map_err(Into::into);
    }
    let kind = if kind.is_dir() {
        "a directory"
    } else if kind.is_block_device() {
        "a block device"
    } else {
        "a socket"
    };
    bail!("it is {kind}, and is not replaced: name a file")
}

/// Follows links to a file that does not exist.
fn missing_target(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = folder(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::ErrorKind::TooManyLinks.into())
}

/// Writes a regular file under a temporary name, and renames it.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file =
        tempfile::Builder::new().permissions(default_permissions()).tempfile_in(folder(path))?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Returns the folder of a file.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes to standard output.
pub(crate) fn print(bytes: &[u8]) -> Result<()> {
    let mut output = io::stdout().lock();
    output
        .write_all(bytes)
        .and_then(|()| output.flush())
        .context("failed to write to standard output")
}

/// Whether the error is that the reader of standard output has closed the pipe.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Returns the permissions of a new file, from which the system removes the user's umask. Those of
/// a temporary file are private to the user.
fn default_permissions() -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o666)
}
