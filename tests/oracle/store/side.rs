//! The implementations that take turns on a directory.

use std::fs;

use super::super::python::python;
use super::super::run_plugin;
use super::super::support::folders::Folders;
use super::super::support::run::Provider;

/// One implementation: zict, or filemap under a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Zict,
    Filemap(Provider),
}

use Side::{Filemap, Zict};

pub(crate) const SIDES: [Side; 3] = [Zict, Filemap(Provider::Native), Filemap(Provider::Portable)];

impl Side {
    /// Runs lines on directories in `grant`. Returns the printed answers, one for each line with
    /// the answer `?`. Another answer than the line expects fails the test, and the message has the
    /// line.
    #[track_caller]
    pub(crate) fn run(self, grant: &str, lines: &str, folders: &Folders) -> Vec<String> {
        let printed = match self {
            Filemap(provider) => run_plugin(provider, "store-turns", grant, lines, folders),
            Zict => {
                let path = folders.work().join("lines");
                fs::write(&path, lines).unwrap();
                python("tests/oracle/store", [self.path(grant, folders).as_ref(), path.as_os_str()])
            }
        };
        printed.lines().map(str::to_owned).collect()
    }

    /// Returns the side's path of a directory that a plugin knows as `path`.
    pub(crate) fn path(self, path: &str, folders: &Folders) -> String {
        match self {
            Filemap(_) => path.to_owned(),
            Zict => {
                let base = folders.work();
                let base = base.parent().expect("`work` has a parent directory");
                base.join(path)
                    .into_os_string()
                    .into_string()
                    .expect("the path of a temporary folder is UTF-8")
            }
        }
    }

    /// Returns whether the side changes and removes values whose files have no number.
    pub(crate) fn changes_unnumbered(self) -> bool {
        self == Zict
    }

    /// Returns whether a store can be used after `close`. `close` of zict does nothing.
    pub(crate) fn is_usable_after_close(self) -> bool {
        self == Zict
    }

    /// Returns the remarks after the number of elements in the description of an open store.
    pub(crate) fn remarks(self, writing: bool, closed: bool) -> String {
        let unlocked = self == Filemap(Provider::Portable) && writing;
        let closed = closed && !self.is_usable_after_close();
        [(unlocked, ", not locked"), (closed, ", closed")]
            .map(|(is, text)| if is { text } else { "" })
            .concat()
    }
}
