//! The sides that a directory goes to and fro between.

use std::fs;

use super::super::plugin;
use super::super::python::python;
use super::super::support::folders::Folders;
use super::super::support::run::Provider;

/// Who reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Zict,
    Filemap(Provider),
}

use Side::{Filemap, Zict};

pub(crate) const SIDES: [Side; 3] = [Zict, Filemap(Provider::Native), Filemap(Provider::Portable)];

impl Side {
    /// Lets the side do what the lines say, in directories that lie in `grant`. Returns what it
    /// printed: the answers that nobody could know beforehand. An answer that is not as expected
    /// fails the test, with the line.
    #[track_caller]
    pub(crate) fn run(self, grant: &str, lines: &str, folders: &Folders) -> Vec<String> {
        let printed = match self {
            Filemap(provider) => plugin(provider, "store-turns", grant, lines, folders),
            Zict => {
                let path = folders.work().join("lines");
                fs::write(&path, lines).unwrap();
                python("tests/oracle/store", [self.path(grant, folders).as_ref(), path.as_os_str()])
            }
        };
        printed.lines().map(str::to_owned).collect()
    }

    /// What the side calls a directory that a plugin knows by `path`.
    pub(crate) fn path(self, path: &str, folders: &Folders) -> String {
        match self {
            Filemap(_) => path.to_owned(),
            Zict => {
                let base = folders.work();
                let base = base.parent().expect("it lies beside the other folders");
                base.join(path)
                    .into_os_string()
                    .into_string()
                    .expect("temporary folders have plain names")
            }
        }
    }

    /// Whether the side changes and removes values whose files have no number.
    pub(crate) fn changes_unnumbered(self) -> bool {
        self == Zict
    }

    /// Whether a store can be used as before after `close`: zict has nothing to close.
    pub(crate) fn works_closed(self) -> bool {
        self == Zict
    }

    /// What the side says of a store that it has open, behind the number of keys.
    pub(crate) fn remark(self, writing: bool, closed: bool) -> String {
        let unlocked = self == Filemap(Provider::Portable) && writing;
        let closed = closed && !self.works_closed();
        [(unlocked, ", not locked"), (closed, ", closed")]
            .map(|(is, text)| if is { text } else { "" })
            .concat()
    }
}
