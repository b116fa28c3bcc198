//! The comparison of two versions of a WIT package, and the first difference that breaks
//! compatibility.

#[path = "compare/tests.rs"]
#[cfg(test)]
mod tests;

use std::fmt;

use crate::item::Item;
use crate::package::{Package, Version};

/// A difference that is not permitted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The items around the changed item, as `interface array, enum mode`. Empty for the package
    /// itself.
    place: String,
    /// The changed item and the kind of the change.
    change: String,
    /// The item in the earlier text.
    old: Option<String>,
    /// The item in the later text.
    new: Option<String>,
}

/// Compares the WIT of a package with the snapshot of the same or an earlier version.
///
/// # Errors
///
/// The first [`Difference`] that breaks a plugin or a provider that was compiled for the snapshot.
pub(crate) fn check(snapshot: &str, present: &str) -> Result<(), Difference> {
    let (snapshot, present) = (Package::parse(snapshot), Package::parse(present));
    let package_difference = |change: &str| {
        let line = |package: &Package| Some(format!("{}@{}", package.name(), package.version()));
        Err(Difference {
            place: String::new(),
            change: change.to_owned(),
            old: line(&snapshot),
            new: line(&present),
        })
    };
    if snapshot.name() != present.name() {
        return package_difference("the package was renamed");
    }
    if present.version() < snapshot.version() {
        return package_difference("the version is older than its snapshot");
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

/// The two versions that are compared.
struct Comparison {
    from: Version,
    to: Version,
}

impl Comparison {
    /// Compares the items in one pair of braces. `place` names the items around them.
    fn items(&self, place: &str, old: &[Item], new: &[Item]) -> Result<(), Difference> {
        // The position in `new` of each old item.
        let mut found: Vec<usize> = Vec::new();
        for (index, old_item) in old.iter().enumerate() {
            let position = (0..new.len()).find(|position| {
                is_same_item(old_item, &new[*position]) && !found.contains(position)
            });
            let Some(position) = position else {
                // A new item of the same kind at the same position is probably this item, renamed.
                let renamed = |item: &&Item| {
                    item.kind() == old_item.kind() && !old.iter().any(|old| is_same_item(old, item))
                };
                let new_item = new.get(index).filter(renamed);
                return Err(difference(place, old_item, "was removed", Some(old_item), new_item));
            };
            let new_item = &new[position];
            if found.last().is_some_and(|last| position < *last) {
                return Err(difference(
                    place,
                    old_item,
                    "was moved",
                    Some(old_item),
                    Some(new_item),
                ));
            }
            found.push(position);
            self.item(place, old_item, new_item)?;
        }
        let mut added = new.iter().enumerate().filter(|(position, _)| !found.contains(position));
        added.try_for_each(|(_, added)| self.addition(place, old, added))
    }

    /// Compares two versions of one item.
    fn item(&self, place: &str, old: &Item, new: &Item) -> Result<(), Difference> {
        match (&old.members, &new.members) {
            (Some(old_members), Some(new_members)) if old.line() == new.line() => {
                let comma = if place.is_empty() { "" } else { ", " };
                self.items(&format!("{place}{comma}{}", old.text), old_members, new_members)
            }
            (None, None) if old.line() == new.line() => Ok(()),
            _ => Err(difference(place, old, "was changed", Some(old), Some(new))),
        }
    }

    /// Checks that an item may be added to a list that had the items `old`.
    fn addition(&self, place: &str, old: &[Item], added: &Item) -> Result<(), Difference> {
        let refused = |change: &str| Err(difference(place, added, change, None, Some(added)));
        let world = place.strip_prefix("world ");
        // The world of a provider may get exports, and the world of a plugin imports. With a new
        // import, compiled providers would not run on existing hosts. With a new export, compiled
        // plugins would not have it.
        let permitted = world.map(|_| {
            if old.iter().any(|item| item.text == "export store") { "export" } else { "import" }
        });
        match permitted {
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

/// Returns whether both are versions of the same item.
fn is_same_item(one: &Item, other: &Item) -> bool {
    (one.kind(), one.name()) == (other.kind(), other.name())
}

fn difference(
    place: &str,
    item: &Item,
    change: &str,
    old: Option<&Item>,
    new: Option<&Item>,
) -> Difference {
    Difference {
        place: place.to_owned(),
        change: format!("{} `{}` {change}", item.kind(), item.name()),
        old: old.map(Item::line),
        new: new.map(Item::line),
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place.is_empty() { "the package" } else { &self.place };
        let line = |line: &Option<String>| line.clone().unwrap_or_else(|| "-".to_owned());
        writeln!(formatter, "{place}: {}", self.change)?;
        write!(formatter, "    was: {}\n    is:  {}", line(&self.old), line(&self.new))
    }
}
