//! The modules of one target, read from their files.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result};
use quote::ToTokens as _;
use syn::{Attribute, Expr, ExprLit, Item, ItemMod, Lit, Meta};

use super::names::Names;

/// The index of a module in [`Tree::modules`].
pub(super) type Id = usize;

/// Returns the text of a file, or `None` where there is no such file.
pub(super) type Source<'a> = dyn Fn(&Path) -> Option<String> + 'a;

#[derive(Debug)]
pub(super) struct Module {
    pub(super) parent: Option<Id>,
    pub(super) file: PathBuf,
    /// The module that is the whole file: this one, unless it is inline.
    pub(super) file_root: Id,
    /// Whether the module is compiled for tests only.
    pub(super) is_test: bool,
    pub(super) children: Vec<(String, Id)>,
    /// The items under their names, with the modules that define them.
    pub(super) items: BTreeMap<String, Id>,
    pub(super) names: Names,
}

/// The modules of one target. The first is the root.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) modules: Vec<Module>,
}

/// Where the files of child modules are.
struct Folders {
    /// The base of `#[path = "..."]`.
    path: PathBuf,
    /// The folder of `child.rs` and `child/mod.rs`.
    children: PathBuf,
}

impl Tree {
    /// Reads the file `root` and the files of all modules below it.
    ///
    /// # Errors
    ///
    /// Fails where a module has no file or a file cannot be parsed.
    pub(super) fn read(root: &Path, source: &Source) -> Result<Self> {
        let mut tree = Self::default();
        let text = source(root).with_context(|| format!("cannot read `{}`", root.display()))?;
        tree.add_file(None, root, &text, false, folder(root), source)?;
        Ok(tree)
    }

    /// Returns a module and its ancestors that are files, from the root down.
    pub(super) fn files_down_to(&self, id: Id) -> Vec<Id> {
        let file = |id: Id| self.modules[id].file_root;
        let parent = |id: &Id| self.modules[*id].parent.map(file);
        let mut files: Vec<Id> = std::iter::successors(Some(file(id)), parent).collect();
        files.reverse();
        files
    }

    fn add_file(
        &mut self,
        parent: Option<Id>,
        path: &Path,
        text: &str,
        is_test: bool,
        children: PathBuf,
        source: &Source,
    ) -> Result<Id> {
        let file = syn::parse_file(text).map_err(|error| {
            let line = error.span().start().line;
            anyhow::anyhow!("cannot parse `{}`, line {line}: {error}", path.display())
        })?;
        let id = self.add_module(parent, path, self.modules.len(), is_test);
        self.add_items(id, file.items, &Folders { path: folder(path), children }, source)?;
        Ok(id)
    }

    fn add_module(&mut self, parent: Option<Id>, path: &Path, file_root: Id, is_test: bool) -> Id {
        self.modules.push(Module {
            parent,
            file: path.to_path_buf(),
            file_root,
            is_test,
            children: Vec::new(),
            items: BTreeMap::new(),
            names: Names::default(),
        });
        self.modules.len() - 1
    }

    fn add_items(
        &mut self,
        id: Id,
        items: Vec<Item>,
        folders: &Folders,
        source: &Source,
    ) -> Result<()> {
        for item in items {
            let name = match &item {
                Item::Const(item) => Some(&item.ident),
                Item::Enum(item) => Some(&item.ident),
                Item::Fn(item) => Some(&item.sig.ident),
                Item::Macro(item) => item.ident.as_ref(),
                Item::Static(item) => Some(&item.ident),
                Item::Struct(item) => Some(&item.ident),
                Item::Trait(item) => Some(&item.ident),
                Item::Type(item) => Some(&item.ident),
                Item::Union(item) => Some(&item.ident),
                _ => None,
            };
            if let Some(name) = name {
                self.modules[id].items.insert(name.to_string(), id);
                if let Item::Macro(item) = &item
                    && item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"))
                {
                    self.modules[0].items.insert(name.to_string(), id);
                }
            }
            match item {
                Item::Mod(item) => self.add_child(id, item, folders, source)?,
                item => self.modules[id].names.read(item.into_token_stream()),
            }
        }
        Ok(())
    }

    fn add_child(
        &mut self,
        parent: Id,
        item: ItemMod,
        folders: &Folders,
        source: &Source,
    ) -> Result<()> {
        let name = item.ident.to_string();
        let is_test = self.modules[parent].is_test || item.attrs.iter().any(is_cfg_test);
        let below = folders.children.join(&name);
        let child = if let Some((_, items)) = item.content {
            let Module { file, file_root, .. } = &self.modules[parent];
            let child = self.add_module(Some(parent), &file.clone(), *file_root, is_test);
            self.add_items(
                child,
                items,
                &Folders { path: below.clone(), children: below },
                source,
            )?;
            child
        } else {
            let candidates = if let Some(path) = item.attrs.iter().find_map(path_of) {
                let path = normalized(&folders.path.join(path));
                vec![(path.clone(), folder(&path))]
            } else {
                vec![(below.with_extension("rs"), below.clone()), (below.join("mod.rs"), below)]
            };
            let found = candidates
                .into_iter()
                .find_map(|(path, children)| source(&path).map(|text| (path, text, children)));
            let (path, text, children) = found.with_context(|| {
                let file = self.modules[parent].file.display();
                format!("there is no file of the module `{name}` that `{file}` declares")
            })?;
            self.add_file(Some(parent), &path, &text, is_test, children, source)?
        };
        self.modules[parent].children.push((name, child));
        Ok(())
    }
}

fn folder(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).to_path_buf()
}

/// Resolves `..` without the file system.
pub(super) fn normalized(path: &Path) -> PathBuf {
    let mut normalized = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normalized.pop();
            }
            Component::CurDir => {}
            other => normalized.push(other),
        }
    }
    normalized
}

/// Whether an attribute is `#[cfg(test)]`, or has `test` as one of several conditions.
fn is_cfg_test(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    let conditions = list.tokens.to_string();
    let has = |word| conditions.split(|char: char| !char.is_alphanumeric()).any(|it| it == word);
    list.path.is_ident("cfg") && has("test") && !has("not")
}

/// Returns the path of `#[path = "..."]`.
fn path_of(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    match &pair.value {
        Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) if pair.path.is_ident("path") => {
            Some(path.value())
        }
        _ => None,
    }
}
