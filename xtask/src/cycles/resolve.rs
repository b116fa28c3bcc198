//! Resolves a path to the module that defines its target.

use std::collections::BTreeSet;

use super::tree::{Id, Module, Tree};

/// The target of a path. A path can have two targets, because a module and another item can share
/// a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Module(Id),
    /// An item, by the module that defines it.
    ItemOf(Id),
}

/// Resolves paths among the modules of one Cargo target.
pub(super) struct Resolver<'a> {
    tree: &'a Tree,
    /// The imports that are being followed, each at most once, so that recursive imports terminate:
    /// the module, the index of the import (`None` for all globs), and the name to resolve.
    following: Vec<(Id, Option<usize>, String)>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        Self { tree, following: Vec::new() }
    }

    /// Returns the targets of a path in the code of `module`; none for an item of another crate.
    pub(super) fn path(&mut self, module: Id, segments: &[String]) -> BTreeSet<Target> {
        let Some((head, rest)) = segments.split_first() else { return BTreeSet::new() };
        let mut targets = match head.as_str() {
            "crate" | "$crate" => [Target::Module(0)].into(),
            "self" | "super" => self.member(module, head),
            _ => self.name(module, head),
        };
        for segment in rest {
            let of = |target| match target {
                Target::Module(module) => self.member(module, segment),
                // A variant or an associated item.
                item @ Target::ItemOf(_) => [item].into(),
            };
            targets = targets.into_iter().flat_map(of).collect();
        }
        targets
    }

    /// Returns whether `module` itself declares a name. Globs do not count.
    pub(super) fn declares(&self, module: Id, name: &str) -> bool {
        let module = &self.tree.modules[module];
        module.items.contains_key(name)
            || module.children.iter().any(|(child, _)| child == name)
            || module.names.imports.iter().any(|import| import.name.as_deref() == Some(name))
    }

    /// Returns the targets of `module::segment`.
    fn member(&mut self, module: Id, segment: &str) -> BTreeSet<Target> {
        match segment {
            "self" => [Target::Module(module)].into(),
            "super" => self.tree.modules[module].parent.map(Target::Module).into_iter().collect(),
            _ => {
                let mut targets = self.name(module, segment);
                if targets.is_empty() {
                    // A macro in the module generates the item.
                    targets.insert(Target::ItemOf(module));
                }
                targets
            }
        }
    }

    /// Returns the targets of a name in the scope of `module`.
    fn name(&mut self, module: Id, name: &str) -> BTreeSet<Target> {
        let tree = self.tree;
        let Module { children, items, names, .. } = &tree.modules[module];
        let children = children.iter().filter(|(child, _)| child == name);
        let mut targets: BTreeSet<_> = children.map(|(_, child)| Target::Module(*child)).collect();
        targets.extend(items.get(name).copied().map(Target::ItemOf));
        for (index, import) in names.imports.iter().enumerate() {
            if import.name.as_deref() == Some(name) {
                targets.extend(self.once((module, Some(index), name), |resolver| {
                    let mut named = resolver.path(module, &import.path.segments);
                    if named.is_empty() {
                        // An item of another crate: code that names it depends on this import.
                        named.insert(Target::ItemOf(module));
                    }
                    named
                }));
            }
        }
        if targets.is_empty() {
            targets = self.once((module, None, name), |resolver| {
                let globs = names.imports.iter().filter(|import| import.name.is_none());
                let globs: BTreeSet<_> =
                    globs.flat_map(|glob| resolver.path(module, &glob.path.segments)).collect();
                let modules = globs.into_iter().filter_map(|target| match target {
                    Target::Module(module) => Some(module),
                    Target::ItemOf(_) => None,
                });
                modules.flat_map(|module| resolver.name(module, name)).collect()
            });
        }
        targets
    }

    /// Resolves a name through an import of a module, or through its globs. Returns no targets if
    /// that is in progress already.
    fn once(
        &mut self,
        (module, import, name): (Id, Option<usize>, &str),
        follow: impl FnOnce(&mut Self) -> BTreeSet<Target>,
    ) -> BTreeSet<Target> {
        let step = (module, import, name.to_owned());
        if self.following.contains(&step) {
            return BTreeSet::new();
        }
        self.following.push(step);
        let targets = follow(self);
        self.following.pop();
        targets
    }
}
