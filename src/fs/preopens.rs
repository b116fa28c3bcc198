//! From a plugin's path to a directory that it was granted.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::error::{Error, Result};
use crate::limits::MAX_PATH;

/// The directories that a plugin was granted, each with the path under which the plugin knows it.
#[derive(Clone, Debug)]
pub struct Preopens<D> {
    directories: Vec<(String, D)>,
}

impl<D> Preopens<D> {
    /// The granted directories, as `wasi:filesystem/preopens` lists them.
    #[must_use]
    pub const fn new(directories: Vec<(String, D)>) -> Self {
        Self { directories }
    }

    /// Finds the preopened directory that holds `path`, the longest where there are several, and
    /// what of the path remains below it (`.` for the directory itself).
    ///
    /// `data/x`, `./data/x` and `/data/x` are the same path. Whether what remains leads out of the
    /// directory again, by `..` or by a link, is for the provider to find out when it opens it.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`] where there is none; the text has the grant that would help.
    /// [`Error::InvalidArgument`] where the path is longer than [`MAX_PATH`].
    pub fn resolve(&self, path: &str) -> Result<(&D, String)> {
        if path.len() > MAX_PATH {
            let length = path.len();
            return Err(Error::InvalidArgument(format!(
                "a path of {length} bytes is too long: it has at most {MAX_PATH}"
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
        let rest = wanted[guest.len()..].join("/");
        Ok((directory, if rest.is_empty() { ".".into() } else { rest }))
    }

    fn refuse(&self, path: &str, wanted: &[&str]) -> Error {
        let granted: Vec<_> =
            self.directories.iter().map(|(guest, _)| format!("`{guest}`")).collect();
        let granted = if granted.is_empty() { "none".to_string() } else { granted.join(", ") };
        let root = if path.starts_with('/') { "/" } else { "" };
        let above = &wanted[..wanted.len().saturating_sub(1)];
        let help = if above.contains(&"..") {
            "a path that leaves every granted directory cannot be granted".to_string()
        } else if above.is_empty() {
            format!(
                "grant the directory that holds it, with `filemap run --dir .` or `--dir \
                 DIRECTORY::{root}{}`",
                if root.is_empty() { "." } else { "" }
            )
        } else {
            format!(
                "grant it, with `filemap run --dir {0}` or `--dir DIRECTORY::{0}`",
                format!("{root}{}", above.join("/"))
            )
        };
        Error::AccessDenied(format!(
            "no directory granted to this plugin holds `{path}` (granted: {granted}): {help}"
        ))
    }
}

/// The path from the root that means the same: Python's `os.path.abspath`, for which the root is
/// where a plugin is.
///
/// Like there, `..` takes away the name before it, whatever that leads to.
#[must_use]
pub fn absolute(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for name in components(path) {
        if name == ".." { _ = kept.pop() } else { kept.push(name) }
    }
    format!("/{}", kept.join("/"))
}

/// The components in a path, without the empty ones and `.`; `..` stays.
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

    /// Where `path` is found among `guests`: the preopen, and what remains.
    #[track_caller]
    fn check(guests: &[&'static str], path: &str, preopen: &str, rest: &str) {
        assert_eq!(
            preopens(guests).resolve(path).map(|(guest, rest)| (*guest, rest)),
            Ok((preopen, rest.into()))
        );
    }

    #[test]
    fn a_path_from_the_root_has_no_detours() {
        for path in ["data/x", "/data/x", "./data//x/.", "data/y/../x", "../data/x"] {
            assert_eq!(absolute(path), "/data/x", "{path}");
        }
        assert_eq!(absolute("."), "/");
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
    fn what_leaves_the_preopen_stays_for_the_provider_to_refuse() {
        check(&["data"], "data/../x", "data", "../x");
        check(&["."], "../x", ".", "../x");
    }

    #[test]
    fn a_path_has_a_longest_length() {
        let path = |length: usize| format!("data/{}x", "./".repeat((length - 6) / 2));
        check(&["data"], &path(4096), "data", "x");
        let error = preopens(&["data"]).resolve(&path(4098)).unwrap_err();
        assert_eq!(
            error,
            Error::InvalidArgument("a path of 4098 bytes is too long: it has at most 4096".into())
        );
    }

    #[test]
    fn a_refusal_names_the_grant_that_helps() {
        let text = |guests: &[&'static str], path| {
            preopens(guests).resolve(path).unwrap_err().message().to_string()
        };
        assert_eq!(
            text(&["/results"], "terrain/dem/x.npy"),
            "no directory granted to this plugin holds `terrain/dem/x.npy` (granted: `/results`): \
             grant it, with `filemap run --dir terrain/dem` or `--dir DIRECTORY::terrain/dem`"
        );
        assert!(text(&[], "x.npy").contains(
            "(granted: none): grant the directory that holds it, with `filemap run --dir .`"
        ));
        assert!(text(&["/data"], "/etc/passwd").contains("`--dir DIRECTORY::/etc`"));
        assert!(text(&["/data"], "../secret/x").contains("cannot be granted"));
        assert_eq!(components("/a//./../b"), vec!["a", "..", "b"]);
    }
}
