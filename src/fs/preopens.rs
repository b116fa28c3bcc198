//! Preopens: finds the granted directory that a plugin's path belongs to.
//!
//! This module compares paths as texts. It does not follow `..` or links: the provider's sandbox
//! does.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::display::excerpt;
use crate::error::{Error, Result};
use crate::limits::MAX_PATH;
use crate::message;

/// The directories that were granted to a plugin, each with its path in the plugin.
#[derive(Clone, Debug)]
pub struct Preopens<D> {
    directories: Vec<(String, D)>,
}

impl<D> Preopens<D> {
    /// Takes the granted directories as `wasi:filesystem/preopens` lists them.
    #[must_use]
    pub const fn new(directories: Vec<(String, D)>) -> Self {
        Self { directories }
    }

    /// Finds the granted directory that contains `path`, and the rest of the path below it (`.` for
    /// the directory itself). If several match, the one with the longest path wins.
    ///
    /// `data/x`, `./data/x` and `/data/x` are the same path. The rest of `data/x/` is `x/`, because
    /// only a directory may have this name. The provider checks that the rest does
    /// not leave the directory by `..` or by a link when it opens the rest.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`] if no granted directory contains the path; the message names a grant
    /// that would. [`Error::InvalidArgument`] if the path is longer than [`MAX_PATH`], or has a NUL
    /// character: some hosts of WASI would trap.
    pub fn resolve(&self, path: &str) -> Result<(&D, String)> {
        if path.len() > MAX_PATH {
            let length = path.len();
            return Err(Error::InvalidArgument(message!(
                "a path of {length} bytes is too long: it has at most {MAX_PATH}"
            )));
        }
        if path.contains('\0') {
            return Err(Error::InvalidArgument(message!(
                "the path `{}` has a NUL character, which no name of a file can have",
                excerpt(path)
            )));
        }
        let wanted = components(path);
        let best = self
            .directories
            .iter()
            .map(|(guest, directory)| (components(guest), directory))
            .filter(|(guest, _)| wanted.starts_with(guest))
            .max_by_key(|(guest, _)| guest.len());
        let Some((guest, directory)) = best else { return Err(self.refuse(path, &wanted)) };
        let mut rest = wanted[guest.len()..].join("/");
        if rest.is_empty() {
            rest.push('.');
        } else if names_directory(path) {
            rest.push('/');
        }
        Ok((directory, rest))
    }

    fn refuse(&self, path: &str, wanted: &[&str]) -> Error {
        let granted: Vec<_> =
            self.directories.iter().map(|(guest, _)| format!("`{guest}`")).collect();
        let granted = if granted.is_empty() { "none".to_string() } else { granted.join(", ") };
        let root = if path.starts_with('/') { "/" } else { "" };
        let above = &wanted[..wanted.len().saturating_sub(1)];
        let help = if above.contains(&"..") {
            "a path that leaves every granted directory cannot be granted".to_string()
        } else {
            let mut missing = format!("{root}{}", above.join("/"));
            if missing.is_empty() {
                missing.push('.');
            }
            format!("grant it the directory `{missing}`, or another directory under this name")
        };
        Error::AccessDenied(message!(
            "no directory granted to this plugin holds `{path}` (granted: {granted}): {help}"
        ))
    }
}

/// Whether a path can only name a directory, because it ends with a slash or with `.`.
fn names_directory(path: &str) -> bool {
    path.ends_with('/') || path.ends_with("/.")
}

/// Returns the equivalent absolute path, like Python's `os.path.abspath` with the root as the
/// working directory.
///
/// As in Python, `..` removes the component before it, even if that is a link.
#[must_use]
pub fn absolute_path(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for name in components(path) {
        if name == ".." { _ = kept.pop() } else { kept.push(name) }
    }
    format!("/{}", kept.join("/"))
}

