//! The imports between the children of every module.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::resolve::{Resolver, Target};
use super::tree::{Id, Tree};

/// A place in the code of one module that refers to an item of another.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) file: &'a Path,
    pub(super) line: usize,
    /// The path as in the source.
    pub(super) item: String,
    /// The file that defines the item.
    pub(super) home: &'a Path,
}

/// The places of the imports from one module to another, each with its descendants.
pub(super) type Imports<'a> = BTreeMap<(Id, Id), Vec<Place<'a>>>;

/// Returns, for every module, the imports between its children.
pub(super) fn imports(tree: &Tree) -> BTreeMap<Id, Imports<'_>> {
    let mut imports: BTreeMap<Id, Imports> = BTreeMap::new();
    let mut resolver = Resolver::new(tree);
    for (id, module) in tree.modules.iter().enumerate() {
        for (path, line, homes) in named(tree, &mut resolver, id) {
            for home in homes {
                let Some((parent, from, to)) = siblings(tree, id, home) else { continue };
                if module.is_test && !tree.modules[from].is_test {
                    continue;
                }
                imports.entry(parent).or_default().entry((from, to)).or_default().push(Place {
                    file: &module.file,
                    line,
                    item: path.join("::"),
                    home: &tree.modules[home].file,
                });
            }
        }
    }
    imports
}

/// Returns every reference in the code of a module: the path, its line, and the modules that define
/// its target.
fn named<'a>(
    tree: &'a Tree,
    resolver: &mut Resolver,
    id: Id,
) -> Vec<(&'a [String], usize, BTreeSet<Id>)> {
    let names = &tree.modules[id].names;
    let mut named = Vec::new();
    for import in &names.imports {
        let segments = import.path.segments.as_slice();
        let mut targets = resolver.path(id, segments);
        if import.name.is_some() {
            // Importing a module does not count. Referring to an item of the module does.
            targets.retain(is_item);
        }
        named.push((segments, import.path.line, homes(&targets)));
    }
    for path in &names.paths {
        let (segments, head) = (path.segments.as_slice(), &path.segments[..1]);
        // The import of an item has been counted where it is declared.
        let is_counted =
            resolver.declares(id, &head[0]) && resolver.path(id, head).iter().all(is_item);
        if !is_counted {
            named.push((segments, path.line, homes(&resolver.path(id, segments))));
        }
    }
    named
}

fn is_item(target: &Target) -> bool {
    matches!(target, Target::ItemOf(_))
}

/// Returns the modules that define items, or else the named modules themselves: a glob, or a module
/// that is an argument of a macro.
fn homes(targets: &BTreeSet<Target>) -> BTreeSet<Id> {
    let has_item = targets.iter().any(is_item);
    let home = |target: &Target| match *target {
        Target::ItemOf(module) => Some(module),
        Target::Module(module) => (!has_item).then_some(module),
    };
    targets.iter().filter_map(home).collect()
}

/// Returns the nearest common ancestor of two modules, and its children that contain them; `None`
/// if one of the two is the ancestor of the other.
fn siblings(tree: &Tree, one: Id, other: Id) -> Option<(Id, Id, Id)> {
    let (one, other) = (tree.files_down_to(one), tree.files_down_to(other));
    let at = one.iter().zip(&other).position(|(one, other)| one != other)?;
    Some((one[at - 1], one[at], other[at]))
}
