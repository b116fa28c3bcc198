//! A WIT package: its name, its version and its items.

use std::fmt;

use crate::item::{Item, items};
use crate::token::tokens;

/// A version of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version([u64; 3]);

/// The WIT of a package, without comments.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Package {
    name: String,
    version: Version,
    /// Interfaces and worlds, sorted by name. Their distribution over files is layout, which the
    /// comparison ignores.
    pub(crate) items: Vec<Item>,
}

impl Package {
    /// Parses the text of all files of a package.
    ///
    /// The text must be valid WIT. The build checks this, because it generates bindings from it.
    pub(crate) fn parse(text: &str) -> Self {
        let tokens = tokens(text);
        let mut rest = tokens.as_slice();
        let mut items = items(&mut rest);
        assert!(rest.is_empty(), "a closing brace has no opening brace");
        let declaration = items.iter().position(|item| item.text.starts_with("package "));
        let declaration = items.remove(declaration.expect("one of the files declares the package"));
        let (name, version) = declaration.text.split_once('@').expect("the package has a version");
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

impl fmt::Display for Package {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}@{};", self.name, self.version)?;
        self.items.iter().try_for_each(|item| {
            writeln!(formatter)?;
            item.write(formatter, 0, ';')
        })
    }
}

impl Version {
    /// Parses three numbers with dots between them.
    #[track_caller]
    pub(crate) fn parse(text: &str) -> Self {
        let numbers: Option<Vec<_>> = text.split('.').map(|number| number.parse().ok()).collect();
        let numbers = numbers.and_then(|numbers| numbers.try_into().ok());
        Self(numbers.unwrap_or_else(|| panic!("`{text}` is not a version like 0.1.0")))
    }

    /// Returns whether a plugin for the earlier version must run with a provider of the later one:
    /// both have the same major number, and before 1.0.0 also the same minor number.
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
    use super::Package;

    #[test]
    fn a_written_package_parses_to_the_same_package() {
        let text = crate::concatenated(&crate::root().join("wit"));
        let package = Package::parse(&text);
        assert_eq!(Package::parse(&package.to_string()), package);
        assert!(package.items.len() >= 10, "{package}");
    }

    #[test]
    fn a_package_is_written_without_comments_in_a_fixed_layout() {
        let text = "/// An order.\ninterface array { @since(version=0.1.0) enum order { c, /* \
            Fortran */ f } use a.{b,}; get:func(key:string,)->u8; } package p:q@1.2.3; // last";
        let expected = "package p:q@1.2.3;\n\ninterface array {\n  @since(version = 0.1.0)\n  enum \
            order {\n    c,\n    f,\n  }\n  use a.{b};\n  get: func(key: string) -> u8;\n}\n";
        assert_eq!(Package::parse(text).to_string(), expected);
    }
}