/// Returns the components of a path without empty ones and `.`, but with `..`.
fn components(path: &str) -> Vec<&str> {
    path.split('/').filter(|name| !matches!(*name, "" | ".")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn preopens(guests: &[&'static str]) -> Preopens<&'static str> {
        Preopens::new(guests.iter().map(|&guest| (guest.to_string(), guest)).collect())
    }

    /// Checks which of the granted paths contains `path`, and the rest below it.
    #[track_caller]
    fn check(guests: &[&'static str], path: &str, preopen: &str, rest: &str) {
        assert_eq!(
            preopens(guests).resolve(path).map(|(guest, rest)| (*guest, rest)),
            Ok((preopen, rest.into()))
        );
    }

    #[test]
    fn an_absolute_path_is_normalized() {
        for path in ["data/x", "/data/x", "./data//x/.", "data/y/../x", "../data/x"] {
            assert_eq!(absolute_path(path), "/data/x", "{path}");
        }
        assert_eq!(absolute_path("."), "/");
    }

    #[test]
    fn the_longest_preopen_wins() {
        check(&["."], "x", ".", "x");
        check(&["/"], "x/y", "/", "x/y");
        check(&["."], "/x", ".", "x");
        check(&["data"], "data", "data", ".");
        check(&["data"], "./data//x/./y", "data", "x/y");
        check(&["/data", "/data/sub", "."], "data/sub/x", "/data/sub", "x");
        check(&["/data", "."], "database/x", ".", "database/x");
    }

    #[test]
    fn a_path_of_a_directory_keeps_one_slash() {
        for path in ["data/x/", "data/x//", "data/x/.", "data/x/./", "./data/./x/.//."] {
            check(&["data"], path, "data", "x/");
        }
        for path in ["data", "data/", "data/."] {
            check(&["data"], path, "data", ".");
        }
        check(&["data"], "data/x/..", "data", "x/..");
        check(&["data"], "data/.x", "data", ".x");
    }

    #[test]
    fn a_path_that_leaves_the_preopen_is_passed_to_the_provider() {
        check(&["data"], "data/../x", "data", "../x");
        check(&["."], "../x", ".", "../x");
    }

    #[test]
    fn the_length_of_a_path_is_limited() {
        let path = |length: usize| format!("data/{}x", "./".repeat((length - 6) / 2));
        check(&["data"], &path(4096), "data", "x");
        let error = preopens(&["data"]).resolve(&path(4098)).unwrap_err();
        assert_eq!(
            error,
            Error::InvalidArgument("a path of 4098 bytes is too long: it has at most 4096".into())
        );
    }

    #[test]
    fn a_path_with_a_nul_character_is_invalid_before_it_is_resolved() {
        for path in ["data/a\0b", "elsewhere/\0", "\0"] {
            let error = preopens(&["data"]).resolve(path).unwrap_err();
            let shown = path.replace('\0', r"\x00");
            let text =
                format!("the path `{shown}` has a NUL character, which no name of a file can have");
            assert_eq!(error, Error::InvalidArgument(text));
        }
    }

    #[test]
    fn the_error_names_a_grant_that_helps() {
        let text = |guests: &[&'static str], path| {
            preopens(guests).resolve(path).unwrap_err().message().to_string()
        };
        assert_eq!(
            text(&["/results"], "terrain/dem/x.npy"),
            "no directory granted to this plugin holds `terrain/dem/x.npy` (granted: `/results`): \
             grant it the directory `terrain/dem`, or another directory under this name"
        );
        assert!(text(&[], "x.npy").contains(
            "(granted: none): grant it the directory `.`, or another directory under this name"
        ));
        assert!(text(&["/data"], "/etc/passwd").contains("grant it the directory `/etc`"));
        assert!(text(&["/data"], "/x").contains("grant it the directory `/`"));
        assert!(text(&["/data"], "../secret/x").contains("cannot be granted"));
        assert_eq!(components("/a//./../b"), vec!["a", "..", "b"]);
    }
}
