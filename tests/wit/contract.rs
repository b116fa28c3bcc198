//! A whole package: its name, its version, and what it consists of.

use std::fmt;

use crate::item::{Item, items};
use crate::token::tokens;

/// A version of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version([u64; 3]);

/// The WIT of a package, without comments.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contract {
    name: String,
    version: Version,
    /// Interfaces and worlds, by their names: how they are spread over files is layout.
    pub(crate) items: Vec<Item>,
}

impl Contract {
    /// Reads the text of all files of a package.
    ///
    /// It relies on valid WIT, which the bindings that are made from it vouch for.
    pub(crate) fn parse(text: &str) -> Self {
        let tokens = tokens(text);
        let mut rest = tokens.as_slice();
        let mut items = items(&mut rest);
        assert!(rest.is_empty(), "there is a brace too many");
        let package = items.iter().position(|item| item.text.starts_with("package "));
        let package = items.remove(package.expect("one of the files names the package"));
        let (name, version) = package.text.split_once('@').expect("the package has a version");
        items.sort_by(|one, other| one.name().cmp(other.name()));
        Self { name: name.to_owned(), version: Version::parse(version), items }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn version(&self) -> Version {
        self.version
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}@{};", self.name, self.version)?;
        self.items.iter().try_for_each(|item| {
            writeln!(formatter)?;
            item.write(formatter, 0, ';')
        })
    }
}

impl Version {
    /// Reads three numbers with dots between them.
    #[track_caller]
    pub(crate) fn parse(text: &str) -> Self {
        let numbers: Option<Vec<_>> = text.split('.').map(|number| number.parse().ok()).collect();
        let numbers = numbers.and_then(|numbers| numbers.try_into().ok());
        Self(numbers.unwrap_or_else(|| panic!("`{text}` is no version like 0.1.0")))
    }

    /// Whether a plugin that was compiled for one of the two expects to run with the other: from
    /// 1.0.0 on the same first number, before that the same first two.
    pub(crate) fn is_compatible_with(self, other: Self) -> bool {
        let [major, minor, _] = self.0;
        major == other.0[0] && (major > 0 || minor == other.0[1])
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(formatter, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::Contract;

    #[test]
    fn what_is_written_reads_the_same() {
        let text = crate::concatenated(&crate::root().join("wit"));
        let contract = Contract::parse(&text);
        assert_eq!(Contract::parse(&contract.to_string()), contract);
        assert!(contract.items.len() >= 10, "{contract}");
    }

    #[test]
    fn it_is_written_without_comments_in_one_layout() {
        let text = "/// An order.\ninterface array { @since(version=0.1.0) enum order { c, /* \
            Fortran */ f } use a.{b,}; get:func(key:string,)->u8; } package p:q@1.2.3; // last";
        let expected = "package p:q@1.2.3;\n\ninterface array {\n  @since(version = 0.1.0)\n  enum \
            order {\n    c,\n    f,\n  }\n  use a.{b};\n  get: func(key: string) -> u8;\n}\n";
        assert_eq!(Contract::parse(text).to_string(), expected);
    }
}
