//! From a path to the module that defines what it names.

use std::collections::BTreeSet;

use super::tree::{Id, Module, Tree};

/// What a path can name. One name can stand for a module and for other items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Module(Id),
    /// An item, by the module that defines it.
    ItemOf(Id),
}

/// Finds what paths name, among the modules of one target.
pub(super) struct Resolver<'a> {
    tree: &'a Tree,
    /// The imports that are being followed, so that imports of each other end: the module, which of
    /// its imports (`None` for all globs), and for which name.
    following: Vec<(Id, Option<usize>, String)>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        Self { tree, following: Vec::new() }
    }

    /// Returns what a path in the code of `module` names: nothing for an item of another crate.
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

    /// Whether `module` itself declares a name, without globs.
    pub(super) fn declares(&self, module: Id, name: &str) -> bool {
        let module = &self.tree.modules[module];
        module.items.contains_key(name)
            || module.children.iter().any(|(child, _)| child == name)
            || module.names.imports.iter().any(|import| import.name.as_deref() == Some(name))
    }

    /// Returns what `segment` names after `module::`.
    fn member(&mut self, module: Id, segment: &str) -> BTreeSet<Target> {
        match segment {
            "self" => [Target::Module(module)].into(),
            "super" => self.tree.modules[module].parent.map(Target::Module).into_iter().collect(),
            _ => {
                let mut targets = self.name(module, segment);
                if targets.is_empty() {
                    // A macro in it generates the item.
                    targets.insert(Target::ItemOf(module));
                }
                targets
            }
        }
    }

    /// Returns what a name means in the scope of `module`.
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

    /// Follows an import of a module, or its globs, for a name, unless that is under way already.
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
