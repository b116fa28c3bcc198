//! What may differ between two texts of the contract, and what they differ in.

#[path = "compare/tests.rs"]
#[cfg(test)]
mod tests;

use std::fmt;

use crate::contract::{Contract, Version};
use crate::item::Item;

/// The first difference that is not allowed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Where: `interface array, enum mode`. Empty for the package itself.
    place: String,
    /// What happened to which item.
    what: String,
    /// The item in the earlier text.
    was: Option<String>,
    /// The item in the later text.
    is: Option<String>,
}

/// Compares the WIT of a package with the snapshot of the same or an earlier version.
///
/// # Errors
///
/// The first [`Difference`] that would break a plugin or a provider that was compiled for the
/// snapshot.
pub(crate) fn check(snapshot: &str, present: &str) -> Result<(), Difference> {
    let (snapshot, present) = (Contract::parse(snapshot), Contract::parse(present));
    let package = |what: &str| {
        let line =
            |contract: &Contract| Some(format!("{}@{}", contract.name(), contract.version()));
        Err(Difference {
            place: String::new(),
            what: what.to_owned(),
            was: line(&snapshot),
            is: line(&present),
        })
    };
    if snapshot.name() != present.name() {
        return package("the package was renamed");
    }
    if present.version() < snapshot.version() {
        return package("the version is older than its snapshot");
    }
    if !present.version().is_compatible_with(snapshot.version()) {
        return Ok(());
    }
    Comparison { from: snapshot.version(), to: present.version() }.items(
        "",
        &snapshot.items,
        &present.items,
    )
}

/// The versions that are compared.
struct Comparison {
    from: Version,
    to: Version,
}

impl Comparison {
    /// Compares the items in one pair of braces. `place` says whose they are.
    fn items(&self, place: &str, old: &[Item], new: &[Item]) -> Result<(), Difference> {
        // Where each of the old items is among the new ones.
        let mut found: Vec<usize> = Vec::new();
        for (index, was) in old.iter().enumerate() {
            let position = (0..new.len())
                .find(|position| is_same(was, &new[*position]) && !found.contains(position));
            let Some(position) = position else {
                // Perhaps renamed: then the new name stands where the old one did.
                let renamed = |item: &&Item| {
                    item.kind() == was.kind() && !old.iter().any(|old| is_same(old, item))
                };
                let is = new.get(index).filter(renamed);
                return Err(difference(place, was, "was removed", Some(was), is));
            };
            let is = &new[position];
            if found.last().is_some_and(|last| position < *last) {
                return Err(difference(place, was, "was moved", Some(was), Some(is)));
            }
            found.push(position);
            self.item(place, was, is)?;
        }
        let mut added = new.iter().enumerate().filter(|(position, _)| !found.contains(position));
        added.try_for_each(|(_, added)| self.addition(place, old, added))
    }

    fn item(&self, place: &str, was: &Item, is: &Item) -> Result<(), Difference> {
        match (&was.members, &is.members) {
            (Some(old), Some(new)) if was.line() == is.line() => {
                let comma = if place.is_empty() { "" } else { ", " };
                self.items(&format!("{place}{comma}{}", was.text), old, new)
            }
            (None, None) if was.line() == is.line() => Ok(()),
            _ => Err(difference(place, was, "was changed", Some(was), Some(is))),
        }
    }

    /// Whether an item may be added, between items of which `old` are those from before.
    fn addition(&self, place: &str, old: &[Item], added: &Item) -> Result<(), Difference> {
        let refused = |what: &str| Err(difference(place, added, what, None, Some(added)));
        let world = place.strip_prefix("world ");
        // A provider gets exports, and a plugin imports. An import more would keep a compiled
        // provider from hosts that run it, and an export more compiled plugins.
        let kind = world.map(|_| {
            if old.iter().any(|item| item.text == "export store") { "export" } else { "import" }
        });
        match kind {
            _ if added.kind() == "member" => refused("was added to a list that is final"),
            Some(kind) if added.kind() != kind => {
                refused("was added to a world that may not get it")
            }
            _ if self.from == self.to => refused("was added without a new version"),
            _ => match added.since().map(Version::parse) {
                Some(since) if self.from < since && since <= self.to => Ok(()),
                _ => {
                    refused(&format!("was added without the gate `@since(version = {})`", self.to))
                }
            },
        }
    }
}

/// Whether it is the same item, although perhaps a changed one.
fn is_same(one: &Item, other: &Item) -> bool {
    (one.kind(), one.name()) == (other.kind(), other.name())
}

fn difference(
    place: &str,
    item: &Item,
    what: &str,
    was: Option<&Item>,
    is: Option<&Item>,
) -> Difference {
    let what = format!("{} `{}` {what}", item.kind(), item.name());
    Difference { place: place.to_owned(), what, was: was.map(Item::line), is: is.map(Item::line) }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place.is_empty() { "the package" } else { &self.place };
        let line = |line: &Option<String>| line.clone().unwrap_or_else(|| "-".to_owned());
        writeln!(formatter, "{place}: {}", self.what)?;
        write!(formatter, "    was: {}\n    is:  {}", line(&self.was), line(&self.is))
    }
}
